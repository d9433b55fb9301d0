"""What becomes of mails, decided and written with a real PostgreSQL."""

import hashlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from deskpost.desk.accounts import Account, Site
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome, Undecided
from deskpost.inbound.pipeline import STEPS
from deskpost.inbound.process import process
from deskpost.mime.thread_index import thread_index
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.source import RawMail
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")


def kind(way: dict) -> str:
    return way["outcome"]["kind"]


def test_a_mail_becomes_a_request_with_its_sender_as_requester():
    acme, box = account("Acme", "acme.example"), mailbox()
    way = deliver(box, mail())
    assert way["outcome"] == {
        "kind": "request",
        "record": "RE-1",
        "reason": "It names no request, so it is a new one.",
    }
    record = Record.objects.get()
    assert (record.subject, record.account, record.status.name) == ("Printer on fire", acme, "Open")
    assert (record.requester.name, record.requester.account) == ("Ute Brandt", acme)
    assert record.conversations.get().text.strip() == "It burns."
    assert [step["step"] for step in way["steps"]] == [name for name, _ in STEPS]
    assert not Undecided.objects.exists()
    assert HistoryEntry.objects.get().by == "ute@acme.example"


def test_a_sender_nobody_knows_belongs_to_the_default_account():
    deliver(mailbox(), mail())
    assert Record.objects.get().account.name == "MSP"


def test_a_mailbox_of_an_account_gives_its_mail_to_that_account():
    account("Acme", "acme.example")
    orchard = account("Orchard")
    deliver(mailbox(account=orchard), mail())
    assert Record.objects.get().account == orchard


def test_two_mails_of_a_new_sender_make_one_person():
    box = mailbox()
    deliver(box, mail(message_id="<1@x>", subject="One"))
    deliver(box, mail(message_id="<2@x>", subject="Two", sender="UTE+phone@acme.example"))
    assert Person.objects.count() == 1
    assert {record.requester for record in Record.objects.all()} == {Person.objects.get()}


def test_the_same_mail_in_two_mailboxes_makes_one_request():
    first, second = mailbox("One"), mailbox("Two")
    deliver(first, mail(Received="from a"))
    way = deliver(second, mail(Received="from b"))
    assert kind(way) == "duplicate"
    assert "RE-1" in way["outcome"]["reason"]
    assert Record.objects.count() == 1


def test_one_message_id_on_different_mails_makes_two_requests():
    box = mailbox()
    deliver(box, mail(subject="One"))
    assert kind(deliver(box, mail(subject="Two"))) == "request"


def test_the_same_mail_in_two_accounts_makes_two_requests():
    deliver(mailbox("One", account=account("Acme")), mail())
    assert kind(deliver(mailbox("Two", account=account("Orchard")), mail(Received="b"))) == "request"


def test_a_reply_with_the_number_in_its_subject_joins_the_request():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    way = deliver(box, mail(message_id="<2@x>", subject="AW: ## RE-1## Printer", text="Still."))
    assert (kind(way), way["outcome"]["record"]) == ("conversation", "RE-1")
    assert Conversation.objects.count() == 2


def test_a_reply_to_our_receipt_joins_by_the_signed_token_alone():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    receipt = OutboxMail.objects.get(event="request_received")
    way = deliver(
        box,
        mail(
            message_id="<2@x>", subject="thanks", sender="ute@private.example", In_Reply_To=receipt.message_id
        ),
    )
    assert (kind(way), way["outcome"]["record"]) == ("conversation", "RE-1")
    assert "signed reply token" in way["outcome"]["reason"]


def test_a_forged_token_threads_nothing():
    box = mailbox()
    deliver(box, mail())
    receipt = OutboxMail.objects.get(event="request_received").message_id
    forged = receipt.replace(receipt[-20:-16], "aaaa")
    assert kind(deliver(box, mail(message_id="<2@x>", subject="x", In_Reply_To=forged))) == "request"


def test_a_reply_to_a_mail_stored_with_a_request_of_the_account_joins_it():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    way = deliver(
        box,
        mail(message_id="<2@x>", subject="other", sender="tom@acme.example", In_Reply_To="<1@acme.example>"),
    )
    assert (kind(way), way["outcome"]["record"]) == ("conversation", "RE-1")


