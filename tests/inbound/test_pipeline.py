"""What becomes of mails, decided and written with a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome, Undecided
from deskpost.outbound.outbox import OutboxMail
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
    assert [step["step"] for step in way["steps"]] == [
        "parse", "duplicate", "automatic", "sender", "threading", "new request",
    ]  # fmt: skip
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
    assert kind(deliver(mailbox(), mail(Return_Path="<>"))) == "automatic"


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
    Record.objects.filter(number=1).update(merged_into=Record.objects.get(number=2))
    way = deliver(box, mail(message_id="<3@x>", subject="##RE-1##"))
    assert way["outcome"]["record"] == "RE-2"
    assert "merged" in way["outcome"]["reason"]


def test_three_notifications_and_no_more_for_a_new_request():
    deliver(mailbox(), mail())
    assert [row.event for row in OutboxMail.objects.all()] == ["request_received"]
