"""What a request's page offers to change of its requester, and whose forward it began with."""

from dataclasses import dataclass

from django.urls import reverse

from deskpost.console.page import Viewer
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import seen_of
from deskpost.inbound.steps.forwards import COLUMN


@dataclass(frozen=True, slots=True)
class Forward:
    """A technician's forward that opened a request of whose mail it was."""

    technician: Person
    outcome: MailOutcome


@dataclass(frozen=True, slots=True)
class RequesterChange:
    """The acts. `seen`: the requester that the page showed; `technician` is empty where nobody forwarded the mail."""

    url: str
    seen: str
    technician: str
    back_url: str
    back_seen: str


def change_of(viewer: Viewer, record: Record) -> RequesterChange | None:
    """Give what this person may change; None: nothing."""
    works = viewer.desk.works_on(record) and viewer.desk.may("request.edit", record)
    if not works or record.merged_into_id is not None:
        return None
    forward = forward_of(record)
    return RequesterChange(
        url=reverse("request_requester", args=[record.number]),
        seen=str(record.requester_id or ""),
        technician=forward.technician.name if forward else "",
        back_url=reverse("request_requester_back", args=[record.number]),
        back_seen=seen_of(forward.outcome) if forward else "",
    )


def forward_of(record: Record) -> Forward | None:
    """Give the forward that a request began with, while who forwarded it is not its requester."""
    first = Conversation.objects.filter(record=record).select_related("author").order_by("at", "pk").first()
    if (
        first is None
        or first.mail_id is None
        or first.author is None
        or first.author_id == record.requester_id
    ):
        return None
    outcome = MailOutcome.objects.filter(pk=first.mail_id, kind="request", decided_by__column=COLUMN).first()
    return Forward(first.author, outcome) if outcome else None
