"""How far a mail is that somebody has written: waiting, sent, to whom not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, signed_in
from deskpost.desk.conversations import Conversation
from deskpost.outbound.outbox import OutboxMail

State = OutboxMail.State
_MOVING = (State.QUEUED, State.SENDING)


@dataclass(frozen=True, slots=True)
class MailState:
    """The state of one outgoing mail; `trouble` says what went wrong, in the server's words."""

    id: int
    words: str
    tone: str
    url: str | None
    trouble: str
    forwarded: bool
    reports: tuple[str, ...] = ()  # the pages of the delivery reports about it


@require_safe
@signed_in
def mail_state(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say how far a mail is now; asked again and again while it moves."""
    conversation = viewer.desk.conversations.select_related("record").filter(pk=id).first()
    if conversation is None:
        raise Http404
    viewer.needs("request.view", conversation.record)
    known = states([conversation])
    if conversation.pk not in known:
        raise Http404
    return render(request, "console/_mail_state.html", {"state": known[conversation.pk]})


def states(conversations: Iterable[Conversation], *, traces: bool = False) -> dict[int, MailState]:
    """Give the state of each mail among these conversations that a person has written.

    `traces`: the reader may see where delivery reports are.
    """
    out = [one.pk for one in conversations if one.direction == Conversation.Direction.OUT]
    mails = OutboxMail.objects.filter(conversation__in=out, sending_class=OutboxMail.Class.PEOPLE).order_by(
        "pk"
    )
    return {mail.conversation_id: _state(mail, traces) for mail in mails if mail.conversation_id is not None}


def _state(mail: OutboxMail, traces: bool) -> MailState:
    words, tone = _words(mail)
    reports = {fate["report"] for fate in mail.recipients.values() if "report" in fate} if traces else set()
    return MailState(
        id=mail.conversation_id or 0,
        words=words,
        tone=tone,
        url=reverse("mail_state", args=[mail.conversation_id]) if mail.state in _MOVING else None,
        trouble=mail.reason if tone in ("bad", "warn") else "",
        forwarded=mail.event == "forward",
        reports=tuple(reverse("trace_mail", args=[id]) for id in sorted(reports)),
    )


def _words(mail: OutboxMail) -> tuple[str, str]:
    everybody = len(mail.to) + len(mail.cc) + len(mail.bcc)
    refused = sum(fate.get("state") == "failed" for fate in mail.recipients.values())
    match mail.state:
        case State.FAILED if any("report" in fate for fate in mail.recipients.values()):
            return gettext("not delivered"), "bad"
        case State.SENT if refused:
            words = gettext("sent to %(reached)d of %(all)d")
            return words % {"reached": everybody - refused, "all": everybody}, "bad"
        case State.SENT:
            return gettext("sent"), "ok"
        case State.SENDING:
            return gettext("sending"), "ok"
        case State.QUEUED if mail.tries:
            return gettext("trying again, next try %(when)s") % {"when": _in(mail)}, "warn"
        case State.QUEUED:
            return gettext("waiting"), "mute"
        case State.HELD:
            return gettext("held"), "warn"
        case State.FAILED:
            return gettext("not sent"), "bad"
    return mail.get_state_display().lower(), "mute"


def _in(mail: OutboxMail) -> str:
    seconds = max(0, int((mail.next_try_at - timezone.now()).total_seconds()))
    if seconds < 60:
        return gettext("within a minute")
    return ngettext("in %(n)d min", "in %(n)d min", seconds // 60) % {"n": seconds // 60}
