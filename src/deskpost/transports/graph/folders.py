"""Graph's folders: found by their names as people see them, or by the names that every mailbox has.

https://learn.microsoft.com/en-us/graph/api/resources/mailfolder
"""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from deskpost.transports import words
from deskpost.transports.errors import MailboxMissing, TransportError
from deskpost.transports.graph.refusals import said
from deskpost.transports.graph.session import Session

WELL_KNOWN = ("inbox", "drafts", "sentitems", "deleteditems", "junkemail", "outbox", "archive")
"""The names that a folder has in every language."""

_ACT = "open the folder"


def folder_id(session: Session, folder: str) -> str:
    """Give the id of a folder: INBOX, a name such as Support/Done, or a well-known one. Raises MailboxMissing."""
    first, *rest = (part.strip() for part in folder.split("/"))
    if first.lower() == "inbox":
        found = well_known(session, "inbox", folder)
    else:
        found = _named(session, "/mailFolders", first) or _by_well_known(session, first, folder)
    for name in rest:
        found = _named(session, f"/mailFolders/{quoted(found)}/childFolders", name) or ""
        if not found:
            raise missing(session, folder, "")
    return found


def made(session: Session, folder: str) -> None:
    """Make a folder of a path, each level that is not there yet. Raises MailboxMissing, ActRefused and their kin."""
    first, *rest = (part.strip() for part in folder.split("/"))
    if first.lower() in ("inbox", *WELL_KNOWN):
        within = f"/mailFolders/{quoted(folder_id(session, first))}/childFolders"
    else:
        within, rest = "/mailFolders", [first, *rest]
    for name in rest:
        if not name:
            raise missing(session, folder, "")
        found = _named(session, within, name) or _new(session, within, name)
        within = f"/mailFolders/{quoted(found)}/childFolders"


def count_in(session: Session, folder: str) -> int:
    """Give how many mails a folder holds. Raises MailboxMissing."""
    there = quoted(folder_id(session, folder))
    found = session.get(f"/mailFolders/{there}?$select=id,totalItemCount", _ACT).get("totalItemCount")
    if not isinstance(found, int):
        raise session.violated("count mails")
    return found


def tell_inbox(session: Session) -> None:
    """Ask which mailbox this is, where nobody knows. That there is no answer keeps nobody from anything."""
    if session.inbox is not None and session.inbox.wanted():
        with suppress(TransportError):
            prove_inbox(session)


def prove_inbox(session: Session) -> None:
    """Ask which mailbox this is, and that it can be used. Raises MailboxMissing, LoginRefused and their kin."""
    found = well_known(session, "inbox")
    if session.inbox is not None:
        session.inbox.told(found)


def missing(session: Session, folder: str, answer: str) -> TransportError:
    """Give the error for a folder that is not there."""
    shown = words.readable(folder.encode("utf-8", "replace"))
    return MailboxMissing(words.folder_missing(session.place, shown, answer), answer=answer or None)


def quoted(text: str) -> str:
    """Give an id or a name as it stands in an address."""
    return quote(text, safe="")


def literal(text: str) -> str:
    """Give a text as it stands in a $filter, quoted for the address. OData 4.01 ABNF, section 7."""
    return quoted("'" + text.replace("'", "''") + "'")


def _by_well_known(session: Session, name: str, folder: str) -> str:
    if name.lower() not in WELL_KNOWN:
        raise missing(session, folder, "")
    return well_known(session, name.lower(), folder)


def well_known(session: Session, name: str, folder: str = "") -> str:
    """Give the id of a folder that every mailbox has. Raises MailboxMissing, of `folder` where it has another name."""
    answer = session.ask("GET", f"/mailFolders/{name}?$select=id")
    if not answer.fine and (what := said(answer, session.login)).not_there:
        raise missing(session, folder or name, what.text)
    return _id(session, session.object_of(session.fine(answer, _ACT), _ACT))


def _named(session: Session, within: str, name: str) -> str | None:
    """Give the id of the folder with this name, letter case ignored, right under another one."""
    if not name or any(not sign.isprintable() for sign in name):
        return None
    found = session.get(
        f"{within}?$filter=displayName%20eq%20{literal(name)}&$select=id,displayName&$top=10", _ACT
    )
    for one in entries(session, found, _ACT):
        if str(one.get("displayName", "")).casefold() == name.casefold():
            return _id(session, one)
    return None


def _new(session: Session, within: str, name: str) -> str:
    answer = session.ask("POST", within, {"displayName": name})
    if answer.status == 409:  # made by somebody else this moment
        found = _named(session, within, name)
        if found:
            return found
    return _id(session, session.object_of(session.fine(answer, "make a folder"), "make a folder"))


def entries(session: Session, page: dict[str, Any], act: str) -> list[dict[str, Any]]:
    """Give the entries of a page. Raises ProtocolViolated."""
    found = page.get("value")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise session.violated(act)
    return found


def _id(session: Session, entry: dict[str, Any]) -> str:
    found = entry.get("id")
    if not isinstance(found, str) or not found:
        raise session.violated(_ACT)
    return found
