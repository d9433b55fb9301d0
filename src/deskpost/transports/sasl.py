"""What is said to log in (SASL)."""

import base64
import binascii
import re

from deskpost.transports.logins import Login

MOST_CHALLENGES = 8  # two are had at most; a server that goes on for ever is left

_UNWRITABLE = re.compile("[\0\r\n\ud800-\udfff]")
_WANTS_TLS = re.compile(
    r"\[PRIVACYREQUIRED\]|plain ?text auth\w* (?:is )?(?:disallowed|disabled|not allowed)"
    r"|(?:issue|use) (?:a )?ST(?:ART)?TLS",
    re.IGNORECASE,
)


class Exchange:
    """One exchange in which the client speaks first. RFC 4422 section 3.

    `first` is its message and `ending` the answer to all that the server asks after it, both in base64; "*"
    breaks off. `complaint` is what the server said in its last challenge after the first message.
    """

    def __init__(self, mechanism: str, first: bytes, ending: bytes = b"*") -> None:
        self.mechanism = mechanism
        self.first = first
        self.complaint = b""
        self._ending = ending
        self._begun = False

    def begin(self) -> bytes:
        """The first message, for a command that takes it along."""
        self._begun = True
        return self.first

    def reply(self, challenge: bytes) -> bytes:
        """What to answer to a challenge, which comes in base64."""
        if not self._begun:
            return self.begin()
        try:
            self.complaint = base64.b64decode(challenge)
        except binascii.Error:
            self.complaint = challenge
        return self._ending


def plain(login: Login) -> bytes:
    """The one message of mechanism PLAIN, in base64. RFC 4616 section 2."""
    return base64.b64encode(f"\0{login.username}\0{login.password}".encode())


def writable(login: Login) -> bool:
    """False when no mail server can be told this user name or password (a line break or null byte in it)."""
    return _UNWRITABLE.search(login.username + login.password) is None


def wants_tls(answer: str) -> bool:
    """True when these words of a server refuse a password because the connection is not secret."""
    return _WANTS_TLS.search(answer) is not None
