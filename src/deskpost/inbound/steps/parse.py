"""Step 1: read the mail. Any bytes can be read; only one that was too large to fetch ends here."""

import hashlib

from deskpost.desk.deflated import deflate
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.view import DeskView
from deskpost.mime import clean_html
from deskpost.mime.content import content_key
from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from deskpost.outbound.tokens import without_tokens


def read(case: Case, desk: DeskView | None = None) -> Outcome | None:
    """Turn the bytes into a message, and find what tells it from others. It asks the desk nothing."""
    case.message = message = parse(case.raw)
    case.content_key = content_key(message)
    case.text = without_tokens(message.text)
    case.html = deflate(_safe_html(message, message.html)) if message.html else None
    sender = message.from_[0].address.lower() if message.from_ else ""
    subject = message.subject.lower().removeprefix("re:").strip()
    case.loop_key = hashlib.sha256(f"{sender}\0{subject}".encode()).digest()[:16]
    case.written_at = min(message.date or case.received_at, case.received_at)
    if case.refusal:
        return Ends(
            "error",
            f"The server has this mail and would not give it: {case.refusal}. It is still there. "
            "To do: look at the mail in its mailbox.",
        )
    if case.truncated:
        return Ends(
            "error",
            f"The mail has {_megabytes(case.size)} and this mailbox takes {case.mailbox.max_size_mb} MB at most. "
            "Only its header was taken; the mail is still where it came from. "
            "To do: read it there, or ask its sender for a smaller one.",
            by=case.mailbox.settings.get("max_size_mb"),
        )
    files = len(message.attachments)
    found = f"{_kilobytes(case.size)}, {files} attachment{'' if files == 1 else 's'}"
    if message.defects:
        case.note(f"{found}; {'; '.join(message.defects[:3])}")
    else:
        case.found(found)
    return None


def _safe_html(message: Message, html: str) -> str:
    own = {file.content_id for file in message.attachments if file.inline and file.content_id}
    return clean_html.clean(without_tokens(html), own)


def _kilobytes(size: int) -> str:
    return f"{size} bytes" if size < 1000 else f"{size / 1000:.0f} kB"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
