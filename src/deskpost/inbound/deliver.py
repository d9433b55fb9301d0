"""Mails from files or an MTA's pipe, taken as if they had been fetched."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from deskpost import wake
from deskpost.inbound.case import Case
from deskpost.inbound.collect import store
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.process import Settings, batches, decide_batch, facts_of, process
from deskpost.inbound.trace import as_json, as_json_of
from deskpost.transports.source import RawMail


def deliver(mailbox: Mailbox, raw: bytes) -> dict[str, Any]:
    """Store one mail, process it, and give its way as `deskpost trace` prints it.

    The same bytes delivered again are the same mail. While another worker processes the mailbox, the mail's state
    is still *received*: it is stored and will be processed.
    """
    uid = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    known = InboundMessage.objects.filter(
        mailbox=mailbox, source_number=0, folder="", validity="", uid=uid
    ).first()
    if known is not None:
        return as_json(known.pk)
    limit = mailbox.max_size_mb * 1_000_000
    truncated = len(raw) > limit
    content = raw[: header_end(raw)] if truncated else raw
    with transaction.atomic():
        mail = RawMail(uid, len(raw), content, truncated)
        (mail_id,) = store(mailbox, 0, "", "", [mail], timezone.now(), lambda _: False)
        wake.processing(mailbox.pk)
    process(mailbox.pk)
    return as_json(mail_id)


def rehearse(mailbox: Mailbox, raw: bytes) -> dict[str, Any]:
    """Decide what would become of a mail, and write nothing."""
    limit = mailbox.max_size_mb * 1_000_000
    truncated = len(raw) > limit
    content = raw[: header_end(raw)] if truncated else raw
    case = Case(0, facts_of(mailbox), content, len(raw), timezone.now(), truncated=truncated)
    (batch,) = batches([case])
    (decided,) = decide_batch(batch, Settings().constants)
    return as_json_of(decided, mailbox.name)


def header_end(raw: bytes) -> int:
    """Give where the header of a mail ends, at most 1 MB into it."""
    ends = [end for blank in (b"\r\n\r\n", b"\n\n") if (end := raw.find(blank, 0, 1_000_000)) >= 0]
    return min(ends, default=min(len(raw), 1_000_000))
