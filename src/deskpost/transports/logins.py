"""What a mail server is told to let Deskpost in: a password, or a bearer token."""

import base64
import re
from collections.abc import Iterator
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
        both = f"\0{self.username}\0{self.password}".encode("utf-8", "replace")
        for secret in (base64.b64encode(both), base64.b64encode(password), password):
            if len(secret) > 2:
                yield re.escape(secret)


@dataclass(frozen=True, slots=True)
class BearerLogin:
    """The mailbox to open, also a shared one, and the access token that opens it; the token shows in no repr."""

    username: str
    token: str = field(repr=False)

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
