"""Mailboxes of one user of one server: whose folders meet there, and what that forbids."""

from collections.abc import Iterator, Mapping
from typing import Any

from deskpost.inbound.error_folder import names
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox

_WHERE = ("protocol", "server", "connect_url", "graph_endpoint", "mailbox_to_open", "username")


def beside(row: Mailbox, *, removed: bool = False) -> list[Mailbox]:
    """Give the other mailboxes of the same server and user; those that were removed too where that is asked."""
    rows = (Mailbox.every if removed else Mailbox.objects).exclude(pk=row.pk).order_by("pk")
    return [one for one in rows.select_related("account") if _user(one) == _user(row)]


def sharers(mailbox: Mailbox, folder: str) -> list[Mailbox]:
    """Give the mailboxes beside one whose mails may lie in its error folder, as the server knows that by name."""
    wanted = {names.key(folder), names.key(mailbox.error_folder_name)}
    rows = ErrorMail.objects.filter(place=Place.FOLDER, folder=folder)
    holding = set(rows.values_list("mailbox", flat=True).distinct())
    return [
        one
        for one in beside(mailbox, removed=True)
        if one.pk in holding
        or (one.removed_at is None and one.error_folder and names.key(one.error_folder_name) in wanted)
        or (one.removed_at is None and names.key(one.source_folder) in wanted)
    ]


def refusals(values: Mapping[str, Any], mailbox_id: int | None) -> Iterator[tuple[str, str]]:
    """Give (field, words) for folders that another mailbox of the same user uses otherwise, or for another account."""
    row = Mailbox(pk=mailbox_id, **{name: values.get(name) or "" for name in _WHERE})
    account = values["account"].pk if values.get("account") else values.get("account_id")
    on, name = bool(values.get("error_folder")), values.get("error_folder_name") or ""
    for one in beside(row):
        if one.error_folder and names.same(one.error_folder_name, values["source_folder"]):
            yield (
                "source_folder",
                f"The mailbox {one.name} moves its error mails to this folder. To do: fetch from another.",
            )
        if on and names.same(name, one.source_folder):
            yield (
                "error_folder_name",
                f"The mailbox {one.name} is fetched from this folder; error mails would come in there. "
                "To do: name another.",
            )
        elif (
            on and one.error_folder and one.account_id != account and names.same(name, one.error_folder_name)
        ):
            yield (
                "error_folder_name",
                f"The mailbox {one.name}, of another account, moves its error mails to this folder of the same user. "
                "To do: name another.",
            )


def _user(row: Mailbox) -> tuple[str, str]:
    return row.host.strip(".").casefold(), (row.mailbox_to_open or row.username).casefold()
