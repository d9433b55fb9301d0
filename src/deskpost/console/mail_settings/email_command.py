"""Email Command: whether mails command, by which words and whose; shown in one line, and changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.command_trial_form import TrialForm, loadable, trial_form
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.settings_form import Line, Segments, SettingsForm, reason_field
from deskpost.desk import settings
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.settings import (
    LONGEST_DELIMITER,
    LONGEST_IDENTIFIER,
    NO_IDENTIFIER,
    CommandRefused,
    EmailCommand,
    delimiter_refusal,
    has_source,
)

_AUTHENTICITY = [
    (EmailCommand.Authenticity.REQUIRE_PASS, _("Must pass")),
    (EmailCommand.Authenticity.REFUSE_FAIL, _("Must not fail")),
    (EmailCommand.Authenticity.IGNORE, _("Not looked at")),
]
_COLUMNS = ("enabled", "subject_contains", "delimiter", "authenticity")


class EmailCommandForm(SettingsForm):
    """The settings, over their one row."""

    enabled = forms.BooleanField(
        label=_("Enable Email Command"),
        required=False,
        help_text=_("Off: a mail with commands is an ordinary mail, and its text is not read."),
    )
    subject_contains = Line(
        label=_("Email Subject Contains"),
        required=False,
        written=True,
        max_length=LONGEST_IDENTIFIER,
        help_text=_("Mails without exactly this in their subject are not read for commands. Capitals count."),
    )
    delimiter = Line(
        label=_("Command Delimiter"),
        written=True,
        max_length=LONGEST_DELIMITER,
        help_text=_(
            "It stands before and after each command: $Priority=High$. Special characters alone, such as $ or @@."
        ),
    )
    authenticity = forms.ChoiceField(
        label=_("Authenticity of the sender"),
        choices=_AUTHENTICITY,
        widget=Segments(),
        help_text=_(
            "Must pass: a mail that nothing confirms is refused. Must not fail: only a mail that its sender’s domain "
            "disowns is refused. Not looked at: whoever writes a person’s address into From commands as that person."
        ),
    )
    reason = reason_field()

    def clean(self) -> dict[str, Any]:
        """Ask the rules of the settings, with their words."""
        values: dict[str, Any] = self.cleaned_data
        words = delimiter_refusal(values["delimiter"]) if values.get("delimiter") else None
        if words:
            self.add_error("delimiter", words)
        if values.get("enabled") and "subject_contains" in values and not values["subject_contains"]:
            self.add_error("subject_contains", NO_IDENTIFIER)
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def email_command(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the settings and the trial; change the settings, or switch Email Command on and off."""
    viewer.needs_everywhere("settings.mail")
    if request.method != "POST":
        row = command_settings.load()
        return page(request, viewer, form=_form(row) if "edit" in request.GET else None)
    switched = request.POST.get("switch")
    form = _switch(request, viewer, switched == "on") if switched else _save(request, viewer)
    if form is not None:
        return page(request, viewer, form=form, status=422)
    return go_to(request, reverse("email_command"))


@transaction.atomic
def _save(request: HttpRequest, viewer: Viewer) -> EmailCommandForm | None:
    """Save what was typed; else give the form that says why not."""
    row = EmailCommand.objects.select_for_update().get()
    form = _form(row, request.POST)
    if not form.is_valid() or form.saved_meanwhile():
        return form
    values = form.cleaned_data
    with settings.reasoned(values["reason"]):
        return _change(request, viewer, form, {name: values[name] for name in _COLUMNS})


@transaction.atomic
def _switch(request: HttpRequest, viewer: Viewer, on: bool) -> EmailCommandForm | None:
    """Switch Email Command on or off; on without what it needs: give the form that asks for it."""
    row = EmailCommand.objects.select_for_update().get()
    data = QueryDict(mutable=True)
    data.update({"subject_contains": row.subject_contains, "delimiter": row.delimiter})
    data.update({"seen": request.POST.get("seen", "")})
    if on:
        data["enabled"] = "on"
    if not on or has_source():
        data["authenticity"] = row.authenticity
    form = _form(row, data)
    if on and (not form.is_valid() or form.saved_meanwhile()):
        return form
    return _change(request, viewer, form, {"enabled": on})


def _change(
    request: HttpRequest, viewer: Viewer, form: EmailCommandForm, values: dict[str, object]
) -> EmailCommandForm | None:
    row = form.row
    assert isinstance(row, EmailCommand)
    try:
        changed = command_settings.change(viewer.person, "page", row, values)
    except CommandRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.words)
        return form
    if changed:
        messages.success(request, gettext("Saved. It holds for mail that comes from now on."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return None


def _form(row: EmailCommand, data: QueryDict | None = None) -> EmailCommandForm:
    """Give the form. Where nothing tells genuine senders from forged ones, nothing is chosen until somebody does."""
    initial: dict[str, object] = {name: getattr(row, name) for name in _COLUMNS}
    if not row.enabled and not has_source():
        del initial["authenticity"]
    return EmailCommandForm(row, data, initial)


def page(
    request: HttpRequest,
    viewer: Viewer,
    *,
    form: EmailCommandForm | None = None,
    trial: TrialForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Give the tab: the settings in one line or their form, and the trial with what came of it."""
    row = command_settings.load()
    trials = viewer.desk.everywhere("request.view")
    context = {
        "tabs": TABS,
        "tab": "email_command",
        "kind": "emailcommand",
        "row": row,
        "seen": EmailCommandForm(row).initial["seen"],
        "says_authenticity": str(dict(_AUTHENTICITY)[EmailCommand.Authenticity(row.authenticity)]).lower(),
        "warning": _warning(row),
        "form": form,
        "trial": trial or (trial_form(request, viewer) if trials else None),
        "loadable": loadable(viewer, row) if trials and "load" in request.GET else None,
        "may_load": viewer.desk.may("trace.view"),
        **more,
    }
    return render(request, "console/mail_settings/email_command.html", context, status=status)


def _warning(row: EmailCommand) -> tuple[str, str] | None:
    """Say what stands as long as Email Command is on and nothing tells genuine senders from forged ones."""
    if not row.enabled or has_source():
        return None
    if row.authenticity == EmailCommand.Authenticity.REQUIRE_PASS:
        return (
            gettext("No command is obeyed: no mailbox has a source of verdicts on senders."),
            gettext(
                "To do: at a mailbox, name the server whose Authentication-Results are believed, or check senders."
            ),
        )
    return (
        gettext("Senders can be forged, and commands are obeyed all the same."),
        gettext(
            "No mailbox has a source of verdicts: whoever writes a person’s address into From commands as that "
            "person. To do: at a mailbox, name the server whose Authentication-Results are believed, or check senders."
        ),
    )


def words_of_command() -> str:
    """Say for All settings what is set."""
    row = command_settings.load()
    if not row.enabled:
        return gettext("Off: no mail commands")
    words = gettext("On: mails with %(word)s in the subject, commands within %(sign)s")
    return words % {"word": row.subject_contains, "sign": row.delimiter}
