"""One event as its panel shows it: the mail with the data of a real request, and what became of such mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Viewer
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event, EventKind, PersonFacts, RecordFacts
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.records import Record
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.outbound.audience import RECEIPT
from deskpost.outbound.notify import Preview, preview
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rulebook import Rulebook

_ANSWER = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"
_REASON = (
    "The step parse failed on this mail. To do: look into the log of the worker for mail 12. "
    "Once the cause is mended, process the mail again from its trace."
)
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows. `number`: the request whose data it is, "" where there is none to show."""

    kind: EventKind
    preview: Preview
    number: str
    subject: tuple[str, str]  # before and after the delimiter
    placeholders: tuple[str, ...]
    counts: tuple[tuple[str | Promise, int], ...]


def panel_of(viewer: Viewer, kind: EventKind, rules: Rulebook) -> Panel:
    """Give an event as its panel shows it, with the newest request that the person may see."""
    newest = viewer.desk.worked_records.order_by("-pk").first()
    event = _event(viewer, kind, newest)
    shown = preview(event, rules)
    before, _delimiter, after = (
        shown.mail.subject.partition(shown.delimiter) if shown.delimiter else ("", "", "")
    )
    return Panel(
        kind=kind,
        preview=shown,
        number=rules.number(newest.module, newest.number) if newest else "",
        subject=(before, after) if shown.delimiter else (shown.mail.subject, ""),
        placeholders=tuple(dict.fromkeys(name for _text, name in shown.text if name)),
        counts=_counts(kind),
    )


def name_of(kind: EventKind) -> str:
    """Give the name of an event: its label without whom it is for."""
    return kind.label.partition(", to ")[0]


def _event(viewer: Viewer, kind: EventKind, newest: Record | None) -> Event:
    """Give the event as it would have happened to this request."""
    if newest is None:
        return Event(kind.name)
    about = record_facts([newest.pk])[newest.pk]
    mails = viewer.desk.conversations.filter(record=newest, direction=Conversation.Direction.IN)
    mail = mails.order_by("-at", "-pk").first()
    if kind.audience == "author":
        return _not_delivered(viewer, kind, about)
    if kind.audience in ("requester", "alerted", "assignee", "technician"):
        by_desk = kind.name in ("reply_from_technician", "request_closed")
        actor = (about.technician or _facts(viewer)) if by_desk else about.requester
        return Event(kind.name, about, actor, mail.text if mail else "")
    return Event(kind.name, details=_error(mail, about))


def _not_delivered(viewer: Viewer, kind: EventKind, about: RecordFacts) -> Event:
    address = about.requester.address if about.requester else ""
    details = {"mail_subject": f"Re: {about.subject}"}
    said = f"{address}: {_ANSWER.format(address=address)}"
    return Event(kind.name, about, about.technician or _facts(viewer), said, details=details)


def _error(mail: Conversation | None, about: RecordFacts) -> Mapping[str, str]:
    if mail is None:
        return {}
    mailbox = (
        InboundMessage.objects.filter(pk=mail.mail_id or 0).values_list("mailbox__name", flat=True).first()
    )
    return {
        "mailbox": mailbox or "",
        "from": about.requester.address if about.requester else "",
        "mail_subject": about.subject,
        "reason": _REASON,
        "message_id": mail.message_id or "",
    }


def _facts(viewer: Viewer) -> PersonFacts:
    return people_facts([viewer.person.pk])[viewer.person.pk]


def _counts(kind: EventKind) -> tuple[tuple[str | Promise, int], ...]:
    """Count the last 24 hours. Each by an index, so that years of mails are not read."""
    since = timezone.now() - _DAY
    mails = OutboxMail.objects.filter(event=kind.name)
    ended = Q(done_at__gte=since)
    counts: list[tuple[str | Promise, int]] = [
        (_("Sent"), mails.filter(ended, state="sent").count()),
        (_("Delivery failed"), mails.filter(ended, state="failed").count()),
        (_("Held now"), mails.filter(state="held").count()),
    ]
    if kind.name == RECEIPT:
        remarked = [["automatic", "remark"]]  # the step that saw that a machine wrote it
        opened = MailOutcome.objects.filter(
            kind="request", mail__received_at__gte=since, trace__contains=remarked
        )
        counts.append((_("Not sent: the sender wrote automatically"), opened.count()))
    return tuple(counts)
