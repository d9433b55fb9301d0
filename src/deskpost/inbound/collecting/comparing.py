"""What a server has under a mail's number, compared with what was stored: UIDs have moved under clients' feet."""

from dataclasses import dataclass

from deskpost.mime.parse import parse

ANOTHER_MAIL = (
    "Under this mail's number the server now has another mail, or a changed one: {difference}. It was left alone. "
    "To do: look at the mailbox; Deskpost holds the mail that it fetched."
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a mail that waits to be acknowledged."""

    uid: str
    size: int  # bytes that came
    listed_size: int | None  # as the server's own command for sizes told it then
    message_id: str | None
    copied: bool


def difference_to(mail: Stored, size: int, header: bytes | None) -> str:
    """Compare what the server has now with what was stored, and say in words what differs; nothing when alike.

    Sizes are compared like with like: Exchange only estimates what it lists, then as now. The bytes that came are
    asked only where nothing else tells mails apart. `header` is None where a POP server has no TOP.
    """
    found = parse(header.rstrip() + b"\r\n\r\n").message_id if header is not None else mail.message_id
    if found != mail.message_id:
        return f"its Message-ID is {_named(found)} and was {_named(mail.message_id)}"
    known = mail.listed_size
    if known is None and (header is None or found is None):
        known = mail.size
    if known is not None and size != known:
        return f"its size is {size} bytes and was {known}"
    return ""


def _named(message_id: str | None) -> str:
    return message_id[:200] if message_id else "none"
