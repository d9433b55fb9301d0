"""Rehearsal: how the last mails would be treated, by the settings as they are or changed. It writes nothing.

Each mail is judged twice by the same steps, with the present settings and with the changed ones, as if it came anew.
What an earlier mail of the rehearsal would have left decides for the later ones, by each of the two for itself.
"""

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from deskpost import raw_store
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import fold
from deskpost.inbound import pipeline
from deskpost.inbound.batches import BATCH_BYTES, BATCH_MAILS, Begun, begin
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome
from deskpost.inbound.outcome import Edits, Ends, Joins, Outcome
from deskpost.inbound.rehearsed_course import Course, Past
from deskpost.inbound.rehearsed_desk import RehearsedDesk
from deskpost.inbound.standing import facts_of
from deskpost.inbound.steps import forwards
from deskpost.inbound.view import Constants
from deskpost.mime.authenticity import Verdict

MAILS = 1000
_NOWHERE = (None, None, "")
_PUT = (
    MailAct.Kind.MOVED,
    MailAct.Kind.OWN,
    MailAct.Kind.AGAIN,
    MailAct.Kind.AFTER_ALL,
    MailAct.Kind.SPAM,
    MailAct.Kind.ORDINARY,
)


@dataclass(frozen=True, slots=True)
class Treated:
    """What becomes of a mail. `record`: of a request none, for it would be a new one. `files`: those dropped.

    A record whose id is negative is that which the mail of this number would open. `unopened`: requests that the mail
    names and that would not have been opened, so that it is not known whether it would have been written.
    """

    kind: str
    record_id: int | None
    reason: str
    account_id: int | None
    files: Mapping[str, str] = field(default_factory=dict)  # part, and name with the reason
    reopens: bool = False
    unopened: tuple[str, ...] = ()

    def differs(self, other: "Treated") -> bool:
        """Tell whether something else becomes of the mail, not merely for another reason."""
        return (self._key, self.reopens) != (other._key, other.reopens)

    def differs_from_past(self, became: "Treated") -> bool:
        """Tell the same of what had become of a mail, of which is not kept whether it reopened its request."""
        return self._key != became._key

    @property
    def _key(self) -> tuple[str, int | None, int | None, frozenset[str]]:
        record = None if self.kind == "request" else self.record_id
        return self.kind, record, self.account_id, frozenset(self.files)


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides: the constants, and the mailboxes whose facts are others than now."""

    constants: Constants
    mailboxes: Mapping[int, MailboxFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail: what had become of it, and what would by the present and by the changed settings."""

    mail: InboundMessage
    became: Treated
    present: Treated
    changed: Treated


