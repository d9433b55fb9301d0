"""Mail of somebody whom nobody knows: it opens a request, is refused, or waits for the sender to be accepted."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from deskpost.desk import person_settings, settings
from deskpost.desk.accounts import Account
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.inbound import approval
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailAct, MailOutcome, Undecided
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import NotDone, open_own, process_again, seen_of
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import account, mail, mailbox
from tests.inbound.test_rehearsal import differences

pytestmark = pytest.mark.usefixtures("database")
EVE = "Eve <eve@elsewhere.example>"


def unknown(wanted: str) -> None:
    settings.change(None, "page", Installation.objects.get(), {"unknown_senders": wanted})


@pytest.fixture
def sam(database: str) -> Person:
    """Give Sam, who works for every account and hears of new requests."""
    person = Person(account=Account.objects.get(default=True), name="Sam Smith")
    columns = {"technician": True, "sign_in_name": "sam@msp.example"}
    person_settings.save(None, "page", person, columns, ["sam@msp.example"], [])
    Grant.objects.create(person=person, role=Role.objects.get(name="SDTechnician"))
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=person)
    return person


def kind(way: dict) -> str:
    return way["outcome"]["kind"]


def anywhere(account_id: int, site_id: int | None) -> bool:
    return True


def of_eve(number: int = 1, **changes: str) -> bytes:
    return mail(sender=EVE, message_id=f"<{number}@elsewhere.example>", subject=f"Mail {number}", **changes)


def nothing_was_made() -> bool:
    return not (Record.objects.exists() or PersonAddress.objects.filter(key="eve@elsewhere.example").exists())


def test_they_become_requesters_of_the_account_unless_it_is_set_otherwise():
    assert kind(deliver(mailbox(), of_eve())) == "request"
    assert Record.objects.get().requester.name == "Eve"


def test_refused_they_make_nothing_and_get_no_answer_and_the_trace_names_the_setting():
    unknown("refuse")
    way = deliver(mailbox(), of_eve())
    assert kind(way) == "refused" and nothing_was_made() and not OutboxMail.objects.exists()
    assert way["outcome"]["reason"].startswith(
        "Nobody of the account MSP has the address eve@elsewhere.example, and mail of unknown senders opens no "
        "requests."
    )
    by = MailOutcome.objects.get().decided_by
    assert (by["kind"], by["column"], by["value"]) == ("installation", "unknown_senders", "refuse")


def test_held_they_make_nothing_until_somebody_accepts_them(sam: Person):
    unknown("hold")
    box = mailbox()
    assert kind(deliver(box, of_eve())) == "held" and nothing_was_made()
    assert not OutboxMail.objects.exists()
    held = MailOutcome.objects.get()
    assert approval.waits(held)
    done = approval.accept(held.pk, sam, seen_of(held), anywhere)
    record = Record.objects.get(number=done.number)
    assert (record.requester.name, record.account.name, record.subject) == ("Eve", "MSP", "Mail 1")
    assert OutboxMail.objects.get(event="request_received").to == [["Eve", "eve@elsewhere.example"]]
    assert HistoryEntry.objects.get(record=record).person == sam
    assert kind(deliver(box, of_eve(2))) == "request", "once accepted Eve is known"


def test_accepting_one_mail_takes_along_what_else_waits_of_the_sender(sam: Person):
    unknown("hold")
    box = mailbox()
    deliver(box, of_eve(1))
    deliver(box, of_eve(2, In_Reply_To="<1@elsewhere.example>"))
    deliver(box, mail(sender="Mallory <m@elsewhere.example>", message_id="<9@x>", subject="Other"))
    first = MailOutcome.objects.order_by("pk")[0]
    assert approval.accept(first.pk, sam, seen_of(first), anywhere).others == 1
    process(box.pk)
    assert list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True)) == [
        "request",
        "conversation",
        "held",
    ]


def test_a_mail_is_refused_by_a_person_and_accepted_later(sam: Person):
    unknown("hold")
    deliver(mailbox(), of_eve())
    held = MailOutcome.objects.get()
    approval.refuse(held.pk, sam, seen_of(held))
    refused = MailOutcome.objects.get()
    assert (refused.kind, refused.decided_by) == ("refused", None) and nothing_was_made()
    assert refused.reason.startswith("Sam Smith refused it")
    act = MailAct.objects.get()
    assert (act.kind, act.by, act.before["kind"]) == ("refused", "Sam Smith", "held")
    with pytest.raises(NotDone, match="Sam Smith refused its sender meanwhile"):
        approval.accept(held.pk, sam, seen_of(held), anywhere)
    open_own(refused.pk, sam, seen_of(refused), anywhere)
    assert Record.objects.get().requester.name == "Eve"


def test_of_two_who_accept_at_once_the_second_is_told(sam: Person):
    unknown("hold")
    deliver(mailbox(), of_eve())
    held = MailOutcome.objects.get()
    approval.accept(held.pk, sam, seen_of(held), anywhere)
    with pytest.raises(NotDone, match="made it a request of its own meanwhile"):
        approval.refuse(held.pk, sam, seen_of(held))
    assert Record.objects.count() == 1


def test_processed_again_it_is_judged_by_the_setting_as_it_is_then(sam: Person):
    unknown("hold")
    box = mailbox()
    deliver(box, of_eve())
    held = MailOutcome.objects.get()
    process_again(held.pk, sam, seen_of(held))
    process(box.pk)
    assert MailOutcome.objects.get().kind == "held"
    unknown("create")
    held = MailOutcome.objects.get()
    process_again(held.pk, sam, seen_of(held))
    process(box.pk)
    assert MailOutcome.objects.get().kind == "request" and not Undecided.objects.exists()


@pytest.mark.parametrize("wanted", ["hold", "refuse"])
def test_known_is_who_is_a_person_of_the_account_whoever_entered_them(wanted: str):
    box = mailbox()
    assert kind(deliver(box, of_eve())) == "request"
    unknown(wanted)
    assert kind(deliver(box, of_eve(2))) == "request"
    assert (
        kind(deliver(box, mail(sender="Eve <EVE+shop@elsewhere.example>", message_id="<3@x>"))) == "request"
    )


@pytest.mark.parametrize(("verdict", "expected"), [("", "request"), ("pass", "request"), ("fail", "held")])
def test_a_domain_of_the_account_vouches_for_its_people_unless_the_mail_may_be_forged(
    verdict: str, expected: str
):
    account("Acme", "acme.example")
    unknown("hold")
    said = {"Authentication_Results": f"mx.desk.example; dmarc={verdict} header.from=acme.example"}
    box = mailbox(trusted_authserv_ids=["mx.desk.example"])
    assert kind(deliver(box, mail(**(said if verdict else {})))) == expected


def test_in_a_mailbox_of_an_account_its_people_and_domains_are_known_and_no_others():
    acme, globex = account("Acme", "acme.example"), account("Globex", "globex.example")
    person_settings.save(None, "page", Person(account=globex, name="Gus"), {}, ["gus@free.example"], [])
    unknown("refuse")
    box = mailbox(account=acme)
    assert kind(deliver(box, mail())) == "request"
    for number, sender in enumerate(("gus@free.example", "new@globex.example"), 2):
        way = deliver(box, mail(sender=sender, message_id=f"<{number}@x>", subject=f"Mail {number}"))
        assert kind(way) == "refused", "a person or a domain of another account is none of this one"


@pytest.mark.parametrize("works_there", [True, False])
def test_a_technician_who_opens_requests_there_is_no_stranger_in_a_mailbox_of_an_account(
    sam: Person, works_there: bool
):
    acme, globex = account("Acme"), account("Globex")
    Grant.objects.filter(person=sam).update(account=acme if works_there else globex)
    unknown("refuse")
    way = deliver(mailbox(account=acme), mail(sender="sam@msp.example"))
    assert kind(way) == ("request" if works_there else "refused")


def test_a_mail_that_names_no_sender_is_of_nobody_who_is_known(sam: Person):
    unknown("hold")
    raw = mail(message_id="<1@x>").replace(b"From: Ute Brandt <ute@acme.example>\n", b"")
    assert kind(deliver(mailbox(), raw)) == "held"
    held = MailOutcome.objects.get()
    approval.accept(held.pk, sam, seen_of(held), anywhere)
    assert Record.objects.get().requester is None


@pytest.mark.parametrize("wanted", ["hold", "refuse"])
def test_whom_the_mailbox_lists_is_known_by_that(wanted: str):
    unknown(wanted)
    box = mailbox(new_requests_disabled=True, allowed_domains=["elsewhere.example"])
    assert kind(deliver(box, of_eve())) == "request"
    way = deliver(box, mail(sender="m@other.example", message_id="<3@x>"))
    assert kind(way) == "refused" and "makes no new requests" in way["outcome"]["reason"]


@pytest.mark.parametrize("wanted", ["hold", "refuse"])
def test_a_reply_of_a_stranger_goes_by_who_may_join_and_not_by_this(wanted: str):
    """Who bears the token joins and is known then; who only knows the number waits at the request."""
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    unknown(wanted)
    receipt = OutboxMail.objects.get(event="request_received")
    numbered = mail(sender="m@other.example", message_id="<7@x>", subject="##RE-1## me too")
    assert kind(deliver(box, numbered)) == "held"
    assert MailOutcome.objects.latest("pk").record == Record.objects.get()
    assert not approval.waits(MailOutcome.objects.latest("pk"))
    way = deliver(box, of_eve(2, In_Reply_To=receipt.message_id))
    assert (kind(way), way["outcome"]["record"]) == ("conversation", "RE-1")


@pytest.mark.parametrize(
    ("wanted", "expected"), [("hold", "held"), ("refuse", "refused"), ("create", "request")]
)
def test_a_strangers_linked_request_under_strict_is_a_request_as_any_other(wanted: str, expected: str):
    account("Acme", "acme.example")
    Installation.objects.update(who_may_join="strict")
    box = mailbox()
    deliver(box, mail())
    unknown(wanted)
    assert kind(deliver(box, of_eve(2).replace(b"Mail 2", b"##RE-1## mine"))) == expected


def test_automatic_mail_of_unknown_senders_waits_too_and_auto_replies_end_as_ever():
    unknown("hold")
    box = mailbox()
    assert kind(deliver(box, of_eve(1, Auto_Submitted="auto-generated", text="Disk full."))) == "held"
    assert kind(deliver(box, of_eve(2, Auto_Submitted="auto-replied", text="I am away."))) == "automatic"


def test_the_bell_tells_who_hears_of_new_requests_once_until_it_is_read(sam: Person):
    unknown("hold")
    box = mailbox()
    for number in (1, 2):
        deliver(box, of_eve(number))
    rung = BellNotice.objects.get()
    first = MailOutcome.objects.order_by("pk")[0]
    assert (rung.person, rung.url) == (sam, f"/trace/{first.pk}/")
    assert words_of(rung).title == "Mail of an unknown sender waits"
    assert "eve@elsewhere.example is nobody's address in the account MSP" in words_of(rung).text
    BellNotice.objects.update(read_at=rung.at)
    deliver(box, of_eve(3))
    assert BellNotice.objects.count() == 2


def test_the_bell_tells_nobody_who_may_not_accept_and_then_the_administrators(sam: Person):
    acme = account("Acme")
    Grant.objects.filter(person=sam).update(account=acme)
    ada = Person.objects.create(account=sam.account, name="Ada", sign_in_name="ada@msp.example")
    Grant.objects.create(person=ada, role=Role.objects.get(name="SDAdmin"))
    unknown("hold")
    deliver(mailbox(), of_eve())
    assert [one.person for one in BellNotice.objects.all()] == [ada]
    deliver(mailbox("Acme's", account=acme), of_eve(2))
    assert {one.person for one in BellNotice.objects.all()} == {ada, sam}


def test_the_database_takes_no_other_value():
    with pytest.raises(IntegrityError), transaction.atomic():
        Installation.objects.update(unknown_senders="perhaps")


def test_a_rehearsal_tells_whom_the_setting_would_stop_and_writes_nothing(tmp_path: Path):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    deliver(box, of_eve())
    (one,) = differences("threading: {unknown_senders: hold}\n", tmp_path)
    assert (one.mail.outcome.from_address, one.present.kind, one.changed.kind) == (
        "eve@elsewhere.example",
        "request",
        "held",
    )
    assert Installation.objects.get().unknown_senders == "create"


WITHOUT_ADDRESS = (
    "",
    "undisclosed",
    "undisclosed-recipients:;",
    "Bob <bob>",
    "MAILER-DAEMON <>",
    "a@",
    "@b.example",
)


@pytest.mark.parametrize("wanted", ["create", "hold"])
@pytest.mark.parametrize("stated", WITHOUT_ADDRESS)
def test_who_has_no_address_is_never_a_person(sam: Person, wanted: str, stated: str):
    unknown(wanted)
    people = set(Person.objects.values_list("pk", flat=True))
    raw = mail(sender="X <x@y.example>", message_id="<1@x>", subject="Nobody's")
    raw = raw.replace(b"From: X <x@y.example>\n", f"From: {stated}\n".encode() if stated else b"")
    way = deliver(mailbox(), raw)
    held = MailOutcome.objects.get()
    if wanted == "hold":
        assert kind(way) == "held" and not Record.objects.exists()
        assert held.reason.startswith("It names no sender with an address: the mail waits"), held.reason
        done = approval.accept(held.pk, sam, seen_of(held), anywhere)
        assert (done.person, done.made, done.others) == (None, False, 0)
        held.refresh_from_db()
    record = Record.objects.get()
    assert record.requester is None and held.record == record
    assert "It names no sender with an address, so nobody is its requester. To do:" in held.reason
    assert set(Person.objects.values_list("pk", flat=True)) == people
    assert not OutboxMail.objects.filter(event="request_received").exists()


def test_a_mail_without_sender_is_refused_with_what_can_be_done():
    unknown("refuse")
    way = deliver(mailbox(), mail(sender="undisclosed"))
    assert kind(way) == "refused"
    assert "make it a request of its own" in way["outcome"]["reason"]


def test_whom_reply_to_names_is_the_sender_where_there_is_no_from_alone():
    box = mailbox()
    raw = mail(sender="x@y.example", Reply_To="Eve <eve@elsewhere.example>")
    deliver(box, raw.replace(b"From: x@y.example\n", b""))
    assert Record.objects.get().requester.name == "Eve"
    deliver(
        box,
        mail(sender="undisclosed", message_id="<2@x>", subject="Two", Reply_To="Eve <eve@elsewhere.example>"),
    )
    assert Record.objects.latest("pk").requester is None


def test_accepting_tells_who_became_a_person(sam: Person):
    unknown("hold")
    box = mailbox()
    deliver(box, of_eve())
    held = MailOutcome.objects.get()
    done = approval.accept(held.pk, sam, seen_of(held), anywhere)
    assert done.made and done.person == Record.objects.get().requester


def test_an_accepted_sender_is_taken_back_by_removing_the_person(sam: Person):
    unknown("hold")
    box = mailbox()
    deliver(box, of_eve())
    held = MailOutcome.objects.get()
    eve = approval.accept(held.pk, sam, seen_of(held), anywhere).person
    assert eve is not None
    person_settings.remove(sam, "page", eve)
    assert kind(deliver(box, of_eve(2))) == "held"
    assert Record.objects.get().requester == eve, "what was asked for stays"
