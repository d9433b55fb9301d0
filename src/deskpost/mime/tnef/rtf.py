"""The text of RTF, and the HTML or the plain text that Outlook hides in it ([MS-OXRTFEX])."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from deskpost.mime import charset
from deskpost.mime.tnef.code_pages import label_of
from deskpost.mime.tnef.rtf_words import CODE_PAGES, ENTITIES, SIGNS, UNSEEN

# The first two are what stands most often in an RTF that was made of HTML: a tag, and what only others read.
_TOKEN = re.compile(
    r"([^\\{}\r\n]++)|\{\\\*\\htmltag[0-9]* ?([^\\{}\r\n]++)\}|(\\htmlrtf(?![0-9a-zA-Z])[^{}]*?\\htmlrtf0 ?)"
    r"|\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]++",
    re.DOTALL,
)
_KIND = re.compile(r"\\from(html|text)\b|\\fromhtml1")
_KIND_WITHIN = 1_024
_IN_GROUP = re.compile(r"(?:[^{}\\]++|\\(?!bin[0-9])(?:.|\Z))*+", re.DOTALL)
_NUMBER = 5  # the group of a token
_DEEPEST = 500
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of an RTF: `html` where it was made of HTML, else None; `whole` is false when it was cut."""

    text: str
    html: str | None
    whole: bool
    tokens: int


class _Group(NamedTuple):
    """What holds until a group ends."""

    unseen: bool = False  # or what is there is no text
    tag: bool = False
    hidden: bool = False  # \htmlrtf: RTF for readers that do not know the HTML
    fallback: int = 1  # signs behind \u that stand for it
    label: str = ""


def read(data: bytes, most: int) -> Read:
    """Read at most `most` tokens. Never raises, whatever the bytes."""
    source = data.decode("latin-1")
    found = _KIND.search(source, 0, _KIND_WITHIN)
    reader = _Reader(html=found is not None and found[0].startswith("\\fromhtml"))
    position = tokens = 0
    while tokens < most and (token := _TOKEN.match(source, position)):
        reader.take(token)
        position = token.end()
        if token.lastindex == _NUMBER and token[_NUMBER - 1] == "bin":
            position += max(int(token[_NUMBER]), 0)  # bytes that are no RTF
        tokens += 1
        if reader.passes_over:
            reader.passes_over = False
            position, steps = _before_end_of_group(source, position, most - tokens)
            tokens += steps
    made = reader.made()
    whole = position >= len(source.rstrip("\\\0"))
    return Read("", made, whole, tokens) if reader.html else Read(made.strip("\n"), None, whole, tokens)


def _before_end_of_group(source: str, position: int, most: int) -> tuple[int, int]:
    """Go over what nobody reads, in few steps: give where the group ends, or binary bytes begin, and the steps."""
    depth = 0
    for steps in range(most):
        found = _IN_GROUP.match(source, position)
        position = found.end() if found else position
        sign = source[position : position + 1]
        if not sign or (sign in "}\\" and not depth):
            return position, steps
        depth += (sign == "{") - (sign == "}")
        position += 1
    return position, most


