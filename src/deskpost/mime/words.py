"""Encoded words of headers (RFC 2047), as they are written and not only as they should be."""

import binascii
import re

from deskpost.mime import charset
from deskpost.mime.bounds import Bounds
from deskpost.mime.transfer import base64_bytes

# A payload may hold blanks and single question marks, and may lack its end: mail programs write all of it.
_WORD = re.compile(
    r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*+(?:(?<!=)\?(?!=)[^?]*+){0,8}+)(?:\?=|\??$)",
)
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")


def decode(value: str, bounds: Bounds) -> str:
    """Give a header value with its encoded words decoded; blanks between two of them belong to neither."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    run: list[bytes] = []
    label = ""
    end = 0
    for word in _WORD.finditer(value):
        if bounds.encoded_words <= 0:
            bounds.cut("more encoded words than are read; the rest was left as it is")
            break
        bounds.encoded_words -= 1
        named, kind, payload = word.groups()
        named = named.lower() if "*" not in named else named.partition("*")[0].lower()
        gap = value[end : word.start()]
        follows = run and not gap.strip(" \t")
        # Programs cut a letter of several bytes in two: words of one charset are decoded together.
        if run and not (follows and named == label):
            pieces.append(_text(b"".join(run), label, bounds))
            run = []
        if not follows:
            pieces.append(gap)
        run.append(_payload(kind, payload, named, bounds))
        label = named
        end = word.end()
    if run:
        pieces.append(_text(run[0] if len(run) == 1 else b"".join(run), label, bounds))
    pieces.append(value[end:])
    return "".join(pieces)


def printable(text: str) -> str:
    """Give the text with a blank for each control sign, so that no decoded value can break a line."""
    return text if text.isprintable() else charset.without_nul(text).translate(_CONTROLS)


def _payload(kind: str, payload: str, label: str, bounds: Bounds) -> bytes:
    if payload.isascii():
        data = payload.encode()
    else:  # raw letters where there should be none: back to the bytes that the label speaks of
        codec = charset.codec_of(label)
        data = payload.encode("utf-8" if codec in ("", "detect") else codec, "replace")
    if kind in "qQ":
        return binascii.a2b_qp(data, header=True)
    decoded, defect = base64_bytes(data)
    if defect:
        bounds.note("an encoded word is cut off or broken")
    return decoded


def _text(data: bytes, label: str, bounds: Bounds) -> str:
    if label == "utf-8" and (b"\0" not in data):
        try:
            return printable(data.decode())
        except UnicodeDecodeError:
            pass
    text, defect = charset.decode(data, label)
    if defect:
        bounds.note(defect)
    return printable(text)
