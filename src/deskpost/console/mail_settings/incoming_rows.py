"""What the list of mailboxes says of each: its state in words, why, what comes next, and the one act that helps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.console.troubleshooting import entry_of
from deskpost.desk.durations import duration
from deskpost.desk.settings_words import BY
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
    """One mailbox in the list. `act`: start, stop or try. `help_url`: the entry about the cause, "" for none."""

    id: int
    url: str
    name: str
    address: str
    connection: str
    state: str
    pill: Pill
    says: str
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
        help_url=entry_of(one.state.reason) if state == "needs" and one.state.reason else "",
        more=[
            words
            for words in (one.refused.words if one.refused else "", _junk(one.state.junk_new or 0))
            if words
        ],
        last_fetch_at=one.state.last_fetch_at,
        today=one.today,
        backlog=one.backlog,
        bars=one.last_hour,
        bars_label=label % {"name": mailbox.name, "n": sum(one.last_hour)},
        bars_tone=tone,
        rest=one.bars_without_fetch,
        act={"stopped": "start", "needs": "try"}.get(state, "stop"),
    )


def state_of(one: Standing) -> str:
    """Give the state by which the list is filtered and sorted."""
    if not one.mailbox.fetching:
        return "stopped"
    return "needs" if one.state.failing_since else "fetching"


def connection_of(mailbox: Mailbox) -> str:
    """Give how and where a mailbox is fetched: "IMAP, STARTTLS, imap.kestrel.example"."""
    return f"{PROTOCOLS[mailbox.protocol].label}{_TLS[mailbox.tls]}, {mailbox.server}"


def pill_of(one: Standing) -> Pill:
    """Give the state of a mailbox as a pill."""
    state = one.state
    if not one.mailbox.fetching:
        return Pill("mute", "ring", gettext("Stopped"))
    if state.failing_since:
        return Pill("bad", "full", gettext("Failing since %(at)s") % {"at": clock(state.failing_since)})
    if state.reason:  # it asked for patience, which is no failure
        return Pill("warn", "half", gettext("Asked for patience"))
    if state.last_fetch_at is None:
        return Pill("ok", "half", gettext("Starting"))
    return Pill("ok", "full", gettext("Fetching"))


def says(one: Standing) -> str:
    """Say why a mailbox is in its state, and what comes next."""
    state, mailbox = one.state, one.mailbox
    if not mailbox.fetching:
        return _stopped(one)
    if not (state.failing_since or state.reason):
        words = gettext("Every %(interval)s, %(next)s") % {
            "interval": duration(mailbox.fetch_every),
            "next": next_in(one),
        }
        return f"{words}. {_behind(state.backlog)}".rstrip(". ") if state.backlog else words
    cause = state.reason.partition(" To do:")[0].rstrip(". ")
    parts = [f"{cause}."] if cause else []
    if state.consecutive_failures > 1:
        parts.insert(0, _tries(state.consecutive_failures, one.threshold))
    parts.append(gettext("Next try %(next)s.") % {"next": next_in(one).removeprefix(gettext("next") + " ")})
    if "none is lost" not in cause:
        parts.append(gettext("Mail waits at its server, none is lost."))
    return " ".join(parts)


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
    words = gettext("By %(who)s") % {"who": who} if switched and switched.who else who
    if switched:
        words = f"{words}, {clock_of(switched.at)}".lstrip(", ")
    return f"{words}: {state.reason}" if state.reason else words


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
