"""How a mail got here: its steps as ticks, as a list, and in one sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from deskpost.console.decided_by import Decider, Deciders, of_lines
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.console.record_names import called
from deskpost.desk.conversations import Conversation
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.outcome import KINDS, OPENS, Line
from deskpost.inbound.pipeline import STEPS
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.protocols import PROTOCOLS

_FOUND_NOTHING = {  # what a step has seen that passed a mail on without a word
    "duplicate": gettext_lazy("No mail with this Message-ID and content came before"),
    "spam filter": gettext_lazy("No spam rule is on"),
    "bounce": gettext_lazy("No delivery report"),
    "automatic": gettext_lazy("No automatic mail, and not one of our own"),
    "authenticity": gettext_lazy("The mailbox has no source of verdicts on senders"),
    "attachments": gettext_lazy("It has no files"),
    "email command": gettext_lazy("Email Command is off, or the subject has no identifier"),
    "threading": gettext_lazy("It names no request"),
}


_NAMES = {"automatic": gettext_lazy("Automatic mail and loops"), "sender": gettext_lazy("Account and sender")}
"""What people read of a step whose own name says too little."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the pipeline as a mail took it: passed, remark, decided, or open (not reached)."""

    name: str
    state: str
    reason: str = ""
    ms: float | None = None
    number: int | None = None  # its place in the pipeline; what a person did has none
    by: Decider | None = None  # the setting by which it judged


@dataclass(frozen=True, slots=True)
class Strip:
    """A mail's way as the ticks beside it, and what was found of its sender."""

    url: str
    steps: tuple[Step, ...]
    outcome: str
    verdict: str = ""  # of authenticity; empty: nobody could have told


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way of a mail, from the server it was collected from to what was written."""

    steps: tuple[Step, ...]
    outcome: str
    sentence: str
    mailbox: str
    protocol: str
    collected_at: datetime
    written: str
    took_ms: float
    folder: str = ""
    digest: str = ""
    numbered: bool = False  # shows the steps' numbers: on the mail's own page


@require_safe
@signed_in
def mail_way(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the way of a request's mail: htmx gets the popover, everybody else goes to the mail's trace."""
    conversation = viewer.desk.conversations.select_related("record").filter(pk=id).first()
    if conversation is None:
        raise Http404
    viewer.needs("trace.view", conversation.record)
    outcome = MailOutcome.objects.select_related("mail__mailbox", "record")
    found = outcome.filter(pk=conversation.mail_id).first()
    if found is None:
        raise Http404
    trace_url = reverse("trace_mail", args=[found.pk])
    if not is_htmx(request):
        return HttpResponseRedirect(trace_url)
    shown = Deciders(viewer, of_lines(found.trace))
    context = {"way": way_of(found.mail, found, shown), "trace_url": trace_url}
    return render(request, "console/_trace_popover.html", context)


def strips(conversations: Iterable[Conversation]) -> dict[int, Strip]:
    """Give the ticks of each incoming mail among these conversations, by the conversation's id."""
    by_mail = {one.mail_id: one.pk for one in conversations if one.mail_id is not None}
    rows = MailOutcome.objects.filter(pk__in=by_mail).values_list("mail_id", "kind", "trace", "authenticity")
    return {
        by_mail[mail_id]: Strip(reverse("mail_way", args=[by_mail[mail_id]]), steps_of(trace), kind, verdict)
        for mail_id, kind, trace, verdict in rows
    }


def steps_of(trace: Sequence[Sequence[Any]], shown: Deciders | None = None) -> tuple[Step, ...]:
    """Give the steps a mail took, and those of the pipeline that it did not reach.

    Of several that decided (a person moved the mail later) the last one counts. `shown`: the settings by which they
    judged, where these are shown.
    """
    deciding = max((place for place, line in enumerate(trace) if _decides(line[1])), default=-1)
    names = [name for name, _ in STEPS]
    numbers = {name: number for number, name in enumerate(names, 1)}
    taken = [
        Step(
            _named(line.step),
            _state(line.verdict, place == deciding),
            line.reason or _silent(line.step),
            line.ms,
            numbers.get(line.step),
            shown.of(line.by) if shown else None,
        )
        for place, line in enumerate(map(Line.of, trace))
    ]
    last = trace[-1][0] if trace else ""
    behind = names[names.index(last) + 1 :] if last in names else ([] if trace else names)
    return (*taken, *(Step(_named(name), "open", number=numbers[name]) for name in behind))


def way_of(mail: InboundMessage, outcome: MailOutcome, shown: Deciders, numbered: bool = False) -> Way:
    """Give the way of a mail that has an outcome."""
    by_hand = mail.source_number == 0  # delivered from a file or an MTA's pipe
    protocol = PROTOCOLS.get(mail.mailbox.protocol)
    return Way(
        steps=steps_of(outcome.trace, shown),
        outcome=outcome.kind,
        sentence=f"{KINDS.get(outcome.kind, outcome.kind)}. {outcome.reason}",
        mailbox=mail.mailbox.name,
        protocol=gettext("delivered directly") if by_hand or protocol is None else protocol.label,
        folder=mail.folder,
        digest=bytes(mail.sha256).hex(),
        collected_at=mail.received_at,
        written=_written(outcome),
        took_ms=sum(Line.of(one).ms for one in outcome.trace),
        numbered=numbered,
    )


def _decides(verdict: str) -> bool:
    return verdict not in ("passed", "remark")


def _state(verdict: str, counts: bool) -> str:
    if _decides(verdict):
        return "decided" if counts else "passed"
    return verdict


def _silent(step: str) -> str:
    return str(_FOUND_NOTHING.get(step, ""))


def _named(step: str) -> str:
    return str(_NAMES.get(step, "")) or step[:1].upper() + step[1:]


def _written(outcome: MailOutcome) -> str:
    """Say what was written when the mail was settled; nothing where it came into no request."""
    if outcome.record is None or (outcome.conversation_id is None and outcome.kind != "command"):
        return ""
    if outcome.conversation_id is None:
        return gettext("the history of %(record)s") % {"record": called(outcome.record)}
    opened = outcome.kind in OPENS
    words = gettext("%(record)s") if opened else gettext("a mail of %(record)s")
    words %= {"record": called(outcome.record)}
    told = OutboxMail.objects.filter(conversation=outcome.conversation_id, automatic=True).count()
    if told:
        words += ", " + ngettext("%(n)d notification", "%(n)d notifications", told) % {"n": told}
    return words
