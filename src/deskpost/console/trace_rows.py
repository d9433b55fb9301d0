"""What lists and pages say of an incoming mail: what became of it, in a pill and in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from deskpost.console.decided_by import Decider
from deskpost.console.mail_way import Step, steps_of
from deskpost.console.page import Viewer
from deskpost.console.record_names import called, numbered
from deskpost.inbound import approval
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.reprocess import is_refused_command, seen_of
from deskpost.inbound.retention.dropped import kept_until
from deskpost.inbound.visible import sees_mailbox

STOPPED = ("held", "refused", "dropped")
"""What becomes of mails that a person may want otherwise, those that wait for one first."""


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
class Act:
    """What sets a mail right that was dropped, refused or held. `number`: of the request it is put into."""

    url: str
    words: str
    number: str | None = None
    refuse_url: str = ""  # where whom nobody knows is refused instead


@dataclass(frozen=True, slots=True)
class Row:
    """One mail in the list. `kept_until`: of a dropped one; `gone`: its raw mail was removed."""

    id: int
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
    act: Act | None
    seen: str
    kept_until: datetime | None
    gone: bool


def outcome_of(mail: InboundMessage) -> MailOutcome | None:
    """Give what became of a mail, None while it waits to be processed for the first time."""
    return getattr(mail, "outcome", None)


def may_take_in_hand(viewer: Viewer, mail: InboundMessage, permission: str) -> bool:
    """Tell whether the person has a permission where this mail is: at its request, else in its mailbox."""
    outcome = outcome_of(mail)
    if outcome is not None and outcome.record is not None:
        return viewer.desk.may(permission, outcome.record)
    return sees_mailbox(viewer.desk, mail.mailbox, permission)


def act_of(viewer: Viewer, mail: InboundMessage, query: str = "") -> Act | None:
    """Give the act that sets a mail right, to who may do it."""
    outcome = outcome_of(mail)
    if outcome is None or outcome.raw_erased_at is not None or outcome.kind not in STOPPED:
        return None
    if not may_take_in_hand(viewer, mail, "request.edit"):
        return None
    if outcome.kind == "dropped":
        return Act(reverse("trace_again", args=[mail.pk]) + query, gettext("Process after all"))
    if is_refused_command(outcome):
        return Act(reverse("trace_ordinary", args=[mail.pk]) + query, gettext("As ordinary mail"))
    if outcome.record is not None:
        url = reverse("trace_move", args=[mail.pk]) + query
        return Act(url, gettext("Accept the reply"), numbered(outcome.record))
    if not may_take_in_hand(viewer, mail, "request.create") or mail.truncated or mail.refusal:
        return None
    if approval.waits(outcome):
        refuse = reverse("trace_refuse", args=[mail.pk]) + query
        return Act(reverse("trace_accept", args=[mail.pk]) + query, gettext("Accept"), refuse_url=refuse)
    return Act(reverse("trace_own", args=[mail.pk]) + query, gettext("Make it a request"))


def row_of(
    viewer: Viewer, mail: InboundMessage, query: str, by: Decider | None = None, days: int | None = None
) -> Row:
    """Give a mail as the list shows it. `query`: the list's own address, which the mail's page leads back to.

    `days`: for how many dropped mails are kept, None: for ever.
    """
    outcome = outcome_of(mail)
    kind = outcome.kind if outcome else "waiting"
    record = outcome.record if outcome else None
    return Row(
        id=mail.pk,
        url=f"{reverse('trace_mail', args=[mail.pk])}{query}",
        subject=outcome.subject if outcome else gettext("Not read yet"),
        sender=outcome.from_address if outcome else "",
        look=LOOKS[kind],
        kind=kind,
        record=called(record) if record else "",
        reason=outcome.reason if outcome else gettext("It waits for its turn."),
        mailbox=mail.mailbox.name,
        steps=steps_of(outcome.trace) if outcome else steps_of([]),
        received_at=mail.received_at,
        decided_by=by,
        act=act_of(viewer, mail, query),
        seen=seen_of(outcome),
        kept_until=kept_until(outcome, days) if outcome else None,
        gone=outcome is not None and outcome.raw_erased_at is not None,
    )
