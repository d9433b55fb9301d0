"""A mailbox that is fetched and gets no mail for the hours set for it: told like an outage, once, and of its end."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from django.utils import timezone

from deskpost import settings_file
from deskpost.console.mail_settings.incoming_rows import row_of
from deskpost.desk import settings_history
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings import change
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.connectivity import outages, silence
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from deskpost.inbound.standings import standing
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from deskpost.tick import Pulse
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_connectivity import listed, told
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.usefixtures("database")
SILENT, HEARD = "mailbox_silent", "mailbox_heard"
_TIMES = ("last_fetch_at", "last_mail_at", "listening_since", "silence_told_at")


@pytest.fixture
def server(dovecot_with: Callable[..., Dovecot]) -> Dovecot:
    """A Dovecot that the test may stop."""
    return dovecot_with()


@pytest.fixture
def box(server: Dovecot) -> Mailbox:
    """A mailbox there that got a mail, with somebody to be told by bell and by mail."""
    priya = make.person("Priya", technician=True)
    Grant.objects.create(person=priya, role=Role.objects.get(name="SDAdmin"))
    listed(make.technician("Dana", "dana@desk.example"))
    made = mailbox(
        "Kestrel Logistics",
        port=server.imap,
        username=server.new_user(),
        password=PASSWORD,
        silence_hours=24,
    )
    come(server, made, 1)
    return made


def come(server: Dovecot, made: Mailbox, number: int) -> None:
    server.deliver(made.username, mail(message_id=f"<{number}@acme.example>"))
    assert fetch(made.pk).collected == 1


def pass_by(hours: float) -> None:
    """As if all that happened had happened so much earlier."""
    earlier = {name: F(name) - timedelta(hours=hours) for name in _TIMES}
    MailboxState.objects.update(**earlier)


def quiet(made: Mailbox) -> None:
    """A fetch is completed, and finds nothing."""
    found = fetch(made.pk)
    assert (found.failure, found.collected) == (None, 0)


def test_a_forwarding_rule_broken_elsewhere_shows_no_error_and_is_told_once(box, server):
    quiet(box)
    assert silence.tell() == []
    pass_by(23.9)
    quiet(box)
    assert silence.tell() == [] and told() == []
    pass_by(0.2)
    quiet(box)
    assert silence.tell() == ["Kestrel Logistics"] and told() == [SILENT]
    for _ in range(3):
        pass_by(30)
        quiet(box)
        assert silence.tell() == []
    assert told() == [SILENT], "once"
    come(server, box, 2)
    silence.tell()
    silence.tell()
    assert told() == [SILENT, HEARD]
    pass_by(25)
    quiet(box)
    assert silence.tell() == ["Kestrel Logistics"], "the next silence is another one"


def test_the_words_say_when_the_last_mail_came_and_what_to_look_at(box):
    last = outages.exactly(MailboxState.objects.get().last_mail_at - timedelta(hours=25))
    pass_by(25)
    quiet(box)
    silence.tell()
    (letter,) = OutboxMail.objects.all()
    assert letter.subject.endswith("Kestrel Logistics gets no mail")
    assert f"no mail has come in for 24 h or more. The last mail came in at {last}." in letter.text
    fetched = outages.exactly(MailboxState.objects.get().last_fetch_at)
    assert f"The last fetch was completed at {fetched}, without an error." in letter.text
    assert "To do: send a mail to help@desk.example" in letter.text and "forwarding rule" in letter.text
    words = words_of(BellNotice.objects.get())
    assert words.title == "Kestrel Logistics gets no mail"
    assert f"The last one came in at {last[:16]}." in words.text
    row = row_of(standing(Mailbox.objects.get(), timezone.now()))
    assert any("No mail for more than 24 h" in one and last in one for one in row.more)


def test_where_no_mail_ever_came_it_is_said_so(server, box):
    MailboxState.objects.update(last_mail_at=None)
    pass_by(25)
    quiet(box)
    silence.tell()
    assert "No mail has come in by this mailbox yet." in OutboxMail.objects.get().text
    assert "nor ever before" in words_of(BellNotice.objects.get()).text


def test_only_completed_fetches_count_for_a_server_that_is_away_brings_nothing(box, server):
    quiet(box)
    server.stop()
    pass_by(100)
    assert fetch(box.pk).failure is not None
    assert silence.tell() == [], "that is an outage, and told as one"
    assert MailboxState.objects.get().failing_since
    MailboxState.objects.update(failing_since=F("failing_since") - timedelta(hours=99))
    server.start()
    quiet(box)
    assert silence.tell() == [], "an hour of fetches passed before it, and none since"
    pass_by(22)
    quiet(box)
    assert silence.tell() == []
    pass_by(1.5)
    quiet(box)
    assert silence.tell() == ["Kestrel Logistics"]


def test_nothing_is_counted_while_fetching_is_off_and_a_start_begins_anew(box):
    pass_by(25)
    quiet(box)
    stop_fetching(None, "test", box)
    assert silence.tell() == []
    start_fetching(None, "test", box)
    quiet(box)
    assert silence.tell() == []
    pass_by(25)
    quiet(box)
    assert silence.tell() == ["Kestrel Logistics"]
    words = OutboxMail.objects.get().text
    assert "it is counted as from" in words


def test_set_hours_begin_anew_by_page_and_by_sql_and_none_is_off(box):
    pass_by(25)
    quiet(box)
    change(None, "page", box, {"silence_hours": 12})
    assert silence.tell() == []
    pass_by(13)
    quiet(box)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox SET silence_hours = 10")
    assert silence.tell() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox SET silence_hours = NULL")
    pass_by(1000)
    quiet(box)
    assert silence.tell() == []
    saved = settings_history.versions(Wanted(("mailbox",), row=box.pk), 9)
    assert len(saved) >= 3, "each change is in View history, whoever made it"


def test_whoever_sets_the_hours_anew_after_being_told_hears_of_no_recovery(box, server):
    pass_by(25)
    quiet(box)
    silence.tell()
    change(None, "page", box, {"silence_hours": 48})
    come(server, box, 2)
    silence.tell()
    assert told() == [SILENT]


def test_the_switch_of_connectivity_keeps_silence_to_itself_too(box):
    connectivity.change(None, "test", enabled=False)
    pass_by(25)
    quiet(box)
    assert silence.tell() == [] and told() == []
    connectivity.change(None, "test", enabled=True)
    assert silence.tell() == ["Kestrel Logistics"]


def test_another_process_than_the_fetcher_finds_it(box):
    pass_by(25)
    quiet(box)
    with Pulse("web"), Pulse("web"):
        make.wait_until(lambda: BellNotice.objects.filter(kind=SILENT).exists())
    assert told() == [SILENT], "two look, and one tells"


@pytest.mark.parametrize("hours", [0, 8761])
def test_the_database_takes_no_hours_that_make_no_sense(box, hours):
    with pytest.raises(IntegrityError, match="mailbox_silence_hours"):
        Mailbox.objects.update(silence_hours=hours)


def test_a_settings_file_sets_the_hours_and_prints_them(box, tmp_path: Path):
    path = tmp_path / "desk.yaml"
    path.write_text("mailboxes:\n  - {name: Kestrel Logistics, silence_hours: 72}\n")
    (changed,) = settings_file.apply(settings_file.read(path)).changes
    assert str(changed) == "mailboxes Kestrel Logistics: silence_hours: 24 -> 72"
    assert "silence_hours: 72" in settings_file.export()
    path.write_text("mailboxes:\n  - {name: Kestrel Logistics, silence_hours: 0}\n")
    with pytest.raises(settings_file.SettingsMistaken, match="from 1 to 8760 hours"):
        settings_file.read(path)
    path.write_text("mailboxes:\n  - {name: Kestrel Logistics, silence_hours: null}\n")
    settings_file.apply(settings_file.read(path))
    assert Mailbox.objects.get().silence_hours is None
