"""Graph's change notifications: who is told that mail came, until when. What they say is for somebody else to judge.

https://learn.microsoft.com/en-us/graph/api/resources/subscription, .../change-notifications-lifecycle-events
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from deskpost.transports import graph_words
from deskpost.transports.errors import ActRefused
from deskpost.transports.graph.folders import folder_id, quoted
from deskpost.transports.graph.refusals import is_own
from deskpost.transports.graph.session import Session
from deskpost.transports.http import Answer

LONGEST = timedelta(minutes=10_080)
SPARE = timedelta(hours=1)  # by which this machine's clock may be ahead
_NOT_VALIDATED = re.compile(r"validation request failed|ValidationError", re.IGNORECASE)
_ACT = "tell of new mail"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One that Graph has granted: its id, and when it ends."""

    id: str
    expires: datetime


def subscribe(session: Session, folder: str, address: str, lifecycle: str, secret: str) -> Subscription:
    """Ask to be told of mail that comes into a folder, at these two addresses; each notification holds `secret`.

    Graph calls both addresses before it answers. Raises ActRefused where it cannot, or where the mailbox is
    another's that was shared with the user, and members of TransportError.
    """
    wish = {
        "changeType": "created",
        "notificationUrl": address,
        "lifecycleNotificationUrl": lifecycle,
        "resource": _resource(session, folder),
        "expirationDateTime": _written(_end()),
        "clientState": secret,
    }
    answer = session.ask("POST", f"{session.base}/subscriptions", wish)
    if answer.status == 400 and _NOT_VALIDATED.search(session.told(answer)):
        told = session.told(answer)
        raise ActRefused(graph_words.notifications_not_delivered(session.place, address, told), answer=told)
    if answer.status == 403 and is_own(answer) and session.mailbox.lower() != session.login.username.lower():
        told = session.told(answer)
        raise ActRefused(graph_words.shared_not_told_of(session.place, session.mailbox, told), answer=told)
    return _read(session, session.fine(answer, _ACT))


def renew(session: Session, id: str) -> Subscription | None:
    """Let a subscription live for as long again; None when Graph has it no more."""
    answer = session.ask("PATCH", _address(session, id), {"expirationDateTime": _written(_end())})
    if answer.status in (404, 410) and is_own(answer):
        return None
    return _read(session, session.fine(answer, _ACT))


def unsubscribe(session: Session, id: str) -> None:
    """End a subscription; one that is gone is no error."""
    answer = session.ask("DELETE", _address(session, id))
    if answer.status not in (404, 410) or not is_own(answer):
        session.fine(answer, _ACT)


def _resource(session: Session, folder: str) -> str:
    where = session.root.removeprefix(session.base).lstrip("/")
    which = "inbox" if folder.strip().lower() == "inbox" else quoted(folder_id(session, folder))
    return f"{where}/mailFolders/{which}/messages"


def _address(session: Session, id: str) -> str:
    return f"{session.base}/subscriptions/{quote(id, safe='')}"


def _end() -> datetime:
    return datetime.now(UTC) + LONGEST - SPARE


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"


def _read(session: Session, answer: Answer) -> Subscription:
    found: dict[str, Any] = session.object_of(answer, _ACT)
    id, ends = found.get("id"), found.get("expirationDateTime")
    if not isinstance(id, str) or not 0 < len(id) <= 200 or not isinstance(ends, str):
        raise session.violated(_ACT)
    try:  # seven digits behind the seconds are more than Python reads
        moment = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", r"\1", ends.upper()).replace("Z", "+00:00"))
    except ValueError:
        raise session.violated(_ACT) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Subscription(id, min(moment, datetime.now(UTC) + LONGEST))
