"""What one mail to the desk has arrive at a real mail server: in by Dovecot, drained, out by Postfix."""

import os
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from deskpost.desk import delimiters
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Group
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.module_records import open_record
from deskpost.desk.modules import MODULES, OTHERS
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.drain import drain
from deskpost.inbound.mailboxes import Mailbox, own_addresses
from deskpost.outbound.notify import notify
from deskpost.outbound.outbox import OutboxMail
from tests.command_line import deskpost
from tests.desk.field_builders import asks_for
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


@pytest.mark.requirement("R160")
@pytest.mark.requirement("R161")
@pytest.mark.requirement("R163")
def test_of_nine_records_with_one_number_each_gets_the_answers_that_bear_its_own_code(
    dovecot: Dovecot, postfix: Postfix, customer: str
) -> None:
    acme, ann = account("Acme", "acme.example"), technician("Ann")
    user = dovecot.new_user()
    mailbox("Help", port=dovecot.imap, username=user, password=PASSWORD)
    make.server(postfix.no_login)
    assert drain(60).troubles == []
    dovecot.deliver(user, mail(sender=f"Ute <{customer}>"))
    assert drain(60).fetched == 1
    request = Record.objects.get()
    notify(write(request, Changes({"Technician": technician("Bob")}), By(ann, "page")))
    for module in OTHERS:
        named = {"subject": f"The {MODULES[module].name}", "text": "To do."}
        _, events = open_record(
            module=module, actor=technician(f"Of {module}"), via="page", account=acme, technician=ann, **named
        )
        notify(events)
    assert set(Record.objects.values_list("number", flat=True)) == {1}, "nine records, one number"
    drain(60)
    address = ann.addresses.get().address
    arrived = [
        message_from_bytes(one, policy=policy.default) for one in postfix.mails(address, wait_for=len(OTHERS))
    ]
    subjects = {str(one["Subject"]) for one in arrived}
    assert subjects == {f"##{module}-1## The {MODULES[module].name}" for module in OTHERS}

    written = answer_each(dovecot, user, customer, {module: module for module in MODULES})
    for module in MODULES:
        delimiters.change(None, "page", module, f"X{module}")
    written |= answer_each(dovecot, user, customer, {module: module for module in MODULES})
    written |= answer_each(dovecot, user, customer, {module: f"X{module}" for module in MODULES})
    assert Record.objects.count() == len(MODULES)
    for record in Record.objects.all():
        texts = {one.text.strip() for one in record.conversations.filter(from_address=customer)}
        own = {text for text, module in written.items() if module == record.module}
        assert texts - {"It burns."} == own, record
    told = OutboxMail.objects.filter(event="reply_from_requester").order_by("-pk")[: len(MODULES)]
    assert {one.subject.split("##")[1] for one in told} == {f"X{module}-1" for module in MODULES}
    assert drain(60).troubles == []
    assert not OutboxMail.objects.exclude(state="sent").exists()


def answer_each(dovecot: Dovecot, user: str, customer: str, codes: dict[str, str]) -> dict[str, str]:
    """Let a mail come in for each code, and give what was written: text to module."""
    written = {f"About {code} {os.urandom(4).hex()}": module for module, code in codes.items()}
    mails = []
    for text in written:
        code = text.split()[1]
        name = f"<{os.urandom(8).hex()}@acme.example>"
        mails.append(
            mail(sender=f"Ute <{customer}>", subject=f"Re: ##{code}-1## It", text=text, message_id=name)
        )
    dovecot.deliver_many(user, mails)
    drained = drain(60)
    assert (drained.troubles, drained.fetched) == ([], len(codes))
    return written


def test_whom_a_request_names_hears_of_its_closing_and_answers_into_it_without_its_rights(
    dovecot: Dovecot, postfix: Postfix, customer: str
) -> None:
    account("Acme", "acme.example")
    boss, ann = f"boss-{os.urandom(4).hex()}@bolt.example", technician("Ann")
    user = dovecot.new_user()
    ours = ["help@desk.example", "info@desk.example"]
    mailbox("Help", port=dovecot.imap, username=user, password=PASSWORD, addresses=ours)
    make.server(postfix.no_login)
    assert drain(60).troubles == []
    dovecot.deliver(user, mail(sender=f"Ute <{customer}>"))
    assert drain(60).fetched == 1
    request = Record.objects.get()
    sets = {"EmailsToNotify": f"Boss <{boss}>, info@desk.example", "Status": "Closed"}
    changes = asks_for(ann, request, sets).changes
    notify(write(request, changes, By(ann, "page")), own_addresses=own_addresses())
    assert drain(60).troubles == []
    (told,) = [message_from_bytes(one, policy=policy.default) for one in postfix.mails(boss, wait_for=1)]
    assert (told["To"], told["Cc"], told["Bcc"]) == (boss, None, None)
    assert told["Subject"] == f"##RE-{request.number}## Printer on fire"
    assert "is closed" in told.get_body(("plain",)).get_content()
    for one in postfix.mails(customer, wait_for=2):
        assert boss.encode() not in one, "the requester does not learn who else is told"
    assert not postfix.mails("info@desk.example")

    answers = {"message_id": "<2@bolt.example>", "In_Reply_To": told["Message-ID"]}
    written = mail(sender=f"Boss <{boss}>", subject="Re: that", text="Why so late?", **answers)
    dovecot.deliver(user, written)
    assert drain(60).fetched == 1
    answer = request.conversations.latest("pk")
    request.refresh_from_db()
    assert answer.from_address == boss and "Why so late?" in answer.text
    assert (Record.objects.count(), request.requester.addresses.get().address) == (1, customer)
    assert answer.author is None, "nobody of the account is made of an address for being notified"
    sent = OutboxMail.objects.filter(to__0__1__in=[boss, customer])
    assert set(sent.values_list("event", flat=True)) == {"request_received", "request_closed"}
