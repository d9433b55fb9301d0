"""The text of RTF, and the HTML or the plain text that Outlook hides in it ([MS-OXRTFEX])."""

import re
from dataclasses import dataclass, replace

from deskpost.mime import charset
from deskpost.mime.tnef.code_pages import label_of
from deskpost.mime.tnef.rtf_words import CODE_PAGES, ENTITIES, SIGNS, UNSEEN

_TOKEN = re.compile(
    r"([^\\{}\r\n]++)|\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]++",
    re.DOTALL,
)
_KIND = re.compile(r"\\from(html|text)\b|\\fromhtml1")
_KIND_WITHIN = 1_024
_DEEPEST = 500
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of an RTF: `html` where it was made of HTML, else None; `whole` is false when it was cut."""

    text: str
    html: str | None
    whole: bool
    tokens: int


@dataclass(slots=True)
class _Group:
    """What holds until a group ends."""

    unseen: bool = False
    starred: bool = False  # it began with \*: what a reader does not know it passes over
    fonts: bool = False
    tag: bool = False
    hidden: bool = False  # \htmlrtf: RTF for readers that do not know the HTML
    fallback: int = 1  # signs behind \u that stand for it
    label: str = ""
    new: bool = True


def read(data: bytes, most: int) -> Read:
    """Read at most `most` tokens. Never raises, whatever the bytes."""
    source = data.decode("latin-1")
    found = _KIND.search(source, 0, _KIND_WITHIN)
    reader = _Reader(html=found is not None and found[0].startswith("\\fromhtml"))
    position = tokens = 0
    while tokens < most and (token := _TOKEN.match(source, position)):
        reader.take(token)
        position = token.end()
        tokens += 1
    made = reader.made()
    whole = position >= len(source.rstrip("\\\0"))
    return Read("", made, whole, tokens) if reader.html else Read(made.strip("\n"), None, whole, tokens)


class _Reader:
    """Makes the tokens into a text, piece by piece."""

    def __init__(self, html: bool) -> None:
        self.html = html
        self.label = "windows-1252"  # of the whole text
        self.fonts: dict[int, str] = {}
        self.font = 0  # the one that the table of fonts is at
        self.group = _Group()
        self.outer: list[_Group] = []
        self.skip = 0
        self.waiting: list[str] = []  # bytes of one code page, as latin-1
        self.waiting_label = ""
        self.pieces: list[str] = []

    def take(self, token: re.Match[str]) -> None:
        plain, word, number, byte, sign, brace = token.groups()
        if plain is not None:
            self._bytes(plain)
        elif brace is not None:
            self._brace(brace)
        elif word is not None:
            self._word(word, int(number) if number else None)
        elif byte is not None:
            self._bytes(chr(int(byte, 16)))
        elif sign is not None:
            self._sign(sign)

    def made(self) -> str:
        self._flush()
        text = "".join(self.pieces)
        if _SURROGATES.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return charset.without_nul(text)

    def _brace(self, brace: str) -> None:
        self.skip = 0
        if brace == "{":
            if len(self.outer) < _DEEPEST:
                self.outer.append(self.group)
                self.group = replace(self.group, starred=False, new=True)
        elif self.outer:
            self.group = self.outer.pop()

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self.group.starred = True
        elif sign in "\\{}":
            self._bytes(sign)
        elif sign in "\r\n":
            self._say("\n")
        elif sign in SIGNS:
            self._say((ENTITIES if self.html and not self.group.tag else SIGNS).get(sign, SIGNS[sign]))

    def _word(self, word: str, number: int | None) -> None:
        group = self.group
        if group.new:
            group.new = False
            if word == "htmltag":
                group.tag = True
                return
            if word == "fonttbl":
                group.fonts = True
            elif word in UNSEEN or (group.starred and word != "htmltag"):
                group.unseen = True
        if word in SIGNS:
            self._say("\r\n" if self.html and SIGNS[word] == "\n" else SIGNS[word])
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word in _ACTS:
            _ACTS[word](self, number)

    def _unicode(self, number: int) -> None:
        self._say(chr(number % 65_536))
        self.skip = self.group.fallback

    def _bytes(self, text: str) -> None:
        """Take bytes of the code page that holds here; some may only stand for a sign that was already said."""
        if self.skip:
            cut = min(self.skip, len(text))
            self.skip -= cut
            text = text[cut:]
        group = self.group
        group.new = False
        if not text or group.unseen or group.fonts or (group.hidden and not group.tag):
            return
        label = self.label if group.tag else group.label or self.label
        if label != self.waiting_label:
            self._flush()
            self.waiting_label = label
        self.waiting.append(text)

    def _say(self, text: str) -> None:
        group = self.group
        group.new = False
        if group.unseen or group.fonts or (group.hidden and not group.tag):
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
        if self.group.fonts:
            self.font = number or 0
        else:
            self.group.label = self.fonts.get(number or 0, "")

    def _font_charset(self, number: int | None) -> None:
        if number in CODE_PAGES and len(self.fonts) < _DEEPEST:
            self.fonts[self.font] = label_of(CODE_PAGES[number])

    def _fallback(self, number: int | None) -> None:
        self.group.fallback = min(max(number or 0, 0), 10)

    def _hide(self, number: int | None) -> None:
        self.group.hidden = number != 0

    def _plain(self, number: int | None) -> None:
        self.group.label = ""


_ACTS = {
    "ansicpg": _Reader._code_page,
    "f": _Reader._font,
    "fcharset": _Reader._font_charset,
    "htmlrtf": _Reader._hide,
    "plain": _Reader._plain,
    "uc": _Reader._fallback,
}
