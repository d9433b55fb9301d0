"""Whose mail it is: the sender, and the account the mail belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deskpost.desk.one_address import has_controls, without_controls
from deskpost.desk.people import fold
from deskpost.inbound import answered
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.view import DeskView, KnownPerson
from deskpost.mime import addresses
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Address, Message

_NOBODY = Address("", "")
MAILBOX, PERSON, PREFERENCE = "the mailbox's account", "known person", "the preference on the person's page"
DOMAIN, OF_SEVERAL = "the sender's domain", "the sender's domain, of several accounts that know the sender"
DEFAULT = "the default account, nobody knows the sender"
"""By what an account was found, in words: Sender.why. There are others, where no setting decided."""
LONGEST_ADDRESS = 320  # characters: 64 of the local part, @, 255 of the domain; RFC 5321 section 4.5.3.1
_LIST_ADDRESS = re.compile(r"mailto:([^>?,\s]{3,254})", re.IGNORECASE)
_LIST_NAME = re.compile(r"<([^<>\s]{3,254})>")


def sender(case: Case, desk: DeskView) -> Sender:
    """Find who wrote the mail and its account: the mailbox's, the person's, the domain's, else the default.

    Of several accounts that know the address: the one of our mail that it answers, else the domain's, else the one
    that was preferred on a person's page. A person whom mail made stands behind one who was entered, and behind the
    domain: a forged mail to a mailbox of another account takes nobody there.
    """
    return of_author(case, desk, *_author(case.message, desk))


def of_author(case: Case, desk: DeskView, author: Address, through: str = "") -> Sender:
    """Find the account of an author as `sender` does. `through`: what rewrote From, empty where nothing did."""
    author = _usable(author)
    key = fold(author.address) if author.address else ""
    known = desk.people(key) if key else []
    fixed = case.mailbox.account_id
    if fixed is not None:
        person = next((person for person in known if person.account_id == fixed), None)
        return _sender(author, key, person, fixed, _is_of(fixed, person, key, desk), MAILBOX, through)
    default = desk.constants.default_account_id
    account = desk.account_of_domain(key.rpartition("@")[2]) if key else None
    chosen = _chosen(case, desk, known, key, account)
    if chosen.ambiguous:
        first = chosen.ambiguous[0]
        accounts = tuple(sorted(person.account_id for person in chosen.ambiguous))
        return _sender(author, key, first, first.account_id, True, chosen.why, through, accounts)
    if chosen.person:
        # The default account also holds the strangers who wrote before: having written makes nobody belong.
        person = chosen.person
        belongs = person.account_id != default or person.sign_in or account == default
        return _sender(author, key, person, person.account_id, belongs, chosen.why, through)
    if account is not None:
        return _sender(author, key, None, account, True, DOMAIN, through)
    return _sender(author, key, None, default, False, DEFAULT, through)


def _usable(author: Address) -> Address:
    """Give an author whose address somebody can write to; `From: undisclosed` is a name, and nobody's address."""
    if _is_one(author.address):
        return author
    return Address((author.name or author.address)[:LONGEST_ADDRESS], "")


def _is_one(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local and domain) and len(address) <= LONGEST_ADDRESS and not has_controls(address)


def _is_of(account: int, person: KnownPerson | None, key: str, desk: DeskView) -> bool:
    """Tell whether a sender is of the account of a mailbox: its mail is, and whoever knows the address may send one."""
    if person is not None and (person.entered or person.sign_in):
        return True
    return bool(key) and desk.account_of_domain(key.rpartition("@")[2]) == account


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Who of the people that have an address wrote, and by what; nobody; or several with nothing to choose by."""

    person: KnownPerson | None
    why: str
    ambiguous: Sequence[KnownPerson] = ()


def _chosen(
    case: Case, desk: DeskView, known: Sequence[KnownPerson], key: str, domain: int | None
) -> _Chosen:
    """Choose among the people of all accounts who have the address; `domain` is the account of its domain."""
    if len(known) > 1 and (person := _answering(case, desk, known, key)):
        return _Chosen(person, "our mail that it answers")
    entered = [person for person in known if person.entered]
    if known and not entered and domain is not None:
        made = next((person for person in known if person.account_id == domain), None)
        return _Chosen(made, PERSON if len(known) == 1 else DOMAIN)
    candidates = entered or known
    if len(candidates) < 2:
        return _Chosen(next(iter(candidates), None), PERSON)
    for person in candidates:
        if person.account_id == domain:
            return _Chosen(person, OF_SEVERAL)
    for person in candidates:
        if person.preferred:
            return _Chosen(person, PREFERENCE)
    return _Chosen(None, "known in several accounts", candidates)


def _answering(case: Case, desk: DeskView, known: Sequence[KnownPerson], key: str) -> KnownPerson | None:
    """Give who of them is of the account of the record that our mail was about, which was sent to this address."""
    for mail in answered.to_these(case, desk, frozenset((key,))):
        record = desk.record(mail.record_id) if mail.record_id is not None else None
        for person in known:
            if record is not None and person.account_id == record.account_id:
                return person
    return None


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
        name=without_controls(author.name),
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
    """Give who wrote it, and through what when From was rewritten by a list or is one of our own addresses.

    A list's Sender is the list itself; that of a mail from our own address is who acted for it. Where From is there and
    its first address is none, the mail has no sender, whatever other headers and further addresses say.
    """
    stated = _usable(message.from_[0]) if message.from_ else _NOBODY
    if not stated.address and message.header("From") is not None:
        return stated, ""  # no verdict speaks of whom another header names: a forger would choose that one
    ours = fold(stated.address) in desk.constants.own_addresses
    if stated.address and not ours and not _is_of_list(message, stated.address):
        return stated, ""
    headers = ("X-Original-From", "X-Original-Sender", "Reply-To")
    for header in (*headers, "Sender") if ours or not stated.address else headers:
        for address in _read(message.header(header) or ""):
            if _is_one(address.address) and fold(address.address) not in desk.constants.own_addresses:
                if stated.address and fold(address.address) == fold(stated.address):
                    continue
                return Address(address.name or _before_via(stated.name), address.address), stated.address
    return stated, ""


def _is_of_list(message: Message, address: str) -> bool:
    """Tell whether an address is that of the list a mail came by. RFC 2369 section 3.4; RFC 2919 section 2."""
    headers = {key.lower(): value for key, value in message.headers if key[:5].lower() == "list-"}
    if not headers:
        return False
    lowered = address.lower()
    if lowered in (one.lower() for one in _LIST_ADDRESS.findall(headers.get("list-post", ""))):
        return True
    named = _LIST_NAME.search(headers.get("list-id", ""))
    return named is not None and named[1].lower() == lowered.replace("@", ".")


def _before_via(name: str) -> str:
    """Give the writer's name out of what a list made of it: 'Ute Brandt' via Support."""
    before, via, _ = name.partition(" via ")
    return before.strip("'\" ") if via else ""


def _read(value: str) -> tuple[Address, ...]:
    return addresses.read(value, Bounds(len(value)))
