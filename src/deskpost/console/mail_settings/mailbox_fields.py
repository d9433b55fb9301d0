"""The fields of a mailbox's form: labels in the seed page's words, one line of help each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.mail_settings.authenticity_fields import AuthenticityFields
from deskpost.console.mail_settings.error_fields import ErrorFolderFields
from deskpost.console.mail_settings.sign_in_fields import SignInFields
from deskpost.console.mail_settings.way_fields import WayFields
from deskpost.console.saving import SavedForm
from deskpost.console.settings_form import (
    Addresses,
    Domains,
    Interval,
    Line,
    Secret,
    Segments,
    Whole,
    reason_field,
)
from deskpost.desk.installation import Instance
from deskpost.transports.protocols import INCOMING, PROTOCOLS

MAIL = tuple(key for key in ("pop", "pops", "imap", "imaps") if key in INCOMING)
CONNECTIONS = [
    (key, label)
    for key, label in (("mail", _("E-mail protocols")), ("ews", _("EWS")), ("graph", _("Microsoft Graph")))
    if key == "mail" or key in INCOMING
]
_FIRST = [("new", _("New mail only")), ("since", _("Since a date")), ("everything", _("Everything"))]
_LIVE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "#fields",
    "hx-swap": "outerHTML",
    "hx-vals": '{"act": "switch"}',
}


class _Choice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such type when it runs
    def label_from_instance(self, one: Any) -> str:
        account = getattr(one, "account", None)
        return f"{one.name} ({account.name})" if account else str(one.name)


def _choice(label: Any, help_text: Any, empty: Any) -> _Choice:
    return _Choice(
        Instance.objects.none(), label=label, help_text=help_text, required=False, empty_label=empty
    )


class MailboxFields(SignInFields, WayFields, ErrorFolderFields, AuthenticityFields, SavedForm):
    """All fields of all protocols, without what is judged of them."""

    incoming = True
    live = _LIVE
    acts = ("fetching", "source_number")
    port_proposed = forms.CharField(widget=forms.HiddenInput, required=False)

    connection = forms.ChoiceField(
        label=_("Connection protocol"),
        choices=CONNECTIONS,
        widget=Segments(live=_LIVE),
        required=False,
        help_text=_("Each shows only what it needs. Typed values stay."),
    )
    protocol = forms.ChoiceField(
        label=_("Protocol"),
        choices=[(key, PROTOCOLS[key].label) for key in MAIL],
        widget=Segments(live=_LIVE),
    )
    server = Line(
        label=_("Server name / IP address"),
        written=True,
        max_length=253,
        help_text=_("The host mail is fetched from."),
    )
    username = Line(
        label=_("User name"),
        written=True,
        help_text=_("As the server knows it, often the whole address."),
    )
    password = Secret(label=_("Password"), help_text=_("Stored encrypted and never shown again."))
    addresses = Addresses(
        label=_("E-mail address"), help_text=_("Several by commas. Never recipients of a reply.")
    )
    name = Line(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("For Deskpost alone. Empty: its first address."),
    )
    tls = forms.ChoiceField(
        label=_("TLS enabled"),
        choices=[("starttls", _("STARTTLS")), ("none", _("No"))],
        widget=Segments,
        required=False,
        help_text=_("Without TLS the password crosses the network unprotected."),
    )
    port = Whole(1, 65535, label=_("Port"))
    fetch_every = Interval(
        10,
        86400,
        _("This is no time from 10 seconds to 24 hours. To do: type a number, and choose its unit."),
        label=_("Fetch mails every"),
        help_text=_("From 10 seconds to 24 hours."),
    )
    push = forms.BooleanField(
        label=_("Fetch as soon as mail arrives"),
        required=False,
        help_text=_("The server tells of it; the interval stays too."),
    )
    new_requests_disabled = forms.BooleanField(
        label=_("Disable new request creation by email"),
        required=False,
        help_text=_("Then only senders you list create requests. Replies still join."),
    )
    allowed_addresses = Addresses(
        label=_("Allowed addresses"), required=False, help_text=_("By commas; letter case does not matter.")
    )
    allowed_domains = Domains(
        label=_("Allowed domains"),
        required=False,
        help_text=_("By commas, each exactly: no subdomains of it."),
    )

    instance = _choice(_("Instance"), _("Whose requests its mails become."), None)
    account = _choice(
        _("Account"), _("All mail that arrives here belongs to it. None: the sender decides."), _("none")
    )
    source_folder = Line(
        label=_("Source folder"),
        max_length=500,
        required=False,
        help_text=_("The folder mail is fetched from."),
    )
    first_fetch = forms.ChoiceField(
        label=_("First fetch"),
        choices=_FIRST,
        widget=Segments,
        required=False,
        help_text=_("Which of the mails that are there already become requests."),
    )
    since = forms.CharField(
        label=_("Since"),
        required=False,
        widget=forms.TextInput({"type": "date"}),
        help_text=_("Mail that came on this day or later."),
    )
    acknowledge_old = forms.BooleanField(
        label=_("Answer mails from before the first start"),
        required=False,
        help_text=_("Their senders get the receipt of a new request."),
    )
    after_imap = forms.ChoiceField(
        label=_("After fetching"),
        choices=[
            ("mark_read", _("Mark as read")),
            ("leave", _("Leave as it is")),
            ("move", _("Move to a folder")),
            ("delete", _("Delete")),
        ],
        required=False,
        help_text=_("What becomes of a mail at its server. Moved or deleted once it has its outcome."),
    )
    move_to = Line(
        label=_("Move to folder"),
        max_length=500,
        required=False,
        help_text=_("A folder of the same mailbox."),
    )
    after_pop = forms.ChoiceField(
        label=_("After fetching"),
        choices=[("leave", _("Leave at the server")), ("delete", _("Delete"))],
        required=False,
        help_text=_("What becomes of a mail at its server. Deleted once it has its outcome."),
    )
    leave_days = Whole(
        1,
        36500,
        label=_("Leave for (days)"),
        required=False,
        help_text=_("Then it is deleted there. Empty: it stays for ever."),
    )
    default_template = _choice(
        _("Template of new requests"), _("Where it is offered to the account of the request."), _("default")
    )
    default_group = _choice(_("Group of new requests"), _("What a request made here begins with."), _("none"))
    default_priority = _choice(
        _("Priority of new requests"), _("What a request made here begins with."), _("none")
    )
    default_category = _choice(
        _("Category of new requests"), _("What a request made here begins with."), _("none")
    )
    default_site = _choice(
        _("Site of new requests"),
        _("A site of the account above, also of people who write first."),
        _("none"),
    )
    max_size_mb = Whole(
        1,
        1000,
        label=_("Largest mail (megabytes)"),
        help_text=_("A larger one is not downloaded; its header is, and it becomes an error mail."),
    )
    forwards_by_technicians = forms.BooleanField(
        label=_("Who wrote a mail that a technician forwards becomes the requester"),
        required=False,
        help_text=_("By the From line of what is forwarded. Off: the technician is the requester."),
    )
    error_request = forms.BooleanField(
        label=_("Open a request for a mail that cannot be processed"),
        required=False,
        help_text=_(
            "With its raw source attached, for people to read. Off: it is an error mail and no more."
        ),
    )
    silence_hours = Whole(
        1,
        8760,
        label=_("Tell when no mail comes for (hours)"),
        required=False,
        help_text=_("A forwarding rule broken elsewhere shows no error. Empty: nobody is told."),
    )
    verify_certificate = forms.BooleanField(
        label=_("Check the certificate"),
        required=False,
        help_text=_("Off: anybody in between can pretend to be the server."),
    )
    ca_file = Line(
        label=_("Certificate authority file"),
        required=False,
        written=True,
        help_text=_("A file in PEM form on Deskpost’s machine. Empty: the issuers this machine trusts."),
    )
    reason = reason_field()
