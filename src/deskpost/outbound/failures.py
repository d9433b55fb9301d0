"""What people wrote and could not be delivered: its author is told, in the transaction that notes the failure."""

from collections.abc import Sequence

from deskpost.desk.events import EVENTS, Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.outbound.notify import notify
from deskpost.outbound.outbox import OutboxMail

# Of these alone: nobody is told that a notice failed.
_BY_PEOPLE = ("reply", "forward", *(name for name, kind in EVENTS.items() if kind.by_person))


def tell_authors(mail_ids: Sequence[int]) -> None:
    """Write one mail to the author of each reply or forward among these that some recipient will never get."""
    if not mail_ids:
        return
    mails = OutboxMail.objects.filter(pk__in=list(mail_ids), event__in=_BY_PEOPLE, author__isnull=False)
    failed = list(mails.order_by("pk"))
    if not failed:
        return
    records = record_facts({mail.record_id for mail in failed if mail.record_id is not None})
    people = people_facts({mail.author_id for mail in failed})
    notify(
        Event(
            "outgoing_failed",
            records.get(mail.record_id) if mail.record_id is not None else None,
            people.get(mail.author_id),
            _said(mail),
            details={"mail_subject": mail.subject},
        )
        for mail in failed
    )


def _said(mail: OutboxMail) -> str:
    """Give who does not get the mail, each with the server's words."""
    refused = {to: fate["answer"] for to, fate in mail.recipients.items() if fate["state"] == "failed"}
    reached = {to for to, fate in mail.recipients.items() if fate["state"] == "sent"}
    everybody = dict.fromkeys(address for _, address in (*mail.to, *mail.cc, *mail.bcc))
    missed = [address for address in everybody if address not in reached]
    return "\n".join(f"{address}: {refused.get(address) or mail.reason}" for address in missed)
