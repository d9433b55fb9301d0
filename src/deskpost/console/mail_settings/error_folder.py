"""Error Folder: the error mails of all mailboxes by their reasons, and what is done with them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.error_fields import error_context
from deskpost.console.mail_settings.error_groups import Asked, filters_of, groups_of, mailboxes_of
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.settings_form import Line, SettingsForm, one_address
from deskpost.desk import settings
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder import settings as error_folder_settings
from deskpost.inbound.error_folder import totals as error_totals
from deskpost.inbound.error_folder.settings import ErrorFolderSettings
from deskpost.inbound.mailbox_saving import StillFetching
from deskpost.inbound.mailboxes import Mailbox
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError

PERMISSION = "settings.mail"


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


def _form(row: ErrorFolderSettings | None = None, data: QueryDict | None = None) -> SupportForm:
    held = row or error_folder_settings.load()
    return SupportForm(held, data, {"support_address": held.support_address})


def _page(request: HttpRequest, viewer: Viewer, form: SupportForm, status: int = 200) -> HttpResponse:
    asked = Asked.of(request.GET)
    context: dict[str, Any] = {
        "tabs": TABS,
        "kind": "errorfoldersettings,mailbox",
        "now": timezone.now(),
        "total": asked.rows().count(),
        "groups": groups_of(viewer.desk, asked),
        "filters": filters_of(asked),
        "filtered": asked != Asked(),
        "mailboxes": mailboxes_of(),
        "support": error_folder_settings.load().support_address,
        "form": form,
        "may_process": viewer.desk.everywhere("request.edit"),
    }
    return render(request, "console/mail_settings/error_folder.html", context, status=status)
