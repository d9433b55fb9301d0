"""Proxy: what mail servers are reached through where their settings say so; tried before it is saved, if one likes."""

import time
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from deskpost.access import proxy as access_proxy
from deskpost.access.proxy import ProxySettings
from deskpost.console.page import Viewer, signed_in
from deskpost.console.settings_form import Line, Secret, Segments, SettingsForm, Whole, reason_field
from deskpost.console.troubleshooting import entry_of
from deskpost.desk import settings
from deskpost.desk.installation import private_networks_allowed
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.proxy_users import users
from deskpost.transports.errors import TransportError
from deskpost.transports.host_names import is_host, place_of
from deskpost.transports.proxy import through

_COLUMNS = ("kind", "host", "port", "username")
_PATIENCE = 10.0  # seconds for a test
_PORTS = {"http": "3128", "socks5": "1080"}
_SHOWN_USERS = 5


class ProxyForm(SettingsForm):
    """The proxy, and where a test is to lead."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("http", _("HTTP CONNECT")), ("socks5", _("SOCKS5"))],
        widget=Segments(),
        help_text=_("What squid and most company proxies speak is HTTP CONNECT."),
    )
    host = Line(
        label=_("Host"), written=True, max_length=253, help_text=_("Name or IP address of the proxy.")
    )
    port = Whole(1, 65535, label=_("Port"), help_text=_("Often 3128 or 8080; for SOCKS5 1080."))
    username = Line(
        label=_("User name"),
        written=True,
        required=False,
        max_length=255,
        help_text=_("Empty where the proxy asks for none."),
    )
    password = Secret(label=_("Password"), help_text=_("Stored encrypted and never shown again."))
    reason = reason_field()
    test_host = Line(
        label=_("Server to reach"),
        written=True,
        required=False,
        max_length=253,
        help_text=_("One that mail is fetched from or sent by."),
    )
    test_port = Whole(1, 65535, label=_("Its port"), required=False, help_text=_("Such as 993, 587 or 443."))

    def __init__(self, row: ProxySettings, data: QueryDict | None = None) -> None:
        first = Mailbox.objects.order_by("-proxy", "name").first()
        values = {name: getattr(row, name) for name in _COLUMNS}
        test = {"test_host": first.host if first else "", "test_port": first.port_reached if first else 993}
        super().__init__(row, data, {**values, **test})

    def clean_host(self) -> str:
        """Refuse what names no host."""
        return _host(self.cleaned_data["host"])

    def clean_test_host(self) -> str:
        """Refuse what names no host; empty is fine until something is tried."""
        host: str = self.cleaned_data["test_host"]
        return _host(host) if host else ""

    def clean(self) -> dict[str, Any]:
        """Let the stored password go to no other proxy, and none be kept without a user name."""
        values = self.cleaned_data
        given = getattr(self.row, "host", "")
        signs_in = bool(values.get("username")) and not self.need_anew()
        if signs_in and not self.follows([given], [values.get("host", "")]):
            self.refuse(given)
        return values

    def need_target(self) -> None:
        """Say what a test needs beside the proxy itself."""
        for name in ("test_host", "test_port"):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, gettext("This is empty. To do: fill it in."))

    @property
    def columns(self) -> dict[str, Any]:
        """Every column that the form sets."""
        values = {name: self.cleaned_data[name] for name in _COLUMNS}
        password = self.cleaned_data["password"] or self.password_kept
        return {**values, "password": password if values["username"] else ""}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def proxy(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the proxy; save, try or remove it."""
    viewer.needs_everywhere("settings.mail")
    row = access_proxy.settings() or ProxySettings(host="", port=3128)
    if request.method != "POST":
        return _page(request, ProxyForm(row if not row._state.adding else _new(row)))
    act = request.POST.get("act", "save")
    if act == "remove":
        return _remove(request, viewer)
    form = ProxyForm(_new(row) if row._state.adding else row, request.POST)
    fits = form.is_valid()
    if act == "test":
        return _tested(request, form)
    if fits and _save(request, viewer, form):
        return HttpResponseRedirect(reverse("proxy"))
    return _page(request, form, status=422)


def _new(row: ProxySettings) -> ProxySettings:
    row.pk = None  # there is one row, and its number says nothing of whether it is saved
    return row


def _save(request: HttpRequest, viewer: Viewer, form: ProxyForm) -> bool:
    """Save what was asked for; False: the form says why not."""
    with settings.reasoned(form.cleaned_data["reason"]):
        try:
            with transaction.atomic():
                row = ProxySettings.objects.select_for_update().first()
                form.row = row or form.row
                if form.saved_meanwhile():
                    return False
                changed = settings.change(viewer.person, "page", row or ProxySettings(), form.columns)
        except IntegrityError:  # somebody else made the first one in this very moment
            form.row = ProxySettings.objects.get()
            form.saved_meanwhile()
            return False
    if changed:
        messages.success(request, gettext("Saved. It holds from the next connection on."))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return True


def _remove(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    using = users()
    row = access_proxy.settings()
    if using:
        words = gettext("Not removed: %(names)s use it. To do: untick Enable proxy server there first.")
        messages.warning(request, words % {"names": _some(using)})
    elif row is not None:
        settings.remove(viewer.person, "page", row)
        messages.success(request, gettext("The proxy is removed. Everything goes straight."))
    return HttpResponseRedirect(reverse("proxy"))


def _tested(request: HttpRequest, form: ProxyForm) -> HttpResponse:
    """Go through the proxy of the form to a host, and say what came of it."""
    form.need_target()
    if form.errors:
        return _page(request, form, status=422)
    values = form.cleaned_data
    target = place_of(values["test_host"], values["test_port"])
    asked = access_proxy.proxy_of(ProxySettings(**form.columns))
    began = time.perf_counter()
    try:
        through(
            asked,
            values["test_host"],
            values["test_port"],
            _PATIENCE,
            allow_private=private_networks_allowed(),
        ).close()
    except TransportError as error:
        what, _, to_do = error.words.partition(" To do: ")
        told = {"tone": "bad", "title": what, "text": gettext("To do: %(what)s") % {"what": to_do}}
        return _page(request, form, {**told, "url": entry_of(error.words), "act": gettext("More of this")})
    words = gettext("The proxy leads to %(target)s, after %(seconds)s s")
    seconds = f"{time.perf_counter() - began:.1f}"
    told = {"tone": "ok", "title": words % {"target": target, "seconds": seconds}, "text": ""}
    return _page(request, form, told)


def _page(
    request: HttpRequest, form: ProxyForm, tested: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    using = users()
    saved = form.row.pk is not None
    context = {
        "form": form,
        "tested": tested,
        "saved": saved,
        "using": _some(using) if using else "",
        "nowhere": bool(using) and not saved,
    }
    return render(request, "console/proxy.html", context, status=status)


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN_USERS
    shown = ", ".join(names[:_SHOWN_USERS])
    return gettext("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


def _host(written: str) -> str:
    if not is_host(written):
        words = gettext(
            "%(host)s is not a host name or an IP address. To do: write the name alone, without a protocol before it; "
            "the port has a field of its own."
        )
        raise forms.ValidationError(words % {"host": written[:80]})
    return written.removeprefix("[").removesuffix("]")


def words_of_proxy() -> str:
    """Say for All settings what is set."""
    row = access_proxy.settings()
    if row is None:
        return gettext("None: every server is reached straight")
    kind = dict(ProxyForm.base_fields["kind"].choices)[row.kind]  # type: ignore[attr-defined]
    return f"{kind}, {place_of(row.host, row.port)}"
