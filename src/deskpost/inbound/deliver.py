"""Mails from files or an MTA's pipe, taken as if they had been fetched."""

import hashlib
import time
from io import BytesIO
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from deskpost import wake
from deskpost.inbound.batches import begin_all, decide_batch
from deskpost.inbound.case import Case
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.inbound.process import process
from deskpost.inbound.standing import Settings, facts_of
from deskpost.inbound.trace import as_json, as_json_of
from deskpost.transports.source import RawMail

PATIENCE = (
    30.0  # seconds for whoever processes the mailbox already: twice as long as a dead worker's lease lasts
)
_LOOK_EVERY = 0.1  # seconds
_PIECE = 1 << 20  # bytes


def read(stream: BinaryIO, mailbox: Mailbox) -> RawMail:
    """Read one mail from a stream. Of one over the mailbox's limit only the header is kept in memory."""
    limit = mailbox.max_size_mb * 1_000_000
    content = stream.read(limit + 1)
    digest, size = hashlib.sha256(content), len(content)
    truncated = size > limit
    while truncated and (more := stream.read(_PIECE)):
        digest.update(more)
        size += len(more)
    if truncated:  # another origin than the whole mail's, which may come once the limit is raised
        return RawMail(f"header-sha256:{digest.hexdigest()}", size, content[: header_end(content)], True)
    return RawMail(f"sha256:{digest.hexdigest()}", size, content, False)


def deliver(mailbox: Mailbox, mail: RawMail | bytes, *, patience: float = PATIENCE) -> dict[str, Any]:
    """Store one mail, process it, and give its way as `deskpost trace` prints it.

    The same bytes delivered again are the same mail. Who processes the mailbox already decides this mail too, and is
    waited for; when that takes longer than `patience` seconds the mail's state is *received*, and a worker is woken.
    """
    mail = mail if isinstance(mail, RawMail) else read(BytesIO(mail), mailbox)
    known = InboundMessage.objects.filter(
        mailbox=mailbox, source_number=0, folder="", validity="", uid=mail.uid
    ).first()
    if known is not None:
        mail_id = known.pk
    else:
        with transaction.atomic():
            (mail_id,) = store(mailbox, 0, "", "", [mail], timezone.now(), lambda _: False)
    _have_it_decided(mailbox, mail_id, time.monotonic() + patience)
    return as_json(mail_id)


def _have_it_decided(mailbox: Mailbox, mail_id: int, until: float) -> None:
    """Process the mailbox, or wait for who does. No worker is woken before: it would take the mail from here."""
    while Undecided.objects.filter(pk=mail_id).exists():
        if process(mailbox.pk):
            continue
        if time.monotonic() >= until:
            wake.processing(mailbox.pk)
            return
        time.sleep(_LOOK_EVERY)


def rehearse(mailbox: Mailbox, mail: RawMail | bytes) -> dict[str, Any]:
    """Decide what would become of a mail, and write nothing."""
    mail = mail if isinstance(mail, RawMail) else read(BytesIO(mail), mailbox)
    case = Case(0, facts_of(mailbox), mail.content, mail.size, timezone.now(), truncated=mail.truncated)
    (decided,) = decide_batch(begin_all([case]), Settings().constants)
    return as_json_of(decided, mailbox.name)


def header_end(raw: bytes) -> int:
    """Give where the header of a mail ends, at most 1 MB into it."""
    ends = [end for blank in (b"\r\n\r\n", b"\n\n") if (end := raw.find(blank, 0, 1_000_000)) >= 0]
    return min(ends, default=min(len(raw), 1_000_000))
