"""What the mails of a rehearsal would have left otherwise than they did: it decides for the later ones. In memory only.

A mail that would be treated as it was leaves what it left in the database, so only the differences are kept here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from deskpost.inbound.outcome import FoundRecord
from deskpost.inbound.view import Earlier, KnownPerson


@dataclass(frozen=True, slots=True)
class Past:
    """What a mail left in the database."""

    kind: str
    record_id: int | None  # where its conversation was written, whatever that request was merged into
    led_to: int | None  # and where that leads
    instance_id: int
    account_id: int | None
    sender_account: int | None
    original: bool
    writer: str  # folded
    forwarded: bool
    by_person: bool  # a person put it where it is, or had it processed again: that stays


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a record's status."""

    at: datetime
    mail_id: int | None  # that made it, where one did
    old: str
    new: str
    by_answer: bool  # an answer reopened it


@dataclass(frozen=True, slots=True)
class WouldBe(FoundRecord):
    """A request that a mail would have opened and did not: it has no number, and its id is the mail's, negative."""

    @property
    def name(self) -> str:
        """Give it in words."""
        return f"the request that mail {-self.id} would open"


@dataclass(slots=True)
class Course:
    """The rehearsed mails so far, by one of the two settings.

    `began`: people whom mail made since are known once a rehearsed mail makes them.
    """

    began: datetime
    otherwise: set[int] = field(default_factory=set)  # mails whose traces in the database do not count
    gone: dict[int, str] = field(
        default_factory=dict
    )  # requests that would not have been opened, and their names
    opened: dict[int, FoundRecord] = field(default_factory=dict)
    mails: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    originals: defaultdict[bytes, list[Earlier]] = field(default_factory=lambda: defaultdict(list))
    people: defaultdict[str, list[KnownPerson]] = field(default_factory=lambda: defaultdict(list))
    made_by_person: set[int] = field(default_factory=set)  # people whom mails made that a person let in
    participants: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reopened: defaultdict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))

    def counts(self, mail_id: int | None, before: int) -> bool:
        """Tell whether what a mail left in the database was there for the mail `before`; None: no mail left it."""
        return mail_id is None or (mail_id < before and mail_id not in self.otherwise)

    def changes(self, record_id: int, written: list[Change], before: int, at: datetime) -> Iterator[Change]:
        """Give the changes of a record's status before a mail that was received `at`, in their order."""
        found = [
            one
            for one in written
            if self.counts(one.mail_id, before) and (one.mail_id is not None or one.at < at)
        ]
        yield from sorted((*found, *self.reopened.get(record_id, ())), key=lambda one: one.at)
