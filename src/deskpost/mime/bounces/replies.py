"""SMTP replies and enhanced status codes in any text (RFC 5321 section 4.2, RFC 3463)."""

import re
from typing import NamedTuple

_CODE = r"([245][0-5]\d)"
_ENHANCED = r"([245]\.[0-7]\.\d{1,3})(?!\.?\d)"
# The surest form first: each is looked for in the whole text before the next.
_REPLIES = (
    re.compile(
        rf"<{_CODE}[ -]#?{_ENHANCED}"
    ),  # what the next server said, quoted at the end of a relay's own words
    re.compile(rf"(?<![\w.]){_CODE}(?:[ -]\1)?[ -]\(?#?{_ENHANCED}"),
    re.compile(rf"^\W{{0,8}}{_CODE}(?![\w.])()"),
    re.compile(
        r"(?:\b(?:said|says|returned|reason|response|reply|replied|errors?|with|was|message|status|smtp)|code)"
        rf"[^\w\n]{{1,12}}{_CODE}(?=[\s:;,.\-)]|$)()",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:[>:(\[\"'][ \t]*|<<<[ \t]*|\n[ \t]*){_CODE}(?=[ \-]\S|\n)()"),
)
_DIGITS = re.compile(r"[245][0-5]\d")
_STATUS = re.compile(rf"(?<![\w.]){_ENHANCED}")
_STATUS_FIELD = re.compile(r"\s*+([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_COMMAND_CONTEXT = re.compile(
    r"(?:in reply to|response to|after|to our|like our|\[|>>>|for|command:?|sending)\s*+(?:the\s|end of\s|final\s)*+"
    r"(rcpt|mail|data|message|ehlo|helo|starttls|initial connection|connect|text command)",
    re.IGNORECASE,
)
_TRANSCRIPT = re.compile(  # the lines of a dialogue, as sendmail shows them
    r">>>[ \t]*(rcpt|mail|data|ehlo|helo|starttls)[^\n]{0,400}\n[ \t]*<<<[ \t]*[45]\d\d", re.IGNORECASE
)


class Reply(NamedTuple):
    """One reply: its code, its enhanced status ("" where it bears none), and where it begins in the text."""

    code: str
    status: str
    start: int


def find(text: str) -> Reply | None:
    """Give the reply that a text quotes; the surest where there are several."""
    if _DIGITS.search(text) is None:
        return None
    for pattern in _REPLIES:
        found = pattern.search(text)
        if found:
            return Reply(found[1], found[2], found.start(1))
    return None


def status_in(text: str) -> str:
    """Give the first enhanced status code of a text, or ""."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def status_of_field(value: str) -> str:
    """Give the code of a Status field (RFC 3464 section 2.3.4), or ""."""
    found = _STATUS_FIELD.match(value)
    return found[1] if found else ""


def command_in(text: str) -> str:
    """Give the SMTP command that a reply was for: "rcpt", "mail", "data", "ehlo", "connect", "starttls", or ""."""
    found = _TRANSCRIPT.search(text) or _COMMAND_CONTEXT.search(text)
    if found is None:
        return ""
    word = found[1].lower()
    if (
        word == "data" and "need rcpt" in text.lower()
    ):  # commands were sent together: the first reply is for RCPT
        return "rcpt"
    return _SAME.get(word, word)


_SAME = {
    "message": "data",
    "text command": "data",
    "helo": "ehlo",
    "initial connection": "connect",
}
