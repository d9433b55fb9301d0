"""What is known of one recipient, put together: codes, words, reason."""

import re

from deskpost.mime import charset, words
from deskpost.mime.bounces import reasons, replies
from deskpost.mime.bounces.report import HARD, SAID, Kind, Reason, Recipient

_READ = 2_000  # characters about one recipient
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_PARAGRAPHS = 12
_COMMENT = re.compile(r"[\d.\s]*\(([^()]{3,300})\)")
_UNTOLD = ("", "2.0.0", "4.0.0", "5.0.0")


class Judge:
    """Judges the recipients of one mail of `size` bytes; how many different replies are weighed is bounded."""

    def __init__(self, size: int) -> None:
        self._left = 100 + size // 2_000
        self._known: dict[tuple[str, str, str, str], Reason] = {}

    def recipient(
        self, address: str, kind: Kind, status_field: str, diagnostic: str, about: str
    ) -> Recipient:
        """Judge one; `diagnostic` is what the report's fields quote, `about` what its text says of this recipient."""
        diagnostic, about = diagnostic[:_READ], about[:_READ]
        source = diagnostic
        reply = replies.find(diagnostic)
        if reply is None and about:
            reply = replies.find(about)
            source = about if reply or not diagnostic.strip() else diagnostic
        comment = _COMMENT.match(status_field)
        spoken = source[reply.start :] if reply else self._telling(source)
        said = _line(spoken) or (comment[1] if comment else "")
        status = _status(replies.status_of_field(status_field), reply, said)
        code = reply.code if reply else ""
        if kind == "delivered":
            return Recipient(address, kind, status, code, "delivered", False, said)
        command = replies.command_in(f"{diagnostic}\n{about}")
        wider = f"{comment[1] if comment else ''}\n{diagnostic}\n{about}"
        reason = self._reason(said, status, code, command)
        if reason == "undefined":
            reason = self._reason(wider, status, code, command)
        if reason == "undefined":
            reason = reasons.by_codes(status, code, command, kind)
        return Recipient(address, kind, status, code, reason, reason in HARD, said)

    def _telling(self, text: str) -> str:
        """Give the text from the first of its paragraphs that tells a reason, all of it where none does."""
        paragraphs = _PARAGRAPH.split(text, maxsplit=_PARAGRAPHS)
        if len(paragraphs) > 1:
            for paragraph in paragraphs:
                if self._reason(paragraph, "", "", "") != "undefined":
                    return paragraph
        return text

    def _reason(self, said: str, status: str, code: str, command: str) -> Reason:
        asked = (said, status, code, command)
        known = self._known.get(asked)
        if known is None:
            if self._left <= 0:
                return "undefined"
            self._left -= 1
            known = self._known[asked] = reasons.of_words(said, status, code, command)
        return known


def _status(field: str, reply: replies.Reply | None, said: str) -> str:
    """The field counts, unless it says nothing and the reply does, or the reply is one that a relay quotes."""
    quoted = reply.status if reply else ""
    if quoted and (field in _UNTOLD or quoted[0] == field[0] == "4" or field[1:] == quoted[1:]):
        return quoted
    if field in _UNTOLD:
        found = replies.status_in(said)
        return found or field
    return field


def _line(text: str) -> str:
    """Give the first paragraph as one line that can be stored."""
    text = text.lstrip(" \t\r\n>):;,.]*-=")
    paragraph = _PARAGRAPH.split(text, maxsplit=1)[0]
    return " ".join(words.printable(charset.without_nul(paragraph)).split())[:SAID].strip()
