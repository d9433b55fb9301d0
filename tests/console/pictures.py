"""A picture, made by hand: small, valid, of one colour."""

import struct
import zlib


def png(width: int = 1, height: int = 1) -> bytes:
    """Give a blue rectangle."""
    row = b"\0" + bytes((28, 91, 191)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(row * height)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
