"""What is done with error mails of the Error Folder: processed again, their details read or downloaded."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.error_groups import failed_in
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.inbound import reprocess
from deskpost.inbound.error_folder import download as error_download
from deskpost.inbound.error_folder.mails import ErrorMail, unsolved
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import NotDone
from deskpost.inbound.visible import visible_mails

PERMISSION = "settings.mail"
MOST = 500  # mails that one click has processed again


@require_safe
@signed_in
def download(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give the details of a mailbox's error mails as a zip, and note who took it."""
    viewer.needs_everywhere(PERMISSION)
    mailbox = mailbox_of(id)
    return _zip(request, viewer, unsolved().filter(mailbox=mailbox), f"error-mails-{mailbox.pk}.zip")


@require_safe
@signed_in
def download_all(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the details of all error mails as a zip, and note who took it."""
    viewer.needs_everywhere(PERMISSION)
    return _zip(request, viewer, unsolved(), "error-mails.zip")


@require_safe
@signed_in
def details(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the details of one error mail, and note who read them."""
    viewer.needs_everywhere(PERMISSION)
    rows = unsolved().select_related("mailbox", "mail__outcome").filter(mail__in=visible_mails(viewer.desk))
    row = rows.filter(pk=id).first()
    if row is None:
        raise Http404
    context = {
        "row": row,
        "failed_in": failed_in(row.step),
        "details": error_download.read(viewer.person, row) if request.method == "GET" else "",
        "whole": not (row.mail.truncated or row.mail.refusal),
        "may_process": viewer.desk.everywhere("request.edit"),
        "tabs": TABS,
        "tab": "error_folder",
        "kind": "errorfoldersettings,mailbox",
    }
    return render(request, "console/mail_settings/error_details.html", context)


@require_POST
@signed_in
def again(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Have error mails processed again from their stored copies, or give the details of those that were chosen.

    Chosen ones, those of a reason or of a mailbox, or all.
    """
    viewer.needs_everywhere(PERMISSION)
    rows = unsolved()
    chosen = [id for id in map(id_of, request.POST.getlist("mail")[:MOST]) if id is not None]
    if "mail" in request.POST or "act" in request.POST:
        rows = rows.filter(pk__in=chosen)
    if mailbox := id_of(request.POST.get("mailbox")):
        rows = rows.filter(mailbox=mailbox)
    if why := request.POST.get("why", "").replace("\0", ""):
        rows = rows.filter(why=why)
    if request.POST.get("act") == "download" and chosen:
        return _zip(request, viewer, rows, "error-mails.zip")
    viewer.needs_everywhere("request.edit")
    _process_again(request, viewer, rows.order_by("pk")[:MOST])
    return go_to(request, reverse("error_folder"))


def _process_again(request: HttpRequest, viewer: Viewer, rows: Iterable[ErrorMail]) -> None:
    done, words = 0, ""
    for row in rows:
        try:
            seen = reprocess.seen_of(MailOutcome.objects.filter(pk=row.pk).first())
            reprocess.process_again(row.pk, viewer.person, seen)
            done += 1
        except NotDone as trouble:
            words = trouble.words
    if done:
        told = ngettext("%(n)d mail is processed again.", "%(n)d mails are processed again.", done)
        messages.success(request, told % {"n": done})
    if words or not done:
        messages.warning(request, words or gettext("There is no error mail to process again."))


def _zip(request: HttpRequest, viewer: Viewer, mails: QuerySet[ErrorMail], name: str) -> HttpResponse:
    content = error_download.zipped(viewer.person, mails) if request.method != "HEAD" else b""
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
