"""Trying a rule before it is saved: which of the last mails it would have fitted. By the same code, writing nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from django.db.models import QuerySet

from deskpost import raw_store
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.rules import Facts, Rule, Ruleset, Values
from deskpost.mime.authenticity import NONE, from_header
from deskpost.mime.message import Message
from deskpost.mime.parse import parse

MAILS = 1000
SECONDS = 5.0
_BYTES = 8_000_000  # of mails that are in memory at once
_TO_PARSE = 5e-8  # seconds for a byte, at most: see mime.bounds
_DECIDED_BEFORE = ("duplicate",)  # by a step before the spam filter


@dataclass(frozen=True, slots=True)
class Fitting:
    """A mail that the rule fits. `marks`: where its subject says so; `newly`: the saved rule does not fit it."""

    mail_id: int
    sender: str
    subject: str
    marks: tuple[int, int] | None
    why: str
    outcome: MailOutcome | None
    received_at: datetime
    newly: bool

    @property
    def became_request(self) -> bool:
        """Tell whether it opened a request or joined one: what the rule would have kept out."""
        return self.outcome is not None and self.outcome.kind in ("request", "conversation", "command")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found, those that became requests first. `whole`: all mails were looked at in time."""

    looked_at: int
    fitting: tuple[Fitting, ...]
    since: datetime | None
    took: float  # seconds
    whole: bool
    late: int  # mails over which the rule ran out of time

    @property
    def fits_all(self) -> bool:
        """Tell whether the rule fits every mail that was looked at: it would keep out all mail."""
        return self.looked_at > 0 and len(self.fitting) == self.looked_at


def on_last_mails(rule: Rule, saved: Rule | None, mails: QuerySet[InboundMessage]) -> Trial:
    """Try a rule on the last of these mails, for SECONDS at most, a mail that it is at included."""
    begun = monotonic()
    end = begun + SECONDS
    now, old = _alone(rule), _alone(saved) if saved else None
    newest = mails.filter(truncated=False, refusal="", outcome__raw_erased_at=None).exclude(
        outcome__kind__in=_DECIDED_BEFORE
    )
    rows = list(
        newest.select_related("mailbox", "outcome__record")
        .defer("outcome__trace", "outcome__words")
        .order_by("-pk")[:MAILS]
    )
    fitting: list[Fitting] = []
    looked_at = late = 0
    for mail, raw in _with_bytes(rows):
        if monotonic() + mail.size * _TO_PARSE > end:
            break
        message = parse(raw)
        values = _values(mail, message, end)
        fits = now.first(values) is not None
        if values.out_of_time and monotonic() >= end:
            break  # this trial's end, and not the time of a mail, cut it off
        looked_at += 1
        late += bool(values.out_of_time)
        if fits:
            newly = old is None or old.first(_values(mail, message, end)) is None
            fitting.append(_fitting(rule, mail, values, newly))
    fitting.sort(key=lambda one: not one.became_request)
    since = rows[looked_at - 1].received_at if looked_at else None
    return Trial(looked_at, tuple(fitting), since, monotonic() - begun, looked_at == len(rows), late)


def _alone(rule: Rule) -> Ruleset:
    """Give a rule as the spam filter asks it, as if it were on."""
    return Ruleset([replace(rule, enabled=True)])


def _values(mail: InboundMessage, message: Message, end: float) -> Values:
    """Give a mail to be compared: its authenticity as it was judged, else as its mailbox judges headers now."""
    outcome: MailOutcome | None = getattr(mail, "outcome", None)

    def verdict() -> str:
        if outcome is not None and outcome.authenticity:
            return outcome.authenticity
        trusted = tuple(mail.mailbox.trusted_authserv_ids)
        return from_header(message, trusted).value if trusted else NONE

    return Values(message, Facts(mail.size, verdict), end)


def _with_bytes(rows: Sequence[InboundMessage]) -> Iterator[tuple[InboundMessage, bytes]]:
    """Give the mails with their bytes, reading a few at a time."""
    part: list[InboundMessage] = []
    held = 0
    for mail in rows:
        if part and held + mail.size > _BYTES:
            yield from _read(part)
            part, held = [], 0
        part.append(mail)
        held += mail.size
    yield from _read(part)


def _read(part: Sequence[InboundMessage]) -> Iterator[tuple[InboundMessage, bytes]]:
    raws = raw_store.load(mail.pk for mail in part)
    for mail in part:
        yield mail, raws[mail.pk]


def _fitting(rule: Rule, mail: InboundMessage, values: Values, newly: bool) -> Fitting:
    message = values.message
    hits = rule.why(values)
    return Fitting(
        mail_id=mail.pk,
        sender=message.from_[0].address if message.from_ else "",
        subject=message.subject,
        marks=_marks(rule, values),
        why="; ".join(hit.words for hit in [hit for hit in hits if hit.entry] or hits),
        outcome=getattr(mail, "outcome", None),
        received_at=mail.received_at,
        newly=newly,
    )


def _marks(rule: Rule, values: Values) -> tuple[int, int] | None:
    """Give where the subject holds the entry that fits, None where the subject did not decide."""
    for criterion in rule.criteria:
        hit = criterion.hit(values) if criterion.field == "subject" else None
        if hit and hit.entry:
            return criterion.place(hit.entry, values.message.subject)
    return None
