"""A database that is just coming up, after a restart of the machine or of PostgreSQL itself, is waited for."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from deskpost.data_folder import DataFolder
from deskpost.postgres.places import address

PATIENCE = 8.0  # seconds; the database of a data folder is up again within 3
_AGAIN = 0.2
_PASSING = ("starting up", "shutting down", "in recovery mode", "not yet accepting connections", "57P0")
T = TypeVar("T")


def once_it_is_up(act: Callable[[], T]) -> T:
    """Do something with the database that may be done twice: again for 8 s while PostgreSQL says that it is coming up.

    The database of the data folder, which is restarted when it dies, is waited for whatever is wrong with it. Of
    another one that cannot be reached the trouble is told at once. Raises what `act` raises.
    """
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError) as trouble:
            if time.monotonic() > ends or not (_is_our_own() or _says_that_it_comes(trouble)):
                raise
            connection.close()
            time.sleep(_AGAIN)


def _is_our_own() -> bool:
    folder = DataFolder(os.environ.get("DESKPOST_DATA"))
    return os.environ.get("DESKPOST_DATABASE_URL") == address(folder)


def _says_that_it_comes(trouble: BaseException) -> bool:
    state = getattr(trouble.__cause__, "sqlstate", None) or ""
    return any(words in f"{state} {trouble}" for words in _PASSING)