class _Reader:
    """Makes the tokens into a text, piece by piece."""

    def __init__(self, html: bool) -> None:
        self.html = html
        self.label = "windows-1252"  # of the whole text
        self.fonts: dict[int, str] = {}
        self.font = 0  # the one that the table of fonts is at
        self.in_fonts = 0  # how deep the table of fonts is
        self.group = _Group()
        self.outer: list[_Group] = []
        self.new = self.starred = False  # a group has just begun, and with \*
        self.passes_over = False  # a group has begun that holds nothing to be read
        self.skip = 0
        self.waiting: list[str] = []  # bytes of one code page, as latin-1
        self.waiting_label = ""
        self.pieces: list[str] = []

    def take(self, token: re.Match[str]) -> None:
        """Take the next token."""
        plain, tag, hidden, word, number, byte, sign, brace = token.groups()
        if plain is not None:
            self._bytes(plain)
        elif brace is not None:
            self._brace(brace)
        elif word is not None:
            self._word(word, int(number) if number else None)
        elif tag is not None:
            self._tag(tag)
        elif byte is not None:
            self._bytes(chr(int(byte, 16)))
        elif sign is not None:
            self._sign(sign)
        elif hidden is not None:
            self.group = self.group._replace(hidden=False)

    def made(self) -> str:
        """Give the text so far."""
        self._flush()
        text = "".join(self.pieces)
        if _SURROGATES.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return charset.without_nul(text)

    def _brace(self, brace: str) -> None:
        self.skip = 0
        self.starred = False
        self.new = brace == "{"
        if brace == "{":
            if len(self.outer) < _DEEPEST:
                self.outer.append(self.group)
        elif self.outer:
            if len(self.outer) <= self.in_fonts:
                self.in_fonts = 0
            self.group = self.outer.pop()

    def _tag(self, tag: str) -> None:
        """Take a whole group of one tag; in an RTF that was not made of HTML it is none."""
        if self.html and not self.group.unseen:
            group, self.group = self.group, self.group._replace(tag=True)
            self._bytes(tag)
            self.group = group

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self.starred = True
        elif sign in "\\{}":
            self._bytes(sign)
        elif sign in "\r\n":
            self._say("\n")
        elif sign in SIGNS:
            self._say((ENTITIES if self.html and not self.group.tag else SIGNS).get(sign, SIGNS[sign]))

    def _word(self, word: str, number: int | None) -> None:
        if self.new:
            self.new = False
            if word == "htmltag" and self.html:
                self.group = self.group._replace(tag=True)
                return
            if word == "fonttbl":
                self.in_fonts = len(self.outer)
            if word == "fonttbl" or word in UNSEEN or self.starred:
                self.group = self.group._replace(unseen=True)
                self.passes_over = word != "fonttbl" and word != "bin"
        if word in SIGNS:
            self._say("\r\n" if self.html and SIGNS[word] == "\n" else SIGNS[word])
        elif word == "u" and number is not None:
            self._say(chr(number % 65_536))
            self.skip = self.group.fallback
        elif word in _ACTS:
            _ACTS[word](self, number)

    def _bytes(self, text: str) -> None:
        """Take bytes of the code page that holds here; some may only stand for a sign that was already said."""
        if self.skip:
            cut = min(self.skip, len(text))
            self.skip -= cut
            text = text[cut:]
        self.new = False
        group = self.group
        if not text or group.unseen or (group.hidden and not group.tag):
            return
        label = self.label if group.tag else group.label or self.label
        if label != self.waiting_label:
            self._flush()
            self.waiting_label = label
        self.waiting.append(text)

    def _say(self, text: str) -> None:
        self.new = False
        group = self.group
        if group.unseen or (group.hidden and not group.tag):
            return
        self._flush()
        self.pieces.append(text)

    def _flush(self) -> None:
        if self.waiting:
            text = "".join(self.waiting)
            if not text.isascii():
                text = charset.decode(text.encode("latin-1", "replace"), self.waiting_label)[0]
            self.pieces.append(text)
            self.waiting.clear()

    def _code_page(self, number: int | None) -> None:
        self.label = label_of(number or 1252)

    def _font(self, number: int | None) -> None:
        if self.in_fonts:
            self.font = number or 0
        elif self.fonts:
            self.group = self.group._replace(label=self.fonts.get(number or 0, ""))

    def _font_charset(self, number: int | None) -> None:
        if number in CODE_PAGES and len(self.fonts) < _DEEPEST:
            self.fonts[self.font] = label_of(CODE_PAGES[number])

    def _fallback(self, number: int | None) -> None:
        self.group = self.group._replace(fallback=min(max(number or 0, 0), 10))

    def _hide(self, number: int | None) -> None:
        self.group = self.group._replace(hidden=number != 0)

    def _plain(self, number: int | None) -> None:
        if self.group.label:
            self.group = self.group._replace(label="")


_ACTS = {
    "ansicpg": _Reader._code_page,
    "f": _Reader._font,
    "fcharset": _Reader._font_charset,
    "htmlrtf": _Reader._hide,
    "plain": _Reader._plain,
    "uc": _Reader._fallback,
}
