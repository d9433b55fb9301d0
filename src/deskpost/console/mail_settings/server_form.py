"""The form of an outgoing server: SMTP or SMTPS, with basic authentication or none."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import (
    Addresses,
    Line,
    Secret,
    Segments,
    SettingsForm,
    Whole,
    one_address,
    reason_field,
)
from deskpost.outbound import server_rules, server_settings
from deskpost.outbound.endpoints import split_port
from deskpost.outbound.server_scopes import Scope, server_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.host_names import is_host, is_host_and_port

MORE = ("verify_certificate", "ca_file", "allowed_from", "connections", "mails_per_minute")
_LIVE = {
    "hx-get": reverse_lazy("outgoing_port"),
    "hx-include": "[name=protocol]:checked, [name=tls]:checked, #id_port, #id_proposed",
    "hx-target": "#port-row",
    "hx-select": "#port-row",  # else the form's own holds
    "hx-swap": "outerHTML",
    "hx-sync": "#port-row:replace",
}
_BASIC = OutgoingServer.Authentication.BASIC
_NONE = OutgoingServer.Authentication.NONE


class ServerForm(SettingsForm):
    """The settings of a scope's server, new or old, under the seed page's labels."""

    acts: ClassVar[tuple[str, ...]] = ("paused", "name", "copied")

    connection = forms.ChoiceField(
        label=_("Connection protocol"),
        choices=[("smtp", "SMTP/SMTPS")],
        widget=Segments(),
        help_text=_("How Deskpost talks to the server."),
    )
    protocol = forms.ChoiceField(
        label=_("Protocol"),
        choices=[("smtp", "SMTP"), ("smtps", "SMTPS")],
        widget=Segments(live=_LIVE),
        help_text=_("SMTPS is encrypted from the first byte."),
    )
    authentication_type = forms.ChoiceField(
        label=_("Authentication type"),
        choices=[("basic", _("Basic"))],
        widget=Segments(),
        help_text=_("Microsoft 365: off by default from the end of December 2026."),
    )
    server = Line(
        written=True,
        max_length=253,
        label=_("Server name / IP address"),
        help_text=_("All mail of this scope leaves through it."),
    )
    alternate_server = Line(
        written=True,
        max_length=260,
        required=False,
        label=_("Alternate server name / IP address"),
        help_text=_("Used at once when the first cannot be reached. Same port, TLS and login; or host:port."),
    )
    sender_name = Line(
        max_length=200,
        required=False,
        label=_("Sender name"),
        help_text=_("The name people see beside the address."),
    )
    reply_to = Line(
        written=True,
        max_length=254,
        label=_("Reply to"),
        help_text=_("The From address, where replies come back."),
    )
    tls = forms.ChoiceField(
        label=_("TLS enabled"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=Segments(live=_LIVE),
        help_text=_("Yes means STARTTLS is required. SMTPS is always encrypted."),
        required=False,
    )
    port = Whole(1, 65535, label=_("Port"), required=False)
    proposed = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)
    requires_authentication = forms.BooleanField(
        label=_("Requires authentication"),
        required=False,
        help_text=_("Deskpost signs in before it sends."),
    )
    username = Line(
        written=True,
        required=False,
        max_length=320,
        label=_("User name"),
        help_text=_("As the server knows it."),
    )
    password = Secret(label=_("Password"), help_text=_("Stored encrypted and never shown again."))
    verify_certificate = forms.BooleanField(
        label=_("Check the certificate"),
        required=False,
        help_text=_("Off: anybody in between can pretend to be the server."),
    )
    ca_file = Line(
        written=True,
        required=False,
        label=_("Certificate authority file"),
        help_text=_("For a server with a CA of its own: a file in PEM form on this machine."),
    )
    allowed_from = Addresses(
        label=_("Other sender addresses"),
        required=False,
        help_text=_("By commas. A reply leaves from the one that was written to."),
    )
    connections = Whole(1, 100, label=_("Connections at once"), help_text=_("Microsoft takes three."))
    mails_per_minute = Whole(
        1, 100_000, label=_("Mails per minute"), required=False, help_text=_("Empty: no limit.")
    )
    reason = reason_field()

    def __init__(self, scope: Scope, data: QueryDict | None = None) -> None:
        self.scope = scope
        self.copied = server_settings.copied_by(scope)
        values = server_settings.values_of(scope)
        row = server_of(scope) or OutgoingServer(**scope.columns, **values)
        proposal = server_rules.proposed_port(values["protocol"], values["tls"])
        initial = {
            **values,
            "connection": "smtp",
            "authentication_type": "basic",
            "tls": "no" if values["tls"] == "none" else "yes",
            "proposed": str(proposal or ""),
            "requires_authentication": values["authentication"] == _BASIC,
        }
        super().__init__(row, data, initial)
        self.fields["port"].help_text = self.port_help

    @property
    def port_help(self) -> str:
        """Say which port is proposed for what is chosen, as a row of the form says it."""
        return port_help(self["protocol"].value(), self["tls"].value())

    @property
    def more_is_open(self) -> bool:
        """Tell whether the fold of rare settings is open: something in it is wrong."""
        return self.has_errors_in(MORE)

    def clean_server(self) -> str:
        """Take a host alone."""
        host: str = self.cleaned_data["server"].strip("[]")
        if not is_host(host):
            raise forms.ValidationError(_not_a_host(host))
        return host

    def clean_alternate_server(self) -> str:
        """Take a host, with or without its port."""
        host: str = self.cleaned_data["alternate_server"]
        if host and not is_host_and_port(host):
            raise forms.ValidationError(_not_a_host(host, port=True))
        return host

    def clean_reply_to(self) -> str:
        """Take one address."""
        return one_address(self.cleaned_data["reply_to"])

    def clean(self) -> dict[str, Any]:
        """Settle what is proposed and what is kept, and ask the rules, with their words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "protocol" in data and "port" in data:
            self._settle_port(data)
        if data.get("requires_authentication"):
            self._need_login(data)
        if not self.errors:
            self.add_refusals(server_rules.refusals(self.values))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The columns as they were typed, of a form without errors."""
        data = self.cleaned_data
        signs_in = data["requires_authentication"]
        return {
            **{name: data[name] for name in server_settings.COLUMNS if name in data},
            "tls": server_settings.tls_of(data["protocol"], data["tls"] != "no"),
            "authentication": _BASIC if signs_in else _NONE,
            "password": data["password"] or (self.password_kept if self._follows else ""),
        }

    @property
    def wanted(self) -> dict[str, Any]:
        """What is to be saved: of a new server with what is proposed for its host."""
        return server_settings.with_pace(self.values) if self.row.pk is None else self.values

    def server_typed(self) -> OutgoingServer:
        """Give a server of these values that is not saved."""
        return OutgoingServer(**self.scope.columns, **self.values)

    def _settle_port(self, data: dict[str, Any]) -> None:
        tls = server_settings.tls_of(data["protocol"], data.get("tls") != "no")
        typed, proposed = str(data["port"] or ""), data.get("proposed", "")
        port = server_settings.port_for(data["protocol"], tls, typed, proposed)
        if not typed and port == proposed:  # not emptied by a change of protocol or TLS
            self.add_error("port", self.fields["port"].error_messages["required"])
        data["port"] = int(port)

    def _need_login(self, data: dict[str, Any]) -> None:
        missing = gettext("This is needed to sign in. To do: type it, or untick Requires authentication.")
        if not data.get("username") and "username" not in self.errors:
            self.add_error("username", missing)
        if self.need_password_anew():
            return
        if not data.get("password") and not self.password_kept and "password" not in self.errors:
            self.add_error("password", missing)
        elif not self._follows:
            self.refuse_password(self.row.server)  # type: ignore[attr-defined]

    @property
    def _follows(self) -> bool:
        row, typed = self.row, self.cleaned_data
        given = row.server, split_port(row.alternate_server)[0]  # type: ignore[attr-defined]
        named = typed.get("server") or "", split_port(typed.get("alternate_server") or "")[0]
        return self.password_follows(given, named)


def port_help(protocol: str, tls: str) -> str:
    """Say which port is proposed."""
    if protocol not in ("smtp", "smtps"):
        protocol = "smtp"
    kind = server_settings.tls_of(protocol, tls != "no")
    port = server_rules.proposed_port(protocol, kind)
    words = {
        "implicit": gettext("%(port)s is proposed for SMTPS."),
        "starttls": gettext("%(port)s is proposed for SMTP with TLS."),
        "none": gettext("%(port)s is proposed for SMTP without TLS."),
    }
    return words[kind] % {"port": port}


def _not_a_host(written: str, *, port: bool = False) -> str:
    words = (
        gettext("%(one)s is not a host name or an IP address. To do: write one, with or without :port.")
        if port
        else gettext(
            "%(one)s is not a host name or an IP address. To do: write the name alone, such as smtp.company.example; "
            "the port has a field of its own."
        )
    )
    return words % {"one": written[:80]}