def test_the_thread_index_and_the_subject_of_a_request_thread_nothing():
    """Neither another account's mail nor the same account's, by the customer's own index nor by that of our mails."""
    account("Acme", "acme.example"), account("Orchard", "orchard.example")
    box, began = mailbox(), datetime(2026, 11, 23, 8, tzinfo=UTC)
    theirs = thread_index("Printer on fire", began)
    deliver(box, mail(Thread_Topic="Printer on fire", Thread_Index=theirs))
    first = Record.objects.get()
    ours = thread_index(f"{Installation.objects.get().identity}/{first.pk}", first.created_at)
    for number, sender in enumerate(("tom@orchard.example", "ute@acme.example"), 2):
        for index in (theirs, thread_index("Printer on fire", began, began + timedelta(hours=1)), ours):
            again = mail(
                sender=sender,
                subject="RE: Printer on fire",
                message_id=f"<{number}-{Record.objects.count()}@x>",
                text=f"Mine too, says {sender} by {index}.",
                Thread_Topic="Printer on fire",
                Thread_Index=index,
            )
            assert kind(deliver(box, again)) == "request"
    assert Record.objects.count() == 7 and first.conversations.count() == 1


def test_a_stranger_who_guesses_a_number_waits_as_an_unverified_reply():
    account("Acme", "acme.example")
    account("Orchard", "orchard.example")
    box = mailbox()
    deliver(box, mail())
    way = deliver(box, mail(message_id="<2@x>", subject="##RE-1##", sender="eve@orchard.example"))
    assert (kind(way), way["outcome"]["record"]) == ("held", "RE-1")
    way = deliver(box, mail(message_id="<3@x>", subject="##RE-1##", sender="eve@nowhere.example"))
    assert kind(way) == "held"
    assert Record.objects.count() == Conversation.objects.count() == 1


def test_never_across_accounts_even_when_everybody_may_join():
    Installation.objects.update(who_may_join="open")
    account("Acme", "acme.example")
    account("Orchard", "orchard.example")
    box = mailbox()
    deliver(box, mail())
    assert (
        kind(deliver(box, mail(message_id="<2@x>", subject="##RE-1##", sender="e@orchard.example"))) == "held"
    )
    assert (
        kind(deliver(box, mail(message_id="<3@x>", subject="##RE-1##", sender="e@no.example")))
        == "conversation"
    )


def test_under_strict_a_stranger_gets_a_linked_request():
    Installation.objects.update(who_may_join="strict")
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    assert (
        kind(deliver(box, mail(message_id="<2@x>", subject="##RE-1##", sender="eve@no.example"))) == "request"
    )
    assert Record.objects.get(number=2).linked_to.number == 1


def test_somebody_in_copy_of_an_earlier_mail_may_join():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail(Cc="Vera <vera@vendor.example>"))
    way = deliver(box, mail(message_id="<2@x>", subject="##RE-1##", sender="vera@vendor.example"))
    assert kind(way) == "conversation"


def test_a_reply_to_a_closed_request_reopens_it_and_the_history_says_so():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    closed = Status.objects.get(name="Closed")
    Record.objects.update(status=closed, closed_at=timezone.now())
    deliver(box, mail(message_id="<2@x>", subject="##RE-1##"))
    record = Record.objects.get()
    assert (record.status.name, record.closed_at) == ("Open", None)
    assert HistoryEntry.objects.order_by("id").last().changes == [["Status", "Closed", "Open"]]


def test_a_reply_long_after_closing_opens_a_linked_request():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    closed = Status.objects.get(name="Closed")
    Record.objects.update(status=closed, closed_at=timezone.now() - timedelta(days=31))
    deliver(box, mail(message_id="<2@x>", subject="##RE-1##"))
    assert Record.objects.get(number=2).linked_to.number == 1


def test_an_out_of_office_reply_joins_quietly_and_reopens_nothing():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    Record.objects.update(status=Status.objects.get(name="Closed"), closed_at=timezone.now())
    way = deliver(box, mail(message_id="<2@x>", subject="Away ##RE-1##", Auto_Submitted="auto-replied"))
    assert kind(way) == "conversation"
    assert Record.objects.get().status.name == "Closed"
    assert Conversation.objects.get(message_id="<2@x>").automatic


