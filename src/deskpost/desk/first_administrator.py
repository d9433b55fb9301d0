"""The first administrator: a one-time link, printed where `deskpost run` starts, instead of a default password."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models.functions import Now

from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.roles import Grant, Role

LINK_LASTS_HOURS = 24
VIA = "page"


class FirstAdministratorLink(models.Model):
    """A link that makes whoever opens it the first administrator. Only its token's hash is stored."""

    token_hash = models.BinaryField(unique=True)  # SHA-256
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "first_administrator_link"

    def __str__(self) -> str:
        return f"until {self.expires_at}"


class LinkUnusable(Exception):
    """The link is used, too old, or no longer needed. `words` says so."""

    words = (
        "This link cannot be used: it has been used, is older than a day, or somebody can sign in already. "
        "To do: restart Deskpost; while nobody can sign in it prints a new link."
    )

    def __init__(self) -> None:
        super().__init__(self.words)


def is_needed() -> bool:
    """Tell whether nobody can sign in yet. Requesters whom mail made cannot."""
    return not Person.objects.filter(sign_in_name__isnull=False, deleted_at=None).exists()


@transaction.atomic
def create_link() -> str:
    """Make the one link that works from now on, for 24 hours, and give its token."""
    token = secrets.token_urlsafe(32)
    FirstAdministratorLink.objects.all().delete()
    FirstAdministratorLink.objects.create(
        token_hash=_hash(token), expires_at=Now() + timedelta(hours=LINK_LASTS_HOURS)
    )
    return token


def is_usable(token: str) -> bool:
    """Tell whether a link works now."""
    return is_needed() and _links(token).exists()


@transaction.atomic
def redeem(token: str, name: str, email: str, password: str, public_url: str, time_zone: str) -> Person:
    """Make the first administrator, with every permission everywhere, and set public URL and time zone.

    The password's strength and the other values are the caller's form's to check. Raises LinkUnusable.
    """
    installation = (
        Installation.objects.select_for_update().get()
    )  # two at the same moment: one of them is first
    if not is_usable(token):
        raise LinkUnusable
    address = email.strip().lower()
    provider = Account.objects.order_by("pk")[0]
    known = PersonAddress.objects.filter(account=provider, key=fold(address)).select_related("person").first()
    person = known.person if known else Person(account=provider)
    settings.change(
        None,
        VIA,
        person,
        {
            "name": name.strip(),
            "sign_in_name": address,
            "password": make_password(password),
            "technician": True,
            "time_zone": time_zone,
        },
    )
    if known is None:
        row = PersonAddress(account=provider, person=person, address=address, key=fold(address), primary=True)
        settings.change(person, VIA, row, {})
    settings.change(person, VIA, Grant(person=person, role=Role.objects.get(name="SDAdmin")), {})
    settings.change(person, VIA, installation, {"public_url": public_url.rstrip("/"), "time_zone": time_zone})
    FirstAdministratorLink.objects.all().delete()
    return person


def _links(token: str) -> "models.QuerySet[FirstAdministratorLink]":
    return FirstAdministratorLink.objects.filter(token_hash=_hash(token), expires_at__gt=Now())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
