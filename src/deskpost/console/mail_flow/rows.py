"""The table of Mail flow: a row for each mailbox and each outgoing server, what needs a person first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.mail_flow import words
from deskpost.console.mail_settings.incoming_rows import clock_of, next_in, pill_of
from deskpost.console.mail_settings.server_words import LOOKS
from deskpost.inbound.flow import Incoming
from deskpost.outbound import server_scopes
from deskpost.outbound.flow import Outgoing
from deskpost.outbound.flow_lanes import GraphLanes
from deskpost.transports.protocols import PROTOCOLS

_TONES = ("bad", "warn", "ok", "mute")  # the order of the rows
_BARS = {"ok": "info"}


@dataclass(frozen=True, slots=True)
class Row:
    """A mailbox or a server. `out`: a server; `backlog` is None where nobody knows.

    `url` is empty to who may not set it. `rest`: how many of the newest bars are of a time without
    any fetch.
    """

    key: str
    out: bool
    name: str
    url: str
    pill: tuple[str, str, str]
    a_minute: int
    backlog: int | None
    oldest: str
    delay: str
    errors: str
    bars: Sequence[int]
    bars_label: str
    bars_tone: str
    rest: int = 0


def rows_of(
    incoming: Iterable[Incoming],
    outgoing: Iterable[Outgoing],
    lanes: Mapping[int, GraphLanes],
    now: datetime,
    *,
    may_set: bool,
) -> list[Row]:
    """Give all rows: what needs a person first, then what is late, then the others by name."""
    rows = [_of_mailbox(one, now, may_set=may_set) for one in incoming]
    rows += [_of_server(one, lanes.get(one.server.pk), now, may_set=may_set) for one in outgoing]
    return sorted(rows, key=lambda row: (_TONES.index(row.pill[0]), row.out, row.name.lower()))


def troubles_of(one: Outgoing, lanes: GraphLanes | None) -> dict[str, int]:
    """Give what went wrong at a server within the hour; of Microsoft Graph each answer that was "too many"."""
    told = dict(one.hour.troubles)
    if lanes is not None:
        told["throttled"] = lanes.throttled
    return told


def _of_mailbox(one: Incoming, now: datetime, *, may_set: bool) -> Row:
    standing = one.standing
    mailbox, pill = standing.mailbox, pill_of(standing)
    label = gettext("%(name)s: mails per 3 minutes, last hour: %(n)d")
    return Row(
        key=f"mailbox-{mailbox.pk}",
        out=False,
        name=mailbox.name,
        url=reverse("incoming_mailbox", args=[mailbox.pk]) if may_set else "",
        pill=(pill.tone, pill.dot, pill.words),
        a_minute=round(one.a_minute),
        backlog=standing.backlog if mailbox.fetching else standing.waiting,
        oldest=words.since(one.oldest, now) if one.oldest else "",
        delay=_delay_in(one),
        errors=words.errors(one.troubles),
        bars=standing.last_hour,
        bars_label=label % {"name": mailbox.name, "n": sum(standing.last_hour)},
        bars_tone=_BARS.get(pill.tone, pill.tone),
        rest=standing.bars_without_fetch,
    )


def _delay_in(one: Incoming) -> str:
    """Say how long mail waits here, or for whom."""
    standing = one.standing
    if not standing.mailbox.fetching:
        return gettext("until started")
    if standing.lost is not None:
        return gettext("until connected") if standing.never_connected else gettext("until reconnected")
    if standing.state.failing_since or standing.state.reason:
        if standing.being_fetched:
            return gettext("tried now")
        return gettext("next try %(next)s") % {"next": next_in(standing).removeprefix(gettext("next") + " ")}
    if standing.waiting and one.a_minute:
        return words.span(standing.waiting * 60 / one.a_minute)
    return ""


def _of_server(one: Outgoing, lanes: GraphLanes | None, now: datetime, *, may_set: bool) -> Row:
    server = one.server
    name, tone, dot = LOOKS[one.fares.look]
    label = gettext("%(name)s: mails sent per 3 minutes, last hour: %(n)d")
    return Row(
        key=f"server-{server.pk}",
        out=True,
        name=name_of(one),
        url=reverse("outgoing_server", args=[server_scopes.scope_of(server).key]) if may_set else "",
        pill=(tone, dot, str(name)),
        a_minute=round(one.hour.rates.a_minute),
        backlog=one.queue.mails.total(),
        oldest=words.since(one.queue.oldest, now) if one.queue.oldest else "",
        delay=_delay_out(one),
        errors=words.errors(troubles_of(one, lanes)),
        bars=one.hour.bars,
        bars_label=label % {"name": server.scope_name, "n": sum(one.hour.bars)},
        bars_tone=_BARS.get(tone, tone),
    )


def name_of(one: Outgoing) -> str:
    """Give what people call a server, with its protocol."""
    how = PROTOCOLS[one.server.protocol].label.removeprefix("Microsoft ")
    return gettext("%(name)s, %(protocol)s") % {"name": one.server.scope_name, "protocol": how}


def _delay_out(one: Outgoing) -> str:
    """Say how long a mail waits that is written now, or for whom."""
    waits = one.queue.mails.total()
    match one.fares.look:
        case "paused":
            return gettext("until resumed")
        case "needs_consent":
            return gettext("until reconnected") if one.fares.since else gettext("until connected")
        case "ended":
            return (
                gettext("tried again %(at)s") % {"at": clock_of(one.fares.until)} if one.fares.until else ""
            )
        case "failing":
            left = (one.state.not_before - one.now).total_seconds() if one.state else 0.0
            return (
                gettext("next try in %(time)s") % {"time": words.span(left)}
                if left > 0
                else gettext("tried now")
            )
    takes = one.delay()
    if takes is None:
        return gettext("not measured yet")
    return words.span(takes) if waits or one.fares.look == "patience" else ""
