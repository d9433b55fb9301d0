"""What is said to log in (SASL)."""

import base64
import re

from deskpost.transports.connection import Login

_UNWRITABLE = re.compile("[\0\r\n\ud800-\udfff]")


def plain(login: Login) -> bytes:
    """The one message of mechanism PLAIN, in base64. RFC 4616 section 2."""
    return base64.b64encode(f"\0{login.username}\0{login.password}".encode())


def writable(login: Login) -> bool:
    """False when no mail server can be told this user name or password (a line break or null byte in it)."""
    return _UNWRITABLE.search(login.username + login.password) is None
