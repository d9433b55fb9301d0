"""Outages of mailboxes: tries that fail one after another are counted, and people are told once, and of the end.

A mailbox that nobody tries at all is an outage as well. Everything here happens in the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from deskpost.desk.durations import duration
from deskpost.desk.events import Event
from deskpost.desk.installation import Installation
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import NOT_CLOSED, Mailbox, MailboxConsent, MailboxState, own_addresses
from deskpost.outbound import bell
from deskpost.outbound.notify import load_rulebook, notify

LOST, REGAINED = "connectivity_lost", "connectivity_regained"
_NO_ACT = (
    "see that the server runs and can be reached from this machine, and that user name and password hold."
)
_NOBODY = (
    "No fetch has been begun, though one is due. Mail waits at its server, none is lost. "
    "To do: see that a worker runs, with: deskpost doctor"
)
_MOST_SELDOM = 3600.0  # seconds
LEAST = 300  # seconds for which a fetch is due and not begun, before that is an outage

# Counted from when somebody could have begun: not while PostgreSQL or all of Deskpost was down.
_NOT_BEGUN = """
SELECT s.mailbox_id FROM mailbox_state s JOIN mailbox m ON m.id = s.mailbox_id
WHERE m.fetching AND m.removed_at IS NULL
AND greatest(s.next_fetch_at, pg_postmaster_start_time(), (SELECT max(started_at) FROM generation))
    < clock_timestamp() - make_interval(secs => greatest(m.fetch_every * %(threshold)s::float8, %(least)s))
AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.thing = 'fetch:' || m.id AND l.until > clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM mailbox_consent c WHERE c.mailbox_id = m.id AND c.lost_at IS NOT NULL)
"""
_LISTENING_SINCE = (
    ExpressionWrapper(  # the time of an outage says nothing of whether mail was sent (silence.py)
        Greatest(F("listening_since"), F("last_mail_at"))
        + Coalesce(Now() - F("failing_since"), Value(timedelta(0)), output_field=models.DurationField()),
        output_field=models.DateTimeField(),
    )
)
UNTOLD = """
AND (s.outage_told_at IS NULL OR s.failing_since IS NULL OR s.outage_told_at < s.failing_since)
FOR NO KEY UPDATE OF s SKIP LOCKED
"""
"""Of an outage that nobody was told of yet, and that nobody else is telling of now."""


def failed(mailbox: Mailbox, words: str, *, seldom: bool = False) -> None:
    """Note that a try failed, with the next in turn; tell when that makes it an outage that nobody was told of.

    Every failing try counts, whosever fault it is: no mail comes in. A mailbox that asks for patience does not fail.
    `seldom`: the next after a quarter of the time that this has been going on, and an hour at most.
    """
    states = MailboxState.objects.filter(mailbox=mailbox)
    wait = max(mailbox.fetch_every, _quarter(states) if seldom else 0.0)
    states.update(
        next_fetch_at=Now() + timedelta(seconds=wait),
        failing_since=Coalesce(F("failing_since"), Now()),
        consecutive_failures=F("consecutive_failures") + 1,
        reason=words,
    )
    state = states.filter(mailbox__fetching=True).first()
    if state is None or _was_told(state):
        return
    rules = connectivity.read()
    if rules.enabled and state.consecutive_failures >= rules.threshold:
        _tell_lost(mailbox, state)
        states.update(outage_told_at=Now())


def _quarter(states: "models.QuerySet[MailboxState]") -> float:
    since = states.values_list("failing_since", flat=True).first()
    return min((timezone.now() - since).total_seconds() / 4, _MOST_SELDOM) if since else 0.0


def not_begun() -> list[Mailbox]:
    """Give the mailboxes of which a fetch has been due for long, and nobody has begun it.

    Long is the threshold times the interval, and five minutes at least.
    """
    return _overdue(_NOT_BEGUN, connectivity.read().threshold)


@transaction.atomic
def tell_not_begun() -> list[str]:
    """Tell of the mailboxes that nobody fetches, each outage once, whoever else looks; give their names.

    To be called by every process that lives: no worker may be among them. The mail waits for one, the bell does not.
    """
    rules = connectivity.read()
    mailboxes = _overdue(_NOT_BEGUN + UNTOLD, rules.threshold) if rules.enabled else []
    for mailbox in mailboxes:
        states = MailboxState.objects.filter(mailbox=mailbox)
        _tell_not_begun(mailbox, states.get())
        states.filter(failing_since=None).update(failing_since=F("next_fetch_at"), reason=_NOBODY)
        states.update(outage_told_at=Now())
    return [mailbox.name for mailbox in mailboxes]


def fetched(mailbox: Mailbox, collected: int) -> None:
    """Note that a fetch was completed, and tell of it who was told that the mailbox could not be reached."""
    states = MailboxState.objects.filter(mailbox=mailbox)
    told = states.exclude(outage_told_at=None).first()
    lost_before = _told_of_loss(mailbox)
    states.update(
        last_fetch_at=Now(),
        next_fetch_at=Now() + timedelta(seconds=mailbox.fetch_every),
        failing_since=None,
        consecutive_failures=0,
        reason="",
        backlog=0,
        patience_since=None,
        paced_until=None,
        outage_told_at=None,
        listening_since=_LISTENING_SINCE,
        **NOT_CLOSED,
    )
    if lost_before or (told and connectivity.read().enabled):
        since = (told.failing_since or told.outage_told_at) if told else None
        _tell_regained(mailbox, since or lost_before or timezone.now(), collected)


def _told_of_loss(mailbox: Mailbox) -> datetime | None:
    """Give when people were told of a loss of consent that is over now, once; None where there was none."""
    if mailbox.authentication != mailbox.Authentication.OAUTH:
        return None
    over = MailboxConsent.objects.filter(mailbox=mailbox, lost_at=None).exclude(told_at=None)
    told_at = over.values_list("told_at", flat=True).first()
    over.update(told_at=None)
    return told_at


def _was_told(state: MailboxState) -> bool:
    """Tell whether people know of this outage: what began after they were told is another one."""
    told, since = state.outage_told_at, state.failing_since
    return told is not None and since is not None and told >= since


def _overdue(query: str, threshold: int) -> list[Mailbox]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"threshold": threshold, "least": LEAST})
        found = [mailbox_id for (mailbox_id,) in cursor.fetchall()]
    return list(Mailbox.objects.defer("password").filter(pk__in=found).order_by("name")) if found else []


def _tell_not_begun(mailbox: Mailbox, state: MailboxState) -> None:
    every = {"every": duration(mailbox.fetch_every)}
    reason = gettext("a fetch is due every %(every)s, and no worker has begun it.") % every
    to_do = gettext("see that a worker runs, with: deskpost doctor")
    tell_lost(mailbox, state.next_fetch_at, gettext("nobody began a fetch"), reason, to_do)


def _tell_lost(mailbox: Mailbox, state: MailboxState) -> None:
    tries = state.consecutive_failures
    reason, _, act = state.reason.partition(" To do: ")
    words = ngettext("%(n)d try failed in a row", "%(n)d tries failed in a row", tries) % {"n": tries}
    tell_lost(mailbox, state.failing_since, words, reason, act or _NO_ACT, tries=tries)


def tell_lost(
    mailbox: Mailbox, since: datetime | None, tried: str, reason: str, to_do: str, **facts: int
) -> None:
    """Tell of an outage by bell and mail. `tried`: what was, in words; `facts`: what the bell words it by."""
    every = duration(mailbox.fetch_every)
    mail = {
        "since": exactly(since),
        "tries": tried,
        "every": every,
        "reason": reason,
        "to_do": to_do,
    }
    what: dict[str, str | int] = {"since": _iso(since), "tries": 0, "every": mailbox.fetch_every, **facts}
    tell(LOST, mailbox, what, mail)


def _tell_regained(mailbox: Mailbox, since: datetime, collected: int) -> None:
    away = int((timezone.now() - since).total_seconds())
    came = ngettext("%(n)d mail", "%(n)d mails", collected) % {"n": collected}
    mail = {"since": exactly(since), "away": duration(away), "came": came}
    tell(REGAINED, mailbox, {"away": away, "came": collected}, mail)


def tell(kind: str, mailbox: Mailbox, what: Mapping[str, str | int], mail: Mapping[str, str]) -> None:
    """Ring at the administrators', and write to the error-notification list."""
    url = f"/admin/mail-server-settings/incoming/{mailbox.pk}/"
    bell.ring(bell.administrators(), kind, {**what, "mailbox": mailbox.name}, url)
    rules = load_rulebook(own_addresses())
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    notify([Event(kind, details={**mail, "mailbox": mailbox.name, "link": link})], rules)


def _iso(at: datetime | None) -> str:
    return (at or timezone.now()).isoformat()


def exactly(at: datetime | None) -> str:
    """Give a moment (now without one) by the installation's clock, to the minute, with its time zone."""
    zone = Installation.objects.values_list("time_zone", flat=True).get()
    there = timezone.localtime(at, ZoneInfo(zone))
    return f"{there:%Y-%m-%d %H:%M} ({there.tzname()})"
