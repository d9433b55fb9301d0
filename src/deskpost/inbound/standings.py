"""How each mailbox fares, for a page that shows them all: few questions to the database, however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from deskpost.inbound.collecting import refused_acts
from deskpost.inbound.collecting.refused_acts import Refused
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.inbound.push import states
from deskpost.inbound.push.states import Shown
from deskpost.minutes import BAR, BARS

_LAST_HOUR = """
SELECT mailbox_id, floor(extract(epoch FROM %(now)s - received_at) / %(bar)s)::int AS ago, count(*)
FROM inbound_message WHERE received_at > %(since)s AND received_at <= %(now)s GROUP BY 1, 2
"""
_SWITCHES = """
SELECT DISTINCT ON (id) id, pgh_created_at, metadata ->> 'name'
FROM (SELECT e.id, e.pgh_id, e.pgh_created_at, c.metadata, e.fetching,
             lag(e.fetching) OVER (PARTITION BY e.id ORDER BY e.pgh_id) AS before
      FROM inbound_mailboxsettingsevent e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
      WHERE e.id = ANY(%s)) AS versions
WHERE before IS DISTINCT FROM fetching AND before IS NOT NULL ORDER BY id, pgh_id DESC
"""


@dataclass(frozen=True, slots=True)
class Switch:
    """When fetching was last switched, and by whom (a name; empty where nobody is named)."""

    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One mailbox: its settings without the password, its state, and what came in.

    `last_hour`: mails of each 3 minutes, the newest last. `waiting`: fetched and without outcome yet.
    `refused`: mails that the server does not mark, move or delete as it is asked to. `switched`: of
    mailboxes that are stopped; None when fetching was never on. `threshold`: the failed tries after which people
    are told, None when they are not. `lost`: the consent that is to be given again, None where nothing is lost.
    `push`: how listening to it fares, None where it has no push or none was tried yet.
    """

    mailbox: Mailbox
    state: MailboxState
    now: datetime
    today: int
    last_hour: Sequence[int]
    waiting: int
    being_fetched: bool
    refused: Refused | None
    switched: Switch | None
    threshold: int | None
    lost: MailboxConsent | None = None
    push: Shown | None = None

    @property
    def never_connected(self) -> bool:
        """Whether nobody has consented yet, so that there is nothing that was lost."""
        return self.lost is not None and self.mailbox.by_consent and self.lost.never_given

    @property
    def backlog(self) -> int | None:
        """Mails known to wait at the server, and fetched ones without outcome; None while nobody knows."""
        if self.state.failing_since or self.state.backlog is None:
            return self.waiting or None
        return self.state.backlog + self.waiting

    @property
    def bars_without_fetch(self) -> int:
        """How many of the newest bars are of a time in which no fetch was completed."""
        if self.mailbox.fetching and not self.state.failing_since and self.lost is None:
            return 0
        last = self.state.last_fetch_at
        return BARS if last is None else max(0, min(BARS, int((self.now - last) / BAR)))


def standings(now: datetime, since: datetime) -> list[Standing]:
    """Give all mailboxes by name; `since` is when today began where the reader is."""
    today = dict(_counts(InboundMessage.objects.filter(received_at__gte=since)))
    waiting = dict(_counts(Undecided.objects.all()))
    bars, refused = _last_hour(now), refused_acts.by_mailbox()
    return [
        replace(
            one,
            today=today.get(one.mailbox.pk, 0),
            last_hour=bars.get(one.mailbox.pk, [0] * BARS),
            waiting=waiting.get(one.mailbox.pk, 0),
            refused=refused.get(one.mailbox.pk),
        )
        for one in uncounted(Mailbox.objects.all(), now)
    ]


def uncounted(mailboxes: QuerySet[Mailbox], now: datetime) -> list[Standing]:
    """Give mailboxes by name, without counts of their mails and without what their servers refused."""
    chosen = list(mailboxes.defer("password").select_related("state").order_by("name"))
    held, listened, threshold = _being_fetched(), states.shown(), _threshold()
    lost = _lost(MailboxConsent.objects.all())
    off = switches([one.pk for one in chosen if not one.fetching])
    return [
        Standing(
            mailbox=one,
            state=state_of(one),
            now=now,
            today=0,
            last_hour=[0] * BARS,
            waiting=0,
            being_fetched=one.pk in held,
            refused=None,
            switched=off.get(one.pk),
            threshold=threshold,
            lost=lost.get(one.pk),
            push=listened.get(one.pk),
        )
        for one in chosen
    ]


def standing(mailbox: Mailbox, now: datetime) -> Standing:
    """Give one mailbox without counts of its mails."""
    switched = switches([mailbox.pk]).get(mailbox.pk)
    held = mailbox.pk in _being_fetched()
    lost = _lost(MailboxConsent.objects.filter(mailbox=mailbox)).get(mailbox.pk)
    push = states.shown().get(mailbox.pk)
    return Standing(
        mailbox, state_of(mailbox), now, 0, [0] * BARS, 0, held, None, switched, _threshold(), lost, push
    )


def state_of(mailbox: Mailbox) -> MailboxState:
    """Give the state of a mailbox; a blank one where it has none yet."""
    state: MailboxState | None = getattr(mailbox, "state", None)
    return state or MailboxState(mailbox=mailbox)


def switches(mailbox_ids: Sequence[int]) -> dict[int, Switch]:
    """Give when and by whom fetching of these mailboxes was last switched on or off."""
    if not mailbox_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SWITCHES, [list(mailbox_ids)])
        return {id: Switch(at, who or "") for id, at, who in cursor.fetchall()}


def _lost(consents: QuerySet[MailboxConsent]) -> dict[int, MailboxConsent]:
    return {one.mailbox_id: one for one in consents.exclude(lost_at=None)}


def _threshold() -> int | None:
    rules = connectivity.read()
    return rules.threshold if rules.enabled else None


def mails_of(mailbox: Mailbox) -> int:
    """Give how many mails of a mailbox Deskpost holds."""
    return InboundMessage.objects.filter(mailbox=mailbox).count()


def _counts(rows: object) -> list[tuple[int, int]]:
    counted = rows.order_by().values_list("mailbox").annotate(n=Count("pk"))  # type: ignore[attr-defined]
    return list(counted)


def _last_hour(now: datetime) -> Mapping[int, Sequence[int]]:
    values: dict[str, datetime | float] = {"now": now, "since": now - BARS * BAR, "bar": BAR.total_seconds()}
    bars: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HOUR, values)
        for mailbox_id, ago, count in cursor.fetchall():
            bars.setdefault(mailbox_id, [0] * BARS)[BARS - 1 - min(ago, BARS - 1)] += count
    return bars


def _being_fetched() -> frozenset[int]:
    things = Lease.objects.filter(thing__startswith="fetch:", until__gt=Now()).values_list("thing", flat=True)
    return frozenset(int(thing.partition(":")[2]) for thing in things)
