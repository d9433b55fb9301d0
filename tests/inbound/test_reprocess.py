"""What a person does with a mail: moved, made a request of its own, processed again; both requests know of it."""

import threading
from functools import partial

import pytest
from django.db import connection

from deskpost.desk.accounts import Site
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.roles import visible
from deskpost.desk.settings import change
from deskpost.inbound import reprocess, whose
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Undecided
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import NotDone
from deskpost.outbound.files import content_of
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders

pytestmark = pytest.mark.usefixtures("database")
UTE = "Ute Brandt <ute@acme.example>"


@pytest.fixture
def box(database):
    builders.outgoing()
    builders.account("Acme", "acme.example")
    builders.account("Zeta", "zeta.example")
    return builders.mailbox()


@pytest.fixture
def priya(box) -> Person:
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


def take(box, **parts) -> MailOutcome:
    """Let a mail of Ute's come in, and give what became of it."""
    return builders.take(box, **{"sender": UTE, **parts})


def seen(outcome: MailOutcome) -> str:
    return reprocess.seen_of(MailOutcome.objects.get(pk=outcome.pk))


def move(outcome: MailOutcome, record: Record, who: Person):
    return reprocess.move(outcome.pk, record.pk, who, seen(outcome))


def anywhere(account_id: int, site_id: int | None) -> bool:
    return True


def two(box) -> tuple[MailOutcome, MailOutcome]:
    first = take(box, message_id="<1@x>", subject="Printer on fire", text="It burns.")
    return first, take(box, message_id="<2@x>", subject="Scanner on fire", text="So does this.")


def test_a_mail_moves_to_another_request_with_its_files_and_both_know_of_it(box, priya):
    first, _ = two(box)
    answer = take(
        box,
        message_id="<3@x>",
        subject="Re: ##RE-1##",
        text="I mean the scanner.",
        files={"a.txt": ("text/plain", b"flames")},
    )
    second = Record.objects.get(number=2)
    OutboxMail.objects.all().delete()
    done = move(answer, second, priya)
    assert (done.number, done.left_empty, done.reopened) == (2, None, False)
    conversation = Conversation.objects.get(mail_id=answer.pk)
    assert conversation.record == second
    assert content_of(Attachment.objects.get(conversation=conversation)) == b"flames"
    answer.refresh_from_db()
    assert (answer.kind, answer.record_id) == ("conversation", second.pk)
    assert answer.reason == "Priya Raman moved it here from RE-1."
    assert [line[0] for line in answer.trace][-2:] == ["threading", "by a person"]
    assert Record.objects.get(pk=second.pk).preview == "I mean the scanner."
    assert Record.objects.get(pk=first.record_id).preview == "It burns."
    for record in (first.record, second):
        entry = HistoryEntry.objects.filter(record=record).latest("pk")
        assert (entry.person, entry.via, entry.changes) == (priya, "page", [["Mail", "RE-1", "RE-2"]])
        assert entry.mail_id == answer.pk
    act = MailAct.objects.get()
    assert (act.kind, act.by, act.came_from, act.went_to) == ("moved", "Priya Raman", first.record, second)
    assert act.before["steps"][-1][0] == "threading"


def test_moving_back_undoes_a_move(box, priya):
    first, second = two(box)
    answer = take(box, message_id="<3@x>", subject="Re: ##RE-1##", text="More")
    move(answer, second.record, priya)
    move(answer, first.record, priya)
    assert Conversation.objects.get(mail_id=answer.pk).record == first.record
    assert Record.objects.get(pk=second.record_id).preview == "So does this."
    assert MailAct.objects.count() == 2


def test_the_technician_of_the_other_request_is_told_as_of_any_mail(box, priya):
    _, second = two(box)
    dana = builders.person("Dana Whitfield", "dana@northgate-it.example", "SDTechnician")
    write(second.record, Changes({"Technician": dana}), By(priya, "page"))
    answer = take(box, message_id="<3@x>", subject="Re: ##RE-1##", text="More")
    OutboxMail.objects.all().delete()
    move(answer, second.record, priya)
    told = OutboxMail.objects.get()
    assert (told.event, told.record, told.to) == (
        "reply_from_requester",
        second.record,
        [["Dana Whitfield", "dana@northgate-it.example"]],
    )


def test_a_mail_that_is_moved_to_a_closed_request_opens_it_again(box, priya):
    _, second = two(box)
    closed = Status.objects.filter(kind="closed")[0]
    write(second.record, Changes({"Status": closed}), By(priya, "page"))
    answer = take(box, message_id="<3@x>", subject="Re: ##RE-1##", text="More")
    assert move(answer, second.record, priya).reopened
    second.record.refresh_from_db()
    assert second.record.status.kind == "open" and second.record.closed_at is None
    entry = HistoryEntry.objects.filter(record=second.record).latest("pk")
    assert ["Status", closed.name, "Open"] in entry.changes


