"""Mails a minute over an hour, a day or a week: the points of the chart, its peaks, and when servers were throttled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy

from deskpost.inbound import flow as inbound_flow
from deskpost.minutes import MINUTE, Rates
from deskpost.outbound import flow as outbound_flow


@dataclass(frozen=True, slots=True)
class Span:
    """A time that the chart shows: how long, how much of it a point stands for, and the seconds between updates."""

    key: str
    name: object
    points: int
    step: timedelta
    every: int


SPANS = {
    "hour": Span("hour", gettext_lazy("Hour"), 60, MINUTE, 3),
    "day": Span("day", gettext_lazy("Day"), 96, 15 * MINUTE, 5),
    "week": Span("week", gettext_lazy("Week"), 168, 60 * MINUTE, 20),
}


@dataclass(frozen=True, slots=True)
class Point:
    """Mails a minute, in and out, on average over the time that begins at a moment; whether a server was throttled."""

    at: datetime
    incoming: float
    outgoing: float
    throttled: bool


@dataclass(frozen=True, slots=True)
class Series:
    """The points, the oldest first; mails a minute now; the minute with most mails (how many, when), if there were any.

    `graph_alone`: it was Microsoft Graph that asked for patience each time.
    """

    span: Span
    points: Sequence[Point]
    now_in: float
    now_out: float
    peak_in: tuple[int, datetime] | None
    peak_out: tuple[int, datetime] | None
    graph_alone: bool

    @property
    def bands(self) -> list[tuple[int, int]]:
        """The times of throttling as (first point, last point); those with two points between them are one."""
        bands: list[tuple[int, int]] = []
        for place, point in enumerate(self.points):
            if not point.throttled:
                continue
            if bands and place - bands[-1][1] <= 3:
                bands[-1] = (bands[-1][0], place)
            else:
                bands.append((place, place))
        return bands


def series_of(span: Span, now: datetime, accounts: Collection[int] | None) -> Series:
    """Give what flowed in a span that ends now; the last point of an hour is of the last 60 seconds."""
    present = now.replace(second=0, microsecond=0)
    start = present - span.points * span.step
    came, went = inbound_flow.by_minute(start, accounts), outbound_flow.by_minute(start, accounts)
    incoming, outgoing = (_sums(some.mails, start, span) for some in (came, went))
    throttled = {_place(minute, start, span) for minute in (*came.throttled, *went.throttled)}
    now_in, now_out = _now(came.mails, now), _now(went.mails, now)
    minutes = span.step / MINUTE
    points = [
        Point(start + i * span.step, incoming[i] / minutes, outgoing[i] / minutes, i in throttled)
        for i in range(span.points)
    ]
    if span.step == MINUTE:
        points.append(Point(present, now_in, now_out, span.points in throttled))
    return Series(
        span=span,
        points=points,
        now_in=now_in,
        now_out=now_out,
        peak_in=_peak(came.mails),
        peak_out=_peak(went.mails),
        graph_alone=went.graph_alone and not came.throttled,
    )


def _place(minute: datetime, start: datetime, span: Span) -> int:
    last = span.points if span.step == MINUTE else span.points - 1
    return min(int((minute - start) / span.step), last)


def _sums(mails: Mapping[datetime, int], start: datetime, span: Span) -> list[int]:
    sums = [0] * (span.points + 1)
    for minute, count in mails.items():
        sums[_place(minute, start, span)] += count
    return sums


def _now(mails: Mapping[datetime, int], now: datetime) -> float:
    rates = Rates(now)
    for minute in (now.replace(second=0, microsecond=0), now.replace(second=0, microsecond=0) - MINUTE):
        rates.add(minute, mails.get(minute, 0))
    return rates.a_minute


def _peak(mails: Mapping[datetime, int]) -> tuple[int, datetime] | None:
    if not mails:
        return None
    most = max(mails.values())
    return most, max(minute for minute, count in mails.items() if count == most)
