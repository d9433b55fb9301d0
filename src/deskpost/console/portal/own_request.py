"""One of a requester's own requests: what they wrote and what was written to them, and a box to answer in."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from deskpost.console.composer import Composer
from deskpost.console.conversation import Talk, messages_of
from deskpost.console.merged import Merged, merged_in
from deskpost.console.page import Viewer
from deskpost.console.portal.standing import STEPS, Standings
from deskpost.console.properties import Sheet
from deskpost.console.request_answers import template_shown
from deskpost.console.request_facts import facts_of
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record

_ABOVE = ("status", "technician", "priority")  # told in words of their own


def show(
    request: HttpRequest,
    viewer: Viewer,
    record: Record,
    talk: Talk,
    merged: Merged | None,
    composer: Composer | None,
    status: int,
) -> HttpResponse:
    """Show the request with its newest mails open; without a composer where nothing can be written."""
    context: dict[str, Any] = {
        **_facts(viewer, record),
        "conversation": talk.conversation,
        "earlier": talk.earlier,
        "earlier_words": talk.earlier_words,
        "before_url": f"?before={talk.before}" if talk.before else None,
        "newer_url": None if request.GET.get("before") else newer_url(record.number, talk.newest),
        "composer": composer,
        "merged": merged,
        "merged_in": merged_in(viewer, record),
    }
    return render(request, "console/portal/request.html", context, status=status)


def show_newer(
    request: HttpRequest, viewer: Viewer, record: Record, rows: Sequence[Conversation]
) -> HttpResponse:
    """Give what came to the request since the page was loaded."""
    context = {
        **_facts(viewer, record),
        "conversation": messages_of(viewer, record, rows),
        "newer_url": newer_url(record.number, rows[-1].pk),
    }
    return render(request, "console/portal/_newer.html", context)


def newer_url(number: int, after: int) -> str:
    """Give the address that tells what came after a conversation."""
    return f"{reverse('request_newer', args=[number])}?after={after}"


def _facts(viewer: Viewer, record: Record) -> dict[str, object]:
    return {
        "record": facts_of(viewer, record),
        "technician": record.technician,
        "standing": Standings().of(record),
        "steps": range(1, STEPS + 1),
        "done_at": record.closed_at,
        "template": template_shown(viewer, record),
        "fields": [
            field for field in Sheet(viewer, record).fields() if field.value and field.name not in _ABOVE
        ],
    }
