"""What one mail to the desk has arrive at a real mail server: in by Dovecot, drained, out by Postfix."""

import os
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from deskpost.desk.fields import Group
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.drain import drain
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.outbox import OutboxMail
from tests.command_line import deskpost
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.usefixtures("database")

Arrives = Callable[..., dict[str, str]]


@pytest.fixture
def customer() -> str:
    """Somebody to whom no other test writes, for the tests of a process share one Postfix."""
    return f"ute-{os.urandom(4).hex()}@acme.example"


@pytest.fixture
def arrives(dovecot: Dovecot, postfix: Postfix, customer: str) -> Arrives:
    """Give a function that lets a mail come in, and gives all that arrives at Postfix: recipients to subject."""
    account("Acme", "acme.example")
    user = dovecot.new_user()
    mailbox("Help", port=dovecot.imap, username=user, password=PASSWORD)
    make.server(postfix.no_login)
    assert drain(60).troubles == []  # fetching is started before the mail comes

    def arrive(**parts: str) -> dict[str, str]:
        already, sent = len(postfix.mails()), OutboxMail.objects.count()
        dovecot.deliver(user, mail(sender=f"Ute <{customer}>", **parts))
        drained = drain(60)
        assert (drained.troubles, drained.fetched) == ([], 1)
        accepted = OutboxMail.objects.filter(state="sent").count() - sent
        assert OutboxMail.objects.count() - sent == accepted == drained.sent
        came = postfix.mails(wait_for=already + accepted)[already:]
        assert len(came) == accepted
        read = [message_from_bytes(one, policy=policy.default) for one in came]
        return {str(one["To"]): str(one["Subject"]) for one in read}

    return arrive


def technician(name: str) -> Person:
    return make.technician(name, f"{name.lower()}-{os.urandom(4).hex()}@desk.example")


@pytest.mark.requirement("R97")
def test_one_mail_to_the_desk_has_exactly_three_mails_arrive(arrives: Arrives, customer: str) -> None:
    ann, bob = technician("Ann"), technician("Bob")
    group = Group.objects.create(name="Hardware")
    bob.work_groups.add(group)
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=ann)
    Mailbox.objects.update(default_group=group)
    came = arrives()
    number = Record.objects.get(group=group).number
    addresses = {one: f"{one.name} <{one.addresses.get().address}>" for one in (ann, bob)}
    assert set(came) == {f"Ute <{customer}>", addresses[ann], addresses[bob]}
    assert set(came.values()) == {f"##RE-{number}## Printer on fire"}
    events = OutboxMail.objects.values_list("event", "to")
    assert {event: to[0][1] for event, to in events} == {
        "request_received": customer,
        "request_created": ann.addresses.get().address,
        "request_assigned": bob.addresses.get().address,
    }


@pytest.mark.requirement("R160")
def test_a_changed_code_is_in_the_subject_that_arrives_and_answers_to_the_earlier_one_still_thread(
    arrives: Arrives, customer: str, tmp_path: Path
) -> None:
    assert list(arrives().values()) == [f"##RE-{Record.objects.get().number}## Printer on fire"]
    first = Record.objects.get()
    file = tmp_path / "settings.yaml"
    file.write_text("delimiters: {modules: {RE: RQ}}\n")
    applied = deskpost("settings", "apply", file)
    assert (applied.code, applied.out.splitlines()[0]) == (0, "delimiters RE: code: RE -> RQ")

    answer = {"subject": f"Re: ##RE-{first.number}## Printer on fire", "message_id": "<2@acme.example>"}
    arrives(text="It is out.", **answer)
    assert Record.objects.get() == first, "the answer to the earlier code is on the same request"
    assert first.conversations.count() == 2

    came = arrives(subject="Another", text="Something else", message_id="<3@acme.example>")
    second = Record.objects.exclude(pk=first.pk).get()
    assert came == {f"Ute <{customer}>": f"##RQ-{second.number}## Another"}
