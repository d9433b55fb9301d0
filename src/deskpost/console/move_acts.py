"""Mails and notes of a request are put into another one, or made one of their own: one or several, chosen on a page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.request import record_of
from deskpost.console.requests import jump
from deskpost.desk.conversations import Conversation
from deskpost.desk.merging import merged_words
from deskpost.desk.records import Record
from deskpost.desk.requests import preview
from deskpost.inbound import moving
from deskpost.inbound.moving import Moved
from deskpost.inbound.reprocess import NotDone

SHOWN = 100  # mails and notes to choose from, the newest
MOST = 200  # put elsewhere at once
LONGEST_NUMBER = 40  # characters: ##RE-12## and the like


@dataclass(frozen=True, slots=True)
class Choice:
    """A mail or note that can be chosen."""

    id: int
    direction: str
    who: str
    start: str
    at: datetime
    chosen: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen and typed. `own`: a request of their own, else `number` says which."""

    ids: frozenset[int]
    own: bool
    number: str


class _Wrong(Exception):
    """What is wrong at the field of the number, in words."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def move(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Ask which mails and notes go where, and put them there."""
    record = record_of(viewer, number)
    viewer.needs("request.view", record)
    viewer.needs("request.edit", record)
    if record.merged_into_id is not None:
        messages.error(request, merged_words(record))
        return go_to(request, _url(number))
    wanted = _wanted(request)
    if request.method != "POST":
        return _page(request, viewer, record, wanted)
    if not 0 < len(wanted.ids) <= MOST:
        words = gettext("Nothing is chosen. To do: tick the mails and notes that go.")
        if wanted.ids:
            words = gettext(
                "At most %(n)d mails and notes go at once. To do: tick fewer, and the others then."
            )
            words %= {"n": MOST}
        return _page(request, viewer, record, wanted, error=words, status=422)
    try:
        done = _do(viewer, record, wanted)
    except _Wrong as wrong:
        return _page(request, viewer, record, wanted, number_error=str(wrong), status=422)
    except NotDone as trouble:
        return _page(request, viewer, record, wanted, error=trouble.words, status=409)
    messages.success(request, " ".join(_said(record, done)))
    return go_to(request, _url(done.number))


def _do(viewer: Viewer, record: Record, wanted: Wanted) -> Moved:
    if wanted.own:
        viewer.needs("request.create", record)

        def may_open(account_id: int, site_id: int | None) -> bool:
            return viewer.desk.may_at("request.create", account_id, site_id)

        return moving.open_own(record.pk, wanted.ids, viewer.person, may_open)
    return moving.move(record.pk, wanted.ids, _target(viewer, wanted).pk, viewer.person)


def _target(viewer: Viewer, wanted: Wanted) -> Record:
    """Give the request that was typed; one that the person does not work on is not there."""
    if not wanted.number:
        raise _Wrong(gettext("Type the number of the request."))
    number = jump(viewer, wanted.number)
    to = record_of(viewer, number) if number is not None else None
    if to is None or not viewer.desk.works_on(to):
        none = gettext("There is no request %(number)s that you work on. To do: name another one.")
        raise _Wrong(none % {"number": wanted.number})
    viewer.needs("request.edit", to)
    return to


def _wanted(request: HttpRequest) -> Wanted:
    sent = request.POST if request.method == "POST" else request.GET
    ids = {id for written in sent.getlist("message") if (id := id_of(written)) is not None}
    number = sent.get("number", "").replace("\0", "").strip()[:LONGEST_NUMBER]
    return Wanted(frozenset(ids), sent.get("where") == "own", number)


def _said(record: Record, done: Moved) -> list[str]:
    what = {"n": done.count, "number": done.number, "old": record.number}
    words = ngettext(
        "%(n)d mail or note of request %(old)d is here now.",
        "%(n)d mails and notes of request %(old)d are here now.",
        done.count,
    )
    said = [words % what]
    if done.reopened:
        said.append(gettext("Request %(number)d was closed and is open again.") % what)
    if done.left_empty:
        empty = gettext("Request %(old)d has no mail left. To do: close it if nothing else belongs to it.")
        said.append(empty % what)
    return said


def _page(
    request: HttpRequest,
    viewer: Viewer,
    record: Record,
    wanted: Wanted,
    *,
    error: str = "",
    number_error: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "record": record,
        "url": _url(record.number),
        "move_url": reverse("request_move", args=[record.number]),
        "choices": _choices(viewer, record, wanted.ids),
        "shown": SHOWN if viewer.desk.conversations.filter(record=record)[SHOWN : SHOWN + 1].exists() else 0,
        "own": wanted.own,
        "may_open": viewer.desk.may("request.create", record),
        "number": wanted.number,
        "number_error": number_error,
        "error": error,
    }
    return render(request, "console/move.html", context, status=status)


def _choices(viewer: Viewer, record: Record, chosen: Collection[int]) -> list[Choice]:
    """Give the newest, and what was chosen at an older one."""
    rows = viewer.desk.conversations.filter(record=record).select_related("author").defer("html", "search")
    found = {one.pk: one for one in rows.order_by("-at", "-pk")[:SHOWN]}
    found |= {one.pk: one for one in rows.filter(pk__in=list(chosen)[:MOST])}
    shown = sorted(found.values(), key=lambda one: (one.at, one.pk))
    return [_choice(one, one.pk in chosen) for one in shown]


def _choice(one: Conversation, chosen: bool) -> Choice:
    who = (one.author.name if one.author else "") or one.from_name or one.from_address or gettext("Unknown")
    return Choice(one.pk, one.direction, who, preview(one.text), one.at, chosen)


def _url(number: int) -> str:
    return reverse("request", args=[number])
