"""A mailbox that cannot be reached: what is counted, who is told once, and what SQL changes of that."""

import imaplib
import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F

from deskpost import jobs
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings import change
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState, due, start_fetching, stop_fetching
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import send_due
from deskpost.transports.errors import Throttled
from tests.command_line import deskpost
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

HANDBOOK = Path(__file__).parents[2] / "docs" / "connectivity.md"
LOST, REGAINED = "connectivity_lost", "connectivity_regained"


@pytest.fixture
def server(dovecot_with: Callable[..., Dovecot]) -> Dovecot:
    """A Dovecot that the test may stop."""
    return dovecot_with()


@pytest.fixture
def box(server: Dovecot) -> Mailbox:
    """A mailbox there, with an administrator who has the bell and a technician who gets the mails."""
    priya = make.person("Priya", technician=True)
    Grant.objects.create(person=priya, role=Role.objects.get(name="SDAdmin"))
    listed(make.technician("Dana", "dana@desk.example"))
    return mailbox("Kestrel Logistics", port=server.imap, username=server.new_user(), password=PASSWORD)


def listed(person: Person) -> None:
    """Put somebody on the error-notification list, whose own rule stays off."""
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=person)


def fail(box: Mailbox, times: int = 1) -> None:
    for _ in range(times):
        assert fetch(box.pk).failure is not None


def told() -> list[str]:
    """Give the events that rang, and check that each was written to the list as well, or was not either."""
    rang = list(BellNotice.objects.order_by("pk").values_list("kind", flat=True))
    assert rang == list(OutboxMail.objects.order_by("pk").values_list("event", flat=True))
    return rang


def failures(box: Mailbox) -> int:
    return MailboxState.objects.get(mailbox=box).consecutive_failures


def statements() -> list[str]:
    """Give the statements of the handbook, as they are printed there."""
    return re.findall(r"```sql\n(.*?)\n```", HANDBOOK.read_text(), re.DOTALL)


def sql(statement: str) -> str:
    ran = deskpost("sql", "-c", statement)
    assert ran.code == 0, ran.err
    return ran.out


@pytest.mark.requirement("R171", "R169", "R168", "R170")
def test_at_the_fifth_failure_bell_and_mail_tell_once_and_tries_go_on_until_it_is_reached(
    server: Dovecot, box: Mailbox, smtp_sink: SmtpSink
) -> None:
    sender = make.server(smtp_sink.port)
    server.stop()
    for count in range(1, 9):
        fail(box)
        assert failures(box) == count
        assert told() == ([LOST] if count >= 5 else [])
        assert due() == [], "this schedule is skipped"
        MailboxState.objects.update(next_fetch_at=F("next_fetch_at") - timedelta(seconds=box.fetch_every))
        assert due() == [box.pk], "the next is in turn"
    notice = BellNotice.objects.get()
    words = words_of(notice)
    assert (notice.person.name, words.title) == ("Priya", "Kestrel Logistics cannot be reached")
    assert re.fullmatch(
        r"5 tries failed since \d\d:\d\d\. Mail is not lost, it is tried again every 1 min\.", words.text
    )
    send_due(sender.pk)
    (came,) = smtp_sink.received
    assert came.recipients == ("dana@desk.example",)
    read = message_from_bytes(came.content, policy=policy.default)
    said = read.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert read["Subject"] == "Kestrel Logistics cannot be reached"
    for part in ("Kestrel Logistics", "5 tries failed", "refused the connection", "none is lost", "To do: "):
        assert part in said

    server.start()
    server.deliver_many(box.username, [mail(message_id=f"<{n}@acme.example>") for n in range(3)])
    found = fetch(box.pk)
    assert (found.failure, found.collected, failures(box)) == (None, 3, 0)
    assert told() == [LOST, REGAINED]
    notice = BellNotice.objects.get(kind=REGAINED)
    assert words_of(notice).title == "Kestrel Logistics is reached again"
    assert "3 mails" in words_of(notice).text
    assert fetch(box.pk).failure is None
    assert told() == [LOST, REGAINED]


