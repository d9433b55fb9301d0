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


def stopped(case: Case, desk: DeskView) -> Ends | None:
    """Refuse or hold the mail of an unknown sender where that is set; None: a request may be opened."""
    wanted = desk.constants.unknown_senders
    if wanted == "create" or is_known(case, desk):
        return None
    account = desk.constants.account_names.get(case.sender.account_id, "")
    who = case.sender.address or "a mail without sender"
    words = f"Nobody of the account {account} has the address {who}"
    by = desk.constants.settings.get(COLUMN)
    if wanted == "refuse":
        to_do = "To do: enter the person under People, then process this mail again."
        return Ends("refused", f"{words}, and mail of unknown senders opens no requests. {to_do}", by=by)
    to_do = "To do: accept the sender, which opens the request, or refuse this mail."
    return Ends(
        "held", f"{words}: the mail waits until somebody accepts or refuses its sender. {to_do}", by=by
    )


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
