"""By which words a mail is found: those of its subject (s:), its sender (f:) and the ones it went to (t:)."""

import re
from collections.abc import Iterable

from deskpost.mime.message import Address, Message

MOST_RECIPIENTS = 20
MOST_WORDS = 40  # of a subject, and of a sender's name
LONGEST_WORD, LONGEST_ADDRESS = 60, 100  # characters; what is longer is found by its beginning
_WORD = re.compile(r"[^\W_]+")
_BESIDE_ADDRESSES = re.compile(r"[\s<>,;\"()]+")


def words_of(message: Message) -> list[str]:
    """Give the words that a mail is found by: of addresses the whole and the domain, of names each word."""
    found = {f"s:{word}": None for word in _words(message.subject[:500])}
    for author in message.from_[:1]:
        found.update((f"f:{word}", None) for word in (*_addresses([author]), *_words(author.name[:200])))
    to = (*message.to, *message.cc)[:MOST_RECIPIENTS]
    found.update((f"t:{word}", None) for word in _addresses(to))
    return list(found)


def query(field: str, written: str) -> str:
    """Give a tsquery for what somebody looks for in a field (s, f or t): each word is in it, or begins one.

    Empty when nothing is asked for.
    """
    asked = _words(written) if field == "s" else _asked_addresses(written)
    return " & ".join(f"{_quoted(f'{field}:{word}')}:*" for word in dict.fromkeys(asked))


def _words(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in _WORD.findall(text.casefold())[:MOST_WORDS]]


def _addresses(addresses: Iterable[Address]) -> Iterable[str]:
    for one in addresses:
        address = "".join(one.address.casefold().split())
        for part in (address, address.rpartition("@")[2]):
            if part:
                yield part[:LONGEST_ADDRESS]


def _asked_addresses(written: str) -> list[str]:
    asked: list[str] = []
    for part in _BESIDE_ADDRESSES.split(written.casefold()):
        if "@" in part or "." in part:
            asked.append(part.strip("@.")[:LONGEST_ADDRESS])
        else:
            asked.extend(_words(part))
    return [word for word in asked if word][:MOST_WORDS]


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
