"""Mails on their way into the outbox: values, and the one function that writes them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from deskpost import wake
from deskpost.bulk import copy, draw_ids
from deskpost.desk.installation import Installation
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.tokens import tokens

Recipients = list[list[str]]  # [[name, address], ...]


class NewMail(NamedTuple):
    """A mail as the outbox takes it; the fields are its columns, in this order.

    A named tuple, since settling makes hundreds at once and writes them by COPY.
    """

    server_id: int | None
    account_id: int | None
    record_id: int | None
    conversation_id: int | None
    event: str
    sending_class: int
    state: str
    author_id: int | None
    sender_name: str
    sender_address: str
    reply_to: str
    to: Recipients
    cc: Recipients
    subject: str
    text: str
    in_reply_to: str | None
    references: list[str]
    automatic: bool
    answers: str | None
    reason: str


_NAMES = tuple(name.removesuffix("_id") for name in NewMail._fields)


def give_up_after() -> timedelta:
    """Give how long a mail is tried that the server does not take for now, as the settings say."""
    return timedelta(hours=Installation.objects.values_list("give_up_after_hours", flat=True).get())


def write(mails: Sequence[NewMail]) -> list[int]:
    """Write mails into the outbox in the present transaction, and give their ids.

    Each gets its Message-ID, with the signed token of its row, and its Date here, once for all tries. Sending is
    woken when the transaction commits.
    """
    if not mails:
        return []
    ids = draw_ids(OutboxMail, len(mails))
    date = timezone.now()
    give_up_at = date + give_up_after()
    copy(
        OutboxMail,
        ("id", "message_id", "date", "give_up_at", *_NAMES),
        [
            (mail_id, message_id(mail_id, mail.sender_address), date, give_up_at, *mail)
            for mail_id, mail in zip(ids, mails, strict=True)
        ],
    )
    for server_id in {mail.server_id for mail in mails if mail.server_id is not None}:
        wake.sending(server_id)
    return ids


def message_id(mail_id: int, address: str) -> str:
    """Give the Message-ID of a row of the outbox that is sent from this address; without one yet it has no domain."""
    return tokens().message_id(mail_id, domain(address))


def domain(address: str) -> str:
    """Give what stands right of the @ in the Message-ID of a mail from this address."""
    return address.rpartition("@")[2] or "deskpost.invalid"
