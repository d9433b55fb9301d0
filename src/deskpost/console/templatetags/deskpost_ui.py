"""Template tags for what recurs on every page: states, priorities, people, times, sizes, traces, charts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from deskpost.console import charts

register = template.Library()

DOTS = {"full": "dot", "half": "dot half", "ring": "dot ring"}
# what a status looks like: by the name the product ships, else by its kind
STATUS_LOOKS = {
    "In progress": ("ok", "half"),
    "On hold": ("mute", "full"),
    "open": ("info", "full"),
    "waiting": ("mute", "ring"),
    "resolved": ("ok", "full"),
    "closed": ("mute", "none"),
}
MAIL_LOOKS = {
    "waiting": (gettext_lazy("Waiting"), "mute", "ring"),
    "sending": (gettext_lazy("Sending"), "ok", "half"),
    "sent": (gettext_lazy("Sent"), "ok", "full"),
    "retrying": (gettext_lazy("Trying again"), "warn", "half"),
    "held": (gettext_lazy("Held"), "warn", "ring"),
    "failed": (gettext_lazy("Failed"), "bad", "full"),
    "lapsed": (gettext_lazy("Lapsed"), "mute", "none"),
    "cancelled": (gettext_lazy("Cancelled"), "mute", "none"),
}
ORDINALS = (
    gettext_lazy("the first"),
    gettext_lazy("the second"),
    gettext_lazy("the third"),
    gettext_lazy("the fourth"),
    gettext_lazy("the fifth"),
    gettext_lazy("the sixth"),
    gettext_lazy("the seventh"),
    gettext_lazy("the eighth"),
    gettext_lazy("the ninth"),
    gettext_lazy("the tenth"),
    gettext_lazy("the eleventh"),
    gettext_lazy("the twelfth"),
)
TINTS = 12


@register.simple_tag
def pill(tone: str, dot: str, words: str) -> SafeString:
    """Give a state pill. Tone: ok warn bad info cmd mute; dot: full half ring none."""
    mark = format_html('<span class="{}"></span>', DOTS[dot]) if dot in DOTS else ""
    return format_html('<span class="pill tone-{}">{}<span>{}</span></span>', tone, mark, words)


@register.simple_tag
def status_pill(status: Any) -> SafeString:
    """Give the pill of a request's status, any object with `name` and `kind`."""
    tone, dot = STATUS_LOOKS.get(status.name) or STATUS_LOOKS.get(status.kind, ("mute", "full"))
    return pill(tone, dot, status.name)


@register.simple_tag
def mail_pill(state: str) -> SafeString:
    """Give the pill of an outgoing mail: waiting sending sent retrying held failed lapsed cancelled."""
    words, tone, dot = MAIL_LOOKS[state]
    return pill(tone, dot, str(words))


@register.simple_tag
def priority(value: Any, words: bool = False) -> SafeString:
    """Give the bars of a priority, any object with `name` and `level` (1 to 4), or None.

    The name is in the title and for screen readers; with `words` it is written beside the bars.
    """
    if value is None:
        return SafeString("")
    name = (
        format_html("<span>{}</span>", value.name)
        if words
        else format_html('<span class="visually-hidden">{}</span>', value.name)
    )
    return format_html('<span class="priority" title="{}">{}{}</span>', value.name, _bars(value.level), name)


