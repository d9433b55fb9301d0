"""What a mail is once it is understood: values that cross borders."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header: `name` decoded ("" where none is given), `address` as written.

    Blanks are removed from the address and its domain is in lower case; the local part keeps its letter case.
    """

    name: str
    address: str


WHOLE = "mail"
"""The `part` of an attachment that is the mail itself: an encrypted one is attached whole."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that a person would call a file; also inline images, forwarded mails and the parts of a report.

    `part` is what `parse.attachment_content` finds it by: its path in the tree of parts ("2", "2.1", "1" for a mail
    that is nothing but a file), "2/1" for the first file of a winmail.dat that is part 2 (see wrapped.py), or WHOLE.
    `size` and `sha256` are of the decoded bytes. `inline` is true when the HTML shows it (by its Content-ID),
    whatever its Content-Disposition says. `kind` is what the bytes hold for certain (file_kinds.KINDS), "" where
    they do not tell.
    """

    part: str
    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail. No string holds U+0000 or a lone surrogate; all are decoded, none is sanitised.

    `message_id`, `in_reply_to` and `references` are with their angle brackets. `date` is aware and in UTC.
    `text` is what a person reads, made from the HTML where there is only HTML. `html` is as sent
    (`clean_html.clean` makes it safe to show). `headers` are the top-level ones in their order, name as sent,
    value unfolded and decoded, bounded in number and length. `defects` says in words what was wrong.
    """

    message_id: str | None
    subject: str
    date: datetime | None
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    defects: tuple[str, ...]
    is_report: bool

    def header(self, name: str) -> str | None:
        """Give the value of the first header of this name, letter case ignored, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def headers_named(self, name: str) -> tuple[str, ...]:
        """Give the values of all headers of this name, in their order, letter case ignored."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
