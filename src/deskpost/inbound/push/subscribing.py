"""Keeping a Graph mailbox subscribed: made, renewed at half time, made anew when lost, ended when wanted no longer.

Each waits for Graph, so this is for threads. The lease of a mailbox sees to it that one worker does it at a time.
"""

import hashlib
import logging
import secrets
from contextlib import suppress
from datetime import UTC, datetime

from django.db import transaction

from deskpost import wake
from deskpost.access.targets import target_of
from deskpost.desk.installation import Installation
from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.push import addresses, opening, states
from deskpost.inbound.push.subscription import GraphSubscription
from deskpost.inbound.push.wanted import Wanted
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError
from deskpost.transports.graph import subscriptions
from deskpost.transports.graph.session import Session
from deskpost.transports.graph.subscriptions import Subscription

NOT_REACHABLE = 3600.0  # seconds until an address that Graph could not reach is tried again
log = logging.getLogger(__name__)


def keep(wanted: Wanted) -> None:
    """Subscribe a mailbox or renew what it has; what went wrong is noted with its words."""
    with leases.take(f"{states.WATCH}{wanted.mailbox_id}") as lease:
        if lease is None:
            return
        mailbox = Mailbox.objects.get(pk=wanted.mailbox_id)
        public_url = Installation.objects.values_list("public_url", flat=True).get()
        if not addresses.reachable(public_url, mailbox.address):
            words = addresses.why_not(public_url)
            states.failed(mailbox.pk, wanted.version, words, NOT_REACHABLE)
            return
        try:
            with Session(target_of(mailbox)) as session:
                _keep(session, mailbox, wanted.version, public_url.rstrip("/"))
        except (TransportError, SecretUnreadable) as failure:
            opening.note(mailbox.pk, wanted.version, failure)


def end(mailbox_id: int) -> None:
    """End the subscription of a mailbox that is wanted no longer; what Graph does not hear runs out by itself."""
    with leases.take(f"{states.WATCH}{mailbox_id}") as lease:
        row = GraphSubscription.objects.filter(mailbox=mailbox_id).first()
        if lease is None or row is None:
            return
        mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
        if mailbox is not None and mailbox.protocol == "graph":
            with suppress(TransportError, SecretUnreadable), Session(target_of(mailbox)) as session:
                subscriptions.unsubscribe(session, row.subscription)
        row.delete()
        states.ended(mailbox_id)


def unwanted(wanted: dict[int, Wanted]) -> list[int]:
    """Give the mailboxes that are subscribed and not wanted any more."""
    subscribed = GraphSubscription.objects.values_list("mailbox", flat=True)
    return [id for id in subscribed if id not in wanted or not wanted[id].by_notifications]


def _keep(session: Session, mailbox: Mailbox, version: str, public_url: str) -> None:
    row = GraphSubscription.objects.filter(mailbox=mailbox).first()
    if row is not None and row.version == version:
        renewed = subscriptions.renew(session, row.subscription)
        if renewed is not None:
            _store(mailbox, version, renewed, bytes(row.secret_sha256))
            return
    elif row is not None:
        with suppress(TransportError):
            subscriptions.unsubscribe(session, row.subscription)
    secret = secrets.token_urlsafe(32)
    here, lifecycle = public_url + addresses.NOTIFICATIONS, public_url + addresses.LIFECYCLE
    made = subscriptions.subscribe(session, mailbox.source_folder, here, lifecycle, secret)
    _store(mailbox, version, made, hashlib.sha256(secret.encode()).digest())
    wake.fetching(mailbox.pk)  # what came while nobody was told


@transaction.atomic
def _store(mailbox: Mailbox, version: str, subscription: Subscription, secret_sha256: bytes) -> None:
    now = datetime.now(UTC)
    GraphSubscription.objects.update_or_create(
        mailbox=mailbox,
        defaults={
            **{"subscription": subscription.id, "secret_sha256": secret_sha256, "version": version},
            **{"expires_at": subscription.expires, "renew_at": now + (subscription.expires - now) / 2},
        },
    )
    states.connected(mailbox.pk, version)
