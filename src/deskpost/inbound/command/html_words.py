"""The text of an HTML mail for commands: what of it is new, can be seen, and is marked as no quote or signature."""

from deskpost.inbound.command.seen_html import seen
from deskpost.mime import clean_html
from deskpost.mime.bounds import Bounds
from deskpost.mime.html_text import text_of
from deskpost.mime.message import Message
from deskpost.mime.new_html import split_html
from deskpost.outbound.tokens import without_tokens

_ENOUGH = (
    200  # letters by which a text is known as made of the HTML, of which a bound may have cut more or less
)


def text_to_read(message: Message, shown: str) -> str:
    """Give the text in which commands stand: as it is shown, of a mail that has only HTML that of its new part."""
    html = message.html
    if html is None or not _is_made_of(message.text, html):
        return shown
    new = split_html(clean_html.clean(seen(html))).new
    return without_tokens(text_of(new, Bounds(len(new))))


def _is_made_of(text: str, html: str) -> bool:
    """Tell whether a mail has no text but that of its HTML; a part of blanks is none."""
    written, made = "".join(text.split()), "".join(text_of(html, Bounds(len(html))).split())
    return not written or written == made or (len(written) >= _ENOUGH and written[:_ENOUGH] == made[:_ENOUGH])
