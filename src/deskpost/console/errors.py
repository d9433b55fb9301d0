"""The pages for what does not work: not allowed, not there, not to be read, and a fault of Deskpost's own."""

import json
import logging
import re
import secrets
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from deskpost.console.kept import kept_of
from deskpost.console.outage import outage, trouble_of
from deskpost.console.page import (
    CONTENT_SECURITY_POLICY,
    NotPermitted,
    is_htmx,
    known_viewer,
    viewer_of,
)
from deskpost.console.request_facts import request_url
from deskpost.database_words import database_words
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, permitted_everywhere, visible
from deskpost.outbound.failover import GONE_AFTER, Process

log = logging.getLogger(__name__)

_REQUEST = re.compile(r"/requests/(?:[A-Za-z]{2,4}-)?([0-9]{1,18})/")
_SECRET_PATH = re.compile(r"^/(consent|first)/[^/].*")  # what follows opens something
_TITLES = {
    "request.create": "You may not open requests",
    "request.edit": "You may not change this request",
    "request.assign": "You may not assign this request",
    "request.pickup": "You may not pick up this request",
    "request.close": "You may not close or reopen requests",
    "request.view": "You may not work on this request",
    "conversation.reply": "You may not write here",
    "conversation.forward": "You may not forward mails",
    "trace.view": "You may not see how mails got here",
}


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say which permission is missing, and who can give it; one line of the log tells who tried what."""
    _note_forbidden(request, exception)
    context: dict[str, object] = {}
    if isinstance(exception, NotPermitted) and isinstance(request.user, Person):
        context = {
            "title": gettext(_TITLES.get(exception.permission, "You may not do this")),
            "role": _roles(request.user),
            "permission": exception.permission,
            "who_can": who_gives_roles(exception.permission),
        }
    return _page(request, "403.html", context, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old, or came from elsewhere (Django's CSRF check).

    A form that htmx sent is on a page that stays: the sentence is put there, and all its forms get a fresh token.
    """
    if is_htmx(request):
        response = render(request, "console/_stale_form.html", status=422)  # of a 403 htmx shows nothing
        response.headers["HX-Trigger"] = json.dumps({"signed-in": {"csrf": get_token(request)}})
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "afterbegin show:window:top"
        return response
    return _page(request, "403.html", {"title": gettext("This form is too old")}, 403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that something is not there, in the same words when it is only not for this person."""
    context: dict[str, object] = {}
    named = _REQUEST.match(request.path)
    user = request.user
    if named and isinstance(user, Person):
        context = _no_request(user, int(named[1]))
    return _page(request, "404.html", context, 404)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that what was sent cannot be read, or is too much."""
    context = {
        "title": gettext("What was sent cannot be read"),
        "text": gettext(
            "It is too large, or it was cut off on its way. To do: go back and send less at once."
        ),
    }
    return _page(request, "404.html", context, 400)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that Deskpost failed, or that its database is away, with an id that stands in the log.

    Needs no database, and no session.
    """
    error = sys.exc_info()[1]
    error_id = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    line = f"{request.method} {_path(request)}"
    trouble = trouble_of(error)
    if error is not None and trouble:
        log.error("Error %s, %s. %s", error_id, line, database_words(error))
    else:
        log.error("Error %s, %s", error_id, line, exc_info=error)
    context = {
        "error_id": error_id,
        "at": _moment(timezone.now()),
        "line": line,
        "again": request.get_full_path() if request.method == "GET" else "",
        "trouble": trouble,
        "since": _moment(outage.noticed()) if trouble == "gone" else "",
        "mail_goes_on": not trouble and _mail_goes_on(),
        "viewer": known_viewer(request),
        "kept": kept_of(request),
    }
    status = 503 if trouble else 500
    template = f"{status}.html"
    if context["kept"] and is_htmx(request):  # the form is still there: the sentence is put above it
        template, status = "console/_not_sent.html", 422  # of a 503 htmx shows nothing
    response = HttpResponse(get_template(template).render(context), status=status)
    if template == "console/_not_sent.html":
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "afterbegin show:window:top"
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _note_forbidden(request: HttpRequest, exception: Exception | None) -> None:
    """Write one line: nothing has failed, and who asked is worth knowing. A path makes no line of its own."""
    who = f"{request.user.name} (person {request.user.pk})" if isinstance(request.user, Person) else "nobody"
    why = f"needs {exception.permission}" if isinstance(exception, NotPermitted) else str(exception or "")
    told = (str(request.method), _path(request), who, why)
    log.warning("Forbidden: %s %s by %s, %s", *(one.encode("unicode_escape").decode() for one in told))


def _path(request: HttpRequest) -> str:
    """Give the path as a log may have it: without the secret of a link."""
    return _SECRET_PATH.sub(r"/\1/(hidden)", request.path)


def _page(request: HttpRequest, template: str, context: Mapping[str, object], status: int) -> HttpResponse:
    """Give an error page, in the frame of all pages where it is known who looks."""
    if viewer_of(request) is not None:
        context = {**context, "frame": "console/error_in_frame.html"}
    return render(request, template, context, status=status)


def _moment(moment: datetime) -> str:
    """Give a moment in UTC, with its day unless that is today."""
    today = moment.date() == timezone.now().date()
    return moment.strftime("%H:%M:%S UTC" if today else "%Y-%m-%d %H:%M:%S UTC")


def _mail_goes_on() -> bool:
    """Tell whether a process that fetches and sends lives now; unknown counts as no."""
    try:
        lately = Now() - timedelta(seconds=GONE_AFTER)
        return Process.objects.filter(seen_at__gte=lately).exclude(kind="web").exists()
    except DatabaseError:
        return False


def _roles(person: AbstractBaseUser) -> str:
    names = (
        Grant.objects.filter(person_id=person.pk).order_by("role__name").values_list("role__name", flat=True)
    )
    return ", ".join(dict.fromkeys(names))


def who_gives_roles(permission: str = "") -> str:
    """Name two people who give out roles, in words; "" where nobody does.

    `permission`: only those who have it, for nobody gives more than that.
    """
    givers = permitted_everywhere("directory.manage")
    if permission:
        givers = givers.filter(pk__in=permitted_everywhere(permission))
    return gettext(" and ").join(givers.order_by("name").values_list("name", flat=True)[:2])


def _no_request(person: Person, number: int) -> dict[str, object]:
    desk = visible(person)
    context: dict[str, object] = {
        "title": gettext("There is no request %(n)d") % {"n": number},
        "searched": number,
    }
    seen = desk.records.filter(module="RE")
    context["newest"] = seen.order_by("-number").values_list("number", flat=True).first()
    near = seen.filter(number=number // 10).first() if number >= 10 else None
    if near is not None:
        context["near"] = {"number": near.number, "subject": near.subject, "url": request_url(near.number)}
    return context
