"""Since when the database does not answer, as far as the pages of this process noticed."""

import logging
import threading
import time
from contextlib import suppress
from datetime import datetime
from typing import Literal

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

Trouble = Literal["gone", "full"]

_LOOK_EVERY = 1.0  # seconds
_GONE = (
    "08",
    "53",
    "57P",
)  # SQLSTATE: connection trouble, no room for another one, shutting down or starting
_FULL = "53100"
log = logging.getLogger(__name__)


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Tell whether an error means that the database is gone or its disk full; None for a fault of our own.

    A database that is gone cannot say so: then there is no SQLSTATE. PostgreSQL's manual, appendix A.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    state = getattr(error.__cause__, "sqlstate", None)
    if state == _FULL:
        return "full"
    return "gone" if state is None or state.startswith(_GONE) else None


class Outage:
    """The present outage, from the first page that could not be made until the database answers again."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._lock = threading.Lock()

    def noticed(self) -> datetime:
        """Note that the database does not answer; give since when that is known."""
        with self._lock:
            if self._since is None:
                self._since = timezone.now()
                threading.Thread(target=self._watch, name="outage", daemon=True).start()
            return self._since

    @property
    def present(self) -> bool:
        """Tell whether the database is away, as far as is known."""
        return self._since is not None

    def _watch(self) -> None:
        """Wait until the database answers, and end the outage."""
        while not _answers():
            time.sleep(_LOOK_EVERY)
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            log.warning(
                "The database answers again, %.0f s after the first page that missed it.", _age(since)
            )


outage = Outage()


def _age(since: datetime) -> float:
    return (timezone.now() - since).total_seconds()


def _answers() -> bool:
    with suppress(DatabaseError, InterfaceError), connection.wrap_database_errors:
        connection.get_new_connection(connection.get_connection_params()).close()
        return True
    return False
