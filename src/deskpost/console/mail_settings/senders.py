"""Senders: what becomes of mail of unknown senders, whose mail may join a request, and when one opens again."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console.mail_settings import TABS
from deskpost.console.page import Viewer, signed_in
from deskpost.console.settings_form import SettingsForm, Whole
from deskpost.desk import settings
from deskpost.desk.installation import OF_SENDERS, Installation

_UNKNOWN = [
    (Installation.UnknownSenders.CREATE, _("They become requesters")),
    (Installation.UnknownSenders.HOLD, _("Held until somebody accepts them")),
    (Installation.UnknownSenders.REFUSE, _("Refused")),
]
_JOIN = [
    (Installation.WhoMayJoin.ACCOUNT, _("Those of its account")),
    (Installation.WhoMayJoin.STRICT, _("Those of its account; others open a linked request")),
    (Installation.WhoMayJoin.OPEN, _("Everybody whom its account or no account knows")),
]
_AUTO_REPLIES = [
    (Installation.AutoReplies.JOIN, _("They join it quietly")),
    (Installation.AutoReplies.END, _("They end in the mail trace")),
]


class SendersForm(SettingsForm):
    """The settings, over the row of the installation."""

    unknown_senders = forms.ChoiceField(
        label=_("Unknown senders"),
        choices=_UNKNOWN,
        help_text=_(
            "Of mail that would open a request. Known is who stands under People in the account that the mail belongs "
            "to, and who writes from one of that account’s domains."
        ),
    )
    who_may_join = forms.ChoiceField(
        label=_("Who may join a request"),
        choices=_JOIN,
        help_text=_(
            "By mail. The mail of others waits at the request as an unverified reply. Nobody joins across accounts."
        ),
    )
    reopen_within_days = Whole(
        1,
        36_500,
        label=_("Reopen within (days)"),
        help_text=_("A reply to a request that was closed longer ago opens a linked one."),
    )
    reopenings_per_day = Whole(
        1,
        10_000,
        label=_("Reopenings per day"),
        help_text=_("Of one request, by mail. Later replies still join it, and it stays closed."),
    )
    auto_replies = forms.ChoiceField(
        label=_("Auto-replies to requests"),
        choices=_AUTO_REPLIES,
        help_text=_(
            "Such as out-of-office notes, and mail that goes in a loop. They move and reopen no request, and nobody is "
            "told of them or answers them, whatever is set."
        ),
    )


def words_of_senders() -> str:
    """Say what is set for unknown senders."""
    chosen = Installation.objects.values_list("unknown_senders", flat=True).get()
    words = {str(key): str(words) for key, words in _UNKNOWN}[chosen]
    return gettext("Unknown senders: %(what)s") % {"what": words.lower()}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def senders(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the settings, and change them."""
    viewer.needs_everywhere("settings.mail")
    if request.method != "POST":
        return _page(request, _form(Installation.objects.get()))
    form = _save(request, viewer)
    return _page(request, form, 422) if form else HttpResponseRedirect(reverse("senders"))


@transaction.atomic
def _save(request: HttpRequest, viewer: Viewer) -> SendersForm | None:
    """Save what was chosen; else give the form that says why not."""
    row = Installation.objects.select_for_update().get()
    form = _form(row, request.POST)
    if not form.is_valid() or form.saved_meanwhile():
        return form
    if settings.change(viewer.person, "page", row, {name: form.cleaned_data[name] for name in OF_SENDERS}):
        messages.success(request, gettext("Saved. It holds for mail that comes from now on."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return None


def _form(row: Installation, data: QueryDict | None = None) -> SendersForm:
    return SendersForm(row, data, {name: getattr(row, name) for name in OF_SENDERS})


def _page(request: HttpRequest, form: SendersForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "tabs": TABS, "kind": "installation"}
    return render(request, "console/mail_settings/senders.html", context, status=status)