@pytest.mark.requirement("R170")
def test_a_success_sets_the_count_to_zero_and_a_short_outage_is_told_to_nobody(
    server: Dovecot, box: Mailbox
) -> None:
    for _ in range(2):
        server.stop()
        fail(box, 4)
        server.start()
        assert fetch(box.pk).failure is None
        assert failures(box) == 0
    assert told() == []


@pytest.mark.requirement("R173", "R174", "R175")
def test_the_printed_select_shows_two_rows_of_three_columns(box: Mailbox) -> None:
    lines = [line.strip() for line in sql(statements()[0]).splitlines()]
    assert re.split(r"\s*\|\s*", lines[0]) == ["category", "parameter", "paramvalue"]
    rows = {tuple(re.split(r"\s*\|\s*", line)) for line in lines[2:4]}
    assert rows == {
        ("FETCHING_MAILBOX_CONNECTIVITY", "CONSECUTIVE_RETRY_THRESHOLD", "5"),
        ("FETCHING_MAILBOX_CONNECTIVITY", "NOTIFICATION_ENABLED", "true"),
    }
    assert lines[4] == "(2 rows)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = 'mailconfig'"
        )
        assert cursor.fetchall() == [("text",)]


@pytest.mark.requirement("R176", "R177", "R178")
def test_the_printed_statements_set_threshold_and_switch_at_once(server: Dovecot, box: Mailbox) -> None:
    _, threshold, off, on = statements()
    server.stop()
    assert sql(threshold.replace("'X'", "'2'")).strip() == "UPDATE 1"
    fail(box)
    assert told() == []
    fail(box)
    assert told() == [LOST]
    server.start()
    assert fetch(box.pk).failure is None
    server.stop()
    assert sql(off).strip() == "UPDATE 1"
    fail(box, 3)
    assert told() == [LOST, REGAINED], "neither bell nor mail"
    assert sql(on).strip() == "UPDATE 1"
    fail(box)
    assert told() == [LOST, REGAINED, LOST]


def test_of_the_end_nobody_hears_who_is_to_hear_nothing(server: Dovecot, box: Mailbox) -> None:
    connectivity.change(None, "cli", threshold=1)
    server.stop()
    fail(box)
    connectivity.change(None, "cli", enabled=False)
    server.start()
    assert fetch(box.pk).failure is None
    connectivity.change(None, "cli", enabled=True)
    assert fetch(box.pk).failure is None
    assert told() == [LOST]


def test_a_threshold_below_the_present_count_tells_at_the_next_failure(server: Dovecot, box: Mailbox) -> None:
    server.stop()
    fail(box, 3)
    connectivity.change(None, "cli", threshold=2)
    assert told() == []
    fail(box)
    assert told() == [LOST]


@pytest.mark.parametrize("value", ["many", "0", "-3", "2.5", "", "99999999", "5;"])
def test_a_senseless_threshold_is_five(server: Dovecot, box: Mailbox, value: str) -> None:
    connectivity.MailConfig.objects.filter(parameter=connectivity.THRESHOLD).update(paramvalue=value)
    assert connectivity.read() == connectivity.Connectivity(5, True, {connectivity.THRESHOLD: value})
    server.stop()
    MailboxState.objects.update(consecutive_failures=3)
    fail(box)
    assert told() == []
    fail(box)
    assert told() == [LOST]


def test_a_senseless_switch_is_on_and_so_is_one_that_is_gone(box: Mailbox) -> None:
    rows = connectivity.MailConfig.objects.filter(parameter=connectivity.ENABLED)
    rows.update(paramvalue="perhaps")
    assert connectivity.read() == connectivity.Connectivity(5, True, {connectivity.ENABLED: "perhaps"})
    rows.update(paramvalue=" False ")
    assert connectivity.read() == connectivity.Connectivity(5, False, {})
    rows.delete()
    assert connectivity.read() == connectivity.Connectivity(5, True, {connectivity.ENABLED: None})


