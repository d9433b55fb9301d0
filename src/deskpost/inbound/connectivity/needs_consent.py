"""Mailboxes whose consent is lost: they rest, their mail waits, people are told once; Reconnect goes on at once."""

from django.db import transaction
from django.db.models.functions import Now

from deskpost import wake
from deskpost.access import losses
from deskpost.access.consent import Consent
from deskpost.desk.events import Event
from deskpost.inbound.mailboxes import NOT_CLOSED, Mailbox, MailboxConsent, MailboxState, own_addresses
from deskpost.outbound import bell, secret_warnings
from deskpost.outbound.notify import load_rulebook, notify
from deskpost.transports.errors import TransportError

STOPPED = "fetching_stopped"


def lost(mailbox: Mailbox, failure: TransportError, began_with: Consent | None) -> bool:
    """Note in the caller's transaction that a mailbox cannot be opened until somebody consents, and tell of it.

    It is no outage: the server answers. False: somebody consented just now, so nothing is lost.
    """
    if not losses.note(mailbox, failure.words, began_with):
        return False
    _forget_failures(mailbox)
    tell()
    return True


def tell() -> list[str]:
    """Tell of the mailboxes that are on and whose consent is lost, each loss once; give their names. For the tick.

    Also of those whose loss was met by somebody who only looked: a sample, the doctor.
    """
    return losses.tell(MailboxConsent.objects.filter(mailbox__fetching=True), "mailbox", _tell)


@transaction.atomic
def regained(mailbox: Mailbox) -> None:
    """Go on fetching at once, where fetching is on: somebody has consented."""
    _forget_failures(mailbox)
    if Mailbox.objects.filter(pk=mailbox.pk, fetching=True).exists():
        wake.fetching(mailbox.pk)


def warn_of_secrets() -> None:
    """Warn of the client secrets of mailboxes that end soon. To be done now and then."""
    secret_warnings.warn(MailboxConsent.objects.filter(mailbox__removed_at=None), "mailbox", _named)


def _forget_failures(mailbox: Mailbox) -> None:
    """Have it fetched as soon as it can be: what failed of late says nothing of what comes."""
    MailboxState.objects.filter(mailbox=mailbox).update(
        failing_since=None,
        patience_since=None,
        consecutive_failures=0,
        reason="",
        next_fetch_at=Now(),
        **NOT_CLOSED,
    )


def _named(mailbox: Mailbox) -> tuple[str, str]:
    return mailbox.name, f"/admin/mail-server-settings/incoming/{mailbox.pk}/"


def _tell(mailbox: Mailbox, reason: str, to_do: str) -> None:
    """Ring at the administrators', and write to the error-notification list."""
    url = _named(mailbox)[1]
    first = int(mailbox.consent.never_given)
    bell.ring(
        bell.administrators(), STOPPED, {"mailbox": mailbox.name, "reason": reason, "first": first}, url
    )
    rules = load_rulebook(own_addresses())
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    details = {"mailbox": mailbox.name, "reason": reason, "to_do": to_do, "link": link}
    notify([Event(STOPPED, details=details)], rules)
