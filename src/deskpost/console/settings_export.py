"""View history as a file: what the filters show, one line for each field that was changed."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, signed_in
from deskpost.console.settings_history import asked_of
from deskpost.console.settings_versions import Spoken, act_of, by_words
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import KINDS

MOST = 10_000  # changes; the filters lead to older ones
_AT_ONCE = 100
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that the letters are UTF-8


@require_safe
@signed_in
def export(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the changes that fit the filters as CSV, written while it is sent."""
    lines = _spoken_there(_parts(asked_of(request, viewer).wanted))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="settings-history.csv"'
    return response  # type: ignore[return-value]  # Django takes it for a response all the same


def cell(text: object) -> str:
    """Give a value as a cell that no spreadsheet takes for a formula."""
    written = str(text)
    return f"'{written}" if written.lstrip(" ").startswith(_BEGINS_A_FORMULA) else written


def _parts(wanted: Wanted) -> Iterator[str]:
    """Give the file in parts, the newest change first."""
    heads = ("Saved", "Who", "By", "Settings", "Which", "Act", "Field", "Old", "New", "Reason")
    yield _BYTE_ORDER_MARK + _written([[gettext(one) for one in heads]])
    found, count = settings_history.newest_first(wanted), 0
    while some := list(islice(found, min(_AT_ONCE, MOST - count))):
        count += len(some)
        spoken = Spoken(some)
        yield _written([row for one in some for row in _rows(one, spoken)])
    if count == MOST and next(found, None) is not None:
        words = gettext("Here the file ends: it has the newest %(n)d changes. To do: filter for older ones.")
        yield _written([[words % {"n": MOST}]])


def _rows(one: Version, spoken: Spoken) -> Iterator[list[str]]:
    kind, act = str(KINDS.get(one.kind, one.kind)), act_of(one) or gettext("Changed")
    saved = timezone.localtime(one.at).isoformat(timespec="seconds")
    which = spoken.title(one).removeprefix(kind).removeprefix(", ")
    for change in spoken.changes(one):
        old, new = change.old, change.new
        if change.secret:
            old, new = "", gettext("changed")
        yield [saved, one.who, by_words(one), kind, which, act, change.name, old, new, one.reason]


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([[cell(one) for one in row] for row in rows])
    return text.getvalue()


def _spoken_there(parts: Iterator[str]) -> Iterator[str]:
    """Have each part made in the time zone and language of now, though that is after the view has ended."""
    zone, language = timezone.get_current_timezone(), translation.get_language()

    def made() -> Iterator[str]:
        while True:
            with timezone.override(zone), translation.override(language):
                part = next(parts, None)
            if part is None:
                return
            yield part

    return made()
