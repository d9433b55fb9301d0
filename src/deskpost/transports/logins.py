"""What a mail server is told to let Deskpost in: a password, or a bearer token."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_TELLING = 16  # so many signs of a token tell it from all else; servers that quote a long line cut it off


@dataclass(frozen=True, slots=True)
class Login:
    """User name and password; the password shows in no repr."""

    username: str
    password: str = field(repr=False)

    def traces(self) -> Iterator[bytes]:
        """Yield regular expressions of what must be shown to nobody: the password in clear and in base64."""
        password = self.password.encode("utf-8", "replace")
        plain = f"\0{self.username}\0{self.password}".encode("utf-8", "replace")  # as SASL sends them
        basic = f"{self.username}:{self.password}".encode("utf-8", "replace")  # and as HTTP does
        for secret in (*map(base64.b64encode, (plain, basic, password)), password):
            if len(secret) > 2:
                yield re.escape(secret)


@dataclass(frozen=True, slots=True)
class BearerLogin:
    """The mailbox to open, also a shared one, and the access token that opens it; the token shows in no repr.

    `renew` fetches a login with a fresh token when the server refuses this one; None where nobody can. `on_its_own`:
    the token is the application's and no person's, so that a mailbox has to be named each time.
    """

    username: str
    token: str = field(repr=False)
    renew: "Callable[[], BearerLogin] | None" = field(default=None, repr=False, compare=False)
    on_its_own: bool = False

    def traces(self) -> Iterator[bytes]:
        """Yield regular expressions of what must be shown to nobody: the token, whole or cut off, also in base64."""
        token = self.token.encode("utf-8", "replace")
        user = self.username.encode("utf-8", "replace")
        messages = (b"user=%b\x01auth=Bearer %b", b"n,a=%b,\x01auth=Bearer %b")
        encoded = [base64.b64encode(message % (user, token)) for message in messages]
        for secret in (*encoded, base64.b64encode(token), token):
            if len(secret) > 2:
                yield re.escape(secret[:_TELLING]) + rb"[\w.~+/=-]*"


Credentials = Login | BearerLogin
