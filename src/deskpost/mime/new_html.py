"""The new part of an HTML mail, told from the quoted mail and the signature below it, by its structure and words."""

import re
from dataclasses import dataclass, field

from deskpost.mime.html_answers import is_answered
from deskpost.mime.new_text import Pieces
from deskpost.mime.quote_cut import UNSEEN, Kind, find_cut
from deskpost.mime.quote_lines import writer_of
from deskpost.mime.quote_signature import PICTURE, SIGNATURE_END

_FEW_TAGS = 1_000
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_CLOSING = re.compile(r"\s*+<(/[a-z][a-z0-9]*)>")
_BLOCK_NAMES = """
    address article center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header li main ol p section
    summary table tbody tfoot thead tr ul
"""
_BLOCK, _MARKED, _VOID, _CELL, _HIGHLIGHT = range(1, 6)
_APART = (_BLOCK, _MARKED)
_LOOKED_AT = (_MARKED, _HIGHLIGHT)
_KIND_OF = {
    **{tag: _BLOCK for name in _BLOCK_NAMES.split() for tag in (name, f"/{name}")},
    **dict.fromkeys(("blockquote", "/blockquote", "pre", "/pre"), _MARKED),
    **dict.fromkeys(("br", "hr", "img", "col", "wbr"), _VOID),
    **dict.fromkeys(("td", "th"), _CELL),
    "mark": _HIGHLIGHT,
}
_INDENTED = re.compile(r"border(?:-left)?:\s*+(?:none|0)|border-left-(?:style|width):\s*+(?:none|0)")
_SIGNATURE = re.compile(
    r' (?:class|id)="(?:gmail_signature|moz-signature|protonmail_signature_block[^"]*+|Signature'
    r'|ms-outlook-mobile-signature)"'
)
_HISTORY = ' id="divRplyFwdMsg"'
_CITED = ' type="cite"'
_ORIGINAL = "-----Original Message-----"
_LINE = "________________"


def split_html(html: str) -> Pieces:
    """Tell the new part of a mail's HTML, as `clean_html.clean` gives it, from the quoted mail and the signature.

    Both parts are whole HTML: what is open where they meet is closed in the one and opened again in the other. In
    doubt all is new, as with `new_text.split_text`; HTML with more tags than any letter has, too. Pure; never
    raises; time is linear.
    """
    whole = Pieces(html, "", Kind.NONE)
    if html.count("<") > _FEW_TAGS + len(html) // 16:
        return whole
    tokens = _TAG.split(html)
    seen = _Seen()
    if not seen.read(tokens):
        return whole
    cut = find_cut(seen.lines)
    if cut is None or is_answered(tokens, seen.lines, seen.ends, cut, seen.coloured):
        return whole
    last = next((line for line in range(cut.line - 1, -1, -1) if seen.ends[line] != _NOTHING), None)
    if last is None:
        return whole
    token = seen.ends[last]
    letters = seen.letters.get((token, last), len(tokens[token].rstrip()))
    writer = "" if cut.quote is None else writer_of(seen.lines, cut.quote)
    return _split(html, tokens, token, letters, cut.kind)._replace(writer=writer)


