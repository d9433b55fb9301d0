"""The bell: what one was told, on every page and on a page of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from deskpost.console.page import Counted, Viewer, go_to, id_of, is_htmx, signed_in
from deskpost.desk.search import Count
from deskpost.outbound import bell as notices
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import Words, words_of

ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of notice looks, and what its link is called."""

    tone: str
    icon: str
    act: str | Promise


_LOOKS = {
    "failover": Look("warn", "route", gettext_lazy("Back to primary")),
    "connectivity_lost": Look("bad", "unplug", gettext_lazy("Look at the mailbox")),
    "mailbox_silent": Look("bad", "mail-x", gettext_lazy("Look at the mailbox")),
    "mailbox_heard": Look("ok", "circle-check", gettext_lazy("Look at the mailbox")),
    "fetching_stopped": Look("bad", "plug", gettext_lazy("Reconnect")),
    "service_ended": Look("bad", "unplug", gettext_lazy("Look at the mailbox")),
    "error_folder_full": Look("bad", "circle-alert", gettext_lazy("Look at the mailbox")),
    "needs_consent": Look("bad", "plug", gettext_lazy("Reconnect")),
    "consent_came": Look("ok", "circle-check", gettext_lazy("Look at the settings")),
    "consent_failed": Look("warn", "plug", gettext_lazy("Look at the settings")),
    "secret_ends": Look("warn", "key-round", gettext_lazy("Look at the settings")),
    "held_reply": Look("warn", "shield-question-mark", gettext_lazy("Look at the reply")),
    "held_sender": Look("warn", "shield-question-mark", gettext_lazy("Look at the mail")),
    "not_sent_on": Look("warn", "shield-alert", gettext_lazy("Look at the mail")),
    "undelivered": Look("warn", "mail-x", gettext_lazy("Look at the request")),
    "sending_stopped": Look("bad", "unplug", gettext_lazy("Look at the server")),
    "sending_regained": Look("ok", "circle-check", gettext_lazy("Look at the server")),
    "connectivity_regained": Look("ok", "circle-check", gettext_lazy("Look at the mailbox")),
}
_FIRST = Look("bad", "plug", gettext_lazy("Connect"))
_ANY = Look("info", "bell", gettext_lazy("Open"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice with its words in the reader's language, and its look."""

    notice: BellNotice
    words: Words
    look: Look


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day under its name."""

    name: str
    notices: list[Shown]


@require_safe
@signed_in
def bell(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show what one was told, newest first; htmx gets the panel."""
    tab = "unread" if request.GET.get("tab") == "unread" else "all"
    if is_htmx(request):
        return _panel(request, viewer, tab)
    before = id_of(request.GET.get("before"))
    context = {"first_url": _url(tab) if before else None, **_listed(viewer, tab, before)}
    return render(request, "console/bell.html", context)


@require_safe
@signed_in
def bell_count(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Say how many notices are unread; nothing while they are as many as the page shows."""
    unread = Counted(notices.unread(viewer.person))
    known = request.GET.get("known", "")
    if str(unread) == known:
        return HttpResponse(status=204)
    return _state(unread, more=unread.at_least > (id_of(known) or 0))


@require_POST
@signed_in
def bell_seen(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Note that a notice was read."""
    one = notices.notices_of(viewer.person).filter(pk=id)
    if not one.exists():
        raise Http404
    notices.mark_read(one)
    if not is_htmx(request):
        return go_to(request, reverse("bell"))
    return _state(Counted(notices.unread(viewer.person)))


@require_POST
@signed_in
def bell_read(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Note that all was read that the page had: what rang since stays unread."""
    newest = id_of(request.POST.get("newest")) or 0
    notices.mark_read(notices.notices_of(viewer.person).filter(pk__lte=newest))
    if not is_htmx(request):
        return go_to(request, reverse("bell"))
    panel = _panel(request, viewer, "all", focus=True)
    panel.write(_state(Counted(notices.unread(viewer.person))).content)
    return panel


def _panel(request: HttpRequest, viewer: Viewer, tab: str, *, focus: bool = False) -> HttpResponse:
    # Without what the frame around a page counts: the panel is fetched whenever it is opened.
    context = {**_listed(viewer, tab, None), "csrf_token": get_token(request), "focus": focus}
    return HttpResponse(render_to_string("console/_bell_panel.html", context))


def _state(unread: Counted, *, more: bool = False) -> HttpResponse:
    return HttpResponse(render_to_string("console/_bell_news.html", {"unread": unread, "more": more}))


def _listed(viewer: Viewer, tab: str, before: int | None) -> dict[str, object]:
    everything = notices.notices_of(viewer.person)
    wanted = everything.filter(read_at=None) if tab == "unread" else everything
    rows = list((wanted.filter(pk__lt=before) if before else wanted)[: ON_A_PAGE + 1])
    unread = Counted(notices.unread(viewer.person))
    tabs = (
        ("all", gettext("All"), Counted(Count.of(everything))),
        ("unread", gettext("Unread"), unread),
    )
    return {
        "tabs": [
            {"key": key, "name": name, "url": _url(key), "count": count, "current": key == tab}
            for key, name, count in tabs
        ],
        "days": _days(rows[:ON_A_PAGE]),
        "tab": tab,
        "unread": unread,
        "newest": _newest(everything),
        "next_url": _url(tab, before=rows[ON_A_PAGE - 1].pk) if len(rows) > ON_A_PAGE else None,
    }


def _newest(rows: QuerySet[BellNotice]) -> int:
    return rows.values_list("pk", flat=True).first() or 0


def _url(tab: str, **more: object) -> str:
    query = urlencode({**({"tab": tab} if tab != "all" else {}), **more})
    return f"{reverse('bell')}?{query}" if query else reverse("bell")


def _days(rows: Iterable[BellNotice]) -> list[Day]:
    days = groupby(rows, lambda one: timezone.localtime(one.at).date())
    return [Day(_day(day), [Shown(one, words_of(one), _look(one)) for one in of_day]) for day, of_day in days]


def _day(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    return date_format(day, "l j M")


def _look(notice: BellNotice) -> Look:
    """Give how a notice looks; what was never connected cannot be reconnected."""
    if notice.details.get("first"):
        return _FIRST
    return _LOOKS.get(notice.kind, _ANY)
