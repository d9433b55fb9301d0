"""Who is told of an event."""

from deskpost.desk.events import ERROR_LIST, Event, EventKind, PersonFacts
from deskpost.desk.people import fold
from deskpost.outbound.rulebook import People, Rulebook

RECEIPT = "request_received"
ANSWERS = (
    RECEIPT,
    "attachment_dropped_sender",
    "command_refused",
)  # automatic answers to a mail, of which an address gets few
_AT_WORK = ("alerted", "technician", "assignee")  # audiences of those who work on a request


def told(event: Event, kind: EventKind, rules: Rulebook) -> People:
    """Give those who get the mail about an event.

    Never the one whose own act it was (but for the receipt, and for what became of their own mail), never the
    desk itself, nobody twice, and the sender of an automatic mail gets no answer. Technicians are told of what
    they may see.
    """
    if kind.audience == "requester" and event.caused_by_automatic_mail:
        return ()
    people = _concerned(event, kind, rules)
    if event.about and kind.audience in _AT_WORK:
        people = tuple(person for person in people if person.may_see(event.about))
    actor = event.actor if kind.name != RECEIPT and kind.audience != "author" else None
    unwanted = set(rules.desk_addresses)
    if actor:
        unwanted.add(fold(actor.address))
    chosen: list[PersonFacts] = []
    for person in people:
        key = fold(person.address)
        if key and key not in unwanted and not (actor and actor.id == person.id):
            unwanted.add(key)
            chosen.append(person)
    return tuple(chosen)


def named(event: Event, kind: EventKind, rules: Rulebook) -> People:
    """Give those whom the request names to be notified, as far as they are told of an event that its requester is.

    Never the requester, whose own mail that is, and otherwise nobody whom `told` would leave out.
    """
    about = event.about
    if about is None or not about.notify or not kind.to_named or event.caused_by_automatic_mail:
        return ()
    people = {fold(address): PersonFacts(0, "", address) for address in about.notify}
    unwanted = {*rules.desk_addresses, *(fold(one.address) for one in (about.requester, event.actor) if one)}
    return tuple(person for key, person in people.items() if key not in unwanted)


def _concerned(event: Event, kind: EventKind, rules: Rulebook) -> People:
    about = event.about
    match kind.audience:
        case "error_list":
            return rules.listed.get(ERROR_LIST, ())
        case "requester" if about and about.requester:
            return (about.requester,)
        case "alerted" if about:
            return rules.alerted.get(about.instance_id, ())
        case "technician" | "assignee" if about:
            if about.technician:
                return (about.technician,)
            return rules.members.get(about.group_id, ()) if about.group_id else ()
        case "author" if event.actor:
            return (event.actor,)
    return ()
