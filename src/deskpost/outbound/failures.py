"""What people wrote and could not be delivered: its author is told, in the transaction that notes the failure."""

from collections.abc import Mapping, Sequence

from deskpost.desk.events import EVENTS, Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.outbound.notify import notify
from deskpost.outbound.outbox import OutboxMail

# Of these alone: nobody is told that a notice failed.
_BY_PEOPLE = ("reply", "forward", *(name for name, kind in EVENTS.items() if kind.by_person))


def tell_authors(missed: Mapping[int, Sequence[str]]) -> None:
    """Write one mail to the author of each reply or forward among these: mail -> who will never get it.

    To be called once for each recipient, when that is known; others of the same mail may be tried still.
    """
    ids = [mail_id for mail_id, addresses in missed.items() if addresses]
    if not ids:
        return
    mails = OutboxMail.objects.filter(pk__in=ids, event__in=_BY_PEOPLE, author__isnull=False)
    failed = list(mails.select_related("record", "conversation__record").order_by("pk"))
    if not failed:
        return
    records = record_facts({place.pk for mail in failed if (place := mail.stands_at)})
    people = people_facts({mail.author_id for mail in failed})
    notify(
        Event(
            "outgoing_failed",
            records.get(place.pk) if (place := mail.stands_at) else None,
            people.get(mail.author_id),
            _said(mail, missed[mail.pk]),
            details={"mail_subject": mail.subject},
        )
        for mail in failed
    )


def _said(mail: OutboxMail, missed: Sequence[str]) -> str:
    """Give who does not get the mail, each with the server's words."""
    answers = {address: fate["answer"] for address, fate in mail.recipients.items()}
    return "\n".join(f"{address}: {answers.get(address) or mail.reason}" for address in dict.fromkeys(missed))
