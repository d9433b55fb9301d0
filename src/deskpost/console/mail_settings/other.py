"""Other: after how many failed tries people are told of a mailbox that cannot be reached, and whether they are."""

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
from deskpost.console.mail_settings import TABS
from deskpost.console.page import Viewer, signed_in
from deskpost.console.senseless import senseless
from deskpost.console.settings_form import Whole
from deskpost.desk import settings_history
from deskpost.desk.events import ERROR_LIST
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.outbound.rules import RuleTechnician


class ConnectivityForm(WordedForm):
    """The two values of connectivity."""

    threshold = Whole(
        1,
        connectivity.MOST_TRIES,
        label=_("Failed tries in a row"),
        help_text=_(
            "After so many people are told, once. A mailbox is tried again at each of its intervals all the same; "
            "a fetch that succeeds sets the count to 0. In SQL: CONSECUTIVE_RETRY_THRESHOLD."
        ),
    )
    enabled = forms.BooleanField(
        label=_("Tell by bell and e-mail"),
        required=False,
        help_text=_(
            "The bell tells the administrators, and an e-mail the technicians of the error-notification list; so it "
            "is when the mailbox is fetched again. Off: neither. In SQL: NOTIFICATION_ENABLED."
        ),
    )
    carried = ("seen",)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        now = connectivity.read()
        values = {"threshold": now.threshold, "enabled": now.enabled, "seen": connectivity.state()}
        super().__init__(data, initial=values)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def other(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show what holds for mailboxes that cannot be reached, and change it."""
    viewer.needs_everywhere("settings.mail")
    if request.method != "POST":
        return _page(request, ConnectivityForm())
    form = ConnectivityForm(request.POST)
    if form.is_valid():
        if _save(request, viewer, form):
            return HttpResponseRedirect(reverse("connectivity"))
    else:
        form.tell_carried()
    return _page(request, form, 422)


@transaction.atomic
def _save(request: HttpRequest, viewer: Viewer, form: ConnectivityForm) -> bool:
    """Save what was asked for; False: the form says why not."""
    connectivity.lock()
    if form.cleaned_data["seen"] != connectivity.state():
        words = gettext(
            "Not saved: %(who)s saved other values after you opened this page; in use now: %(now)s. "
            "What you typed stands below. To do: compare, then Save again to use yours."
        )
        who = settings_history.last_by(connectivity.MailConfig) or gettext("somebody")
        form.add_error(None, words % {"who": who, "now": connectivity.state()})
        form.renew("seen", connectivity.state())
        return False
    values = form.cleaned_data
    if connectivity.change(viewer.person, "page", values["threshold"], values["enabled"]):
        messages.success(request, gettext("Saved. It holds from the next try on."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return True


def _page(request: HttpRequest, form: ConnectivityForm, status: int = 200) -> HttpResponse:
    now = connectivity.read()
    context = {
        "form": form,
        "tabs": TABS,
        "kind": "mailconfig",
        "senseless": senseless(connectivity.PARAMETERS),
        "nobody": now.enabled and not RuleTechnician.objects.filter(rule__event=ERROR_LIST).exists(),
    }
    return render(request, "console/mail_settings/other.html", context, status=status)
