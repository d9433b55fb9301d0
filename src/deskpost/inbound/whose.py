"""Whose mail it is: the sender, and the account the mail belongs to."""

import re

from deskpost.desk.people import fold
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.view import DeskView, KnownPerson
from deskpost.mime import addresses
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Address, Message

_NOBODY = Address("", "")
LONGEST_ADDRESS = 320  # characters: 64 of the local part, @, 255 of the domain; RFC 5321 section 4.5.3.1
_LIST_ADDRESS = re.compile(r"mailto:([^>?\s]{3,254})", re.IGNORECASE)


def sender(case: Case, desk: DeskView) -> Sender:
    """Find who wrote the mail and its account: the mailbox's, the person's, the domain's, else the default."""
    author, through = _author(case.message, desk)
    if len(author.address) > LONGEST_ADDRESS:
        author = Address(author.name[:LONGEST_ADDRESS], "")
    key = fold(author.address) if author.address else ""
    known = desk.people(key) if key else []
    fixed = case.mailbox.account_id
    if fixed is not None:
        person = next((person for person in known if person.account_id == fixed), None)
        return _sender(author, key, person, fixed, True, "the mailbox's account", through)
    if len({person.account_id for person in known}) > 1:
        accounts = tuple(sorted({person.account_id for person in known}))
        first = known[0]
        return _sender(
            author, key, first, first.account_id, True, "known in several accounts", through, accounts
        )
    default = desk.constants.default_account_id
    account = desk.account_of_domain(key.rpartition("@")[2]) if key else None
    if known:
        # The default account also holds the strangers who wrote before: having written makes nobody belong.
        person = known[0]
        belongs = person.account_id != default or person.sign_in or account == default
        return _sender(author, key, person, person.account_id, belongs, "known person", through)
    if account is not None:
        return _sender(author, key, None, account, True, "the sender's domain", through)
    return _sender(author, key, None, default, False, "the default account, nobody knows the sender", through)


def _sender(
    author: Address,
    key: str,
    person: KnownPerson | None,
    account_id: int,
    belongs: bool,
    why: str,
    through: str,
    ambiguous: tuple[int, ...] = (),
) -> Sender:
    return Sender(
        account_id=account_id,
        name=author.name,
        address=author.address,
        key=key,
        person_id=person.id if person else None,
        belongs=belongs,
        why=why,
        person_name=person.name if person else "",
        sign_in=bool(person and person.sign_in),
        technician=bool(person and person.technician),
        site_id=person.site_id if person else None,
        sent_through=through,
        ambiguous=ambiguous,
    )


def _author(message: Message, desk: DeskView) -> tuple[Address, str]:
    """Give who wrote it, and through what when From was rewritten by a list or is one of our own addresses."""
    stated = message.from_[0] if message.from_ else _NOBODY
    if stated.address and not _rewritten(message, stated, desk):
        return stated, ""
    for header in ("X-Original-From", "X-Original-Sender", "Reply-To", "Sender"):
        for address in _read(message.header(header) or ""):
            if address.address and fold(address.address) not in desk.constants.own_addresses:
                if stated.address and fold(address.address) == fold(stated.address):
                    continue
                return address, stated.address
    return stated, ""


def _rewritten(message: Message, stated: Address, desk: DeskView) -> bool:
    if fold(stated.address) in desk.constants.own_addresses:
        return True
    if not (posting := _LIST_ADDRESS.search(message.header("List-Post") or "")):
        return False
    return posting[1].lower() == stated.address.lower()


def _read(value: str) -> tuple[Address, ...]:
    return addresses.read(value, Bounds(len(value)))
