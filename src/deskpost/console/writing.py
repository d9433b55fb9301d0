"""What sending the composer's form does, in one transaction: the conversation, its mail, the status, who is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.console import properties_change
from deskpost.console.composer import FORWARD, NOTE
from deskpost.console.page import Viewer
from deskpost.console.recipients import Pair
from deskpost.desk import editing, merging, requests
from deskpost.desk.answering import answered_mail
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.field_values import Judge, Picked, scene_of
from deskpost.desk.fields import Status
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.requests import Upload
from deskpost.desk.sent_forms import first_time
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.by_person import send_by_person
from deskpost.outbound.notify import notify

_ENDED = (Status.Kind.CLOSED, Status.Kind.RESOLVED)


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote, checked."""

    mode: str
    to: tuple[Pair, ...]
    cc: tuple[Pair, ...]
    subject: str
    text: str
    files: tuple[Upload, ...]
    status: Status | None
    token: UUID
    newest: int  # the last conversation that the writer saw


class NotWritten(Exception):
    """Nothing was written or sent; `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Overtaken(NotWritten):
    """A colleague answered while this was written. `words` says who and when."""


class StatusRefused(NotWritten):
    """The status that was to be set then may not be set, such as one that closes too early."""


class LedOn(Overtaken):
    """The request was merged into another one while this was written."""


@transaction.atomic
def write(viewer: Viewer, record: Record, text: Text) -> Conversation | None:
    """Add what was written to a request; None when this form did so before.

    Raises Overtaken, LedOn, StatusRefused, NotPermitted, and outbound's NobodyToWriteTo.
    """
    record = viewer.desk.records.select_for_update(of=("self",)).get(pk=record.pk)
    if record.merged_into_id is not None:
        raise LedOn(_led_on(viewer, record))
    if not first_time(text.token, viewer.person):
        return None
    if not viewer.desk.works_on(record):
        viewer.needs("conversation.reply", record)
        return _from_requester(viewer, record, text)
    viewer.needs("conversation.forward" if text.mode == FORWARD else "conversation.reply", record)
    if text.mode == NOTE:
        conversation = _add(viewer, record, text, Conversation.Direction.NOTE, text.text)
    else:
        _not_overtaken(viewer, record, text)
        conversation = _mail(viewer, record, text)
    if text.status is not None:
        _set_status(viewer, record, text.status)
    requests.mark_seen(record, viewer.person)
    return conversation


def _set_status(viewer: Viewer, record: Record, status: Status) -> None:
    if status == record.status:
        return
    judge = Judge(scene_of(viewer.desk, record))
    try:
        properties_change.apply(viewer, record, judge, {"Status": Picked((status.pk,))})
    except properties_change.NotSaved as trouble:
        words = trouble.words if judge.scene.works else gettext("The desk has something to fill in first.")
        nothing = gettext("Nothing was sent.")
        if not judge.scene.works:
            nothing += " " + gettext(
                "To do: write that it works, and press Send: the desk closes the request."
            )
        raise StatusRefused(f"{words} {nothing}") from trouble


def _from_requester(viewer: Viewer, record: Record, text: Text) -> Conversation | None:
    """Take a requester's answer as if it had come by mail: an ended request is open again.

    With a status the request is closed, and nothing needs to be written beside it.
    """
    written = bool(text.text.strip() or text.files)
    conversation = _add(viewer, record, text, Conversation.Direction.IN, text.text) if written else None
    if text.status is not None:
        _set_status(viewer, record, text.status)
    elif written and record.status.kind in _ENDED:
        opened = Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "pk")[0]
        changed = editing.write(record, Changes({"Status": opened}), editing.By(viewer.person, "page"))
        notify(changed, own_addresses=own_addresses())
    if conversation is not None:
        about = record_facts([record.pk])[record.pk]
        by = people_facts([viewer.person.pk]).get(viewer.person.pk)
        event = Event("reply_from_requester", about, by, text.text, conversation.pk)
        notify([event], own_addresses=own_addresses())
    return conversation


def _mail(viewer: Viewer, record: Record, text: Text) -> Conversation:
    body = text.text
    original = answered_mail(viewer.desk.conversations, record) if text.mode == FORWARD else None
    if original is not None:
        body = f"{body.rstrip()}\n\n{_quoted(original)}".lstrip()
    conversation = _add(viewer, record, text, Conversation.Direction.OUT, body)
    if original is not None:
        _take_files_along(original, conversation)
    send_by_person(
        conversation=conversation,
        author=viewer.person,
        to=text.to,
        cc=text.cc,
        subject=text.subject or record.subject,
        mode=text.mode,
        own_addresses=own_addresses(),
    )
    return conversation


def _add(viewer: Viewer, record: Record, text: Text, direction: str, body: str) -> Conversation:
    me = people_facts([viewer.person.pk])[viewer.person.pk]
    return requests.add_conversation(
        record,
        direction=direction,
        author=viewer.person,
        sender=(viewer.person.name, me.address),
        text=body,
        subject=text.subject or record.subject,
        at=timezone.now(),
        to=text.to,
        cc=text.cc,
        files=text.files,
    )


def _not_overtaken(viewer: Viewer, record: Record, text: Text) -> None:
    by_page_or_mail = Q(direction=Conversation.Direction.OUT) | ~Q(relayed_to=None)
    answers = viewer.desk.conversations.filter(by_page_or_mail, record=record)
    other = answers.filter(pk__gt=text.newest).exclude(author=viewer.person).select_related("author").first()
    if other is None:
        return
    words = gettext(
        "%(who)s answered at %(when)s, while you wrote. Nothing was sent. To do: read that answer above, change "
        "your text if need be, then press Send again."
    )
    who = other.author.name if other.author else gettext("Somebody")
    when = date_format(timezone.localtime(other.at), "H:i")
    raise Overtaken(words % {"who": who, "when": when})


def _led_on(viewer: Viewer, record: Record) -> str:
    end = merging.end_of(record)
    if not viewer.desk.records.filter(pk=end.pk).exists():
        return gettext(
            "This request was merged into another one. Nothing was sent. To do: write a mail instead."
        )
    words = gettext(
        "%(merged)s To do: read request %(number)d, then press Send: what you wrote goes out from there."
    )
    return words % {"merged": merging.merged_words(record), "number": end.number}


def _quoted(original: Conversation) -> str:
    head = [
        gettext("---------- Forwarded mail ----------"),
        f"{gettext('From')}: {_named([(original.from_name, original.from_address)])}",
        f"{gettext('Date')}: {date_format(timezone.localtime(original.at), 'j M Y H:i O')}",
        f"{gettext('Subject')}: {original.subject}",
        f"{gettext('To')}: {_named(original.to)}",
    ]
    return "\n".join(head) + f"\n\n{original.text}"


def _named(pairs: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"{name} <{address}>" if name else address for name, address in pairs)


def _take_files_along(original: Conversation, conversation: Conversation) -> None:
    """Give the forward its own rows for the files of the mail; the bytes stay where they are."""
    files = original.attachments.order_by("pk")
    Attachment.objects.bulk_create(
        Attachment(
            conversation=conversation,
            account_id=conversation.account_id,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            content_id=None,  # the forward has no HTML in which an image could stand
            mail_id=file.mail_id,
            part=file.part,
            content=file.content,
        )
        for file in files
    )
