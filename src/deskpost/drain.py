"""Draining: fetch every mailbox once, process and send all there is, wait for retries, then say how it went."""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from django.db import DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from deskpost import drain_words
from deskpost.database_words import database_words
from deskpost.inbound import process
from deskpost.inbound.collecting import collect
from deskpost.inbound.error_folder import moves as error_moves
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import overflow, queue, send, upkeep
from deskpost.secret_field import SecretUnreadable

AT_ONCE = 16  # mailboxes fetched at a time
_LOOK_EVERY = 0.2  # seconds
_ITS_TURN = "its turn had not come"
_ELSEWHERE = "another process was fetching it"
_FAULT = "Deskpost itself failed at it; what is above tells where. To do: report that; its mail stays at its server."
log = logging.getLogger(__name__)


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

    Held and lapsed mail counts as done; the queue of a server that is paused or needs consent is left and told. A
    database that goes away or is full ends it early, and is one of the troubles.
    """
    run = _Drain(time.monotonic() + timeout)
    try:
        run.fetch()
        run.process()
        run.move_error_mails()
        run.send()
        run.look_back()
    except (DatabaseError, InterfaceError) as trouble:
        run.tell(database_words(trouble))
    return run.result


class _Drain:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.result = Drained()
        self.began = _database_time()
        self._waiting: SimpleQueue[Mailbox] = SimpleQueue()
        self._unfetched: dict[str, str] = {}  # words for each mailbox that is not fetched to its end yet
        self._news: SimpleQueue[str | int] = SimpleQueue()

    def tell(self, words: str) -> None:
        """Note a trouble; the same one is told once, however many threads met it."""
        if words not in self.result.troubles:
            self.result.troubles.append(words)

    def fetch(self) -> None:
        """Fetch every mailbox that is on, several at a time; process and send meanwhile what comes.

        So a mailbox whose server does not answer holds up nothing else.
        """
        mailboxes = list(Mailbox.objects.filter(fetching=True).order_by("pk"))
        for mailbox in mailboxes:
            self._unfetched[mailbox.name] = drain_words.unfetched(mailbox, _ITS_TURN)
            self._waiting.put(mailbox)
        threads = [
            threading.Thread(target=self._fetch_some, daemon=True)
            for _ in range(min(AT_ONCE, len(mailboxes)))
        ]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) and self._time_is_left():
                self._process_some()
                self._send_some()
                time.sleep(_LOOK_EVERY / 4)
        finally:
            self._hear(dict(self._unfetched) if not self._time_is_left() else {})

    def _hear(self, unfetched: dict[str, str]) -> None:
        """Take in what the fetching threads told, and what they have not done in time."""
        while not self._news.empty():
            told = self._news.get()
            if isinstance(told, int):
                self.result.fetched += told
            else:
                self.tell(told)
        for words in unfetched.values():
            self.result.timed_out = True
            self.tell(words)

    def _fetch_some(self) -> None:
        """Fetch mailboxes that wait for it, one after the other; the work of one thread."""
        try:
            while self._time_is_left():
                self._fetch(self._waiting.get_nowait())
        except Empty:
            pass
        except (DatabaseError, InterfaceError) as trouble:  # the other mailboxes would meet the same
            self._news.put(database_words(trouble))
        finally:
            connections.close_all()

    def _fetch(self, mailbox: Mailbox) -> None:
        self._unfetched[mailbox.name] = drain_words.unfetched(mailbox, drain_words.asked(mailbox))
        try:
            fetched = collect.fetch(mailbox.pk)
        except (DatabaseError, InterfaceError):
            raise
        except SecretUnreadable as trouble:
            fetched = collect.Fetched()
            self._news.put(f"{mailbox.name} could not be fetched. {trouble}")
        except Exception:
            fetched = collect.Fetched()
            log.exception("%s could not be fetched", mailbox.name)
            self._news.put(f"{mailbox.name} could not be fetched. {_FAULT}")
        self._news.put(fetched.collected)
        if fetched.failure:
            self._news.put(drain_words.not_fetched(mailbox.name, fetched.failure.words))
        if fetched.held_elsewhere and Mailbox.objects.filter(pk=mailbox.pk, fetching=True).exists():
            self._unfetched[mailbox.name] = drain_words.unfetched(mailbox, _ELSEWHERE)
            self._waiting.put(mailbox)  # it is fetched once more after that
            time.sleep(_LOOK_EVERY)
        else:
            self._unfetched.pop(mailbox.name)

    def process(self) -> None:
        """Process until nothing is undecided; another worker may hold some of it."""
        while self._time_is_left():
            self._process_some()
            if not self._is_undecided():
                break
            time.sleep(_LOOK_EVERY)

    def move_error_mails(self) -> None:
        """Move what became an error mail in this run into the error folders, which a fetch has passed by."""
        waiting = ErrorMail.objects.filter(place=Place.TO_MOVE, mailbox__error_folder=True)
        for mailbox_id in set(waiting.values_list("mailbox", flat=True)):
            if self._time_is_left() and (trouble := error_moves.now(mailbox_id)):
                self.tell(trouble.words)

    def _is_undecided(self) -> bool:
        """Tell whether mails wait to be processed, but for those that wait until somebody starts fetching."""
        return bool(process.undecided_mailboxes())

    def _process_some(self) -> None:
        for mailbox_id in process.undecided_mailboxes():
            self.result.processed += process.process(mailbox_id)

    def send(self) -> None:
        """Send until nothing is queued, waiting for the next try of what was not taken."""
        while self._time_is_left():
            self._send_some()
            if not self._is_queued():
                return
            time.sleep(_LOOK_EVERY)

    def _send_some(self) -> None:
        queue.recover()
        upkeep.take_up_held()
        overflow.judge_all()
        for server_id in upkeep.due_servers():
            self.result.sent += send.send_due(server_id, stopping=lambda: not self._time_is_left()).sent

    def look_back(self) -> None:
        """Note what is left, and what went wrong in this run."""
        if not self._time_is_left() and (self._is_undecided() or self._is_queued()):
            self.result.timed_out = True
        for words in (
            *drain_words.need_consent(),
            *drain_words.unprocessed(),
            *drain_words.queued(),
            *drain_words.paused(),
            *drain_words.refused(),
            *drain_words.error_mails(self.began),
            *drain_words.not_sent(self.began),
        ):
            self.tell(words)

    def _is_queued(self) -> bool:
        left = drain_words.waiting().exclude(server__paused=True)
        return left.exclude(server__consent__lost_at__isnull=False).exists()

    def _time_is_left(self) -> bool:
        return time.monotonic() < self.deadline


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    return row[0] if row else timezone.now()
