"""The head of a stored mail, read from its first piece: a mail of 50 MB costs no more than one of 1 MB."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BinaryField
from django.db.models.functions import Substr

from deskpost import raw_store
from deskpost.inbound.messages import InboundMessage, RawChunk
from deskpost.mime.message import Message
from deskpost.mime.parse import parse


@dataclass(frozen=True, slots=True)
class Head:
    """A mail as far as its first piece tells; `complete` when that is all of it."""

    message: Message
    complete: bool


def head_of(mail: InboundMessage) -> Head:
    """Read the head of a mail."""
    content = beginning(mail)
    complete = not mail.truncated and mail.size <= len(content)
    return Head(parse(content), complete)


def beginning(mail: InboundMessage, most: int = raw_store.CHUNK) -> bytes:
    """Give the first bytes of a raw mail, at most a piece."""
    rows = RawChunk.objects.filter(mail_id=mail.pk, position=0)
    content = rows.values_list("content", flat=True).first()
    return bytes(content or b"")[:most]


def beginnings(mail_ids: Sequence[int], most: int) -> dict[int, bytes]:
    """Give the first bytes of several raw mails, no more than are asked for."""
    start = Substr("content", 1, most, output_field=BinaryField())
    rows = RawChunk.objects.filter(mail_id__in=mail_ids, position=0).annotate(start=start)
    return {mail_id: bytes(content) for mail_id, content in rows.values_list("mail_id", "start")}