def test_a_mail_made_a_request_of_its_own_is_received_created_and_numbered_as_any(box, priya):
    first, _ = two(box)
    answer = take(box, message_id="<3@x>", subject="Re: ##RE-1## and the lift", text="It is stuck.")
    OutboxMail.objects.all().delete()
    done = reprocess.open_own(answer.pk, priya, seen(answer), anywhere)
    assert done.number == 3
    made = Record.objects.get(number=3)
    assert (made.subject, made.requester, made.account) == (
        "Re: ##RE-1## and the lift",
        first.record.requester,
        first.record.account,
    )
    assert Conversation.objects.get(record=made).mail_id == answer.pk
    answer.refresh_from_db()
    assert (answer.kind, answer.record) == ("request", made)
    assert answer.reason == "Priya Raman made it a request of its own. It was in RE-1 before."
    events = set(OutboxMail.objects.filter(record=made).values_list("event", flat=True))
    assert "request_received" in events
    with pytest.raises(NotDone, match="request 3 began with it"):
        reprocess.open_own(answer.pk, priya, seen(answer), anywhere)


def test_a_technician_of_one_site_opens_no_request_of_somebody_at_another(box):
    first, _ = two(box)
    account = first.record.account
    here, there = (Site.objects.create(account=account, name=name) for name in ("Berlin", "Bremen"))
    petra = builders.person(
        "Petra Novak", "petra@northgate-it.example", "SDTechnician", within=account, at=here
    )
    may_open = partial(visible(petra).may_at, "request.create")
    answer = take(box, message_id="<3@x>", subject="Re: ##RE-1##", text="More")
    Person.objects.filter(pk=first.record.requester_id).update(site=there)
    with pytest.raises(NotDone, match="a site where you open no requests"):
        reprocess.open_own(answer.pk, petra, seen(answer), may_open)
    Person.objects.filter(pk=first.record.requester_id).update(site=here)
    assert reprocess.open_own(answer.pk, petra, seen(answer), may_open).number == 3


def test_a_request_whose_only_mail_was_moved_is_named(box, priya):
    first, second = two(box)
    assert move(first, second.record, priya).left_empty == 1


def test_a_held_mail_is_accepted_into_the_request_it_waits_at(box, priya):
    two(box)
    held = take(box, message_id="<3@x>", sender="eve@home.example", subject="##RE-1##", text="From home")
    assert held.kind == "held" and held.conversation_id is None
    done = move(held, held.record, priya)
    assert done.number == 1
    held.refresh_from_db()
    assert (held.kind, held.reason) == ("conversation", "Priya Raman accepted it.")
    conversation = Conversation.objects.get(mail_id=held.pk)
    assert (conversation.text.strip(), conversation.from_address) == ("From home", "eve@home.example")
    assert conversation.account == conversation.record.account


def test_a_refused_mail_becomes_a_request_of_its_own(box, priya):
    box.new_requests_disabled = True
    box.save()
    refused = take(box, message_id="<3@x>", subject="No more?", text="Let me in")
    assert refused.kind == "refused"
    done = reprocess.open_own(refused.pk, priya, seen(refused), anywhere)
    made = Record.objects.get(number=done.number)
    assert (made.subject, made.account.name, made.requester.name) == ("No more?", "Acme", "Ute Brandt")


def test_no_mail_changes_its_account(box, priya):
    first, _ = two(box)
    other = take(box, sender="zoe@zeta.example", message_id="<4@x>", subject="Ours")
    with pytest.raises(NotDone, match="of another account"):
        move(first, other.record, priya)
    assert Conversation.objects.get(mail_id=first.pk).record == first.record
    assert not MailAct.objects.exists()


def test_the_mail_of_somebody_unknown_moves_to_where_it_belongs_and_back(box, priya):
    first, _ = two(box)
    stranger = take(
        box,
        sender="ute.private@mail.example",
        message_id="<5@x>",
        subject="The printer again",
        files={"b.txt": ("text/plain", b"smoke")},
    )
    default = stranger.record
    assert default.account.default
    move(stranger, first.record, priya)
    conversation = Conversation.objects.get(mail_id=stranger.pk)
    assert (conversation.record, conversation.account) == (first.record, first.record.account)
    assert Attachment.objects.get(conversation=conversation).account == first.record.account
    move(stranger, default, priya)
    assert Conversation.objects.get(mail_id=stranger.pk).account == default.account


