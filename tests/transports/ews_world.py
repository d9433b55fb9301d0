"""A cloud with EWS and its sign-in over TLS, a fresh mailbox for each test, and the targets that lead there."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deskpost.sandbox.cloud import ews, sign_in
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud, Fault, Habits, Limits
from deskpost.sandbox.cloud.server import CloudServer, serving
from deskpost.sandbox.cloud.store import Item, Mailbox
from deskpost.sandbox.cloud.tokens import Application
from deskpost.transports.connection import Server
from deskpost.transports.ews.sender import EwsSender, open_ews_sender
from deskpost.transports.ews.source import EwsSource, open_ews
from deskpost.transports.logins import BearerLogin, Credentials, Login
from deskpost.transports.target import Target

PASSWORD = "correct horse é"
CLIENT, SECRET = "7c3b2d1e-0000-4000-8000-00000000e005", "8Q~the-robot's-secret"
DELEGATED = "https://outlook.office365.com/EWS.AccessAsUser.All"
APP_ONLY = "https://outlook.office365.com/full_access_as_app"
PATH = "/EWS/Exchange.asmx"
_numbers = itertools.count(1)


class Gate:
    """Counts who holds it."""

    def __init__(self) -> None:
        self.held = self.times = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.held += 1
        self.times += 1
        assert self.held == 1
        try:
            yield
        finally:
            self.held -= 1


@dataclass
class World:
    """The cloud, and one mailbox of it; `shared` is another, which the first may open."""

    cloud: Cloud
    server: CloudServer
    desk: Mailbox
    shared: Mailbox
    sent: list[tuple[str, list[str], bytes]]
    began: int = 0
    reach: Server = field(init=False)

    def __post_init__(self) -> None:
        self.reach = Server("", 443, "implicit", ca_file=str(self.server.ca_file), step_timeout=20.0)

    @property
    def url(self) -> str:
        return self.server.base + PATH

    def basic(self) -> Login:
        return Login(self.desk.address, PASSWORD)

    def token(self, mailbox: str | None = "", scope: str = DELEGATED, lasts: float = 3600) -> str:
        whose = self.desk.address if mailbox == "" else mailbox
        return self.cloud.tokens.grant(CLIENT, whose, [scope], lasts)[0].token

    def bearer(self, **more: Any) -> BearerLogin:
        return BearerLogin(self.desk.address, self.token(), **more)

    def on_its_own(self) -> BearerLogin:
        return BearerLogin(self.desk.address, self.token(None, APP_ONLY), on_its_own=True)

    def target(self, login: Credentials | None = None, **more: Any) -> Target:
        return Target(**{"server": self.reach, "login": login or self.basic(), "address": self.url, **more})

    def open(
        self, folder: str = "INBOX", login: Credentials | None = None, **more: Any
    ) -> AbstractContextManager[EwsSource]:
        return open_ews(self.target(login, **more), folder)

    def sender(self, login: Credentials | None = None, **more: Any) -> EwsSender:
        return open_ews_sender(self.target(login, **more))

    def deliver(self, raw: bytes | None = None, folder: str = "inbox", into: Mailbox | None = None) -> Item:
        return self.cloud.store.deliver(into or self.desk, raw or numbered(), folder)

    def folder(self, name: str, parent: str = "msgfolderroot", of: Mailbox | None = None) -> str:
        mailbox = of or self.desk
        inside = mailbox.folder(parent)
        assert inside is not None
        return self.cloud.store.add_folder(mailbox, name, inside.id).id

    def lies_in(self, folder: str, of: Mailbox | None = None) -> list[Item]:
        mailbox = of or self.desk
        found = mailbox.folder(folder)
        assert found is not None
        return mailbox.in_folder(found.id)

    def fault(self, do: str, value: object = None, operation: str = "", times: int | None = 1) -> None:
        self.cloud.faults.append(
            Fault("ews", do, value, path=f"#{operation}" if operation else "", times=times)
        )

    def operations(self) -> list[str]:
        """Give what was asked in this test: GetFolder, SyncFolderItems, ..."""
        return [one.path.partition("#")[2] for one in self.cloud.asked[self.began :]]


def numbered(text: str = "It smokes.", **fields: str) -> bytes:
    """Give a mail of a customer, with a Message-ID of its own unless one is given."""
    number = next(_numbers)
    head = {
        "From": "Ute Sommer <ute@customer.example>",
        "To": "help@msp.example",
        "Subject": f"Number {number}",
        "Message-ID": f"<{number}@customer.example>",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{text}\r\n".encode()


@contextmanager
def cloud_served(folder: Path) -> Iterator[World]:
    """Serve a cloud until the block ends."""
    sent: list[tuple[str, list[str], bytes]] = []
    cloud = Cloud.new(outward=lambda *what: sent.append(what))
    cloud.tokens.register(Application(CLIENT, {SECRET}, set(), app_only=True))
    some = cloud.store.add_mailbox("first@msp.example", "First", PASSWORD)
    services = [ews.served(cloud), sign_in.served(cloud)]
    with serving(cloud, services, authority=Authority(folder / "ca")) as server:
        yield World(cloud, server, some, some, sent)


def fresh(served: World) -> World:
    """Give the same cloud with new mailboxes, and without what the test before left."""
    cloud = served.cloud
    cloud.faults.clear()
    cloud.habits, cloud.limits = Habits(), Limits()
    served.sent.clear()
    number = next(_numbers)
    desk = cloud.store.add_mailbox(f"desk{number}@msp.example", "Service Desk", PASSWORD)
    shared = cloud.store.add_mailbox(f"team{number}@msp.example", "Team", PASSWORD, [desk.address])
    return World(cloud, served.server, desk, shared, served.sent, len(cloud.asked))


def plain(world: World, host: str) -> tuple[str, Server]:
    """Give the address of EWS over http at another name of this machine, and a server that is reached in clear."""
    return f"http://{host}{PATH}", replace(world.reach, tls="none")
