"""Secrets in what is said on a connection: where they stand, and every spelling in which a known one turns up."""

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote_plus
from xml.sax.saxutils import escape

HIDDEN = "(hidden)"
SHORTEST = 3  # signs: shorter ones are in every other word
_TELLING = 16  # so many signs tell a long secret from all else, also where it is cut off
_WHOLE = 6  # signs of a piece in base64 that are looked for

_MOST_LEARNT = 64  # by one recorder: a mail full of what looks like secrets costs no more
_NAMES = (  # in JSON; not "code", which is what Graph calls the kind of an error
    "access_token|refresh_token|id_token|client_secret|client_assertion|assertion|code_verifier|device_code"
    "|password|passwd|token|authtoken|secret|uploadUrl|api_key|clientState"
)
_PLACES = (
    # fields of HTTP that carry a login or a session, with their continuation lines
    re.compile(
        r"^((?:proxy-)?authorization|(?:set-)?cookie2?|x-[\w-]*(?:token|key|secret)|authentication-info)[ \t]*:"
        r"[ \t]*((?:basic|bearer|digest|negotiate|ntlm)\b)?[ \t]*(?P<value>[^\r\n]+(?:\r?\n[ \t][^\r\n]*)*)",
        re.IGNORECASE | re.MULTILINE,
    ),
    # JSON, cut off or not, also within a text of JSON
    re.compile(rf'\\?"({_NAMES})\\?"\s*:\s*\\?"(?P<value>(?:[^"\\]|\\[^"])+)', re.IGNORECASE),
    # forms and the queries of addresses
    re.compile(
        rf"(?:^|[?&\s;,\"'(])({_NAMES}|code|sig|state|nonce)=(?P<value>[^&\s\"'<>;]+)",
        re.IGNORECASE | re.MULTILINE,
    ),
    # a token by its scheme wherever it stands, as in what SASL says in clear
    re.compile(r"\b(bearer)[ \t]+(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE),
    # the commands of logins, should one be said outside of a login
    re.compile(
        r"^(?:[\w.]+ )?(AUTH(?:ENTICATE)? [\w-]+|LOGIN|PASS)[ \t]+(?P<value>[^\r\n]+)",
        re.IGNORECASE | re.MULTILINE,
    ),
    # the elements of SOAP and WS-Security
    re.compile(
        r"<((?:\w+:)?(?:Password|BinarySecret|BinarySecurityToken|Token))\b[^>]*>(?P<value>[^<]+)",
        re.IGNORECASE,
    ),
)
_LEARNT = (0, 1, 2, 3)  # of these places what stands there is a secret elsewhere too


class Secrets:
    """The secrets that are known, and those learnt on the way. Threads may share it."""

    def __init__(self, known: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, None] = {}
        self._learnt = 0
        self._pattern: re.Pattern[str] | None = None
        self.learn(known)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these as well from now on."""
        with self._lock:
            fresh = [one for one in secrets if len(one) >= SHORTEST and one not in self._known]
            if fresh:
                self._known.update(dict.fromkeys(fresh))
                self._pattern = _any_of(self._known)

    def learn_from(self, text: str) -> None:
        """Learn what stands in places of secrets: it may be repeated elsewhere."""
        values = (match["value"] for number in _LEARNT for match in _PLACES[number].finditer(text))
        for value in values:
            if self._learnt >= _MOST_LEARNT:
                return
            if len(value) >= _TELLING and value not in self._known:
                self._learnt += 1
                self.learn([value, unquote_plus(value)])

    def masked(self, text: str) -> str:
        """Give the text with every secret hidden."""
        # The known ones first: what ends a value at its place may be in the middle of a password.
        text = self._pattern.sub(HIDDEN, text) if self._pattern else text
        for place in _PLACES:
            text = place.sub(_without_value, text)
        return text


def _without_value(match: re.Match[str]) -> str:
    start, end = match.span("value")
    return match[0][: start - match.start()] + HIDDEN + match[0][end - match.start() :]


def _any_of(secrets: Iterable[str]) -> re.Pattern[str]:
    # The longest first: one may hold another.
    forms = sorted({form for one in secrets for form in _spellings(one)}, key=len, reverse=True)
    return re.compile("|".join(forms))


def _spellings(secret: str) -> Iterator[str]:
    """Yield patterns of a secret in clear and as forms, JSON, XML and base64 write it."""
    written = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), escape(secret)}
    written |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    written |= {
        escape(secret, {'"': "&quot;", "'": "&apos;"}),
        secret.replace("\\", "\\\\").replace('"', '\\"'),
    }
    for one in written:
        yield _pattern_of(one)
    for piece in _in_base64(secret.encode("utf-8", "replace")):
        yield _pattern_of(piece)
        yield _pattern_of(piece.replace("+", "-").replace("/", "_"))
        yield _pattern_of(quote(piece, safe=""))


def _pattern_of(written: str) -> str:
    """Give a pattern of it; of a long one its beginning and whatever goes on like it."""
    if len(written) > 2 * _TELLING and re.fullmatch(r"[\w.~+/=%-]+", written):
        return re.escape(written[:_TELLING]) + r"[\w.~+/=%-]*"
    return re.escape(written)


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what of it stands in base64, after any text before it: its bytes begin at one of three places."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret).decode("ascii").rstrip("=")
        first = (before * 8 + 5) // 6  # signs that hold something of what stands before
        last = len(encoded) - (
            1 if (before + len(secret)) % 3 else 0
        )  # the last sign holds some of what follows
        if last - first >= _WHOLE:
            yield encoded[first:last]
