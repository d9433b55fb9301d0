"""A desk that is commanded by mail: its people, what their requests can be, and mails of commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deskpost.desk.accounts import Account, Site
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.editing import present_of
from deskpost.desk.fields import Group, GroupMember, Priority, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import text_of
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.desk.field_builders import additional, categories, laptop_order
from tests.inbound.builders import mailbox

MX = "mx.desk.example"
WORD = "@@desk"
PASS, FAIL, NONE = "dmarc=pass", "dmarc=fail (p=reject)", ""


@dataclass
class Commanded:
    """The desk, and what came of the newest mail."""

    box: Mailbox
    kestrel: Account
    vantage: Account
    sam: Person
    tom: Person
    ute: Person
    sent: int = 0

    def mail(
        self,
        who: Person,
        text: str,
        subject: str = f"{WORD} Printer queue",
        *,
        verdict: str = PASS,
        box: Mailbox | None = None,
        **parts: Any,
    ) -> MailOutcome:
        """Let a mail of somebody come in, and give what became of it."""
        self.sent += 1
        address = parts.pop("address", None) or who.addresses.get(primary=True).address
        parts = {"sender": f"{who.name} <{address}>", "subject": subject, "text": text, **parts}
        raw = builders.mail(message_id=f"<c{self.sent}@mail.example>", **parts)
        if verdict:
            domain = address.rpartition("@")[2]
            raw = f"Authentication-Results: {MX}; {verdict} header.from={domain}\r\n".encode() + raw
        deliver(box or self.box, raw)
        return MailOutcome.objects.order_by("-pk")[0]

    def request(self, who: Person | None = None, **columns: Any) -> Record:
        """Give a new request of somebody, Tom unless told otherwise, that came by an ordinary mail."""
        outcome = self.mail(who or self.tom, "It does not print.", "Printer")
        assert outcome.kind == "request", outcome.reason
        Record.objects.filter(pk=outcome.record_id).update(**columns)
        return Record.objects.get(pk=outcome.record_id)


def desk(**settings: Any) -> Commanded:
    """Make the desk: Sam is a technician everywhere, Tom a requester of Kestrel with a login, Ute one without."""
    kestrel = builders.account("Kestrel Logistics", "kestrel.example")
    vantage = builders.account("Vantage Legal", "vantage.example")
    oslo = Site.objects.create(account=kestrel, name="Oslo")
    Site.objects.create(account=vantage, name="Bergen")
    home: Mapping[str, Any] = {"account": kestrel, "at": oslo}
    made = Commanded(
        box=mailbox(trusted_authserv_ids=[MX]),
        kestrel=kestrel,
        vantage=vantage,
        sam=builders.person("Sam Okafor", "sam@msp.example", "SDTechnician"),
        tom=builders.person("Tom Achterberg", "tom@kestrel.example", "SDRequester", within=kestrel, **home),
        ute=builders.person("Ute Brandt", "ute@kestrel.example", account=kestrel, signs_in=False),
    )
    builders.outgoing()
    marco = builders.person("Marco Bianchi", "marco@msp.example", "SDTechnician")
    field = Group.objects.create(name="Field")
    for person in (marco, made.sam):
        GroupMember.objects.create(group=field, person=person)
    categories()
    for model, names in _LISTS.items():
        for place, name in enumerate(names):
            if not model.objects.filter(name__iexact=name).exists():
                model.objects.create(name=name, position=place + 50)
    for name in ("PRN-04", "PRN-05"):
        Asset.objects.create(account=kestrel, name=name)
    additional("Kostenstelle für Übersee")
    additional("Fällig am", "date")
    laptop_order()
    EmailCommand.objects.update(enabled=True, subject_contains=WORD, **settings)
    return made


_LISTS: Mapping[Any, tuple[str, ...]] = {
    Level: ("Tier 1", "Tier 2"),
    Mode: ("E-mail", "Phone"),
    Urgency: ("Low", "High"),
    Impact: ("One person", "Site"),
    RequestType: ("Incident", "Request for information"),
    Priority: ("Low", "Normal", "High", "Urgent"),
    Category: ("Printing",),
}


def fields(record: Record) -> dict[str, str]:
    """Give what a request has in its fields, in words, by their names; what is empty is left out."""
    present = present_of(Record.objects.get(pk=record.pk))
    return {name: shown for name, value in present.fields.items() if (shown := text_of(value))}


def newest_answer() -> OutboxMail | None:
    """Give the newest mail that answers a command."""
    return OutboxMail.objects.filter(event__startswith="command_").order_by("-pk").first()


def changes_of(record: Record) -> list[HistoryEntry]:
    """Give the changes that mails made of a request."""
    return list(HistoryEntry.objects.filter(record=record, via="mail").exclude(changes=[]).order_by("pk"))


def closed() -> Status:
    """Give the first closed status."""
    return Status.objects.filter(kind="closed").order_by("position", "pk")[0]
