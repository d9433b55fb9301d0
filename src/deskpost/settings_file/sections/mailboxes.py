"""`mailboxes`: what is fetched from where."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from deskpost.desk.categories import Category
from deskpost.desk.fields import Priority
from deskpost.desk.installation import Instance
from deskpost.desk.templates import Template
from deskpost.inbound.mailbox_rules import SOURCE, offers, proposed_after_fetching, refusals, warnings
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.kinds import address, domain, first_fetch, host, server_name
from deskpost.settings_file.mistakes import Mistake, listed, perhaps
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.sections import sign_in
from deskpost.settings_file.sections.named import account_named, group_named, instance_named, site_named
from deskpost.settings_file.sections.protocol import all_values, protocol
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, or_null, switch, text, whole
from deskpost.transports import server_rules
from deskpost.transports.protocols import INCOMING, PROTOCOLS

KEY = "mailboxes"
_PLAIN = {
    "protocol": protocol(INCOMING),
    "server": or_null(host, ""),
    "port": whole(1, 65535),
    "tls": choice("none", "starttls", "implicit"),
    "verify_certificate": switch,
    "ca_file": or_null(text, ""),
    "authentication": choice("basic", "oauth"),
    "username": or_null(text, ""),
    "push": switch,
    "addresses": each(address),
    "source_folder": text,
    "fetch_every": whole(10, 86400, " seconds"),
    "first_fetch": first_fetch,
    "acknowledge_old": switch,
    "after_fetching": choice(*Mailbox.AfterFetching.values),
    "move_to": or_null(text, ""),
    "leave_days": or_null(whole(1, 36_500, " days")),
    "max_size_mb": whole(1, 1000),
    "silence_hours": or_null(whole(1, 8760, " hours")),
    "trusted_authserv_ids": each(server_name),
    "own_check": switch,
    "forwards_by_technicians": switch,
    "error_request": switch,
}
_NEW_REQUESTS = {"disabled": switch, "allowed_addresses": each(address), "allowed_domains": each(domain)}
_DEFAULTS = {
    "template": or_null(text),
    "category": or_null(text),
    "group": or_null(text),
    "site": or_null(text),
    "priority": or_null(text),
}
_ERROR_FOLDER = {
    "enabled": switch,
    "name": or_null(text, ""),
    "stop_after": or_null(whole(1, 1_000_000, " mails")),
    "notify": switch,
}
_ERROR_COLUMNS = {
    "enabled": "error_folder",
    "name": "error_folder_name",
    "stop_after": "error_stop_after",
    "notify": "error_notify",
}
_COLUMNS = {  # keys of the inner mappings
    "disabled": "new_requests_disabled",
    "allowed_addresses": "allowed_addresses",
    "allowed_domains": "allowed_domains",
}
_JUDGED = (*_PLAIN, "account", "password", *sign_in.COLUMNS, *_ERROR_COLUMNS.values())


def apply(mailboxes: Sequence[Row], applying: Applying) -> None:
    """Make and change mailboxes; a changed source is a new one, with its own number."""
    for row in mailboxes:
        mailbox = Mailbox.objects.filter(name=row["name"]).first() or Mailbox(name=row["name"])
        values = _values(row, mailbox)
        judged = all_values(mailbox, _JUDGED, values)
        sign_in.raise_refusals(_beside_error_folder(refusals(judged, mailbox.pk), row), row)
        for words in warnings(judged, timezone.localdate()):
            applying.warn(row.line, words)
        created = mailbox.pk is None
        if not created and any(
            values.get(field, getattr(mailbox, field)) != getattr(mailbox, field) for field in SOURCE
        ):
            values["source_number"] = mailbox.source_number + 1
        changed = applying.save(KEY, mailbox.name, mailbox, values, row.line)
        MailboxState.objects.get_or_create(mailbox=mailbox)
        if changed and not created:
            applying.changed_mailboxes.append(mailbox.pk)
        _switch_fetching(row, mailbox, applying)


def export() -> list[dict[str, Any]]:
    """Give all mailboxes, their secrets masked."""
    related = ("instance", "account", *(f"default_{name}" for name in _DEFAULTS))
    return [_export_one(mailbox) for mailbox in Mailbox.objects.select_related(*related).order_by("pk")]


def _values(row: Row, mailbox: Mailbox) -> dict[str, Any]:
    """Give the columns that the row sets, with what is proposed where a new mailbox leaves something out."""
    values: dict[str, Any] = {key: row[key] for key in _PLAIN if key in row}
    if "password" in row and not isinstance(row["password"], Kept):
        values["password"] = row["password"]
    elif "password" in row and not mailbox.password:
        raise row.mistake(
            "password", f"{MASK} stands for a password, and there is none to keep. To do: write the password."
        )
    values |= sign_in.read(row, mailbox)
    if mailbox.pk is None:
        _propose(row, values)
    sign_in.settle(values, mailbox, incoming=True)
    if "instance" in row:
        values["instance"] = instance_named(row["instance"], row, "instance")
    if "account" in row:
        values["account"] = account_named(row["account"], row, "account")
    if "new_requests" in row:
        inner = row["new_requests"].values
        values.update({_COLUMNS[key]: value for key, value in inner.items()})
    if "error_folder" in row:
        inner = row["error_folder"].values
        values.update({_ERROR_COLUMNS[key]: value for key, value in inner.items()})
    if "defaults" in row:
        account = values.get("account", mailbox.account)
        values.update(_defaults(row["defaults"], account))
    return values


def _beside_error_folder(found: Iterable[tuple[str, str]], row: Row) -> Iterator[tuple[str, str]]:
    """Raise what is wrong with the error folder at its own line; give the rest."""
    inner: Row | None = row.get("error_folder")
    keys = {column: key for key, column in _ERROR_COLUMNS.items()}
    for column, words in found:
        if column in keys and inner is not None:
            raise inner.mistake(keys[column], words)
        yield column, words


def _propose(row: Row, values: dict[str, Any]) -> None:
    _need(row, "protocol", "addresses")
    found = PROTOCOLS[values["protocol"]]
    by_oauth = "basic" not in found.logins or (row.get("oauth") is not None and "password" not in row)
    values.setdefault("authentication", "oauth" if by_oauth else "basic")
    by_password = values["authentication"] == "basic" and "basic" in found.logins
    alone = bool(found.address) and values.get("grant") == Mailbox.Grant.CLIENT_CREDENTIALS
    place = {"": "server", "connect_url": "connect_url"}.get(found.address)
    _need(row, *filter(None, (place, None if alone else "username", "password" if by_password else "oauth")))
    if not found.address:
        values.setdefault("tls", server_rules.proposed_tls(values["protocol"], values["server"]))
        port = {str(kind): port for kind, port in found.ports.items()}.get(values["tls"], 1)
        values.setdefault("port", port)
    values.setdefault("after_fetching", proposed_after_fetching(values["protocol"]))
    values["instance"] = Instance.objects.order_by("pk")[0]


def _need(row: Row, *keys: str) -> None:
    missing = [key for key in keys if key not in row]
    if missing:
        words = f"The mailbox {row['name']} is new and needs the key {listed(missing)}. To do: add it."
        raise Mistake(row.line_of("name"), words, missing[0])


def _defaults(inner: Row, account: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "group" in inner:
        values["default_group"] = group_named(inner["group"], account, inner, "group")
    if "site" in inner:
        values["default_site"] = site_named(inner["site"], account, inner, "site")
    offered = {
        "priority": Priority.objects.all(),
        "category": Category.objects.all(),
        "template": Template.objects.filter(deleted_at=None),
    }
    for key, among in offered.items():
        if key in inner:
            values[f"default_{key}"] = _one_of(among, inner, key)
    template = values.get("default_template")
    if template and account and not offers(template, account):
        words = f"The template {template.name} is not offered to {account.name}. To do: name another one, or null."
        raise inner.mistake("template", words)
    return values


def _one_of(among: QuerySet[Any], inner: Row, key: str) -> Any:
    """Give the one of these that a key names, None for null."""
    name = inner[key]
    found = among.filter(name=name).first()
    if name is not None and found is None:
        names = list(among.values_list("name", flat=True))
        words = f"There is no {key} {name}. {perhaps(name, names)}Allowed: {listed(names)}. "
        raise inner.mistake(key, f"{words}To do: write one of these.")
    return found


def _switch_fetching(row: Row, mailbox: Mailbox, applying: Applying) -> None:
    """Leave fetching as the file says, else as it was before this run stopped it."""
    was = applying.fetching.get(mailbox.pk, mailbox.fetching)
    wanted = row.get("fetching", was)
    if wanted and not mailbox.fetching:
        start_fetching(None, VIA, mailbox)
    elif not wanted and mailbox.fetching:
        stop_fetching(None, VIA, mailbox, "Stopped by a settings file.")
    if wanted != was:
        applying.note(KEY, mailbox.name, "fetching", was, wanted)


def _export_one(mailbox: Mailbox) -> dict[str, Any]:
    return {
        "name": mailbox.name,
        "instance": mailbox.instance.name,
        "account": mailbox.account.name if mailbox.account else None,
        **{key: getattr(mailbox, key) for key in _PLAIN},
        "ca_file": mailbox.ca_file or None,
        "move_to": mailbox.move_to or None,
        "server": mailbox.server or None,
        "username": mailbox.username or None,
        "password": sign_in.masked(mailbox, "password"),
        **sign_in.exported(mailbox),
        "new_requests": {key: getattr(mailbox, column) for key, column in _COLUMNS.items()},
        "defaults": _export_defaults(mailbox),
        "error_folder": {
            **{key: getattr(mailbox, column) for key, column in _ERROR_COLUMNS.items()},
            "name": mailbox.error_folder_name or None,
        },
        "fetching": mailbox.fetching,
    }


def _export_defaults(mailbox: Mailbox) -> dict[str, str | None]:
    """Give what new requests begin with. A template that they do not get, being removed or offered elsewhere,
    is left out: so the file is taken again, and what the mailbox has stays.
    """
    found = {name: one.name if (one := getattr(mailbox, f"default_{name}")) else None for name in _DEFAULTS}
    template, account = mailbox.default_template, mailbox.account
    if template and (template.deleted_at or (account and not offers(template, account))):
        del found["template"]
    return found


SECTION = Section(
    KEY,
    rows(
        "mailboxes",
        {
            "name": text,
            "instance": text,
            "account": or_null(text),
            **_PLAIN,
            **sign_in.KEYS,
            "password": or_null(secret, ""),
            "new_requests": mapping("new_requests", _NEW_REQUESTS),
            "defaults": mapping("defaults", _DEFAULTS),
            "fetching": switch,
            "error_folder": mapping("error_folder", _ERROR_FOLDER),
        },
        required=("name",),
    ),
    apply,
    export,
)
