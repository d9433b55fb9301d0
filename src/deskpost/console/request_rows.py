"""The rows of the list of requests, as their template shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deskpost.console.page import Viewer
from deskpost.console.request_filters import Address
from deskpost.desk.fields import Priority, Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record, RecordSeen
from deskpost.outbound.outbox import OutboxMail


@dataclass(frozen=True, slots=True)
class Row:
    """One request in a list."""

    number: int
    url: str
    subject: str
    preview: str
    unread: bool
    has_attachment: bool
    requester: str
    account: str
    status: Status
    priority: Priority | None
    technician: Person | None
    last_mail_at: datetime
    last_mail_direction: str
    current: bool


def rows_for(viewer: Viewer, records: Sequence[Record], address: Address, at: str) -> list[Row]:
    """Give the rows of these requests; `at` is the number of the one that the person comes back from."""
    ids = [record.pk for record in records]
    seen = dict(
        RecordSeen.objects.filter(record__in=ids, person=viewer.person).values_list("record_id", "at")
    )
    attached = viewer.desk.attachments.filter(conversation__record__in=ids, inline=False, verdict="kept")
    with_files = set(attached.values_list("conversation__record_id", flat=True))
    failed = _failed(viewer, ids)
    return [
        Row(
            number=record.number,
            url=address.url_of(record.number),
            subject=record.subject,
            preview=record.preview,
            unread=record.last_mail_direction == "in" and not _seen(record, seen),
            has_attachment=record.pk in with_files,
            requester=record.requester.name if record.requester else "",
            account=record.account.name,
            status=record.status,
            priority=record.priority,
            technician=record.technician,
            last_mail_at=record.last_mail_at,
            last_mail_direction="failed" if record.pk in failed else record.last_mail_direction,
            current=str(record.number) == at,
        )
        for record in records
    ]


def _seen(record: Record, seen: dict[int, datetime]) -> bool:
    at = seen.get(record.pk)
    return at is not None and at >= record.last_mail_at


def _failed(viewer: Viewer, ids: Sequence[int]) -> set[int]:
    """Give the records whose last mail by a person could not be sent."""
    if not viewer.desk.may("request.view"):
        return set()
    mails = OutboxMail.objects.filter(record__in=ids, sending_class=OutboxMail.Class.PEOPLE)
    newest = mails.order_by("record_id", "-pk").distinct("record_id").values_list("record_id", "state")
    return {record for record, state in newest if record is not None and state == OutboxMail.State.FAILED}
