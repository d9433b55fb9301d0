"""What of a mail is signed, in the two forms of RFC 6376 section 3.4. All of it in linear time, the text in pieces."""

import base64
import hashlib
import re
from collections.abc import Iterator

_HEADER = 1 << 20  # bytes of the header that are read
_MOST_FIELDS = 2000
_PIECE = 1 << 16  # bytes of the text at a time
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"[!-9;-~]++[ \t]*+:")
_BLANKS = re.compile(rb"[ \t]+")
_MANY = 64
_FEWER_BLANKS = tuple(b" " * many for many in (_MANY, 8, 2))


def fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Give the header's fields from the top: the name in lower case, and all of it with CRLF at its end.

    None at all where others may see another header: it is very long, never ends, or a line of it is no field.
    """
    extent = _extent(raw)
    if extent is None:
        return []
    lines = _with_line_feeds(raw[: extent[0]]).split(b"\n", _MOST_FIELDS * 10)
    if lines[0].startswith((b"From ", b">From ")):  # of a mailbox file
        del lines[0]
    folded: list[list[bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and folded:
            folded[-1].append(line)
        elif _FIELD.match(line) and len(folded) < _MOST_FIELDS:
            folded.append([line])
        else:
            return []
    joined = (b"\r\n".join(parts) + b"\r\n" for parts in folded)
    return [(field.partition(b":")[0].strip().lower(), field) for field in joined]


def body_digest(raw: bytes, *, relaxed: bool) -> tuple[str, int]:
    """Give the SHA-256 of a mail's text in one of the forms, in base64, and the length of that form in bytes."""
    digest, length = hashlib.sha256(), 0
    for piece in body(raw, relaxed=relaxed):
        digest.update(piece)
        length += len(piece)
    return base64.b64encode(digest.digest()).decode(), length


def body(raw: bytes, *, relaxed: bool) -> Iterator[bytes]:
    """Yield a mail's text without the empty lines at its end; `relaxed`: also its blanks made one. Section 3.4.3 f."""
    empty, begun = 0, False
    for piece in _plain_pieces(raw, relaxed=relaxed):
        content = piece.rstrip(b"\n")
        if content:
            yield from _line_ends(empty)
            yield _with_line_ends(content)
            empty, begun = 0, True
        empty += len(piece) - len(content)
    if begun or not relaxed:
        yield b"\r\n"


def simple_field(field: bytes) -> bytes:
    """Give a field of the header as it is."""
    return field


def relaxed_field(field: bytes) -> bytes:
    """Give a field unfolded, its name in lower case and its blanks made one. RFC 6376 section 3.4.2."""
    name, _, value = field.partition(b":")
    narrow = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip().lower() + b":" + narrow + b"\r\n"


def _extent(raw: bytes) -> tuple[int, int] | None:
    """Find where the header ends, and where the text begins."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return 0, raw.index(b"\n") + 1
    empty = _EMPTY_LINE.search(raw, 0, _HEADER)
    return empty.span() if empty else None


def _plain_pieces(raw: bytes, *, relaxed: bool) -> Iterator[bytes]:
    """Yield the text with LF at the end of its lines; what the next piece may change is kept for it."""
    extent = _extent(raw)
    left = b""
    for at in range(extent[1] if extent else len(raw), len(raw), _PIECE):
        piece = left + raw[at : at + _PIECE]
        left = b"\r" if piece.endswith(b"\r") else b""
        piece = _with_line_feeds(piece.removesuffix(left))
        if relaxed:
            piece = _narrow(piece)
            if piece.endswith(b" "):
                piece, left = piece[:-1], b" " + left
        yield piece
    yield left.removesuffix(b" ")


def _narrow(text: bytes) -> bytes:
    text = text.replace(b"\t", b" ")
    for blanks in _FEWER_BLANKS:  # long runs first: each pass costs by how many it finds
        while blanks in text:
            text = text.replace(blanks, b" ")
    return text.replace(b" \n", b"\n")


def _with_line_feeds(text: bytes) -> bytes:
    if b"\r\n" * _MANY in text:
        text = text.replace(b"\r\n" * _MANY, b"\n" * _MANY)
    return text.replace(b"\r\n", b"\n")


def _with_line_ends(text: bytes) -> bytes:
    if b"\n" * _MANY not in text:
        return text.replace(b"\n", b"\r\n")
    return (b"\r\n" * _MANY).join(part.replace(b"\n", b"\r\n") for part in text.split(b"\n" * _MANY))


def _line_ends(many: int) -> Iterator[bytes]:
    for at in range(0, many, _PIECE):
        yield b"\r\n" * min(_PIECE, many - at)
