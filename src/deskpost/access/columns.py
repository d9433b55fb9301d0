"""What a mailbox and an outgoing server have in common: where the mail server is, and how Deskpost signs in there."""

from urllib.parse import urlsplit

from django.db import models

from deskpost.secret_field import SecretField
from deskpost.transports.protocols import PROTOCOLS

_PORTS = {"https": 443, "http": 80}


class MailServerSettings(models.Model):
    """Columns of both. Which of them count, the table of protocols says: a server name, or the address of EWS or Graph.

    `mailbox_to_open` is the one that is opened where it is not the user's own: by EWS and Graph, and by IMAP, POP and
    SMTP with the token of a person who consented.
    """

    class Tls(models.TextChoices):
        """How the connection is encrypted. For an address: https from the first byte, or http."""

        NONE = "none"
        STARTTLS = "starttls"
        IMPLICIT = "implicit"

    class Authentication(models.TextChoices):
        """How Deskpost signs in at the server."""

        NONE = "none"
        BASIC = "basic"
        OAUTH = "oauth"

    class Grant(models.TextChoices):
        """How tokens are got: by a person's consent, or by the application on its own."""

        AUTHORIZATION_CODE = "authorization_code"
        CLIENT_CREDENTIALS = "client_credentials"

    protocol = models.TextField()  # a key of transports.protocols.PROTOCOLS
    server = models.TextField(blank=True)
    port = models.PositiveIntegerField()
    tls = models.TextField(choices=Tls.choices, default=Tls.NONE)
    verify_certificate = models.BooleanField(default=True)
    ca_file = models.TextField(default="", blank=True)
    connect_url = models.TextField(default="", blank=True)  # of EWS
    graph_endpoint = models.TextField(default="", blank=True)
    mailbox_to_open = models.TextField(default="", blank=True)
    authentication = models.TextField(choices=Authentication.choices, default=Authentication.BASIC)
    username = models.TextField(default="", blank=True)
    password = SecretField(default="", blank=True)
    client_id = models.TextField(default="", blank=True)
    client_secret = SecretField(default="", blank=True)
    client_secret_ends = models.DateField(null=True, blank=True)
    authorization_url = models.TextField(default="", blank=True)
    token_url = models.TextField(default="", blank=True)
    scope = models.TextField(default="", blank=True)
    grant = models.TextField(choices=Grant.choices, default=Grant.AUTHORIZATION_CODE)
    proxy = models.BooleanField(default=False)
    debug_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """The URL by which it is found; empty where server name and port say it."""
        return self.graph_endpoint if self.protocol == "graph" else self.connect_url

    @property
    def host(self) -> str:
        """The host that people know it by."""
        if not self.address:
            return self.server
        try:
            return urlsplit(self.address).hostname or self.address
        except ValueError:
            return self.address

    @property
    def port_reached(self) -> int:
        """The port that people know it by: of an address, the one in it."""
        try:
            split = urlsplit(self.address)
            return split.port or _PORTS.get(split.scheme.lower(), self.port)
        except ValueError:
            return self.port

    @property
    def mailbox_opened(self) -> str:
        """The mailbox that is opened there: the one named, else the user's own."""
        return self.mailbox_to_open or self.username

    @property
    def login_name(self) -> str:
        """The user that a mail server is told with a token: by IMAP, POP and SMTP that is the mailbox opened."""
        if PROTOCOLS[self.protocol].address:
            return self.username or self.mailbox_opened
        return self.mailbox_opened

    @property
    def by_consent(self) -> bool:
        """Whether a person has to consent at the provider, once, before anything can be opened."""
        return (
            self.authentication == self.Authentication.OAUTH and self.grant == self.Grant.AUTHORIZATION_CODE
        )


SECRETS = ("password", "client_secret")
"""The columns that are shown to nobody."""


def has_mailbox_to_open(protocol: str, *, by_consent: bool) -> bool:
    """Tell whether a mailbox beside the user can be named: by IMAP, POP and SMTP only where a person consents.

    There the user is the mailbox with a password, and to an application on its own.
    """
    return by_consent or bool(PROTOCOLS[protocol].address)


SIGN_IN = (
    *("protocol", "server", "connect_url", "graph_endpoint", "authentication", "username", "client_id"),
    *("authorization_url", "token_url", "scope", "grant"),
)
"""A change of one of these ends a consent: it was given for something else. A new client secret does not.

Of an application that signs in on its own a new secret ends the loss: a trigger of inbound and of outbound."""
