"""What a technician's From alone is not enough for: such a mail joins, and is not sent on to the requester.

Anybody can write a technician's address into From. Who answers a mail that we sent to that technician has had it.
"""

from dataclasses import replace

from deskpost.inbound import answered
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Joins
from deskpost.inbound.steps import authenticity
from deskpost.inbound.view import DeskView


def marked(case: Case, desk: DeskView, joins: Joins) -> Joins:
    """Give what a mail becomes, marked with the reason where a technician's name is all that speaks for it."""
    if joins.quietly or not is_it(case, desk) or case.sender.person_id == joins.record.requester_id:
        return joins
    words = (
        "Not sent on to the requester: it answers no mail that Deskpost sent to "
        f"{case.sender.person_name or case.sender.address}, and anybody can write that name into From."
    )
    return replace(joins, reason=f"{joins.reason} {words}", from_alone=True)


def is_it(case: Case, desk: DeskView) -> bool:
    """Tell whether nothing but From says that a technician wrote a mail, or its verdict is *fail*."""
    sender = case.sender
    if not sender.technician or sender.person_id is None:
        return False
    if authenticity.failed(case):
        return True
    keys = desk.addresses_of(sender.person_id)
    return next(answered.to_these(case, desk, keys), None) is None
