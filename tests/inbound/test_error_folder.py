"""Error mails at a real Dovecot: moved into their folder, counted, brought back, and processed anew."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection

from deskpost.desk.records import Record
from deskpost.drain import drain
from deskpost.inbound import pipeline, reprocess
from deskpost.inbound.case import Case
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder import download as error_download
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder.mails import ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome
from deskpost.inbound.outcome import Outcome
from deskpost.inbound.process import process
from deskpost.inbound.view import DeskView
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box
from tests.outbound import builders as make
from tests.servers.cutting_proxy import Fault
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")

POISON = "Poison"


def fail_on_poison(case: Case, desk: DeskView) -> Outcome | None:
    """A step that cannot bear some mails, as a fault of Deskpost would be."""
    if POISON in case.message.subject:
        raise ValueError(f"cannot bear {case.message.from_[0].address}")
    return None


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    first, *rest = pipeline.STEPS
    monkeypatch.setattr(pipeline, "STEPS", (first, ("test step", fail_on_poison), *rest))
    return monkeypatch


def letter(number: int, subject: str = "Good", **fields: str) -> bytes:
    return mail(
        message_id=f"<{number}@acme.example>", subject=f"{subject} {number}", text=f"Text {number}", **fields
    )


def with_folder(dovecot: Dovecot, name: str = "Errors", **settings: Any) -> Mailbox:
    return box(dovecot, error_folder=True, error_folder_name=name, **settings)


def take_in(made: Mailbox) -> int:
    """Fetch, process, and fetch once more, as the worker does that is woken when mails wait at their server."""
    found = fetch(made.pk)
    assert found.failure is None, found.failure
    process(made.pk)
    fetch(made.pk)
    return found.collected


def state(made: Mailbox) -> MailboxState:
    return MailboxState.objects.get(mailbox=made)


def kinds() -> list[str]:
    return sorted(MailOutcome.objects.values_list("kind", flat=True))


@pytest.fixture
def without_move(dovecot_with) -> Dovecot:
    """A Dovecot that tells nobody of its MOVE."""
    able = "IMAP4rev1 LITERAL+ UIDPLUS"
    return dovecot_with(extra=f"protocol imap {{\n imap_capability = {able}\n}}")


@pytest.mark.pain("one-bad-mail-stops-fetching")
@pytest.mark.requirement("R17")
def test_one_bad_mail_stops_nobody_where_no_folder_is_set(dovecot, poison):
    made = box(dovecot)
    dovecot.deliver_many(made.username, [letter(1), letter(2, POISON), letter(3)])
    take_in(made)
    assert kinds() == ["error", "request", "request"]
    assert [row.place for row in unsolved()] == [Place.KEPT]
    assert dovecot.count(made.username) == 3
    made.refresh_from_db()
    assert made.fetching


@pytest.mark.requirement("R18")
@pytest.mark.parametrize(
    "name", ["Errors", "Helpdesk/Fehler/2026", "Ошибки & mehr", "Fehler über alles/Größe"]
)
def test_the_folder_is_made_at_the_server_and_the_mail_moved_into_it(dovecot, poison, name):
    made = with_folder(dovecot, name)
    dovecot.deliver_many(made.username, [letter(1), letter(2, POISON)])
    take_in(made)
    assert name in dovecot.folders(made.username)
    assert dovecot.count(made.username) == 1
    assert dovecot.count(made.username, name) == 1
    row = ErrorMail.objects.get()
    assert (row.place, row.folder) == (Place.FOLDER, name)
    assert InboundMessage.objects.get(pk=row.pk).folder == name


@pytest.mark.requirement("R20")
def test_an_existing_folder_is_used(dovecot, poison):
    made = with_folder(dovecot, "Kept/Errors")
    dovecot.make_folder(made.username, "Kept/Errors")
    dovecot.deliver(made.username, letter(9), "Kept/Errors")
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    assert dovecot.count(made.username, "Kept/Errors") == 2
    assert [one for one in dovecot.folders(made.username) if "Errors" in one] == ["Kept/Errors"]


@pytest.mark.requirement("R22")
def test_the_total_is_what_the_server_counts(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(3)])
    take_in(made)
    assert state(made).error_total == dovecot.count(made.username, "Errors") == 3


@pytest.mark.requirement("R21")
def test_at_the_limit_fetching_stops_and_what_was_collected_waits_for_a_start(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=2)
    dovecot.deliver_many(made.username, [letter(1, POISON), letter(2, POISON), letter(3), letter(4)])
    take_in(made)
    made.refresh_from_db()
    assert not made.fetching
    assert "holds 2 mails, and fetching stops at 2" in state(made).reason
    assert state(made).stopped_by == "deskpost"
    assert not Record.objects.exists()
    assert dovecot.count(made.username) == 2
    assert dovecot.count(made.username, "Errors") == 2
    process(made.pk)
    assert not Record.objects.exists()
    start_fetching(None, "page", made)
    take_in(made)
    assert Record.objects.count() == 2


def test_after_a_start_the_next_error_mail_stops_it_again(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=1)
    for number in range(2):
        dovecot.deliver(made.username, letter(number, POISON))
        made.refresh_from_db()
        start_fetching(None, "page", made)
        take_in(made)
        made.refresh_from_db()
        assert not made.fetching
    assert dovecot.count(made.username, "Errors") == 2


def test_it_is_told_that_fetching_was_stopped(dovecot, poison):
    listed(True)
    made = with_folder(dovecot, error_stop_after=1, error_notify=False)
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    told = OutboxMail.objects.get(event="error_folder_full")
    assert "holds 1 mail, and" in told.text


def listed(on: bool) -> None:
    """Put a technician on the error-notification list, its rule on or off."""
    make.server()
    rule, _ = NotificationRule.objects.update_or_create(event="application_error", defaults={"enabled": on})
    RuleTechnician.objects.create(rule=rule, person=make.technician("Tess"))


@pytest.mark.requirement("R24", "R25")
@pytest.mark.parametrize(("ticked", "rule", "notices"), [(True, True, 3), (False, True, 0), (True, False, 0)])
def test_each_mail_that_is_moved_is_told_where_that_is_wanted(dovecot, poison, ticked, rule, notices):
    listed(rule)
    made = with_folder(dovecot, error_notify=ticked)
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(3)])
    take_in(made)
    assert OutboxMail.objects.filter(event="application_error").count() == notices


@pytest.mark.requirement("R23")
def test_mails_that_are_moved_to_the_inbox_become_requests_and_no_duplicates(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(3)])
    take_in(made)
    poison.undo()
    back = error_return.move_back(make.person("Ada"), made)
    assert (back.moved, back.left) == (3, 0)
    assert dovecot.count(made.username) == 3
    assert dovecot.unseen(made.username) == 3
    assert state(made).error_total == dovecot.count(made.username, "Errors") == 0
    take_in(made)
    assert kinds() == ["request"] * 3
    assert InboundMessage.objects.count() == 3
    assert not unsolved().exists()
    assert dovecot.unseen(made.username) == 0


@pytest.mark.requirement("R31")
def test_the_total_is_one_when_the_server_takes_one_mail_back_into_its_inbox_no_more(without_move, poison):
    made = with_folder(without_move)
    large = mail(message_id="<1@acme.example>", subject=f"{POISON} 1", text="x" * 70 + "\n" + "y\n" * 20_000)
    without_move.deliver_many(made.username, [letter(0, POISON), large, letter(2, POISON)])
    take_in(made)
    assert state(made).error_total == without_move.count(made.username, "Errors") == 3
    poison.undo()
    with no_mail_over_10_kb(without_move):
        back = error_return.move_back(make.person("Ada"), made)
        assert (back.moved, back.left) == (2, 1)
        assert "[LIMIT]" in back.words
        assert state(made).error_total == without_move.count(made.username, "Errors") == 1
        assert ErrorMail.objects.get(place=Place.FOLDER).words == back.words
        take_in(made)
        assert kinds() == ["error", "request", "request"]
    assert error_return.move_back(make.person("Bob"), made).left == 0
    assert state(made).error_total == without_move.count(made.username, "Errors") == 0
    take_in(made)
    assert kinds() == ["request"] * 3
    assert InboundMessage.objects.count() == 3


@contextmanager
def no_mail_over_10_kb(dovecot: Dovecot) -> Iterator[None]:
    """Let a Dovecot refuse to take a mail of more than 10 kB into any folder meanwhile."""
    config = dovecot.folder / "dovecot.conf"
    before = config.read_text()

    def begin_with(more: str) -> None:
        dovecot.stop()
        config.write_text(before + more)
        dovecot.start()

    quota = "quota = count:User\n quota_vsizes = yes\n quota_max_mail_size = 10k"
    begin_with(f"protocol imap {{\n mail_plugins = quota\n}}\nplugin {{\n {quota}\n}}\n")
    try:
        yield
    finally:
        begin_with("")


@pytest.mark.requirement("R30")
def test_a_reply_that_is_moved_back_joins_its_request(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver(made.username, letter(1))
    take_in(made)
    number = Record.objects.get().number
    dovecot.deliver(made.username, letter(2, f"{POISON} ##RE-{number}##"))
    take_in(made)
    assert kinds() == ["error", "request"]
    poison.undo()
    error_return.move_back(make.person("Ada"), made)
    take_in(made)
    assert kinds() == ["conversation", "request"]


def test_a_mail_that_was_too_large_comes_whole_once_the_limit_is_raised(dovecot):
    made = with_folder(dovecot, max_size_mb=1)
    large = letter(1).replace(b"Text 1", b"Text 1 " + b"x" * 70 + b"\n" * 1_100_000)
    dovecot.deliver(made.username, large)
    take_in(made)
    assert [row.why for row in unsolved()] == ["Larger than the mailbox takes: over 1 MB"]
    assert dovecot.count(made.username, "Errors") == 1
    Mailbox.objects.filter(pk=made.pk).update(max_size_mb=5)
    made.refresh_from_db()
    error_return.move_back(make.person("Ada"), made)
    take_in(made)
    assert kinds() == ["request"]
    assert not InboundMessage.objects.get().truncated


@pytest.mark.requirement("R26", "R27", "R28")
def test_details_are_encrypted_at_rest_and_a_readable_zip_by_hand(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(2)])
    take_in(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM error_mail e")
        stored = " ".join(text for (text,) in cursor.fetchall())
    assert "ute@acme.example" not in stored
    assert POISON not in stored
    ada = make.person("Ada")
    with zipfile.ZipFile(io.BytesIO(error_download.zipped(ada, unsolved()))) as file:
        ids = [row.pk for row in unsolved().order_by("pk")]
        assert file.namelist() == [*(f"mail-{id}.txt" for id in ids), "error-log.txt"]
        text = file.read(f"mail-{ids[0]}.txt").decode()
        log = file.read("error-log.txt").decode()
    for part in (
        "Subject: Poison 0",
        "ValueError: cannot bear ute@acme.example",
        "Traceback",
        "test step: error",
    ):
        assert part in text
    assert log.count("test step: The step test step failed: ValueError") == 2
    acts = MailAct.objects.filter(kind="details", person=ada).values_list("mail_id", flat=True)
    assert sorted(acts) == ids


@pytest.mark.requirement("R32")
@pytest.mark.parametrize("protocol", ["pop", "pops"])
def test_pop_knows_no_error_folder(dovecot, poison, protocol):
    with pytest.raises(IntegrityError, match="mailbox_error_folder_not_at_pop"):
        mailbox(protocol=protocol, error_folder=True, error_folder_name="Errors")


@pytest.mark.requirement("R32")
def test_error_mails_of_pop_are_kept_in_deskpost(dovecot, poison):
    made = box(dovecot, "pop")
    dovecot.deliver_many(made.username, [letter(1), letter(2, POISON)])
    take_in(made)
    assert [row.place for row in unsolved()] == [Place.KEPT]
    assert dovecot.count(made.username) == 2


@pytest.mark.requirement("R33")
def test_a_connection_that_breaks_moves_nothing_and_the_next_fetch_goes_on(dovecot, cutting_proxy):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(n) for n in range(5)])
    proxy = cutting_proxy(dovecot.imap)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    proxy.arm(Fault("close", after_commands=7))
    assert fetch(made.pk).failure is not None
    process(made.pk)
    assert not ErrorMail.objects.exists()
    assert "Errors" not in dovecot.folders(made.username)
    proxy.disarm()
    take_in(made)
    assert kinds() == ["request"] * 5


def moved_past_a_break(server, made, mail, proxy, cut):
    """Let an error mail be moved over a connection that breaks after so many commands, then whole; tell if it broke."""
    server.deliver(made.username, mail)
    fetch(made.pk)
    process(made.pk)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    proxy.arm(Fault("close", after_commands=cut))
    fetch(made.pk)
    fired = proxy.fired
    proxy.disarm()
    take_in(made)
    return fired


def test_a_connection_that_breaks_while_error_mails_are_moved_moves_each_once(dovecot, cutting_proxy, poison):
    made = with_folder(dovecot)
    proxy = cutting_proxy(dovecot.imap)
    fired = cut = 0
    for total, cut in enumerate(range(3, 30), start=1):
        fired = moved_past_a_break(dovecot, made, letter(total, POISON), proxy, cut)
        assert (dovecot.count(made.username), dovecot.count(made.username, "Errors")) == (0, total)
        assert InboundMessage.objects.count() == total
        assert set(ErrorMail.objects.values_list("place", flat=True)) == {Place.FOLDER}
        if not fired:
            break
    assert not fired, "the faults went past the last command of a fetch"


def test_a_folder_that_the_server_refuses_is_told_and_tried_again(dovecot, poison):
    made = with_folder(dovecot, "Errors//x")
    dovecot.deliver_many(made.username, [letter(1, POISON), letter(2)])
    take_in(made)
    row = ErrorMail.objects.get()
    assert (row.place, row.refusals) == (Place.TO_MOVE, 1)
    assert 'refused to make the folder "Errors//x"' in row.words
    assert "To do" in row.words
    assert kinds() == ["error", "request"]
    Mailbox.objects.filter(pk=made.pk).update(error_folder_name="Errors")
    take_in(made)
    assert dovecot.count(made.username, "Errors") == 1
    assert Record.objects.count() == 1


def test_an_inbox_mail_that_vanishes_before_it_is_moved_is_no_second_request(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(1, POISON), letter(2)])
    fetch(made.pk)
    process(made.pk)
    dovecot.expunge(made.username, "1")
    take_in(made)
    assert state(made).error_total == 0
    error_return.move_back(make.person("Ada"), made)
    take_in(made)
    assert [row.place for row in unsolved()] == [Place.KEPT]
    assert Record.objects.count() == 1


def test_an_error_mail_is_processed_again_without_a_trip_to_its_server(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=1)
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    poison.undo()
    outcome = MailOutcome.objects.get()
    reprocess.process_again(outcome.pk, make.person("Ada"), reprocess.seen_of(outcome))
    process(made.pk)
    assert kinds() == ["request"]
    assert dovecot.count(made.username, "Errors") == 1
    error_return.move_back(make.person("Bob"), made)
    made.refresh_from_db()
    start_fetching(None, "page", made)
    take_in(made)
    assert Record.objects.count() == InboundMessage.objects.count() == 1
    assert (dovecot.count(made.username), dovecot.unseen(made.username)) == (1, 0)


def test_without_move_each_error_mail_is_copied_once_wherever_the_connection_breaks(
    without_move, cutting_proxy, poison
):
    made = with_folder(without_move)
    proxy = cutting_proxy(without_move.imap)
    fired = cut = 0
    for total, cut in enumerate(range(3, 40), start=1):
        fired = moved_past_a_break(without_move, made, letter(total, POISON), proxy, cut)
        assert (without_move.count(made.username), without_move.count(made.username, "Errors")) == (0, total)
        if not fired:
            break
    assert not fired, "the faults went past the last command of a fetch"
    poison.undo()
    assert error_return.move_back(make.person("Ada"), made).moved == total
    take_in(made)
    assert kinds() == ["request"] * total
    assert InboundMessage.objects.count() == total


def test_drain_moves_what_became_an_error_mail_in_its_run(dovecot):
    made = with_folder(dovecot, max_size_mb=1, error_stop_after=1)
    dovecot.deliver(made.username, letter(1).replace(b"Text 1", b"Text 1" + b"\n" * 1_100_000))
    dovecot.deliver(made.username, letter(2))
    drained = drain(60)
    assert drained.processed == 1 and not drained.timed_out
    assert dovecot.count(made.username, "Errors") == 1
    assert any("is an error mail" in words for words in drained.troubles)
    assert any("1 received mail is not processed yet" in words for words in drained.troubles)
    assert drain(60).processed == 0
    made.refresh_from_db()
    start_fetching(None, "page", made)
    assert drain(60).processed == 1
    assert kinds() == ["error", "request"]