def test_an_out_of_office_reply_that_belongs_nowhere_ends():
    assert kind(deliver(mailbox(), mail(Auto_Submitted="auto-replied"))) == "automatic"
    assert not Record.objects.exists()
    assert not OutboxMail.objects.exists()


def test_a_delivery_report_ends_as_automatic():
    assert kind(deliver(mailbox(), mail(sender="MAILER-DAEMON@x", Return_Path="<>"))) == "automatic"


def test_a_monitoring_alert_becomes_a_request_and_is_not_answered():
    way = deliver(mailbox(), mail(Auto_Submitted="auto-generated"))
    assert kind(way) == "request"
    assert not OutboxMail.objects.filter(event="request_received").exists()


def test_more_than_twenty_mails_an_hour_on_one_subject_are_a_loop():
    box = mailbox()
    kinds = [kind(deliver(box, mail(message_id=f"<{n}@x>", text=str(n)))) for n in range(22)]
    assert kinds == ["request"] * 20 + ["automatic"] * 2


def test_our_own_mail_coming_back_opens_no_request():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    receipt = OutboxMail.objects.get(event="request_received")
    way = deliver(box, mail(message_id=receipt.message_id, subject="x", sender="help@desk.example"))
    assert kind(way) == "automatic"
    identity = str(Installation.objects.get().identity)
    assert kind(deliver(box, mail(message_id="<9@x>", subject="y", X_Deskpost_Loop=identity))) == "automatic"
    other = "11111111-2222-3333-4444-555555555555"
    assert kind(deliver(box, mail(message_id="<8@x>", subject="z", X_Deskpost_Loop=other))) == "request"


@pytest.mark.requirement("R13")
def test_a_mailbox_without_new_requests_refuses_all_but_the_listed():
    account("Acme", "acme.example")
    open_box = mailbox("Open")
    deliver(open_box, mail())
    box = mailbox(
        "Closed",
        new_requests_disabled=True,
        allowed_addresses=["Boss@Other.example"],
        allowed_domains=["Good.example"],
    )
    assert kind(deliver(box, mail(message_id="<2@x>", subject="new"))) == "refused"
    assert kind(deliver(box, mail(message_id="<3@x>", subject="a", sender="BOSS@other.example"))) == "request"
    assert kind(deliver(box, mail(message_id="<4@x>", subject="b", sender="x@GOOD.example"))) == "request"
    assert kind(deliver(box, mail(message_id="<5@x>", subject="c", sender="x@sub.good.example"))) == "refused"
    assert kind(deliver(box, mail(message_id="<6@x>", subject="##RE-1##"))) == "conversation"


def test_an_address_known_in_two_accounts_is_held_with_the_reason():
    for name in ("Acme", "Orchard"):
        own = account(name)
        person = Person.objects.create(name="Ute", account=own)
        PersonAddress.objects.create(
            person=person, account=own, address="ute@acme.example", key="ute@acme.example"
        )
    way = deliver(mailbox(), mail())
    assert kind(way) == "held"
    assert "2 accounts" in way["outcome"]["reason"]


def test_a_mail_without_sender_becomes_a_request():
    way = deliver(mailbox(), b"Subject: nobody\r\n\r\nHello\r\n")
    assert kind(way) == "request"
    assert Record.objects.get().requester is None


@pytest.mark.parametrize("raw", [b"", b"\0" * 1000, b"\xff\xfe garbage", b"\n\n\n"])
def test_any_bytes_become_a_request(raw):
    assert kind(deliver(mailbox(), raw)) == "request"


def test_a_mail_over_the_limit_is_an_error_mail_and_its_header_is_kept():
    way = deliver(mailbox(max_size_mb=1), mail(text="x" * 1_100_000))
    assert (way["state"], kind(way)) == ("error", "error")
    assert "1 MB at most" in way["outcome"]["reason"]
    assert MailOutcome.objects.get().subject == "Printer on fire"


