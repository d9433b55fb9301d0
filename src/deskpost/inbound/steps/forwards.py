"""A technician's forward that opens a request: whose mail was forwarded becomes the requester.

A forged From gains nothing by it: who writes a technician's name there could as well write that of the customer.
"""

from dataclasses import replace

from deskpost.desk.people import fold
from deskpost.inbound import whose
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.outcome import Ends
from deskpost.inbound.steps import authenticity
from deskpost.inbound.view import DeskView
from deskpost.mime.forwarded import Forwarded, forwarded
from deskpost.mime.message import Address

COLUMN = "forwards_by_technicians"
"""The setting of the mailbox, named with each request that it gave to another than who sent the mail."""


def see_through(case: Case, desk: DeskView) -> str | Ends:
    """Let a forwarded mail's sender be the case's, and give it in words; empty where nothing was forwarded.

    The words also say why a technician stays the requester. Ends: several accounts know whose mail it is.
    """
    technician = _technician(case, desk) if case.mailbox.forwards_by_technicians else None
    if technician is None or technician.sent_through or case.automatic is not None:
        return ""
    found = forwarded(case.message, case.raw)
    if found is None:
        return ""
    if why_not := _why_not(case, technician, found, desk):
        return f" {_name(technician)} forwarded a mail, and stays the requester: {why_not}."
    return _taken(case, technician, found, desk)


def _technician(case: Case, desk: DeskView) -> Sender | None:
    """Give the sender as the technician they are: in a mailbox of an account also as one of another account."""
    sender = case.sender
    if sender.technician or case.mailbox.account_id is None or sender.person_id is not None:
        return sender if sender.technician else None
    found = [person for person in desk.people(sender.key) if person.technician] if sender.key else []
    if len(found) != 1:
        return None
    return replace(sender, person_id=found[0].id, person_name=found[0].name, technician=True)


def _why_not(case: Case, technician: Sender, found: Forwarded, desk: DeskView) -> str:
    if authenticity.failed(case):
        return "this mail may be forged"
    if not found.address:
        return f"the line “{found.line}” names no one address"
    key = fold(found.address)
    if key in desk.constants.own_addresses:
        return f"{found.address} is an address of the desk"
    if technician.person_id is None or key in desk.addresses_of(technician.person_id):
        return f"{found.address} is their own address"
    return ""


def _taken(case: Case, technician: Sender, found: Forwarded, desk: DeskView) -> str | Ends:
    original = whose.of_author(case, desk, Address(found.name, found.address))
    by_line = f"by its line “{found.line}”"
    if original.ambiguous:
        return Ends(
            "held",
            f"{_name(technician)} forwarded a mail of {original.address} ({by_line}), who is known in "
            f"{len(original.ambiguous)} accounts. To do: open one of these people and tick that mail of the address "
            "belongs there, or give the mailbox an account; then process this mail again.",
        )
    assert technician.person_id is not None  # else it was not taken
    if not desk.may_open(technician.person_id, original.account_id, original.person_id):
        account = desk.constants.account_names.get(original.account_id, "")
        return (
            f" {_name(technician)} forwarded a mail of {original.address}, and stays the requester: in the account "
            f"{account} this technician opens no requests."
        )
    case.forwarded_by, case.sender = technician, original
    return f" {_name(technician)} forwarded it: the requester is {original.address}, {by_line}."


def _name(sender: Sender) -> str:
    return sender.person_name or sender.name or sender.address
