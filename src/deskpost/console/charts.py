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


def lines(series: Sequence[Line], label: str, start: str, end: str, size: tuple[int, int]) -> SafeString:
    """Give a chart of `size` (width, height) px: three lines of grid, the start and the end in words."""
    width, height = size
    left, right, above, below = 36, 8, 8, 22
    ceiling = _round_up(max([value for line in series for value in line.values] or [0]))

    def place(index: int, value: float, count: int) -> tuple[float, float]:
        x = left + (width - left - right) * index / max(count - 1, 1)
        return x, above + (height - above - below) * (1 - value / ceiling)

    grid = format_html_join(
        "",
        '<path class="grid" d="M{0} {1}H{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (left, _n(y), width - right, left - 7, _n(y + 4), f"{value:g}")
            for value in (0, ceiling / 2, ceiling)
            for y in [place(0, value, 2)[1]]
        ),
    )
    drawn = format_html_join("", "{}", ((_line(line, place),) for line in series))
    words = format_html(
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>',
        *(left, height - 5, start, width - right, height - 5, end),
    )
    return format_html(
        '<svg class="chart" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img"'
        ' aria-label="{2}">{3}{4}{5}</svg>',
        *(width, height, label, grid, drawn, words),
    )


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
