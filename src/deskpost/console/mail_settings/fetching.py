"""Start fetching, Stop fetching, Try now."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.incoming_rows import clock_of
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.troubleshooting import entry_of
from deskpost.inbound.collecting import sampling
from deskpost.inbound.mailboxes import Mailbox, start_fetching, stop_fetching, try_now
from deskpost.inbound.standings import switches
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError


@require_POST
@signed_in
def start(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Start fetching; where the first fetch brings mail that is there already, say how much and ask first."""
    viewer.needs_everywhere("settings.mail")
    mailbox = mailbox_of(id)
    if mailbox.fetching:
        messages.info(request, gettext("Fetching of %(name)s was on already.") % {"name": mailbox.name})
        return go_to(request, _back(request, mailbox))
    if mailbox.first_fetch != "new" and sampling.begins_anew(mailbox) and "sure" not in request.POST:
        question = _question(request, mailbox)
        if question is not None:
            return question
    start_fetching(viewer.person, "page", mailbox)
    words = gettext("Fetching of %(name)s is on; the first fetch begins now.")
    messages.success(request, words % {"name": mailbox.name})
    return go_to(request, _back(request, mailbox))


@require_POST
@signed_in
def stop(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Stop fetching. The fetch under way ends after its present batch."""
    viewer.needs_everywhere("settings.mail")
    mailbox = mailbox_of(id)
    if mailbox.fetching:
        stop_fetching(viewer.person, "page", mailbox)
        words = gettext("Fetching of %(name)s is off until somebody starts it.")
        messages.success(request, words % {"name": mailbox.name})
    else:
        messages.info(request, _was_off(mailbox))
    return go_to(request, _back(request, mailbox))


@require_POST
@signed_in
def try_mailbox(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Fetch at once, out of turn."""
    viewer.needs_everywhere("settings.mail")
    mailbox = mailbox_of(id)
    if mailbox.fetching:
        try_now(mailbox)
        messages.success(request, gettext("%(name)s is tried now.") % {"name": mailbox.name})
    else:
        messages.warning(request, _was_off(mailbox))
    return go_to(request, _back(request, mailbox))


def mailbox_of(id: int) -> Mailbox:
    """Give a mailbox with its state. Raises Http404."""
    mailbox = Mailbox.objects.select_related("state").filter(pk=id).first()
    if mailbox is None:
        raise Http404
    return mailbox


def who_switched(mailbox: Mailbox) -> tuple[str, str]:
    """Give who switched fetching last, and when, in words."""
    switched = switches([mailbox.pk]).get(mailbox.pk)
    if switched is None:
        return gettext("somebody"), gettext("an unknown time")
    return switched.who or gettext("somebody"), clock_of(switched.at)


def _was_off(mailbox: Mailbox) -> str:
    who, at = who_switched(mailbox)
    words = gettext("Fetching of %(name)s was off already: %(who)s stopped it at %(at)s.")
    return words % {"name": mailbox.name, "who": who, "at": at}


def _back(request: HttpRequest, mailbox: Mailbox) -> str:
    if request.POST.get("from") == "form":
        return reverse("incoming_mailbox", args=[mailbox.pk])
    return reverse("incoming")


def _question(request: HttpRequest, mailbox: Mailbox) -> HttpResponse | None:
    """Say what the first fetch would bring, before it starts; None where that is nothing."""
    context: dict[str, Any] = {"mailbox": mailbox, "tabs": TABS, "tab": "incoming", "kind": "mailbox"}
    try:
        context["look"] = look = sampling.look(mailbox)
        if look.first_fetch == 0:
            return None
    except TransportError as trouble:
        context |= {"trouble": trouble.words, "help_url": entry_of(trouble.words)}
    except SecretUnreadable as unreadable:
        context |= {"trouble": str(unreadable), "help_url": entry_of(str(unreadable))}
    context["back_url"] = _back(request, mailbox)
    context["from"] = request.POST.get("from", "")
    return render(request, "console/mail_settings/start_fetching.html", context)
