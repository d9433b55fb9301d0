"""Outcomes: what the pipeline decided for a mail, as values that say what should be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from deskpost.desk.modules import REQUEST
from deskpost.desk.request_values import Changes, Present, Value
from deskpost.desk.templates import Template
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

OPENS = ("request", "command")
"""What a mail has become that opened the request it is a conversation of: a command that changes one makes none."""


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

    @property
    def called(self) -> str:
        """Give what a sentence calls it: request 12, or TA-5."""
        return f"request {self.number}" if self.module == REQUEST else self.name


@dataclass(frozen=True, slots=True)
class Setting:
    """What decided, with what it said then: its kind and row as View history knows them.

    A setting, or of a delivery report the mail that it is about (OF_OURS), which says nothing.
    """

    kind: str
    id: int
    name: str
    value: str  # in words
    column: str = ""  # which of the row's settings; empty: the row is one, as a spam rule

    @property
    def stored(self) -> dict[str, Any]:
        """The setting as JSON, as it is kept with what it decided."""
        told: dict[str, Any] = {"kind": self.kind, "id": self.id, "name": self.name, "value": self.value}
        return {**told, "column": self.column} if self.column else told

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Setting | None":
        """Read one that was kept."""
        return cls(**stored) if stored else None


OF_OURS = "outboxmail"
"""The kind under which a mail of the outbox is named."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender of a command is told at the stored address: one line for each thing, in words."""

    person_id: int
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a mail, why in words, and which setting decided where one did.

    `answer`: what is mailed to who commanded, of a mail that held commands.
    """

    kind: str
    reason: str
    by: Setting | None = field(default=None, kw_only=True)
    answer: Answer | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Commanded:
    """What a request begins with that a command makes: in place of what an ordinary mail would give it.

    `changes`: all that it gets. `begins`: what the mailbox gives to its new requests, which no command set.
    """

    person_id: int  # who commanded
    subject: str
    text: str
    changes: Changes
    template: Template
    begins: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class NewRequest(Outcome):
    """A request is to be opened; linked to a record where the mail answers one that it may not join."""

    linked_to: FoundRecord | None = None
    commanded: Commanded | None = None


@dataclass(frozen=True, slots=True)
class Edits(Outcome):
    """A command sets fields of this record, which held `present` when that was decided. It makes no conversation."""

    record: FoundRecord
    person_id: int
    present: Present
    changes: Changes


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
    """What a delivery report says of a mail of ours: in words, and who of its recipients was not reached.

    `unnamed`: what it says of addresses that stand for one of several recipients, nobody knows which; else "".
    """

    mail_id: int  # of the outbox
    record: FoundRecord | None
    words: str
    unreached: tuple[Unreached, ...]
    unnamed: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trace: a step, its verdict (passed, remark, or the outcome's kind), why, and its time.

    `by`: the setting by which the step judged, as it was then.
    """

    step: str
    verdict: str
    reason: str
    ms: float
    by: Setting | None = None

    @property
    def stored(self) -> list[Any]:
        """The line as JSON: the setting stands last, where there is one."""
        line = [self.step, self.verdict, self.reason, self.ms]
        return [*line, self.by.stored] if self.by else line

    @classmethod
    def of(cls, stored: Sequence[Any]) -> "Line":
        """Read a line that was kept."""
        step, verdict, reason, ms, *by = stored
        return cls(step, verdict, reason, ms, Setting.of(by[0]) if by else None)
