"""For how long dropped mails are kept: the form beside the spam rules, and what they take now."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Viewer
from deskpost.console.settings_form import SettingsForm, Whole
from deskpost.desk import settings
from deskpost.inbound.retention import settings as retention_settings
from deskpost.inbound.retention.settings import LONGEST_DAYS, RetentionSettings


class RetentionForm(SettingsForm):
    """For how many days."""

    dropped_days = Whole(
        1,
        LONGEST_DAYS,
        label=_("Keep dropped mails for (days)"),
        required=False,
        help_text=_(
            "Then their raw mails are removed for good; what was dropped, when and by which rule stays in the mail "
            "trace. Empty: they are never removed."
        ),
    )


def words_of_keeping(days: int | None) -> str:
    """Say how long dropped mails are kept."""
    if days is None:
        return gettext("Dropped mails are never removed")
    words = ngettext("Dropped mails are kept for %(n)d day", "Dropped mails are kept for %(n)d days", days)
    return words % {"n": days}


def form_of(data: QueryDict | None = None, row: RetentionSettings | None = None) -> RetentionForm:
    """Give the form as it is set, or as it was typed."""
    held = row or retention_settings.load()
    return RetentionForm(held, data, {"dropped_days": held.dropped_days})


@transaction.atomic
def save(request: HttpRequest, viewer: Viewer) -> RetentionForm | None:
    """Save what was typed; else give the form that says why not."""
    row = RetentionSettings.objects.select_for_update().get()
    form = form_of(request.POST, row)
    if not form.is_valid() or form.saved_meanwhile():
        return form
    if settings.change(viewer.person, "page", row, {"dropped_days": form.cleaned_data["dropped_days"]}):
        messages.success(request, gettext("Saved. What is older goes within the next hours."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return None
