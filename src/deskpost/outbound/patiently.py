"""Waiting for a database that went away: what was sent must be noted."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from deskpost.database_words import database_words

log = logging.getLogger(__name__)

_TRY_AGAIN = 0.25  # seconds between looks whether the database is back
_PATIENCE = 20.0  # seconds for which a database that went away is waited for, at least


class Patiently:
    """Does something with the database, again and again while it is away."""

    def __init__(self, server_name: str, gives_up: Callable[[], bool]) -> None:
        """It is waited for longer than 20 s as long as `gives_up()` is false."""
        self._server_name = server_name
        self._gives_up = gives_up

    def __call__(self, act: Callable[..., Any], *values: Any) -> Any:
        """Give what `act` gives. Raises what the database raises, once it is given up."""
        away = 0.0
        while True:
            try:
                return act(*values)
            except (OperationalError, InterfaceError) as trouble:
                now = time.monotonic()
                if not away:
                    away = now
                    kept = "%s What is sent by %s meanwhile is noted when the database is back."
                    log.warning(kept, database_words(trouble), self._server_name)
                if now - away > _PATIENCE and self._gives_up():
                    raise
                connection.close()
                time.sleep(_TRY_AGAIN)
