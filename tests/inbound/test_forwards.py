"""A mail that a technician forwards: whose it was becomes the requester, by the forwarded head alone."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deskpost.console.folding import split_texts
from deskpost.desk import person_settings
from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.inbound.batches import begin_all, decide_batch
from deskpost.inbound.case import Case
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.standing import Settings, facts_of
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import account, mail, mailbox
from tests.inbound.test_rehearsal import differences

pytestmark = pytest.mark.usefixtures("database")
SAM = "Sam Smith <sam@msp.example>"
UTE = "ute@acme.example"


def block(sender: str = "Ute Brandt <ute@acme.example>", text: str = "It burns.") -> str:
    return (
        f"Difficult customer, please be quick.\n\nFrom: {sender}\nSent: Monday, November 23, 2026 9:00 AM\n"
        f"To: Sam Smith <sam@msp.example>\nSubject: Printer on fire\n\n{text}\n"
    )


def forward(text: str | None = None, **changes: str) -> bytes:
    """Give a mail in which Sam forwards one of Ute's."""
    values = {"sender": SAM, "subject": "FW: Printer on fire", "message_id": "<f1@msp.example>"}
    return mail(text=block() if text is None else text, **{**values, **changes})


@pytest.fixture
def sam(database: str) -> Person:
    """Give Sam, a technician who works for every account and is told of new requests."""
    person = Person(account=Account.objects.get(default=True), name="Sam Smith")
    columns = {"technician": True, "sign_in_name": "sam@msp.example"}
    person_settings.save(None, "page", person, columns, ["sam@msp.example", "sam@home.example"], [])
    Grant.objects.create(person=person, role=Role.objects.get(name="SDTechnician"))
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=person)
    return person


def reason(way: dict) -> str:
    assert way["outcome"]["kind"] == "request", way["outcome"]
    return way["outcome"]["reason"]


def is_sams(record: Record, sam: Person) -> bool:
    return record.requester == sam and record.account == sam.account


def test_whose_mail_a_technician_forwards_becomes_the_requester_and_the_trace_names_the_line(sam: Person):
    acme = account("Acme", "acme.example")
    told = reason(deliver(mailbox(), forward()))
    assert told.endswith(
        "Sam Smith forwarded it: the requester is ute@acme.example, by its line “From: Ute Brandt <ute@acme.example>”."
    )
    record = Record.objects.get()
    assert (record.requester.name, record.account) == ("Ute Brandt", acme)
    said = record.conversations.get()
    assert (said.author, said.from_address, said.account) == (sam, "sam@msp.example", acme)
    assert HistoryEntry.objects.get().person == sam
    by = MailOutcome.objects.get().decided_by
    assert (by["kind"], by["column"], by["value"]) == ("mailbox", "forwards_by_technicians", "on")
    ute = visible(record.requester)
    assert not ute.conversations.exists(), "what a technician adds to a forward is for the desk alone"


def test_the_receipt_goes_to_whose_mail_it_is_and_never_has_what_the_technician_added(sam: Person):
    account("Acme", "acme.example")
    deliver(mailbox(), forward())
    receipt = OutboxMail.objects.get(event="request_received")
    assert receipt.to == [["Ute Brandt", UTE]]
    assert "Difficult customer" not in receipt.text
    assert not OutboxMail.objects.filter(event="request_created").exists(), (
        "Sam need not be told of his own act"
    )


def test_the_forwarded_text_is_shown_and_not_folded_away(sam: Person):
    account("Acme", "acme.example")
    deliver(mailbox(), forward())
    said = Conversation.objects.get()
    assert "It burns." in said.text and not any(one.rest for one in split_texts([said]).values())


def test_a_batch_that_is_decided_again_names_the_same_requester(sam: Person):
    """As it is where a request changed while its mails were decided."""
    acme = account("Acme", "acme.example")
    raw = forward()
    begun = begin_all([Case(1, facts_of(mailbox()), raw, len(raw), timezone.now())])
    for _ in range(2):
        ((case, outcome),) = [(one.case, one.outcome) for one in decide_batch(begun, Settings().constants)]
        assert (outcome.kind, case.sender.address, case.sender.account_id) == ("request", UTE, acme.pk)
        assert case.writer.person_id == sam.pk


def test_an_answer_to_the_receipt_by_whose_mail_it_was_joins_the_request(sam: Person):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, forward())
    receipt = OutboxMail.objects.get(event="request_received")
    way = deliver(box, mail(message_id="<2@x>", subject="AW", In_Reply_To=receipt.message_id))
    assert (way["outcome"]["kind"], way["outcome"]["record"]) == ("conversation", "RE-1")


