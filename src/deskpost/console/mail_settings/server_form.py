"""The form of an outgoing server: SMTP, EWS or Graph; without a login, by a password, or by OAuth."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.access.columns import SECRETS
from deskpost.console.mail_settings.graph_fields import OF_GRAPH, GraphFields, columns_of_graph
from deskpost.console.mail_settings.overflow_fields import OVERFLOW, OverflowFields, columns_of_overflow
from deskpost.console.mail_settings.sign_in_fields import SignInFields
from deskpost.console.mail_settings.way_fields import WayFields, columns_of_way, way_of
from deskpost.console.settings_form import Addresses, Line, Secret, Segments, Whole, one_address, reason_field
from deskpost.oauth.clouds import host_of
from deskpost.outbound import overflow, server_rules, server_settings
from deskpost.outbound.endpoints import split_port
from deskpost.outbound.server_scopes import Scope, server_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.host_names import is_host, is_host_and_port
from deskpost.transports.protocols import OUTGOING, PROTOCOLS

MORE = (
    *("verify_certificate", "ca_file", "allowed_from", "connections", "mails_per_minute"),
    *(*OF_GRAPH, *OVERFLOW),
)
CONNECTIONS = [
    ("smtp", "SMTP/SMTPS"),
    *((key, PROTOCOLS[key].label) for key in OUTGOING if PROTOCOLS[key].address),
]
_OF_PORT = {
    "hx-get": reverse_lazy("outgoing_port"),
    "hx-include": "[name=protocol]:checked, [name=tls]:checked, #id_port, #id_proposed",
    "hx-target": "#port-row",
    "hx-select": "#port-row",  # else the form's own holds
    "hx-swap": "outerHTML",
    "hx-sync": "#port-row:replace",
}
_SWITCH = {
    "hx-trigger": "change",
    "hx-target": "#server-fields",
    "hx-select": "#server-fields",
    "hx-swap": "outerHTML",
    "hx-vals": '{"act": "switch"}',
}
_CONNECTION_HELP = {
    "ews": _("Exchange Server, also your own."),
    "graph": _("OAuth only, four mails at a time."),
}
_OF_SMTP = ("protocol", "server", "alternate_server", "tls", "port", "requires_authentication")
_BASIC, _NONE = OutgoingServer.Authentication.BASIC, OutgoingServer.Authentication.NONE


class ServerForm(SignInFields, WayFields, OverflowFields, GraphFields):
    """The settings of a scope's server, new or old, under the seed page's labels.

    Fields that the choice does not need rest unseen, with what was typed.
    """

    acts: ClassVar[tuple[str, ...]] = ("paused", "name", "copied")
    incoming = False

    connection = forms.ChoiceField(
        label=_("Connection protocol"),
        choices=CONNECTIONS,
        widget=Segments(),
        required=False,
        help_text=_("How Deskpost talks to the server."),
    )
    protocol = forms.ChoiceField(
        label=_("Protocol"),
        choices=[("smtp", "SMTP"), ("smtps", "SMTPS")],
        widget=Segments(live=_OF_PORT),
        help_text=_("SMTPS is encrypted from the first byte."),
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
        widget=Segments(live=_OF_PORT),
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
    connections = Whole(
        1, 100, label=_("Connections at once"), help_text=_("Microsoft 365 takes three by SMTP.")
    )
    mails_per_minute = Whole(
        1, 100_000, label=_("Mails per minute"), required=False, help_text=_("Empty: no limit.")
    )
    reason = reason_field()

    def __init__(self, scope: Scope, data: QueryDict | None = None) -> None:
        self.of = scope
        self.live = {**_SWITCH, "hx-post": reverse("outgoing_server", args=[scope.key])}
        self.copied = server_settings.copied_by(scope)
        values = server_settings.values_of(scope)
        row = server_of(scope) or OutgoingServer(**scope.columns, **values)
        super().__init__(row, data, _initial(row, values))
        self.fields["connection"].widget.live = self.live
        if words := _CONNECTION_HELP.get(self.protocol_chosen):
            self.fields["connection"].help_text = words
        self.fields["port"].help_text = self.port_help
        self.fields["mailbox_to_open"].help_text = (
            _("Empty: that of the address. Else a shared one it may send as.")
            if self.protocol_chosen == "graph"
            else _("Empty: the user’s own. Else a shared one it may send as.")
        )
        if self.signs_in_by == "oauth" and self.sign_in_shown["mailbox_to_open"]:
            self.fields["username"].help_text = _("The account that signs in.")
        self.fields["overflow_to"].queryset = overflow.takers().exclude(pk=row.pk)  # type: ignore[attr-defined]
        if self.protocol_chosen == "graph":
            self.fields["client_id"].help_text = _("Not the one mail is fetched with.")
            self.fields["reply_to"].help_text = _("The From address of all mail.")
            self.fields["connections"].help_text = _(
                "Microsoft allows four at a time, all processes together."
            )

    @property
    def protocol_chosen(self) -> str:
        """The protocol whose fields are shown."""
        connection, asked = self._now("connection"), self._now("protocol")
        if any(connection == key for key, _ in CONNECTIONS[1:]):
            return connection
        return asked if asked in ("smtp", "smtps") else "smtp"

    @property
    def unseen(self) -> tuple[str, ...]:
        """Fields that the choice does not need; what was typed there is kept, and not judged."""
        names = [*self.sign_in_unseen]
        if PROTOCOLS[self.protocol_chosen].address:
            names += _OF_SMTP
        elif self.signs_in_by == "oauth":
            names.append("requires_authentication")
        if self.protocol_chosen == "graph":
            names += ["username", "sender_name"]
        else:
            names += (*OF_GRAPH, *OVERFLOW)
        return tuple(names)

    @property
    def shown(self) -> dict[str, bool]:
        """Which fields are shown, by name."""
        unseen = self.unseen
        return {name: name not in unseen for name in self.fields}

    @property
    def resting(self) -> list[forms.BoundField]:
        """The fields that are not shown."""
        return [self[name] for name in self.unseen]

    def unjudged(self) -> None:
        """Say nothing of what is wrong: the form is shown again only because something else was asked."""
        self._errors = forms.utils.ErrorDict()

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
        data = super().clean()
        for name in self.unseen:
            self.errors.pop(name, None)
        if self.shown["port"] and "protocol" in data and "port" in data:
            self._settle_port(data)
        if self._signs_in and self.shown["password"]:
            self._need_login(data)
        if not self.errors:
            said = server_rules.refusals({**self.values, "id": self.row.pk})
            no_basic = self.basic_refused
            self.add_refusals(
                (
                    "authentication" if words == no_basic else "connection" if name == "protocol" else name,
                    words,
                )
                for name, words in said
            )
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The columns as they were typed, of a form without errors."""
        data, protocol = self.cleaned_data, PROTOCOLS[self.protocol_chosen]
        same = {name: data[name] for name in server_settings.COLUMNS if name in data}
        columns: dict[str, Any] = {
            "protocol": protocol.key,
            "tls": server_settings.tls_of(protocol.key, data.get("tls") != "no"),
            **{name: "" for name in ("alternate_server",) if protocol.address},
            **({"username": "", "sender_name": ""} if protocol.key == "graph" else {}),
            **self.sign_in_wanted,
            **columns_of_way(data, self.row),  # type: ignore[arg-type]
            **columns_of_overflow(data, protocol.key),
            **columns_of_graph(data, protocol.key),
        }
        if not self._signs_in:
            columns |= {"authentication": _NONE}
        if self.shown["password"]:
            columns["password"] = data["password"] or (self.password_kept if self._follows else "")
        return {**same, **columns}

    @property
    def wanted(self) -> dict[str, Any]:
        """What is to be saved, with what is proposed for a host that is new."""
        return server_settings.with_pace(self.values, self.row)  # type: ignore[arg-type]

    def server_typed(self) -> OutgoingServer:
        """Give a server of these values that is not saved."""
        return OutgoingServer(**self.of.columns, **self.values)

    @property
    def _signs_in(self) -> bool:
        """Whether there is a login at all: only SMTP by password may be without."""
        return not self.shown["requires_authentication"] or bool(self.cleaned_data["requires_authentication"])

    def _settle_port(self, data: dict[str, Any]) -> None:
        tls = server_settings.tls_of(data["protocol"], data.get("tls") != "no")
        typed, proposed = str(data["port"] or ""), data.get("proposed", "")
        port = server_settings.port_for(data["protocol"], tls, typed, proposed)
        if not typed and port == proposed:  # not emptied by a change of protocol or TLS
            self.add_error("port", self.fields["port"].error_messages["required"])
        data["port"] = int(port)

    def _need_login(self, data: dict[str, Any]) -> None:
        missing = gettext("This is needed to sign in. To do: type it, or untick Requires authentication.")
        if not self.shown["requires_authentication"]:
            missing = gettext("This is needed to sign in. To do: type it.")
        if not data.get("username") and "username" not in self.errors:
            self.add_error("username", missing)
        if self.need_anew():
            return
        if not data.get("password") and not self.password_kept and "password" not in self.errors:
            self.add_error("password", missing)
        elif not self._follows:
            self.refuse(self.row.host)  # type: ignore[attr-defined]

    @property
    def _follows(self) -> bool:
        row, typed = self.row, self.cleaned_data
        column = PROTOCOLS[self.protocol_chosen].address
        given = row.host, split_port(row.alternate_server)[0]  # type: ignore[attr-defined]
        if column:
            return self.follows(given, [host_of(typed.get(column) or "")])
        named = typed.get("server") or "", split_port(typed.get("alternate_server") or "")[0]
        return self.follows(given, named)


def _initial(row: OutgoingServer, values: dict[str, Any]) -> dict[str, Any]:
    """Give what the fields hold at first."""
    address = bool(PROTOCOLS[values["protocol"]].address)
    kind = "smtp" if address else values["protocol"]
    tls = "starttls" if address else values["tls"]
    proposal = server_rules.proposed_port(kind, tls)
    return {
        **{name: value for name, value in values.items() if name not in SECRETS},
        "connection": values["protocol"] if address else "smtp",
        "protocol": kind,
        "authentication": "oauth" if values["authentication"] == "oauth" else "basic",
        "tls": "no" if tls == "none" else "yes",
        "port": proposal if address else values["port"],
        "overflow_after_s": values["overflow_after_s"] or overflow.PROPOSED_LIMIT,
        "proposed": str(proposal or ""),
        "requires_authentication": values["authentication"] == _BASIC,
        **way_of(row),
    }


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
