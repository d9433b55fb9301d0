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
    give_up_at: datetime
    record_began: datetime | None
    has_files: bool


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
    """What is to be written of a mail after a try: sent, failed, or queued again after `delay` seconds."""

    mail_id: int
    state: str
    recipients: dict[str, dict[str, str]]
    reason: str = ""
    unknown_fate: bool = False
    delay: float = 0.0
    missed: tuple[str, ...] = ()  # who will never get it, as this try has shown
