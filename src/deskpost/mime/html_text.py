"""The text of an HTML mail, as a person reads it: blocks on lines of their own, no markup."""

import re
from html.entities import html5
from itertools import islice

from deskpost.mime.bounds import Bounds

# While the text is made, control signs stand for what is decided later (they have no meaning in HTML).
_SIGNS = _LINE, _PARAGRAPH, _BREAK, _BLANK, _AMPERSAND = "\x01", "\x02", "\x03", "\x04", "\x05"
_WITHOUT_SIGNS = dict.fromkeys(map(ord, _SIGNS))

# Letter case is spelt out, so that Python's engine can leap from one < to the next.
_UNSEEN = re.compile(
    r"<(?:!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->)?"
    r"|([sS][tT][yY][lL][eE]|[sS][cC][rR][iI][pP][tT]|[tT][iI][tT][lL][eE])\b"
    r"[^<]*+(?:<(?!/\1\b)[^<]*+)*+(?:</\1\b[^<>]*+>?)?)"
)
_UNSEEN_TAGS = ("<!--", "<style", "<script", "<title")
_PREFORMATTED = re.compile(r"(<[pP][rR][eE]\b[^<]*+(?:<(?!/[pP][rR][eE]\b)[^<]*+)*+)")
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*+|[!?/])[^<>]*+>")
_ENTITY = re.compile(r"(&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|[a-zA-Z][a-zA-Z0-9]{1,30});?)")
_LINES = re.compile(r"\x01[ \x01]*+")
_PARAGRAPHS = re.compile(r"\x02[ \x01\x02]*+")
_MANY_BREAKS = re.compile(r"\n{3,}+")

_BLOCKS = """
    address article aside body center dd details div dl dt fieldset footer form header html main nav section
    tr
"""
_APART = "blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul"
_SIGN_OF: dict[str, str] = {
    **{tag: _LINE for name in _BLOCKS.split() for tag in (name, "/" + name)},
    **{tag: _PARAGRAPH for name in _APART.split() for tag in (name, "/" + name)},
    "br": _BREAK,
    "li": _LINE + "- ",
    "/li": _LINE,
    "td": " ",
    "th": " ",
}
_UNDEFINED = 0xFFFD
_LONGEST = 4_000_000


def text_of(html: str, bounds: Bounds) -> str:
    """Give the text of HTML; time is linear.

    What is denser in tags or entities than any letter, and what comes after four million characters, is left
    out, with a defect.
    """
    text = _bounded(html, bounds)
    if any(sign in text for sign in _SIGNS):
        text = text.translate(_WITHOUT_SIGNS)
    lowered = text.lower()
    if any(tag in lowered for tag in _UNSEEN_TAGS):
        text = _UNSEEN.sub("", text)
    text = text.replace("&nbsp;", _BLANK).replace("\xa0", _BLANK)
    if "<pre" in lowered:
        most = min(1_000, 100 + len(text) // 64)
        text = "".join([_preformatted(piece) for piece in _PREFORMATTED.split(text, maxsplit=most)])
    return _laid_out(_without_tags(" ".join(text.split())), bounds)


def _bounded(html: str, bounds: Bounds) -> str:
    if len(html) > _LONGEST:
        bounds.cut("the HTML is longer than what is read for its text")
        html = html[:_LONGEST]
    most = 1_000 + len(html) // 12
    if html.count("<") > most:
        bounds.cut("the HTML has more tags than are read; the rest of its text was left out")
        html = "<".join(html.split("<", most)[:most])
    return html


def _preformatted(piece: str) -> str:
    if piece[:4].lower() != "<pre":
        return piece
    tag, closing, content = piece.partition(">")
    return tag + closing + content.strip("\n").replace("\n", _BREAK).replace(" ", _BLANK)


def _without_tags(text: str) -> str:
    pieces = _TAG.split(text)
    sign_of = _SIGN_OF
    pieces[1::2] = [sign_of.get(tag) or sign_of.get(tag.lower(), "") for tag in pieces[1::2]]
    return "".join(pieces)


def _laid_out(text: str, bounds: Bounds) -> str:
    """Turn the signs into line breaks: a block begins a line, a paragraph leaves one empty."""
    text = _PARAGRAPHS.sub(_PARAGRAPH, _LINES.sub(_LINE, text))
    text = text.replace(_LINE + _PARAGRAPH, _PARAGRAPH).replace(_BREAK + " ", _BREAK)
    text = text.replace(_BREAK + _LINE, _LINE).replace(_BREAK + _PARAGRAPH, _PARAGRAPH)
    text = text.replace(_LINE, "\n").replace(_BREAK, "\n").replace(_PARAGRAPH, "\n\n").replace(_BLANK, "\xa0")
    if "&" in text:
        text = _with_entities(text, bounds)
    text = text.replace(" \n", "\n").replace("\n ", "\n").replace("\xa0", " ").replace(" \n", "\n")
    return _MANY_BREAKS.sub("\n\n", text).strip()


def _with_entities(text: str, bounds: Bounds) -> str:
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", _AMPERSAND)
    most = 400 + min(len(text) // 8, 10_000 + len(text) // 32)
    pieces = _ENTITY.split(text, maxsplit=most)
    entities = pieces[1::2]
    different = dict.fromkeys(entities)  # a text has few
    letters = {entity: _letter(entity) for entity in islice(different, max(bounds.work, 0))}
    bounds.work -= len(letters)
    if len(entities) == most or len(letters) < len(different):
        bounds.cut("the HTML has more entities than are read; the rest was left as it is")
    pieces[1::2] = [letters.get(entity, entity) for entity in entities]
    return "".join(pieces).replace(_AMPERSAND, "&")


def _letter(entity: str) -> str:
    if entity[1] != "#":
        name = entity[1:].rstrip(";")
        return html5.get(name + ";") or html5.get(name) or entity
    digits = entity[2:].rstrip(";")
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    if 0xA0 <= number < 0xD800:  # nearly all
        return chr(number)
    if 0x80 <= number <= 0x9F:
        return bytes((number,)).decode("cp1252", "replace")
    if number == 0 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
        number = _UNDEFINED
    return chr(number)
