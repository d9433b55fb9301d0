"""The error folder in a mailbox's form: a checkbox that reveals its options, and what the form says beside them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import Line, SettingsForm, Whole
from deskpost.desk.events import ERROR_LIST
from deskpost.inbound.error_folder.mails import THERE, ErrorMail
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.standings import state_of
from deskpost.outbound.rules import NotificationRule

ERROR_FOLDER = ("error_folder", "error_folder_name", "error_stop", "error_stop_after", "error_notify")
PROPOSED_NAME, PROPOSED_STOP = "Deskpost errors", 10


class ErrorFolderFields(SettingsForm):
    """The fields."""

    error_folder = forms.BooleanField(
        label=_("Move messages to error folder"),
        required=False,
        help_text=_("A mail that cannot be processed leaves the inbox. Not at POP."),
    )
    error_folder_name = Line(
        label=_("Name of the error folder"),
        max_length=500,
        required=False,
        help_text=_("A folder on the mail server, made if it is not there. A / parts its levels."),
    )
    error_stop = forms.BooleanField(label=_("Stop mail fetching after"), required=False)
    error_stop_after = Whole(
        1,
        1_000_000,
        label=_("Stop mail fetching after (mails)"),
        required=False,
        help_text=_("Then somebody looks and starts it again."),
    )
    error_notify = forms.BooleanField(
        label=_("Notify by email when a mail is moved from inbox to error folder"), required=False
    )


@dataclass(frozen=True, slots=True)
class ErrorState:
    """What the form says of a mailbox's error folder: its total as known last, and whether notices go out."""

    on: bool
    total: int
    at: datetime | None
    rule_on: bool
    reasons: int


def errors_of(row: Mailbox) -> dict[str, Any]:
    """Give what the fields hold at first; what is proposed of a mailbox without an error folder."""
    stop = row.error_stop_after
    untouched = not row.error_folder and not row.error_folder_name
    return {
        "error_folder": row.error_folder,
        "error_folder_name": row.error_folder_name or PROPOSED_NAME,
        "error_stop": stop is not None,
        "error_stop_after": stop or PROPOSED_STOP,
        "error_notify": True if untouched else row.error_notify,
    }


def columns_of_errors(values: dict[str, Any], folders: bool, row: Mailbox) -> dict[str, Any]:
    """Give the columns that the fields set, of cleaned values. Where it stays off nothing of it is written."""
    on = folders and bool(values.get("error_folder"))
    if not on and not row.error_folder:
        return {"error_folder": False}
    stop = (values.get("error_stop_after") or PROPOSED_STOP) if values.get("error_stop") else None
    name = values.get("error_folder_name") or ("" if on else row.error_folder_name)
    return {
        "error_folder": on,
        "error_folder_name": name,
        "error_stop_after": stop,
        "error_notify": bool(values.get("error_notify")),
    }


def error_context(row: Mailbox) -> dict[str, Any]:
    """Give what `_error_row.html` shows."""
    rule_on = NotificationRule.objects.filter(event=ERROR_LIST, enabled=True).exists()
    if row.pk is None:
        return {"errors": ErrorState(False, 0, None, rule_on, 0)}
    state = state_of(row)
    rows = ErrorMail.objects.filter(mailbox=row, place__in=THERE)
    total = state.error_total if state.error_total_at is not None else rows.count()
    reasons = rows.values("why").distinct().count()
    return {"errors": ErrorState(row.error_folder, total or 0, state.error_total_at, rule_on, reasons)}
