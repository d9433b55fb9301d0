"""Secrets at rest: a text column that is encrypted with the keys of the data folder."""

import os
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import models

from deskpost.data_folder import DataFolder


class SecretUnreadable(Exception):
    """A secret was encrypted with a key that this installation no longer has."""


@lru_cache(maxsize=1)
def keys() -> tuple[bytes, ...]:
    """Give the installation's Fernet keys, newest first, from the data folder or DESKPOST_KEYS."""
    return tuple(DataFolder(os.environ.get("DESKPOST_DATA")).keys())


def encrypt(clear: str) -> str:
    """Give the text encrypted with the newest key."""
    return MultiFernet([Fernet(key) for key in keys()]).encrypt(clear.encode()).decode()


def decrypt(token: str) -> str:
    """Give back an encrypted text. Raises SecretUnreadable when no key fits."""
    try:
        return MultiFernet([Fernet(key) for key in keys()]).decrypt(token.encode()).decode()
    except InvalidToken as refused:
        raise SecretUnreadable(
            "A stored secret cannot be read with the keys of this data folder. "
            "To do: put back the keys file that belongs to this database, or enter the secret again."
        ) from refused


class SecretField(models.TextField):  # type: ignore[type-arg]
    """A text that lies encrypted in the database and is clear in memory. Empty stays empty."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt what the database holds."""
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way into the database."""
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if prepared else prepared
