"""Signed reply tokens: a short text in our Message-IDs, and in some bodies, that names one outgoing mail.

It cannot be forged.

`dp-<row>-<tag>`: the row of the outbox in base32, then 128 bits of an HMAC-SHA256 over it in 26 base32
characters (RFC 4648 section 6, lower case, no padding). 43 characters at most, so that it fits a local part.
"""

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from deskpost import secret_field

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_TAG_BYTES = 16
_LARGEST = 2**63 - 1
_MOST_CANDIDATES = 100  # of one text: nobody quotes more of our mails, and forged ones must not cost time
_TOKEN = re.compile(r"dp-([a-z2-7]{1,13})-([a-z2-7]{26})(?![a-z2-7])", re.IGNORECASE | re.ASCII)

MARK = "Ref: "  # before a token in a body
_MARKED = re.compile(rf"(?:{MARK})?{_TOKEN.pattern}", _TOKEN.flags)


class Tokens:
    """Makes tokens with the newest key, and verifies those of any key."""

    __slots__ = ("_keys",)

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """Take the installation's keys, newest first; what signs is derived from them."""
        self._keys = tuple(hmac.digest(key, b"deskpost reply token", "sha256") for key in keys)

    def token(self, mail_id: int) -> str:
        """Give the token of a row of the outbox."""
        return f"dp-{_number_in_base32(mail_id)}-{_tag(self._keys[0], mail_id)}"

    def message_id(self, mail_id: int, domain: str) -> str:
        """Give the Message-ID of a row of the outbox, with its angle brackets."""
        return f"<dp-{_number_in_base32(mail_id)}-{_tag(self._keys[0], mail_id)}@{domain}>"

    def verify(self, token: str) -> int | None:
        """Give the row that a token names, None when nobody with our keys made it. Letter case is ignored."""
        parts = _TOKEN.fullmatch(token)
        return self._verified(parts[1].lower(), parts[2].lower()) if parts else None

    def find(self, text: str) -> tuple[int, ...]:
        """Give the rows named by true tokens anywhere in a text, in their order, each once."""
        if "p-" not in text and "P-" not in text:
            return ()  # nearly every text, in a third of the time
        found: dict[int, None] = {}
        seen: set[tuple[str, str]] = set()
        for match in _TOKEN.finditer(text):
            candidate = (match[1].lower(), match[2].lower())
            if candidate in seen:
                continue
            if len(seen) >= _MOST_CANDIDATES:
                break
            seen.add(candidate)
            mail_id = self._verified(*candidate)
            if mail_id is not None:
                found[mail_id] = None
        return tuple(found)

    def _verified(self, number: str, tag: str) -> int | None:
        mail_id = 0
        for digit in number:
            mail_id = mail_id * 32 + _VALUES[digit]
        if mail_id > _LARGEST or _number_in_base32(mail_id) != number:
            return None
        for key in self._keys:
            if hmac.compare_digest(_tag(key, mail_id), tag):
                return mail_id
        return None


def without_tokens(text: str) -> str:
    """Give a text that names no mail of ours: whoever knows the token of a mail counts as one who got it."""
    return _MARKED.sub("", text) if "p-" in text or "P-" in text else text


@dataclass(frozen=True, slots=True)
class Parted:
    """A text around the first token in it, of which only how it begins and ends is told; empty: there is none."""

    before: str
    token: str = ""
    behind: str = ""


def parted(text: str) -> Parted:
    """Part a text at its first token, so that a page shows where one stands and nobody can use it."""
    found = _TOKEN.search(text)
    if found is None:
        return Parted(text)
    return Parted(text[: found.start()], f"dp-{found[1]}-{found[2][:4]}…{found[2][-2:]}", text[found.end() :])


@lru_cache(maxsize=1)
def tokens() -> Tokens:
    """Give the tokens of this installation, made with the keys of its data folder."""
    return Tokens(secret_field.keys())


def _tag(key: bytes, mail_id: int) -> str:
    digest = hmac.digest(key, mail_id.to_bytes(8, "big"), "sha256")
    bits = int.from_bytes(digest[:_TAG_BYTES], "big") << 2  # 130 bits, as base32 pads them
    return "".join([_PAIRS[bits >> place & 1023] for place in range(120, -1, -10)])


def _number_in_base32(number: int) -> str:
    digits = []
    while True:
        number, rest = divmod(number, 32)
        digits.append(_DIGITS[rest])
        if not number:
            return "".join(reversed(digits))
