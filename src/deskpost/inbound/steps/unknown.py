"""Mail that would open a request for somebody whom nobody knows: the setting on unknown senders.

Known is who is a person of the account, a technician who opens requests there, and who writes from a domain that was
entered for it, unless the mail may be forged. A technician whose mail is confirmed vouches for whom they forward.
"""

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends
from deskpost.inbound.steps import authenticity
from deskpost.inbound.view import DeskView
from deskpost.mime.authenticity import PASS

COLUMN = "unknown_senders"
"""The setting's, by which what waits for approval is told from other held mails."""
NOBODY = "It names no sender with an address, so nobody is its requester. To do: choose one on the request."
"""What is said of a request that such a mail opens."""

_OF_UNKNOWN = {
    "refused": (
        ", and mail of unknown senders opens no requests. "
        "To do: enter the person under People, then process this mail again."
    ),
    "held": (
        ": the mail waits until somebody accepts or refuses its sender. "
        "To do: accept the sender, which opens the request, or refuse this mail."
    ),
}
WITHOUT_SENDER = {
    "refused": (
        "It names no sender with an address, and mail of unknown senders opens no requests. "
        "To do: make it a request of its own if it should be one; nobody is its requester then."
    ),
    "held": (
        "It names no sender with an address: the mail waits until somebody accepts or refuses it. "
        "To do: accept it, which opens a request of nobody, or refuse this mail."
    ),
}
"""The reasons of mails that name nobody, by what becomes of them."""


def stopped(case: Case, desk: DeskView) -> Ends | None:
    """Refuse or hold the mail of an unknown sender where that is set; None: a request may be opened."""
    wanted = desk.constants.unknown_senders
    if wanted == "create" or case.accepted or is_known(case, desk):
        return None
    by = desk.constants.settings.get(COLUMN)
    kind = "refused" if wanted == "refuse" else "held"
    if not case.sender.key:
        return Ends(kind, WITHOUT_SENDER[kind], by=by)
    account = desk.constants.account_names.get(case.sender.account_id, "")
    words = f"Nobody of the account {account} has the address {case.sender.address}"
    return Ends(kind, f"{words}{_OF_UNKNOWN[kind]}", by=by)


def is_known(case: Case, desk: DeskView) -> bool:
    """Tell whether somebody vouches for the sender: a person's page, the account's domains, or who forwarded it."""
    sender = case.sender
    if sender.person_id is not None:
        return True
    if case.forwarded_by is not None and authenticity.verdict_of(case).value == PASS:
        return True
    if case.forwarded_by is None and _opens_requests(case, desk):
        return True
    of_domain = desk.account_of_domain(sender.key.rpartition("@")[2]) if sender.key else None
    return of_domain == sender.account_id and not authenticity.failed(case)


def _opens_requests(case: Case, desk: DeskView) -> bool:
    """Tell whether the sender is a technician of another account who opens requests in this one."""
    sender = case.sender
    technicians = [person for person in desk.people(sender.key) if person.technician] if sender.key else []
    return any(desk.may_open(person.id, sender.account_id, None) for person in technicians)
