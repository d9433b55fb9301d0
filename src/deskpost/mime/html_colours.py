"""The colours of text in cleaned HTML, as far as people mark with them: black, white and grey are none."""

import re
from collections.abc import Sequence

_STYLE = re.compile(r' style="([^"]*)"')
_PROPERTY = re.compile(r"(?:^|[;\s])(background-color|color)\s*:\s*([^;]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r' color="([^"]*)"')
_ANY = re.compile(r"color(?:=\"|\s*:\s*)([^;\"<>]+)", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]|[0-9a-f]{2})?", re.IGNORECASE)
_NUMBERS = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+(\d*\.?\d*)%?)?\s*\)")
_SPREAD = 48  # between the strongest and the weakest of red, green and blue: below it is a grey
_GMAIL = (80, 0, 80)  # by which Gmail shows what was quoted before
_PLAIN_NAMES = """
    black white gray grey silver dimgray dimgrey darkgray darkgrey lightgray lightgrey gainsboro whitesmoke
    darkslategray darkslategrey slategray slategrey lightslategray lightslategrey snow ghostwhite ivory
    windowtext text canvastext window auto inherit initial unset revert currentcolor transparent none
"""
_PLAIN = frozenset(_PLAIN_NAMES.split())
_BLOCKS = frozenset(
    ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "section", "article", "header", "footer")
)


def colours_of(tag: str, attributes: str) -> tuple[str | None, str | None]:
    """Give the colour and the highlight that a tag gives its text; "" for plain, None where it says nothing.

    What lies behind a table or one of its cells is no highlight.
    """
    colour = marked = None
    if tag == "mark":
        marked = "mark"
    if tag == "font" and (found := _ATTRIBUTE.search(attributes)):
        colour = _named(found[1])
    if "color" in attributes and (style := _STYLE.search(attributes)):
        for name, value in _PROPERTY.findall(style[1]):
            if name.lower() == "color":
                colour = _named(value)
            elif tag not in _BLOCKS:
                marked = _named(value)
    return colour, marked


def has_colours(tokens: Sequence[str]) -> bool:
    """Say whether texts, tags and attributes in turn have any colour, so that it is worth while to look closely."""
    said = {attributes for attributes in tokens[2::3] if "color" in attributes}
    return "mark" in tokens[1::3] or any(map(_named, _ANY.findall("\n".join(said))))


def _named(value: str) -> str:
    """Give a colour as one way of writing it; "" for black, white, grey, and the one that was there."""
    value = value.strip().lower()
    if value in _PLAIN:
        return ""
    if found := _HEX.fullmatch(value):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    elif found := _NUMBERS.match(value):
        if found[4] is not None and float(found[4] or 0) == 0:
            return ""
        red, green, blue = (int(found[place]) for place in (1, 2, 3))
    else:
        return value
    if max(red, green, blue) - min(red, green, blue) < _SPREAD or (red, green, blue) == _GMAIL:
        return ""
    return f"{red},{green},{blue}"
