"""Content-Transfer-Encoding undone, however broken (RFC 2045 section 6)."""

import binascii
import re

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_IN_BASE64 = _BASE64 + b"=\r\n"
_NO_BASE64 = "what is said to be base64 is none"
_SHORT = 1_000  # bytes: of longer ones that is looked at only where they are broken
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_PADDING = re.compile(rb"=[=\s]*+")
_SEGMENTS = 1_000
_BLANKS_AFTER_EQUALS = re.compile(rb"=[ \t]++(?=\r?\n)")
_UU_LINES = 200_000

Decoded = tuple[bytes, str | None]
"""The bytes, and a defect in words or None."""


def decode(data: bytes, encoding: str) -> Decoded:
    """Give the bytes that `data` stands for; an unknown encoding is left as it is, with a defect."""
    if encoding in ("", "7bit", "8bit", "binary"):
        return data, None
    if encoding == "base64":
        return base64_bytes(data)
    if encoding == "quoted-printable":
        return quoted_printable_bytes(data), None
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uu_bytes(data)
    plain = encoding.strip("\"' ;").partition(";")[0].strip()
    if plain != encoding:
        return decode(data, plain)
    return data, f"the transfer encoding {encoding[:40]} is not known"


def base64_bytes(data: bytes) -> Decoded:
    """Decode base64, taking what is there: signs that are none are skipped, missing padding is added."""
    if len(data) <= _SHORT and _is_none(data):
        return data, _NO_BASE64
    padding = data.find(b"=")
    if padding >= 0 and data[padding:].translate(None, b"=\r\n \t"):
        return _base64_of_several(data), "base64 goes on after its end"
    try:
        return binascii.a2b_base64(data), None
    except binascii.Error:
        if _is_none(data):
            return data, _NO_BASE64
        return _base64_of_letters(data), "base64 is cut off or broken"


def _is_none(data: bytes) -> bool:
    """A fifth of signs that base64 does not have: a text in a part whose header is wrong."""
    return len(data.translate(None, _IN_BASE64)) * 5 > len(data)


def _base64_of_several(data: bytes) -> bytes:
    """Python stops at the first padding; programs that glue encoded pieces together put it anywhere."""
    segments = _PADDING.split(data, maxsplit=_SEGMENTS)
    return b"".join(_base64_of_letters(segment) for segment in segments)


def _base64_of_letters(data: bytes) -> bytes:
    letters = data.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def quoted_printable_bytes(data: bytes) -> bytes:
    """Decode quoted-printable; what is no escape stays as it is."""
    if b"= " in data or b"=\t" in data:
        data = _BLANKS_AFTER_EQUALS.sub(b"=", data)
    return binascii.a2b_qp(data)


def _uu_bytes(data: bytes) -> Decoded:
    lines = data.split(b"\n", _UU_LINES)
    begin = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    if begin < 0:
        return data, "uuencoded text has no beginning"
    pieces: list[bytes] = []
    for line in lines[begin + 1 :]:
        if line.strip() in (b"end", b"`", b""):
            break
        pieces.append(_uu_line(line))
    return b"".join(pieces), None


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    # Some encoders pad a line with more than its length says (known from the uu module of old).
    length = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return b""
