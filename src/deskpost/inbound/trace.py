"""The way of a mail, as the command line and the pages tell it."""

from typing import Any

from deskpost.desk import delimiters
from deskpost.inbound.decided import Decided
from deskpost.inbound.heads import head_of
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.outcome import Ends, Joins


def find(message_id: str) -> list[int]:
    """Give the mails with this Message-ID, angle brackets or not, oldest first."""
    bare = message_id.strip().strip("<>")
    rows = MailOutcome.objects.filter(message_id__in=[bare, f"<{bare}>"])
    return list(rows.order_by("mail_id").values_list("mail_id", flat=True))


def as_json(mail_id: int) -> dict[str, Any]:
    """Give one mail's way, in the form that the contract of `trace` and `deliver` says."""
    mail = InboundMessage.objects.select_related("mailbox").get(pk=mail_id)
    outcome = MailOutcome.objects.select_related("record").filter(pk=mail_id).first()
    if outcome is None:
        return _json(head_of(mail).message.message_id, mail.mailbox.name, "received", None, [])
    told = {
        "kind": outcome.kind,
        "record": delimiters.name_of(outcome.record) if outcome.record else None,
        "reason": outcome.reason,
    }
    state = "error" if outcome.kind == "error" else "processed"
    return _json(outcome.message_id, mail.mailbox.name, state, told, outcome.trace)


def as_json_of(decided: Decided, mailbox: str) -> dict[str, Any]:
    """Give the way of a mail that was decided and not written."""
    outcome, message = decided.outcome, getattr(decided.case, "message", None)
    record = outcome.record if isinstance(outcome, Joins | Ends) else None
    told = {
        "kind": outcome.kind,
        "record": delimiters.name_of(record) if record else None,
        "reason": outcome.reason,
    }
    state = "error" if outcome.kind == "error" else "processed"
    lines = [[line.step, line.verdict, line.reason, line.ms] for line in decided.lines]
    return _json(message.message_id if message else None, mailbox, state, told, lines)


def _json(
    message_id: str | None, mailbox: str, state: str, outcome: dict[str, Any] | None, lines: list[list[Any]]
) -> dict[str, Any]:
    steps = [
        {"step": step, "verdict": verdict, "reason": reason, "ms": ms} for step, verdict, reason, ms in lines
    ]
    return {"message_id": message_id, "mailbox": mailbox, "state": state, "outcome": outcome, "steps": steps}
