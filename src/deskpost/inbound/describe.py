"""Mailboxes as the command line and REST tell them: the JSON of contract mailboxes.schema."""

from typing import Any

from django.db.models import Count

from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import MailOutcome


def mailboxes_json() -> list[dict[str, Any]]:
    """Give all mailboxes by name, with how each fares."""
    errors = MailOutcome.objects.filter(kind="error").values_list("mail__mailbox").annotate(Count("pk"))
    counts = dict(errors.order_by())
    states = {state.mailbox_id: state for state in MailboxState.objects.all()}
    return [
        _mailbox_json(mailbox, states.get(mailbox.pk), counts.get(mailbox.pk, 0))
        for mailbox in Mailbox.objects.order_by("name")
    ]


def _mailbox_json(mailbox: Mailbox, state: MailboxState | None, error_mails: int) -> dict[str, Any]:
    known = state or MailboxState(mailbox=mailbox)
    if not mailbox.fetching:
        word = "stopped"
    else:
        word = "failing" if known.failing_since else "fetching"
    return {
        "name": mailbox.name,
        "protocol": mailbox.protocol,
        "state": word,
        "reason": known.reason or None,
        "last_fetch": known.last_fetch_at.isoformat() if known.last_fetch_at else None,
        "backlog": known.backlog,
        "error_mails": error_mails,
        "consecutive_failures": known.consecutive_failures,
    }
