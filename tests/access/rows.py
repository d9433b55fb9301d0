"""Mailboxes and outgoing servers that sign in at the simulated provider of tests/oauth/world.py."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from deskpost.access import consents
from deskpost.access.columns import MailServerSettings
from deskpost.desk.installation import Installation, Instance
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox
from deskpost.oauth.grant import Tokens
from deskpost.outbound.servers import OutgoingServer
from tests.inbound import builders
from tests.oauth.world import CLIENT, DESK, SECRET, World

PUBLIC = "https://desk.example"  # what World registers begins with it
IMAP = "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
SMTP = "https://outlook.office365.com/SMTP.Send, offline_access"


def settings_of(there: World, **settings: Any) -> dict[str, Any]:
    """Give the columns of a sign-in by OAuth, at a mail server of Microsoft's unless told."""
    Installation.objects.update(public_url=PUBLIC)
    return {
        "server": "outlook.office365.com",
        "authentication": "oauth",
        "username": DESK,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "authorization_url": there.application.authorization_url,
        "token_url": there.application.token_url,
        "ca_file": there.application.server.ca_file,
        **settings,
    }


def mailbox(there: World, **settings: Any) -> Mailbox:
    """Make a mailbox by IMAPS, which is being fetched unless told."""
    values = {"protocol": "imaps", "port": 993, "tls": "implicit", "scope": IMAP, "password": "", **settings}
    return builders.mailbox(**settings_of(there, **values))


def server(there: World, **settings: Any) -> OutgoingServer:
    """Make the IT Help Desk's outgoing server, by SMTP."""
    values = {
        **{"protocol": "smtp", "port": 587, "tls": "starttls", "scope": SMTP, "reply_to": DESK},
        **settings,
    }
    return OutgoingServer.objects.create(
        name="Outgoing", instance=Instance.objects.get(), **settings_of(there, **values)
    )


def consented(
    there: World,
    row: MailServerSettings,
    *,
    who: str = DESK,
    lasts: timedelta = timedelta(hours=1),
    given_to: Person | None = None,
) -> Tokens:
    """Let a person consent as if by the browser; the token is good for so long."""
    access, renews = there.cloud.tokens.grant(
        CLIENT, who, row.scope.replace(",", " ").split(), lasts.total_seconds()
    )
    tokens = Tokens(access.token, timezone.now() + lasts, renews)
    consents.keep(row, tokens, who, given_to)
    return tokens
