"""What lies in Sent Items, Outbox and Drafts: how it is found out what became of a mail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from deskpost.transports.errors import AnswerTooLarge
from deskpost.transports.graph.changes import moment
from deskpost.transports.graph.folders import entries, literal, quoted, well_known
from deskpost.transports.graph.message import REFERENCES
from deskpost.transports.graph.refusals import said
from deskpost.transports.graph.session import Session
from deskpost.transports.sender import Copy, Place

_PLACES: tuple[tuple[Place, str], ...] = (("sent", "sentitems"), ("outbox", "outbox"), ("drafts", "drafts"))
_SELECT = (
    "$select=id,internetMessageId,subject,toRecipients,ccRecipients,bccRecipients,"
    "createdDateTime,sentDateTime,isDraft"
)
_EXPAND = f"$expand=singleValueExtendedProperties($filter=id%20eq%20'{REFERENCES.replace(' ', '%20')}')"
_MOST = 50  # of one folder
_BEGINNING = 60  # characters of a subject that are asked for: a whole one may be too long for an address
_WHOLE_SUBJECT = 255  # characters that Exchange keeps of one at least
_LARGEST = 8 * 1024 * 1024  # bytes of a copy that is read
_ACT = "look for a mail that was sent"


def copies(session: Session, message_id: str, subject: str, since: datetime) -> Sequence[Copy]:
    """Give those with this Message-ID; where none has it, those of this subject, made at or after a moment."""
    if message_id:
        found = [*_matching(session, f"internetMessageId%20eq%20{literal(message_id)}")]
        if found:
            return found
    made = f"createdDateTime%20ge%20{moment(since)}"
    same = f"startswith(subject,{literal(subject[:_BEGINNING])})"
    alike = _matching(session, f"{made}%20and%20{same}")
    return [copy for copy in alike if _is_subject(copy.subject.strip(), subject.strip())]


def _is_subject(there: str, sent: str) -> bool:
    """Tell whether a copy's subject is the one that was sent; Exchange may have cut it off."""
    there, sent = there.casefold(), sent.casefold()
    return there == sent or (len(there) >= _WHOLE_SUBJECT and sent.startswith(there))


def of_id(session: Session, id: str) -> Copy | None:
    """Give what the draft of this immutable id is by now; None where it is gone, or was thrown away.

    What is no draft any more was sent, whichever folder it lies in: somebody may have filed it.
    """
    path = f"/messages/{quoted(id)}?{_SELECT},parentFolderId&{_EXPAND}"
    answer = session.ask("GET", path)
    if not answer.fine and said(answer).not_there:
        return None
    one = session.object_of(session.fine(answer, _ACT), _ACT)
    if not one.get("isDraft"):
        return _copy(session, "sent", one)
    for place, folder in _PLACES:
        if one.get("parentFolderId") == well_known(session, folder):
            return _copy(session, place, one)
    return None


def content(session: Session, copy: Copy) -> bytes:
    """Give a copy in MIME; b"" where it is gone."""
    answer = session.ask("GET", f"/messages/{quoted(copy.id)}/$value", largest=_LARGEST)
    if not answer.fine and said(answer).not_there:
        return b""
    return session.fine(answer, _ACT).body


def body(session: Session, copy: Copy) -> str | None:
    """Give the body of a copy; None where it is gone, or huge."""
    try:
        answer = session.ask("GET", f"/messages/{quoted(copy.id)}?$select=body", largest=_LARGEST)
    except AnswerTooLarge:
        return None
    if not answer.fine and said(answer).not_there:
        return None
    told = session.object_of(session.fine(answer, _ACT), _ACT).get("body")
    words = told.get("content") if isinstance(told, dict) else None
    return words if isinstance(words, str) else None


def drafts_of(session: Session, message_id: str) -> Sequence[str]:
    """Give the ids of the drafts with this Message-ID: what is left of earlier tries that were broken off."""
    condition = f"internetMessageId%20eq%20{literal(message_id)}"
    return [copy.id for copy in _matching(session, condition, _PLACES[-1:])]


def _matching(
    session: Session, condition: str, places: Sequence[tuple[Place, str]] = _PLACES
) -> Iterator[Copy]:
    for place, folder in places:
        path = f"/mailFolders/{folder}/messages?$filter={condition}&{_SELECT}&{_EXPAND}&$top={_MOST}"
        for one in entries(session, session.get(path, _ACT), _ACT):
            yield _copy(session, place, one)


def _copy(session: Session, place: Place, one: dict[str, Any]) -> Copy:
    id = one.get("id")
    if not isinstance(id, str) or not id:
        raise session.violated(_ACT)
    people = (one.get(f"{name}Recipients") for name in ("to", "cc", "bcc"))
    return Copy(
        id,
        place,
        str(one.get("internetMessageId") or ""),
        str(one.get("subject") or ""),
        frozenset(address for given in people for address in _addresses(given)),
        _references(one),
        _at(session, one),
    )


def _addresses(given: object) -> Iterator[str]:
    for one in given if isinstance(given, list) else ():
        person = one.get("emailAddress") if isinstance(one, dict) else None
        if isinstance(person, dict) and isinstance(person.get("address"), str):
            yield person["address"].lower()


def _references(one: dict[str, Any]) -> tuple[str, ...]:
    given = one.get("singleValueExtendedProperties")
    for told in given if isinstance(given, list) else ():
        if isinstance(told, dict) and str(told.get("id", "")).lower() == REFERENCES.lower():
            return tuple(str(told.get("value") or "").split())
    return ()


def _at(session: Session, one: dict[str, Any]) -> datetime:
    written = one.get("createdDateTime") if one.get("isDraft") else one.get("sentDateTime")
    try:
        at = datetime.fromisoformat(str(written or one.get("createdDateTime")))
    except ValueError:
        raise session.violated(_ACT) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
