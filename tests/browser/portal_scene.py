"""The requesters of the pictures: Tom, whose requests stand everywhere at once, and Ilse, who has none yet."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.roles import Grant, Role
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from tests.browser import scene
from tests.console import builders


@dataclass(frozen=True)
class Scene:
    """What the browser tests of the portal walk through."""

    desk: scene.Scene
    tom: Person  # may close what he asked
    ilse: Person  # may not, and has no request yet
    vpn: Record


def build() -> Scene:
    """Make the scene in the present database."""
    made = scene.build()
    Mailbox.objects.filter(pk=made.box.pk).update(fetching=True)
    late = timezone.now() - timedelta(minutes=40)
    MailboxState.objects.filter(mailbox=made.box).update(failing_since=late)
    closes = Role.objects.create(
        name="Closes own", permissions=["request.create", "conversation.reply", "request.close"]
    )
    Grant.objects.create(person=made.tom, role=closes, account=made.tom.account)
    kestrel = Account.objects.get(name="Kestrel Logistics")
    ilse = builders.person("Ilse Roth", "ilse@kestrel.example", "SDRequester", account=kestrel)
    _set(made.priya, "Barcode gun", Status.objects.get(name="Waiting for customer"))
    ordered = Status.objects.create(name="Ordered", kind=Status.Kind.WAITING, position=9)
    for number, subject in enumerate(("Second monitor for the dispatch desk", "New keyboard")):
        builders.request_by_mail(made.box, subject=subject, message_id=f"<portal{number}@kestrel.example>")
    _set(made.priya, "Second monitor", ordered)
    builders.request_by_mail(
        made.box,
        subject=f"Re: ##RE-{made.vpn.number}## VPN drops",
        text="The log is here. Ethernet instead of Wi-Fi makes no difference.",
        message_id="<portal-log@kestrel.example>",
        files={"vpn-client.log": ("text/plain", b"dropped\n" * 900), "capture.exe": ("text/plain", b"MZ")},
    )
    return Scene(made, made.tom, ilse, made.vpn)


def _set(who: Person, subject: str, status: Status) -> None:
    record = Record.objects.get(subject__startswith=subject)
    write(record, Changes({"Status": status}), By(who, "page"))
    Conversation.objects.filter(record=record).update(at=timezone.now() - timedelta(minutes=90))
