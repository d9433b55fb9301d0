"""Between an error mail and the request that it opened: each leads to the other, for those who see it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse

from deskpost.console.page import Viewer
from deskpost.console.record_names import page_of
from deskpost.desk.conversations import Conversation
from deskpost.desk.roles import Visible
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.visible import visible_mails


@dataclass(frozen=True, slots=True)
class Opened:
    """The request that an error mail opened."""

    number: int
    url: str


def requests_of(desk: Visible, mail_ids: Iterable[int]) -> dict[int, Opened]:
    """Give the requests that these error mails opened, by the mail's id."""
    rows = ErrorMail.objects.filter(pk__in=mail_ids, request__in=desk.records)
    rows = rows.defer("details").select_related("request")
    return {row.pk: Opened(row.request.number, page_of(row.request)) for row in rows if row.request}


def mails_of(viewer: Viewer, notes: Collection[Conversation]) -> dict[int, str]:
    """Give the pages of the error mails that these notes of the desk are about, by the note's id.

    In a merged request a note is that of the one that it came from.
    """
    if not notes:
        return {}
    requests = {note.pk: note.came_from_id or note.record_id for note in notes}
    seen = ErrorMail.objects.filter(request__in=requests.values(), mail__in=visible_mails(viewer.desk))
    mails = dict(seen.values_list("request", "pk"))
    return {
        note: reverse("trace_mail", args=[mails[request]])
        for note, request in requests.items()
        if request in mails
    }