def _bars(level: int) -> SafeString:
    if level >= 4:
        return SafeString(
            '<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">'
            '<rect class="urgent" width="14" height="14" rx="3.5"/>'
            '<path class="urgent-mark" d="M7 3.6v4M7 10.4v.1"/></svg>'
        )
    return format_html(
        '<svg width="13" height="12" viewBox="0 0 13 12" aria-hidden="true">{}</svg>',
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="3" height="{}" rx="1"{}/>',
            (
                (i * 5, 12 - height, height, SafeString(' class="on"') if i < level else "")
                for i, height in enumerate((5, 8, 12))
            ),
        ),
    )


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Give the initials of a person (any object with `name` and `id`) on their tint; "?" for None."""
    if person is None:
        return format_html(
            '<span class="avatar nobody {}" title="{}"><span aria-hidden="true">?</span>'
            '<span class="visually-hidden">{}</span></span>',
            *(size, gettext("Nobody yet"), gettext("Nobody yet")),
        )
    return format_html(
        '<span class="avatar tint-{} {}" aria-hidden="true" title="{}">{}</span>',
        *((person.id or 0) % TINTS, size, person.name, initials(person.name)),
    )


@register.filter
def first_word(name: str) -> str:
    """Give how somebody is greeted: the first word of "Tom Achterberg", the second of "Achterberg, Tom"."""
    family, comma, given = name.partition(",")
    return next(iter((given if comma else family).split()), name)


@register.filter
def initials(name: str) -> str:
    """Give one or two letters for a name: first and last word."""
    words = [word for word in name.replace(",", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def clock(at: datetime | None) -> str:
    """Give a time as read beside a mail: today 11:53, this week Mon 08:14, else 23 Nov (2025)."""
    if at is None:
        return "–"
    local, now = timezone.localtime(at), timezone.localtime()
    if local.date() == now.date():
        return date_format(local, "H:i")
    if timedelta(0) < now.date() - local.date() < timedelta(days=7):
        return date_format(local, "D H:i")
    return date_format(local, "j M" if local.year == now.year else "j M Y")


@register.filter
def exact(at: datetime | None) -> str:
    """Give a time as `clock` does, always with its hour, to the second."""
    if at is None:
        return "–"
    local, today = timezone.localtime(at), timezone.localtime().date()
    if timedelta(0) <= today - local.date() < timedelta(days=7):
        return date_format(local, "H:i:s" if local.date() == today else "D H:i:s")
    return date_format(local, "j M H:i:s" if local.year == today.year else "j M Y H:i:s")


@register.filter
def style_apart(rows: Iterable[Mapping[str, Any]]) -> str:
    """Give the style of `time_of` by which no two times of a list, each under `at`, look alike."""
    shown = [clock(row["at"]) for row in rows]
    return "clock" if len(set(shown)) == len(shown) else "exact"


@register.filter
def age(at: datetime | None) -> str:
    """Give how long ago: "6 min", "4 h" under a day, else the day as `clock` has it, without the hour."""
    if at is None:
        return "–"
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        return ngettext("%d min", "%d min", minutes) % minutes
    if minutes < 24 * 60:
        return ngettext("%d h", "%d h", minutes // 60) % (minutes // 60)
    local, today = timezone.localtime(at), timezone.localtime().date()
    if today - local.date() < timedelta(days=7):
        return date_format(local, "D")
    return date_format(local, "j M" if local.year == today.year else "j M Y")


@register.filter
def full_time(at: datetime | None) -> str:
    """Give the whole time in the person's time zone: 24 Nov 2026 11:53:07 +0100."""
    return date_format(timezone.localtime(at), "j M Y H:i:s O") if at else gettext("unknown")


@register.simple_tag
def time_of(at: datetime | None, style: str = "clock") -> SafeString:
    """Give a <time> element, the full time in its title. Style: clock, age, seconds, exact."""
    if at is None:
        return SafeString("–")
    words = {"clock": clock, "age": age, "seconds": _seconds, "exact": exact}[style](at)
    return format_html(
        '<time class="num" datetime="{}" title="{}"><bdi>{}</bdi></time>',
        at.isoformat(),
        full_time(at),
        words,
    )


