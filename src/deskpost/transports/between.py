"""Answers of a proxy or web filter in place of the server's: they say nothing of tokens, rights or mails."""

import html
import re
from collections.abc import Callable

from deskpost.transports import http_words, words
from deskpost.transports.errors import AnsweredBetween
from deskpost.transports.http import Answer

_TITLE = re.compile(rb"<title[^>]*>(.{1,1000}?)</title", re.IGNORECASE | re.DOTALL)
_BEGINS_A_PAGE = re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SEARCHED = 16_384  # bytes in which a page has its title


def is_page(answer: Answer) -> bool:
    """Tell whether an answer is a web page."""
    if "html" in answer.headers.get("content-type", "").lower():
        return True
    return _BEGINS_A_PAGE.match(answer.body[:256]) is not None


def answered(answer: Answer, readable: Callable[[str], str]) -> AnsweredBetween:
    """Give the error of an answer that is not the server's own. `readable` takes secrets out of what it says."""
    titled = _TITLE.search(answer.body[:_SEARCHED]) if is_page(answer) else None
    title = " ".join(html.unescape(titled[1].decode("utf-8", "replace")).split()) if titled else ""
    told = words.readable(readable(title).replace('"', "'").encode("utf-8", "replace"))
    sentence = http_words.answered_between(answer.place, answer.status, is_page(answer), told)
    return AnsweredBetween(sentence, answer=f"{answer.status} {told}".strip())
