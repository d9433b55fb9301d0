"""What must fit together in a mailbox's settings. The settings file and the form ask here, with the same words."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from deskpost.access import sign_in_rules
from deskpost.desk.accounts import Account
from deskpost.desk.templates import Template
from deskpost.inbound.error_folder import names, sharing
from deskpost.transports import server_rules
from deskpost.transports.protocols import PROTOCOLS, Protocol

SOURCE = (
    "protocol",
    "server",
    "connect_url",
    "graph_endpoint",
    "mailbox_to_open",
    "username",
    "source_folder",
)
"""A change of one of these is a change of the source."""


def refusals(values: Mapping[str, Any], mailbox_id: int | None = None) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved. `values` has every field of the mailbox; its id, of an old one."""
    yield from server_rules.refusals(values, basic=values["authentication"] == "basic")
    yield from sign_in_rules.refusals(values)
    protocol = PROTOCOLS[values["protocol"]]
    after = values["after_fetching"]
    if not values["addresses"]:
        yield (
            "addresses",
            "At least one e-mail address is needed: the one that people write to. To do: name it.",
        )
    if after == "mark_read" and not protocol.read_flag:
        yield "after_fetching", _after_words(after, protocol.label, "no read mark")
    if after == "move":
        if not protocol.folders:
            yield "after_fetching", _after_words(after, protocol.label, "no folders")
        elif not values.get("move_to"):
            yield "move_to", "This is empty. To do: name the folder to move mails to."
        elif names.same(values["move_to"], values["source_folder"]):
            yield (
                "move_to",
                "This is the folder that is fetched from; moved mails would come back. To do: name another.",
            )
    yield from _of_error_folder(values, protocol)
    yield from sharing.refusals(values, mailbox_id)
    if values.get("leave_days") is not None:
        if not protocol.uidl:
            yield (
                "leave_days",
                f"{protocol.label} mail is left for ever or moved or deleted at once; only POP has an age limit. "
                "To do: set leave_days to null.",
            )
        elif after != "leave":
            yield (
                "leave_days",
                f"An age limit goes with after_fetching leave alone, and it is {after}. To do: set leave_days to null, "
                "or after_fetching to leave.",
            )
    if values["push"] and not protocol.push:
        yield (
            "push",
            f"{protocol.label} has no way to tell of new mail. To do: leave push off; fetch more often.",
        )
    if not protocol.folders and values["source_folder"].upper() != "INBOX":
        yield "source_folder", f"{protocol.label} knows no folder but INBOX. To do: leave it at INBOX."


def _of_error_folder(values: Mapping[str, Any], protocol: Protocol) -> Iterator[tuple[str, str]]:
    if not values.get("error_folder"):
        return
    if not protocol.folders:
        yield (
            "error_folder",
            f"{protocol.label} knows no folders, so error mails cannot be moved at its server; they are kept in "
            "Deskpost alone. To do: leave the error folder off, or fetch by IMAP.",
        )
        return
    name = values.get("error_folder_name") or ""
    if not name.strip():
        yield "error_folder_name", "This is empty. To do: name the folder that error mails are moved to."
    elif names.has_empty_level(name):
        yield (
            "error_folder_name",
            "A level of this name is empty. To do: write the levels parted by one slash, as in Helpdesk/Errors.",
        )
    elif names.same(name, values["source_folder"]):
        yield (
            "error_folder_name",
            "This is the folder that is fetched from; error mails would come back. To do: name another.",
        )
    elif names.is_inbox(name, exchange=protocol.one_by_one):
        yield (
            "error_folder_name",
            "This is the inbox, where new mail comes in, however it is written and in whatever language. "
            "To do: name another folder.",
        )
    elif values["after_fetching"] == "move" and names.same(name, values.get("move_to") or ""):
        yield (
            "error_folder_name",
            "Mails are moved to this folder once they are processed; Move mails to inbox would bring them all back. "
            "To do: name another.",
        )


def warnings(values: Mapping[str, Any], today: date) -> Iterator[str]:
    """Give in words what can be saved and is better known. `values` has every field of the mailbox."""
    yield from server_rules.warnings(values, basic=values["authentication"] == "basic")
    yield from sign_in_rules.warnings(values, today)


def _after_words(after: str, label: str, lack: str) -> str:
    """Name the value, which may be one of before, left over from another protocol."""
    return f"It is {after}, and {label} knows {lack}. Allowed: leave, delete. To do: set after_fetching to one of them."


def offers(template: Template, account: Account) -> bool:
    """Tell whether a template is offered to an account: to it, or to all."""
    accounts = set(template.offered_to.values_list("account_id", flat=True))
    return not accounts or account.pk in accounts


def proposed_after_fetching(protocol: str) -> str:
    """Give what is done after fetching when nobody said: mark read, or where there is no such mark, nothing."""
    return "mark_read" if PROTOCOLS[protocol].read_flag else "leave"
