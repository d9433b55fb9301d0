"""Outcomes: what the pipeline decided for a mail, as values that say what should be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from deskpost.outbound.tries import Unreached

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "request": "New request",
        "conversation": "Joined a request",
        "command": "Command",
        "bounce": "Delivery report",
        "automatic": "Automatic mail, ended",
        "duplicate": "Duplicate",
        "dropped": "Dropped",
        "refused": "Refused",
        "held": "Held",
        "error": "Error",
    }
)


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record as the pipeline knows it."""

    id: int
    module: str
    number: int
    account_id: int
    instance_id: int
    status: str
    status_kind: str
    closed_at: datetime | None
    requester_id: int | None
    code: str  # of its module, the present one

    @property
    def name(self) -> str:
        """Give code and number, as RE-12."""
        return f"{self.code}-{self.number}"


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that decided, with what it said then: its kind and row as View history knows them."""

    kind: str
    id: int
    name: str
    value: str  # in words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a mail, why in words, and which setting decided where one did."""

    kind: str
    reason: str
    by: Setting | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class NewRequest(Outcome):
    """A request is to be opened; linked to a record where the mail answers one that it may not join."""

    linked_to: FoundRecord | None = None


@dataclass(frozen=True, slots=True)
class Joins(Outcome):
    """The mail becomes a conversation of this record; it reopens it, or (automatic mail) joins quietly.

    `from_alone`: nothing but From says that a technician wrote it, so it is not sent on to the requester.
    """

    record: FoundRecord
    reopens: bool = False
    quietly: bool = False
    from_alone: bool = False


@dataclass(frozen=True, slots=True)
class Ends(Outcome):
    """No request and no conversation: duplicate, automatic, refused, held or error."""

    record: FoundRecord | None = None
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a delivery report says of a mail of ours: in words, and who of its recipients was not reached."""

    mail_id: int  # of the outbox
    record: FoundRecord | None
    words: str
    unreached: tuple[Unreached, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trace: a step, its verdict (passed, remark, or the outcome's kind), why, and its time."""

    step: str
    verdict: str
    reason: str
    ms: float
