"""Header fields written: folded, encoded, and unable to become two fields (RFC 5322, RFC 2047, RFC 2231)."""

import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote

from deskpost.domain_names import in_ascii
from deskpost.mime.charset import without_nul
from deskpost.mime.message import Address
from deskpost.mime.words import printable

_LINE = 76
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_DOT_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"\x00-\x20\x7f]+")
_NOT_IN_DOMAIN = re.compile(r"[^A-Za-z0-9.\-_:\[\]\u0080-\U0010ffff]")
_IDENTIFIER = re.compile(r"[!-;=?-~]{1,900}")
_PLAIN_IN_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_WORD_START, _WORD_END = "=?utf-8?", "?="
_PAYLOAD = 50
_PARAMETER = 60


def field(name: str, pieces: Iterable[str]) -> str:
    """Give a header field of pieces that stay whole, with a blank between them, folded before 76 signs."""
    lines = [name + ":"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) <= _LINE or lines[-1] == name + ":":
            lines[-1] += " " + piece
        else:
            lines.append(" " + piece)
    return "\r\n".join(lines) + "\r\n"


def text_field(name: str, value: str) -> str:
    """Give an unstructured field, such as Subject."""
    return field(name, phrase(value))


def phrase(value: str) -> Iterator[str]:
    """Yield the words of a text, those encoded that ASCII does not have or that no line has room for."""
    run: list[str] = []
    for word in _clean(value).split():
        if not word.isascii() or "=?" in word or len(word) > _LINE - 10:
            run.append(word)
            continue
        if run:
            yield from encoded_words(" ".join(run))
            run = []
        yield word
    if run:
        yield from encoded_words(" ".join(run))


def encoded_words(text: str) -> Iterator[str]:
    """Yield encoded words of at most 75 signs, none of which cuts a letter in two."""
    data = text.encode()
    kind = "b" if sum(byte > 127 for byte in data) * 3 > len(data) else "q"
    payload: list[str] = []
    length = 0
    for letter in text:
        size = len(letter.encode()) * 4 // 3 + 1 if kind == "b" else len(_as_q(letter))
        if payload and length + size > _PAYLOAD:
            yield _word(kind, "".join(payload))
            payload, length = [], 0
        payload.append(letter)
        length += size
    yield _word(kind, "".join(payload))


def _word(kind: str, text: str) -> str:
    if kind == "b":
        payload = binascii.b2a_base64(text.encode(), newline=False).decode("ascii")
    else:
        payload = "".join(map(_as_q, text))
    return f"{_WORD_START}{kind}?{payload}{_WORD_END}"


def _as_q(letter: str) -> str:
    if letter in _PLAIN_IN_WORD:
        return letter
    return "_" if letter == " " else "".join(f"={byte:02X}" for byte in letter.encode())


def address_field(name: str, addresses: Iterable[Address]) -> str:
    """Give an address field: the same number of addresses, whatever their names and addresses hold."""
    pieces: list[str] = []
    for address in addresses:
        if pieces:
            pieces[-1] += ","
        pieces += [*_display_name(address.name), f"<{address_text(address.address)}>"]
    return field(name, pieces)


def nameless_field(name: str, display_name: str) -> str:
    """Give an address field of somebody whose address nobody knows: a group of nobody (RFC 6854)."""
    pieces = [*_display_name(display_name)] or ["unknown"]
    return field(name, [*pieces[:-1], pieces[-1] + ":;"])


@lru_cache(maxsize=2048)  # the same few addresses stand in mail after mail
def address_text(address: str) -> str:
    """Give an address as it stands in a header; the domain in ASCII (IDNA) where that is possible."""
    local, at, domain = _clean(address).strip().rpartition("@")
    if not at:
        local, domain = domain, ""
    if not all(_DOT_ATOM.fullmatch(atom) for atom in local.split(".")) or not local:
        if not (len(local) > 1 and local[0] == local[-1] == '"'):
            local = '"' + local + '"'
        inner = local[1:-1].replace("\\", "").replace('"', "")
        local = f'"{inner}"'
    return f"{local}@{_domain(domain)}" if at else local


def _domain(domain: str) -> str:
    return in_ascii(_NOT_IN_DOMAIN.sub("", domain))


def _display_name(name: str) -> Iterator[str]:
    """Yield the pieces of a display name: atoms, a quoted string, or encoded words."""
    name = " ".join(_clean(name).split())
    if not name:
        return
    if not name.isascii() or "=?" in name or len(name) > _LINE - 10:
        yield from encoded_words(name)
    elif all(map(_ATOM.fullmatch, name.split(" "))):
        yield from name.split(" ")
    else:
        yield '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def identifier(value: str) -> str | None:
    """Give a Message-ID or Content-ID without its angle brackets, or None for what is none."""
    plain = "".join(value.split()).strip("<>")
    return plain if _IDENTIFIER.fullmatch(plain) else None


def parameter(name: str, value: str) -> list[str]:
    """Give a parameter, without its semicolons: quoted where it is short ASCII, else by RFC 2231."""
    value = _clean(value)
    if value.isascii() and len(value) <= _PARAMETER:
        return [f'{name}="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"']
    pieces = [""]
    for letter in value:
        encoded = quote(letter, safe="")
        if len(pieces[-1]) + len(encoded) > _PARAMETER - 12:
            pieces.append("")
        pieces[-1] += encoded
    pieces[0] = "utf-8''" + pieces[0]
    if len(pieces) == 1:
        return [f"{name}*={pieces[0]}"]
    return [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces)]


def _clean(value: str) -> str:
    """Nothing that could end a line, and nothing that no mail may hold."""
    return printable(without_nul(value))
