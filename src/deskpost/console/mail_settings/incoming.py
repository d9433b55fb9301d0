"""Incoming: every mailbox with its state, what needs a person first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.incoming_rows import STATES, Row, rows_of
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.inbound.standings import standings


@require_safe
@signed_in
def incoming(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the mailboxes; htmx gets the live part alone."""
    viewer.needs_everywhere("settings.mail")
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = rows_of(standings(timezone.now(), today))
    asked = request.GET.get("state", "")
    chosen = asked if asked in STATES else ""
    context = {
        "rows": [row for row in rows if not chosen or row.state == chosen],
        "total": len(rows),
        "counts": _counts(rows),
        "states": _states(chosen),
        "chosen": STATES[chosen][0] if chosen else "",
        "live_url": _address(chosen),
        "tabs": TABS,
        "kind": "mailbox",
    }
    part = "_incoming.html" if is_htmx(request) else "incoming.html"
    return render(request, f"console/mail_settings/{part}", context)


def _counts(rows: list[Row]) -> list[dict[str, Any]]:
    counted = [
        {"tone": tone, "words": words, "count": sum(row.state == key for row in rows), "url": _address(key)}
        for key, (words, tone) in STATES.items()
    ]
    return [one for one in counted if one["count"]]


def _states(chosen: str) -> list[dict[str, Any]]:
    names: dict[str, Any] = {"": gettext("All states"), **{key: words for key, (words, _) in STATES.items()}}
    return [
        {"name": str(words).capitalize(), "url": _address(key), "current": key == chosen}
        for key, words in names.items()
    ]


def _address(state: str) -> str:
    query = urlencode({"state": state}) if state else ""
    return reverse("incoming") + (f"?{query}" if query else "")
