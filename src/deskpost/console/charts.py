"""Drawings of numbers as SVG, made on the server: bars and lines. Colours come from the style sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart. Kind is "in" (solid, with an area) or "out" (dashed)."""

    kind: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Band:
    """A time that is marked, as shares of the width, with its name above; "": none."""

    start: float
    end: float
    words: str


def bars(values: Sequence[float], label: str, tone: str = "info", rest: int = 0) -> SafeString:
    """Give a sparkline of 120 x 26 px, one bar a value, on its own scale.

    The last `rest` values are drawn on a soft ground: nothing was fetched in that time.
    """
    step = 120 / max(len(values), 1)
    top = max([*values, 1])
    ground = format_html(
        '<rect class="rest" x="{}" width="{}" height="26"/>', _n(120 - rest * step), _n(rest * step)
    )
    columns = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (_n(i * step), _n(26 - height), _n(step - 1), _n(height))
            for i, value in enumerate(values)
            for height in [max(26 * value / top, 1)]
        ),
    )
    return format_html(
        '<svg class="spark tone-{}" width="120" height="26" viewBox="0 0 120 26" role="img"'
        ' aria-label="{}">{}{}</svg>',
        tone,
        label,
        ground if rest else "",
        columns,
    )


def lines(
    series: Sequence[Line],
    label: str,
    size: tuple[int, int],
    ticks: Sequence[tuple[float, str]],
    bands: Sequence[Band] = (),
    grid: int = 2,
) -> SafeString:
    """Give a chart of `size` (width, height) px: `grid` + 1 lines of grid, and words along its foot.

    `ticks`: where each word stands, as a share of the width, the first and the last at its ends.
    """
    width, height = size
    left, right, above, below = 36, 8, 24 if bands else 8, 22
    ceiling = _round_up(max([value for line in series for value in line.values] or [0]))

    def across(share: float) -> float:
        return left + (width - left - right) * share

    def place(index: int, value: float, count: int) -> tuple[float, float]:
        return across(index / max(count - 1, 1)), above + (height - above - below) * (1 - value / ceiling)

    floor = place(0, 0, 2)[1]
    lined = format_html_join(
        "",
        '<path class="grid" d="M{0} {1}H{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (left, _n(y), width - right, left - 7, _n(y + 4), f"{value:g}")
            for value in (ceiling * step / grid for step in range(grid + 1))
            for y in [place(0, value, 2)[1]]
        ),
    )
    drawn = format_html_join("", "{}", ((_line(line, place),) for line in series))
    words = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((_n(across(share)), height - 5, _anchor(share, 0.01), word) for share, word in ticks),
    )
    return format_html(
        '<svg class="chart" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img"'
        ' aria-label="{2}">{3}{4}{5}{6}</svg>',
        *(width, height, label, _bands(bands, across, above, floor), lined, drawn, words),
    )


def _bands(
    bands: Sequence[Band], across: Callable[[float], float], top: float, floor: float
) -> SafeString | str:
    """Draw the grounds of bands, and above each its name, where it has one."""
    grounds = format_html_join(
        "",
        '<rect class="band" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (_n(across(one.start)), _n(top), _n(max(across(one.end) - across(one.start), 2)), _n(floor - top))
            for one in bands
        ),
    )
    names = format_html_join(
        "",
        '<text class="band-name" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (_n(across(middle)), _n(top - 8), _anchor(middle, 0.2), one.words)
            for one in bands
            if one.words
            for middle in [(one.start + one.end) / 2]
        ),
    )
    return grounds + names


def _anchor(share: float, edge: float) -> str:
    """Give how words at a share of the width are set so that they stay within it."""
    return "start" if share < edge else "end" if share > 1 - edge else "middle"


def _line(line: Line, place: Callable[[int, float, int], tuple[float, float]]) -> SafeString:
    points = [place(i, value, len(line.values)) for i, value in enumerate(line.values)]
    path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    stroke = format_html('<path class="line {}" d="{}"/>', line.kind, path)
    if line.kind != "in" or not points:
        return stroke
    floor = place(0, 0, 2)[1]
    area = f"{path}L{_n(points[-1][0])} {_n(floor)}L{_n(points[0][0])} {_n(floor)}Z"
    return format_html('<path class="area" d="{}"/>{}', area, stroke)


def _round_up(value: float) -> float:
    """Give the next 2, 4, 10, 20, 40, 100 ... that holds `value`."""
    unit = 1.0
    while True:
        for step in (2, 4, 10):
            if value <= step * unit:
                return step * unit
        unit *= 10


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
