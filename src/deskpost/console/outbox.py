"""The outbox: every mail on its way out, what became of it, and what a person can do about one of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from deskpost.console.outbox_address import Address, number_of
from deskpost.console.outbox_groups import groups_of
from deskpost.console.outbox_panel import panel_of
from deskpost.console.page import Counted, NotPermitted, Viewer, go_to, is_htmx, signed_in
from deskpost.desk.people import Person
from deskpost.desk.search import Count
from deskpost.outbound import outbox_acts, outbox_lists, server_acts
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_scopes import by_scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import PERMISSION, may_pause, visible_mails, visible_servers

_TAB_NAMES = {
    "unsent": gettext_lazy("Unsent"),
    "waiting": gettext_lazy("Waiting"),
    "sending": gettext_lazy("Sending"),
    "trying": gettext_lazy("Trying again"),
    "held": gettext_lazy("Held, lapsed"),
    "failed": gettext_lazy("Failed"),
    "cancelled": gettext_lazy("Cancelled"),
    "sent": gettext_lazy("Sent today"),
}
_CLASSES = {
    1: gettext_lazy("1, security"),
    2: gettext_lazy("2, people’s replies"),
    3: gettext_lazy("3, notices"),
    4: gettext_lazy("4, bulk"),
}


@require_safe
@signed_in
def outbox(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the outbox by state; htmx gets the counts alone."""
    viewer.needs(PERMISSION)
    return _page(request, viewer, None)


