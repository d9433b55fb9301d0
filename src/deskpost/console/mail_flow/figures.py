"""The six figures of Mail flow."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from deskpost.console.mail_flow import words
from deskpost.console.mail_flow.series import Series
from deskpost.console.mail_settings.incoming_rows import clock_of
from deskpost.desk.sending_classes import SendingClass
from deskpost.inbound.flow import Incoming
from deskpost.outbound.flow import Outgoing


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it is of, the number, its unit, and what stands below."""

    name: str
    number: str
    unit: str
    below: str


def figures_of(
    incoming: Sequence[Incoming], outgoing: Sequence[Outgoing], series: Series, now: datetime
) -> list[Figure]:
    """Give them in the order of the page."""
    return [
        _rate(gettext("In"), series.now_in, series.peak_in),
        _rate(gettext("Out"), series.now_out, series.peak_out),
        _waiting(incoming, now),
        _outbox(outgoing, now),
        _delay(outgoing),
        _errors(incoming, outgoing),
    ]


def _rate(name: str, now: float, peak: tuple[int, datetime] | None) -> Figure:
    below = gettext("no mail in this time")
    if peak is not None:
        below = gettext("peak %(n)d at %(at)s") % {"n": peak[0], "at": clock_of(peak[1])}
    return Figure(name, f"{round(now):,}", gettext("a minute"), below)


def _waiting(incoming: Iterable[Incoming], now: datetime) -> Figure:
    waits = [(one.oldest, one) for one in incoming if one.oldest is not None]
    mails = sum(one.standing.waiting for _, one in waits)
    below = gettext("nothing waits")
    if waits:
        oldest, one = min(waits, key=lambda pair: pair[0])
        told = {"age": words.since(oldest, now), "name": one.standing.mailbox.name}
        below = gettext("oldest %(age)s, %(name)s") % told
    return Figure(gettext("Waiting to be processed"), f"{mails:,}", _mails(mails), below)


def _outbox(outgoing: Iterable[Outgoing], now: datetime) -> Figure:
    queues = [one.queue for one in outgoing]
    mails = sum(queue.mails.total() for queue in queues)
    oldest = min((queue.oldest for queue in queues if queue.oldest), default=None)
    below = gettext("nothing waits")
    if oldest is not None:
        below = gettext("oldest %(age)s") % {"age": words.since(oldest, now)}
    return Figure(gettext("Outbox"), f"{mails:,}", _mails(mails), below)


def _delay(outgoing: Iterable[Outgoing]) -> Figure:
    """Give how long a mail that is written now waits at the slowest server that sends, people's replies apart."""
    name = gettext("Expected delay")
    known = [
        (takes, people)
        for one in outgoing
        if (takes := one.delay()) is not None and (people := one.delay(SendingClass.PEOPLE)) is not None
    ]
    if not known:
        return Figure(name, "–", "", gettext("no server sends now"))
    takes, people = max(known)[0], max(people for _, people in known)
    number, unit = _in_units(max(1, math.ceil(takes)))
    return Figure(name, number, unit, gettext("people’s replies %(time)s") % {"time": words.under(people)})


def _in_units(seconds: int) -> tuple[str, str]:
    if seconds < 120:
        return str(seconds), ngettext("second", "seconds", seconds)
    if seconds < 2 * 3600:
        return str(round(seconds / 60)), gettext("minutes")
    return str(round(seconds / 3600)), gettext("hours")


def _errors(incoming: Iterable[Incoming], outgoing: Iterable[Outgoing]) -> Figure:
    """Give what went wrong today, and where most of it did. Patience that a server asked for is no error."""
    by_name = [(sum(one.today.values()), one.standing.mailbox.name) for one in incoming]
    by_name += [(sum(one.today.values()), one.server.scope_name) for one in outgoing]
    total = sum(count for count, _ in by_name)
    below = gettext("nothing went wrong")
    if total:
        most, where = max(by_name)
        below = f"{most:,} {where}"
        if most < total:
            others = ngettext("%(n)d other", "%(n)d others", total - most) % {"n": total - most}
            below = f"{below}, {others}"
    return Figure(gettext("Errors"), f"{total:,}", gettext("today"), below)


def _mails(count: int) -> str:
    return ngettext("mail", "mails", count)
