"""The words of a mail: templates filled in, subjects with their delimiter, text that may leave."""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from string import Formatter

LONGEST_TEXT = 4_000  # characters of a customer's mail quoted in a notification
LONGEST_SUBJECT = 500  # characters
SHORTENED = "\n[...] The whole text is on the page of this record."

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
_LINK = re.compile(r"https?://[^\s<>&\"']{1,2000}")  # of escaped text, without what may follow a sentence
_REPLY_MARK = re.compile(r"(?:(?:re|fwd?|aw|wg|sv)\s*:\s*)+", re.IGNORECASE)


@lru_cache(maxsize=256)
def pieces(template: str) -> tuple[tuple[str, str], ...]:
    """Split a template into pairs of literal text and the placeholder that follows it ("" after the last)."""
    return tuple((literal, name or "") for literal, name, _, _ in Formatter().parse(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values in the places of a template; an unknown place stays empty. A value is never a template."""
    return "".join([literal + values.get(name, "") for literal, name in pieces(template)])


def one_line(text: str) -> str:
    """Give a text that may stand in a header: no line break, no control character, no lone surrogate."""
    if not text.isprintable():
        text = _CONTROLS.sub(" ", whole(text))
    return text.strip()


def whole(text: str) -> str:
    """Give a text that the database takes and mail carries: U+0000 gone, lone surrogates replaced."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def shortened(text: str) -> str:
    """Give a customer's text as a notification quotes it."""
    text = whole(text).strip()
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + SHORTENED


def with_delimiter(subject: str, delimiter: str) -> str:
    """Give a subject that carries a record's delimiter, once.

    Re: and its kin stay in front, as people's mail programs sort by them.
    """
    subject = one_line(subject)[:LONGEST_SUBJECT]
    if delimiter in subject:
        return subject
    mark = _REPLY_MARK.match(subject)
    start = mark.end() if mark else 0
    return f"{subject[:start].rstrip()} {delimiter} {subject[start:]}".strip()


def as_html(text: str) -> str:
    """Give a plain text as simple HTML: everything escaped, paragraphs, links that can be followed."""
    safe = _LINK.sub(_anchor, escape(text.replace("\r\n", "\n").strip()))
    paragraphs = [
        "<p>" + part.strip("\n").replace("\n", "<br>\n") + "</p>"
        for part in safe.split("\n\n")
        if part.strip()
    ]
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(paragraphs) + "\n</body></html>\n"


def _anchor(found: re.Match[str]) -> str:
    link = found[0].rstrip(".,:;!?)")
    return f'<a href="{link}">{link}</a>{found[0][len(link) :]}'
