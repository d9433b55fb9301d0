"""A cloud with its sign-in over TLS, an application registered there, and a person with a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from deskpost.oauth.application import Application
from deskpost.oauth.flow import Attempt
from deskpost.sandbox.cloud import ews, graph, sign_in
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud, Fault
from deskpost.sandbox.cloud.server import serving
from deskpost.sandbox.cloud.tokens import Application as Registered
from deskpost.transports.connection import Server
from deskpost.transports.http import Http

DESK, OTHER = "desk@contoso.example", "ute@contoso.example"
CLIENT, SECRET = "7c3b2d1e-0000-4000-8000-000000000001", "8Q~sandbox-client-secret-value"
REDIRECT = "https://desk.example/oauth/back"
SCOPES = "https://outlook.office365.com/SMTP.Send, offline_access"


@dataclass
class World:
    """What a test needs; `application` fits what is registered."""

    cloud: Cloud
    application: Application

    def changed(self, **changes: object) -> Application:
        return replace(self.application, **changes)  # type: ignore[arg-type]

    def fault(self, do: str, value: object = None) -> None:
        self.cloud.faults.append(Fault("sign_in", do, value, path="/token$"))

    def consent(self, attempt: Attempt, mailbox: str = DESK, answer: str = "approve") -> dict[str, str]:
        """Give the values with which the browser comes back after a person answered the provider's page."""
        with Http(attempt.address, self.application.server) as browser:
            page = browser.ask("GET", attempt.address)
            assert page.status == 200 and b"<form" in page.body
            form = urlencode({"answer": answer, "mailbox": mailbox}).encode()
            back = browser.ask("POST", attempt.address, body=form)
        assert back.status == 303 and back.headers["location"].startswith(REDIRECT)
        found = parse_qs(urlsplit(back.headers["location"]).query)
        return {name: values[0] for name, values in found.items()}


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Serve a cloud until the block ends."""
    cloud = Cloud.new()
    for address in (DESK, OTHER):
        cloud.store.add_mailbox(address, address.partition("@")[0].title(), "secret")
    cloud.tokens.register(Registered(CLIENT, {SECRET}, {REDIRECT}, app_only=True))
    services = [sign_in.served(cloud), graph.served(cloud), ews.served(cloud)]
    with serving(cloud, services, authority=Authority(folder / "ca")) as server:
        base = f"{server.base}/{cloud.tenant}/oauth2/v2.0"
        reach = Server("", 443, ca_file=str(server.ca_file), step_timeout=5.0)
        yield World(
            cloud,
            Application(
                "microsoft", CLIENT, SECRET, f"{base}/authorize", f"{base}/token", REDIRECT, SCOPES, reach
            ),
        )
