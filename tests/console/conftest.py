"""A desk with two client organisations and somebody in every role."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders


@dataclass(frozen=True)
class Desk:
    """What most tests of pages begin with."""

    kestrel: Account
    vantage: Account
    admin: Person
    dana: Person  # a technician everywhere
    sam: Person  # another one
    tom: Person  # a requester of Kestrel who may sign in
    box: Mailbox
    server: OutgoingServer


@pytest.fixture(autouse=True)
def quick(settings: object) -> Iterator[None]:
    """Hash passwords with one round, and let no client look through the static files: neither is measured here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.WHITENOISE_AUTOREFRESH = True  # type: ignore[attr-defined]
    yield


@pytest.fixture
def desk(database: str) -> Desk:
    """Give the desk in a database of the test's own: mails are processed on several connections."""
    return build_desk()


def build_desk() -> Desk:
    """Make the desk."""
    kestrel = builders.account("Kestrel Logistics", "kestrel.example")
    vantage = builders.account("Vantage Legal", "vantage.example")
    return Desk(
        kestrel=kestrel,
        vantage=vantage,
        admin=builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin"),
        dana=builders.person("Dana Whitfield", "dana@northgate-it.example", "SDTechnician"),
        sam=builders.person("Sam Okafor", "sam@northgate-it.example", "SDTechnician"),
        tom=builders.person("Tom Achterberg", "tom@kestrel.example", "SDRequester", account=kestrel),
        box=builders.mailbox(),
        server=builders.outgoing(),
    )
