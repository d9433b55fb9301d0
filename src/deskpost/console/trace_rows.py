"""What lists and pages say of an incoming mail: what became of it, in a pill and in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from deskpost.console.decided_by import Decider
from deskpost.console.mail_way import Step, steps_of
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.reprocess import seen_of


@dataclass(frozen=True, slots=True)
class Look:
    """How an outcome looks: the pill's words, tone and dot."""

    words: str | Promise
    tone: str
    dot: str


LOOKS = {
    "waiting": Look(gettext_lazy("Waiting"), "mute", "ring"),
    "request": Look(gettext_lazy("New request"), "info", "full"),
    "conversation": Look(gettext_lazy("Joined"), "ok", "full"),
    "command": Look(gettext_lazy("Command"), "cmd", "full"),
    "bounce": Look(gettext_lazy("Delivery report"), "mute", "none"),
    "automatic": Look(gettext_lazy("Automatic"), "mute", "none"),
    "duplicate": Look(gettext_lazy("Duplicate"), "mute", "none"),
    "dropped": Look(gettext_lazy("Dropped"), "mute", "none"),
    "refused": Look(gettext_lazy("Refused"), "warn", "none"),
    "held": Look(gettext_lazy("Held"), "warn", "ring"),
    "error": Look(gettext_lazy("Error"), "bad", "full"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One mail in the list."""

    url: str
    subject: str
    sender: str
    look: Look
    kind: str
    record: str
    reason: str
    mailbox: str
    steps: tuple[Step, ...]
    received_at: datetime
    decided_by: Decider | None
    after_all: str  # the address that has it processed after all; empty: not offered
    seen: str


def outcome_of(mail: InboundMessage) -> MailOutcome | None:
    """Give what became of a mail, None while it waits to be processed for the first time."""
    return getattr(mail, "outcome", None)


def row_of(mail: InboundMessage, query: str, by: Decider | None = None, *, after_all: bool = False) -> Row:
    """Give a mail as the list shows it. `query`: the list's own address, which the mail's page leads back to.

    `after_all`: whether a dropped one may be processed after all.
    """
    outcome = outcome_of(mail)
    kind = outcome.kind if outcome else "waiting"
    record = outcome.record if outcome else None
    return Row(
        url=f"{reverse('trace_mail', args=[mail.pk])}{query}",
        subject=outcome.subject if outcome else gettext("Not read yet"),
        sender=outcome.from_address if outcome else "",
        look=LOOKS[kind],
        kind=kind,
        record=gettext("request %(number)d") % {"number": record.number} if record else "",
        reason=outcome.reason if outcome else gettext("It waits for its turn."),
        mailbox=mail.mailbox.name,
        steps=steps_of(outcome.trace) if outcome else steps_of([]),
        received_at=mail.received_at,
        decided_by=by,
        after_all=f"{reverse('trace_again', args=[mail.pk])}{query}"
        if after_all and kind == "dropped"
        else "",
        seen=seen_of(outcome),
    )
