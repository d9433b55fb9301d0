"""How a mail got here: its steps as ticks, as a list, and in one sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.desk.conversations import Conversation
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import KINDS
from deskpost.inbound.pipeline import STEPS
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.protocols import PROTOCOLS


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the pipeline as a mail took it: passed, remark, decided, or open (not reached)."""

    name: str
    state: str
    reason: str = ""
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """A mail's way as the ticks beside it."""

    url: str
    steps: tuple[Step, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class RecordLink:
    """The request that a mail belongs to."""

    number: int
    subject: str
    url: str


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way of a mail, from the server it was collected from to what was written."""

    url: str
    steps: tuple[Step, ...]
    outcome: str
    sentence: str
    mailbox: str
    protocol: str
    collected_at: datetime
    written: str
    written_ms: float | None
    took_ms: float
    subject: str
    message_id: str
    record: RecordLink


@require_safe
@signed_in
def mail_way(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the way of an incoming mail: htmx gets the popover, everybody else a page."""
    conversation = viewer.desk.conversations.select_related("record").filter(pk=id).first()
    if conversation is None:
        raise Http404
    viewer.needs("trace.view", conversation.record)
    outcome = MailOutcome.objects.select_related("mail__mailbox").filter(pk=conversation.mail_id).first()
    if outcome is None:
        raise Http404
    template = "console/_trace_popover.html" if is_htmx(request) else "console/mail_way.html"
    return render(request, template, {"way": _way(conversation, outcome)})


def strips(conversations: Iterable[Conversation]) -> dict[int, Strip]:
    """Give the ticks of each incoming mail among these conversations, by the conversation's id."""
    by_mail = {one.mail_id: one.pk for one in conversations if one.mail_id is not None}
    rows = MailOutcome.objects.filter(pk__in=by_mail).values_list("mail_id", "kind", "trace")
    return {
        by_mail[mail_id]: Strip(reverse("mail_way", args=[by_mail[mail_id]]), steps_of(trace), kind)
        for mail_id, kind, trace in rows
    }


def steps_of(trace: Sequence[Sequence[Any]]) -> tuple[Step, ...]:
    """Give the steps a mail took, and those of the pipeline that it did not reach."""
    taken = [Step(_named(name), _state(verdict), reason, ms) for name, verdict, reason, ms in trace]
    last = trace[-1][0] if trace else ""
    names = [name for name, _ in STEPS]
    behind = names[names.index(last) + 1 :] if last in names else names
    return (*taken, *(Step(_named(name), "open") for name in behind))


def _state(verdict: str) -> str:
    if verdict in ("passed", "remark"):
        return verdict
    return "decided"


def _named(step: str) -> str:
    return step[:1].upper() + step[1:]


def _way(conversation: Conversation, outcome: MailOutcome) -> Way:
    mail, record = outcome.mail, conversation.record
    by_hand = mail.source_number == 0  # delivered from a file or an MTA's pipe
    protocol = PROTOCOLS.get(mail.mailbox.protocol)
    return Way(
        url=reverse("mail_way", args=[conversation.pk]),
        steps=steps_of(outcome.trace),
        outcome=outcome.kind,
        sentence=f"{KINDS.get(outcome.kind, outcome.kind)}. {outcome.reason}",
        mailbox=mail.mailbox.name,
        protocol=gettext("delivered directly") if by_hand or protocol is None else protocol.label,
        collected_at=mail.received_at,
        written=_written(conversation, outcome),
        written_ms=None,
        took_ms=sum(ms for *_, ms in outcome.trace),
        subject=outcome.subject,
        message_id=outcome.message_id or "",
        record=RecordLink(record.number, record.subject, reverse("request", args=[record.number])),
    )


def _written(conversation: Conversation, outcome: MailOutcome) -> str:
    """Say what was written when the mail was settled."""
    what = (
        gettext("request %(number)d")
        if outcome.kind == "request"
        else gettext("a mail of request %(number)d")
    )
    words = what % {"number": conversation.record.number}
    told = OutboxMail.objects.filter(conversation=conversation, automatic=True).count()
    if told:
        words += ", " + ngettext("%(n)d notification", "%(n)d notifications", told) % {"n": told}
    return words