def test_a_request_merged_into_another_leads_there():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    deliver(box, mail(message_id="<2@x>", subject="Second"))
    Record.objects.filter(number=1).update(merged_into=Record.objects.get(number=2), closed_at=timezone.now())
    way = deliver(box, mail(message_id="<3@x>", subject="##RE-1##"))
    assert way["outcome"]["record"] == "RE-2"
    assert "merged" in way["outcome"]["reason"]


def test_three_notifications_and_no_more_for_a_new_request():
    deliver(mailbox(), mail())
    assert [row.event for row in OutboxMail.objects.all()] == ["request_received"]


def test_an_address_too_long_for_any_mail_server_stops_nobody():
    box = mailbox()
    long = "".join(chr(97 + n * n % 26) for n in range(9000))
    raws = [mail(message_id=f"<{n}@x>", subject=f"Number {n}") for n in range(3)]
    raws.insert(1, mail(message_id="<9@x>", subject="Long").replace(b"ute@acme", long.encode() + b"@acme"))
    raws.insert(
        1,
        mail(message_id="<8@x>", subject="Longer").replace(b"acme.example>", long.encode() + b".example>", 1),
    )
    take(box, raws)
    assert Record.objects.count() == 5


def test_a_mail_that_the_database_finds_too_large_is_an_error_mail_alone(monkeypatch):
    from deskpost.inbound import whose

    monkeypatch.setattr(whose, "LONGEST_ADDRESS", 100_000)
    box = mailbox()
    long = hashlib.shake_256(b"x").hexdigest(9000)
    raws = [mail(message_id=f"<{n}@x>", subject=f"Number {n}") for n in range(3)]
    raws.insert(1, mail(message_id="<9@x>", subject="Long").replace(b"ute@acme", long.encode() + b"@acme"))
    take(box, raws)
    kinds = sorted(MailOutcome.objects.values_list("kind", flat=True))
    assert kinds == ["error", "request", "request", "request"]


def test_a_backlog_of_alerts_on_one_subject_is_no_loop():
    box = mailbox()
    dated = [
        mail(message_id=f"<{n}@x>", subject="Backup report", text=str(n)).replace(
            b"23 Nov 2026", b"%d Oct 2026" % (n + 1)
        )
        for n in range(28)
    ]
    take(box, dated)
    assert Record.objects.count() == 28


def test_a_loop_within_one_batch_is_seen():
    take(mailbox(), [mail(message_id=f"<{n}@x>", text=str(n)) for n in range(25)])
    assert Record.objects.count() == 20


def test_several_answers_in_one_batch_reopen_a_request_once():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    Record.objects.update(status=Status.objects.get(name="Closed"), closed_at=timezone.now())
    take(box, [mail(message_id=f"<r{n}@x>", subject="##RE-1##", text=str(n)) for n in range(3)])
    assert HistoryEntry.objects.filter(changes=[["Status", "Closed", "Open"]]).count() == 1
    assert Conversation.objects.count() == 4


def test_a_login_limited_to_a_site_joins_only_what_it_may_see():
    acme = account("Acme", "acme.example")
    here, there = (Site.objects.create(account=acme, name=name) for name in ("Here", "There"))
    box = mailbox()
    deliver(box, mail())
    Person.objects.filter(name="Ute Brandt").update(site=there)
    msp = Account.objects.get(default=True)
    limited = Person.objects.create(name="Tech", account=msp, sign_in_name="t@msp.example", technician=True)
    PersonAddress.objects.create(person=limited, account=msp, address="t@msp.example", key="t@msp.example")
    grant = Grant.objects.create(
        person=limited, role=Role.objects.get(name="SDTechnician"), account=acme, site=here
    )
    assert kind(deliver(box, mail(message_id="<2@x>", subject="##RE-1##", sender="t@msp.example"))) == "held"
    Grant.objects.filter(pk=grant.pk).update(site=there)
    assert (
        kind(deliver(box, mail(message_id="<3@x>", subject="##RE-1## b", sender="t@msp.example")))
        == "conversation"
    )


def test_strangers_in_the_default_account_do_not_join_each_others_requests_but_their_own():
    box = mailbox()
    deliver(box, mail(sender="one@a.example"))
    deliver(box, mail(sender="two@b.example", message_id="<2@x>", subject="Mine"))
    assert kind(deliver(box, mail(sender="two@b.example", message_id="<3@x>", subject="##RE-1##"))) == "held"
    assert (
        kind(deliver(box, mail(sender="two@b.example", message_id="<4@x>", subject="##RE-2##")))
        == "conversation"
    )


