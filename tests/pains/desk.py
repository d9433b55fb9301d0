"""A desk between a real Dovecot, which its mail comes from, and a real Postfix, which its mail leaves by."""

import os
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.console.builders import last_conversation, signed_in
from tests.inbound import builders
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

HELP = "help@desk.example"


@dataclass
class Desk:
    """One mailbox and one outgoing server; customers whose addresses no other test of this process writes to."""

    dovecot: Dovecot
    postfix: Postfix
    tag: str = field(default_factory=lambda: os.urandom(4).hex())

    def __post_init__(self) -> None:
        self.acme: Account = builders.account("Acme", self.domain)
        self.box: Mailbox = self.mailbox()
        self.server: OutgoingServer = make.server(self.postfix.no_login, reply_to=HELP)
        self.taken: dict[str, int] = {}
        self.fetch()  # fetching has begun: what comes from now on is answered

    @property
    def domain(self) -> str:
        return f"acme-{self.tag}.example"

    @property
    def ute(self) -> str:
        """The address of a customer."""
        return f"ute@{self.domain}"

    def mailbox(self, name: str = "Help", protocol: str = "imap", **settings: Any) -> Mailbox:
        """Make another mailbox at the Dovecot."""
        user = settings.pop("username", None) or self.dovecot.new_user()
        where = {"port": getattr(self.dovecot, protocol), "username": user, "password": PASSWORD}
        instance = settings.pop("instance", None)
        made = builders.mailbox(name, protocol=protocol, **{**where, "addresses": [HELP], **settings})
        if instance:
            Mailbox.objects.filter(pk=made.pk).update(instance=Instance.objects.create(name=instance))
        return Mailbox.objects.get(pk=made.pk)

    def technician(self, name: str = "Ann", alerted: bool = False) -> Person:
        """Make somebody who works all requests, and who is told of new ones if wanted."""
        made = make.technician(name, f"{name.lower()}@{self.tag}.desk.example")
        Person.objects.filter(pk=made.pk).update(sign_in_name=f"{name.lower()}-{self.tag}")
        made.refresh_from_db()
        if alerted:
            InstanceAlert.objects.create(instance=Instance.objects.get(), person=made)
        return made

    def mail(self, number: int = 1, **parts: Any) -> bytes:
        """Give a mail of the customer."""
        mine = {"sender": f"Ute <{self.ute}>", "message_id": f"<{number}@{self.domain}>"}
        told = {"subject": f"Number {number}", "text": f"Text {number}"}
        return builders.mail(**{**mine, **told, **parts})

    def administrator(self) -> Client:
        """Give the browser of somebody who may do everything."""
        priya = self.technician("Priya")
        make.Grant.objects.create(person=priya, role=make.Role.objects.get(name="SDAdmin"))
        return signed_in(priya)

    def deliver(self, *mails: bytes, to: Mailbox | None = None, folder: str = "INBOX") -> None:
        for one in mails:
            self.dovecot.deliver((to or self.box).username, one, folder)

    def fetch(self, box: Mailbox | None = None) -> int:
        """Fetch a mailbox and process what came; give how many mails."""
        found = fetch((box or self.box).pk)
        assert found.failure is None, found.failure
        process((box or self.box).pk)
        return found.collected

    def comes(self, *mails: bytes) -> None:
        """Let mails arrive at the mailbox, and take them in."""
        self.deliver(*mails)
        assert self.fetch() == len(mails)

    def sends(self) -> None:
        """Send what is due."""
        for server in OutgoingServer.objects.all():
            send_due(server.pk)

    def arrived(self, address: str, count: int = 1) -> list[EmailMessage]:
        """Give what arrived for somebody since this was asked last: so many mails, and no more."""
        before = self.taken.get(address, 0)
        came = self.postfix.mails(address, wait_for=before + count)
        self.taken[address] = len(came)
        sent = [mail.recipients.get(address, {}).get("state") for mail in OutboxMail.objects.all()]
        assert sent.count("sent") == before + count, "none is on its way"
        assert len(came) == before + count, f"{len(came) - before} mails arrived"
        return [read(one) for one in came[before:]]


def read(content: bytes) -> EmailMessage:
    """Read a mail as another program than ours does."""
    return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def text_of(mail: EmailMessage) -> str:
    """Give the text of a mail that arrived."""
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def page_of(who: Person, record: Record) -> str:
    """Give the page of a request as somebody sees it."""
    page = signed_in(who).get(reverse("request", args=[record.number]))
    return str(page.content.decode())


def writes(who: Person, record: Record, **form: object) -> Conversation:
    """Let somebody fill in the composer of a request and send it; give what was written."""
    values = {"token": str(uuid4()), "newest": last_conversation(record).pk, **form}
    answer = signed_in(who).post(reverse("request_reply", args=[record.number]), values)
    assert answer.status_code == 303, answer.content.decode()
    return last_conversation(record)


def outcomes() -> list[str]:
    """Give what became of the mails, in the order in which they came."""
    return list(MailOutcome.objects.order_by("mail_id").values_list("kind", flat=True))


def subjects() -> list[str]:
    """Give the subjects of all requests, in the order of their numbers."""
    return list(Record.objects.order_by("number").values_list("subject", flat=True))


def stored() -> int:
    """Give how many mails were taken from servers."""
    return InboundMessage.objects.count()
