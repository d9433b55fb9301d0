"""Mails made to hurt whoever unwraps winmail.dat and S/MIME, each of about the size asked for."""

import base64
import random
import struct
import zlib
from collections.abc import Callable

from tests.mime import smime, winmail


def _winmail(make: Callable[[int], bytes]) -> Callable[[int], bytes]:
    return lambda size: winmail.mail(make(size * 3 // 4))


def _rtf(unit: bytes) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        source = b"{\\rtf1\\ansi\\fromhtml1 " + unit * (size // len(unit))
        return winmail.winmail(winmail.of_message(winmail.rtf(source, compressed=False)))

    return make


def _expanding(size: int) -> bytes:
    """Compressed RTF of nothing but references: eight of the longest for each byte that tells of them."""
    reference = struct.pack(">H", 0 << 4 | 15)
    content = (b"\xff" + reference * 8) * (size // 17)
    head = struct.pack("<II4sI", len(content) + 12, 0x7FFFFFFF, b"LZFu", 0)
    return winmail.winmail(winmail.of_message(winmail.binary(0x1009, head + content)))


def _alternating(size: int) -> bytes:
    content = (b"\x55" + struct.pack(">H", 15) + b"{" + struct.pack(">H", 10) + b"}" + b"\0\xf1a\0\xf1b") * (
        size // 13
    )
    head = struct.pack("<II4sI", len(content) + 12, 0x7FFFFFFF, b"LZFu", 0)
    return winmail.winmail(winmail.of_message(winmail.binary(0x1009, head + content)))


def _deep(size: int) -> bytes:
    content = winmail.winmail(winmail.subject(b"x" * (size // 2)))
    while len(content) < size:
        content = winmail.winmail(winmail.file(None, winmail.embedded(0x3701, content)))
    return content


def _many_mails(size: int) -> bytes:
    inner = winmail.winmail(winmail.of_message(winmail.rtf(b"{\\rtf1 {\\b a}" + b"{}" * 100)))
    one = winmail.file(None, winmail.embedded(0x3701, inner))
    return winmail.winmail(one * (size // len(one)))


def _signed(content: bytes) -> bytes:
    """Write the beginning of signed data around octets as they stand."""
    kind = bytes.fromhex("06092a864886f70d010702")
    data = bytes.fromhex("06092a864886f70d010701")
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + data + b"\xa0\x80" + content


def _damaged(size: int) -> bytes:
    """Compressed parts that are whole but for their end: each is expanded to find that out."""
    one = smime.compressed(b"\r\n" + random.Random(1).randbytes(size // 20) + b"a" * size * 3)[:-4]
    return smime.mixed(*[smime.sealed(one, "compressed-data", "smime.p7z")] * 8)


def _sealed(make: Callable[[int], bytes]) -> Callable[[int], bytes]:
    return lambda size: smime.sealed(make(size * 3 // 4))


def _compressed(size: int, unit: bytes) -> bytes:
    """Compress what becomes the most that is read of a mail of this size."""
    pieces = b"".join(unit % (number % 500) for number in range((15_000 + size * 37 // 10) // 9))
    padding = random.Random(1).randbytes(max(size * 9 // 10 - len(zlib.compress(pieces)), 0))
    return smime.compressed(
        b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n"
        + pieces
        + b"\r\n--c\r\nContent-Type: application/octet-stream\r\n\r\n"
        + padding
    )


def _nested_seals(size: int) -> bytes:
    entity = b"\r\n" + b"x" * (size // 8)
    while len(entity) < size:
        entity = smime.sealed(_signed(b"\x24\x80\x04\x84" + struct.pack(">I", len(entity)) + entity))
    return entity


def _many_seals(size: int) -> bytes:
    data = base64.encodebytes(_signed(b"\x24\x80\x04\x03\r\nx"))
    part = (
        b"\r\n--m\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data
    )
    return smime.HEAD + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + part * (size // len(part))


MAILS: dict[str, Callable[[int], bytes]] = {
    "winmail.dat of empty attributes": _winmail(
        lambda size: winmail.winmail(winmail.attribute(1, 0x00018004, b"") * (size // 11))
    ),
    "winmail.dat of small properties": _winmail(
        lambda size: winmail.winmail(winmail.of_message(*[winmail.integer(0x0017, 1)] * (size // 8)))
    ),
    "winmail.dat of many values": _winmail(
        lambda size: winmail.winmail(winmail.of_message(winmail.several(0x6000, [""] * (size // 8))))
    ),
    "winmail.dat of small files": _winmail(
        lambda size: winmail.winmail(winmail.file(b"x", title=b"a") * (size // 52))
    ),
    "winmail.dat of one large file": _winmail(lambda size: winmail.winmail(winmail.file(b"x" * size))),
    "winmail.dat of recipients": _winmail(
        lambda size: winmail.winmail(winmail.recipients(*[winmail.recipient("a", "a@b")] * (size // 70)))
    ),
    "winmail.dat in winmail.dat": _winmail(_deep),
    "winmail.dat of many mails": _winmail(_many_mails),
    "a text that expands": _winmail(_expanding),
    "a text that expands to groups": _winmail(_alternating),
    "formatted text of groups": _winmail(_rtf(b"{}")),
    "formatted text of open groups": _winmail(_rtf(b"{")),
    "formatted text of bytes": _winmail(_rtf(b"\\'fc")),
    "formatted text of signs": _winmail(_rtf(b"\\u8211?")),
    "formatted text of tags": _winmail(_rtf(b"{\\*\\htmltag64 <p>}")),
    "formatted text of fonts": _winmail(_rtf(b"\\f1 a\\f2 \\'fc")),
    "formatted text of backslashes": _winmail(_rtf(b"\\")),
    "formatted text of blanks": _winmail(_rtf(b" ")),
    "signed data of pieces": _sealed(lambda size: _signed(b"\x24\x80" + b"\x04\x00" * (size // 2))),
    "signed data of open values": _sealed(lambda size: b"\x30\x80" * (size // 2)),
    "signed data of open strings": _sealed(lambda size: _signed(b"\x24\x80" * (size // 2))),
    "signed data of algorithms without end": _sealed(
        lambda size: _signed(b"").replace(b"\x31\x00", b"\x31\x80" * (size // 2))
    ),
    "compressed data of signs": _sealed(lambda size: _compressed(size, b"&#x%05d;")),
    "compressed data of tags": _sealed(lambda size: _compressed(size, b"<p>%06d")),
    "compressed data without end, eight times": _damaged,
    "signed data in signed data": _nested_seals,
    "many signed parts": _many_seals,
}
"""Name -> builder: from a size in bytes to a mail of about that size."""
