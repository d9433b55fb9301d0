"""What is done with a mail from its trace: moved, made a request of its own, processed again, a file taken in."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console.page import NotPermitted, Viewer, go_to, signed_in
from deskpost.console.requests import record_named
from deskpost.console.trace import Address
from deskpost.console.trace_mail import mail_of, page
from deskpost.console.trace_rows import may_take_in_hand
from deskpost.desk.records import Record
from deskpost.inbound import reprocess, taking_in
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.reprocess import Done, NotDone
from deskpost.inbound.spam import acts as spam_acts

LONGEST_NUMBER = 40  # characters: ##RE-12## and the like


@require_POST
@signed_in
def move(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Put a mail into the request whose number was typed."""
    mail = _mail(viewer, id, "request.edit")
    written = request.POST.get("number", "").strip()[:LONGEST_NUMBER]
    if not written:
        return _wrong_number(
            request,
            viewer,
            mail,
            written,
            gettext("Type the number of the request."),
        )
    record = _record(viewer, written)
    if record is None:
        none = gettext("There is no request %(number)s that you work on. To do: name another one.")
        return _wrong_number(request, viewer, mail, written, none % {"number": written})
    viewer.needs("request.edit", record)
    seen = request.POST.get("seen", "")
    return _done(
        request, viewer, mail, lambda: reprocess.move(mail.pk, record.pk, viewer.person, seen), written
    )


@require_POST
@signed_in
def own(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Make a mail a request of its own."""
    mail = _mail(viewer, id, "request.edit", "request.create")
    seen = request.POST.get("seen", "")

    def may_open(account_id: int, site_id: int | None) -> bool:
        return viewer.desk.may_at("request.create", account_id, site_id)

    return _done(request, viewer, mail, lambda: reprocess.open_own(mail.pk, viewer.person, seen, may_open))


@require_POST
@signed_in
def again(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Have a mail taken through the steps once more; one that was dropped past the spam filter."""
    mail = _mail(viewer, id, "request.edit")
    try:
        back = spam_acts.process_after_all(mail.pk, viewer.person, request.POST.get("seen", ""))
    except NotDone as trouble:
        return page(request, viewer, mail_of(viewer, id), error=trouble.words, status=409)
    if back is not None:
        messages.success(request, gettext("Request %(number)d is back.") % {"number": back})
    if request.POST.get("to") == "list":
        if back is None:
            messages.success(request, gettext("Mail %(mail)d is processed after all.") % {"mail": mail.pk})
        return go_to(request, Address.of(request.GET).url)
    return go_to(request, _address(request, mail))


@require_POST
@signed_in
def ordinary(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Let a mail whose command was refused go on as an ordinary mail."""
    mail = _mail(viewer, id, "request.edit")
    try:
        reprocess.as_ordinary(mail.pk, viewer.person, request.POST.get("seen", ""))
    except NotDone as trouble:
        return page(request, viewer, mail_of(viewer, id), error=trouble.words, status=409)
    if request.POST.get("to") == "list":
        messages.success(request, gettext("Mail %(mail)d goes on as an ordinary mail.") % {"mail": mail.pk})
        return go_to(request, Address.of(request.GET).url)
    return go_to(request, _address(request, mail))


@require_POST
@signed_in
def take_in(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Take in a file that was dropped."""
    mail = _mail(viewer, id, "request.edit")
    try:
        name = taking_in.take_in(mail.pk, request.POST.get("part", "").replace("\0", "?"), viewer.person)
    except NotDone as trouble:
        return page(request, viewer, mail_of(viewer, id), error=trouble.words, status=409)
    messages.success(request, gettext("%(name)s is an attachment of the mail now.") % {"name": name})
    return go_to(request, _address(request, mail))


def _mail(viewer: Viewer, id: int, *permissions: str) -> InboundMessage:
    mail = mail_of(viewer, id)
    for permission in permissions:
        if not may_take_in_hand(viewer, mail, permission):
            raise NotPermitted(permission)
    return mail


def _record(viewer: Viewer, written: str) -> Record | None:
    """Give the request, or other record, that somebody typed; one that they do not work on is not there."""
    record = record_named(viewer, written)
    return record if record is not None and viewer.desk.works_on(record) else None


def _done(
    request: HttpRequest, viewer: Viewer, mail: InboundMessage, act: Callable[[], Done], written: str = ""
) -> HttpResponse:
    """Do it, and say what came of it; what was not done is said on the mail's page as it is now."""
    try:
        done = act()
    except NotDone as trouble:
        now = mail_of(viewer, mail.pk)
        return page(request, viewer, now, error=trouble.words, number=written, status=409)
    here = {"record": done.name or gettext("request %(number)d") % {"number": done.number}}
    said = [gettext("The mail is in %(record)s now.") % here]
    if done.reopened:
        here = {"record": done.name or gettext("Request %(number)d") % {"number": done.number}}
        said.append(gettext("%(record)s was closed and is open again.") % here)
    if done.left_empty is not None:
        left = {"record": done.left_name or gettext("Request %(number)d") % {"number": done.left_empty}}
        said.append(
            gettext("%(record)s has no mail left. To do: close it if nothing else belongs to it.") % left
        )
    messages.success(request, " ".join(said))
    to_list = request.POST.get("to") == "list"
    return go_to(request, Address.of(request.GET).url if to_list else _address(request, mail))


def _wrong_number(
    request: HttpRequest, viewer: Viewer, mail: InboundMessage, written: str, error: str
) -> HttpResponse:
    return page(request, viewer, mail, number=written, number_error=error, status=422)


def _address(request: HttpRequest, mail: InboundMessage) -> str:
    return reverse("trace_mail", args=[mail.pk]) + Address.of(request.GET).query
