"""What the form of a mailbox holds at first, what is proposed in it, and what is said of a saved one."""

from typing import Any

from django.utils import timezone

from deskpost.console.mail_settings.authenticity_fields import authenticity_of
from deskpost.console.mail_settings.error_fields import errors_of
from deskpost.console.mail_settings.mailbox_fields import MAIL
from deskpost.console.mail_settings.way_fields import way_of
from deskpost.desk.installation import Instance
from deskpost.inbound import mailbox_rules
from deskpost.inbound.mailboxes import Mailbox
from deskpost.secret_field import readable
from deskpost.transports.protocols import PROTOCOLS

DEFAULTS = tuple(f"default_{name}" for name in ("template", "group", "priority", "category", "site"))
"""What a mailbox gives to new requests."""
_WARNED_OF = (
    *("protocol", "server", "connect_url", "graph_endpoint", "tls", "verify_certificate", "authentication"),
    *("authorization_url", "token_url", "scope", "grant", "client_secret_ends"),
)


def values_of(row: Mailbox) -> dict[str, Any]:
    """Give a mailbox as the form holds it; of a new one what is proposed."""
    new = row.pk is None
    protocol = row.protocol or "imaps"
    day = row.first_fetch not in ("new", "everything")
    known = PROTOCOLS[protocol]
    after = mailbox_rules.proposed_after_fetching(protocol) if new else row.after_fetching
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *(
                "server",
                "username",
                "addresses",
                "name",
                "fetch_every",
                "new_requests_disabled",
                "max_size_mb",
            ),
            *("allowed_addresses", "allowed_domains", "source_folder", "acknowledge_old", "move_to"),
            *(
                "leave_days",
                "forwards_by_technicians",
                "error_request",
                "silence_hours",
                "verify_certificate",
                "ca_file",
                "push",
            ),
        )
    }
    rows = {name: getattr(row, f"{name}_id") for name in ("account", *DEFAULTS)}
    return {
        **values,
        **rows,
        **way_of(row),
        **errors_of(row),
        **authenticity_of(row),
        "connection": protocol if known.address else "mail",
        "protocol": protocol if protocol in MAIL else "imaps",
        "instance": row.instance_id or Instance.objects.order_by("pk").values_list("pk", flat=True)[0],
        "tls": row.tls if not new and row.tls in ("starttls", "none") else "starttls",
        "port": "" if known.address else row.port or proposed_port(protocol),
        "port_proposed": proposed_port(protocol),
        "first_fetch": "since" if day else row.first_fetch,
        "since": row.first_fetch if day else "",
        "after_imap": after if known.folders else "mark_read",
        "after_pop": after if not known.folders and after in ("leave", "delete") else "leave",
    }


def proposed_port(protocol: str) -> str:
    """Give the port that is proposed for a protocol."""
    return str(next(iter(PROTOCOLS[protocol].ports.values())))


def warnings(row: Mailbox) -> list[str]:
    """Give in words what was saved and is better known."""
    if row.pk is None:
        return []
    values = {name: getattr(row, name) for name in _WARNED_OF} | {
        "client_secret": readable(row, "client_secret")
    }
    return list(mailbox_rules.warnings(values, timezone.localdate()))
