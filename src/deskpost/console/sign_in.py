"""Sign in and out."""

import json

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.page import client_address, desk_name, is_htmx
from deskpost.desk.people import Person
from deskpost.desk.sign_in_attempts import WINDOW_MINUTES, forget, may_try

LONGEST_PASSWORD = 1_000  # characters; hashing more costs time and adds nothing


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; over a page whose session ended (`again`), for the password alone."""
    following = _following(request)
    if request.method != "POST":
        if isinstance(request.user, Person):
            return HttpResponseRedirect(following)
        return _form(request, following)
    name = request.POST.get("username", "").replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    words = _try(request, name, request.POST.get("password", ""))
    again = "again" in request.POST and is_htmx(request)
    if words is None:
        if not again:
            return HttpResponseRedirect(following)
        fresh = json.dumps({"signed-in": {"csrf": get_token(request)}})
        return HttpResponse(status=204, headers={"HX-Trigger": fresh})
    if again:
        context = {"error": words, "shell": {"person": {"sign_in_name": name}}}
        return render(request, "console/components/_session_ended.html", context, status=422)
    return _form(request, following, name, words)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


def _try(request: HttpRequest, name: str, password: str) -> str | None:
    """Sign in, or give the sentence that says why not: the same for a name that nobody has."""
    if not may_try(name, client_address(request)):
        return gettext(
            "Too many attempts with this name or from your network. To do: wait %(minutes)d minutes, "
            "then try again."
        ) % {"minutes": WINDOW_MINUTES}
    # For a name that nobody has a password is hashed all the same, so that the time tells nothing.
    person = authenticate(request, username=name, password=password[:LONGEST_PASSWORD] or " ")
    if person is None or len(password) > LONGEST_PASSWORD:
        return gettext(
            "That e-mail address and password do not fit. To do: check both, and whether Caps Lock is on."
        )
    forget(name)
    login(request, person)
    return None


def _form(request: HttpRequest, following: str, name: str = "", error: str = "") -> HttpResponse:
    context = {
        "desk_name": desk_name(),
        "next": following if following != reverse(settings.LOGIN_REDIRECT_URL) else "",
        "username": name,
        "error": error,
        "ended": not error and request.GET.get("ended", ""),
    }
    response = render(request, "console/sign_in.html", context, status=401 if error else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _following(request: HttpRequest) -> str:
    """Give where to go after the sign-in: a page of ours, whatever the address says."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=False)
    return wanted if own and wanted.startswith("/") else reverse(settings.LOGIN_REDIRECT_URL)
