"""Saving a mailbox's settings by hand: fetching is off, the fetch under way has ended, and none begins meanwhile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from deskpost.access import sign_in_rules
from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.inbound import leases
from deskpost.inbound.mailbox_rules import SOURCE
from deskpost.inbound.mailboxes import Mailbox, MailboxState

PATIENCE = 10.0  # seconds for a fetch under way to end


class StillFetching(Exception):
    """The fetch under way did not end in time; nothing was saved."""

    def __init__(self, name: str, seconds: float) -> None:
        self.words = (
            f"The fetch of {name} that was under way has not ended within {seconds:g} s. Fetching is off now, and "
            "nothing was saved. To do: wait a moment, then Save again."
        )
        super().__init__(self.words)


class FetchingIsOn(Exception):
    """Fetching is on, so the settings cannot be saved now."""


@contextmanager
def resting(mailbox: Mailbox, patience: float = PATIENCE) -> Iterator[None]:
    """Keep a mailbox from being fetched, once the fetch under way has ended. Raises StillFetching."""
    with leases.wait_for(f"fetch:{mailbox.pk}", patience) as held:
        if held is None:
            raise StillFetching(mailbox.name, patience)
        yield


def locked(mailbox_id: int) -> Mailbox:
    """Give a mailbox, locked until the transaction ends. Raises FetchingIsOn, and Mailbox.DoesNotExist."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox_id)
    if mailbox.fetching:
        raise FetchingIsOn
    return mailbox


def changes(mailbox: Mailbox, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the fields that these values would change."""
    return tuple(name for name, value in values.items() if settings.differs(mailbox, name, value))


@transaction.atomic
def save(actor: Person | None, via: str, mailbox: Mailbox, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Set the fields of a mailbox, new or old; a changed source is a new one, with its own number.

    Raises IntegrityError where the database refuses it (see sign_in_rules.graph_client_words).
    """
    old = mailbox.pk is not None
    if old and any(name in values and values[name] != getattr(mailbox, name) for name in SOURCE):
        values = {**values, "source_number": mailbox.source_number + 1}
    changed = settings.change(actor, via, mailbox, values)
    sign_in_rules.refuse_shared_client(mailbox)
    MailboxState.objects.get_or_create(mailbox=mailbox)
    return changed
