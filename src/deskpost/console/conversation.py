"""The mails and notes of a request, as their template shows them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from deskpost.console import dropped, error_links, mail_way, repeated_files
from deskpost.console.dropped import Dropped
from deskpost.console.folding import split_texts
from deskpost.console.held_replies import HeldReply, held_replies
from deskpost.console.mail_state import MailState, states
from deskpost.console.page import Viewer
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.merging import end_of
from deskpost.desk.records import Record
from deskpost.desk.requests import is_of_desk
from deskpost.mime.clean_html import own_images
from deskpost.mime.new_text import Pieces
from deskpost.mime.quote_cut import Kind

SHOWN = 4  # mails and notes that stand open; what is older is folded away
FOLDED = 50  # folded ones on one page; older ones are behind a link

Pairs = Sequence[Sequence[str]]
Side = Literal["mine", "desk", "other"]  # who wrote a mail, as its reader sees it


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it; id 0 where nobody here has that name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment that can be taken. `label`: what it is, where it belongs to mail itself."""

    name: str
    size: int
    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail or note. To those who see only their own requests it names no addresses, no traces, no states.

    `verdict`: pass, fail or none, of an incoming mail whose mailbox has a source of verdicts on senders.
    `rest` is what stands folded below the text of a mail that came in, `rest_words` says what that is. `repeated` are
    images as came with an earlier mail.
    """

    id: int
    direction: str
    author: Author
    address: str
    verb: str
    to: Pairs
    cc: Pairs
    at: datetime
    text: str
    rest: str
    rest_words: str
    body_url: str | None
    automatic: str
    attachments: tuple[File, ...]
    dropped: tuple[Dropped, ...]
    way: mail_way.Strip | None
    mail_state: MailState | None
    verdict: str = ""
    move_url: str = ""  # where it is put elsewhere; empty: not by this person
    side: Side = "other"
    by_mail: bool = True
    repeated: tuple[File, ...] = ()
    error_url: str = ""  # of a note of the desk about an error mail: the page of the mail


@dataclass(frozen=True, slots=True)
class Talk:
    """A request's conversation: what stands open, what is folded away, and whether there is more before that.

    Replies that wait for somebody to accept them are never folded away.
    """

    conversation: list[Message | HeldReply]
    earlier: list[Message]
    earlier_words: str
    before: int | None  # the oldest on this page, when older ones exist
    newest: int  # the id of the last one, 0 for none
    newest_way: int  # the last one that came in by mail, 0 for none


def talk_of(viewer: Viewer, record: Record, before: int | None = None) -> Talk:
    """Give the newest part of a conversation, or the part before one of its mails."""
    rows = viewer.desk.conversations.filter(record=place_of(viewer, record))
    rows = rows.select_related("author").order_by("-at", "-pk")
    if before is not None:
        edge = rows.filter(pk=before).first()
        rows = rows.filter(at__lte=edge.at).exclude(pk=before) if edge else rows
    found = list(rows[: SHOWN + FOLDED + 1])
    more, found = len(found) > SHOWN + FOLDED, found[: SHOWN + FOLDED]
    found.reverse()
    messages = messages_of(viewer, record, found)
    cut = len(messages) - SHOWN if len(messages) > SHOWN + 1 else 0
    newest = max((one.pk for one in found), default=0)
    held = held_replies(viewer, record) if before is None else []
    return Talk(
        conversation=sorted([*messages[cut:], *held], key=attrgetter("at")),
        earlier=messages[:cut],
        earlier_words=_words(messages[:cut], more),
        before=found[0].pk if more else None,
        newest=newest,
        newest_way=next((one.id for one in reversed(messages) if one.way), 0),
    )


def place_of(viewer: Viewer, record: Record) -> Record:
    """Give the request at which the conversation of one stands: for its requester, merged or not, that is one page."""
    return record if viewer.desk.works_on(record) else end_of(record)


def messages_of(viewer: Viewer, record: Record, rows: Sequence[Conversation]) -> list[Message]:
    """Give these conversations of a request with their files and, for technicians, their ways and states."""
    works = viewer.desk.works_on(record)
    traces = works and viewer.desk.may("trace.view", record)
    moves = works and record.merged_into_id is None and viewer.desk.may("request.edit", record)
    move_url = reverse("request_move", args=[record.number]) if moves and record.module == "RE" else ""
    ways = mail_way.strips(rows) if works else {}
    sent = states(rows, traces=traces) if works else {}
    files, fallen = _files(viewer, rows), dropped.of_mails(one.mail_id for one in rows)
    again = repeated_files.of(viewer, record, chain.from_iterable(files.values()))
    texts = split_texts(rows)
    of_errors = error_links.mails_of(viewer, [one for one in rows if works and is_of_desk(one)])
    messages = [
        _message(
            viewer,
            one,
            texts.get(one.pk, Pieces(one.text, "", Kind.NONE)),
            works,
            _to_list(files.get(one.pk, ()), one),
            again,
            fallen.get(one.mail_id or 0, ()),
            ways,
            sent,
            traces,
            move_url,
        )
        for one in rows
    ]
    return [replace(message, error_url=of_errors.get(message.id, "")) for message in messages]


def _message(
    viewer: Viewer,
    one: Conversation,
    text: Pieces,
    works: bool,
    files: Sequence[Attachment],
    again: Set[int],
    fallen: tuple[Dropped, ...],
    ways: Mapping[int, mail_way.Strip],
    sent: Mapping[int, MailState],
    traces: bool,
    move_url: str,
) -> Message:
    name = (one.author.name if one.author else "") or one.from_name or one.from_address or gettext("Unknown")
    own = one.author_id == viewer.person.pk
    state = sent.get(one.pk)
    rest = text.rest.strip("\r\n")
    return Message(
        id=one.pk,
        direction=one.direction,
        author=Author(one.author_id or 0, name if works or name != one.from_address else gettext("Somebody")),
        address=one.from_address if works or own else "",
        verb=gettext("forwarded") if state and state.forwarded else gettext("replied"),
        to=one.to if works else (),
        cc=one.cc if works else (),
        at=one.at,
        text=text.new,
        rest=rest,
        rest_words=rest_words(text.kind, rest.count("\n") + 1),
        body_url=reverse("message_html", args=[one.pk]) if one.html else None,
        automatic=gettext("automatic answer") if one.automatic else "",
        attachments=tuple(_file(file) for file in files if file.pk not in again),
        dropped=fallen,
        way=ways.get(one.pk) if traces else None,
        verdict=ways[one.pk].verdict if one.pk in ways else "",
        mail_state=state,
        move_url=f"{move_url}?message={one.pk}" if move_url else "",
        side="mine" if own else "desk" if _of_desk(one) else "other",
        by_mail=one.mail_id is not None,
        repeated=tuple(_file(file) for file in files if file.pk in again),
    )


def _of_desk(one: Conversation) -> bool:
    """Tell whether a mail is the desk's: written here, or by a technician's mail and sent on."""
    return one.direction == Conversation.Direction.OUT or one.relayed_to_id is not None


def rest_words(kind: Kind, lines: int) -> str:
    """Say what is folded below the new text of a mail; "" for nothing. 0 lines: nobody counted them."""
    if kind == Kind.SIGNATURE:
        return gettext("Signature")
    words = {Kind.QUOTE: gettext("Quoted text"), Kind.BOTH: gettext("Quoted text and signature")}.get(
        kind, ""
    )
    counted = ngettext("%(n)d line", "%(n)d lines", lines) % {"n": lines}
    return f"{words}, {counted}" if words and lines else words


def _file(file: Attachment) -> File:
    url = reverse("attachment", args=[file.pk])
    return File(file.name or gettext("unnamed"), file.size, url, dropped.label(file.content_type, file.name))


def _to_list(files: Sequence[Attachment], one: Conversation) -> list[Attachment]:
    """Give the files of a mail but for the images that stand in its text."""
    if not any(file.inline for file in files):
        return list(files)
    shown = own_images(one.html or "")
    return [file for file in files if not (file.inline and (file.content_id or "").strip("<>") in shown)]


def _files(viewer: Viewer, rows: Sequence[Conversation]) -> dict[int | None, list[Attachment]]:
    files: dict[int | None, list[Attachment]] = {}
    ids = [one.pk for one in rows]
    known = viewer.desk.attachments.filter(conversation__in=ids).defer("content").order_by("pk")
    for file in known:
        files.setdefault(file.conversation_id, []).append(file)
    return files


def _words(earlier: Sequence[Message], more: bool) -> str:
    """Say what is folded away: "description, 2 mails, 1 note"."""
    mails = sum(one.direction != "note" for one in earlier)
    notes = len(earlier) - mails
    words = []
    if mails and not more:
        words.append(gettext("description"))
        mails -= 1
    if mails:
        words.append(ngettext("%(n)d mail", "%(n)d mails", mails) % {"n": mails})
    if notes:
        words.append(ngettext("%(n)d note", "%(n)d notes", notes) % {"n": notes})
    return ", ".join(words)
