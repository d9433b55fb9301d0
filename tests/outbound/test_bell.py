"""Who the bell rings for, how often it rings at a failover, and how long a notice is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.urls import resolve
from django.utils import timezone

from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role
from deskpost.outbound import bell, failover
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import Words, words_of
from deskpost.outbound.server_rules import after_saving
from deskpost.outbound.servers import OutgoingServer
from deskpost.tick import tick
from tests.outbound import builders as make
from tests.outbound.workers import Worker
from tests.servers.smtp_sink import SmtpSink

WENT_OVER = {"primary": "smtp1:25", "alternate": "smtp2:587"}
pytestmark = pytest.mark.usefixtures("database")

REFUSED = (
    "127.0.0.1:25 refused the connection: nothing listens at this port, or a firewall turns it away. "
    "To do: check the port, and that the mail server is running."
)


def administrator(name: str, **scope: object) -> Person:
    """Make somebody with the role SDAdmin, everywhere unless a scope is given."""
    made = make.person(name, technician=True)
    Grant.objects.create(person=made, role=Role.objects.get(name="SDAdmin"), **scope)
    return made


def with_alternate() -> OutgoingServer:
    return make.server(alternate_server="smtp2.desk.example:587")


def test_administrators_are_those_who_set_up_mail_for_every_account() -> None:
    priya, marco = administrator("Priya"), administrator("Marco")
    Grant.objects.create(person=priya, role=Role.objects.create(name="Mail", permissions=["settings.mail"]))
    administrator("Only of Acme", account=make.account())
    Person.objects.filter(pk=administrator("Gone").pk).update(deleted_at=timezone.now())
    make.technician("Dana")
    assert bell.administrators() == [priya.pk, marco.pk]


def test_everybody_is_told_once_and_not_at_all_when_what_happened_is_undone() -> None:
    priya, marco = administrator("Priya"), administrator("Marco")
    bell.ring([priya.pk, marco.pk, priya.pk], "failover", WENT_OVER, "/bell/")
    assert [one.details for one in bell.notices_of(priya)] == [WENT_OVER]
    assert bell.notices_of(marco).count() == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bell.ring([priya.pk], "failover", WENT_OVER)
        1 / 0  # noqa: B018
    assert bell.notices_of(priya).count() == 1


@pytest.mark.requirement("R70")
def test_the_administrators_are_told_when_mail_goes_through_the_alternate() -> None:
    priya = administrator("Priya")
    dana = make.technician("Dana")
    server = with_alternate()
    assert failover.use_alternate(server, REFUSED)
    (told,) = bell.notices_of(priya)
    assert told.kind == "failover"
    assert words_of(told) == Words(
        "Mail goes through the alternate server",
        "127.0.0.1:25 could not be reached, smtp2.desk.example:587 sends since.",
    )
    found = resolve(told.url)
    assert (found.url_name, found.kwargs) == ("outgoing_server", {"scope": f"instance-{server.instance_id}"})
    assert not bell.notices_of(dana).exists()


def test_the_bell_rings_once_a_failover_and_anew_for_the_next() -> None:
    priya = administrator("Priya")
    server = with_alternate()

    def rung() -> int:
        return bell.notices_of(priya).count()

    assert failover.use_alternate(server, REFUSED) and failover.use_alternate(
        server, "Another worker's words."
    )
    assert rung() == 1
    server.refresh_from_db()
    assert server.state.alternate_reason == REFUSED, "since when and why is the first one's"
    failover.back_to_primary(server)
    failover.use_alternate(server, REFUSED)
    assert rung() == 2, "back, and over again"
    assert after_saving(server)
    failover.use_alternate(server, REFUSED)
    assert rung() == 3, "saved, and over again"
    failover.Generation.objects.create()
    failover.use_alternate(server, REFUSED)
    assert rung() == 4, "restarted, and over again"
    OutgoingServer.objects.update(port=26)
    assert not failover.use_alternate(server, REFUSED)
    assert rung() == 4, "what was tried is no longer what is set"


def test_two_who_go_over_in_the_same_moment_ring_once() -> None:
    priya = administrator("Priya")
    server = with_alternate()

    def go_over(words: str) -> bool:
        try:
            return failover.use_alternate(server, words)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            OutgoingServer.objects.select_for_update().get(pk=server.pk)
            going = [pool.submit(go_over, words) for words in ("The first says no.", "The second says no.")]
            make.wait_until(lambda: waiting_for_locks() == 2)
        assert [one.result() for one in going] == [True, True]
    assert bell.notices_of(priya).count() == 1


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else one look holds for the whole transaction
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def test_two_workers_that_find_the_primary_gone_ring_once() -> None:
    priya = administrator("Priya")
    with SmtpSink() as primary, SmtpSink() as alternate:
        server = make.server(primary.port, alternate_server=f"127.0.0.1:{alternate.port}", connections=2)
        workers = [Worker(), Worker()]
        try:
            primary.stop()
            make.queue_mails(server, [f"n{number}@x.example" for number in range(50)])
            for one in workers:
                one.tell(server.pk)
            for one in workers:
                one.result()
            make.send_until_none_is_queued(server)
        finally:
            for one in workers:
                one.kill()
        assert len(alternate.received) == 50
    (told,) = bell.notices_of(priya)
    assert told.details["alternate"] == f"127.0.0.1:{alternate.port}"


def test_the_tick_forgets_what_is_older_than_30_days() -> None:
    priya = administrator("Priya")
    for primary, days in (("Old", 31), ("Young", 29)):
        bell.ring([priya.pk], "failover", {**WENT_OVER, "primary": primary})
        newest = BellNotice.objects.filter(pk=bell.notices_of(priya)[0].pk)
        newest.update(at=timezone.now() - timedelta(days=days))
    tick()
    assert [one.details["primary"] for one in bell.notices_of(priya)] == ["Young"]


def test_a_person_takes_their_notices_along() -> None:
    priya = administrator("Priya")
    bell.ring([priya.pk], "failover", WENT_OVER)
    priya.delete()
    assert not BellNotice.objects.exists()


def test_reading_keeps_the_time_of_the_first_reading() -> None:
    priya = administrator("Priya")
    bell.ring([priya.pk], "failover", WENT_OVER)
    assert bell.unread(priya).number == 1
    bell.mark_read(bell.notices_of(priya))
    (first,) = bell.notices_of(priya)
    bell.mark_read(bell.notices_of(priya))
    (second,) = bell.notices_of(priya)
    assert first.read_at == second.read_at is not None
    assert bell.unread(priya).number == 0


def test_a_notice_is_worded_in_the_language_and_by_the_clock_of_who_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    priya = administrator("Priya")
    lost = {"mailbox": "Support", "since": "2026-11-30T10:12:00+00:00", "tries": 5, "every": 60}
    bell.ring([priya.pk], "connectivity_lost", lost)
    bell.ring([priya.pk], "failover", WENT_OVER)
    went_over, told = bell.notices_of(priya)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert words_of(told) == Words(
            "Support cannot be reached",
            "5 tries failed since 19:12. Mail is not lost, it is tried again every 1 min.",
        )
    german = "%(primary)s war nicht erreichbar, seither sendet %(alternate)s."
    monkeypatch.setattr("deskpost.outbound.bell_words.gettext", lambda _: german)
    assert words_of(went_over).text == "smtp1:25 war nicht erreichbar, seither sendet smtp2:587."


def test_a_notice_from_before_details_were_kept_says_what_it_said() -> None:
    old = BellNotice(kind="failover", title="Mail goes through the alternate server", text="smtp1 is away.")
    assert words_of(old) == Words("Mail goes through the alternate server", "smtp1 is away.")
