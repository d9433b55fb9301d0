"""PostgreSQL goes away while mails are being sent: a server of its own that is stopped and started again."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psutil
import pytest
from django.db import InterfaceError, OperationalError, connection, connections

from deskpost import schema
from deskpost.data_folder import DataFolder
from deskpost.outbound import queue
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServer
from deskpost.postgres import embedded
from deskpost.settings import _database
from tests.outbound import builders as make
from tests.servers.scripted import Line, Script, ScriptedServer

Away = Callable[[], AbstractContextManager[None]]
KEPT = "is noted when the database is back"


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: object) -> Iterator[Away]:
    """Let Django use a server of this module's own; gives what stops it for a while."""
    folder = DataFolder(tmp_path_factory.mktemp("away") / "data")

    @contextmanager
    def stopped() -> Iterator[None]:
        file = folder.path / "postgres" / "postmaster.pid"
        server = psutil.Process(int(file.read_text().split()[0]))
        keeper = server.parent()
        assert keeper
        keeper.suspend()  # it would start the server again at once
        try:
            server.send_signal(signal.SIGINT)
            make.wait_until(lambda: not file.exists())
            yield
        finally:
            keeper.resume()

    with pytest.MonkeyPatch.context() as changed:
        changed.delenv("DESKPOST_DATABASE_URL")
        with embedded(folder) as url, django_db_blocker.unblock():  # type: ignore[attr-defined]
            connections.close_all()
            for settings in (connection.settings_dict, connections.settings["default"]):
                for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
                    changed.setitem(settings, name, _database(url)[name])
            schema.bring_up_to_date()
            yield stopped
            connections.close_all()


class Sending:
    """A server that answers the final dot when it is told to, and a thread that sends six mails to it."""

    def __init__(self, scripted: Callable[[Script], ScriptedServer]) -> None:
        self.taken = Counter[bytes]()
        self.at_the_dot, self.answers, self.told_to_stop = (
            threading.Semaphore(0),
            threading.Event(),
            threading.Event(),
        )
        self.result: SendResult | Exception | None = None
        OutgoingServer.objects.all().delete()
        OutboxMail.objects.all().delete()
        self.server = make.server(scripted(self._script).port)
        make.queue_mails(self.server, [f"n{number}@x.example" for number in range(6)])
        self.thread = threading.Thread(target=self._send)
        self.thread.start()
        for _ in range(self.server.connections):
            assert self.at_the_dot.acquire(timeout=60)

    def _script(self, line: Line) -> None:
        line.say(b"220 slow")
        while heard := line.hear():
            if heard.startswith(b"DATA"):
                line.say(b"354 go on")
                while (text := line.hear()) != b".":
                    self.taken.update([text] if text.startswith(b"Message-ID") else [])
                self.at_the_dot.release()
                self.answers.wait(60)
            line.say(b"250 Ok")

    def _send(self) -> None:
        try:
            self.result = send_due(self.server.pk, stopping=self.told_to_stop.is_set)
        except (OperationalError, InterfaceError) as trouble:
            self.result = trouble
        finally:
            connections.close_all()


@pytest.fixture
def sending(
    away: Away, scripted: Callable[[Script], ScriptedServer], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sending]:
    """Mails being sent, with times short enough that PostgreSQL is away for longer than all of them."""
    for name, seconds in (("patiently._PATIENCE", 0.2), ("run._RENEW_EVERY", 0.5), ("queue.LEASE", 3)):
        monkeypatch.setattr(f"deskpost.outbound.{name}", seconds)
    one = Sending(scripted)
    yield one
    one.answers.set()
    one.told_to_stop.set()
    one.thread.join(60)


def test_what_was_sent_while_the_database_was_away_is_noted_when_it_is_back(
    away: Away, sending: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    with away():
        make.wait_until(lambda: KEPT in caplog.text)
        time.sleep(1.5)  # the lease is so near its end that no further mail is begun
        sending.answers.set()
        time.sleep(2.5)  # the lease has run out
        assert sending.taken.total() == 2
    while sending.thread.is_alive():  # as the tick of another worker does, at its worst
        try:
            queue.recover()
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.1)
    assert sending.result == SendResult(sent=6)
    assert sorted(sending.taken.values()) == [1] * 6
    assert not OutboxMail.objects.exclude(state="sent", tries=1).exists()
    assert not OutboxAttempt.objects.filter(result=queue.UNTOLD).exists()
    assert caplog.text.count(KEPT) == 1


def test_who_is_to_stop_waits_no_longer_for_a_database_that_has_been_away_for_long(
    away: Away, sending: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    with away():
        make.wait_until(lambda: KEPT in caplog.text)
        sending.answers.set()
        time.sleep(1)
        assert sending.result is None, "it waits for as long as nobody stops it"
        sending.told_to_stop.set()
        make.wait_until(lambda: isinstance(sending.result, OperationalError))
