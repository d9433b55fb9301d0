"""What the list of mailboxes says of each: its state in words, why, what comes next, and the one act that helps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from deskpost.access.secret_ends import days_left, ends_soon
from deskpost.console.mail_settings.brief import brief
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.console.troubleshooting import entry_of, sign_in_help
from deskpost.desk.durations import duration
from deskpost.desk.settings_words import BY
from deskpost.inbound.collecting import pacing
from deskpost.inbound.connectivity import silence
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.standings import Standing
from deskpost.transports.protocols import PROTOCOLS

STATES = {
    "fetching": (gettext_lazy("fetching"), "ok"),
    "needs": (gettext_lazy("need you"), "bad"),
    "stopped": (gettext_lazy("stopped"), "mute"),
}
"""The states by which the list is filtered: the word after the count, and the colour of its dot."""
_NEED = ("needs", "fetching", "stopped")  # the order of the list
_TLS = {"starttls": ", STARTTLS", "none": gettext_lazy(", no TLS"), "implicit": ""}


@dataclass(frozen=True, slots=True)
class Pill:
    """A state pill: the arguments of the template tag `pill`."""

    tone: str
    dot: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One mailbox in the list. `act`: start, stop, try, connect. `help_url`: the entry about the cause, or "".

    `to_do`: what a person can do about it. `answer`: all that is known of the cause, for the form.
    """

    id: int
    url: str
    name: str
    address: str
    connection: str
    state: str
    pill: Pill
    says: str
    to_do: str
    answer: str
    help_url: str
    more: Sequence[str]
    last_fetch_at: datetime | None
    today: int
    backlog: int | None
    bars: Iterable[int]
    bars_label: str
    bars_tone: str
    rest: int
    act: str
    never_connected: bool

    @property
    def act_url(self) -> str:
        """Where the act is asked for."""
        return reverse(f"incoming_{self.act}", args=[self.id])


def rows_of(standings: Iterable[Standing]) -> list[Row]:
    """Give the mailboxes as the list shows them: what needs a person first, then by name."""
    rows = [row_of(one) for one in standings]
    return sorted(rows, key=lambda row: _NEED.index(row.state))


def row_of(one: Standing) -> Row:
    """Give one mailbox."""
    mailbox, state = one.mailbox, state_of(one)
    tone = {"needs": "bad", "stopped": "mute"}.get(state, "info")
    label = gettext("%(name)s: mails per 3 minutes, last hour: %(n)d")
    return Row(
        id=mailbox.pk,
        url=reverse("incoming_mailbox", args=[mailbox.pk]),
        name=mailbox.name,
        address=", ".join(mailbox.addresses),
        connection=connection_of(mailbox),
        state=state,
        pill=pill_of(one),
        says=says(one),
        to_do=_to_do(one) if state == "needs" else "",
        answer=one.state.reason if state != "stopped" and one.lost is None else "",
        help_url=_help_url(one) if state != "stopped" else "",
        more=[
            words
            for words in (
                one.refused.words if one.refused else "",
                _junk(one.state.junk_new or 0),
                silence.words(mailbox, one.state),
            )
            if words
        ],
        last_fetch_at=one.state.last_fetch_at,
        today=one.today,
        backlog=one.backlog,
        bars=one.last_hour,
        bars_label=label % {"name": mailbox.name, "n": sum(one.last_hour)},
        bars_tone=tone,
        rest=one.bars_without_fetch,
        act=_act(one, state),
        never_connected=one.never_connected,
    )


def _act(one: Standing, state: str) -> str:
    if one.lost is not None and state == "needs":
        return "connect"
    if not one.mailbox.fetching:
        return "start"
    return {"stopped": "start", "needs": "try"}.get(state, "stop")


def _help_url(one: Standing) -> str:
    if one.lost is not None:
        return sign_in_help(one.lost.lost_reason)
    reason = one.state.reason or (one.push.reason if one.push else "")
    return entry_of(reason) if reason else ""


def state_of(one: Standing) -> str:
    """Give the state by which the list is filtered and sorted."""
    if not one.mailbox.fetching:
        return "needs" if one.state.held_at_limit else "stopped"
    return "needs" if one.state.failing_since or one.lost is not None else "fetching"


def connection_of(mailbox: Mailbox) -> str:
    """Give how and where a mailbox is fetched: "IMAP, STARTTLS, imap.kestrel.example"."""
    push = gettext(" with push") if mailbox.push else ""
    return f"{PROTOCOLS[mailbox.protocol].label}{push}{_TLS[mailbox.tls]}, {mailbox.host}"


def pill_of(one: Standing) -> Pill:
    """Give the state of a mailbox as a pill."""
    state = one.state
    if not one.mailbox.fetching and state.held_at_limit:
        return Pill("bad", "full", gettext("Stopped, error folder full"))
    if not one.mailbox.fetching:
        return Pill("mute", "ring", gettext("Stopped"))
    if one.lost is not None:
        return Pill("bad", "full", gettext("Needs consent"))
    if state.failing_since:
        return Pill("bad", "full", gettext("Failing since %(at)s") % {"at": clock(state.failing_since)})
    if state.reason:  # it asked for patience, which is no failure
        return Pill("warn", "half", gettext("Asked for patience"))
    if pacing.waits(state):
        return Pill("warn", "half", gettext("First fetch waits"))
    if state.last_fetch_at is None:
        return Pill("ok", "half", gettext("Starting"))
    if ends_soon(one.mailbox.client_secret_ends):
        return Pill("warn", "full", gettext("Fetching, secret expires"))
    if one.push and one.push.connected:
        return Pill("ok", "full", gettext("Push connected"))
    return Pill("ok", "full", gettext("Fetching"))


