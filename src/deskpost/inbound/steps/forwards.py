"""A technician's forward that opens a request: whose mail was forwarded becomes the requester.

A forged From gains nothing by it: who writes a technician's name there could as well write that of the customer.
"""

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
    sender = case.sender
    if not (case.mailbox.forwards_by_technicians and sender.technician) or sender.sent_through:
        return ""
    found = forwarded(case.message, case.raw) if case.automatic is None else None
    if found is None:
        return ""
    if why_not := _why_not(case, found, desk):
        return f" {_name(sender)} forwarded a mail, and stays the requester: {why_not}."
    return _taken(case, found, desk)


def _why_not(case: Case, found: Forwarded, desk: DeskView) -> str:
    sender = case.sender
    if authenticity.failed(case):
        return "this mail may be forged"
    if not found.address:
        return f"the line “{found.line}” names no one address"
    key = fold(found.address)
    if key in desk.constants.own_addresses:
        return f"{found.address} is an address of the desk"
    if sender.person_id is None or key in desk.addresses_of(sender.person_id):
        return f"{found.address} is their own address"
    return ""


def _taken(case: Case, found: Forwarded, desk: DeskView) -> str | Ends:
    technician = case.sender
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