def test_a_mail_that_is_attached_and_nothing_else_is_a_forwarded_one(sam: Person):
    account("Acme", "acme.example")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "Ute Brandt <ute@acme.example>", SAM, "Printer on fire"
    inner.set_content("It burns.")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = SAM, "help@desk.example", "Printer on fire"
    outer["Message-ID"] = "<a1@msp.example>"
    outer.set_content("")
    outer.add_attachment(inner)
    assert "the requester is ute@acme.example" in reason(deliver(mailbox(), outer.as_bytes()))
    assert Record.objects.get().requester.name == "Ute Brandt"


@pytest.mark.parametrize("sender", ["Tom <tom@acme.example>", "Eve <eve@elsewhere.example>"])
def test_a_forward_by_nobody_of_the_desk_is_its_senders(sender: str):
    account("Acme", "acme.example")
    assert "forwarded" not in reason(deliver(mailbox(), forward(sender=sender)))
    assert Record.objects.get().requester.name == sender.partition(" ")[0]


def test_where_the_mailbox_does_not_want_it_the_technician_stays_the_requester(sam: Person):
    account("Acme", "acme.example")
    assert "forwarded" not in reason(deliver(mailbox(forwards_by_technicians=False), forward()))
    assert is_sams(Record.objects.get(), sam)


def test_a_technicians_answer_that_quotes_with_the_same_head_is_no_forward(sam: Person):
    account("Acme", "acme.example")
    assert "forwarded" not in reason(deliver(mailbox(), forward(subject="RE: Printer on fire")))
    assert is_sams(Record.objects.get(), sam)


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("Ute Brandt", "names no one address"),
        ("Sam Smith <sam@home.example>", "sam@home.example is their own address"),
        ("Help <help+x@desk.example>", "help+x@desk.example is an address of the desk"),
        ('"ceo@acme.example" <eve@elsewhere.example>', "names no one address"),
    ],
)
def test_what_names_no_customer_leaves_the_technician_the_requester_and_says_why(
    sam: Person, sender: str, why: str
):
    account("Acme", "acme.example")
    assert why in reason(deliver(mailbox(), forward(block(sender))))
    assert is_sams(Record.objects.get(), sam)


def test_of_several_forwarded_blocks_the_outermost_names_the_requester(sam: Person):
    account("Acme", "acme.example")
    reason(deliver(mailbox(), forward(block(text=block("Tom <tom@acme.example>")))))
    assert Record.objects.get().requester.name == "Ute Brandt"


@pytest.mark.parametrize(("verdict", "of_ute"), [("fail", False), ("pass", True), ("", True)])
def test_a_forged_technician_forwards_nothing(sam: Person, verdict: str, of_ute: bool):
    """Without a verdict one does: the same forger could have written Ute's name into From."""
    account("Acme", "acme.example")
    box = mailbox(trusted_authserv_ids=["mx.desk.example"])
    said = {"Authentication_Results": f"mx.desk.example; dmarc={verdict} header.from=msp.example"}
    told = reason(deliver(box, forward(**(said if verdict else {}))))
    assert (Record.objects.get().requester.name == "Ute Brandt") is of_ute
    assert ("may be forged" in told) is not of_ute


def test_a_desk_mailbox_that_forwards_by_itself_is_no_technician(sam: Person):
    """Even where Reply-To says that one wrote it."""
    account("Acme", "acme.example")
    told = reason(deliver(mailbox(), forward(sender="help@desk.example", Reply_To=SAM)))
    assert "forwarded" not in told
    assert is_sams(Record.objects.get(), sam)


def test_the_mailboxs_account_comes_first_for_whose_mail_was_forwarded_too(sam: Person):
    account("Acme", "acme.example")
    globex = account("Globex")
    reason(deliver(mailbox(account=globex), forward()))
    record = Record.objects.get()
    assert (record.account, record.requester.account, record.requester.name) == (globex, globex, "Ute Brandt")
    assert record.conversations.get().author == sam
    deliver(mailbox("Two", account=globex), forward(Received="b"))
    assert Record.objects.count() == 1, "a copy is one there too"


def test_a_known_person_of_another_account_keeps_it_whatever_the_domain(sam: Person):
    account("Acme", "acme.example")
    globex = account("Globex")
    person_settings.save(None, "page", Person(account=globex, name="Ute at Globex"), {}, [UTE], [])
    reason(deliver(mailbox(), forward()))
    assert (Record.objects.get().account, Record.objects.get().requester.name) == (globex, "Ute at Globex")


def test_whom_several_accounts_know_is_held_and_not_guessed(sam: Person):
    for name in ("Globex", "Zeta"):
        person_settings.save(
            None, "page", Person(account=account(name), name="Carla"), {}, ["c@free.example"], []
        )
    way = deliver(mailbox(), forward(block("Carla <c@free.example>")))
    assert way["outcome"]["kind"] == "held"
    assert "known in 2 accounts" in way["outcome"]["reason"]


