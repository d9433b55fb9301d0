"""What became of a mail whose try ended without an answer, as the mailbox that it was sent from shows. Pure.

An absence that is fresh proves nothing, for Exchange puts a copy into Sent Items when it gets to it: a mail is looked
for again after growing waits. MS-OXCMAIL 2.1.3.2.11: nothing guarantees that it keeps the Message-ID.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from deskpost.transports.sender import Copy

ENOUGH = 5  # looks
_WAITS = (10.0, 20.0, 50.0, 120.0)  # seconds after each look but the last
_MOST_READ = 20  # bodies of copies
CLOCKS_DIFFER = timedelta(minutes=5)  # between the mailbox's and ours, at most
_DUPLICATE = "MapiExceptionDuplicateDelivery"
_MICROSOFT_S_ID = re.compile(r"2\.0\.0 OK (<[^<>\s\"]{1,200}@[^<>\s\"]{1,200}>)", re.IGNORECASE)

Kind = Literal["sent", "draft", "likely", "absent"]

NEVER_SENT = "The mail lies in Drafts at {place}, so it was not sent: the earlier try broke off before. It is sent now."
FOUND_BEGINS = "Found in Sent Items"
FOUND = f"{FOUND_BEGINS} at {{place}}: the earlier try sent it, so it is not sent again."
LOOKED = (
    "Look {look} of {of} in Sent Items, Outbox and Drafts at {place}: {what}. The earlier try may have sent it all the "
    "same, so it is looked for again."
)
GIVEN_UP = (
    "Sent Items, Outbox and Drafts at {place} were asked {of} times and show no copy of this mail, so the earlier try "
    "did not send it. It is sent now, with the same Message-ID."
)
HELD = (
    "Sent Items, Outbox and Drafts at {place} were asked {of} times until {at:%H:%M} UTC. They show no mail with this "
    "Message-ID, and one of the same subject to the same people, of {copy:%H:%M} UTC, that may be this mail under "
    "another Message-ID. Deskpost does not send it twice on its own. To do: look at that mail in Sent Items; say here "
    "that it was sent, or send it again."
)
NOT_SENT_IN_TIME = (
    "{place} was asked for this mail and shows that the earlier try did not send it. Its time for tries is over, so it "
    "is not sent any more. To do: send it again from the outbox, if it is still wanted."
)
HELD_IN_TIME = (
    "An earlier try may have sent this mail, and the mailbox that it left from could not be asked before its time for "
    "tries was over. {why} Deskpost does not send it twice on its own, and does not call it undelivered. To do: choose "
    "Look again once the server answers; or look into Sent Items of that mailbox, and say here that the mail was sent, "
    "or send it again."
)
MAYBE = " An earlier try may have been taken all the same, so those named may have the mail."
NOT_ASKED = (
    "Look {look} of {of}: the mailbox {mailbox}, from which an earlier try may have sent this mail, cannot be asked. "
    "{why}"
)
HELD_UNASKED = (
    "An earlier try may have sent this mail from {mailbox}, which could not be asked {of} times. {why} Deskpost does "
    "not send it twice on its own. To do: look into Sent Items of {mailbox}; say here that the mail was sent, or send "
    "it again."
)
ABSENT, LIKELY = (
    "no mail with this Message-ID, nor one of the same subject to the same people",
    "no mail with this Message-ID, and one of the same subject to the same people",
)


@dataclass(frozen=True, slots=True)
class Sought:
    """A mail that is looked for. `people`: those of To and Cc, in lower case; `hidden`: those of Bcc."""

    id: int
    message_id: str
    subject: str
    date: datetime
    people: frozenset[str]
    hidden: frozenset[str]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """What the mailbox shows of a mail, and the copy that shows it."""

    kind: Kind
    copy: Copy | None = None


def judge(
    mail: Sought,
    copies: Sequence[Copy],
    others: Collection[str],
    keeps: bool | None,
    named_in: Callable[[Copy], Collection[int] | None],
) -> Fate:
    """Tell what copies say of a mail. `others`: Message-IDs among theirs that are of other mails of ours.

    `keeps`: whether the mailbox keeps Message-IDs, None where nobody knows. Where it may not, the token in the body
    tells which mail of ours a copy is; `named_in` reads those, None where a body cannot be read. Where no body has one,
    References with subject and recipients prove that one copy is this mail; else it is likely.
    """
    named = [one for one in copies if one.message_id == mail.message_id]
    if named:
        return _of(named, sent="sent")
    if keeps:
        return Fate("absent")
    alike = [one for one in copies if one.message_id not in others and _is_alike(mail, one)]
    unmarked: list[Copy] = []
    unread = alike[_MOST_READ:]
    for one in alike[:_MOST_READ]:
        mails = named_in(one)
        if mails is None:
            unread.append(one)
        elif mail.id in mails:
            return _of([one], sent="sent")
        elif not mails:
            unmarked.append(one)
    answers = [one for one in unmarked if one.references and one.references == mail.references]
    if len(answers) == 1 and not unread:
        return _of(answers, sent="sent")
    left = unmarked + unread
    return _of(left, sent="likely") if left else Fate("absent")


def held_in_time(why: str) -> str:
    """Give why a mail that could not be looked for is held; `why` is what kept Deskpost from asking."""
    return HELD_IN_TIME.format(why=why.partition(" To do: ")[0])


def wait_after(looks: int) -> float:
    """Give the seconds until the next look after so many."""
    return _WAITS[min(looks, len(_WAITS)) - 1]


def since(date: datetime) -> datetime:
    """Give the moment from which on a copy may be of a mail with this Date."""
    return date - CLOCKS_DIFFER


def taken_already(answer: str | None) -> bool:
    """True when a refusal says that the mail had been delivered before: Exchange keeps out the second of two."""
    return answer is not None and _DUPLICATE in answer


def microsoft_s_id(answer: str) -> str:
    """Give the Message-ID that Microsoft's SMTP names in "2.0.0 OK <...>", empty where there is none."""
    found = _MICROSOFT_S_ID.match(answer)
    return found[1] if found else ""


def _of(copies: Sequence[Copy], sent: Kind) -> Fate:
    for one in sorted(copies, key=lambda one: one.at):
        if one.place in ("sent", "outbox"):
            return Fate(sent, one)
    return Fate("draft", copies[0])


def _is_alike(mail: Sought, copy: Copy) -> bool:
    return (
        _words(copy.subject) == _words(mail.subject)
        and copy.recipients
        in (mail.people, mail.people | mail.hidden)  # a sender's own copy may show those of Bcc
        and copy.at >= since(mail.date)
    )


def _words(subject: str) -> list[str]:
    return subject.split()
