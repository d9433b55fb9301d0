"""The pages for what does not work: not allowed, not there, not to be read, and a fault of Deskpost's own."""

import logging
import re
import secrets
import sys
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from deskpost.console.page import CONTENT_SECURITY_POLICY, NotPermitted
from deskpost.console.request_facts import request_url
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, visible
from deskpost.outbound.failover import GONE_AFTER, Process

log = logging.getLogger(__name__)

_REQUEST = re.compile(r"/requests/(?:[A-Za-z]{2,4}-)?([0-9]{1,18})/")
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
    """Say which permission is missing, and who can give it."""
    context: dict[str, object] = {}
    if isinstance(exception, NotPermitted) and isinstance(request.user, Person):
        context = {
            "title": gettext(_TITLES.get(exception.permission, "You may not do this")),
            "role": _roles(request.user),
            "permission": exception.permission,
            "who_can": _who_can_give_it(),
        }
    return render(request, "403.html", context, status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old, or came from elsewhere (Django's CSRF check)."""
    return render(request, "403.html", {"title": gettext("This form is too old")}, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that something is not there, in the same words when it is only not for this person."""
    context: dict[str, object] = {}
    named = _REQUEST.match(request.path)
    user = request.user
    if named and isinstance(user, Person):
        context = _no_request(user, int(named[1]))
    return render(request, "404.html", context, status=404)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that what was sent cannot be read, or is too much."""
    context = {
        "title": gettext("What was sent cannot be read"),
        "text": gettext(
            "It is too large, or it was cut off on its way. To do: go back and send less at once."
        ),
    }
    return render(request, "404.html", context, status=400)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that Deskpost failed, with an id that stands in the log. Needs no database, and no session."""
    error = sys.exc_info()[1]
    error_id = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    line = f"{request.method} {request.path}"
    log.error("Error %s, %s", error_id, line, exc_info=error)
    away = isinstance(error, OperationalError | InterfaceError)
    context = {
        "error_id": error_id,
        "at": timezone.now().strftime("%H:%M:%S UTC"),
        "line": line,
        "again": request.get_full_path() if request.method == "GET" else "",
        "database_away": away,
        "mail_goes_on": not away and _mail_goes_on(),
    }
    html = get_template("500.html").render(context)
    response = HttpResponse(html, status=503 if away else 500)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


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


def _who_can_give_it() -> str:
    """Name two people who give out roles, in words."""
    givers = Grant.objects.filter(role__permissions__contains=["settings.desk"], account=None)
    people = Person.objects.filter(pk__in=givers.values("person"), deleted_at=None).order_by("name")
    names = list(people.values_list("name", flat=True)[:2])
    return gettext(" and ").join(names)


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
