"""What of a mail is signed, in the two forms of RFC 6376 section 3.4. All of it in linear time."""

import re

_HEADER = 1 << 20  # bytes of the header that are read
_MOST_FIELDS = 2000
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_BLANKS = re.compile(rb"[ \t]+")
_LINE_END = re.compile(rb"\r?\n")


def fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Give the header's fields from the top: the name in lower case, and all of it with CRLF at its end."""
    end = _EMPTY_LINE.search(raw, 0, _HEADER)
    block = _LINE_END.sub(b"\r\n", raw[: end.start() if end else _HEADER])
    lines = block.split(b"\r\n", _MOST_FIELDS * 10)[: _MOST_FIELDS * 10]
    folded: list[list[bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and folded:
            folded[-1].append(line)
        else:
            folded.append([line])
    joined = (b"\r\n".join(parts) + b"\r\n" for parts in folded[:_MOST_FIELDS])
    return [(field.partition(b":")[0].strip().lower(), field) for field in joined if b":" in field]


def body_of(raw: bytes) -> bytes:
    """Give the body with CRLF at the end of its lines."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return _LINE_END.sub(b"\r\n", raw[raw.index(b"\n") + 1 :])
    end = _EMPTY_LINE.search(raw)
    return _LINE_END.sub(b"\r\n", raw[end.end() :]) if end else b""


def simple_body(body: bytes) -> bytes:
    """Give a body without the empty lines at its end, and with one line end there. RFC 6376 section 3.4.3."""
    return _without_empty_lines(body) or b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Give a body with its blanks made one, those at line ends gone. RFC 6376 section 3.4.4."""
    narrow = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    return _without_empty_lines(narrow)


def simple_field(field: bytes) -> bytes:
    """Give a field of the header as it is."""
    return field


def relaxed_field(field: bytes) -> bytes:
    """Give a field unfolded, its name in lower case and its blanks made one. RFC 6376 section 3.4.2."""
    name, _, value = field.partition(b":")
    narrow = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip().lower() + b":" + narrow + b"\r\n"


def _without_empty_lines(body: bytes) -> bytes:
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""