def _split(html: str, tokens: list[str], token: int, letters: int, kind: Kind) -> Pieces:
    """Split behind the last thing seen of the new part, and behind the tags that close there."""
    end = sum(map(len, tokens[:token])) + 2 * (token // 3) + letters  # a tag is written in two brackets
    still_open: list[tuple[str, str]] = []
    for tag, attributes in zip(tokens[1:token:3], tokens[2:token:3], strict=True):
        if tag[0] == "/":
            still_open.pop()
        elif _KIND_OF.get(tag) != _VOID:
            still_open.append((tag, attributes))
    while still_open and (closing := _CLOSING.match(html, end)) and closing[1] == f"/{still_open[-1][0]}":
        still_open.pop()
        end = closing.end()
    closed = "".join(f"</{tag}>" for tag, _ in reversed(still_open))
    opened = "".join(f"<{tag}{attributes}>" for tag, attributes in still_open)
    return Pieces(html[:end] + closed, opened + html[end:], kind)


_NOTHING = -1


@dataclass(slots=True)
class _Seen:
    """The lines that a reader sees, quoted ones with ">", and where in the HTML each of them ends.

    That is a text among the tokens, and for a line within a text how many of its letters.
    """

    lines: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    letters: dict[tuple[int, int], int] = field(default_factory=dict)
    coloured: bool = False  # there may be colours
    _words: list[str] = field(default_factory=list)
    _end: int = _NOTHING
    _open: list[str] = field(default_factory=list)  # how each open tag is closed
    _signatures: list[int] = field(default_factory=list)  # how deep they are
    _quoted: list[int] = field(default_factory=list)
    _preformatted: int = 0

    def read(self, tokens: list[str]) -> bool:
        """Read a document; False for one whose tags do not fit together."""
        words, still_open, kind_of = self._words, self._open, _KIND_OF.get
        if tokens[0] and not tokens[0].isspace():
            words.append(tokens[0])
            self._end = 0
        tags = zip(range(3, len(tokens), 3), tokens[1::3], tokens[2::3], tokens[3::3], strict=True)
        for token, tag, attributes, text in tags:
            kind = kind_of(tag)
            if tag == "br":
                self._line()
            elif kind == _VOID:
                self._void(tag, attributes, token)
            else:
                if kind in _APART:
                    self._paragraph()
                elif kind == _CELL:
                    words.append(" ")
                if tag[0] != "/":
                    still_open.append(f"/{tag}")
                    if attributes or kind in _LOOKED_AT:
                        self._opened(tag, attributes)
                elif not still_open or still_open.pop() != tag:
                    return False
                elif kind == _MARKED or self._signatures:
                    self._closed(tag)
            if not text:
                continue
            if self._preformatted:
                self._text(text, token)
            elif text != "&nbsp;" and not text.isspace():
                words.append(text)
                self._end = token
                if kind == _VOID:
                    self.letters.pop((token, len(self.lines)), None)
            elif words:
                words.append(" ")
        self._paragraph()
        return not still_open

    def _opened(self, tag: str, attributes: str) -> None:
        depth = len(self._open)
        if "color" in attributes or tag == "mark":
            self.coloured = True
        if tag == "blockquote" and (_CITED in attributes or not _INDENTED.search(attributes)):
            self._quoted.append(depth)
        elif tag == "pre":
            self._preformatted += 1
        if _HISTORY in attributes:
            self._say(_ORIGINAL)
        elif (tag == "div" or tag == "pre") and _SIGNATURE.search(attributes):
            self._signatures.append(depth)
            self._say("-- ")

    def _closed(self, tag: str) -> None:
        depth = len(self._open) + 1
        if self._quoted and self._quoted[-1] == depth:
            self._quoted.pop()
        if tag == "/pre":
            self._preformatted -= 1
        if self._signatures and self._signatures[-1] == depth:
            self._signatures.pop()
            self._say(SIGNATURE_END)

    def _void(self, tag: str, attributes: str, token: int) -> None:
        if tag == "hr":
            self._paragraph()
            self._say(_LINE)
        elif tag == "img":
            self._end = token
            self.letters[token, len(self.lines)] = 0
            if ' src="' in attributes:
                self._words.append(PICTURE)

    def _text(self, text: str, token: int) -> None:
        """Read a text whose line breaks count."""
        before = 0
        for line in text.split("\n"):
            if before:
                self._line()
            if line and not line.isspace():
                self._words.append(line)
                self._end = token
                self.letters[token, len(self.lines)] = before + len(line.rstrip())
            before += len(line) + 1

    def _line(self) -> None:
        """End a line: a blank one where nothing was seen, but never two."""
        pieces = self._words
        words = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        if "&" in words:
            words = (
                words.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            )
        if words != "-- ":
            words = " ".join(words.split()) if "\n" in words or "  " in words else words.strip()
            words = words if words.isascii() else words.strip(UNSEEN)
        if words or self._end >= 0 or (self.lines and self.lines[-1]):
            self.lines.append(f">{words}" if words and self._quoted else words)
            self.ends.append(self._end)
            self._end = _NOTHING

    def _paragraph(self) -> None:
        if self._words or self._end >= 0:
            self._line()
        if self.lines and self.lines[-1]:
            self.lines.append("")
            self.ends.append(_NOTHING)

    def _say(self, words: str) -> None:
        """Add a line that stands for what the structure says; nobody sees it."""
        self.lines.append(f">{words}" if self._quoted else words)
        self.ends.append(_NOTHING)
