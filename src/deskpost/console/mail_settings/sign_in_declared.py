"""The fields that say where a mail server is on the web and how Deskpost signs in, without what is proposed in them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import TYPED, Line, Secret, Segments, SettingsForm
from deskpost.oauth.clouds import CLOUDS

OAUTH = (
    "grant",
    "client_id",
    "client_secret",
    "client_secret_ends",
    "authorization_url",
    "token_url",
    "scope",
)
"""Fields that only OAuth needs."""
SIGN_IN = (
    "authentication",
    "connect_url",
    "allow_plain",
    "cloud",
    "graph_endpoint",
    "mailbox_to_open",
    *OAUTH,
)
"""All fields of this part; each is the column of its name, but for `allow_plain` and `cloud`."""
SHORT_CLOUDS = {
    "global": _("Global, US GCC"),
    "us_l4": _("US Government L4 (GCC High)"),
    "us_l5": _("US Government L5 (DoD)"),
    "germany": _("Germany (closed in 2021)"),
    "china": _("China, 21Vianet"),
}
"""What the clouds are called where there is little room."""
_MONO: dict[str, Any] = {**TYPED, "class": "mono"}
_NO_DATE = _("This is no date. To do: write one such as 2028-11-24.")


def _url(label: Any, help_text: Any = "") -> Line:
    return Line(label=label, help_text=help_text, required=False, widget=forms.TextInput(_MONO))


class SignInDeclared(SettingsForm):
    """The fields, under the labels of the seed page."""

    proposed_for = forms.CharField(widget=forms.HiddenInput, required=False)
    cloud_proposed = forms.CharField(widget=forms.HiddenInput, required=False)
    filled_in = forms.CharField(
        widget=forms.HiddenInput, required=False
    )  # what was proposed, as JSON by field

    authentication = forms.ChoiceField(
        label=_("Authentication type"),
        choices=[("basic", _("Basic")), ("oauth", _("OAuth"))],
        widget=Segments(),
        required=False,
        help_text=_("User name and password."),
    )
    connect_url = _url(_("Connect URL"), _("For example https://mail.company.example/EWS/Exchange.asmx."))
    allow_plain = forms.BooleanField(
        label=_("Allow a connection without TLS"),
        required=False,
        help_text=_("Then the URL may begin with http. All that is said crosses the network unprotected."),
    )
    cloud = forms.ChoiceField(
        label=_("National cloud"),
        choices=[(one.key, SHORT_CLOUDS[one.key]) for one in CLOUDS],
        required=False,
    )
    graph_endpoint = _url(_("Graph endpoint"), _("Filled by the cloud."))
    mailbox_to_open = Line(
        label=_("Mailbox to open"),
        written=True,
        required=False,
        max_length=320,
        help_text=_("Its own when empty, or a shared one it may use."),
    )
    grant = forms.ChoiceField(
        label=_("Sign in as"),
        choices=[
            ("authorization_code", _("A person")),
            ("client_credentials", _("The application")),
        ],
        widget=Segments(),
        required=False,
        help_text=_("A person consents once, an application never."),
    )
    client_id = Line(
        label=_("Client ID"),
        help_text=_("From the provider’s page of the application."),
        required=False,
        max_length=500,
        widget=forms.TextInput(_MONO),
    )
    client_secret = Secret(
        label=_("Client secret"), help_text=_("Its value, not its ID. The date brings a warning.")
    )
    client_secret_ends = forms.DateField(
        label=_("Client secret ends on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _NO_DATE},
    )
    authorization_url = _url(_("Authorization URL"))
    token_url = _url(_("Token URL"))
    scope = _url(_("Scope"))
