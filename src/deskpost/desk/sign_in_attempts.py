"""Attempts to sign in: how many were made of late for one name and from one address, and who has to wait."""

import hashlib
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from django.db import connection, models, transaction
from django.db.models.functions import Now

WINDOW_MINUTES = 15
PER_NAME = 8  # attempts in the window, whether or not anybody has that name
PER_ADDRESS = 40  # more: a whole office may stand behind one address


class SignInAttempt(models.Model):
    """One attempt, noted before the password is looked at. A success forgets those of its name."""

    name_key = models.BinaryField()  # SHA-256 of the name: what people type there may be a password
    address = models.TextField()  # IPv4, or the /64 of IPv6; "links" before it: a guess at a link
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sign_in_attempt"
        indexes = [
            models.Index(fields=["name_key", "at"], name="sign_in_attempt_name"),
            models.Index(fields=["address", "at"], name="sign_in_attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} at {self.at}"


@transaction.atomic
def may_try(name: str, address: str) -> bool:
    """Note an attempt and give True, or give False while this name or this address has used up its attempts.

    Refused attempts are not noted: the wait ends 15 minutes after the first of those that counted. Attempts at
    the same moment are counted one after the other.
    """
    key, network = _key(name), _network(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('deskpost sign in', 0))")
        cursor.execute(
            "DELETE FROM sign_in_attempt WHERE at < now() - make_interval(mins => %s)", [WINDOW_MINUTES]
        )
        cursor.execute(
            "SELECT (SELECT count(*) FROM sign_in_attempt WHERE name_key = %s),"
            " (SELECT count(*) FROM sign_in_attempt WHERE address = %s)",
            [key, network],
        )
        of_name, of_address = cursor.fetchone() or (0, 0)
    if of_name >= PER_NAME or of_address >= PER_ADDRESS:
        return False
    SignInAttempt.objects.create(name_key=key, address=network)
    return True


def has_used_up(address: str) -> bool:
    """Tell whether this address has guessed at links as often as it may: no link is answered to it then.

    Counted apart from sign-ins: a page anywhere can make browsers open links, and must lock nobody out by that.
    """
    since = Now() - timedelta(minutes=WINDOW_MINUTES)
    return SignInAttempt.objects.filter(address=_of_links(address), at__gte=since).count() >= PER_ADDRESS


def note_guess(guess: str, address: str) -> None:
    """Note that the secret of a link was wrong; only its hash is kept. Old ones are forgotten."""
    SignInAttempt.objects.filter(at__lt=Now() - timedelta(minutes=WINDOW_MINUTES)).delete()
    SignInAttempt.objects.create(name_key=_key(guess), address=_of_links(address))


def forget(name: str) -> None:
    """Drop the attempts of a name: its person has signed in."""
    SignInAttempt.objects.filter(name_key=_key(name)).delete()


def _key(name: str) -> bytes:
    return hashlib.sha256(name.strip().lower().encode(errors="replace")).digest()


def _of_links(address: str) -> str:
    return f"links {_network(address)}"


def _network(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return (
            parsed.ipv4_mapped.compressed
            if parsed.ipv4_mapped
            else f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
        )
    return parsed.compressed
