"""Sign-ins at a provider that were begun: what has to be kept until the browser comes back, for ten minutes."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink
from deskpost.desk.people import Person
from deskpost.oauth.flow import Attempt
from deskpost.secret_field import SecretField

LASTS = 600  # seconds
_COLUMNS = {"mailbox": "mailbox_id", "outgoing_server": "server_id"}


class SignIn(models.Model):
    """One attempt, of one mailbox or server, bound to the session that began it; deleted when it is used.

    `link`: by which it was begun, by somebody who need not be signed in here; `person` is then who made the link.

    A change of what the mailbox or server signs in as deletes it too: a trigger of inbound and of outbound.
    """

    state_sha256 = models.BinaryField(primary_key=True)
    session_key = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    mailbox_id = models.BigIntegerField(null=True)  # mailbox, by a foreign key of a migration of inbound
    server_id = models.BigIntegerField(null=True)  # outgoing_server, by one of outbound
    link = models.ForeignKey(ConsentLink, models.CASCADE, null=True, related_name="+")
    verifier = SecretField()
    begun_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "provider_sign_in"
        constraints = [
            models.CheckConstraint(
                condition=Q(mailbox_id=None) ^ Q(server_id=None), name="provider_sign_in_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"sign-in of {self.begun_at}"


class NoSuchSignIn(Exception):
    """Nothing was begun that fits what came back: it was used, or the settings have changed since."""


class OfAnotherSession(NoSuchSignIn):
    """It was begun in another browser, or before its person signed in to Deskpost anew; it stays as it is."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt whose browser came back: of which mailbox or server. `verifier` proves that it is the same one.

    `late`: it was begun more than ten minutes ago, and must not be used. `link_id`: by which link, None without one.
    """

    mailbox_id: int | None
    server_id: int | None
    link_id: int | None
    late: bool
    verifier: str = field(repr=False)


def begin(
    row: MailServerSettings,
    attempt: Attempt,
    person: Person,
    session_key: str,
    link: ConsentLink | None = None,
) -> str:
    """Give the page to lead the browser to, and remember the attempt for this session; too old ones are forgotten."""
    SignIn.objects.filter(begun_at__lt=Now() - 2 * timedelta(seconds=LASTS)).delete()
    SignIn.objects.create(
        state_sha256=_digest(attempt.state),
        session_key=session_key,
        person=person,
        link=link,
        verifier=attempt.verifier,
        **{_COLUMNS[row._meta.db_table]: row.pk},
    )
    return attempt.address


def is_by_link(state: str) -> bool:
    """Tell whether a state belongs to an attempt that was begun by a link."""
    return SignIn.objects.filter(state_sha256=_digest(state)).exclude(link=None).exists()


@transaction.atomic
def take(state: str, session_key: str | None) -> Begun:
    """Give the attempt that a state belongs to, once only. Raises NoSuchSignIn, SecretUnreadable.

    Who asks first gets it. To be called outside of a transaction: what was used must not come back when something
    fails later.
    """
    kept = SignIn.objects.select_for_update().filter(state_sha256=_digest(state))
    found = kept.annotate(late=Q(begun_at__lt=Now() - timedelta(seconds=LASTS))).first()
    if found is None:
        raise NoSuchSignIn
    if not session_key or found.session_key != session_key:
        raise OfAnotherSession
    begun = Begun(found.mailbox_id, found.server_id, found.link_id, found.late, found.verifier)
    found.delete()
    return begun


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()
