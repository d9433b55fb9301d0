"""Outages of mailboxes: tries that fail one after another are counted, and people are told once, and of the end.

Everything here happens in the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from deskpost.desk.durations import duration
from deskpost.desk.events import Event
from deskpost.desk.installation import Installation
from deskpost.inbound import connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState, own_addresses
from deskpost.outbound import bell
from deskpost.outbound.notify import load_rulebook, notify

LOST, REGAINED = "connectivity_lost", "connectivity_regained"
_NO_ACT = (
    "see that the server runs and can be reached from this machine, and that user name and password hold."
)


def failed(mailbox: Mailbox, words: str) -> None:
    """Note that a try failed, with the next in turn; tell when that makes it an outage that nobody was told of.

    Every failing try counts, whosever fault it is: no mail comes in. A mailbox that asks for patience does not fail.
    """
    states = MailboxState.objects.filter(mailbox=mailbox)
    states.update(
        next_fetch_at=Now() + timedelta(seconds=mailbox.fetch_every),
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


def fetched(mailbox: Mailbox, collected: int) -> None:
    """Note that a fetch was completed, and tell of it who was told that the mailbox could not be reached."""
    states = MailboxState.objects.filter(mailbox=mailbox)
    told = states.exclude(outage_told_at=None).first()
    states.update(
        last_fetch_at=Now(),
        next_fetch_at=Now() + timedelta(seconds=mailbox.fetch_every),
        failing_since=None,
        consecutive_failures=0,
        reason="",
        backlog=0,
        outage_told_at=None,
    )
    if told and connectivity.read().enabled:
        _tell_regained(mailbox, told, collected)


def _was_told(state: MailboxState) -> bool:
    """Tell whether people know of this outage: what began after they were told is another one."""
    told, since = state.outage_told_at, state.failing_since
    return told is not None and since is not None and told >= since


def _tell_lost(mailbox: Mailbox, state: MailboxState) -> None:
    since, tries, every = (
        _there(state.failing_since),
        state.consecutive_failures,
        duration(mailbox.fetch_every),
    )
    reason, _, act = state.reason.partition(" To do: ")
    words = ngettext(
        "%(n)d try failed since %(at)s. Mail is not lost, it is tried again every %(every)s.",
        "%(n)d tries failed since %(at)s. Mail is not lost, it is tried again every %(every)s.",
        tries,
    )
    _tell(
        LOST,
        mailbox,
        gettext("%(mailbox)s cannot be reached") % {"mailbox": mailbox.name},
        words % {"n": tries, "at": f"{since:%H:%M}", "every": every},
        {
            "since": _exactly(since),
            "tries": str(tries),
            "every": every,
            "reason": reason,
            "to_do": act or _NO_ACT,
        },
    )


def _tell_regained(mailbox: Mailbox, before: MailboxState, collected: int) -> None:
    since = before.failing_since or before.outage_told_at or timezone.now()
    away = duration(int((timezone.now() - since).total_seconds()))
    came = ngettext("%(n)d mail", "%(n)d mails", collected) % {"n": collected}
    words = gettext("Away for %(time)s. Came in with this fetch: %(came)s.")
    _tell(
        REGAINED,
        mailbox,
        gettext("%(mailbox)s is reached again") % {"mailbox": mailbox.name},
        words % {"time": away, "came": came},
        {"since": _exactly(_there(since)), "away": away, "came": came},
    )


def _tell(kind: str, mailbox: Mailbox, title: str, text: str, details: Mapping[str, str]) -> None:
    """Ring at the administrators', and write to the error-notification list."""
    url = f"/admin/mail-server-settings/incoming/{mailbox.pk}/"
    bell.ring(bell.administrators(), kind, title, text, url)
    rules = load_rulebook(own_addresses())
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    notify([Event(kind, details={**details, "mailbox": mailbox.name, "link": link})], rules)


def _there(at: datetime | None) -> datetime:
    """Give a moment by the installation's clock."""
    zone = Installation.objects.values_list("time_zone", flat=True).get()
    return timezone.localtime(at, ZoneInfo(zone))


def _exactly(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} ({at.tzname()})"