@require_safe
@signed_in
def outbox_mail(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show one outgoing mail beside the list; on a phone alone."""
    return _page(request, viewer, _mail(viewer, id))


@require_POST
@signed_in
def retry(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Try a mail at once."""
    return _act(request, viewer, id, outbox_acts.retry_now, gettext("It is tried now."))


@require_POST
@signed_in
def cancel(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Never send a mail."""
    return _act(request, viewer, id, outbox_acts.cancel, gettext("It is not sent."))


@require_POST
@signed_in
def was_sent(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Count a mail as sent of which nobody knew that."""
    return _act(request, viewer, id, outbox_acts.was_sent, gettext("It counts as sent."))


@require_POST
@signed_in
def look(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Look once more for a mail of which nobody knows whether it was sent."""
    return _act(request, viewer, id, outbox_acts.look_again, gettext("It is looked for now."))


@require_POST
@signed_in
def through(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Send a mail by another server."""
    _mail(viewer, id)
    server = visible_servers(viewer.desk).filter(pk=number_of(request.POST.get("server")) or 0).first()
    if server is None:
        raise Http404
    words = gettext("It is sent through %(server)s now.") % {"server": server.scope_name}
    return _acted(request, id, outbox_acts.send_through(id, server.pk, viewer.person), words)


@require_POST
@signed_in
def pause(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Send nothing by a server until somebody resumes it."""
    return _set_paused(request, viewer, id, True)


@require_POST
@signed_in
def resume(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Send by a server again, beginning at once."""
    return _set_paused(request, viewer, id, False)


def _mail(viewer: Viewer, id: int) -> OutboxMail:
    """Give a mail that the person manages; who only sees its request is told which permission is missing."""
    rows = OutboxMail.objects.select_related(*outbox_lists.SHOWN)
    mail = rows.filter(pk__in=visible_mails(viewer.desk).filter(pk=id)).first()
    if mail is not None:
        return mail
    if rows.filter(pk=id, record__in=viewer.desk.records).exists():
        raise NotPermitted(PERMISSION)
    raise Http404


def _act(
    request: HttpRequest, viewer: Viewer, id: int, act: Callable[[int, Person], bool], words: str
) -> HttpResponse:
    """Do something to a mail that the person manages, and say so."""
    _mail(viewer, id)
    return _acted(request, id, act(id, viewer.person), words)


def _acted(request: HttpRequest, id: int, done: bool, words: str) -> HttpResponse:
    if done:
        messages.success(request, words)
    else:
        refused = gettext(
            "Nothing was done: the mail has another state by now, or no server may carry it. Its state is below."
        )
        messages.warning(request, refused)
    return go_to(request, Address.of(request.GET).url("outbox_mail", id))


def _set_paused(request: HttpRequest, viewer: Viewer, id: int, paused: bool) -> HttpResponse:
    server = visible_servers(viewer.desk).filter(pk=id).first()
    if server is None:
        raise Http404
    if not may_pause(viewer.desk):
        raise NotPermitted("settings.mail")
    server_acts.set_paused(viewer.person, "page", server, paused)
    said = gettext("%(server)s sends again.") if not paused else gettext("%(server)s is paused.")
    messages.success(request, said % {"server": server.scope_name})
    return go_to(request, Address.of(request.GET).url())


def _page(request: HttpRequest, viewer: Viewer, mail: OutboxMail | None) -> HttpResponse:
    address = Address.of(request.GET)
    current = mail.pk if mail else None
    tabs = _tabs(viewer, address)
    if is_htmx(request):
        return render(request, "console/_outbox_tabs.html", {"tabs": tabs, "live_url": address.url()})
    today = _today()
    mails = outbox_lists.listed(viewer.desk, address.wanted, today)
    rows, behind = outbox_lists.page(mails, address.wanted.tab, address.place)
    servers = by_scope(visible_servers(viewer.desk).filter(copied=False))
    context = {
        "tabs": tabs,
        "groups": groups_of(viewer.desk, address, rows, current),
        "live_url": address.url(),
        "filters": _filters(viewer, address, servers),
        "total": Counted(Count.of(mails)),
        "first_url": address.url() if address.place else None,
        "next_url": address.url(place=behind) if behind else None,
        "panel": panel_of(viewer, mail) if mail else None,
        "acts": {
            act: address.url(f"outbox_{act}", mail.pk)
            for act in ("retry", "cancel", "through", "was_sent", "look")
        }
        if mail
        else {},
        "back_url": address.url(place=address.place),
        "may_pause": may_pause(viewer.desk),
        "may_move": viewer.desk.everywhere("settings.mail"),
        "chosen_url": address.url("outbox_decide") if address.wanted.tab == "held" else None,
        "others": servers,
        "servers": [one for one in servers if not one.paused],
        "paused": [one for one in servers if one.paused],
    }
    return render(request, "console/outbox.html", context)


def _tabs(viewer: Viewer, address: Address) -> list[dict[str, object]]:
    today = _today()
    return [
        {
            "key": key,
            "name": name,
            "url": address.url(tab=key),
            "count": Counted(
                Count.of(outbox_lists.listed(viewer.desk, replace(address.wanted, tab=key), today))
            ),
            "current": key == address.wanted.tab,
        }
        for key, name in _TAB_NAMES.items()
    ]


def _filters(viewer: Viewer, address: Address, servers: list[OutgoingServer]) -> list[dict[str, object]]:
    """Give the filters with their options, each a link."""
    one = address.wanted
    accounts = viewer.desk.accounts_with(PERMISSION).order_by("name").values_list("pk", "name")[:200]
    with_name: list[tuple[str, str, int | None, dict[int, Any]]] = [
        (gettext("Server"), "server", one.server, {server.pk: server.scope_name for server in servers}),
        (gettext("Class"), "sending_class", one.sending_class, dict(_CLASSES)),
        (gettext("Account"), "account", one.account, dict(accounts)),
    ]
    return [_filter(*each, address.url) for each in with_name]


def _filter(
    name: str, key: str, chosen: int | None, choices: dict[int, Any], url: Callable[..., str]
) -> dict[str, object]:
    anything = url(**{key: None})
    options = [{"name": gettext("any"), "url": anything, "current": chosen is None}]
    options += [
        {"name": words, "url": url(**{key: pk}), "current": pk == chosen} for pk, words in choices.items()
    ]
    value = "" if chosen is None else choices.get(chosen, gettext("unknown"))
    return {"name": name, "value": value, "clear_url": anything, "options": options}


def _today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
