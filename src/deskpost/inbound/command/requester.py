"""For whom a command makes a request: whom it names by address or name, else its sender."""

from dataclasses import dataclass, replace

from deskpost.desk.field_values import Verdict
from deskpost.desk.one_address import read_one
from deskpost.desk.people import Person, fold
from deskpost.desk.people_named import People
from deskpost.desk.roles import Visible
from deskpost.inbound import whose
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.command.asked import Asked
from deskpost.inbound.view import DeskView
from deskpost.mime.message import Address

ADDRESS, NAME = "RequesterEmail", "Requester"
_MOST = 100  # people of one name who are looked at
_NOBODY = "nobody here has this address"  # said as well of people whom the sender may not see


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: as a sender of mail is known, with the verdicts on what was named. `person`: None for nobody known."""

    sender: Sender
    person: Person | None
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_new(self) -> bool:
        """True where an address was named that nobody has yet: the setting on unknown senders decides."""
        return self.person is None and any(one.name == ADDRESS and one.kept for one in self.verdicts)


def requester_of(case: Case, desk: DeskView, asked: Asked, commander: Visible) -> Requester:
    """Find for whom the request is. What names nobody, or somebody whom the sender may not see, is skipped."""
    address, name = asked.fields.get(ADDRESS, "").strip(), asked.fields.get(NAME, "").strip()
    own = _oneself(case, desk, commander)
    if address:
        found = _by_address(case, desk, address, commander)
        passed_over = (Verdict(NAME, "", "", False, f"Skipped, {ADDRESS} counts"),) if name else ()
        return _told(found, own, ADDRESS, passed_over)
    if name:
        return _told(desk.ask(lambda: _by_name(case, name, commander)), own, NAME, ())
    return own


def _told(found: "Requester | str", own: Requester, field: str, more: tuple[Verdict, ...]) -> Requester:
    if isinstance(found, str):
        return replace(own, verdicts=(*more, Verdict(field, "", "", False, f"Skipped, {found}")))
    shown = found.person.name if found.person else found.sender.address
    return replace(found, verdicts=(*more, Verdict(field, "", shown, True, "Set")))


def _oneself(case: Case, desk: DeskView, commander: Visible) -> Requester:
    """Give the sender, who is a person of the request's account or becomes one, as with an ordinary mail."""
    person = commander.person if case.sender.person_id == commander.person.pk else None
    return Requester(case.sender, person)


def _by_address(case: Case, desk: DeskView, address: str, commander: Visible) -> Requester | str:
    """Find who has an address as mail of it is judged, among those whom the sender may see and open requests for."""
    one = read_one(address)
    if one is None:
        return "that is not one e-mail address"
    sender = whose.of_author(case, desk, Address(*one))
    if sender.key in desk.constants.own_addresses:
        return "that is an address of the desk"
    if sender.person_id is None:
        may = desk.ask(lambda: commander.may_at("request.view", sender.account_id, None))
        return Requester(sender, None) if may else _NOBODY
    fixed = case.mailbox.account_id
    near = [one for one in desk.people(sender.key) if fixed is None or one.account_id == fixed]
    people = desk.ask(
        lambda: [person for one in near if (person := _seen(one.account_id, commander, one.id))]
    )
    chosen = None if sender.ambiguous else next((one for one in people if one.pk == sender.person_id), None)
    if chosen:
        return Requester(sender, chosen)
    if len(people) > 1:
        return "people of several accounts have this address"
    return Requester(_as_sender(people[0]), people[0]) if people else _NOBODY


def _by_name(case: Case, name: str, commander: Visible) -> Requester | str:
    """Find the one person of a name among those whom the sender may see and open requests for."""
    near = Person.objects.filter(
        name__iexact=" ".join(name.split()), deleted_at=None, account__deleted_at=None
    )
    if case.mailbox.account_id is not None:
        near = near.filter(account=case.mailbox.account_id)
    people = [one for one in near[:_MOST] if _seen(one.account_id, commander, one.pk)]
    exact = [one for one in people if one.name == " ".join(name.split())]
    found = exact or people
    if len(found) > 1:
        return f"{len(found)} people are called so: use {ADDRESS}"
    if not found:
        return "nobody here is called so"
    return Requester(_as_sender(found[0]), found[0])


def _seen(account_id: int, commander: Visible, person_id: int) -> Person | None:
    people = People(commander, account_id, None).requesters().select_related("account")
    person = people.filter(pk=person_id).first()
    if person is None or person == commander.person:
        return person
    return person if commander.may_at("request.create", account_id, person.site_id) else None


def _as_sender(person: Person) -> Sender:
    address = person.addresses.order_by("-primary", "pk").values_list("address", flat=True).first() or ""
    return Sender(
        account_id=person.account_id,
        name=person.name,
        address=address,
        key=fold(address) if address else "",
        person_id=person.pk,
        belongs=True,
        why="the command names the requester",
        person_name=person.name,
        sign_in=person.sign_in_name is not None,
        technician=person.technician,
        site_id=person.site_id,
    )
