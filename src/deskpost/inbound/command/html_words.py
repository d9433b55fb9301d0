"""The text of an HTML mail for commands: what of it is new, and nothing that is marked as a quote."""

import re

from deskpost.mime import clean_html
from deskpost.mime.bounds import Bounds
from deskpost.mime.html_text import text_of
from deskpost.mime.message import Message
from deskpost.mime.new_html import split_html
from deskpost.outbound.tokens import without_tokens

_QUOTE = re.compile(r"<(/?)blockquote\b[^<>]*>", re.IGNORECASE)


def text_to_read(message: Message, shown: str) -> str:
    """Give the text in which commands stand: as it is shown, of a mail that has only HTML that of its new part."""
    html = message.html
    if html is None or message.text != text_of(html, Bounds(len(html))):
        return shown
    new = _without_quotes(split_html(clean_html.clean(html)).new)
    return without_tokens(text_of(new, Bounds(len(new))))


def _without_quotes(html: str) -> str:
    """Give HTML, as `clean_html.clean` gives it, without its outermost quotes and all that is in them."""
    parts, at, depth = [], 0, 0
    for tag in _QUOTE.finditer(html):
        if tag[1]:
            depth = max(0, depth - 1)
            if not depth:
                at = tag.end()
        else:
            if not depth:
                parts.append(html[at : tag.start()])
            depth += 1
    if not depth:
        parts.append(html[at:])
    return "<br>".join(parts)
