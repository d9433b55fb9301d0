"""Small builders of what the tests of outgoing mail need."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from deskpost.bulk import draw_numbers
from deskpost.desk.accounts import Account, Site
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Status
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from deskpost.outbound.newmail import NewMail, write
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer


def instance() -> Instance:
    """Give the IT Help Desk."""
    return Instance.objects.get(name="IT Help Desk")


def account(name: str = "Acme") -> Account:
    """Give a client organisation."""
    return Account.objects.get_or_create(name=name)[0]


def server(port: int = 25, **settings: Any) -> OutgoingServer:
    """Make the outgoing server of the IT Help Desk."""
    values: dict[str, Any] = {
        "name": f"Main {OutgoingServer.objects.count()}",
        "server": "127.0.0.1",
        "port": port,
        "sender_name": "Northgate IT Support",
        "reply_to": "help@desk.example",
        "connections": 2,
    }
    if not {"account", "instance"} & settings.keys():
        values["instance"] = instance()
    return OutgoingServer.objects.create(**{**values, **settings})


def person(name: str, address: str | None = None, of: Account | None = None, **fields: Any) -> Person:
    """Make somebody with one address."""
    of = of or account()
    made = Person.objects.create(name=name, account=of, **fields)
    address = address or f"{name.lower().replace(' ', '.')}@{of.name.lower()}.example"
    PersonAddress.objects.create(account=of, person=made, address=address, key=fold(address), primary=True)
    return made


def technician(
    name: str, address: str | None = None, at: Account | None = None, site: Site | None = None
) -> Person:
    """Make somebody who works requests: of every account, of one, or of one of its sites."""
    made = person(name, address, technician=True)
    Grant.objects.create(person=made, role=Role.objects.get(name="SDTechnician"), account=at, site=site)
    return made


def record(requester: Person | None = None, subject: str = "Printer on fire", **fields: Any) -> Record:
    """Make a request, of the requester's account."""
    (number,) = draw_numbers("record_number_re", 1)
    return Record.objects.create(
        number=number,
        instance=fields.pop("instance", None) or instance(),
        account=requester.account if requester else account(),
        requester=requester,
        subject=subject,
        status=Status.objects.filter(kind="open")[0],
        **fields,
    )


def mail_in(of: Record, message_id: str = "<1@acme.example>", **fields: Any) -> Conversation:
    """Make a mail to a request, of its requester where nobody else is named."""
    fields.setdefault("author", of.requester)
    return Conversation.objects.create(
        record=of,
        account_id=of.account_id,
        direction="in",
        at=timezone.now(),
        message_id=message_id,
        text="It burns.",
        **fields,
    )


def mail_out(of: Record, author: Person, text: str = "Put it out.") -> Conversation:
    """Make a person's reply as the page writes it, before it goes into the outbox."""
    return Conversation.objects.create(
        record=of, account_id=of.account_id, direction="out", at=timezone.now(), author=author, text=text
    )


def about(of: Record) -> RecordFacts:
    """Give a request as events name it."""
    return record_facts([of.pk])[of.pk]


def facts(of: Person) -> PersonFacts:
    """Give a person as events name them."""
    return people_facts([of.pk])[of.pk]


def new_request(of: Record, **details: Any) -> list[Event]:
    """Give the events of a request that a mail has opened."""
    what = about(of)
    kinds = ["request_received", "request_created"]
    if of.technician_id or of.group_id:
        kinds.append("request_assigned")
    return [Event(kind, what, what.requester, "It burns.", **details) for kind in kinds]


def queue_mails(
    through: OutgoingServer, recipients: Iterable[str | Sequence[str]], **fields: Any
) -> list[OutboxMail]:
    """Put mails into the outbox, one for each address (or list of addresses), and give their rows."""
    values: dict[str, Any] = {
        "server_id": through.pk,
        "account_id": through.account_id,
        "record_id": None,
        "conversation_id": None,
        "event": "reply",
        "sending_class": 2,
        "state": "queued",
        "author_id": None,
        "sender_name": through.sender_name,
        "sender_address": through.reply_to,
        "reply_to": "",
        "cc": [],
        "subject": "Printer on fire",
        "text": "Put it out.",
        "in_reply_to": None,
        "references": [],
        "automatic": False,
        "answers": None,
        "reason": "",
    }
    lists = [[one] if isinstance(one, str) else list(one) for one in recipients]
    with transaction.atomic():
        ids = write([NewMail(**{**values, "to": [["", each] for each in to], **fields}) for to in lists])
    return list(OutboxMail.objects.filter(pk__in=ids).order_by("pk"))


def understood(content: bytes) -> Message:
    """Give a received mail, parsed."""
    return parse(content)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to become true; an AssertionError when it does not in time."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.005)


def send_until_none_is_queued(through: OutgoingServer, rounds: int = 20) -> None:
    """Send what is due, and what waits for another try at once, until nothing is left to be tried."""
    for _ in range(rounds):
        if not OutboxMail.objects.filter(state="queued").exists():
            return
        OutboxMail.objects.filter(state="queued").update(next_try_at=timezone.now())
        send_due(through.pk)
    raise AssertionError("some mails are still queued")
