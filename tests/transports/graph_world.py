"""A cloud with Graph over TLS, a fresh mailbox for each test, and the targets that lead there."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from deskpost.sandbox.cloud import graph
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Asked, Cloud, Fault, Habits, Limits
from deskpost.sandbox.cloud.server import CloudServer, serving
from deskpost.sandbox.cloud.store import Item, Mailbox
from deskpost.transports.connection import Server
from deskpost.transports.graph.source import GraphSource, open_graph
from deskpost.transports.logins import BearerLogin
from deskpost.transports.target import Target

CUSTOMER = "ute@customer.example"
READ_WRITE, SEND = "Mail.ReadWrite", "Mail.Send"
ALL = (READ_WRITE, SEND, f"{READ_WRITE}.Shared", f"{SEND}.Shared")
_numbers = itertools.count(1)


def mail(subject: str = "Printer", text: str = "It smokes.", **fields: str) -> bytes:
    """Give a mail of the customer's."""
    message = EmailMessage()
    message["From"] = f"Ute Sommer <{CUSTOMER}>"
    message["To"] = "help@msp.example"
    message["Subject"] = subject
    message["Message-ID"] = fields.pop("message_id", f"<{next(_numbers)}@customer.example>")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes().replace(b"\n", b"\r\n")


class Gate:
    """Counts who holds it."""

    def __init__(self) -> None:
        self.held = self.most = self.times = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.held += 1
        self.times += 1
        self.most = max(self.most, self.held)
        try:
            yield
        finally:
            self.held -= 1


@dataclass
class World:
    """The cloud, and one mailbox of it."""

    cloud: Cloud
    server: CloudServer
    desk: Mailbox
    sent: list[tuple[str, list[str], bytes]]
    began: int = 0
    reach: Server = field(init=False)

    def __post_init__(self) -> None:
        self.reach = Server("", 443, ca_file=str(self.server.ca_file), step_timeout=20.0)

    def token(self, mailbox: str | None = "", scopes: tuple[str, ...] = ALL, lasts: float = 3600) -> str:
        whose = self.desk.address if mailbox == "" else mailbox
        full = [f"https://graph.microsoft.com/{scope}" for scope in scopes]
        return self.cloud.tokens.grant("app", whose, full, lasts)[0].token

    def login(self, **more: Any) -> BearerLogin:
        token = more.pop("token", None) or self.token()
        return BearerLogin(more.pop("username", self.desk.address), token, **more)

    def target(self, **more: Any) -> Target:
        values = {"login": None, "address": f"{self.server.base}/v1.0", **more}
        return Target(self.reach, **{**values, "login": values["login"] or self.login()})

    def open(self, folder: str = "INBOX", **more: Any) -> AbstractContextManager[GraphSource]:
        return open_graph(self.target(**more), folder)

    def deliver(self, raw: bytes | None = None, folder: str = "inbox") -> Item:
        return self.cloud.store.deliver(self.desk, raw or mail(), folder)

    def fault(self, do: str, value: object = None, path: str = "", times: int | None = 1) -> None:
        self.cloud.faults.append(Fault("graph", do, value, path=path, times=times))

    @property
    def asked(self) -> list[Asked]:
        return self.cloud.asked[self.began :]


@contextmanager
def cloud_served(folder: Path) -> Iterator[World]:
    """Serve a cloud until the block ends."""
    sent: list[tuple[str, list[str], bytes]] = []
    cloud = Cloud.new(outward=lambda *what: sent.append(what))
    desk = cloud.store.add_mailbox("first@contoso.example", "Service Desk", "secret")
    authority = Authority(folder / "ca")
    with serving(cloud, [graph.served(cloud)], authority=authority) as server:
        yield World(cloud, server, desk, sent)


def fresh(served: World) -> World:
    """Give the same cloud with a new mailbox, and without what the test before left."""
    cloud = served.cloud
    cloud.faults.clear()
    cloud.habits, cloud.limits = Habits(), Limits()
    served.sent.clear()
    address = f"desk{next(_numbers)}@contoso.example"
    desk = cloud.store.add_mailbox(address, "Service Desk", "secret")
    return World(cloud, served.server, desk, served.sent, len(cloud.asked))
