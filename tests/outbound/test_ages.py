"""How old a mail may become in the outbox: until it is given up, and until a notice lapses. Both are settings."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk.installation import Installation
from deskpost.outbound import outbox_acts, queue, upkeep
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")


def apply(folder: Path, text: str) -> list[str]:
    """Apply a settings file and give what it changed."""
    path = folder / "outbox.yaml"
    path.write_text(text)
    return [str(change) for change in settings_file.apply(settings_file.read(path)).changes]


def written_earlier(hours: float, **which: object) -> None:
    OutboxMail.objects.filter(**which).update(date=timezone.now() - timedelta(hours=hours))


def test_a_mail_is_tried_for_as_many_hours_as_the_settings_say() -> None:
    Installation.objects.update(give_up_after_hours=6)
    (mail,) = make.queue_mails(make.server(), ["x@y.example"])
    assert mail.give_up_at - mail.date == timedelta(hours=6)


def test_two_days_are_the_time_that_nobody_chose() -> None:
    (mail,) = make.queue_mails(make.server(), ["x@y.example"])
    assert mail.give_up_at - mail.date == timedelta(days=2)


@pytest.mark.parametrize(("age", "state"), [(1.9, "queued"), (2.1, "lapsed")])
def test_a_notice_lapses_after_as_many_hours_as_the_settings_say_now(age: float, state: str) -> None:
    """The settings of this moment hold, so that they help with what an outage has piled up."""
    server = make.server()
    notice, bulk, reply = (
        make.queue_mails(server, ["x@y.example"], sending_class=number)[0] for number in (3, 4, 2)
    )
    Installation.objects.update(notices_lapse_after_hours=2)
    written_earlier(age)
    queue.lapse(server.pk)
    for mail in (notice, bulk, reply):
        mail.refresh_from_db()
    assert (notice.state, bulk.state, reply.state) == (state, state, "queued")
    assert notice.give_up_at > timezone.now(), "it lapses before it is given up"


def test_a_notice_that_was_tried_goes_on_until_it_is_given_up() -> None:
    server = make.server()
    (notice,) = make.queue_mails(server, ["x@y.example"], sending_class=3)
    OutboxMail.objects.update(tries=1, date=timezone.now() - timedelta(hours=49))
    queue.lapse(server.pk)
    notice.refresh_from_db()
    assert notice.state == "queued"


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_an_old_notice_that_a_person_wants_sent_is_sent(state: str) -> None:
    with SmtpSink() as sink:
        server = make.server(sink.port)
        (notice,) = make.queue_mails(server, ["x@y.example"], sending_class=3)
        long_ago = timezone.now() - timedelta(days=9)
        OutboxMail.objects.update(state=state, date=long_ago, give_up_at=long_ago + timedelta(days=2))
        assert outbox_acts.retry_now(notice.pk)
        assert send_due(server.pk).sent == 1
        assert len(sink.received) == 1


def test_a_held_notice_that_a_person_wants_sent_is_sent_however_old() -> None:
    with SmtpSink() as sink:
        server = make.server(sink.port)
        (notice,) = make.queue_mails(server, ["x@y.example"], sending_class=3)
        OutboxMail.objects.update(state="held", date=timezone.now() - timedelta(days=9))
        assert outbox_acts.retry_now(notice.pk)
        assert send_due(server.pk).sent == 1
        assert len(sink.received) == 1


def test_a_notice_that_was_held_for_long_lapses_when_there_is_a_server_at_last() -> None:
    with SmtpSink() as sink:
        server = make.server(sink.port, instance=None)
        (notice,) = make.queue_mails(server, ["x@y.example"], sending_class=3)
        OutboxMail.objects.update(state="held", server=None, date=timezone.now() - timedelta(hours=49))
        assert upkeep.take_up_held() == 1
        send_due(server.pk)
        assert sink.received == []
    notice.refresh_from_db()
    assert (notice.state, notice.server_id) == ("lapsed", server.pk)


def test_the_ages_are_in_the_settings_file_and_in_the_history(tmp_path: Path) -> None:
    assert apply(tmp_path, "outbox: {give_up_after_hours: 12, notices_lapse_after_hours: 4}")
    installation = Installation.objects.get()
    assert (installation.give_up_after_hours, installation.notices_lapse_after_hours) == (12, 4)
    assert apply(tmp_path, "outbox: {give_up_after_hours: 12}") == []
    assert "outbox:\n  give_up_after_hours: 12\n  notices_lapse_after_hours: 4\n" in settings_file.export()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT give_up_after_hours, notices_lapse_after_hours, pgh_context_id IS NOT NULL "
            "FROM desk_installationsettingsevent ORDER BY pgh_id DESC LIMIT 1"
        )
        assert cursor.fetchone() == (12, 4, True)


@pytest.mark.parametrize("hours", ["0", "8761", "soon"])
def test_an_age_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, hours: str) -> None:
    with pytest.raises(settings_file.SettingsMistaken, match="from 1 to 8760 hours"):
        apply(tmp_path, f"outbox: {{notices_lapse_after_hours: {hours}}}")


def test_the_database_takes_no_age_of_nothing() -> None:
    with pytest.raises(IntegrityError, match="installation_outbox_ages"):
        Installation.objects.update(give_up_after_hours=0)
