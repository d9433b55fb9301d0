"""The form of a mailbox: which fields its protocol knows, what is proposed, and what may stand in each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.mail_settings.authenticity_fields import AUTHENTICITY, columns_of_authenticity
from deskpost.console.mail_settings.error_fields import ERROR_FOLDER, columns_of_errors
from deskpost.console.mail_settings.mailbox_fields import CONNECTIONS, MAIL, MailboxFields
from deskpost.console.mail_settings.mailbox_values import DEFAULTS, proposed_port, values_of
from deskpost.console.mail_settings.sign_in_declared import SIGN_IN
from deskpost.console.mail_settings.way_fields import columns_of_way
from deskpost.console.saving import Changed
from deskpost.desk.accounts import Account, Site
from deskpost.desk.categories import Category
from deskpost.desk.fields import Group, Priority
from deskpost.desk.installation import Instance
from deskpost.desk.templates import Template
from deskpost.inbound import mailbox_rules
from deskpost.inbound.mailboxes import Mailbox
from deskpost.oauth.clouds import host_of
from deskpost.transports.host_names import is_host
from deskpost.transports.protocols import PROTOCOLS

CONNECTION = (
    *(
        "connection",
        "protocol",
        "server",
        "username",
        "password",
        "port",
        "tls",
        "verify_certificate",
        "ca_file",
    ),
    *SIGN_IN,
)
"""What a look into the mailbox needs; with the folder."""
MORE = (
    *(
        "instance",
        "account",
        "push",
        "source_folder",
        "first_fetch",
        "since",
        "acknowledge_old",
        "after_imap",
        "after_pop",
    ),
    *("move_to", "leave_days", *DEFAULTS, "max_size_mb"),
    *(
        "forwards_by_technicians",
        "error_request",
        "silence_hours",
        "verify_certificate",
        "ca_file",
        *AUTHENTICITY,
    ),
)
_CONNECTION_HELP = {
    "ews": _("Exchange Server, also your own. Folders and read marks."),
    "graph": _("Signs in with OAuth only, reads changes only."),
}
_PROTOCOL_HELP = {
    "pop": _("POP knows only the inbox, and no read mark."),
    "pops": _("POP, encrypted from the first byte. It knows only the inbox, and no read mark."),
    "imap": _("Folders and read marks; encrypted by STARTTLS unless TLS is off."),
    "imaps": _("Folders and read marks; encrypted from the first byte."),
}


class MailboxForm(MailboxFields):
    """All fields of all protocols; `shown` tells which of them the chosen one knows, the others rest unseen."""

    def __init__(
        self, row: Mailbox, data: QueryDict | None = None, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(row, data, {**values_of(row), **(initial or {})})
        self.mailbox = row
        groups, sites = (model.objects.filter(account__deleted_at=None) for model in (Group, Site))
        querysets = {
            "instance": Instance.objects.order_by("pk"),
            "account": Account.objects.filter(deleted_at=None).order_by("name"),
            "default_group": groups.select_related("account").order_by("name"),
            "default_priority": Priority.objects.all(),
            "default_site": sites.select_related("account").order_by("account__name", "name"),
            "default_category": Category.objects.all(),
            "default_template": Template.objects.filter(deleted_at=None),
        }
        for name, rows in querysets.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        chosen = PROTOCOLS[self.protocol_chosen]
        self.fields["protocol"].help_text = _PROTOCOL_HELP.get(chosen.key, "")
        self.fields["connection"].help_text = _CONNECTION_HELP.get(
            chosen.key, self.fields["connection"].help_text
        )
        if self.signs_in_by == "oauth":
            self.fields["username"].help_text = (
                _("The account that signs in.")
                if self.sign_in_shown["mailbox_to_open"]
                else _("The mailbox to open, own or shared.")
            )
        self.fields["username"].required = not (chosen.address and self._now("grant") == "client_credentials")
        self.fields["port"].help_text = gettext("%(port)s is proposed for %(protocol)s.") % {
            "port": proposed_port(chosen.key),
            "protocol": chosen.label,
        }
        self.propose_port()
        self.propose_server(row)

    @property
    def protocol_chosen(self) -> str:
        """The protocol whose fields are shown."""
        connection, asked = self._now("connection"), self._now("protocol")
        if any(connection == key for key, _ in CONNECTIONS if key != "mail"):
            return connection
        return asked if asked in MAIL else "imaps"

    @property
    def unseen(self) -> tuple[str, ...]:
        """Fields that the choice does not know; what was typed there is kept, and not judged."""
        protocol = PROTOCOLS[self.protocol_chosen]
        names = (
            ["after_pop", "leave_days"] if protocol.folders else ["after_imap", "move_to", "source_folder"]
        )
        if protocol.address:
            names += ["protocol", "server", "port", "tls"]
        elif protocol.tls_kinds == ("implicit",):
            names.append("tls")
        if not protocol.folders:
            names += ERROR_FOLDER
        if not protocol.push:
            names.append("push")
        return (*names, *self.sign_in_unseen)

    def shown(self, name: str) -> bool:
        """Tell whether a field is shown."""
        return name not in self.unseen

    def unjudged(self) -> None:
        """Say nothing of what is wrong: the form is shown again only because something else was asked."""
        self._errors = forms.utils.ErrorDict()

    def propose_port(self) -> None:
        """Put the port of the protocol in, unless one was typed that is not the one proposed last."""
        if not self.is_bound or PROTOCOLS[self.protocol_chosen].address:
            return
        port, last = (self.data.get(name, "").strip() for name in ("port", "port_proposed"))
        proposed = proposed_port(self.protocol_chosen)
        if last != proposed and (not port or port == last):
            self.renew("port", proposed)
        if last != proposed:
            self.renew("port_proposed", proposed)

    def clean_server(self) -> str:
        """Refuse what names no host."""
        host: str = self.cleaned_data["server"]
        if not is_host(host):
            raise forms.ValidationError(
                gettext(
                    "%(host)s is not a host name or an IP address. To do: write the name alone, without a protocol "
                    "before it; the port has a field of its own."
                )
                % {"host": host[:80]}
            )
        return host.removeprefix("[").removesuffix("]") if ":" in host else host

    def clean(self) -> dict[str, Any]:
        """Judge what is shown as a whole, with the words of inbound's rules."""
        values = super().clean()
        for name in self.unseen:
            self.errors.pop(name, None)
        if self.data.get("first_fetch") == "since" and not _is_day(values.get("since", "")):
            self.add_error("since", gettext("This is no date. To do: write one such as 2026-11-01."))
        if self.shown("move_to") and values.get("after_imap") == "move" and not values.get("move_to"):
            self.add_error("move_to", gettext("This is empty. To do: name the folder to move mails to."))
        if self.shown("error_folder") and values.get("error_folder") and not values.get("error_folder_name"):
            words = gettext("This is empty. To do: name the folder that error mails are moved to.")
            self.add_error("error_folder_name", words)
        if not values.get("error_folder") or not values.get("error_stop"):
            self.errors.pop("error_stop_after", None)
        self._judge_name(values)
        self._judge_account(values)
        self._judge_password(values)
        if not set(CONNECTION) & set(self.errors) and "addresses" not in self.errors:
            self._judge_whole()
        return values

    def _judge_whole(self) -> None:
        """Set what the rules refuse beside its field; a password where none works beside that choice."""
        wanted, unseen, no_basic = self.wanted, self.unseen, self.basic_refused
        for column, words in mailbox_rules.refusals(wanted, self.mailbox.pk):
            name = "authentication" if words == no_basic else _FIELDS.get(column, column)
            if name not in self.errors:
                self.add_refusals([("" if name in unseen else name, words)])

    def _judge_password(self, values: dict[str, Any]) -> None:
        if not self.shown("password") or self.need_anew():
            return
        column = PROTOCOLS[self.protocol_chosen].address or "server"
        if not self.follows([self.mailbox.host], [host_of(values.get(column, ""))]):
            self.refuse(self.mailbox.host)

    def _judge_name(self, values: dict[str, Any]) -> None:
        name = values.get("name") or next(iter(values.get("addresses") or []), "")
        values["name"] = name
        if name and Mailbox.objects.filter(name=name).exclude(pk=self.mailbox.pk).exists():
            words = gettext("Another mailbox is called %(name)s. To do: choose another name.")
            self.add_error("name", words % {"name": name})

    def _judge_account(self, values: dict[str, Any]) -> None:
        account, site, group = (values.get(name) for name in ("account", "default_site", "default_group"))
        if site and site.account_id != getattr(account, "pk", None):
            words = gettext("%(site)s is a site of %(account)s. To do: choose that account, or another site.")
            self.add_error("default_site", words % {"site": site.name, "account": site.account.name})
        if group and group.account_id and group.account_id != getattr(account, "pk", None):
            words = gettext("The group %(group)s works for %(account)s alone. To do: choose another one.")
            self.add_error("default_group", words % {"group": group.name, "account": group.account.name})
        template = values.get("default_template")
        if template and account and not mailbox_rules.offers(template, account):
            words = gettext(
                "The template %(template)s is not offered to %(account)s. To do: choose another one."
            )
            self.add_error("default_template", words % {"template": template.name, "account": account.name})

    def words_of_saved(self, changed: Changed) -> str:
        """Say that it was saved, and that it is not fetched yet."""
        return gettext("Saved. Fetching is off until somebody starts it.")

    @property
    def wanted(self) -> dict[str, Any]:
        """Every column that the form sets, as it is to be; of a field that is not shown the protocol's proposal."""
        values, protocol = self.cleaned_data, PROTOCOLS[self.protocol_chosen]
        first = values.get("first_fetch") or "new"
        after = values.get("after_imap" if protocol.folders else "after_pop")
        after = after or mailbox_rules.proposed_after_fetching(protocol.key)
        columns: dict[str, Any] = {
            "protocol": protocol.key,
            "tls": "implicit" if not self.shown("tls") else values.get("tls") or "starttls",
            "source_folder": (values.get("source_folder") if protocol.folders else "") or "INBOX",
            "first_fetch": values.get("since", "") if first == "since" else first,
            "after_fetching": after,
            "move_to": values.get("move_to", "") if after == "move" else "",
            "leave_days": values.get("leave_days") if after == "leave" and protocol.uidl else None,
            "instance": values.get("instance") or Instance.objects.order_by("pk")[0],
            "push": bool(protocol.push) and bool(values.get("push")),
        }
        same = (
            *("server", "username", "addresses", "name", "port", "fetch_every", "new_requests_disabled"),
            *("allowed_addresses", "allowed_domains", "account", "acknowledge_old"),
            *(*DEFAULTS, "max_size_mb", "verify_certificate", "ca_file"),
            "forwards_by_technicians",
            "error_request",
            "silence_hours",
        )
        way = columns_of_way(values, self.mailbox)
        errors = columns_of_errors(values, protocol.folders, self.mailbox)
        return {
            **{name: values.get(name) for name in same},
            **columns,
            **way,
            **errors,
            **columns_of_authenticity(values),
            **self.sign_in_wanted,
        }


_FIELDS = {"after_fetching": "after_imap"}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
