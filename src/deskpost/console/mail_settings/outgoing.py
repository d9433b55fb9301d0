"""Outgoing: which server each account's mail leaves by, the servers by scope, and the settings of the open one."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.mail_settings import TABS, link_state, server_saving, server_words
from deskpost.console.mail_settings.connection import connect_context, host_trouble
from deskpost.console.mail_settings.server_form import ServerForm, port_help
from deskpost.console.mail_settings.sign_in_fields import NARROW, posted
from deskpost.console.mail_settings.way_fields import debug_context
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.outbound import server_rules, server_scopes, server_settings
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import microsoft

MOST_OFFERED = 200  # accounts in the menu of "+"; the selector has them all


@require_safe
@signed_in
def outgoing(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the IT Help Desk's server, or go to that of the account that was selected."""
    viewer.needs_everywhere("settings.mail")
    asked = request.GET.get("account", "")
    if asked:
        return HttpResponseRedirect(reverse("outgoing_server", args=[scope_asked(f"account-{asked}").key]))
    first = server_scopes.help_desk()
    if first is None:
        raise Http404
    return page(request, viewer, first, ServerForm(first))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outgoing_server(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Show the settings of a scope's server, and save them."""
    viewer.needs_everywhere("settings.mail")
    asked = scope_asked(scope)
    if request.method != "POST":
        return page(request, viewer, asked, ServerForm(asked), fresh="new" in request.GET)
    form = ServerForm(asked, _posted(request.POST))
    if form.data.get("act") == "switch":
        form.unjudged()
        if "to_oauth" in request.POST:
            form.fields["client_id"].widget.attrs["autofocus"] = ""
        if request.headers.get("HX-Target") == NARROW["hx-target"].removeprefix("#"):
            form.keep_typed()
        return page(request, viewer, asked, form)
    if form.is_valid() and _save(request, viewer, form):
        return go_to(request, reverse("outgoing_server", args=[asked.key]))
    return page(request, viewer, asked, form, status=422)


@require_safe
@signed_in
def outgoing_port(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the row of the port again, for another protocol or TLS; a typed port is kept."""
    viewer.needs_everywhere("settings.mail")
    protocol = request.GET.get("protocol", "")
    tls = server_settings.tls_of(protocol if protocol == "smtps" else "smtp", request.GET.get("tls") != "no")
    protocol = "smtps" if tls == "implicit" else "smtp"
    port = server_settings.port_for(
        protocol, tls, request.GET.get("port", "")[:20], request.GET.get("proposed", "")[:5]
    )
    form = ServerForm(Scope("directory", None, ""))
    form.initial = {"port": port, "proposed": server_rules.proposed_port(protocol, tls)}
    form.fields["port"].help_text = port_help(protocol, "no" if tls == "none" else "yes")
    return render(request, "console/mail_settings/_port_row.html", {"form": form})


def scope_asked(key: str) -> Scope:
    """Give the scope that an address names. Raises Http404."""
    scope = server_scopes.scope_named(key)
    if scope is None:
        raise Http404
    return scope


def server_asked(key: str) -> tuple[Scope, OutgoingServer]:
    """Give the scope that an address names, and its own server. Raises Http404 while it has none."""
    scope = scope_asked(key)
    server = server_scopes.server_of(scope)
    if server is None:
        raise Http404
    return scope, server


def page(
    request: HttpRequest,
    viewer: Viewer,
    scope: Scope,
    form: ServerForm,
    *,
    status: int = 200,
    fresh: bool = False,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the page with a scope's form. `more`: what a try led to. `fresh`: the form of a server to be."""
    server = form.row if form.row.pk else None
    used = server_scopes.used_by(scope) if scope.kind == "account" else None
    borrows = server is None and scope.kind == "account" and not (fresh or form.is_bound)
    without, total = server_scopes.accounts_without_server()
    saved = form.last_saved()
    context = {
        "tabs": TABS,
        "tab": "outgoing",
        "kind": server_settings.KIND,
        "accounts": Account.objects.filter(deleted_at=None).order_by("name").values_list("pk", "name"),
        "scope": scope,
        "used": used,
        "without": without,
        "total": total,
        "first": server_scopes.help_desk(),
        "rows": server_words.rows(scope),
        "free": list(server_scopes.without_server(MOST_OFFERED)),
        "banners": server_words.banners(scope, server),  # type: ignore[arg-type]
        "advice": server_words.advice(scope, server),  # type: ignore[arg-type]
        "form": form,
        "server": server,
        "borrows": borrows,
        "saved": saved,
        "ending": microsoft.basic_ending(form.row.server),  # type: ignore[attr-defined]
        "warnings": list(server_rules.warnings(server_settings.values_of(scope))) if server else [],
        "to": request.POST.get("to") or request.POST.get("to_plain") or own_address(viewer),
        **connect_context(request, form.row),  # type: ignore[arg-type]
        "consent_link": link_state.of(server),  # type: ignore[arg-type]
        **debug_context(form.row, reverse("outgoing_debug", args=[scope.key])),  # type: ignore[arg-type]
        **(more or {}),
    }
    return render(request, "console/mail_settings/outgoing.html", context, status=status)


def _save(request: HttpRequest, viewer: Viewer, form: ServerForm) -> bool:
    """Save; False: the form says why not."""
    removed = gettext(
        "Not saved: this server was removed after you opened this page. What you typed stands below. "
        "To do: Save again to make it anew; the password has to be typed again."
    )
    with settings.reasoned(form.cleaned_data["reason"]):
        saved = server_saving.save(viewer, form, removed)
    if saved is None:
        return False
    if saved.was_on_alternate:
        messages.success(request, gettext("Saved. Mail leaves by the primary server again."))
    elif saved.changed:
        messages.success(request, gettext("Saved. The next mail leaves by these settings."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    if saved.server.by_consent and (trouble := host_trouble(request)):
        messages.warning(request, trouble)
    return True


def _posted(data: QueryDict) -> QueryDict:
    """Give what was posted; the button Change to SMTP chooses that protocol, and shows its fields."""
    if "to_smtp" not in data:
        return posted(data)
    changed = data.copy()
    changed["connection"], changed["act"] = "smtp", "switch"
    return changed


def own_address(viewer: Viewer) -> str:
    """Give the address that a person gets a sample mail at, empty where none is known."""
    primary = viewer.person.addresses.filter(primary=True).values_list("address", flat=True).first()
    return primary or viewer.person.sign_in_name or ""