def _seconds(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i:s")


@register.filter
def size(number: int | None) -> str:
    """Give a number of bytes for people: 212 kB, 1.4 MB. Units of 1,000."""
    if number is None:
        return gettext("unknown")
    value, units = float(number), ["B", "kB", "MB", "GB"]
    while value >= 999.5 and len(units) > 1:
        value, units = value / 1000, units[1:]
    digits = 1 if units[0] in ("MB", "GB") and value < 10 else 0
    return f"{number_format(round(value, digits), digits)}\u00a0{units[0]}"


@register.filter
def grouped(number: object) -> str:
    """Give a whole number with its thousands apart, 1,904,377; what is not a number ("10,000+") as it is."""
    if number is None:
        return "–"
    return number_format(number, 0, force_grouping=True) if isinstance(number, int) else str(number)


@register.filter
def milliseconds(number: float | None) -> str:
    """Give a time taken: 0.8 ms."""
    return "" if number is None else f"{number_format(number, 1)}\u00a0ms"


@register.simple_tag
def trace_strip(steps: Iterable[Any], outcome: str) -> SafeString:
    """Give a mail's way as ticks, one per step of the pipeline.

    Each step has `name` and `state`: passed, remark, decided, open (not reached). Outcome: request,
    conversation, command, dropped, refused, held, error; any other is drawn grey.
    """
    steps = list(steps)
    ticks = format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>', _ticks(steps, outcome)
    )
    return format_html(
        '<svg class="strip" width="{0}" height="16" viewBox="0 0 {0} 16" role="img"'
        ' aria-label="{1}">{2}</svg>',
        *(max(len(steps) * 7 - 2, 1), _strip_label(steps), ticks),
    )


def _ticks(steps: Sequence[Any], outcome: str) -> Iterable[tuple[str, float, float, float, float]]:
    for i, step in enumerate(steps):
        if step.state == "decided":
            yield outcome, i * 7, 0, 5, 16
        elif step.state == "open":
            yield "open", i * 7 + 0.5, 2.5, 4, 11
        else:
            yield step.state, i * 7, 2, 5, 12


def _strip_label(steps: Sequence[Any]) -> str:
    count = ngettext("%d step", "%d steps", len(steps)) % len(steps)
    for i, step in enumerate(steps):
        if step.state == "decided":
            which = str(ORDINALS[i]) if i < len(ORDINALS) else gettext("number %d") % (i + 1)
            return gettext("%(count)s, %(which)s decided: %(step)s") % {
                "count": count,
                "which": which,
                "step": step.name,
            }
    return gettext("%(count)s, none decided") % {"count": count}


@register.simple_tag
def sparkline(values: str | Sequence[float], label: str, tone: str = "info", rest: int = 0) -> SafeString:
    """Give the bars of charts.bars; values also as numbers in a string, blanks between."""
    return charts.bars(_numbers(values), label, tone, rest)


@register.simple_tag
def line_chart(
    incoming: str | Sequence[float], outgoing: str | Sequence[float], label: str, start: str, end: str
) -> SafeString:
    """Give the lines of charts.lines for mails in and out, 440 x 110 px."""
    series = [charts.Line("out", _numbers(outgoing)), charts.Line("in", _numbers(incoming))]
    return charts.lines(series, label, (440, 110), [(0, start), (1, end)])


def _numbers(values: str | Sequence[float]) -> list[float]:
    return [float(value) for value in (values.split() if isinstance(values, str) else values)]


@register.filter
def addresses(pairs: Iterable[Sequence[str]]) -> SafeString:
    """Give [[name, address], ...] as "Tom Achterberg, Ilse Roth <i.roth@kestrel.example>"-like words.

    A name alone is shown where there is one, the address in its title; else the address.
    """
    return format_html_join(
        ", ",
        '<bdi title="{1}">{0}</bdi>',
        ((name or address, address) for name, address in pairs),
    )


_HELP_PAGE = re.compile(r"(/help/[\w-]+/(?:#[\w-]+)?)")


@register.filter
def linked(words: object) -> SafeString:
    """Give a sentence in which the pages of the handbook that it names are links."""
    parts = _HELP_PAGE.split(str(words))
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return format_html_join("", "{}{}", ((text, _page_link(page)) for text, page in pairs))


def _page_link(page: str) -> str | SafeString:
    if not page:
        return ""
    words = gettext("the page about it in the handbook")
    return format_html('<a class="link" href="{}">{}</a>', page, words)