def test_somebody_in_copy_still_joins_after_a_mail_of_his_own():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail(Cc="Vera <vera@vendor.example>"))
    deliver(box, mail(message_id="<2@x>", subject="Offer", sender="vera@vendor.example"))
    assert (
        kind(deliver(box, mail(message_id="<3@x>", subject="##RE-1##", sender="vera@vendor.example")))
        == "conversation"
    )


def technician() -> None:
    """Make Sam, who works for every account."""
    msp = Account.objects.get(default=True)
    sam = Person.objects.create(name="Sam", account=msp, sign_in_name="sam@msp.example", technician=True)
    PersonAddress.objects.create(person=sam, account=msp, address="sam@msp.example", key="sam@msp.example")
    Grant.objects.create(person=sam, role=Role.objects.get(name="SDTechnician"))


@pytest.mark.parametrize(
    "named",
    [
        {"to": "parts@vendor.example", "cc": "help@desk.example"},
        {"to": "help@desk.example", "in_reply_to": "<forward@desk.example>"},
        {"to": "ute@acme.example", "cc": "help@desk.example"},
    ],
    ids=["written to a vendor", "answers a forward", "written to the requester"],
)
def test_what_a_technician_writes_to_others_is_not_sent_on_to_the_requester(named):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail(sender="ute@acme.example"))
    technician()
    receipt = OutboxMail.objects.get(event="request_received")  # turned into a forward by hand
    OutboxMail.objects.filter(pk=receipt.pk).update(event="forward", message_id="<forward@desk.example>")
    told = deliver(
        box, mail(message_id="<2@x>", subject="##RE-1##", sender="sam@msp.example", text="40%", **named)
    )
    assert told["outcome"]["kind"] == "conversation"
    assert not OutboxMail.objects.filter(event="reply_from_technician").exists()
    seen = visible(Person.objects.get(addresses__key="ute@acme.example")).conversations
    assert ("sam@msp.example" in {one.from_address for one in seen}) == ("ute@acme.example" in named["to"])


def test_a_technicians_answer_by_mail_reaches_the_requester():
    account("Acme", "acme.example")
    box = mailbox()
    technician()
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=Person.objects.get(name="Sam"))
    deliver(box, mail())
    told = OutboxMail.objects.get(event="request_created").message_id
    deliver(box, mail(message_id="<2@x>", sender="sam@msp.example", text="Try again.", In_Reply_To=str(told)))
    answer = OutboxMail.objects.get(event="reply_from_technician")
    assert [address for _, address in answer.to] == ["ute@acme.example"]
    assert "Try again." in answer.text
    seen = visible(Person.objects.get(addresses__key="ute@acme.example")).conversations.order_by("pk")
    assert [one.from_address for one in seen] == ["ute@acme.example", "sam@msp.example"]


def test_a_mailboxs_site_is_given_to_people_of_its_account_alone():
    acme = account("Acme")
    account("Bolt", "bolt.example")
    box = mailbox(default_site=Site.objects.create(account=acme, name="HQ"))
    deliver(box, mail(sender="b@bolt.example"))
    assert Person.objects.get().site is None


def test_the_same_mails_in_two_mailboxes_at_once_make_one_request_each(database):
    boxes = [mailbox("One"), mailbox("Two")]
    raws = [
        mail(message_id=f"<{n}@x>", subject=f"Number {n}", sender=f"p{n}@acme.example") for n in range(120)
    ]
    for box in boxes:
        put(box, raws)

    def work(box):
        from django.db import connection

        try:
            while process(box.pk):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, boxes))
    kinds = Counter(MailOutcome.objects.values_list("kind", flat=True))
    assert kinds == {"request": 120, "duplicate": 120}


def put(box, raws):
    fetched = [RawMail(f"{n}", len(raw), raw, False) for n, raw in enumerate(raws)]
    with transaction.atomic():
        store(box, 1, "INBOX", "1", fetched, timezone.now(), lambda uid: False)


def take(box, raws):
    put(box, raws)
    assert process(box.pk) == len(raws)
