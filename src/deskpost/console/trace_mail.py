"""One mail that came in: what became of it and why, step by step, its head, its thread, and its raw source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from deskpost import raw_store
from deskpost.console import dropped, error_links, trace_thread, trace_undo
from deskpost.console.attachments import download
from deskpost.console.decided_by import Deciders, of_lines
from deskpost.console.dropped import Dropped
from deskpost.console.mail_way import Step, Way, steps_of, way_of
from deskpost.console.outbox_rows import why_of
from deskpost.console.page import NotPermitted, Viewer, signed_in
from deskpost.console.record_names import called, numbered, page_of
from deskpost.console.settings_restoring import DIRECTORY
from deskpost.console.trace import Address
from deskpost.console.trace_rows import LOOKS, may_take_in_hand, outcome_of
from deskpost.desk.attachments import Attachment
from deskpost.desk.modules import REQUEST
from deskpost.inbound import approval, attachment_settings, reprocess, taking_in
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.heads import Head, beginning, head_of
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Unacknowledged, Undecided
from deskpost.inbound.outcome import Setting
from deskpost.inbound.pipeline import STEPS
from deskpost.inbound.retention import settings as retention_settings
from deskpost.inbound.retention.dropped import kept_until
from deskpost.inbound.steps import by_person
from deskpost.inbound.visible import PERMISSION, visible_mails
from deskpost.mime.message import Address as MailAddress
from deskpost.mime.message import Attachment as FileOfMail
from deskpost.outbound.visible import visible_mails as visible_outgoing

SHOWN_SOURCE = 256_000  # bytes of a raw mail on the page; the file has all of it
SHOWN_ACTS = 50
_ICONS = {
    "waiting": "clock",
    "request": "inbox",
    "command": "terminal",
    "conversation": "mail-check",
    "held": "shield-question-mark",
    "refused": "ban",
    "dropped": "shield-ban",
    "error": "triangle-alert",
    "duplicate": "copy",
}


_TAKEN_UP = (
    *(MailAct.Kind.AGAIN, MailAct.Kind.AFTER_ALL, MailAct.Kind.SPAM, MailAct.Kind.REFUSED),
    MailAct.Kind.ORDINARY,
)
"""Acts that keep what had become of a mail before."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a mail, in a sentence around a link."""

    tone: str
    icon: str
    words: str
    link: str
    link_words: str
    more: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of a mail; `url` empty where it cannot be taken by itself. `label`: what it is, if part of mail itself."""

    name: str
    size: int
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Back:
    """The request, or other record, that a mail was moved from: as it is typed, and in words."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What this person may do with the mail now. `again_why_not`: why it is not processed again, in words."""

    move: bool
    own: bool
    again: bool
    again_why_not: str
    take_in: bool  # what was dropped
    accept: str  # the request, or other record, that a held mail waits at; empty: none
    back: Back | None  # where it was moved from last
    judge_sender: bool = False  # accept or refuse whom nobody knows
    ordinary: bool = False  # let a refused command go on as an ordinary mail
    without_sender: bool = False  # and it names nobody