def test_of_two_people_who_move_a_mail_at_once_the_second_is_told(box, priya):
    first, second = two(box)
    third = take(box, message_id="<3@x>", subject="A third", text="x")
    answer = take(box, message_id="<4@x>", subject="Re: ##RE-1##", text="More")
    shown = seen(answer)
    together = threading.Barrier(2)
    results: list[str] = []

    def act(record: Record) -> None:
        together.wait()
        try:
            reprocess.move(answer.pk, record.pk, priya, shown)
            results.append("done")
        except NotDone as trouble:
            results.append(trouble.words)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(record,)) for record in (second.record, third.record)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("done") == 1
    (told,) = [words for words in results if words != "done"]
    assert told.startswith("Priya Raman moved it to request ") and "Nothing was done" in told
    assert Conversation.objects.filter(mail_id=answer.pk).count() == 1
    assert MailAct.objects.count() == 1


def error_mail(box, monkeypatch) -> MailOutcome:
    """Let a step fail on a mail."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(whose, "sender", fail)
        return take(box, message_id="<9@x>", subject="Unlucky", text="Take me")


def test_an_error_mail_processed_again_becomes_what_it_would_have_become(box, priya, monkeypatch):
    error = error_mail(box, monkeypatch)
    assert error.kind == "error"
    reprocess.process_again(error.pk, priya, seen(error))
    with pytest.raises(NotDone, match="waits to be processed"):
        reprocess.process_again(error.pk, priya, seen(error))
    assert process(box.pk) == 1
    again = MailOutcome.objects.select_related("record").get(pk=error.pk)
    assert again.kind == "request" and again.record.subject == "Unlucky"
    act = MailAct.objects.get()
    assert (act.kind, act.before["kind"]) == ("again", "error")
    assert InboundMessage.objects.count() == 1 and Record.objects.count() == 1


def test_a_mail_of_a_request_is_not_processed_again(box, priya):
    first, _ = two(box)
    with pytest.raises(NotDone, match="would be there a second time"):
        reprocess.process_again(first.pk, priya, seen(first))
    assert not Undecided.objects.exists()


def test_a_mail_of_which_only_the_header_was_taken_is_left_where_it_is(box, priya):
    box.max_size_mb = 1
    box.save()
    large = take(box, message_id="<8@x>", text="x" * 70 + "\n" + "many words " * 120_000)
    assert large.kind == "error"
    for act in (
        lambda: reprocess.process_again(large.pk, priya, seen(large)),
        lambda: reprocess.open_own(large.pk, priya, seen(large), anywhere),
    ):
        with pytest.raises(NotDone, match="Only the header"):
            act()


def test_a_mail_that_waits_is_the_workers(box, priya, monkeypatch):
    two(box)
    error = error_mail(box, monkeypatch)
    reprocess.process_again(error.pk, priya, seen(error))
    with pytest.raises(NotDone, match="waits to be processed"):
        move(error, Record.objects.get(number=1), priya)
    process(box.pk)
    assert Conversation.objects.filter(mail_id=error.pk).count() == 1


def test_an_automatic_answer_that_is_moved_by_hand_opens_nothing_and_is_not_answered(box, priya):
    _, second = two(box)
    write(second.record, Changes({"Status": Status.objects.filter(kind="closed")[0]}), By(priya, "page"))
    away = take(box, message_id="<7@x>", subject="Away", text="Back on Monday", Auto_Submitted="auto-replied")
    assert away.kind == "automatic"
    OutboxMail.objects.all().delete()
    move(away, second.record, priya)
    second.record.refresh_from_db()
    assert second.record.status.kind == "closed"
    done = reprocess.open_own(away.pk, priya, seen(away), anywhere)
    received = OutboxMail.objects.filter(event="request_received", record__number=done.number)
    assert not received.exists()


def take_copy() -> MailOutcome:
    """Let the mail about the printer come in by a second mailbox too."""
    return take(builders.mailbox("Second"), message_id="<1@x>", subject="Printer on fire")


def test_a_mail_that_was_processed_again_is_the_one_that_later_copies_are_duplicates_of(box, priya):
    change(None, "cli", box, {"new_requests_disabled": True})
    refused = take(box, message_id="<1@x>", subject="Printer on fire")
    assert (refused.kind, refused.original) == ("refused", False)
    change(None, "cli", box, {"new_requests_disabled": False})
    reprocess.process_again(refused.pk, priya, seen(refused))
    process(box.pk)
    opened = MailOutcome.objects.get(pk=refused.pk)
    assert (opened.kind, opened.original) == ("request", True)
    assert take_copy().kind == "duplicate"
    assert Record.objects.count() == 1


def test_a_copy_that_was_processed_again_leaves_the_first_mail_its_place(box, priya):
    first = take(box, message_id="<1@x>", subject="Printer on fire")
    copy = take_copy()
    reprocess.process_again(copy.pk, priya, seen(copy))
    process(copy.mail.mailbox_id)
    kept = dict(MailOutcome.objects.values_list("pk", "original"))
    assert kept == {first.pk: True, copy.pk: False}
    assert Record.objects.count() == 2
