"""DESKPOST_DATABASE_URL looked at before it is used: what is no address of a PostgreSQL is told in a sentence."""

import re
from urllib.parse import urlsplit

_SCHEMES = ("postgresql", "postgres")
_TO_DO = "To do: write postgresql://USER:PASSWORD@HOST/NAME, or leave it out to use the database of the data folder."


class DatabaseAddressUnusable(Exception):
    """The address names no PostgreSQL database. `words` says why and what to write, without any password."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def require_postgresql(url: str) -> None:
    """Check that this is the address of a PostgreSQL database. Raises DatabaseAddressUnusable."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):", url)
    if scheme is None or scheme[1].lower() not in _SCHEMES:
        begins = f"begins with {scheme[1]}:" if scheme else "is no such address"
        raise DatabaseAddressUnusable(
            f"DESKPOST_DATABASE_URL {begins}, and Deskpost works with PostgreSQL only. {_TO_DO}"
        )
    try:
        parts = urlsplit(url)
        named, _ = parts.path.strip("/"), parts.port
    except ValueError:
        raise DatabaseAddressUnusable(
            f"DESKPOST_DATABASE_URL cannot be read: its host or its port is not written as it must be. {_TO_DO}"
        ) from None
    if not named:
        raise DatabaseAddressUnusable(f"DESKPOST_DATABASE_URL names no database after the host. {_TO_DO}")
