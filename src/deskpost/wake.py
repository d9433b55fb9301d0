"""Wake-ups: one job for a thing that has work, never one for a mail. A lost one costs seconds: the tick repeats it."""

import logging

from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

log = logging.getLogger(__name__)


def fetching(mailbox_id: int) -> None:
    """Have this mailbox fetched once the present transaction commits."""
    _wake("deskpost.fetch", "fetch", f"fetch {mailbox_id}", mailbox_id=mailbox_id)


def processing(mailbox_id: int) -> None:
    """Have this mailbox's undecided mails processed once the present transaction commits."""
    _wake("deskpost.process", "process", f"process {mailbox_id}", mailbox_id=mailbox_id)


def sending(server_id: int) -> None:
    """Have this outgoing server's due mails sent once the present transaction commits."""
    _wake("deskpost.send", "send", f"send {server_id}", server_id=server_id)


def _wake(task: str, queue: str, lock: str, **arguments: int) -> None:
    def defer() -> None:
        try:
            if _waits(lock):
                return  # whoever takes that job sees this work too
            with transaction.atomic():
                app.configure_task(task, queue=queue, queueing_lock=lock).defer(**arguments)
        except AlreadyEnqueued:
            pass  # by somebody else, this moment
        except (ConnectorException, DatabaseError) as trouble:
            log.warning("A wake-up was lost, the tick repeats it: %s", trouble)

    transaction.on_commit(defer)


def _waits(lock: str) -> bool:
    """Tell whether such a job waits already.

    To try and be refused is an error in PostgreSQL's log and an exception here each time, and what an exception
    has passed through, such as a whole batch of mails, stays in memory until the garbage is collected.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [lock]
        )
        return cursor.fetchone() is not None
