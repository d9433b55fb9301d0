"""A whole queue is sent through another server: which, how many mails that are, and then what became of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from deskpost.console.outbox_address import Address, number_of
from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.outbound import outbox_queues
from deskpost.outbound.outbox_lists import Wanted
from deskpost.outbound.outbox_queues import Moved
from deskpost.outbound.server_scopes import by_scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import PERMISSION

_LIST = Address(Wanted())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outbox_queue(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Choose two servers, then see what would leave by the other one; POST does it."""
    viewer.needs_everywhere("settings.mail")
    values = request.POST if request.method == "POST" else request.GET
    servers = by_scope(OutgoingServer.objects.filter(copied=False))
    by_id = {one.pk: one for one in servers}
    source = by_id.get(number_of(values.get("source")) or 0)
    target = by_id.get(number_of(values.get("target")) or 0)
    if request.method == "POST" and source and target and source is not target:
        moved = outbox_queues.move(source, target, viewer.person)
        if moved is not None:
            _tell(request, source, target, moved)
            return go_to(request, _back(viewer, target))
    asked = "source" in values or "target" in values
    queue = outbox_queues.look(source, target) if source and target and source is not target else None
    context = {
        "servers": servers,
        "source": source or _paused(servers),
        "target": target,
        "queue": queue,
        "movable": Counted(queue.movable) if queue else None,
        "of_others": Counted(queue.of_others) if queue else None,
        "undecided": Counted(queue.undecided) if queue else None,
        "in_flight": Counted(queue.in_flight) if queue else None,
        "wrong": _wrong(source, target) if asked and queue is None else "",
        "back_url": _back(viewer),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/outbox_queue.html", context, status=status)


def _back(viewer: Viewer, target: OutgoingServer | None = None) -> str:
    """Give where to go from here: to the outbox, which not everybody who sets up mail may see."""
    if not viewer.desk.may(PERMISSION):
        return reverse("outgoing")
    return _LIST.url(server=target.pk if target else None)


def _paused(servers: list[OutgoingServer]) -> OutgoingServer | None:
    """Give the server that somebody paused: its queue is likely meant."""
    return next((one for one in servers if one.paused), None)


def _wrong(source: OutgoingServer | None, target: OutgoingServer | None) -> str:
    if source is not None and source is target:
        return gettext("Both are the same server. To do: choose another one to send by.")
    return gettext("A server is missing. To do: choose whose mails are to be sent, and by which server.")


def _tell(request: HttpRequest, source: OutgoingServer, target: OutgoingServer, moved: Moved) -> None:
    went = ngettext(
        "%(n)d mail of %(source)s is sent through %(target)s now.",
        "%(n)d mails of %(source)s are sent through %(target)s now.",
        moved.moved,
    )
    names = {"source": source.scope_name, "target": target.scope_name}
    (messages.success if moved.moved else messages.info)(request, went % {"n": moved.moved, **names})
    others, flying = Counted(moved.stays.of_others), Counted(moved.stays.in_flight)
    undecided = Counted(moved.stays.undecided)
    if others.at_least:
        words = ngettext(
            "%(n)s mail stays at %(source)s: it is of another account than %(target)s.",
            "%(n)s mails stay at %(source)s: they are of other accounts than %(target)s.",
            others.at_least,
        )
        messages.warning(request, words % {"n": others, **names})
    if undecided.at_least:
        words = ngettext(
            "%(n)s mail may have been sent already and stays at %(source)s, whose mailbox is asked first.",
            "%(n)s mails may have been sent already and stay at %(source)s, whose mailbox is asked first.",
            undecided.at_least,
        )
        messages.warning(request, words % {"n": undecided, **names})
    if flying.at_least:
        words = ngettext(
            "%(n)s mail was being sent and stays at %(source)s.",
            "%(n)s mails were being sent and stay at %(source)s.",
            flying.at_least,
        )
        messages.info(request, words % {"n": flying, **names})
