"""The chart of Mail flow, drawn wide and for phones, where one that is scaled could not be read; and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from deskpost.console import charts
from deskpost.console.charts import Band, Line
from deskpost.console.mail_flow.series import Point, Series
from deskpost.console.mail_settings.incoming_rows import clock_of

_BESIDE_LANES, _ALONE, _PHONE = (760, 262), (1130, 262), (340, 190)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chart in both sizes."""

    wide: SafeString
    phone: SafeString


@dataclass(frozen=True, slots=True)
class TableRow:
    """A point of the chart in words."""

    at: str
    incoming: str
    outgoing: str
    throttled: bool


def drawn(series: Series, *, alone: bool) -> Drawn:
    """Draw the chart; `alone`: nothing stands beside it."""
    lines = [
        Line("in", [point.incoming for point in series.points]),
        Line("out", [point.outgoing for point in series.points]),
    ]
    label = _label(series)
    size = _ALONE if alone else _BESIDE_LANES
    wide = charts.lines(lines, label, size, _ticks(series, 4), _bands(series, named=True), grid=4)
    phone = charts.lines(lines, label, _PHONE, _ticks(series, 2), _bands(series, named=False), grid=4)
    return Drawn(wide, phone)


def table(series: Series) -> list[TableRow]:
    """Give the points of the chart in words, the newest first."""
    rows = [
        TableRow(clock_of(point.at), _rate(point.incoming), _rate(point.outgoing), point.throttled)
        for point in series.points
    ]
    return rows[::-1]


def _rate(value: float) -> str:
    return f"{value:.0f}" if value == round(value) or value >= 10 else f"{value:.1f}"


def _ticks(series: Series, parts: int) -> list[tuple[float, str]]:
    last = len(series.points) - 1
    at = [round(last * part / parts) for part in range(parts + 1)]
    return [(place / last, _tick(series, series.points[place].at)) for place in at]


def _tick(series: Series, at: datetime) -> str:
    local = timezone.localtime(at)
    return date_format(local, "D H:i") if series.span.key == "week" else f"{local:%H:%M}"


def _bands(series: Series, *, named: bool) -> list[Band]:
    """Give the times of throttling; the longest of them is named, so that no names overlap."""
    bands, last = series.bands, len(series.points) - 1
    longest = max(bands, key=lambda band: band[1] - band[0], default=None)
    return [
        Band(
            max(0.0, (first - 0.5) / last),
            min(1.0, (until + 0.5) / last),
            _name(series, (first, until), named=named) if (first, until) == longest else "",
        )
        for first, until in bands
    ]


def _name(series: Series, band: tuple[int, int], *, named: bool) -> str:
    if not named:
        return gettext("throttled")
    words = gettext("Graph throttled, %(when)s") if series.graph_alone else gettext("throttled, %(when)s")
    return words % {"when": _when(series.points, band)}


def _when(points: Sequence[Point], band: tuple[int, int]) -> str:
    first, last = (clock_of(points[place].at) for place in band)
    return first if first == last else f"{first}–{last}"


def _label(series: Series) -> str:
    """Give the chart in a sentence, for who does not see it."""
    words = gettext("Mails a minute, in and out, %(start)s to %(end)s. Now %(in)s in, %(out)s out.") % {
        "start": clock_of(series.points[0].at),
        "end": clock_of(series.points[-1].at),
        "in": round(series.now_in),
        "out": round(series.now_out),
    }
    if not series.bands:
        return words
    when = ", ".join(_when(series.points, band) for band in series.bands)
    return f"{words} {gettext('Throttled: %(when)s.') % {'when': when}}"
