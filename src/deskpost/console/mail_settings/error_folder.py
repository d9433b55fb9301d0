"""Error Folder: the error mails of all mailboxes by their reasons, and what is done with them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.error_fields import error_context
from deskpost.console.mail_settings.error_groups import groups_of, mailboxes_of
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.settings_form import Line, SettingsForm, one_address
from deskpost.desk import settings
from deskpost.inbound import reprocess
from deskpost.inbound.error_folder import download as error_download
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder import settings as error_folder_settings
from deskpost.inbound.error_folder import totals as error_totals
from deskpost.inbound.error_folder.mails import ErrorMail, unsolved
from deskpost.inbound.error_folder.settings import ErrorFolderSettings
from deskpost.inbound.mailbox_saving import StillFetching
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import NotDone
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError

PERMISSION = "settings.mail"
MOST = 500  # mails that one click has processed again


class SupportForm(SettingsForm):
    """Whom people ask for help with error mails."""

    support_address = Line(
        label=_("Send the files for analysis to"),
        written=True,
        required=False,
        help_text=_("An address that is named beside Download. Empty: none is. Nothing is sent by itself."),
    )

    def clean_support_address(self) -> str:
        """Refuse what is no address; empty is fine."""
        written: str = self.cleaned_data["support_address"]
        return one_address(written) if written else ""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def error_folder(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the error mails; save the support address."""
    viewer.needs_everywhere(PERMISSION)
    if request.method != "POST":
        return _page(request, viewer, _form())
    with transaction.atomic():
        row = ErrorFolderSettings.objects.select_for_update().get()
        form = _form(row, request.POST)
        if not form.is_valid() or form.saved_meanwhile():
            return _page(request, viewer, form, 422)
        changed = settings.change(
            viewer.person, "page", row, {"support_address": form.cleaned_data["support_address"]}
        )
    if changed:
        messages.success(request, gettext("Saved."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return HttpResponseRedirect(reverse("error_folder"))


@require_safe
@signed_in
def total(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give how many mails the folder of a mailbox holds now, asked at its server."""
    viewer.needs_everywhere(PERMISSION)
    mailbox = mailbox_of(id)
    trouble = error_totals.ask(mailbox) if mailbox.error_folder else ""
    context = {**error_context(mailbox_of(id)), "mailbox": mailbox, "trouble": trouble}
    return render(request, "console/mail_settings/_error_total.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def move(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask whether to move the mails of a mailbox's error folder to its inbox; do it."""
    viewer.needs_everywhere(PERMISSION)
    mailbox = mailbox_of(id)
    if request.method != "POST":
        context = {
            "mailbox": mailbox,
            "tabs": TABS,
            "tab": "error_folder",
            "kind": "mailbox",
            **error_context(mailbox),
        }
        return render(request, "console/mail_settings/error_move.html", context)
    if mailbox.error_folder:
        _move(request, viewer, mailbox)
    else:
        messages.warning(request, gettext("%(name)s has no error folder.") % {"name": mailbox.name})
    to_form = request.POST.get("from") == "form"
    return go_to(
        request, reverse("incoming_mailbox", args=[mailbox.pk]) if to_form else reverse("error_folder")
    )


@require_safe
@signed_in
def download(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give the details of a mailbox's error mails as a zip, and note who took it."""
    viewer.needs_everywhere(PERMISSION)
    mailbox = mailbox_of(id)
    return _zip(request, viewer, [mailbox.pk], f"error-mails-{mailbox.pk}.zip")


@require_safe
@signed_in
def download_all(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the details of all error mails as a zip, and note who took it."""
    viewer.needs_everywhere(PERMISSION)
    ids = list(unsolved().values_list("mailbox", flat=True).distinct().order_by("mailbox"))
    return _zip(request, viewer, ids, "error-mails.zip")


@require_POST
@signed_in
def again(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Have error mails processed again from their stored copies: one, those of a reason or of a mailbox, or all."""
    viewer.needs_everywhere(PERMISSION)
    viewer.needs_everywhere("request.edit")
    rows = unsolved()
    if mail := id_of(request.POST.get("mail")):
        rows = rows.filter(pk=mail)
    if mailbox := id_of(request.POST.get("mailbox")):
        rows = rows.filter(mailbox=mailbox)
    if why := request.POST.get("why", "").replace("\0", ""):
        rows = rows.filter(why=why)
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


def _move(request: HttpRequest, viewer: Viewer, mailbox: Mailbox) -> None:
    try:
        back = error_return.move_back(viewer.person, mailbox)
    except StillFetching:
        words = gettext(
            "%(name)s is being fetched at this moment, and nothing was moved. To do: press Move mails to inbox again "
            "in a moment."
        )
        messages.error(request, words % {"name": mailbox.name})
        return
    except TransportError as trouble:
        messages.error(request, trouble.words)
        return
    except SecretUnreadable as trouble:
        messages.error(request, str(trouble))
        return
    if back.moved:
        words = ngettext(
            "%(n)d mail is back in the inbox of %(name)s.",
            "%(n)d mails are back in the inbox of %(name)s.",
            back.moved,
        )
        go_on = (
            gettext("They are processed anew by the fetch that begins now.")
            if mailbox.fetching
            else gettext("They are processed anew once fetching is started.")
        )
        messages.success(request, f"{words % {'n': back.moved, 'name': mailbox.name}} {go_on}")
    if back.left:
        words = ngettext("%(n)d mail could not be moved.", "%(n)d mails could not be moved.", back.left)
        messages.error(request, f"{words % {'n': back.left}} {back.words}")
    if not back.moved and not back.left:
        messages.info(request, gettext("The error folder of %(name)s is empty.") % {"name": mailbox.name})


def _zip(request: HttpRequest, viewer: Viewer, mailbox_ids: list[int], name: str) -> HttpResponse:
    content = error_download.zipped(viewer.person, mailbox_ids) if request.method == "GET" else b""
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _form(row: ErrorFolderSettings | None = None, data: QueryDict | None = None) -> SupportForm:
    held = row or error_folder_settings.load()
    return SupportForm(held, data, {"support_address": held.support_address})


def _page(request: HttpRequest, viewer: Viewer, form: SupportForm, status: int = 200) -> HttpResponse:
    asked = request.GET.get("why", "").replace("\0", "")
    context: dict[str, Any] = {
        "tabs": TABS,
        "kind": "errorfoldersettings,mailbox",
        "now": timezone.now(),
        "total": unsolved().count(),
        "groups": groups_of(viewer.desk, asked),
        "mailboxes": mailboxes_of(),
        "support": error_folder_settings.load().support_address,
        "form": form,
        "may_process": viewer.desk.everywhere("request.edit"),
    }
    return render(request, "console/mail_settings/error_folder.html", context, status=status)
