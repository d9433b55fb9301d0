"""What a person decides of several held or lapsed mails, or of all that a list shows: asked with the count first."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from deskpost.console.outbox_address import Address, number_of
from deskpost.console.outbox_asked import asked
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.outbound import outbox_acts, outbox_lists
from deskpost.outbound.outbox import OutboxAct, OutboxMail
from deskpost.outbound.visible import PERMISSION, visible_mails, visible_servers

State = OutboxMail.State
_STATES = (State.HELD, State.LAPSED)
_ACTS = {
    "send": OutboxAct.Kind.RETRIED,
    "cancel": OutboxAct.Kind.CANCELLED,
    "was_sent": OutboxAct.Kind.WAS_SENT,
}
_MOST_CHOSEN = 100  # more than a page shows


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outbox_decide(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask before something is done to all of a list; do it, or to the mails that were chosen one by one."""
    viewer.needs(PERMISSION)
    if request.method == "POST":
        return _decide(request, viewer)
    address = Address.of(request.GET)
    act, state = request.GET.get("act", ""), request.GET.get("state", "")
    if act not in _ACTS or state not in _STATES or (act == "was_sent" and state == State.LAPSED):
        raise Http404
    mails = outbox_lists.in_state(viewer.desk, address.wanted, state)
    context = {
        "asked": asked(act, state, mails),
        "state": state,
        "address": address,
        "url": address.url("outbox_decide", tab="held"),
        "back_url": address.url(tab="held"),
    }
    return render(request, "console/outbox_decide.html", context)


def _decide(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    address = Address.of(request.GET)
    back = address.url(tab="held")
    act, state = request.POST.get("act", ""), request.POST.get("state", "")
    newest, through = number_of(request.POST.get("newest")), number_of(request.POST.get("through"))
    chosen = [number_of(one) or 0 for one in request.POST.getlist("mail")[:_MOST_CHOSEN]]
    if state in _STATES and newest:
        mails = outbox_lists.in_state(viewer.desk, address.wanted, state).filter(pk__lte=newest)
    else:
        mails = visible_mails(viewer.desk).filter(pk__in=chosen, state__in=_STATES)
    if through and chosen:
        done = _through(viewer, chosen, through)
    elif act in _ACTS and (newest or chosen):
        done = outbox_acts.do(_ACTS[act], mails, viewer.person)
    else:
        messages.warning(
            request, gettext("Nothing was done. To do: choose mails, then what becomes of them.")
        )
        return go_to(request, back)
    _tell(request, "send" if through else act, done, len(chosen))
    return go_to(request, back)


def _through(viewer: Viewer, chosen: list[int], server_id: int) -> int:
    server = visible_servers(viewer.desk).filter(pk=server_id).first()
    if server is None:
        raise Http404
    seen = visible_mails(viewer.desk).filter(pk__in=chosen, state__in=_STATES).order_by("pk")
    ids = list(seen.values_list("pk", flat=True))
    return sum(outbox_acts.send_through(one, server.pk, viewer.person) for one in ids)


def _tell(request: HttpRequest, act: str, done: int, chosen: int) -> None:
    if not done:
        refused = gettext(
            "Nothing was done: the mails have another state by now, or no server may carry them. "
            "To do: open one to see why."
        )
        messages.warning(request, refused)
        return
    words = {
        "send": ngettext("%(n)d mail is sent now.", "%(n)d mails are sent now.", done),
        "cancel": ngettext("%(n)d mail is never sent.", "%(n)d mails are never sent.", done),
        "was_sent": ngettext("%(n)d mail counts as sent.", "%(n)d mails count as sent.", done),
    }
    messages.success(request, words[act] % {"n": done})
    if chosen > done:
        left = ngettext(
            "%(n)d of the chosen mails stays as it is: its state is another, or no server may carry it.",
            "%(n)d of the chosen mails stay as they are: their state is another, or no server may carry them.",
            chosen - done,
        )
        messages.warning(request, left % {"n": chosen - done})
