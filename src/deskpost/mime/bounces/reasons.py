"""Why a mail was refused: by the words of the reply, by its enhanced status, by the command it answered.

The words come first, for servers choose them with more care than the codes: 5.7.1 stands for a blocked network, for
spam, for a sender unknown and for a recipient unknown alike. The codes are those of RFC 3463 and of IANA's registry of
enhanced status codes (RFC 5248).
"""

import re
from functools import lru_cache

from deskpost.mime.bounces.phrases import PHRASES, SURE
from deskpost.mime.bounces.report import Kind, Reason

_UNTOLD: Reason = "undefined"
_NAMES = re.compile(r"https?://\S{1,400}+|(?<![^\s<>@])[^\s<>@]{1,100}+@[^\s<>@]{1,255}+")
_GONE = ("unknown", "no such", "not exist", "n't exist", "not found", "invalid")
_BEFORE_RECIPIENT: dict[str, Reason] = {"connect": "blocked", "ehlo": "blocked", "mail": "rejected"}
_HOST_GONE = re.compile(r"(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8} (?:does not|doesn't) exist")
# Whose words come in every language: the page that they point to is the same in all.
_VENDORS: tuple[tuple[str, Reason], ...] = (("groups.google.com/support", "rejected"),)
_CONTINUED = re.compile(r"\n?(?<!\S)([245]\d\d)[ -](?:#?[245]\.\d{1,3}\.\d{1,3})?")
_BY_STATUS: dict[str, Reason] = {
    "1.0": "userunknown",
    "1.1": "userunknown",
    "1.2": "hostunknown",
    "1.3": "userunknown",
    "1.4": "userunknown",
    "1.6": "hasmoved",
    "1.7": "rejected",
    "1.8": "rejected",
    "1.10": "notaccept",
    "2.0": "filtered",
    "2.1": "suspend",
    "2.2": "mailboxfull",
    "2.3": "exceedlimit",
    "2.4": "filtered",
    "3.0": "systemerror",
    "3.1": "systemfull",
    "3.2": "notaccept",
    "3.3": "systemerror",
    "3.4": "mesgtoobig",
    "3.5": "systemerror",
    "4.0": "networkerror",
    "4.1": "expired",
    "4.2": "networkerror",
    "4.3": "systemerror",
    "4.4": "hostunknown",
    "4.5": "expired",
    "4.6": "networkerror",
    "4.7": "expired",
    "4.8": "networkerror",
    "5.0": "syntaxerror",
    "5.1": "syntaxerror",
    "5.2": "syntaxerror",
    "5.3": "toomanyconn",
    "5.4": "syntaxerror",
    "5.5": "syntaxerror",
    "7.0": "securityerror",
    "7.1": "securityerror",
    "7.2": "securityerror",
    "7.7": "contenterror",
    "7.8": "securityerror",
    "7.9": "securityerror",
    "7.10": "securityerror",
    "7.11": "securityerror",
    "7.13": "suspend",
    "7.17": "hasmoved",
    "7.18": "hasmoved",
    "7.20": "authfailure",
    "7.21": "authfailure",
    "7.22": "authfailure",
    "7.23": "authfailure",
    "7.24": "authfailure",
    "7.25": "requireptr",
    "7.26": "authfailure",
    "7.27": "rejected",
    "7.28": "ratelimited",
    "7.29": "authfailure",
    "7.509": "authfailure",
    "7.512": "notcompliantrfc",
    "7.515": "authfailure",
    "7.705": "ratelimited",
}
_SURE_STATUS = frozenset(
    ("1.6", "1.7", "1.8", "2.2", "2.3", "3.4", "7.20", "7.21", "7.22", "7.23", "7.25", "7.26", "7.509")
)
_BY_SUBJECT: dict[str, Reason] = {
    "3": "systemerror",
    "4": "networkerror",
    "5": "syntaxerror",
    "6": "contenterror",
    "7": "securityerror",
}
_BY_CODE: dict[str, Reason] = {
    "422": "mailboxfull",
    "452": "systemfull",
    "500": "syntaxerror",
    "501": "syntaxerror",
    "502": "syntaxerror",
    "503": "syntaxerror",
    "504": "syntaxerror",
    "521": "notaccept",
    "530": "securityerror",
    "535": "securityerror",
    "551": "hasmoved",
    "552": "mailboxfull",
    "556": "notaccept",
}


def of_words(text: str, status: str, command: str, temporary: bool) -> Reason:
    """Give the reason that the words of a reply tell, "undefined" where they tell none.

    `command` is the SMTP command that was refused ("rcpt", "mail", "data", "ehlo", "connect"), or "". A `temporary`
    reply (4xx) says of no address that it is gone unless in so many words.
    """
    detail = status[2:]
    if detail in _SURE_STATUS:
        return _BY_STATUS[detail]
    if detail[:2] == "6.":
        return "contenterror"
    plain = _plain(text)
    reason = _of_plain(plain, detail, command)
    if reason == "userunknown" and temporary and not any(word in plain for word in _GONE):
        return _UNTOLD
    if reason == _UNTOLD:
        return next((reason for mark, reason in _VENDORS if mark in text), _UNTOLD)
    return reason


@lru_cache(maxsize=512)
def _of_plain(text: str, detail: str, command: str) -> Reason:
    """Look the words up; the same server says the same of many addresses."""
    for reason, phrases in SURE:
        if any(phrase in text for phrase in phrases):
            return reason
    if "access denied" in text:
        if detail == "4.1":  # a recipient that Exchange Online's directory has not
            return "userunknown"
        if command in _BEFORE_RECIPIENT:
            return _BEFORE_RECIPIENT[command]
    for reason, phrases in PHRASES:
        if any(phrase in text for phrase in phrases):
            return _by_time(reason, detail, command)
    if _HOST_GONE.search(text):
        return _by_time("hostunknown", detail, command)
    return "securityerror" if detail[:2] == "7." and "access denied" in text else _UNTOLD


def by_codes(status: str, reply_code: str, command: str, kind: Kind) -> Reason:
    """Give the reason where no words tell it."""
    detail = status[2:]
    if detail not in ("", "0.0", "7.1", "7.0", "5.0", "1.0", "2.0", "3.0", "4.0") and detail in _BY_STATUS:
        return _BY_STATUS[detail]
    if command in _BEFORE_RECIPIENT and reply_code[:1] == "5":
        return _BEFORE_RECIPIENT[command]
    if kind == "delayed" and detail in ("1.0", "2.0"):
        return "expired"
    if detail in _BY_STATUS:
        return _BY_STATUS[detail]
    if detail[:1] in _BY_SUBJECT:
        return _BY_SUBJECT[detail[:1]]
    if reply_code in _BY_CODE:
        return _BY_CODE[reply_code]
    return "expired" if kind == "delayed" else _UNTOLD


def _by_time(reason: Reason, detail: str, command: str) -> Reason:
    """What is unknown at MAIL is the sender; who took the address and refused the mail applied a rule of his own."""
    if command == "mail" and reason in ("userunknown", "hostunknown"):
        return "rejected"
    if reason == "userunknown" and command == "data" and detail[:2] not in ("1.", "5."):
        return "filtered"
    return reason


def _plain(text: str) -> str:
    """Give the words alone: addresses, links and the codes at the start of continued lines are none."""
    return " ".join(_NAMES.sub(" ", _CONTINUED.sub(" ", text.lower())).split())
