"""A mail that cannot be processed opens a request with its raw source, where its mailbox says so."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost import settings_file
from deskpost.console import trace_mail
from deskpost.desk import settings
from deskpost.desk.accounts import Account, Site
from deskpost.desk.attachments import Attachment
from deskpost.desk.categories import Category
from deskpost.desk.editing import present_of
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings_history import Wanted, versions
from deskpost.desk.templates import Template
from deskpost.inbound import pipeline
from deskpost.inbound.deliver import deliver
from deskpost.inbound.error_folder.mails import ErrorMail, Place, unsolved
from deskpost.inbound.error_folder.requests import MOST_PER_HOUR
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import move, process_again, seen_of
from deskpost.outbound.outbox import OutboxMail
from tests.console.builders import signed_in
from tests.inbound.builders import account, mailbox
from tests.inbound.test_error_folder import POISON, fail_on_poison, letter, poison, take_in
from tests.inbound.test_fetch import box
from tests.outbound import builders as make
from tests.servers.dovecot import Dovecot

__all__ = ["poison", "trace_mail"]  # the page is imported before a test has another step among its steps

pytestmark = pytest.mark.usefixtures("database")


def dana() -> Person:
    """Give a technician who hears of new requests."""
    person = make.technician("Dana", "dana@desk.example")
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=person)
    return person


@pytest.mark.pain("unparsable-fetched-for-ever")
def test_an_error_mail_opens_one_request_with_its_raw_source_and_people_are_told(
    dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    who, globex = dana(), account("Globex")
    make.server(25)
    made = box(dovecot, account=globex, error_request=True)
    dovecot.deliver(made.username, letter(1, POISON))
    dovecot.deliver(made.username, letter(2, "Good"))
    take_in(made)
    error = ErrorMail.objects.get()
    record = error.request
    assert record is not None
    assert (record.account, record.requester, record.instance) == (globex, None, made.instance)
    assert record.subject == f"Mail {error.pk} of {made.name} could not be processed"
    assert POISON not in record.subject + record.preview, "what the mail says is in its source alone"
    (note,) = record.conversations.all()
    assert note.direction == "note" and error.why in note.text and "To do: " in note.text
    assert HistoryEntry.objects.get(record=record).by == "Deskpost"
    told = OutboxMail.objects.filter(event="request_created", to__contains=[[who.name, "dana@desk.example"]])
    assert any(record.subject in one.subject + one.text for one in told)
    assert not OutboxMail.objects.filter(event="request_received", record=record).exists()
    kept = Attachment.objects.get(conversation=note)
    assert (kept.name, kept.content_type) == (f"mail-{error.pk}.eml", "message/rfc822")
    Grant.objects.get_or_create(person=who, role=Role.objects.get(name="SDAdmin"))
    Person.objects.filter(pk=who.pk).update(sign_in_name="dana@desk.example")
    who.refresh_from_db()
    client = signed_in(who)
    pages = {
        name: client.get(reverse(name, args=args)).content.decode()
        for name, args in (("request", [record.number]), ("trace_mail", [error.pk]), ("error_folder", []))
    }
    assert "could not be processed" in pages["request"] and "Opened by Deskpost" in pages["request"]
    assert f'href="{reverse("trace_mail", args=[error.pk])}">The mail' in pages["request"]
    for name in ("trace_mail", "error_folder"):
        assert f'href="{reverse("request", args=[record.number])}">request {record.number}<' in pages[name]
    source = b"".join(client.get(reverse("attachment", args=[kept.pk])))
    assert b"Subject: " + POISON.encode() in source and hashlib.sha256(source).hexdigest() == kept.sha256
    outcome = MailOutcome.objects.get(pk=error.pk)
    process_again(error.pk, who, seen_of(outcome))
    process(made.pk)
    assert Record.objects.filter(subject__contains="could not be processed").count() == 1, "it failed again"
    poison.undo()
    outcome.refresh_from_db()
    process_again(error.pk, who, seen_of(outcome))
    process(made.pk)
    outcome.refresh_from_db()
    assert outcome.kind == "request" and outcome.record != record
    assert Attachment.objects.get(pk=kept.pk).conversation == note
    good = Record.objects.get(subject__startswith="Good")
    assert move(error.pk, good.pk, who, seen_of(outcome)).number == good.number, "the source is no forward"


def test_it_is_off_at_first_and_a_mailbox_of_no_account_opens_it_at_the_default_one(
    dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    made = box(dovecot)
    assert not made.error_request
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    assert not Record.objects.exists()
    settings.change(None, "page", made, {"error_request": True})
    dovecot.deliver(made.username, letter(2, POISON))
    take_in(made)
    assert [one.account.default for one in Record.objects.all()] == [True]
    (note,) = Record.objects.get().conversations.all()
    assert "its page in the mail trace" in note.text and not Attachment.objects.exists(), (
        "nobody knows whose it is"
    )


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step fails after the sender was found."""
    steps = list(pipeline.STEPS)
    steps.insert([name for name, _ in steps].index("threading"), ("test step", fail_on_poison))
    monkeypatch.setattr(pipeline, "STEPS", tuple(steps))