def test_a_technician_opens_nothing_in_an_account_that_is_not_theirs(sam: Person):
    acme, globex = account("Acme", "acme.example"), account("Globex", "globex.example")
    Grant.objects.filter(person=sam).update(account=globex)
    told = reason(deliver(mailbox(), forward()))
    assert "in the account Acme this technician opens no requests" in told
    assert is_sams(Record.objects.get(), sam) and not acme.records.exists()
    reason(
        deliver(
            mailbox("B"), forward(block("Gus <gus@globex.example>"), message_id="<f2@x>", subject="FW: x")
        )
    )
    assert Record.objects.latest("pk").account == globex


def test_a_forward_that_names_a_request_joins_it(sam: Person):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    way = deliver(box, forward(subject="FW: ##RE-1## Printer on fire"))
    assert (way["outcome"]["kind"], way["outcome"]["record"]) == ("conversation", "RE-1")
    assert Conversation.objects.latest("pk").author == sam


def test_one_forward_in_two_mailboxes_makes_one_request(sam: Person):
    account("Acme", "acme.example")
    deliver(mailbox("One"), forward(Received="from a"))
    way = deliver(mailbox("Two"), forward(Received="from b"))
    assert way["outcome"]["kind"] == "duplicate"
    assert Record.objects.count() == 1


def test_an_automatic_mail_in_a_technicians_name_forwards_nothing(sam: Person):
    account("Acme", "acme.example")
    told = reason(deliver(mailbox(), forward(Auto_Submitted="auto-generated")))
    assert "forwarded" not in told and is_sams(Record.objects.get(), sam)


@pytest.mark.parametrize(
    ("verdict", "setting", "kind"),
    [
        ("pass", "hold", "request"),
        ("pass", "refuse", "request"),
        ("", "hold", "held"),
        ("", "refuse", "refused"),
    ],
)
def test_a_technician_whose_mail_is_confirmed_vouches_for_an_unknown_sender(
    sam: Person, verdict: str, setting: str, kind: str
):
    Installation.objects.update(unknown_senders=setting)
    box = mailbox(trusted_authserv_ids=["mx.desk.example"])
    said = {"Authentication_Results": f"mx.desk.example; dmarc={verdict} header.from=msp.example"}
    way = deliver(box, forward(**(said if verdict else {})))
    assert way["outcome"]["kind"] == kind, way["outcome"]


def test_a_mailbox_that_makes_no_requests_asks_who_forwarded(sam: Person):
    account("Acme", "acme.example")
    closed: Mailbox = mailbox(new_requests_disabled=True, allowed_addresses=["sam@msp.example"])
    reason(deliver(closed, forward()))
    assert Record.objects.get().requester.name == "Ute Brandt"
    Mailbox.objects.update(allowed_addresses=[UTE])
    way = deliver(Mailbox.objects.get(), forward(message_id="<f2@x>", subject="FW: Again"))
    assert way["outcome"]["kind"] == "refused"


def test_a_rehearsal_tells_whose_requests_would_be_others_without_it(sam: Person, tmp_path: Path):
    acme = account("Acme", "acme.example")
    deliver(mailbox(), forward())
    deliver(Mailbox.objects.get(), mail())
    assert not differences("threading: {who_may_join: open}\n", tmp_path), "forwards are judged as they were"
    (one,) = differences("mailboxes:\n  - {name: Help, forwards_by_technicians: false}\n", tmp_path)
    assert (one.became.account_id, one.present.account_id, one.changed.account_id) == (
        acme.pk,
        acme.pk,
        sam.account_id,
    )


def questions(case_of: Mailbox, raw: bytes) -> int:
    """Count what deciding a mail asks PostgreSQL."""
    case = Case(1, facts_of(case_of), raw, len(raw), timezone.now())
    constants = Settings().constants
    with CaptureQueriesContext(connection) as asked:
        decide_batch(begin_all([case]), constants)
    return len(asked)


def test_the_mail_of_who_is_no_technician_asks_nothing_more_for_either_setting(sam: Person):
    person_settings.save(
        None, "page", Person(account=account("Acme", "acme.example"), name="Ute"), {}, [UTE], []
    )
    box = mailbox(forwards_by_technicians=False)
    plain = mail(text=block(), subject="FW: Printer on fire")
    before = questions(box, plain)
    Mailbox.objects.update(forwards_by_technicians=True)
    Installation.objects.update(unknown_senders="hold")
    assert questions(Mailbox.objects.get(), plain) == before
