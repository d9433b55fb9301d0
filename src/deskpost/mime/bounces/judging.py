"""What is known of one recipient, put together: codes, words, reason."""

import re

from deskpost.mime import charset, words
from deskpost.mime.bounces import reasons, replies
from deskpost.mime.bounces.report import HARD, SAID, Kind, Reason, Recipient

_READ = 2_000  # characters about one recipient
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_SEPARATORS = re.compile(r"^[ \t]*[-=_*#|]{3,}[^\n]*$", re.MULTILINE)
_NAMED = re.compile(r"<([^<>\s]{3,320})>")
_PARAGRAPHS = 12
_COMMENT = re.compile(r"[\d.\s]*\(([^()]{3,300})\)")
_UNTOLD = ("", "2.0.0", "4.0.0", "5.0.0")


class Judge:
    """Judges the recipients of one mail of `size` bytes; how many different replies are weighed is bounded.

    A reply that names one of `senders`, who wrote the mail that is reported about, is about its sender.
    """

    def __init__(self, size: int, senders: frozenset[str]) -> None:
        self._senders = senders
        self._left = 100 + size // 2_000
        self._known: dict[tuple[str, str, str, str], Reason] = {}

    def recipient(
        self, address: str, kind: Kind, status_field: str, diagnostic: str, about: str, beside: str = ""
    ) -> Recipient:
        """Judge one; `diagnostic` is what the report's fields quote, `about` what its text says of this recipient.

        `beside` is what else the text says, and counts where those tell nothing.
        """
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
        named = _NAMED.search(said)
        if (
            not command
            and named
            and named[1].lower() in self._senders
            and named[1].lower() != address.lower()
        ):
            command = "mail"
        wider = f"{comment[1] if comment else ''}\n{diagnostic}\n{about}"
        reason = self._reason(said, status, code, command)
        if reason == "undefined":
            reason = self._reason(wider, status, code, command)
        if reason == "undefined" and beside:
            reason = self._reason(beside[:_READ], status, code, command)
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
    """The code in the server's own reply counts before the field, which is of the relay that wrote the report."""
    if reply and reply.status and (reply.status not in _UNTOLD or not field):
        return reply.status
    if field in _UNTOLD:
        return replies.status_in(said) or field
    return field


def _line(text: str) -> str:
    """Give the first paragraph as one line that can be stored."""
    text = _SEPARATORS.sub("", text).lstrip(" \t\r\n>):;,.]*-=")
    paragraph = _PARAGRAPH.split(text, maxsplit=1)[0]
    return " ".join(words.printable(charset.without_nul(paragraph)).split())[:SAID].strip()
