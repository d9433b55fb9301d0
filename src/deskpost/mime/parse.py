"""A mail's bytes to a Message, for any bytes, in bounded time."""

import html as entities
import re
from datetime import datetime

from deskpost.mime import addresses, dates, encrypted, flowed, html_text, structure, words, wrapped
from deskpost.mime.body import choose
from deskpost.mime.bounds import IDENTIFIERS, Bounds
from deskpost.mime.files import attachments
from deskpost.mime.message import WHOLE, Address, Message
from deskpost.mime.structure import Part
from deskpost.mime.texts import decoded

_IDENTIFIER = re.compile(r"<[^<>]{1,998}>")


def parse(raw: bytes, unwrap: bool = True) -> Message:
    """Understand a mail. Never raises, whatever the bytes; the time is bounded (see bounds.py).

    What could not be understood, or was more than is read, is told in `Message.defects`. Without `unwrap` a
    winmail.dat, and what is signed or encrypted, are files like any other: a mail to be sent stays as it was made.
    """
    bounds = Bounds(len(raw))
    sent, raw = raw, _with_line_feeds(raw)
    root, fields = structure.read(raw, bounds)
    body = choose(root)
    if unwrap and any(map(wrapped.is_wrapping, body.files)):
        wrapped.unwrap(body, raw, bounds)
    html = _html(body.html, raw, bounds)
    text = "\n".join(filter(None, [_text(part, raw, bounds) for part in body.text]))
    if not text and html and not any(part.content_type == "text/html" for part in body.text):
        text = html_text.text_of(html, bounds)  # an empty plain text beside a full HTML
    files = attachments(body.files, raw, html, bounds) if body.files else ()
    if unwrap and (scheme := encrypted.scheme(body, text)):
        bounds.note(encrypted.defect(scheme))
        text, html = encrypted.told(scheme, text, html)
        files = (*files, encrypted.whole(scheme, sent))
    values = {value: words.decode(value, bounds) for _, value in fields if "=?" in value}
    first = root.fields
    if not fields:
        bounds.note("the mail has no header")
    return Message(
        message_id=_message_id(first.get("message-id", "")),
        subject=_subject(first.get("subject", ""), values),
        date=_date(first.get("date"), bounds),
        from_=_addresses(first.get("from"), bounds),
        reply_to=_addresses(first.get("reply-to"), bounds),
        to=_addresses(first.get("to"), bounds),
        cc=_addresses(first.get("cc"), bounds),
        in_reply_to=_identifiers(first.get("in-reply-to", "")),
        references=_identifiers(first.get("references", "")),
        text=text,
        html=html,
        attachments=files,
        headers=tuple([(name, values.get(value, value)) for name, value in fields] if values else fields),
        defects=tuple(bounds.defects),
        is_report=root.content_type == "multipart/report",
    )


def attachment_content(raw: bytes, part: str) -> bytes:
    """Give the decoded bytes of the attachment that `parse` named `part`.

    Raises LookupError when the mail has no such part.
    """
    if part == WHOLE:
        return raw
    bounds = Bounds(len(raw))
    raw = _with_line_feeds(raw)
    root, _ = structure.read(raw, bounds)
    for leaf in structure.leaves(root):
        found = wrapped.content(leaf, part, raw, bounds)
        if found is not None:
            return found
    raise LookupError(f"the mail has no part {part}")


def _with_line_feeds(raw: bytes) -> bytes:
    """A mail whose lines end in CR alone (old Macs) is read as if they ended in LF."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _html(parts: list[Part], raw: bytes, bounds: Bounds) -> str | None:
    """Join the HTML of a mail; plain parts between are shown as they are. None when no part is HTML."""
    if len(parts) == 1 and parts[0].content_type == "text/html":
        return decoded(parts[0], raw, bounds)
    if not any(part.content_type == "text/html" for part in parts):
        return None
    pieces: list[str] = []
    for part in parts:
        if part.content_type == "text/html":
            pieces.append(decoded(part, raw, bounds))
        else:
            pieces.append(f"<pre>{entities.escape(decoded(part, raw, bounds), quote=False)}</pre>")
    return "\n".join(pieces)


def _text(part: Part, raw: bytes, bounds: Bounds) -> str:
    if part.content_type == "text/html":
        return html_text.text_of(decoded(part, raw, bounds), bounds)
    text = decoded(part, raw, bounds)
    if part.parameters.get("format", "").lower() == "flowed":
        return flowed.unwrapped(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def _subject(value: str, values: dict[str, str]) -> str:
    return words.printable(values.get(value, value)).strip()


def _date(value: str | None, bounds: Bounds) -> datetime | None:
    if not value:
        return None
    date = dates.read(value)
    if date is None:
        bounds.note("the date cannot be read")
    return date


def _addresses(value: str | None, bounds: Bounds) -> tuple[Address, ...]:
    return addresses.read(value, bounds) if value else ()


def _message_id(value: str) -> str | None:
    """Give the identifier with its angle brackets, also where the sender left them out."""
    if not value:
        return None
    found = _IDENTIFIER.search(value)
    identifier = "".join((found[0] if found else value).split())[:1_000].strip("<>")
    return f"<{words.printable(identifier)}>" if identifier else None


def _identifiers(value: str) -> tuple[str, ...]:
    """Give the identifiers of a header, each once: the first hundred and the last hundred of too many."""
    if not value:
        return ()
    found = _IDENTIFIER.findall(value)
    if not found:
        found = [f"<{piece.strip('<>,;')}>" for piece in value.split(None, IDENTIFIERS) if "@" in piece]
    if len(found) > 2 * IDENTIFIERS:
        found = found[:IDENTIFIERS] + found[-IDENTIFIERS:]
    if not value.isprintable() or " " in "".join(found):
        found = [words.printable("".join(each.split())) for each in found]
    whole = dict.fromkeys(found)
    kept = tuple(whole)
    half = IDENTIFIERS // 2
    return kept if len(kept) <= IDENTIFIERS else kept[:half] + kept[-half:]
