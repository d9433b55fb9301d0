"""Mailboxes as the command line and REST tell them: the JSON of contract mailboxes.schema."""

from typing import Any

from django.db.models import Count

from deskpost.inbound.collecting import first_fetch, pacing, refused_acts
from deskpost.inbound.collecting.refused_acts import Refused
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import MailOutcome
from deskpost.transports.errors import TransportError


def mailboxes_json() -> list[dict[str, Any]]:
    """Give all mailboxes by name, with how each fares."""
    errors = MailOutcome.objects.filter(kind="error").values_list("mail__mailbox").annotate(Count("pk"))
    counts = dict(errors.order_by())
    states = {state.mailbox_id: state for state in MailboxState.objects.all()}
    lost = dict(MailboxConsent.objects.exclude(lost_at=None).values_list("mailbox", "lost_reason"))
    refused = refused_acts.by_mailbox()
    return [
        _mailbox_json(
            mailbox,
            states.get(mailbox.pk),
            counts.get(mailbox.pk, 0),
            refused.get(mailbox.pk),
            lost.get(mailbox.pk),
        )
        for mailbox in Mailbox.objects.order_by("name")
    ]


def first_fetches_json() -> dict[str, dict[str, Any] | None]:
    """Give by name of mailbox what its first fetch would take: asked at the server, which stays as it is.

    None for a mailbox that had its first fetch. `reason` says in words why a server could not be asked.
    """
    states = {state.mailbox_id: state for state in MailboxState.objects.all()}
    return {
        mailbox.name: _first_fetch_json(mailbox)
        if first_fetch.is_to_come(mailbox, states.get(mailbox.pk))
        else None
        for mailbox in Mailbox.objects.order_by("name")
    }


def _first_fetch_json(mailbox: Mailbox) -> dict[str, Any]:
    answer: dict[str, Any] = {"choice": mailbox.first_fetch, "takes": None, "there": None, "reason": None}
    try:
        with open_source(mailbox, read_only=True) as source:
            counted = first_fetch.count(mailbox, source)
    except TransportError as trouble:
        return {**answer, "reason": trouble.words}
    return {**answer, "takes": counted.takes, "there": counted.there}


def _mailbox_json(
    mailbox: Mailbox,
    state: MailboxState | None,
    error_mails: int,
    refused: Refused | None,
    lost: str | None,
) -> dict[str, Any]:
    known = state or MailboxState(mailbox=mailbox)
    if not mailbox.fetching:
        word = "stopped"
    elif lost is not None:
        word = "needs_consent"
    else:
        word = "failing" if known.failing_since else "fetching"
    return {
        "name": mailbox.name,
        "protocol": mailbox.protocol,
        "state": word,
        "reason": " ".join(
            filter(
                None,
                (lost or "", known.reason or _paced(mailbox, known), refused.words if refused else ""),
            )
        )
        or None,
        "last_fetch": known.last_fetch_at.isoformat() if known.last_fetch_at else None,
        "backlog": known.backlog,
        "error_mails": error_mails,
        "consecutive_failures": known.consecutive_failures,
        "junk_new": known.junk_new,
    }


def _paced(mailbox: Mailbox, state: MailboxState) -> str:
    return pacing.words(mailbox, state) if mailbox.fetching else ""
