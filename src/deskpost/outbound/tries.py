"""Values of sending: a mail as it is claimed, each try, and what came of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this process alone may send now, for as long as its lease holds."""

    id: int
    sending_class: int
    record_id: int | None
    message_id: str
    date: datetime
    sender_name: str
    sender_address: str
    reply_to: str
    to: list[list[str]]
    cc: list[list[str]]
    bcc: list[list[str]]
    subject: str
    text: str
    html: str | None
    in_reply_to: str | None
    references: list[str]
    automatic: bool
    recipients: dict[str, dict[str, str]]  # address -> {"state", "answer"} of those with a final answer
    tries: int
    unknown_fate: bool
    looks: int  # for a copy of it, since its fate is unknown
    give_up_at: datetime
    record_began: datetime | None
    has_files: bool
    draft_id: str = ""  # of the draft that an earlier try made, where it sends by one
    sent_from: str = ""  # the pool's mailbox that an earlier try may have left from; empty: the server's own
    overflows: bool = False  # is another server's, whose queue takes too long


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, at which host:port, what came of it, and how long it took."""

    mail_id: int
    at: datetime
    place: str
    result: str
    ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be written of a mail after a try: sent, failed, held, or queued again after `delay` seconds.

    `looks` is how often it has been looked for by now; one that was only looked for was not `tried`. `sent_as` is
    the Message-ID that it got elsewhere; with `copy_wanted` its copy tells.
    """

    mail_id: int
    state: str
    recipients: dict[str, dict[str, str]]
    reason: str = ""
    unknown_fate: bool = False
    delay: float = 0.0
    looks: int = 0
    tried: bool = True
    sent_as: str = ""
    copy_wanted: bool = False
    missed: tuple[str, ...] = ()  # who will never get it, as this try has shown


@dataclass(frozen=True, slots=True)
class Unreached:
    """One recipient of a mail who was not reached; `key`: the address, folded; `hard`: it is dead for good."""

    key: str
    words: str
    hard: bool
