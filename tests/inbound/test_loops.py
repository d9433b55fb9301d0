"""The loops that others suffered, end to end: two Deskposts that write to each other, and one with an auto-responder.

freescout #3670, #1403, #4631, #4143: auto-replies answered each other, thousands of mails, each a new ticket.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.utils import make_msgid, parseaddr

import pytest
from cryptography.fernet import Fernet

from deskpost import secret_field
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.send import send_due
from deskpost.outbound.tokens import tokens
from tests import database as databases
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

ROUNDS = 12


@dataclass
class Desk:
    """One installation: its database, and the sink that all it sends arrives at."""

    name: str
    address: str
    sink: SmtpSink
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    taken: int = 0

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Do what follows in its database, and with its keys: what one signs, the other does not know."""
        with databases.django_on(self.name), pytest.MonkeyPatch.context() as changed:
            changed.setenv("DESKPOST_KEYS", self.key)
            for cache in (secret_field.keys, tokens):
                cache.cache_clear()
            try:
                yield
            finally:
                for cache in (secret_field.keys, tokens):
                    cache.cache_clear()

    def sends(self) -> list[Message]:
        """Let it send what waits, and give what has left since the last time."""
        with self.inside():
            for server in make.OutgoingServer.objects.all():
                send_due(server.pk)
        new = self.sink.received[self.taken :]
        self.taken += len(new)
        return [message_from_bytes(one.content) for one in new]

    def takes(self, raw: bytes) -> str:
        """Let a mail come in, and give what becomes of it."""
        with self.inside():
            return str(deliver(Mailbox.objects.get(), raw)["outcome"]["kind"])


@pytest.fixture
def desks(template_database: str, django_db_blocker: object) -> Iterator[Callable[[str], Desk]]:
    """Give installations with a mailbox and a server each."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())  # type: ignore[attr-defined]

        def made(domain: str) -> Desk:
            name = f"{template_database}_{domain.partition('.')[0]}"
            stack.enter_context(databases.own(name, template_database))
            desk = Desk(name, f"help@{domain}", stack.enter_context(SmtpSink()))
            with desk.inside():
                Installation.objects.update(identity=uuid.uuid4())
                mailbox(addresses=[desk.address])
                make.server(desk.sink.port, reply_to=desk.address)
            return desk

        yield made


def written_to(message: Message, address: str) -> bool:
    return any(parseaddr(one)[1] == address for one in message.get_all("To", []))


@pytest.mark.pain("auto-replies-answer-each-other")
def test_two_deskposts_that_write_to_each_other_answer_once_each(desks: Callable[[str], Desk]) -> None:
    ours, theirs = desks("north.example"), desks("south.example")
    first = mail(
        sender=theirs.address, to=ours.address, subject="Our firewall", message_id="<1@south.example>"
    )
    ours.takes(first)
    between = 0
    for _ in range(ROUNDS):
        moved = 0
        for sender, other in ((ours, theirs), (theirs, ours)):
            for message in sender.sends():
                if written_to(message, other.address):
                    other.takes(message.as_bytes())
                    moved += 1
        between += moved
        if not moved:
            break
    assert between <= 2, "at most one automatic answer each"
    for desk in (ours, theirs):
        with desk.inside():
            assert Record.objects.count() <= 1, "and no request for each answer"


@pytest.mark.pain("auto-replies-answer-each-other")
def test_an_auto_responder_and_deskpost_answer_once_each(desks: Callable[[str], Desk]) -> None:
    """One that marks its answers as nothing: no Auto-Submitted, a subject of its own, a new Message-ID each time."""
    ours, away = desks("north.example"), "ute@acme.example"
    ours.takes(mail(sender=away, to=ours.address, subject="Printer", message_id="<1@acme.example>"))
    answers = 0
    for _ in range(ROUNDS):
        came = [one for one in ours.sends() if written_to(one, away)]
        if not came:
            break
        for message in came:
            answers += 1
            ours.takes(_unmarked_answer(message, away, ours.address))
    assert answers == 1, "its own answer joins the request, and is not answered"
    with ours.inside():
        assert Record.objects.count() == 1
        assert set(MailOutcome.objects.values_list("kind", flat=True)) == {"request", "conversation"}


@pytest.mark.pain("auto-replies-answer-each-other")
def test_a_desk_that_numbers_its_answers_and_drops_the_thread_is_soon_answered_no_more(
    desks: Callable[[str], Desk],
) -> None:
    ours, theirs = desks("north.example"), "tickets@south.example"
    ours.takes(
        mail(sender=theirs, to=ours.address, subject="[T-1] We have it", message_id="<1@south.example>")
    )
    answers = 0
    for number in range(2, ROUNDS + 2):
        if not any(written_to(one, theirs) for one in ours.sends()):
            break
        answers += 1
        numbered = {"subject": f"[T-{number}] We have it", "text": f"Your ticket is T-{number}."}
        ours.takes(mail(sender=theirs, to=ours.address, message_id=f"<{number}@south.example>", **numbered))
    assert answers == 5


def _unmarked_answer(message: Message, sender: str, to: str) -> bytes:
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, to, f"Re: {message['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = make_msgid(domain="acme.example"), message["Message-ID"]
    answer.set_content("I am on the beach until Monday.")
    return answer.as_bytes()
