"""Attachment Settings: which files of incoming mails stay, and whether people are told of those that do not."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console.forms import WordedForm
from deskpost.console.page import Viewer, signed_in
from deskpost.console.senseless import senseless
from deskpost.console.settings_form import TYPED, Addresses, Segments, Whole, reason_field
from deskpost.desk import settings, settings_history
from deskpost.desk.events import ERROR_LIST
from deskpost.inbound import attachment_settings as held
from deskpost.inbound import global_config
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.outbound.rules import RuleTechnician

KINDS = ("attachmentsettings", "globalconfig")
LONGEST = 1_000  # extensions


class Extensions(Addresses):
    """File extensions with commas between them, in small letters and without their dots."""

    widget = forms.Textarea({**TYPED, "rows": "3"})

    def read(self, part: str) -> str:
        """Give one of them, or raise ValidationError."""
        extension = part.strip().removeprefix("*").removeprefix(".").lower()
        if not held.is_extension(extension):
            words = gettext(
                "%(one)s is no file extension. To do: write what stands behind the last dot, such as pdf."
            )
            raise forms.ValidationError(words % {"one": part[:40]})
        return extension


class AttachmentForm(WordedForm):
    """What holds for the files of incoming mails."""

    mode = forms.ChoiceField(
        label=_("List of extensions"),
        choices=[("denied", _("Denied")), ("allowed", _("Allowed"))],
        widget=Segments(),
        help_text=_(
            "Denied: these are dropped, all others stay. Allowed: these stay, all others are dropped, names without "
            "extension too. What is denied cannot be taken in by hand either."
        ),
    )
    extensions = Extensions(
        label=_("Extensions"),
        required=False,
        help_text=_("With commas between them, such as exe, bat. Capitals make no difference."),
    )
    max_mb = Whole(
        1,
        held.LARGEST_MB,
        label=_("Maximum attachment size (MB)"),
        help_text=_(
            "Of one file, in megabytes of 1,000,000 bytes. How large a whole mail may be is set at its mailbox."
        ),
    )
    notify = forms.BooleanField(
        label=_("Tell of dropped attachments by e-mail"),
        required=False,
        help_text=_(
            "The sender and the technicians of the error-notification list are told which file was dropped, why, and "
            "what to do; automatic senders are not. Off: nobody is told, and files are dropped all the same. "
            "In SQL: sendAttachmentStrippedNotification."
        ),
    )
    reason = reason_field()
    carried = ("seen",)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        row = held.load()
        values = {"mode": row.mode, "extensions": row.extensions, "max_mb": row.max_mb}
        told = {"notify": global_config.notices_are_sent(), "seen": state()}
        super().__init__(data, initial={**values, **told})

    def clean(self) -> dict[str, Any]:
        """Refuse a list that would let nothing in, and one that nobody could read."""
        values: dict[str, Any] = self.cleaned_data
        extensions = values.get("extensions")
        if extensions is not None and len(extensions) > LONGEST:
            self.add_error("extensions", gettext("These are more than 1,000. To do: shorten the list."))
        elif values.get("mode") == "allowed" and extensions == []:
            self.add_error("extensions", gettext("No file at all would stay. To do: name the allowed ones."))
        return values


def state() -> str:
    """Give what is set as one text, by which two administrators notice each other."""
    row = held.load()
    extensions = " ".join(row.extensions)
    return f"{row.mode}: {extensions}; {row.max_mb} MB; {global_config.PARAMETERS.state()}"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def attachment_settings(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show which files stay, and change it."""
    viewer.needs_everywhere("settings.mail")
    if request.method != "POST":
        return _page(request, AttachmentForm())
    form = AttachmentForm(request.POST)
    if form.is_valid():
        if _save(request, viewer, form):
            return HttpResponseRedirect(reverse("attachment_settings"))
    else:
        form.tell_carried()
    return _page(request, form, 422)


@transaction.atomic
def _save(request: HttpRequest, viewer: Viewer, form: AttachmentForm) -> bool:
    """Save what was asked for; False: the form says why not."""
    row = AttachmentSettings.objects.select_for_update().get()
    global_config.PARAMETERS.lock()
    if form.cleaned_data["seen"] != state():
        words = gettext(
            "Not saved: %(who)s saved other values after you opened this page; in use now: %(now)s. "
            "What you typed stands below. To do: compare, then Save again to use yours."
        )
        form.add_error(None, words % {"who": _who(), "now": state()})
        form.renew("seen", state())
        return False
    values = form.cleaned_data
    with settings.reasoned(values["reason"]):
        columns = {name: values[name] for name in ("mode", "max_mb")}
        columns["extensions"] = sorted(values["extensions"])
        changed = bool(settings.change(viewer.person, "page", row, columns))
        changed |= global_config.send_notices(viewer.person, "page", values["notify"])
    if changed:
        messages.success(request, gettext("Saved. It holds from the next mail on."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return True


def _who() -> str:
    newest = settings_history.versions(settings_history.Wanted(KINDS), 1)
    return newest[0].who if newest and newest[0].who else gettext("somebody")


def _page(request: HttpRequest, form: AttachmentForm, status: int = 200) -> HttpResponse:
    sent = global_config.notices_are_sent()
    context = {
        "form": form,
        "kinds": ",".join(KINDS),
        "senseless": senseless(global_config.PARAMETERS),
        "nobody": sent and not RuleTechnician.objects.filter(rule__event=ERROR_LIST).exists(),
    }
    return render(request, "console/attachment_settings.html", context, status=status)


def words_of_attachments() -> str:
    """Say for All settings what is set."""
    row = held.load()
    words = (
        gettext("Only %(extensions)s, %(mb)d MB at most")
        if row.mode == row.Mode.ALLOWED
        else gettext("Denied: %(extensions)s, %(mb)d MB at most")
    )
    some = ", ".join(row.extensions[:6]) + (", …" if len(row.extensions) > 6 else "")
    return words % {"extensions": some or gettext("none"), "mb": row.max_mb}