def says(one: Standing) -> str:
    """Say why a mailbox is in its state, and what comes next."""
    state, mailbox = one.state, one.mailbox
    if not mailbox.fetching:
        return _stopped(one)
    if one.lost is not None:
        return _needs_consent(one.lost.lost_reason)
    if not (state.failing_since or state.reason) and pacing.waits(state):
        return f"{pacing.words(mailbox, state)} {_behind(one.backlog)}."
    if not (state.failing_since or state.reason) and ends_soon(mailbox.client_secret_ends):
        return _secret_ends(mailbox)
    if not (state.failing_since or state.reason):
        parts = [_every(one), _behind(state.backlog) if state.backlog else "", _not_pushed(one)]
        return ". ".join(words for words in parts if words)
    cause = brief(state.reason)[0].rstrip(". ")
    parts = [f"{cause}."] if cause else []
    if state.consecutive_failures > 1:
        parts.insert(0, _tries(state.consecutive_failures, one.threshold))
    if one.being_fetched:
        parts.append(gettext("It is being tried now."))
    else:
        parts.append(
            gettext("Next try %(next)s.") % {"next": next_in(one).removeprefix(gettext("next") + " ")}
        )
    if "none is lost" not in cause:
        parts.append(gettext("Mail waits at its server, none is lost."))
    return " ".join(parts)


def _every(one: Standing) -> str:
    """Say how it is fetched: as soon as mail comes, or at an interval."""
    if one.push and one.push.since:
        last = one.push.last_push_at
        if last is None:
            return gettext("Since %(at)s, no push yet") % {"at": clock_of(one.push.since)}
        times = {"at": clock_of(one.push.since), "last": clock_of(last)}
        return gettext("Since %(at)s, last push %(last)s") % times
    what = {"interval": duration(one.mailbox.fetch_every), "next": next_in(one)}
    return gettext("Every %(interval)s, %(next)s") % what


def _not_pushed(one: Standing) -> str:
    """Say why a mailbox that should be listened to is not."""
    return brief(one.push.reason)[0].rstrip(". ") if one.push else ""


def _to_do(one: Standing) -> str:
    return brief(one.lost.lost_reason if one.lost is not None else one.state.reason)[1]


def _needs_consent(reason: str) -> str:
    cause = brief(reason)[0]
    words = gettext("Mail waits at its server, none is lost.")
    return cause if "none is lost" in cause else f"{cause} {words}"


def _secret_ends(mailbox: Mailbox) -> str:
    """Say when the client secret ends: a new one has to be written here before."""
    left = days_left(mailbox.client_secret_ends) or 0
    what = {"at": date_format(mailbox.client_secret_ends or timezone.localdate(), "j M Y"), "n": left}
    if left < 0:
        return gettext("Client secret ended on %(at)s. Tokens can be renewed no more.") % what
    if left == 0:
        return gettext("Client secret ends today") % what
    words = ngettext(
        "Client secret ends on %(at)s, in %(n)d day", "Client secret ends on %(at)s, in %(n)d days", left
    )
    return words % what


def _tries(failed: int, threshold: int | None) -> str:
    """Say how many tries failed, and after how many people are told, while that is to come."""
    if threshold is None or failed > threshold:
        return gettext("%(n)d tries failed.") % {"n": failed}
    return gettext("%(n)d of %(most)d tries failed.") % {"n": failed, "most": threshold}


def _stopped(one: Standing) -> str:
    switched, state = one.switched, one.state
    if switched is None and not state.stopped_by:
        return gettext("Never started")
    who = (switched.who if switched else "") or str(BY.get(state.stopped_by, state.stopped_by))
    reason = brief(state.reason)[0] if state.held_at_limit else state.reason
    words = gettext("By %(who)s") % {"who": who} if switched and switched.who else who
    if switched:
        words = f"{words}, {clock_of(switched.at)}".lstrip(", ")
    return f"{words}: {reason}" if reason else words


def clock_of(at: datetime) -> str:
    """Give a moment with its hour: "11:53", "Mon 08:14", "23 Nov 17:20"."""
    words = clock(at)
    return words if ":" in words else f"{words} {timezone.localtime(at):%H:%M}"


def _behind(backlog: int | None) -> str:
    return ngettext("%(n)d mail behind", "%(n)d mails behind", backlog or 0) % {"n": backlog or 0}


def _junk(count: int) -> str:
    words = ngettext(
        "%(n)d new mail in the server’s folder of junk: look there, it is not fetched.",
        "%(n)d new mails in the server’s folder of junk: look there, they are not fetched.",
        count,
    )
    return words % {"n": count} if count else ""


def next_in(one: Standing) -> str:
    """Say when the next fetch is: "next in 22 s", "being fetched now"."""
    if one.being_fetched:
        return gettext("being fetched now")
    seconds = int((one.state.next_fetch_at - one.now).total_seconds())
    if seconds < 1:
        return gettext("next now")
    return gettext("next in %(time)s") % {"time": duration(seconds)}
