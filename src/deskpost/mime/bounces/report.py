"""What a delivery report says: values that cross borders."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["failed", "delayed", "delivered", "complaint"]
"""What became of the mail; "delivered" also stands for relayed and expanded (RFC 3464 section 2.3.3)."""

Reason = Literal[
    "authfailure",
    "badreputation",
    "blocked",
    "contenterror",
    "delivered",
    "exceedlimit",
    "expired",
    "failedstarttls",
    "feedback",
    "filtered",
    "hasmoved",
    "hostunknown",
    "mailboxfull",
    "mailererror",
    "mesgtoobig",
    "networkerror",
    "norelaying",
    "notaccept",
    "notcompliantrfc",
    "onhold",
    "policyviolation",
    "ratelimited",
    "rejected",
    "requireptr",
    "securityerror",
    "spamdetected",
    "speeding",
    "suspend",
    "suppressed",
    "syntaxerror",
    "systemerror",
    "systemfull",
    "toomanyconn",
    "undefined",
    "userunknown",
    "virusdetected",
]
"""Why, in one word of a fixed set (the words are those of the corpus of reports in the tests)."""

HARD: frozenset[Reason] = frozenset(("hasmoved", "hostunknown", "notaccept", "userunknown"))
"""Reasons for which the address is dead for good: to send there again is of no use."""

SAID = 500
"""Characters of `Recipient.said` at most."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of the mail to one address.

    `address` is the one the mail was sent to where the report tells it (Original-Recipient), else the one where it
    ended, and "" where the report names none. `status` is the enhanced code ("5.1.1", RFC 3463) and `reply_code` the
    SMTP reply ("550", RFC 5321), each "" where none is stated. `hard` is true when the address is dead for good,
    None where that is no question (a complaint). `said` is what the server said, one line of `SAID` characters at most.
    """

    address: str
    kind: Kind
    status: str
    reply_code: str
    reason: Reason
    hard: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that a report is about, as far as the report carries it.

    `message_id` is with its angle brackets and None where it is not carried; `to` holds addresses, `subject` may be "".
    """

    message_id: str | None
    to: tuple[str, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report: its kind is the gravest of its recipients' kinds.

    `by_system`: a mail system sent it, by its envelope; a person may have sent any other. `by_daemon`: by its From.
    `by_form`: nothing but its sender and the mail that it returns shows that it is one, so that it is one only of a
    mail that somebody knows. `by_person`: a person seems to send it on, and a mail system may yet write so: it is one
    only of a mail that somebody knows by its Message-ID and by a recipient.
    """

    kind: Kind
    recipients: tuple[Recipient, ...]
    original: Original
    by_system: bool = True
    by_daemon: bool = True
    by_form: bool = False
    by_person: bool = False
