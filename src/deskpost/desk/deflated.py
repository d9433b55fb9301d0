"""Long texts that are only ever shown: deflated in their column, by whoever writes them and not by PostgreSQL.

PostgreSQL's own compression takes twice the time and half as much room again, within the transaction that all wait for.
"""

import zlib
from typing import Any

from django.db import models

_FASTEST = 1  # the higher levels take up to three times as long and save a few per cent of a mail's HTML


def deflate(text: str) -> bytes:
    """Give a text as its column holds it: UTF-8, deflated (RFC 1950)."""
    return zlib.compress(text.encode(), _FASTEST)


def inflate(column: bytes) -> str:
    """Give the text that a column holds."""
    return zlib.decompress(column).decode()


class DeflatedField(models.TextField):  # type: ignore[type-arg]
    """A text that lies deflated in the database and is plain in memory. COPY takes what `deflate` gives."""

    def get_internal_type(self) -> str:
        """Say that the column holds bytes."""
        return "BinaryField"

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> str | None:
        """Inflate what the database holds."""
        return None if value is None else inflate(value)

    def get_prep_value(self, value: Any) -> Any:
        """Deflate on the way into the database."""
        prepared = super().get_prep_value(value)
        return deflate(prepared) if isinstance(prepared, str) else prepared
