"""Two rows of a mail server's form, in and out: by the proxy or straight, and Email Debug with what it recorded.

A form that has them inherits WayFields, gives `way_of` as initial values and `columns_of_way` as columns, and its page
has `debug_context`; `_debug_row.html` shows both rows.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.access import wire_logs
from deskpost.access.columns import MailServerSettings
from deskpost.access.wire_logs import Recorded
from deskpost.console.outbox_rows import clock_with_day
from deskpost.console.settings_form import SettingsForm

WAY = ("proxy", "debug", "debug_for")
_LASTING = [("1", _("an hour")), ("8", _("8 hours")), ("24", _("a day")), ("72", _("3 days"))]


class WayFields(SettingsForm):
    """The fields."""

    proxy = forms.BooleanField(
        label=_("Enable proxy server"), required=False, help_text=_("Uses Admin, Proxy.")
    )
    debug = forms.BooleanField(
        label=_("Enable Email Debug"),
        required=False,
        help_text=_("Only if recommended by the support team. It records what is said, without secrets."),
    )
    debug_for = forms.ChoiceField(
        label=_("Ends after"),
        choices=_LASTING,
        required=False,
        help_text=_("It then switches itself off. What it recorded goes after 7 days."),
    )

    def __init__(self, row: MailServerSettings, *arguments: Any, **options: Any) -> None:
        super().__init__(row, *arguments, **options)
        if wire_logs.is_on(row) and row.debug_until is not None:
            words = gettext("it is on until %(at)s") % {"at": clock_with_day(row.debug_until)}
            self.fields["debug_for"].choices = [("", words), *_LASTING]  # type: ignore[attr-defined]


def way_of(row: MailServerSettings) -> dict[str, Any]:
    """Give what the fields hold at first."""
    on = wire_logs.is_on(row)
    return {"proxy": row.proxy, "debug": on, "debug_for": "" if on else "24"}


def columns_of_way(values: dict[str, Any], row: MailServerSettings) -> dict[str, Any]:
    """Give the columns that the fields set, of cleaned values."""
    hours = values.get("debug_for")
    lasts = timedelta(hours=int(hours)) if hours else None
    until = wire_logs.until(bool(values.get("debug")), row, lasts)
    return {"proxy": bool(values.get("proxy")), "debug_until": until}


def debug_context(row: MailServerSettings, url: str) -> dict[str, Any]:
    """Give `recorded` (None of what is not saved) and `debug_url`, where it is downloaded."""
    recorded: Recorded | None = wire_logs.recorded(row) if row.pk else None
    return {"recorded": recorded, "debug_url": url}