@require_safe
@signed_in
def trace_mail(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the way of one mail."""
    return page(request, viewer, mail_of(viewer, id))


@require_safe
@signed_in
def source(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the raw source of a mail, and note who read it."""
    mail = mail_of(viewer, id)
    if _is_erased(mail):
        return page(request, viewer, mail, error=by_person.ERASED, status=410)
    if request.method == "GET":
        reprocess.note(mail, viewer.person, MailAct.Kind.READ)
    raw = beginning(mail, SHOWN_SOURCE)
    context = {
        "mail": mail,
        "subject": _subject(outcome_of(mail)),
        "source": raw.decode("utf-8", "replace").replace("\0", "\N{SYMBOL FOR NULL}"),
        "shown": len(raw),
        "cut": len(raw) < mail.size,
        "back_url": reverse("trace_mail", args=[mail.pk]) + Address.of(request.GET).query,
        "list_url": Address.of(request.GET).url,
        "file_url": reverse("trace_file", args=[mail.pk]),
    }
    return render(request, "console/trace_source.html", context)


@require_safe
@signed_in
def file(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give the raw source of a mail as a file, and note who took it. The browser saves it and opens nothing."""
    mail = mail_of(viewer, id)
    if _is_erased(mail):
        return page(request, viewer, mail, error=by_person.ERASED, status=410)
    if request.method == "GET":
        reprocess.note(mail, viewer.person, MailAct.Kind.DOWNLOADED)
    return download(raw_store.load([mail.pk])[mail.pk], f"mail-{mail.pk}.eml")


def mail_of(viewer: Viewer, id: int) -> InboundMessage:
    """Give a mail that the person may trace; who only sees its request is told which permission is missing."""
    rows = InboundMessage.objects.select_related(
        "mailbox__instance", "outcome__record__status", "outcome__account", "outcome__instance"
    )
    mail = rows.filter(pk__in=visible_mails(viewer.desk).filter(pk=id).values("pk")).first()
    if mail is not None:
        return mail
    if viewer.desk.conversations.filter(mail_id=id).exists():
        raise NotPermitted(PERMISSION)
    raise Http404


def page(
    request: HttpRequest,
    viewer: Viewer,
    mail: InboundMessage,
    *,
    error: str = "",
    number: str = "",
    number_error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Give the page of a mail, with what did not work where something did not."""
    address = Address.of(request.GET)
    outcome = outcome_of(mail)
    waits = Undecided.objects.filter(pk=mail.pk).exists()
    head = _head(mail, outcome)
    acts = list(mail.acts.select_related("came_from", "went_to").order_by("-at", "-pk")[:SHOWN_ACTS])
    before = [one.before for one in acts if one.kind in _TAKEN_UP and one.before]
    shown = Deciders(viewer, _stored(outcome, before))
    way = way_of(mail, outcome, shown, numbered=True) if outcome else _way_of_waiting(mail)
    may, fallen = _allowed(viewer, mail, outcome, waits, acts), _dropped(outcome)
    context: dict[str, Any] = {
        "mail": mail,
        "subject": _subject(outcome) or head.message.subject,
        "said": _said(viewer, outcome, waits, way.steps, len(fallen)),
        "waits": waits,
        "erased_at": outcome.raw_erased_at if outcome else None,
        "kept_until": _kept_until(outcome),
        "way": way,
        "decided_by": shown.of(Setting.of(outcome.decided_by)) if outcome else None,
        "told": _told(viewer, outcome),
        "head": head.message,
        "headers": trace_thread.headers(head.message),
        "refused": Unacknowledged.objects.filter(pk=mail.pk, refusals__gt=0).first(),
        "error_request": error_links.requests_of(viewer.desk, [mail.pk]).get(mail.pk),
        "account": outcome.account.name if outcome and outcome.account else "",
        "files": _files(viewer, outcome, head),
        "dropped": fallen,
        "keeps": sum(not one.declined for one in fallen),
        "sets_files": viewer.desk.everywhere("settings.mail"),
        "thread": trace_thread.of(viewer, mail, outcome),
        "may": may,
        "undo": _undo(viewer, outcome, may),
        "accepted": trace_undo.accepted(outcome, acts),
        "removes_people": viewer.desk.everywhere(DIRECTORY),
        "seen": reprocess.seen_of(outcome),
        "acts": [(one, _act(one)) for one in acts],
        "before": [_before(one, shown) for one in before],
        "error": error,
        "number": number,
        "number_error": number_error,
        "list_url": address.url,
        "here_url": reverse("trace_mail", args=[mail.pk]) + address.query,
        "act_urls": {
            act: reverse(f"trace_{act}", args=[mail.pk]) + address.query
            for act in ("source", "move", "own", "again", "ordinary", "take_in", "accept", "refuse")
        },
    }
    return render(request, "console/trace_mail.html", context, status=status)


def _is_erased(mail: InboundMessage) -> bool:
    outcome = outcome_of(mail)
    return outcome is not None and outcome.raw_erased_at is not None


def _head(mail: InboundMessage, outcome: MailOutcome | None) -> Head:
    """Give the head of a mail; of one whose raw mail is gone what its trace still says."""
    head = head_of(mail)
    if outcome is None or outcome.raw_erased_at is None:
        return head
    sender = (MailAddress("", outcome.from_address),) if outcome.from_address else ()
    known = replace(
        head.message,
        from_=sender,
        subject=outcome.subject,
        message_id=outcome.message_id,
        date=outcome.written_at,
    )
    return Head(known, complete=False)


def _kept_until(outcome: MailOutcome | None) -> datetime | None:
    """Give until when a dropped mail is kept."""
    if outcome is None or outcome.kind != "dropped":
        return None
    return kept_until(outcome, retention_settings.load().dropped_days)


def _subject(outcome: MailOutcome | None) -> str:
    return outcome.subject if outcome else ""


def _said(
    viewer: Viewer, outcome: MailOutcome | None, waits: bool, steps: Sequence[Step], dropped: int
) -> Said:
    if outcome is None or waits:
        words = gettext("Waits to be processed") if outcome is None else gettext("Is being processed again")
        return Said("mute", _ICONS["waiting"], words, "", "", gettext("This page shows what it becomes."))
    of_request = outcome.record is None or outcome.record.module == REQUEST
    words = {
        "request": gettext("Became request"),
        "command": gettext("Made request") if outcome.conversation_id else gettext("Command about request"),
        "conversation": gettext("Became a mail of request") if of_request else gettext("Became a mail of"),
        "held": _held_words(outcome, of_request),
        "refused": gettext("Refused"),
        "dropped": gettext("Dropped"),
        "bounce": _report_words(outcome, of_request),
        "automatic": gettext("Automatic mail, ended here"),
        "duplicate": gettext("The same mail came before"),
        "error": gettext("Could not be processed"),
    }.get(outcome.kind, str(LOOKS[outcome.kind].words))
    came_from = outcome.conversation.came_from if outcome.conversation else None
    if outcome.kind == "request" and came_from is not None:
        words = gettext("Became request %(number)d, merged into") % {"number": came_from.number}
    link = link_words = ""
    if outcome.record is not None:
        link = page_of(outcome.record)
        link_words = f"{numbered(outcome.record)} {outcome.record.subject}"
    elif outcome.duplicate_of_id is not None:
        first = visible_mails(viewer.desk).filter(pk=outcome.duplicate_of_id)
        if first.exists():
            link = reverse("trace_mail", args=[outcome.duplicate_of_id])
            link_words = gettext("as mail %(number)d") % {"number": outcome.duplicate_of_id}
    tone = LOOKS[outcome.kind].tone
    return Said(
        tone, _ICONS.get(outcome.kind, "mail"), words, link, link_words, _why(outcome, steps, dropped)
    )


def _held_words(outcome: MailOutcome, of_request: bool) -> str:
    if outcome.record is None:
        return gettext("Held")
    return gettext("Held at request") if of_request else gettext("Held at")


def _report_words(outcome: MailOutcome, of_request: bool) -> str:
    if outcome.record is None:
        return gettext("Delivery report")
    return gettext("Reports on a mail of request") if of_request else gettext("Reports on a mail of")


def _why(outcome: MailOutcome, steps: Sequence[Step], dropped: int) -> str:
    deciding = next((step for step in steps if step.state == "decided"), None)
    reason = outcome.reason
    if dropped:
        words = ngettext(
            "%(n)d attachment was dropped on the way.", "%(n)d attachments were dropped on the way.", dropped
        )
        reason = f"{reason} {words % {'n': dropped}}"
    if deciding is None or deciding.number is None:  # a person, who is named in the reason
        return reason
    where = gettext("Decided in step %(number)d of %(count)d, %(step)s.") % {
        "number": deciding.number,
        "count": len(STEPS),
        "step": deciding.name.lower(),
    }
    return f"{where} {reason}"


def _way_of_waiting(mail: InboundMessage) -> Way:
    return Way(
        steps=steps_of([]),
        outcome="waiting",
        sentence="",
        mailbox=mail.mailbox.name,
        protocol="",
        folder=mail.folder,
        digest=bytes(mail.sha256).hex(),
        collected_at=mail.received_at,
        written="",
        took_ms=0.0,
        numbered=True,
    )


def _told(viewer: Viewer, outcome: MailOutcome | None) -> list[tuple[int, str]]:
    """Give the notifications about a mail that this person may open in the outbox: id, and which they are."""
    if outcome is None or outcome.conversation_id is None or not viewer.desk.may("outbox.manage"):
        return []
    rows = visible_outgoing(viewer.desk).filter(conversation=outcome.conversation_id, automatic=True)
    return [(one.pk, why_of(one)) for one in rows.order_by("pk")[:5]]


def _files(viewer: Viewer, outcome: MailOutcome | None, head: Head) -> list[File]:
    if outcome is not None and outcome.conversation_id is not None:
        rows = viewer.desk.attachments.filter(conversation=outcome.conversation_id)
        return [
            _file(one, reverse("attachment", args=[one.pk])) for one in rows.defer("content").order_by("pk")
        ]
    if not head.complete:
        return []
    fallen = (
        set(DroppedFile.objects.filter(mail=outcome.pk).values_list("part", flat=True)) if outcome else ()
    )
    return [_file(one, "") for one in head.message.attachments if one.part not in fallen]


def _file(one: Attachment | FileOfMail, url: str) -> File:
    label = dropped.label(one.content_type, one.name)
    return File(one.name or gettext("unnamed"), one.size, url, label)


def _dropped(outcome: MailOutcome | None) -> list[Dropped]:
    """Give the files that were dropped and nobody took in."""
    rows = (
        list(DroppedFile.objects.filter(mail=outcome.pk, taken_in_at=None).order_by("pk")) if outcome else []
    )
    if outcome is None or not rows:
        return []
    rules = attachment_settings.rules_of(attachment_settings.load())
    return [dropped.shown(one, taking_in.declined(one, outcome, rules)) for one in rows]


def _allowed(
    viewer: Viewer,
    mail: InboundMessage,
    outcome: MailOutcome | None,
    waits: bool,
    acts: Sequence[MailAct],
) -> Allowed:
    if outcome is None or waits:
        return Allowed(False, False, False, "", False, "", None)
    known = reprocess.known_of(outcome)
    edits = may_take_in_hand(viewer, mail, "request.edit")
    whole = known.whole and outcome.kind != "error" and not (known.set_aside or known.erased)
    declined = by_person.process_again(known)
    moved = next((one for one in acts if one.kind in (MailAct.Kind.MOVED, MailAct.Kind.OWN)), None)
    held = outcome.record if outcome.kind == "held" else None
    opens = edits and whole and not known.opened_it and may_take_in_hand(viewer, mail, "request.create")
    judges = opens and approval.waits(outcome)
    refused = reprocess.is_refused_command(outcome)
    return Allowed(
        move=edits and whole,
        own=opens and not judges and not refused,
        ordinary=edits and whole and refused,
        judge_sender=judges,
        without_sender=approval.names_nobody(outcome),
        again=edits and declined is None,
        again_why_not=declined.words if declined and edits else "",
        take_in=edits,
        accept=numbered(held) if held and edits else "",
        back=_back(viewer, outcome, moved) if edits else None,
    )


def _undo(viewer: Viewer, outcome: MailOutcome | None, may: Allowed) -> str:
    went = outcome is not None and may.again and reprocess.known_of(outcome).set_aside
    record = outcome.record if outcome else None
    deletes = record is not None and viewer.desk.may("request.delete", record)
    return trace_undo.words(outcome, may, went_with_request=went, may_delete=deletes)


def _back(viewer: Viewer, outcome: MailOutcome, moved: MailAct | None) -> Back | None:
    """Give the request to move a mail back to: where it was before it was moved here."""
    if moved is None or moved.came_from is None or moved.came_from_id == outcome.record_id:
        return None
    if outcome.conversation_id is None or moved.went_to_id != outcome.record_id:
        return None
    seen = viewer.desk.records.filter(pk=moved.came_from.pk, merged_into=None).exists()
    if not seen or not viewer.desk.works_on(moved.came_from):
        return None
    return Back(numbered(moved.came_from), called(moved.came_from))


def _act(one: MailAct) -> str:
    """Say what a person did with a mail."""
    numbers = {
        "old": numbered(one.came_from) if one.came_from else "–",
        "new": numbered(one.went_to) if one.went_to else "–",
    }
    if one.kind == MailAct.Kind.MOVED and one.came_from is None:
        return gettext("put it into request %(new)s") % numbers
    return {
        MailAct.Kind.READ: gettext("read its raw source"),
        MailAct.Kind.DOWNLOADED: gettext("downloaded its raw source"),
        MailAct.Kind.DETAILS: gettext("read its error details")
        if one.before
        else gettext("downloaded its error details"),
        MailAct.Kind.MOVED: gettext("moved it from request %(old)s to %(new)s") % numbers,
        MailAct.Kind.OWN: gettext("made it request %(new)s") % numbers,
        MailAct.Kind.AGAIN: gettext("had it processed again"),
        MailAct.Kind.AFTER_ALL: gettext("had it processed after all"),
        MailAct.Kind.SPAM: gettext("said that it is spam; it was in request %(old)s") % numbers,
        MailAct.Kind.REFUSED: gettext("refused its sender"),
        MailAct.Kind.ORDINARY: gettext("let it go on as an ordinary mail"),
        MailAct.Kind.FILE: gettext("took in %(name)s") % {"name": (one.before or {}).get("name", "–")},
    }[MailAct.Kind(one.kind)]


def _stored(outcome: MailOutcome | None, before: Sequence[dict[str, Any]]) -> list[Any]:
    """Give all settings that are kept with a mail: what decided, by what its steps judged, and so before."""
    traces = [one["steps"] for one in before]
    if outcome is not None:
        traces.append(outcome.trace)
    kept = [by for trace in traces for by in of_lines(trace)]
    return [*kept, outcome.decided_by if outcome else None]


def _before(told: dict[str, Any], shown: Deciders) -> dict[str, Any]:
    """Give what had become of a mail before it was processed again."""
    steps = steps_of(told["steps"], shown)
    return {
        "look": LOOKS[told["kind"]],
        "reason": told["reason"],
        "at": datetime.fromisoformat(told["at"]),
        "way": {"steps": steps, "outcome": told["kind"], "numbered": True},
    }