@pytest.mark.usefixtures("late")
def test_it_stands_in_the_account_of_the_sender_and_technicians_of_another_do_not_read_it() -> None:
    acme = account("Acme", "acme.example")
    hull, network = Site.objects.create(account=acme, name="Hull"), Category.objects.create(name="Network")
    form = Template.objects.create(name="Fault")
    begins = {"default_site": hull, "default_category": network, "default_template": form}
    made = mailbox(error_request=True, **begins)
    deliver(made, letter(1, POISON))
    (record,) = Record.objects.all()
    fields = present_of(record)
    assert (fields.fields["Site"], fields.fields["Category"], fields.template_id) == (hull, network, form.pk)
    assert record.account == MailOutcome.objects.get().account == acme
    kept = Attachment.objects.get(account=acme)
    role = Role.objects.get(name="SDTechnician")
    seen = {}
    for place in (acme, Account.objects.get(default=True)):
        who = Person.objects.create(
            account=place, name=place.name, technician=True, sign_in_name=f"{place.pk}@desk.example"
        )
        Grant.objects.create(person=who, role=role, account=place)
        seen[place] = signed_in(who).get(reverse("attachment", args=[kept.pk])).status_code
    assert list(seen.values()) == [200, 404]


def test_of_a_mail_that_is_too_large_the_header_is_attached(dovecot: Dovecot) -> None:
    made = box(dovecot, account=account("Globex"), error_request=True, max_size_mb=1)
    dovecot.deliver(made.username, letter(1) + b"x" * 1_100_000)
    take_in(made)
    note = Record.objects.get().conversations.get()
    assert "Only its header is here" in note.text
    assert 0 < Attachment.objects.get(conversation=note).size < 10_000


def test_the_setting_is_in_the_settings_file_and_its_history(dovecot: Dovecot, tmp_path: Path) -> None:
    made = box(dovecot)
    assert "error_request: false" in settings_file.export()
    file = tmp_path / "settings.yaml"
    file.write_text(f"mailboxes:\n  - {{name: {made.name}, error_request: true}}\n")
    settings_file.apply(settings_file.read(file))
    made.refresh_from_db()
    assert made.error_request and "error_request: true" in settings_file.export()
    assert "error_request" in versions(Wanted(("mailbox",)), 1)[0].changed


def test_a_mailbox_that_opens_no_requests_opens_none_for_error_mails_and_strangers_change_nothing(
    poison: pytest.MonkeyPatch,
) -> None:
    made = mailbox(error_request=True, new_requests_disabled=True, account=account("Globex"))
    settings.change(None, "page", Installation.objects.get(), {"unknown_senders": "refuse"})
    people = Person.objects.count()
    deliver(made, letter(1, POISON))
    assert (ErrorMail.objects.count(), Record.objects.count()) == (1, 0)
    settings.change(None, "page", made, {"new_requests_disabled": False})
    deliver(made, letter(2, POISON))
    assert (ErrorMail.objects.count(), Record.objects.count()) == (2, 1)
    assert Person.objects.count() == people


def test_no_loop_with_an_automatic_answer_and_five_an_hour_at_most(dovecot: Dovecot) -> None:
    made = box(dovecot, error_request=True, max_size_mb=1, account=account("Globex"))
    large = b"x" * 1_100_000
    automatic = [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>", "sender": "MAILER-DAEMON@mx.example"},
        {"subject": "Automatic reply: Mail 1 of Help could not be processed"},
    ]
    for number, fields in enumerate(automatic):
        dovecot.deliver(made.username, letter(number, **fields) + large)
    take_in(made)
    assert (ErrorMail.objects.count(), Record.objects.count()) == (4, 0)
    for number in range(10, 17):
        dovecot.deliver(made.username, letter(number) + large)
    take_in(made)
    assert (ErrorMail.objects.count(), Record.objects.count()) == (11, MOST_PER_HOUR)
    Record.objects.update(created_at=timezone.now() - timedelta(hours=2))
    dovecot.deliver(made.username, letter(20) + large)
    take_in(made)
    assert Record.objects.count() == MOST_PER_HOUR + 1


def test_a_mail_that_failed_was_refused_and_failed_again_has_its_one_request_still(
    poison: pytest.MonkeyPatch,
) -> None:
    who, made = dana(), mailbox(error_request=True, account=account("Globex"))
    deliver(made, letter(1, POISON))
    first = ErrorMail.objects.get().request
    poison.undo()
    settings.change(None, "page", made, {"new_requests_disabled": True})
    assert _again(made, who) == "refused"
    (row,) = ErrorMail.objects.all()
    assert (row.request, row.place, row.details) == (first, Place.KEPT, ""), "and nothing else is kept"
    assert not unsolved().exists()
    settings.change(None, "page", made, {"new_requests_disabled": False})
    poison.setattr(pipeline, "STEPS", (pipeline.STEPS[0], ("test step", fail_on_poison), *pipeline.STEPS[1:]))
    assert _again(made, who) == "error"
    assert list(Record.objects.all()) == [first] and ErrorMail.objects.get().details


def _again(made: Mailbox, who: Person) -> str:
    """Process the one mail again, and give what it became."""
    outcome = MailOutcome.objects.get()
    process_again(outcome.pk, who, seen_of(outcome))
    process(made.pk)
    return MailOutcome.objects.get().kind
