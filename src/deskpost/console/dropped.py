"""Files of mails that did not stay, as pages show them: the error, what to do, and who took one in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.mime.file_labels import label_of


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that was not kept. `declined`: why nobody can take it in; empty: it can be."""

    part: str
    name: str
    size: int
    error: str
    detail: str
    reason: str
    solution: str
    declined: str = ""


def shown(one: DroppedFile, declined: str = "") -> Dropped:
    """Give a dropped file as its template shows it."""
    told = FILE_ERRORS[one.why]
    return Dropped(
        part=one.part,
        name=one.name or gettext("unnamed"),
        size=one.size,
        error=told.error,
        detail=one.detail,
        reason=told.reason,
        solution=told.solution,
        declined=declined,
    )


def of_mails(mail_ids: Iterable[int | None]) -> Mapping[int, tuple[Dropped, ...]]:
    """Give by mail the files that were dropped and nobody took in; one query."""
    wanted = [id for id in mail_ids if id is not None]
    found: dict[int, tuple[Dropped, ...]] = {}
    if wanted:
        rows = DroppedFile.objects.filter(mail__in=wanted, taken_in_at=None).order_by("pk")
        for one in rows:
            found[one.mail_id] = (*found.get(one.mail_id, ()), shown(one))
    return found


def label(content_type: str, name: str) -> str:
    """Give what a file is called that belongs to mail itself, "" for an ordinary one."""
    words = label_of(content_type.lower(), name)
    return gettext(words) if words else ""
