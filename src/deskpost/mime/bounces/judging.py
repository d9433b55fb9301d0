"""What is known of one recipient, put together: codes, words, reason."""

import re
from dataclasses import replace

from deskpost.mime import charset, words
from deskpost.mime.bounces import reasons, replies
from deskpost.mime.bounces.report import HARD, SAID, Kind, Reason, Recipient

_READ = 2_000  # characters about one recipient
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_SEPARATORS = re.compile(r"^[ \t]*[-=_*#|]{3,}[^\n]*$", re.MULTILINE)
_NAMED = re.compile(r"<([^<>\s]{3,320})>")
_GLANCE = 80
_EACH = 400  # what one costs beside its characters
_PARAGRAPHS = 12
_COMMENT = re.compile(r"[\d.\s]*\(([^()]{3,300})\)")
_UNTOLD = ("", "2.0.0", "4.0.0", "5.0.0")


class Judge:
    """Judges the recipients of one mail of `size` bytes; how many characters are weighed is bounded.

    A reply that names one of `senders`, who wrote the mail that is reported about, is about its sender.
    """

    def __init__(self, size: int, senders: frozenset[str]) -> None:
        self._senders = senders
        self._left = 40_000 + size // 10  # characters; each takes up to half a microsecond
        self._known: dict[tuple[Kind, str, str, str], Recipient] = {}

    def recipient(
        self, address: str, kind: Kind, status_field: str, diagnostic: str, about: str, beside: str = ""
    ) -> Recipient:
        """Judge one; `diagnostic` is what the report's fields quote, `about` what its text says of this recipient.

        `beside` is what else the text says, and counts where those tell nothing.
        """
        asked = (kind, status_field[:_READ], diagnostic[:_READ], about[:_READ])
        known = self._known.get(asked)
        if known is None:
            most = _READ if self._left > 0 else _GLANCE
            self._left -= _EACH + len(diagnostic[:_READ]) + len(about[:_READ])
            told = (diagnostic[:most], about[:most], beside[:most])
            known = self._known[asked] = self._judged(address, kind, status_field[:most], *told)
        return known if known.address == address else replace(known, address=address)

    def _judged(
        self, address: str, kind: Kind, status_field: str, diagnostic: str, about: str, beside: str
    ) -> Recipient:
        source = diagnostic
        reply = replies.find(diagnostic)
        if reply is None and about:
            reply = replies.find(about)
            source = about if reply or not diagnostic.strip() else diagnostic
        comment = _COMMENT.match(status_field)
        remark = comment[1] if comment else ""
        said = _line(source[reply.start :] if reply else _telling(source)) or _line(remark)
        status = _status(replies.status_of_field(status_field), reply, said)
        code = reply.code if reply else ""
        if kind == "delivered":
            return Recipient(address, kind, status, code, "delivered", False, said)
        if kind == "complaint":
            return Recipient(address, kind, status, code, "feedback", None, said)
        command = replies.command_in(f"{diagnostic}\n{about}") or self._of_sender(said, address)
        reason: Reason = "undefined"
        if self._left > 0:
            reason = _reason((said, f"{remark}\n{diagnostic}\n{about}", beside), status, code, command)
        if reason == "undefined":
            reason = reasons.by_codes(status, code, command, kind)
        temporary = (code or status)[:1] == "4"
        hard = reason in HARD and not (reason == "hostunknown" and temporary)  # a name server may be away
        return Recipient(address, kind, status, code, reason, hard, said)

    def _of_sender(self, said: str, address: str) -> str:
        named = _NAMED.search(said)
        is_sender = named and named[1].lower() in self._senders and named[1].lower() != address.lower()
        return "mail" if is_sender else ""


def _telling(text: str) -> str:
    """Give the first of the text's paragraphs that tells a reason, all of it where none does."""
    paragraphs = _PARAGRAPH.split(text, maxsplit=_PARAGRAPHS)
    if len(paragraphs) > 1:
        for paragraph in paragraphs:
            if reasons.of_words(paragraph, "", "", temporary=False) != "undefined":
                return paragraph
    return text


def _reason(texts: tuple[str, ...], status: str, code: str, command: str) -> Reason:
    """Give the reason that the first telling text tells."""
    for text in texts:
        reason = reasons.of_words(text, status, command, temporary=(code or status)[:1] == "4")
        if reason != "undefined":
            return reason
    return "undefined"


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
