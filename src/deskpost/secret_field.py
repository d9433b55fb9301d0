"""Secrets at rest: a text column that is encrypted with the keys of the data folder."""

import os
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from deskpost.data_folder import DataFolder

_UNREADABLE = (
    "A stored secret cannot be read with the keys of this data folder. "
    "To do: put back the keys file that belongs to this database, or enter the secret again."
)


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
        raise SecretUnreadable(_UNREADABLE) from refused


class Unreadable:
    """What a row holds in place of a secret that no key opens: its cipher, which goes back as it came."""

    def __init__(self, token: str) -> None:
        self.token = token


class _Secret(DeferredAttribute):
    """Raises SecretUnreadable when such a secret is asked for, and not when its row is read."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Unreadable):
            raise SecretUnreadable(_UNREADABLE)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SecretField(models.TextField):  # type: ignore[type-arg]
    """A text that lies encrypted in the database and is clear in memory. Empty stays empty.

    One that no key opens stops nothing but its own use: its row can be read, shown and given a new secret.
    """

    descriptor_class = _Secret

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | Unreadable | None:
        """Decrypt what the database holds."""
        try:
            return decrypt(value) if value else value
        except SecretUnreadable:
            return Unreadable(value or "")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Give what the row holds; one that cannot be read as it came."""
        held = model_instance.__dict__.get(self.attname)
        return held if isinstance(held, Unreadable) else super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way into the database."""
        if isinstance(value, Unreadable):
            return value.token
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if prepared else prepared


def readable(row: models.Model, column: str) -> str | None:
    """Give a row's secret in clear, empty when it has none; None when it cannot be read."""
    try:
        return getattr(row, column) or ""
    except SecretUnreadable:
        return None
