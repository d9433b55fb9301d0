"""The rows of the list of requests, as their template shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deskpost.console.page import Viewer
from deskpost.console.request_filters import Address
from deskpost.desk.fields import Priority, Status
from deskpost.desk.merging import end_of
from deskpost.desk.people import Person
from deskpost.desk.records import RecordSeen
from deskpost.desk.search import Listed
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
    merged_into: int | None  # the number of the request that this one leads to


def rows_for(viewer: Viewer, rows: Sequence[Listed], address: Address, at: str) -> list[Row]:
    """Give the rows of these requests; `at` is the number of the one that the person comes back from."""
    ids = [row.record.pk for row in rows]
    seen = dict(
        RecordSeen.objects.filter(record__in=ids, person=viewer.person).values_list("record_id", "at")
    )
    attached = viewer.desk.attachments.filter(conversation__record__in=ids, inline=False)
    with_files = set(attached.values_list("conversation__record_id", flat=True))
    ends = {row.record.pk: end_of(row.record).number for row in rows if row.record.merged_into_id is not None}
    failed = _failed([row.record.pk for row in rows if viewer.desk.works_on(row.record)])
    return [
        Row(
            number=row.record.number,
            url=address.url_of(row.record.number),
            subject=row.record.subject,
            preview=row.last.preview,
            unread=_is_news(viewer, row) and not _seen(row, seen),
            has_attachment=row.record.pk in with_files,
            requester=row.record.requester.name if row.record.requester else "",
            account=row.record.account.name,
            status=row.record.status,
            priority=row.record.priority,
            technician=row.record.technician,
            last_mail_at=row.last.at,
            last_mail_direction="failed" if row.record.pk in failed else row.last.direction,
            current=str(row.record.number) == at,
            merged_into=ends.get(row.record.pk),
        )
        for row in rows
    ]


def _is_news(viewer: Viewer, row: Listed) -> bool:
    """Tell whether the last mail is for this person: to the desk, or, of one's own request, not one's own mail."""
    return row.last.direction == "in" if viewer.desk.works_on(row.record) else not row.last.mine


def _seen(row: Listed, seen: dict[int, datetime]) -> bool:
    at = seen.get(row.record.pk)
    return at is not None and at >= row.last.at


def _failed(ids: Sequence[int]) -> set[int]:
    """Give those of the records whose last mail by a person could not be sent."""
    mails = OutboxMail.objects.filter(conversation__record__in=ids, sending_class=OutboxMail.Class.PEOPLE)
    at = "conversation__record_id"  # where it stands: of a merged request at the one that it leads to
    newest = mails.order_by(at, "-pk").distinct(at).values_list(at, "state")
    return {record for record, state in newest if record is not None and state == OutboxMail.State.FAILED}
