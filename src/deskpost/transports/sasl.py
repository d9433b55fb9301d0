"""What is said to log in (SASL)."""

import base64
import re

from deskpost.transports.connection import Login

_UNWRITABLE = re.compile("[\0\r\n\ud800-\udfff]")
_WANTS_TLS = re.compile(
    r"\[PRIVACYREQUIRED\]|plain ?text auth\w* (?:is )?(?:disallowed|disabled|not allowed)"
    r"|(?:issue|use) (?:a )?ST(?:ART)?TLS",
    re.IGNORECASE,
)


def plain(login: Login) -> bytes:
    """The one message of mechanism PLAIN, in base64. RFC 4616 section 2."""
    return base64.b64encode(f"\0{login.username}\0{login.password}".encode())


def writable(login: Login) -> bool:
    """False when no mail server can be told this user name or password (a line break or null byte in it)."""
    return _UNWRITABLE.search(login.username + login.password) is None


def wants_tls(answer: str) -> bool:
    """True when these words of a server refuse a password because the connection is not secret."""
    return _WANTS_TLS.search(answer) is not None
