"""Encoded words of headers (RFC 2047), as they are written and not only as they should be."""

import binascii
import re
from functools import lru_cache

from deskpost.mime import charset
from deskpost.mime.bounds import Bounds
from deskpost.mime.transfer import base64_bytes

# A payload may hold blanks and single question marks, and may lack its end: mail programs write all of it.
_WORD = re.compile(
    r"=\? {0,2}+([^?\s]{0,60}) {0,2}+\? {0,2}+([bBqQ]) {0,2}+\?([^?]*+(?:(?<!=)\?(?!=)[^?]*+){0,8}+)(?:\?=|\??$)",
)
_SHORT = 100  # characters
_TOO_MANY = "more encoded words than are read; the rest was left as it is"
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")


def decode(value: str, bounds: Bounds) -> str:
    """Give a header value with its encoded words decoded; blanks between two of them belong to neither."""
    first = value.find("=?")
    if first < 0:
        return value
    if value.find("=?", first + 2) < 0:
        return _with_one_word(value, first, bounds)
    pieces: list[str] = []
    run: list[tuple[str, str]] = []
    label = ""
    end = 0
    for word in _WORD.finditer(value, first):
        if bounds.encoded_words <= 0:
            bounds.cut(_TOO_MANY)
            break
        bounds.encoded_words -= 1
        named, kind, payload = word.groups()
        named = _charset(named)
        gap = value[end : word.start()]
        follows = run and not gap.strip(" \t")
        # Programs cut a letter of several bytes in two: words of one charset are decoded together.
        if run and not (follows and named == label):
            pieces.append(_run_of(run, label, bounds))
            run = []
        if not follows:
            pieces.append(gap)
        run.append((kind, payload))
        label = named
        end = word.end()
    if run:
        pieces.append(_run_of(run, label, bounds))
    pieces.append(value[end:])
    return "".join(pieces)


def _with_one_word(value: str, first: int, bounds: Bounds) -> str:
    """Do it for a value with at most one encoded word, which nearly every name is."""
    word = _WORD.search(value, first)
    if word is None:
        return value
    if bounds.encoded_words <= 0:
        bounds.cut(_TOO_MANY)
        return value
    bounds.encoded_words -= 1
    label, kind, payload = word.groups()
    text = _run_of([(kind, payload)], _charset(label), bounds)
    return f"{value[: word.start()]}{text}{value[word.end() :]}"


def _charset(label: str) -> str:
    """Give the charset of a word without its language (RFC 2231 section 5)."""
    return label.lower() if "*" not in label else label.partition("*")[0].lower()


def _run_of(run: list[tuple[str, str]], label: str, bounds: Bounds) -> str:
    """Give the text of words of one charset that follow one another."""
    if len(run) == 1 and len(run[0][1]) <= _SHORT:
        text, defects = _short_word(*run[0], label)
    else:
        payloads = [_payload(*word, label) for word in run]
        text, defect = _text(b"".join([data for data, _ in payloads]), label)
        defects = (*[broken for _, broken in payloads], defect)
    for each in defects:
        if each:
            bounds.note(each)
    return text


@lru_cache(maxsize=1024)
def _short_word(kind: str, payload: str, label: str) -> tuple[str, tuple[str | None, ...]]:
    """Decode a word, with its defects: the same people write again and again, and each mail has them twice."""
    data, broken = _payload(kind, payload, label)
    text, defect = _text(data, label)
    return text, (broken, defect) if broken or defect else ()


def printable(text: str) -> str:
    """Give the text with a blank for each control sign, so that no decoded value can break a line."""
    return text if text.isprintable() else charset.without_nul(text).translate(_CONTROLS)


def _payload(kind: str, payload: str, label: str) -> tuple[bytes, str | None]:
    if payload.isascii():
        data = payload.encode()
    else:  # raw letters where there should be none: back to the bytes that the label speaks of
        codec = charset.codec_of(label)
        data = payload.encode("utf-8" if codec in ("", "detect") else codec, "replace")
    if kind in "qQ":
        return binascii.a2b_qp(data, header=True), None
    decoded, defect = base64_bytes(data)
    return decoded, "an encoded word is cut off or broken" if defect else None


def _text(data: bytes, label: str) -> charset.Decoded:
    if label == "utf-8" and (b"\0" not in data):
        try:
            return printable(data.decode()), None
        except UnicodeDecodeError:
            pass
    text, defect = charset.decode(data, label)
    return printable(text), defect
