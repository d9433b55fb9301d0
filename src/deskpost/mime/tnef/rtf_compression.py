"""Compressed RTF undone ([MS-OXRTFCP])."""

from deskpost.mime.tnef.properties import Malformed, number_at

_COMPRESSED, _UNCOMPRESSED = 0x75465A4C, 0x414C454D
_HEADER = 16  # bytes
# What the dictionary holds before the first byte: section 2.1.2.1 fixes these bytes.
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4_096

Decompressed = tuple[bytes, bool]
"""The RTF, and whether all of it."""


def decompress(data: bytes, most: int) -> Decompressed:
    """Give the RTF, cut at `most` bytes whatever its header promises. Raises Malformed when it is none."""
    kind, length = number_at(data, 8), number_at(data, 4)
    content = data[_HEADER : 4 + max(number_at(data, 0), _HEADER - 4)]
    if kind == _UNCOMPRESSED:
        return content[: min(length, most)], length <= min(len(content), most)
    if kind != _COMPRESSED:
        raise Malformed("its formatted text is compressed in an unknown way")
    return _expanded(content, min(length, most), length)


def _expanded(content: bytes, most: int, length: int) -> Decompressed:
    """Read tokens; a reference counts from the beginning of the dictionary, which is written in a circle.

    The output is kept whole behind the dictionary's first bytes, so that place p of the circle is the last
    written one that is p modulo its size.
    """
    out = bytearray(_BEGINNING)
    first = len(out)
    end, wanted, position = len(content), first + most, 0
    while position < end and len(out) < wanted:
        control = content[position]
        position += 1
        if not control:
            out += content[position : position + 8]
            position += 8
            continue
        for bit in range(8):
            if not control >> bit & 1:
                out += content[position : position + 1]
                position += 1
                continue
            if position + 2 > end:
                return bytes(out[first:wanted]), False
            token = content[position] << 8 | content[position + 1]
            position += 2
            back = (len(out) - (token >> 4)) % _WINDOW
            if not back:  # a reference to the place that is written next ends the text
                return bytes(out[first:wanted]), len(out) - first >= length
            _repeat(out, back, (token & 15) + 2)
    return bytes(out[first:wanted]), len(out) - first >= length


def _repeat(out: bytearray, back: int, count: int) -> None:
    start = len(out) - back
    if start < 0:  # a place of the dictionary that nothing was written to yet
        out += bytes(count)
    elif back >= count:
        out += out[start : start + count]
    else:
        piece = bytes(out[start:])
        out += (piece * (count // back + 1))[:count]
