"""Dropped mails are kept for their time; then their bytes go, and what no request shows any more alone."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models import F
from django.db.utils import IntegrityError

from deskpost import raw_store, tick
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import reprocess
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome, Undecided
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import NotDone, seen_of
from deskpost.inbound.retention import dropped
from deskpost.inbound.retention.settings import RetentionSettings
from deskpost.inbound.spam import acts as spam_acts
from tests.console import builders
from tests.inbound.builders import account, mail, mailbox
from tests.inbound.test_fetch import box as pop_box
from tests.inbound.test_spam import define, take_in
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def admin() -> Person:
    """Give an administrator."""
    return builders.person("Priya Raman", "priya@msp.example", "SDAdmin")


@pytest.fixture
def box(admin: Person) -> Mailbox:
    """Give a mailbox whose instance drops offers."""
    made = mailbox()
    define(admin, "Offers", "any", ("subject", "contains", "offer"))
    return made


def offer(box: Mailbox, number: int = 1, text: str = "Cheap.") -> MailOutcome:
    """Have a mail dropped by the rule."""
    told = deliver(
        box, mail(subject=f"An offer {number}", message_id=f"<o{number}@promo.example>", text=text)
    )
    assert told["outcome"]["kind"] == "dropped", told
    return MailOutcome.objects.latest("pk")


def grow_older(days: float) -> None:
    """As if all that was decided had been so much earlier."""
    MailOutcome.objects.update(processed_at=F("processed_at") - timedelta(days=days))


def bytes_of(mail_id: int) -> bytes:
    return raw_store.load([mail_id])[mail_id]


def erased(outcome: MailOutcome) -> bool:
    return MailOutcome.objects.get(pk=outcome.pk).raw_erased_at is not None


def test_a_dropped_mail_stays_for_its_days_and_then_its_bytes_go_and_its_trace_stays(box: Mailbox) -> None:
    outcome = offer(box)
    grow_older(89.9)
    assert dropped.remove_old() == 0
    assert b"Cheap." in bytes_of(outcome.pk)
    grow_older(0.2)
    tick.tidy_up()
    assert bytes_of(outcome.pk) == b"" and erased(outcome)
    after = MailOutcome.objects.get(pk=outcome.pk)
    assert (after.kind, after.subject, after.reason) == ("dropped", outcome.subject, outcome.reason)
    assert after.decided_by == outcome.decided_by and after.trace == outcome.trace
    assert dropped.remove_old() == 0


def test_a_mail_that_became_a_request_is_never_removed(box: Mailbox) -> None:
    deliver(box, mail())
    outcome = MailOutcome.objects.get()
    grow_older(4000)
    assert dropped.remove_old() == 0
    assert b"It burns." in bytes_of(outcome.pk)


def test_a_mail_that_a_request_shows_stays_although_it_counts_as_dropped(box: Mailbox) -> None:
    """No way leads there; should one be found some day, the mail is not lost to the request."""
    deliver(box, mail())
    outcome = MailOutcome.objects.get()
    MailOutcome.objects.update(kind="dropped", record=None, conversation=None)
    grow_older(91)
    assert Conversation.objects.get().mail_id == outcome.pk
    assert dropped.remove_old() == 0
    assert b"It burns." in bytes_of(outcome.pk)


def test_days_hold_as_they_are_set_and_without_any_nothing_is_removed(box: Mailbox) -> None:
    outcome = offer(box)
    grow_older(3000)
    RetentionSettings.objects.update(dropped_days=None)
    assert dropped.remove_old() == 0
    assert b"Cheap." in bytes_of(outcome.pk)
    RetentionSettings.objects.update(dropped_days=3)
    assert dropped.remove_old() == 1


def test_what_waits_to_be_processed_after_all_is_not_removed(box: Mailbox, admin: Person) -> None:
    outcome = offer(box)
    grow_older(91)
    spam_acts.process_after_all(outcome.pk, admin, seen_of(outcome))
    assert Undecided.objects.filter(pk=outcome.pk).exists()
    assert dropped.remove_old() == 0
    process(box.pk)
    assert MailOutcome.objects.get().kind == "request"
    assert b"Cheap." in bytes_of(outcome.pk)


def test_a_mail_that_a_person_holds_at_this_moment_is_passed_by(box: Mailbox, database: str) -> None:
    first, second = offer(box, 1), offer(box, 2)
    grow_older(91)
    with psycopg.connect(database) as other:
        other.execute("SELECT FROM mail_outcome WHERE mail_id = %s FOR UPDATE", [first.pk])
        assert dropped.remove_old() == 1
    assert erased(second) and not erased(first)
    assert dropped.remove_old() == 1


def test_whoever_comes_too_late_is_told_that_the_mail_is_gone(box: Mailbox, admin: Person) -> None:
    outcome = offer(box)
    grow_older(91)
    dropped.remove_old()
    with pytest.raises(NotDone, match="Its raw mail was removed"):
        spam_acts.process_after_all(outcome.pk, admin, seen_of(outcome))
    with pytest.raises(NotDone, match="Its raw mail was removed"):
        reprocess.open_own(outcome.pk, admin, seen_of(outcome), lambda *_: True)
    assert not Undecided.objects.exists() and not Record.objects.exists()


def test_many_go_in_batches_that_are_bounded_by_number_and_by_bytes(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        offer(box, number, "x" * 70 * 300)
    grow_older(91)
    monkeypatch.setattr(dropped, "BYTES", 50_000)
    assert [dropped.remove_old() for _ in range(4)] == [2, 2, 1, 0]
    assert dropped.held() == dropped.Held(0, 0)


def test_what_dropped_mails_take_is_what_their_bytes_are(box: Mailbox) -> None:
    one, two = offer(box, 1), offer(box, 2, "x" * 70 * 20_000)
    deliver(box, mail())
    assert dropped.held() == dropped.Held(2, len(bytes_of(one.pk)) + len(bytes_of(two.pk)))
    assert len(bytes_of(two.pk)) > raw_store.CHUNK


def test_a_request_that_went_as_spam_comes_back_while_its_mails_are_kept_and_not_after(
    box: Mailbox, admin: Person
) -> None:
    account("Acme", "acme.example")
    deliver(box, mail())
    deliver(box, mail(message_id="<2@acme.example>", subject="Re: ##RE-1##", text="More."))
    first, second = MailOutcome.objects.order_by("pk")
    record = Record.objects.get()
    spam_acts.this_is_spam(record.pk, admin)
    grow_older(89)
    assert dropped.remove_old() == 0
    outcome = MailOutcome.objects.get(pk=second.pk)
    assert spam_acts.process_after_all(second.pk, admin, seen_of(outcome)) == record.number
    assert dropped.remove_old() == 0, "what came back is a request's again"
    spam_acts.this_is_spam(record.pk, admin)
    grow_older(91)
    assert dropped.remove_old() == 2
    assert bytes_of(first.pk) == bytes_of(second.pk) == b""
    outcome = MailOutcome.objects.get(pk=first.pk)
    with pytest.raises(NotDone, match="Its raw mail was removed"):
        spam_acts.process_after_all(first.pk, admin, seen_of(outcome))
    assert Record.objects.get().deleted_at is not None


def test_a_request_of_which_one_mail_is_gone_does_not_come_back_by_another(
    box: Mailbox, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    account("Acme", "acme.example")
    deliver(box, mail())
    deliver(box, mail(message_id="<2@acme.example>", subject="Re: ##RE-1##", text="More."))
    spam_acts.this_is_spam(Record.objects.get().pk, admin)
    grow_older(91)
    monkeypatch.setattr(dropped, "BYTES", 10)
    assert dropped.remove_old() == 1
    (left,) = MailOutcome.objects.filter(raw_erased_at=None)
    with pytest.raises(NotDone, match="Its raw mail was removed"):
        spam_acts.process_after_all(left.pk, admin, seen_of(left))
    assert Record.objects.get().deleted_at is not None
    assert dropped.remove_old() == 1


def test_files_that_another_request_passed_on_stay_readable_when_their_mail_went_as_spam(
    box: Mailbox, admin: Person
) -> None:
    account("Acme", "acme.example")
    deliver(box, mail())
    deliver(box, mail(message_id="<other@acme.example>", subject="Another"))
    first, other = Record.objects.order_by("pk")
    outcome = MailOutcome.objects.get(record=other)
    with connection.cursor() as cursor:  # a file of the second request's mail, forwarded within the first
        cursor.execute(
            "INSERT INTO attachment (name, content_type, size, sha256, inline, mail_id, part, account_id, "
            "conversation_id) SELECT 'a.pdf', 'application/pdf', 1, '', false, %s, '2', account_id, id "
            "FROM conversation WHERE record_id = %s",
            [outcome.pk, first.pk],
        )
    spam_acts.this_is_spam(other.pk, admin)
    grow_older(91)
    assert dropped.remove_old() == 0
    assert b"It burns." in bytes_of(outcome.pk)


def test_a_mail_whose_bytes_are_gone_is_known_when_its_server_shows_it_again(
    dovecot: Dovecot, admin: Person
) -> None:
    define(admin, "Offers", "any", ("subject", "contains", "offer"))
    box = pop_box(dovecot, "pop", after_fetching="leave")
    assert take_in(dovecot, box, mail(subject="An offer", message_id="<o@promo.example>")) == ["dropped"]
    grow_older(91)
    assert dropped.remove_old() == 1
    assert take_in(dovecot, box, mail(message_id="<n@acme.example>")) == ["request"]
    assert dovecot.count(box.username) == 2, "the server shows both at each fetch"
    assert InboundMessage.objects.count() == 2 and Record.objects.count() == 1


@pytest.mark.parametrize("days", [0, 3651])
def test_the_database_takes_no_days_that_make_no_sense(days: int) -> None:
    with pytest.raises(IntegrityError):
        RetentionSettings.objects.update(dropped_days=days)
