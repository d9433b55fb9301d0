"""Unverified replies: mails that wait at a request since their senders may not join it, shown in its conversation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import Viewer
from deskpost.desk.modules import REQUEST
from deskpost.desk.records import Record
from deskpost.inbound import heads, reprocess
from deskpost.inbound.messages import MailOutcome, Undecided
from deskpost.inbound.visible import PERMISSION
from deskpost.mime.parse import parse

SHOWN = 10  # of one request, the newest; the others are in the mail trace
_READ = 64_000  # bytes of a raw mail, which nobody has vouched for
_LONGEST_TEXT = 10_000  # characters


@dataclass(frozen=True, slots=True)
class HeldReply:
    """A mail that waits at a request. `seen` is handed back with the act; an empty address: not for this person."""

    id: int
    name: str
    address: str
    at: datetime
    reason: str
    text: str
    cut: bool  # there is more of it than is shown
    files: tuple[str, ...]
    seen: str
    accept_url: str
    trace_url: str
    direction: str = "held"


def held_at(record: Record) -> "QuerySet[MailOutcome]":
    """Give the mails that wait at a request, the newest first; not those that a worker takes up again just now."""
    rows = MailOutcome.objects.filter(record=record, kind="held")
    return rows.exclude(pk__in=Undecided.objects.values("pk")).select_related("mail").order_by("-pk")


def held_replies(viewer: Viewer, record: Record) -> list[HeldReply]:
    """Give the newest of them, oldest first, to those who work on the request."""
    if not viewer.desk.works_on(record):
        return []
    rows = list(held_at(record)[:SHOWN])
    raws = heads.beginnings([one.pk for one in rows], _READ)
    return [_reply(viewer, record, one, raws.get(one.pk, b"")) for one in reversed(rows)]


def _reply(viewer: Viewer, record: Record, one: MailOutcome, raw: bytes) -> HeldReply:
    message = parse(raw)
    text = message.text.replace("\0", "").strip()
    writer = message.from_[0] if message.from_ else None
    accepts = viewer.desk.may("request.edit", record)
    traces = viewer.desk.may(PERMISSION, record)
    return HeldReply(
        id=one.pk,
        name=(writer and (writer.name or writer.address)) or one.from_address or gettext("nobody"),
        address=writer.address if writer else one.from_address,
        at=one.mail.received_at,
        reason=one.reason,
        text=text[:_LONGEST_TEXT],
        cut=len(text) > _LONGEST_TEXT or one.mail.size > len(raw),
        files=tuple(file.name or gettext("unnamed") for file in message.attachments),
        seen=reprocess.seen_of(one),
        accept_url=_accept_url(record, one.pk) if accepts else "",
        trace_url=reverse("trace_mail", args=[one.pk]) if traces else "",
    )


def _accept_url(record: Record, mail_id: int) -> str:
    if record.module == REQUEST:
        return reverse("held_accept", args=[record.number, mail_id])
    return reverse("record_held_accept", args=[record.module, record.number, mail_id])
