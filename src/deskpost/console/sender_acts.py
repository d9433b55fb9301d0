"""A mail that waits for its sender to be accepted: accepted, or refused, from its trace or the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from deskpost.console.page import NotPermitted, Viewer, go_to, signed_in
from deskpost.console.trace import Address
from deskpost.console.trace_mail import mail_of, page
from deskpost.console.trace_rows import may_take_in_hand
from deskpost.inbound import approval
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.reprocess import NotDone

PERMISSIONS = ("request.edit", "request.create")


@require_POST
@signed_in
def accept(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Open the request; its sender is a person of the account from now on."""
    mail = _mail(viewer, id)

    def may_open(account_id: int, site_id: int | None) -> bool:
        return viewer.desk.may_at("request.create", account_id, site_id)

    try:
        done = approval.accept(mail.pk, viewer.person, request.POST.get("seen", ""), may_open)
    except NotDone as trouble:
        return page(request, viewer, mail_of(viewer, id), error=trouble.words, status=409)
    said = _said_of(done)
    if done.others:
        words = ngettext(
            "%(n)d further mail of the sender is processed.",
            "%(n)d further mails of the sender are processed.",
            done.others,
        )
        said.append(words % {"n": done.others})
    messages.success(request, " ".join(said))
    return _go_on(request, mail)


def _said_of(done: approval.Accepted) -> list[str]:
    if done.person is None:
        words = gettext(
            "The mail is request %(number)d. It names no sender with an address, so nobody became a person and "
            "nobody is its requester. To do: choose the requester on the request."
        )
        return [words % {"number": done.number}]
    said = [gettext("The sender is accepted, and the mail is request %(number)d.") % {"number": done.number}]
    if done.made:
        said.append(gettext("%(name)s is a person of the account now.") % {"name": done.person.name})
    return said


@require_POST
@signed_in
def refuse(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Let the mail be refused."""
    mail = _mail(viewer, id)
    try:
        approval.refuse(mail.pk, viewer.person, request.POST.get("seen", ""))
    except NotDone as trouble:
        return page(request, viewer, mail_of(viewer, id), error=trouble.words, status=409)
    messages.success(
        request, gettext("Mail %(mail)d is refused. Its sender is not told.") % {"mail": mail.pk}
    )
    return _go_on(request, mail)


def _mail(viewer: Viewer, id: int) -> InboundMessage:
    mail = mail_of(viewer, id)
    for permission in PERMISSIONS:
        if not may_take_in_hand(viewer, mail, permission):
            raise NotPermitted(permission)
    return mail


def _go_on(request: HttpRequest, mail: InboundMessage) -> HttpResponse:
    """Lead back to where the act was chosen: the list, or the mail."""
    address = Address.of(request.GET)
    here = reverse("trace_mail", args=[mail.pk]) + address.query
    return go_to(request, address.url if request.POST.get("to") == "list" else here)
