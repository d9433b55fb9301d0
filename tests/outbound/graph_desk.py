"""An outgoing server by Graph or EWS whose mailbox is in a sandbox of the test's own process."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.utils import timezone

from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.sandbox.cloud import ews, graph
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Asked, Cloud, Fault, Habits, Limits
from deskpost.sandbox.cloud.server import CloudServer, serving
from deskpost.sandbox.cloud.store import Item
from tests.outbound import builders as make
from tests.servers.held import Held

DESK, CUSTOMER = "help@contoso.example", "ute@acme.example"
CLIENT = "7c3b2d1e-0000-4000-8000-000000000001"
_SCOPES = {
    "graph": [f"https://graph.microsoft.com/{one}" for one in ("Mail.ReadWrite", "Mail.Send")],
    "ews": ["https://outlook.office365.com/EWS.AccessAsUser.All"],
}


@dataclass
class Desk:
    """The cloud, what left it, and how a server of Deskpost is made for it."""

    cloud: Cloud
    at: CloudServer
    sent: list[tuple[str, list[str], bytes]]

    def begin(self) -> None:
        """Forget what the test before left."""
        cloud = self.cloud
        cloud.faults.clear()
        cloud.asked.clear()
        cloud.known_headers.clear()
        cloud.habits, cloud.limits = Habits(), Limits()
        self.sent.clear()
        mailbox = cloud.store.mailbox(DESK)
        assert mailbox is not None
        mailbox.items.clear()

    def values(self, protocol: str = "graph") -> dict[str, Any]:
        """Give the settings of a server by this protocol."""
        values = {
            "protocol": protocol,
            "authentication": "oauth",
            "port": 443,
            "tls": "implicit",
            "ca_file": str(self.at.ca_file),
            "username": DESK,
            "client_id": CLIENT,
            "client_secret": "a secret",
            "reply_to": DESK,
            "connections": 4,
            "server": "",
        }
        address = {"graph": "graph_endpoint", "ews": "connect_url"}[protocol]
        path = {"graph": "/v1.0", "ews": "/EWS/Exchange.asmx"}[protocol]
        return {**values, address: self.at.base + path}

    def server(self, protocol: str = "graph", **changes: Any) -> OutgoingServer:
        """Make a server with a consent that is good for an hour."""
        server = make.server(**{**self.values(protocol), **changes})
        token = self.cloud.tokens.grant(CLIENT, DESK, _SCOPES[protocol])[0].token
        ends = timezone.now() + timedelta(hours=1)
        ServerConsent.objects.create(server=server, access_token=token, refresh_token="r", expires_at=ends)
        return server

    def fault(
        self, do: str, value: object = None, path: str = "", times: int | None = 1, service: str = "graph"
    ) -> None:
        """Let the next request fail."""
        self.cloud.faults.append(Fault(service, do, value, path=path, times=times))

    def held(self, path: str) -> Held:
        """Keep the next request from its answer until it is let go."""
        asked = Held()
        self.fault("latency", asked, path=path)
        return asked

    def items(self, folder: str = "sentitems") -> list[Item]:
        """Give what lies in a folder of the desk's mailbox."""
        mailbox = self.cloud.store.mailbox(DESK)
        assert mailbox is not None
        found = mailbox.folder(folder)
        assert found is not None
        return mailbox.in_folder(found.id)

    @property
    def orders(self) -> list[Asked]:
        """The requests to send a mail."""
        return [one for one in self.cloud.asked if one.path.endswith(("/sendMail", "/send"))]


@contextmanager
def desk_served(folder: Path) -> Iterator[Desk]:
    """Serve a cloud until the block ends."""
    sent: list[tuple[str, list[str], bytes]] = []
    cloud = Cloud.new(outward=lambda *what: sent.append(what))
    cloud.store.add_mailbox(DESK, "Help Desk", "secret")
    with serving(cloud, [graph.served(cloud), ews.served(cloud)], authority=Authority(folder / "ca")) as at:
        yield Desk(cloud, at, sent)


def again(mail: OutboxMail, server: OutgoingServer) -> SendResult:
    """Let the mail's waiting be over, and send what is due."""
    OutboxMail.objects.filter(pk=mail.pk).update(next_try_at=timezone.now())
    result = send_due(server.pk)
    mail.refresh_from_db()
    return result


def unmarked(content: bytes) -> bytes:
    """Give a sent mail as a mailbox shows it that gives it another Message-ID, and as no token in it tells of it."""
    text = re.sub(rb"Ref: dp-[a-z2-7]+-[a-z2-7]+", b"", content)
    assert text != content
    return copy_of(text, Message_ID="<AM0@eurprd05.prod.outlook.com>")


def copy_of(content: bytes, **changes: str) -> bytes:
    """Give a mail like this one with some header fields changed."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for name, value in changes.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    return message.as_bytes()
