"""The requests that are going to be merged, side by side: what each is, what of it goes over, and which one stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.held_replies import held_at
from deskpost.console.merged import may_merge
from deskpost.console.page import Viewer, id_of
from deskpost.console.request import record_of
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.records import Record


@dataclass(frozen=True, slots=True)
class Side:
    """One of the requests, and what of it would go over."""

    number: int
    subject: str
    url: str
    status: Status
    requester: str
    technician: str
    opened_at: datetime
    mails: int
    notes: int
    files: int
    held: int
    stays: bool


def shown(
    request: HttpRequest, records: Sequence[Record], back_url: str, post_url: str, may_link: bool = False
) -> HttpResponse:
    """Show requests before they are merged; the oldest is proposed to stay."""
    oldest = min(records, key=lambda one: (one.created_at, one.pk))
    context = {
        "first": records[0],
        "others": records[1:],
        "sides": [_side(one, stays=one == oldest) for one in records],
        "count": len(records),
        "back_url": back_url,
        "merge_url": post_url,
        "chosen": post_url == reverse("requests_merge"),
        "may_link": may_link,
        "requesters": len({one.requester_id for one in records}) > 1,
    }
    return render(request, "console/merge.html", context)


def named(viewer: Viewer, written: object) -> Record | None:
    """Give the request with a number; None where the person sees none."""
    number = id_of(written)
    seen = number is not None and viewer.desk.records.filter(module="RE", number=number).exists()
    return record_of(viewer, number) if seen and number is not None else None


def why_not(viewer: Viewer, record: Record, other: Record) -> str:
    """Say why two requests cannot be merged; empty where they can."""
    if not may_merge(viewer, other):
        return gettext("You may not edit that request. To do: ask somebody who works on it.")
    if other == record:
        return gettext("That is this request. To do: name the other one.")
    if other.account_id != record.account_id:
        return gettext(
            "That request is of another account, and accounts never mix. To do: name one of the same account."
        )
    if other.merged_into_id is not None:
        return gettext("That request is merged itself. To do: name the one that it was merged into.")
    return ""


def _side(record: Record, stays: bool) -> Side:
    talk = Conversation.objects.filter(record=record)
    notes = talk.filter(direction=Conversation.Direction.NOTE).count()
    return Side(
        number=record.number,
        subject=record.subject,
        url=reverse("request", args=[record.number]),
        status=record.status,
        requester=record.requester.name if record.requester else "",
        technician=record.technician.name if record.technician else "",
        opened_at=record.created_at,
        mails=talk.count() - notes,
        notes=notes,
        files=Attachment.objects.filter(conversation__record=record, inline=False).count(),
        held=held_at(record).count(),
        stays=stays,
    )
