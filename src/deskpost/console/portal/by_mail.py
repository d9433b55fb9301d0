"""The address that somebody can write to instead of using the page, and whether mail to it comes late."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.inbound.standings import state_of


@dataclass(frozen=True, slots=True)
class WayByMail:
    """An address of the desk. `late_since`: since when its mail is not fetched; None while it is."""

    address: str
    late_since: datetime | None


def way_of(person: Person) -> WayByMail | None:
    """Give the address that makes this person's mail requests: their account's own, else one for all accounts.

    None where mail is not fetched, or makes no requests. Another account's address is never named.
    """
    theirs = Q(account=person.account_id) | Q(account=None)
    boxes = Mailbox.objects.filter(theirs, fetching=True, new_requests_disabled=False).exclude(addresses=[])
    box = boxes.select_related("state").order_by(F("account").asc(nulls_last=True), "name").first()
    if box is None:
        return None
    lost = MailboxConsent.objects.filter(mailbox=box).values_list("lost_at", flat=True).first()
    return WayByMail(box.addresses[0], state_of(box).failing_since or lost)
