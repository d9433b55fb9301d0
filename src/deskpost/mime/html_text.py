"""The text of an HTML mail, as a person reads it: blocks on lines of their own, no markup."""

import re
from html.entities import html5

from deskpost.mime.bounds import Bounds

# While the text is made, control signs stand for what is decided later (they have no meaning in HTML).
_LINE, _PARAGRAPH, _BREAK, _BLANK = "\x01", "\x02", "\x03", "\x04"
_WITHOUT_SIGNS = {1: None, 2: None, 3: None, 4: None}

_UNSEEN = re.compile(
    r"<!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->)?"
    r"|<(style|script|title|template)\b[^<]*+(?:<(?!/\1\b)[^<]*+)*+(?:</\1\b[^<>]*+>?)?",
    re.IGNORECASE,
)
_PREFORMATTED = re.compile(r"(<pre\b[^<]*+(?:<(?!/pre\b)[^<]*+)*+)", re.IGNORECASE)
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*+|[!?/])[^<>]*+>")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?")
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


def text_of(html: str, bounds: Bounds) -> str:
    """Give the text of HTML; time is linear, and what is too dense in tags to be a letter is cut off."""
    text = html.translate(_WITHOUT_SIGNS) if _has_signs(html) else html
    if "<!--" in text or "<" in text:
        text = _UNSEEN.sub("", text)
    text = text.replace("&nbsp;", _BLANK).replace("\xa0", _BLANK)
    if "<pre" in text or "<PRE" in text:
        text = "".join(_preformatted(piece) for piece in _PREFORMATTED.split(text, maxsplit=1_000))
    return _laid_out(_without_tags(" ".join(text.split()), bounds), bounds)


def _has_signs(html: str) -> bool:
    return any(sign in html for sign in (_LINE, _PARAGRAPH, _BREAK, _BLANK))


def _preformatted(piece: str) -> str:
    if piece[:4].lower() != "<pre":
        return piece
    tag, closing, content = piece.partition(">")
    return tag + closing + content.strip("\n").replace("\n", _BREAK).replace(" ", _BLANK)


def _without_tags(text: str, bounds: Bounds) -> str:
    pieces = _TAG.split(text, maxsplit=1_000 + len(text) // 12)
    if len(pieces) > 2 * (len(text) // 12) + 2_000:
        bounds.note("the HTML has more tags than are read; the rest of its text was left out")
        pieces[-1] = pieces[-1].partition("<")[0]
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
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    most = 1_000 + len(text) // 12
    text, count = _ENTITY.subn(_entity, text, count=most)
    if count == most:
        bounds.note("the HTML has more entities than are read; the rest was left as it is")
    return text


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return html5.get(name + ";") or html5.get(name) or found[0]
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if 0x80 <= number <= 0x9F:
        return bytes((number,)).decode("cp1252", "replace")
    if number == 0 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
        number = _UNDEFINED
    return chr(number)
