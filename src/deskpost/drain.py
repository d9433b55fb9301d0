"""Draining: fetch every mailbox once, process and send all there is, wait for retries, then say how it went."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from deskpost.inbound import collect, process
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome, Undecided
from deskpost.outbound import send, upkeep
from deskpost.outbound.outbox import OutboxMail

AT_ONCE = 16  # mailboxes fetched at a time
_LOOK_EVERY = 0.2  # seconds


@dataclass(slots=True)
class Drained:
    """How a drain went. `troubles` are sentences, one each, of what did not work in this run or is left."""

    fetched: int = 0
    processed: int = 0
    sent: int = 0
    troubles: list[str] = field(default_factory=list)
    timed_out: bool = False


def drain(timeout: float) -> Drained:
    """Drain the installation, for `timeout` seconds at most. What is under way then goes on as after a crash.

    Held and lapsed mail counts as done; the queue of a paused server is left and told.
    """
    run = _Drain(time.monotonic() + timeout)
    run.fetch()
    run.process()
    run.send()
    run.look_back()
    return run.result


class _Drain:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.result = Drained()
        self.began = _database_time()
        self.fetching_ended = threading.Event()

    def fetch(self) -> None:
        """Fetch every mailbox that is on, several at a time, and process meanwhile what comes."""
        waiting: SimpleQueue[Mailbox] = SimpleQueue()
        mailboxes = list(Mailbox.objects.filter(fetching=True).order_by("pk"))
        for mailbox in mailboxes:
            waiting.put(mailbox)
        news: SimpleQueue[str | int] = SimpleQueue()
        threads = [
            threading.Thread(target=self._fetch_next, args=(waiting, news), daemon=True)
            for _ in range(min(AT_ONCE, len(mailboxes)))
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and self._time_is_left():
            self._process_some()
            time.sleep(_LOOK_EVERY / 4)
        if any(thread.is_alive() for thread in threads):
            self.result.timed_out = True
            self.result.troubles.append("The time ran out while mailboxes were being fetched.")
        while not news.empty():
            told = news.get()
            if isinstance(told, int):
                self.result.fetched += told
            else:
                self.result.troubles.append(told)

    def _fetch_next(self, waiting: "SimpleQueue[Mailbox]", news: "SimpleQueue[str | int]") -> None:
        try:
            while not waiting.empty() and self._time_is_left():
                mailbox = waiting.get()
                fetched = collect.fetch(mailbox.pk)
                if fetched.held_elsewhere and Mailbox.objects.filter(pk=mailbox.pk, fetching=True).exists():
                    waiting.put(mailbox)  # somebody else fetches it now; it is fetched once more after that
                    time.sleep(_LOOK_EVERY)
                news.put(fetched.collected)
                if fetched.failure:
                    news.put(f"{mailbox.name} could not be fetched. {fetched.failure.words}")
        except Exception as trouble:
            news.put(f"Fetching ended early: {trouble}")
            raise
        finally:
            connections.close_all()

    def process(self) -> None:
        """Process until nothing is undecided; another worker may hold some of it."""
        while self._time_is_left():
            self._process_some()
            if not Undecided.objects.exists():
                return
            time.sleep(_LOOK_EVERY)

    def _process_some(self) -> None:
        for mailbox_id in process.undecided_mailboxes():
            self.result.processed += process.process(mailbox_id)

    def send(self) -> None:
        """Send until nothing is queued, waiting for the next try of what was not taken."""
        while self._time_is_left():
            upkeep.take_up_held()
            for server_id in upkeep.due_servers():
                self.result.sent += send.send_due(server_id, deadline=self.deadline).sent
            if not self._queued().exists():
                return
            time.sleep(_LOOK_EVERY)

    def look_back(self) -> None:
        """Note what is left, and what went wrong in this run."""
        if not self._time_is_left() and (Undecided.objects.exists() or self._queued().exists()):
            self.result.timed_out = True
        self.result.troubles.extend(self._left())
        errors = MailOutcome.objects.filter(kind="error", processed_at__gte=self.began).select_related(
            "mail__mailbox"
        )
        for outcome in errors.order_by("pk"):
            mail = outcome.message_id or f"a mail from {outcome.from_address or 'nobody'}"
            self.result.troubles.append(
                f"{mail} in {outcome.mail.mailbox.name} is an error mail: {outcome.reason}"
            )
        failed = OutboxMail.objects.filter(state=OutboxMail.State.FAILED, done_at__gte=self.began)
        for lost in failed.order_by("pk"):
            to = ", ".join(address for _, address in lost.to)
            self.result.troubles.append(
                f"The mail {lost.message_id} to {to} could not be sent: {lost.reason}"
            )

    def _left(self) -> Iterator[str]:
        undecided = Undecided.objects.count()
        if undecided:
            yield f"{undecided} received mails are not processed yet. To do: run this again."
        queued = self._queued().count()
        if queued:
            yield f"{queued} mails are still queued and are tried again later. To do: run this again, or wait."
        paused = self._waiting().filter(server__paused=True).count()
        if paused:
            yield f"{paused} mails wait at a paused server. To do: set paused: false there, when they shall go."

    def _waiting(self) -> "QuerySet[OutboxMail]":
        return OutboxMail.objects.filter(state__in=[OutboxMail.State.QUEUED, OutboxMail.State.SENDING])

    def _queued(self) -> "QuerySet[OutboxMail]":
        return self._waiting().exclude(server__paused=True)

    def _time_is_left(self) -> bool:
        return time.monotonic() < self.deadline


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    return row[0] if row else timezone.now()
