"""The way of a mail, as the command line and the pages tell it."""

from collections.abc import Iterable
from typing import Any

from deskpost.desk import delimiters
from deskpost.inbound.decided import Decided
from deskpost.inbound.heads import head_of
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.outcome import Edits, Ends, Joins, Line, Setting


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
        return _json(head_of(mail).message.message_id, mail.mailbox.name, None, [])
    told = _outcome(outcome.kind, outcome.record, outcome.reason, Setting.of(outcome.decided_by))
    lines = [Line.of(one) for one in outcome.trace]
    return _json(outcome.message_id, mail.mailbox.name, told, lines)


def as_json_of(decided: Decided, mailbox: str) -> dict[str, Any]:
    """Give the way of a mail that was decided and not written."""
    outcome, message = decided.outcome, getattr(decided.case, "message", None)
    record = outcome.record if isinstance(outcome, Joins | Ends | Edits) else None
    told = _outcome(outcome.kind, record, outcome.reason, outcome.by)
    return _json(message.message_id if message else None, mailbox, told, decided.lines)


def _json(
    message_id: str | None, mailbox: str, outcome: dict[str, Any] | None, lines: Iterable[Line]
) -> dict[str, Any]:
    state = "received" if outcome is None else "error" if outcome["kind"] == "error" else "processed"
    steps = [_step(line) for line in lines]
    return {"message_id": message_id, "mailbox": mailbox, "state": state, "outcome": outcome, "steps": steps}


def _outcome(
    kind: str, record: delimiters.Numbered | None, reason: str, by: Setting | None
) -> dict[str, Any]:
    told = {"kind": kind, "record": delimiters.name_of(record) if record else None, "reason": reason}
    return {**told, "decided_by": by.stored} if by else told


def _step(line: Line) -> dict[str, Any]:
    told = {"step": line.step, "verdict": line.verdict, "reason": line.reason, "ms": line.ms}
    return {**told, "by": line.by.stored} if line.by else told