@contextmanager
def read_only() -> Iterator[None]:
    """Have PostgreSQL refuse to write meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def rehearse(
    present: Settings, changed: Settings | None, last: int, progress: Callable[[int, int], None]
) -> Iterator[Judged]:
    """Judge the last mails that were decided, the oldest first; a few megabytes of them are in memory at once.

    `progress` is told how many were judged, and of how many. PostgreSQL refuses to write meanwhile.
    """
    ids = sorted(
        InboundMessage.objects.filter(outcome__isnull=False, outcome__raw_erased_at=None)
        .order_by("-pk")
        .values_list("pk", flat=True)[:last]
    )
    done = 0
    progress(done, len(ids))
    began = _began(ids)
    courses = Course(began), Course(began)
    for first in range(0, len(ids), BATCH_MAILS):
        part = ids[first : first + BATCH_MAILS]
        for mails in _in_pieces(part):
            with read_only():
                judged = _judge(mails, present, changed, courses)
            yield from judged
            done += len(mails)
            progress(done, len(ids))


def _began(ids: Sequence[int]) -> datetime:
    """Give a moment after the people of earlier mails were made, and before those of these mails were.

    It is when the first of these mails came, or where a backlog was worked off, when the mail before it was processed.
    """
    if not ids:
        return timezone.now()
    came = InboundMessage.objects.values_list("received_at", flat=True).get(pk=ids[0])
    ours = MailOutcome.objects.filter(pk__gte=ids[0], pk__lte=ids[-1]).aggregate(first=Min("processed_at"))[
        "first"
    ]
    before = (
        MailOutcome.objects.filter(pk__lt=ids[0])
        .order_by("-pk")
        .values_list("processed_at", flat=True)
        .first()
    )
    return max(came, before) if before and before < ours else came


def _in_pieces(ids: Sequence[int]) -> Iterator[list[InboundMessage]]:
    """Give these mails in pieces of about BATCH_BYTES."""
    rows = InboundMessage.objects.filter(pk__in=ids, outcome__isnull=False).select_related("outcome__record")
    piece: list[InboundMessage] = []
    held = 0
    for mail in rows.defer("outcome__trace", "outcome__words").order_by("pk"):
        size = 0 if mail.truncated else mail.size
        if piece and held + size > BATCH_BYTES:
            yield piece
            piece, held = [], 0
        piece.append(mail)
        held += size
    if piece:
        yield piece


def _judge(
    mails: Sequence[InboundMessage],
    present: Settings,
    changed: Settings | None,
    courses: tuple[Course, Course],
) -> list[Judged]:
    raws = raw_store.load(mail.pk for mail in mails)
    boxes = Mailbox.every.select_related("account").in_bulk({mail.mailbox_id for mail in mails})
    facts = {id: facts_of(box) for id, box in boxes.items()}
    begun = [begin(_case(mail, raws.pop(mail.pk), facts[mail.mailbox_id])) for mail in mails]
    if changed:  # begun before the steps mark the cases
        as_changed = {**facts, **changed.mailboxes}
        others = [_anew(mail, one, as_changed) for mail, one in zip(mails, begun, strict=True)]
    desk = RehearsedDesk(present.constants, courses[0])
    became, pasts = _became(mails, desk), _pasts(mails, desk)
    now = _decide(begun, pasts, desk)
    then = _decide(others, pasts, RehearsedDesk(changed.constants, courses[1])) if changed else now
    return [Judged(*one) for one in zip(mails, became, now, then, strict=True)]


def _pasts(mails: Sequence[InboundMessage], desk: RehearsedDesk) -> list[Past]:
    """Give what these mails left in the database."""
    ids = [mail.pk for mail in mails]
    acts = MailAct.objects.filter(mail__in=ids, kind__in=_PUT)
    by_person = set(acts.values_list("mail_id", flat=True))
    rows = Conversation.objects.filter(mail_id__in=ids)
    talks = {row[0]: row[1:] for row in rows.values_list("mail_id", "came_from", "record", "from_address")}
    pasts = []
    for mail in mails:
        outcome = mail.outcome
        came_from, record, address = talks.get(mail.pk, _NOWHERE) if outcome.conversation_id else _NOWHERE
        pasts.append(
            Past(
                outcome.kind,
                came_from or record,
                record,
                outcome.instance_id,
                outcome.account_id,
                outcome.sender_account,
                outcome.original,
                fold(address) if address else "",
                _was_forwarded(outcome),
                mail.pk in by_person,
            )
        )
    return pasts


def _case(mail: InboundMessage, raw: bytes, mailbox: MailboxFacts) -> Case:
    truncated = mail.truncated or mail.size > mailbox.max_size_mb * 1_000_000
    case = Case(mail.pk, mailbox, raw, mail.size, mail.received_at, truncated=truncated, refusal=mail.refusal)
    if mailbox.own_check and mail.outcome.authenticity:  # the name service is not asked again
        case.looked_up = Verdict(mail.outcome.authenticity, "as it was judged when it came")
    return case


def _anew(mail: InboundMessage, begun: Begun, facts: Mapping[int, MailboxFacts]) -> Begun:
    """Give the same mail at the beginning of its way, through the mailbox as it would be; parsed once is enough."""
    case, outcome, lines = begun
    mailbox = facts[mail.mailbox_id]
    if mailbox.max_size_mb != case.mailbox.max_size_mb:
        return begin(_case(mail, case.raw, mailbox))
    other = copy.copy(case)
    other.mailbox = mailbox
    return other, outcome, list(lines)


def _decide(batch: Sequence[Begun], pasts: Sequence[Past], desk: RehearsedDesk) -> list[Treated]:
    desk.prepare([case for case, outcome, _ in batch if outcome is None])
    treated = []
    for (case, outcome, lines), past in zip(batch, pasts, strict=True):
        desk.take_up(case)
        found, _ = pipeline.go_on(case, desk, outcome, list(lines))
        treated.append(_treated(case, found, desk.unopened))
        desk.leave(case, found, past)
    return treated


def _treated(case: Case, outcome: Outcome, unopened: Collection[str]) -> Treated:
    record = outcome.record if isinstance(outcome, Joins | Ends | Edits) else None
    sender = getattr(case, "sender", None)
    return Treated(
        outcome.kind,
        record.id if record else None,
        outcome.reason,
        sender.account_id if sender else None,
        {one.part: f"{one.name} ({one.detail})" for one in case.dropped_files or ()},
        isinstance(outcome, Joins) and outcome.reopens,
        tuple(sorted(unopened)),
    )


def _became(mails: Sequence[InboundMessage], desk: RehearsedDesk) -> list[Treated]:
    """Give what had become of these mails. A record that was merged counts as the one that it was merged into."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mail_id, part, name || ' (' || detail || ')' FROM dropped_file WHERE mail_id = ANY(%s) "
            "ORDER BY mail_id, id",
            [[mail.pk for mail in mails]],
        )
        files = {
            id: {part: words for _, part, words in rows}
            for id, rows in groupby(cursor.fetchall(), key=lambda row: row[0])
        }
    led_to = desk.led_to({id for mail in mails if (id := mail.outcome.record_id) is not None})
    return [
        Treated(
            mail.outcome.kind,
            None
            if _made_by_command(mail.outcome)
            else led_to.get(mail.outcome.record_id or 0, mail.outcome.record_id),
            mail.outcome.reason,
            _account(mail.outcome),
            files.get(mail.pk, {}),
        )
        for mail in mails
    ]


def _account(outcome: MailOutcome) -> int | None:
    """Give the account that a mail was taken for: of a technician's forward that of whose mail it was."""
    of_request = _was_forwarded(outcome) or _made_by_command(outcome)
    return outcome.account_id if of_request else outcome.sender_account


def _made_by_command(outcome: MailOutcome) -> bool:
    """Tell whether a command made a request: of those that were there, it makes no conversation."""
    return outcome.kind == "command" and outcome.conversation_id is not None


def _was_forwarded(outcome: MailOutcome) -> bool:
    return (outcome.decided_by or {}).get("column") == forwards.COLUMN
