"""Mailboxes whose server asks for patience: a pause as asked is no failure, and one that lasts long is.

Long is three intervals without a completed fetch, and a quarter of an hour at least: more than any pause that Microsoft
names in an ordinary day (5 minutes by EWS, up to 10 by Graph) and three of our own longest ones. Found and told of by
every process, whoever fetches.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext

from deskpost.inbound.connectivity import outages
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.transports.errors import Throttled

LONGEST = 300.0  # seconds that a mailbox is left alone at a time where its server names no longer one
LONG = 900.0  # seconds in which no fetch is completed, until which a server may ask for patience and nobody is told
INTERVALS = 3

# Counted from when Deskpost was there to ask: while all of it was down no server said anything.
_LONG = """
    m.id = s.mailbox_id AND m.fetching AND m.removed_at IS NULL AND s.patience_since IS NOT NULL
    AND greatest(s.patience_since, (SELECT max(started_at) FROM generation))
        < clock_timestamp() - make_interval(secs => greatest(m.fetch_every * %(intervals)s::float8, %(long)s))
    AND NOT EXISTS (SELECT 1 FROM mailbox_consent c WHERE c.mailbox_id = m.id AND c.lost_at IS NOT NULL)
"""
_FAILING = """
    UPDATE mailbox_state s SET failing_since = s.patience_since FROM mailbox m
    WHERE s.failing_since IS NULL AND {long} RETURNING m.id
"""
_UNTOLD = "SELECT s.mailbox_id FROM mailbox_state s, mailbox m WHERE {long} {untold}"
_ACT = (
    "see which other programs use this mailbox, and at the provider whether it limits the mailbox or the "
    "application; ask there for a higher limit."
)


def note(mailbox: Mailbox, failure: Throttled) -> None:
    """Note in the caller's transaction that the server asks for patience: the next fetch is when it is over."""
    states = MailboxState.objects.filter(mailbox=mailbox)
    wait = max(mailbox.fetch_every, failure.retry_after or 0.0, _own(mailbox))
    states.update(
        next_fetch_at=Now() + timedelta(seconds=wait),
        patience_since=Coalesce(F("patience_since"), Now()),
        reason=failure.words,
    )
    states.exclude(failing_since=None).update(reason=_for_somebody(failure.words))


@transaction.atomic
def find_long() -> list[str]:
    """Mark as failing the mailboxes that have been asked for patience for long, and tell of each once.

    Gives the names of those told of. After how many intervals people are told is the threshold of connectivity.
    """
    for state in MailboxState.objects.filter(pk__in=_ids(_FAILING, INTERVALS)):
        MailboxState.objects.filter(pk=state.pk).update(reason=_for_somebody(state.reason))
    rules = connectivity.read()
    found = _ids(_UNTOLD, max(INTERVALS, rules.threshold)) if rules.enabled else []
    mailboxes = list(Mailbox.objects.defer("password").filter(pk__in=found).order_by("name")) if found else []
    for mailbox in mailboxes:
        states = MailboxState.objects.filter(mailbox=mailbox)
        _tell(mailbox, states.get())
        states.update(outage_told_at=Now())
    return [mailbox.name for mailbox in mailboxes]


def _own(mailbox: Mailbox) -> float:
    """Give the seconds for which a throttled mailbox is left alone whatever its server says, also "0 ms".

    A quarter of the time since its last completed fetch: it grows for as long as the server goes on so.
    """
    state = MailboxState.objects.filter(mailbox=mailbox).only("last_fetch_at").first()
    if state is None or state.last_fetch_at is None:
        return 0.0
    return min(LONGEST, (timezone.now() - state.last_fetch_at).total_seconds() / 4)


def _ids(query: str, intervals: int) -> list[int]:
    values: Mapping[str, float] = {"intervals": intervals, "long": LONG}
    with connection.cursor() as cursor:
        cursor.execute(query.format(long=_LONG, untold=outages.UNTOLD), values)
        return [mailbox_id for (mailbox_id,) in cursor.fetchall()]


def _tell(mailbox: Mailbox, state: MailboxState) -> None:
    tries = gettext("its server asks for patience, and no fetch was completed")
    reason = state.reason.partition(" To do: ")[0]
    outages.tell_lost(mailbox, state.patience_since, tries, reason, _ACT, asked=1)


def _for_somebody(words: str) -> str:
    """Give the words of a pause that lasts so long that somebody has to do something about it."""
    return f"{words.partition(' To do: ')[0]} To do: {_ACT}"
