"""The shell of S/MIME (RFC 5652, 3274): what it holds, read without a certificate. Nothing is checked."""

import binascii
import zlib

SIGNED, ENCRYPTED, COMPRESSED = "signed", "encrypted", "compressed"

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED_DATA = (
    bytes.fromhex("2a864886f70d010703"),  # enveloped
    bytes.fromhex("2a864886f70d010706"),  # encrypted
    bytes.fromhex("2a864886f70d0109100117"),  # authenticated and enveloped
)
_COMPRESSED_DATA = bytes.fromhex("2a864886f70d0109100109")
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _IDENTIFIER, _INNER = 0x30, 0x04, 0x24, 0x06, 0xA0
_ENDLESS = -1
_DEEPEST = 12


class _Malformed(ValueError):
    pass


def opened(data: bytes) -> tuple[str, bytes | None]:
    """Tell what S/MIME data are (SIGNED, ENCRYPTED, COMPRESSED, "" where they are none), and what is in the shell.

    Of signed data that is what is signed, of compressed ones what `expanded` makes readable.

    None where nothing is, or it cannot be read. Never raises; time is linear.
    """
    if data[:1] != b"\x30":
        data = _without_armour(data)
    reader = _Reader(data)
    try:
        reader.enter(_SEQUENCE)
        kind = reader.value(_IDENTIFIER)
        if kind in _ENCRYPTED_DATA:
            return ENCRYPTED, None
        if kind not in (_SIGNED_DATA, _COMPRESSED_DATA):
            return "", None
    except _Malformed:
        return "", None
    what = SIGNED if kind == _SIGNED_DATA else COMPRESSED
    try:
        for tag in (_INNER, _SEQUENCE):
            reader.enter(tag)
        reader.skip()  # version
        reader.skip()  # the algorithms of digests, or that of compression: there is but zlib
        reader.enter(_SEQUENCE)
        reader.value(_IDENTIFIER)
        reader.enter(_INNER)
        return what, reader.octets()
    except _Malformed:
        return what, None


def expanded(data: bytes, most: int) -> bytes | None:
    """Give what was compressed (RFC 3274 section 2); None where it is broken, or more than `most` (above 0) bytes."""
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(data, most)
    except zlib.error:
        return None
    return found if stream.eof else None


def _without_armour(data: bytes) -> bytes:
    """Some gateways leave the base64 in, with or without the lines of PEM."""
    if data.lstrip()[:10] == b"-----BEGIN":
        data = data.partition(b"-----\n")[2] or data.partition(b"-----\r\n")[2]
        data = data.partition(b"-----END")[0]
    if not data.lstrip().startswith(b"MI"):
        return data
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return data


class _Reader:
    """A place in BER, that only moves on."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.pieces = 1_000 + len(data) // 200

    def enter(self, tag: int) -> int:
        """Go into a value of this tag, and give its length or _ENDLESS."""
        found, length = self._head()
        if found != tag:
            raise _Malformed
        return length

    def value(self, tag: int) -> bytes:
        """Give the bytes of a plain value of this tag, and go behind it."""
        length = self.enter(tag)
        end = self.position + length
        if length == _ENDLESS or end > len(self.data):
            raise _Malformed
        found = self.data[self.position : end]
        self.position = end
        return found

    def skip(self) -> None:
        """Go behind the next value, whatever it is."""
        open_ = 0
        while True:
            tag, length = self._head()
            if tag == 0 and length == 0:
                open_ -= 1
            elif length == _ENDLESS:
                open_ += 1
            else:
                self.position += length
            if open_ <= 0:
                return

    def octets(self) -> bytes:
        """Give an octet string, in one or in pieces; one that is cut off as far as it goes."""
        ends = [len(self.data)]
        pieces: list[bytes] = []
        while self.position < ends[-1]:
            tag, length = self._head()
            if tag == _OCTETS and length != _ENDLESS:
                pieces.append(self.data[self.position : min(self.position + length, ends[-1])])
                self.position += length
            elif tag == _OCTETS_IN_PIECES and len(ends) < _DEEPEST:
                ends.append(ends[-1] if length == _ENDLESS else min(self.position + length, ends[-1]))
            elif tag == 0 and length == 0 and len(ends) > 1:
                ends.pop()
            else:
                raise _Malformed
            while len(ends) > 1 and self.position >= ends[-1]:
                ends.pop()
            if len(ends) == 1:
                return b"".join(pieces)
        return b"".join(pieces)

    def _head(self) -> tuple[int, int]:
        """Read tag and length; only tags of one byte occur."""
        self.pieces -= 1
        data, position = self.data, self.position
        if self.pieces < 0 or position + 2 > len(data):
            raise _Malformed
        tag, length = data[position], data[position + 1]
        position += 2
        if length == 0x80:
            length = _ENDLESS
        elif length > 0x80:
            size = length & 0x7F
            if size > 8 or position + size > len(data):
                raise _Malformed
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        self.position = position
        return tag, length
