"""Delimiters at work: what a fresh desk writes into a subject, and what a subject must name to join."""

import os
from email import message_from_bytes, policy

import pytest

from deskpost.desk import delimiters
from deskpost.desk.fields import Status
from deskpost.desk.installation import Instance
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.send import send_due
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")


def became(box: Mailbox, subject: str) -> tuple[str, str]:
    """Let a mail with this subject come in, and give what became of it and its record."""
    unlike = f"<{os.urandom(8).hex()}@acme.example>"
    told = deliver(box, mail(subject=subject, message_id=unlike, text=f"{subject} {unlike}"))["outcome"]
    assert told is not None
    return told["kind"], told["record"]


@pytest.mark.requirement("R164")
def test_on_a_fresh_desk_the_receipt_of_the_first_mail_bears_the_base_delimiter(smtp_sink: SmtpSink) -> None:
    account("Acme", "acme.example")
    server = make.server(smtp_sink.port)
    kind, name = became(mailbox(), "Printer on fire")
    assert (kind, name) == ("request", f"RE-{Record.objects.get().number}")
    assert send_due(server.pk).sent == 1
    (receipt,) = smtp_sink.received
    subject = message_from_bytes(receipt.content, policy=policy.default)["Subject"]
    assert subject == f"##{name}## Printer on fire"


@pytest.mark.requirement("R163")
def test_number_and_module_of_a_subject_must_name_the_same_record() -> None:
    of, box = account("Acme", "acme.example"), mailbox()
    _, name = became(box, "Printer on fire")
    request = Record.objects.get()
    number = request.number + 5
    change = Record.objects.create(
        module="CH",
        number=number,
        instance=Instance.objects.get(),
        account=of,
        subject="A new printer",
        status=Status.objects.filter(kind="open")[0],
    )
    kind, opened = became(box, f"Re: ##RE-{number}## A new printer")
    assert (kind, opened) == ("request", f"RE-{request.number + 1}"), "5 is a change, so RE-5 names nothing"
    kind, opened = became(box, f"Re: ##CH-{request.number}## Printer on fire")
    assert (kind, opened) == ("request", f"RE-{request.number + 2}"), "1 is a request, so CH-1 names nothing"
    assert (change.conversations.count(), request.conversations.count()) == (0, 1)

    assert became(box, f"Re: ##CH-{number}## A new printer") == ("conversation", f"CH-{number}")
    assert became(box, f"Re: ##{name}## Printer on fire") == ("conversation", name)
    assert (change.conversations.count(), request.conversations.count()) == (1, 2)


def test_why_a_mail_joined_names_its_record_by_the_present_code() -> None:
    account("Acme", "acme.example")
    box = mailbox()
    _, name = became(box, "Printer on fire")
    delimiters.change(None, "page", "RE", "RQ")
    told = deliver(box, mail(subject=f"Re: ##{name}## Printer on fire", message_id="<again@acme.example>"))
    number = Record.objects.get().number
    assert told["outcome"]["record"] == f"RQ-{number}"
    assert told["outcome"]["reason"] == f"It names RQ-{number}: number in the subject."
