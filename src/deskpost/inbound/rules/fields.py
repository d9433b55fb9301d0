"""What a criterion can look at: one entry each, with where a mail says it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deskpost.mime import addresses, html_text
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Address, Message

HEADER = "header"
_HEADER_NAME = re.compile(r"[!-9;-~]{1,100}")  # RFC 5322 section 2.2
_MOST_SENDERS = 20  # fields From that are looked at
_HTML = 500_000  # characters of an HTML whose text is looked at
_SCORES = (  # of SpamAssassin and Rspamd, as their own filters and the milters around them write them
    ("X-Spam-Score", re.compile(r"^\s*(?:score\s*=\s*)?([+-]?[0-9]+(?:\.[0-9]+)?)")),
    ("X-Spam-Status", re.compile(r"\b(?:score|hits)=\s*([+-]?[0-9]+(?:\.[0-9]+)?)")),
    ("X-Rspamd-Score", re.compile(r"^\s*(?:score\s*=\s*)?([+-]?[0-9]+(?:\.[0-9]+)?)")),
    ("X-Spamd-Result", re.compile(r"\[([+-]?[0-9]+(?:\.[0-9]+)?)\s*/")),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a mail beside what it says. `size`: bytes; `verdict` of authenticity: pass, fail or none."""

    size: int
    verdict: Callable[[], str] = lambda: "none"


@dataclass(frozen=True, slots=True)
class Field:
    """Something a criterion looks at. A text field reads texts, a number field numbers; a mail may have several."""

    label: str
    read: Callable[[Message, Facts], Iterable[str]] | Callable[[Message, Facts], Iterable[float]]
    number: bool = False
    domain: bool = False  # each spelling of a domain beyond ASCII counts as the same
    address: bool = False  # so does that of the domain in it


def _addresses(of: Callable[[Message], Iterable[Address]]) -> Callable[[Message, Facts], Iterable[str]]:
    return lambda message, _: [one.address for one in of(message)]


def _senders(message: Message) -> Iterable[Address]:
    """Give who stands in From; a mail may have several such fields, and programs show one or another."""
    fields = message.headers_named("From")
    if len(fields) < 2:
        return message.from_
    read = (addresses.read(value, Bounds(len(value))) for value in fields[:_MOST_SENDERS])
    return dict.fromkeys((*message.from_, *(one for several in read for one in several)))


def _domains(message: Message, _: Facts) -> Iterable[str]:
    return [one.address.rpartition("@")[2] for one in _senders(message) if "@" in one.address]


def _bodies(message: Message, _: Facts) -> Iterable[str]:
    """Give the text, and that of the HTML where it is another one: programs show the HTML."""
    if not message.html:
        return (message.text,)
    html = message.html[:_HTML]
    return dict.fromkeys((message.text, html_text.text_of(html, Bounds(len(html)))))


def _scores(message: Message, _: Facts) -> Iterable[float]:
    for name, pattern in _SCORES:
        for value in message.headers_named(name):
            found = pattern.search(value[:2000])
            if found:
                yield float(found[1])


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "sender_address": Field("Sender address", _addresses(_senders), address=True),
        "sender_domain": Field("Sender domain", _domains, domain=True),
        "sender_name": Field("Sender name", lambda message, _: [one.name for one in _senders(message)]),
        "to": Field("To", _addresses(lambda message: message.to), address=True),
        "cc": Field("Cc", _addresses(lambda message: message.cc), address=True),
        "subject": Field("Subject", lambda message, _: [message.subject]),
        "body": Field("Body", _bodies),
        HEADER: Field("Header", lambda message, _: ()),  # read by its name: field_of
        "attachment_name": Field("Attachment name", lambda message, _: [f.name for f in message.attachments]),
        "size": Field("Size", lambda _, facts: [float(facts.size)], number=True),
        "authenticity": Field("Authenticity verdict", lambda _, facts: [facts.verdict()]),
        "spam_score": Field("Spam score", _scores, number=True),
    }
)


def field_of(key: str) -> Field | None:
    """Give the field of a key; a header's is `header:NAME`. None where there is none."""
    name = header_of(key)
    if name is None:
        return FIELDS.get(key) if key != HEADER else None
    if not _HEADER_NAME.fullmatch(name):
        return None
    return Field(f"Header {name}", lambda message, _: message.headers_named(name))


def header_of(key: str) -> str | None:
    """Give the name of the header that a key is about, None where it is about none."""
    kind, colon, name = key.partition(":")
    return name if colon and kind == HEADER else None
