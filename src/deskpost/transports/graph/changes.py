"""Delta queries: all mails of a folder, page by page, and later what came or changed since.

https://learn.microsoft.com/en-us/graph/api/message-delta, https://learn.microsoft.com/en-us/graph/delta-query-overview
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from deskpost.transports import graph_words
from deskpost.transports.errors import ActRefused, ProtocolViolated
from deskpost.transports.graph.folders import entries, quoted
from deskpost.transports.graph.refusals import said
from deskpost.transports.graph.session import Session

SIZE = "Integer 0x0E08"  # PidTagMessageSize: what Exchange takes the mail for, MS-OXPROPS 2.797
EXPAND_SIZE = f"$expand=singleValueExtendedProperties($filter=id%20eq%20'{SIZE.replace(' ', '%20')}')"
_SELECT = "$select=receivedDateTime,internetMessageId"
_PAGE = "odata.maxpagesize=200"
_MOST_PAGES = 20_000
_SECONDS = len("2026-11-23T09:00:00")
_ACT = "list mails"


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as a list tells it; `size` is an estimate, None where there is none."""

    uid: str
    received: str
    message_id: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Round:
    """All that one round brought, in order of arrival, and the link that asks for what comes after it."""

    mails: tuple[Listed, ...]
    link: str

    def received_since(self, at: datetime) -> "Round":
        """Give the mails received at or after a moment, to the second, and those of which Graph tells no time."""
        first = moment(at)[:_SECONDS]
        return replace(
            self, mails=tuple(one for one in self.mails if (one.received or "9999")[:_SECONDS] >= first)
        )


def everything(session: Session, folder: str) -> Round:
    """List a folder. Raises members of TransportError.

    Without a $filter, with which Graph tells of 5,000 mails and says nothing of the rest:
    https://learn.microsoft.com/en-us/graph/delta-query-messages
    """
    path = f"/mailFolders/{quoted(folder)}/messages/delta?{_SELECT}"
    try:
        found = _round(session, f"{path}&{EXPAND_SIZE}") or _round(session, f"{path}&{EXPAND_SIZE}")
    except ActRefused:  # not every version of Graph lets a delta query tell more than a mail's own properties
        found = _round(session, path)
    if found is None:  # a token of this minute is too old twice
        raise session.violated(_ACT)
    # The newest come first, so those of the same second are turned round as well.
    return Round(_by_arrival(found.mails[::-1]), found.link)


def since_link(session: Session, link: str) -> Round | None:
    """List what came or changed since the round that gave this link; None when it is good no more.

    That is also so where the link names a folder that is not there: the mailbox was made anew, restored or moved.
    """
    if not session.is_here(link):
        return None
    found = _round(session, link, by_link=True)
    return found and Round(_by_arrival(found.mails), found.link)


def moment(at: datetime) -> str:
    """Give a moment as Graph writes it, in a $filter as well, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def size_in(entry: dict[str, Any]) -> int | None:
    """Give the size that an entry tells; None where it tells none."""
    given = entry.get("singleValueExtendedProperties")
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and str(one.get("id", "")).lower() == SIZE.lower():
            text = str(one.get("value", ""))
            return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
    return None


def _round(session: Session, path: str, *, by_link: bool = False) -> Round | None:
    mails: dict[str, Listed] = {}
    seen: set[str] = set()
    while path not in seen and len(seen) < _MOST_PAGES:
        seen.add(path)
        answer = session.ask("GET", path, prefer=_PAGE)
        if not answer.fine and (said(answer).start_anew or (by_link and said(answer).not_there)):
            return None  # also in the middle of a round
        page = session.object_of(session.fine(answer, _ACT), _ACT)
        for entry in entries(session, page, _ACT):
            _take(session, mails, entry)
        if "@odata.deltaLink" in page:
            return Round(tuple(mails.values()), _link(session, page["@odata.deltaLink"]))
        path = _link(session, page.get("@odata.nextLink"))
    raise session.violated(_ACT)


def _take(session: Session, mails: dict[str, Listed], entry: dict[str, Any]) -> None:
    """Keep what an entry says last of a mail; one that left the folder is left out."""
    uid = entry.get("id")
    if not isinstance(uid, str) or not uid:
        raise session.violated(_ACT)
    earlier = mails.pop(uid, None)
    if "@removed" in entry:
        return
    received = str(entry.get("receivedDateTime") or (earlier.received if earlier else ""))
    message_id = str(entry.get("internetMessageId") or (earlier.message_id if earlier else ""))
    mails[uid] = Listed(uid, received, message_id, size_in(entry) or (earlier.size if earlier else None))


def _by_arrival(mails: tuple[Listed, ...]) -> tuple[Listed, ...]:
    return tuple(sorted(mails, key=lambda one: one.received or "9999"))


def _link(session: Session, link: object) -> str:
    if not isinstance(link, str) or not link:
        raise session.violated(_ACT)
    if not session.is_here(link):
        raise ProtocolViolated(graph_words.link_elsewhere(session.place))
    return link