def test_a_new_start_counts_anew_and_its_outage_is_told_too(server: Dovecot, box: Mailbox) -> None:
    connectivity.change(None, "cli", threshold=2)
    server.stop()
    fail(box, 2)
    for name in ("stopped", "started"):
        stop_fetching(None, "cli", box) if name == "stopped" else start_fetching(None, "cli", box)
    assert failures(box) == 0
    fail(box)
    assert told() == [LOST]
    fail(box)
    assert told() == [LOST, LOST]
    stop_fetching(None, "cli", box)
    start_fetching(None, "cli", box)
    server.start()
    assert fetch(box.pk).failure is None
    assert told() == [LOST, LOST, REGAINED]


def test_a_mailbox_of_another_server_stays_out_of_it(server: Dovecot, box: Mailbox, dovecot: Dovecot) -> None:
    other = mailbox("Vantage Legal", port=dovecot.imap, username=dovecot.new_user(), password=PASSWORD)
    connectivity.change(None, "cli", threshold=1)
    server.stop()
    fail(box)
    assert fetch(other.pk).failure is None
    assert told() == [LOST]
    assert failures(other) == 0


def test_a_server_that_asks_for_patience_is_no_failure(
    dovecot_with: Callable[..., Dovecot], box: Mailbox
) -> None:
    connectivity.change(None, "cli", threshold=1)
    strict = dovecot_with(connections_per_user=1)
    change(None, "cli", box, {"port": strict.imap})
    with imaplib.IMAP4("127.0.0.1", strict.imap) as link:
        link.login(box.username, PASSWORD)
        assert isinstance(fetch(box.pk).failure, Throttled)
    assert failures(box) == 0
    assert told() == []


def test_a_mailbox_that_fails_by_our_own_fault_is_told_with_that_reason(box: Mailbox) -> None:
    connectivity.change(None, "cli", threshold=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox SET password = 'gAAAAA-of-another-key'")
    for _ in range(3):
        jobs.fetch(box.pk)
    assert told() == [LOST]
    assert "key" in OutboxMail.objects.get().text


def test_a_mailbox_that_was_stopped_meanwhile_is_told_to_nobody(server: Dovecot, box: Mailbox) -> None:
    connectivity.change(None, "cli", threshold=1)
    server.stop()
    stop_fetching(None, "cli", box)
    assert fetch(box.pk).failure is None
    jobs._note_fault(box.pk, "It failed. To do: look.")
    assert told() == []


@pytest.mark.requirement("R33")
def test_a_connection_cut_in_mid_batch_moves_nothing_and_the_next_schedule_goes_on(
    server: Dovecot, box: Mailbox, cutting_proxy: Callable[[int], CuttingProxy]
) -> None:
    server.deliver_many(
        box.username, [mail(message_id=f"<{n}@acme.example>", text="x" * 50_000) for n in range(20)]
    )
    proxy = cutting_proxy(server.imap)
    change(None, "cli", box, {"port": proxy.port})
    proxy.arm(Fault("close", after_bytes=400_000))
    assert fetch(box.pk).failure is not None
    assert proxy.fired == 1
    assert server.count(box.username) == 20, "nothing was moved"
    assert server.folders(box.username) == ["INBOX"], "and there is no folder that it could be moved to"
    MailboxState.objects.update(next_fetch_at=F("next_fetch_at") - timedelta(seconds=box.fetch_every))
    assert due() == [box.pk]
    proxy.disarm()
    assert fetch(box.pk).failure is None
    process(box.pk)
    assert set(MailOutcome.objects.values_list("kind", flat=True)) == {"request"}
    assert MailOutcome.objects.count() == 20
