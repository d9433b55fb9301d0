"""winmail.dat written, from the specification and not from its reader: [MS-OXTNEF], [MS-OXRTFCP], [MS-OXRTFEX]."""

import base64
import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from deskpost.mime.message import Message
from deskpost.mime.parse import attachment_content, parse

SIGNATURE = b"\x78\x9f\x3e\x22"
MESSAGE, FILE = 1, 2

OEM_CODE_PAGE = 0x00069007
TNEF_VERSION = 0x00089006
MESSAGE_CLASS = 0x00078008
SUBJECT = 0x00018004
BODY = 0x0002800C
DATE_SENT = 0x00038005
FROM = 0x00008000
MESSAGE_PROPERTIES = 0x00069003
RECIPIENT_TABLE = 0x00069004
RENDERING = 0x00069002
FILE_DATA = 0x0006800F
FILE_TITLE = 0x00018010
FILE_PROPERTIES = 0x00069005

INTEGER, BOOLEAN, STRING8, UNICODE, TIME, BINARY, OBJECT = 0x03, 0x0B, 0x1E, 0x1F, 0x40, 0x102, 0x0D
APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
MEETING = bytes.fromhex("90dad86e0b451b1098da00aa003f1305")
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
MAIL_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


def attribute(level: int, number: int, data: bytes) -> bytes:
    """Write one attribute with its checksum."""
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) % 65_536)


def winmail(*attributes: bytes, code_page: int = 1252) -> bytes:
    """Write a stream of these attributes, after its version and its code page."""
    first = attribute(MESSAGE, TNEF_VERSION, struct.pack("<I", 0x00010000))
    second = attribute(MESSAGE, OEM_CODE_PAGE, struct.pack("<II", code_page, 0))
    return SIGNATURE + struct.pack("<H", 1) + first + second + b"".join(attributes)


def text(tag: int, value: str) -> bytes:
    """Write a property that is a text in Unicode."""
    return _variable(UNICODE, tag, value.encode("utf-16-le") + b"\0\0")


def old_text(tag: int, value: bytes) -> bytes:
    """Write a property that is a text of the code page."""
    return _variable(STRING8, tag, value + b"\0")


def binary(tag: int, value: bytes) -> bytes:
    """Write a property of bytes."""
    return _variable(BINARY, tag, value)


def embedded(tag: int, value: bytes) -> bytes:
    """Write a property that is a whole mail."""
    return _variable(OBJECT, tag, MAIL_OBJECT + value)


def integer(tag: int, value: int) -> bytes:
    """Write a property of four bytes."""
    return struct.pack("<HHi", INTEGER, tag, value)


def moment(tag: int, value: datetime) -> bytes:
    """Write a property that is a time."""
    return struct.pack("<HHQ", TIME, tag, _filetime(value))


def named(space: bytes, number: int, kind: int, value: bytes) -> bytes:
    """Write a property that has a number in a namespace; `value` as it stands in the stream."""
    return struct.pack("<HH", kind, 0x8001) + space + struct.pack("<II", 0, number) + value


def named_text(space: bytes, number: int, value: str) -> bytes:
    """Write a named property that is a text."""
    data = value.encode("utf-16-le") + b"\0\0"
    return named(space, number, UNICODE, struct.pack("<II", 1, len(data)) + data + bytes(-len(data) % 4))


def named_bytes(space: bytes, number: int, value: bytes) -> bytes:
    """Write a named property of bytes."""
    return named(space, number, BINARY, struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4))


def named_moment(space: bytes, number: int, value: datetime) -> bytes:
    """Write a named property that is a time."""
    return named(space, number, TIME, struct.pack("<Q", _filetime(value)))


def called(space: bytes, name: str, value: str) -> bytes:
    """Write a property that has a name and no number."""
    spelt = name.encode("utf-16-le") + b"\0\0"
    data = value.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HH", UNICODE, 0x8002) + space + struct.pack("<II", 1, len(spelt))
    return b"".join(
        (head, spelt, bytes(-len(spelt) % 4), struct.pack("<II", 1, len(data)), data, bytes(-len(data) % 4))
    )


def several(tag: int, values: Sequence[str]) -> bytes:
    """Write a property of several texts."""
    pieces = [struct.pack("<HHI", UNICODE | 0x1000, tag, len(values))]
    for value in values:
        data = value.encode("utf-16-le") + b"\0\0"
        pieces.append(struct.pack("<I", len(data)) + data + bytes(-len(data) % 4))
    return b"".join(pieces)


def listed(properties: Iterable[bytes]) -> bytes:
    """Write a list of properties."""
    found = list(properties)
    return struct.pack("<I", len(found)) + b"".join(found)


def of_message(*properties: bytes) -> bytes:
    """Write the attribute that holds the properties of the mail."""
    return attribute(MESSAGE, MESSAGE_PROPERTIES, listed(properties))


def recipients(*rows: Sequence[bytes]) -> bytes:
    """Write the table of recipients."""
    table = struct.pack("<I", len(rows)) + b"".join(map(listed, rows))
    return attribute(MESSAGE, RECIPIENT_TABLE, table)


def recipient(name: str, address: str, kind: int = 1) -> list[bytes]:
    """Write one recipient: 1 To, 2 Cc."""
    return [integer(0x0C15, kind), text(0x3001, name), text(0x39FE, address)]


def of_class(name: str) -> bytes:
    """Write the attribute of the message class."""
    return attribute(MESSAGE, MESSAGE_CLASS, name.encode() + b"\0")


def subject(value: bytes) -> bytes:
    """Write the attribute of the subject, in the code page."""
    return attribute(MESSAGE, SUBJECT, value + b"\0")


def file(content: bytes | None, *properties: bytes, title: bytes = b"LONGNA~1.TXT") -> bytes:
    """Write a file: its short name, its bytes (None: in the properties), and its properties."""
    pieces = [attribute(FILE, RENDERING, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0))]
    pieces.append(attribute(FILE, FILE_TITLE, title + b"\0"))
    if content is not None:
        pieces.append(attribute(FILE, FILE_DATA, content))
    if properties:
        pieces.append(attribute(FILE, FILE_PROPERTIES, listed(properties)))
    return b"".join(pieces)


def long_name(value: str) -> bytes:
    """Write the long name of a file, in Unicode."""
    return text(0x3707, value)


def rtf(source: bytes, compressed: bool = True) -> bytes:
    """Write the property of compressed RTF."""
    return binary(0x1009, compress(source) if compressed else uncompressed(source))


def uncompressed(source: bytes) -> bytes:
    """Write RTF as it is, behind its header."""
    return struct.pack("<II4sI", len(source) + 12, len(source), b"MELA", 0) + source


def compress(source: bytes) -> bytes:
    """Compress RTF: greedy, as Outlook does."""
    window = _Window()
    position, tokens, out = 0, [], bytearray()
    while position <= len(source):
        place, length = window.longest(source, position)
        if position == len(source):
            tokens.append(struct.pack(">H", window.next << 4))
            position += 1
        elif length >= 2:
            tokens.append(struct.pack(">H", place << 4 | length - 2))
            window.write(source[position : position + length])
            position += length
        else:
            tokens.append(source[position : position + 1])
            window.write(source[position : position + 1])
            position += 1
    for start in range(0, len(tokens), 8):
        run = tokens[start : start + 8]
        out.append(sum((len(token) == 2) << bit for bit, token in enumerate(run)))
        out += b"".join(run)
    check = zlib.crc32(bytes(out), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<II4sI", len(out) + 12, len(source), b"LZFu", check) + bytes(out)


class _Window:
    """The dictionary of 4,096 bytes, filled as the specification says."""

    def __init__(self) -> None:
        words = (
            b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
            b"{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
            b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
            b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
        )
        self.bytes = bytearray(4_096)
        self.bytes[: len(words)] = words
        self.filled = self.next = len(words)

    def write(self, data: bytes) -> None:
        for byte in data:
            self.bytes[self.next] = byte
            self.next = (self.next + 1) % 4_096
            self.filled = min(self.filled + 1, 4_096)

    def longest(self, source: bytes, position: int) -> tuple[int, int]:
        """Find the longest piece of what comes next, 17 bytes at most, that ends before the place written next."""
        for length in range(min(17, len(source) - position), 1, -1):
            wanted = source[position : position + length]
            place = bytes(self.bytes[: self.filled]).find(wanted)
            while place >= 0 and place <= self.next < place + length:
                place = bytes(self.bytes[: self.filled]).find(wanted, place + 1)
            if place >= 0:
                return place, length
        return 0, 0


def html_in_rtf(html: str) -> bytes:
    """Hide HTML in RTF: tags in groups that other readers pass over, text as text."""
    pieces = [
        r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl\red0\green0\blue0;}"
        "\r\n"
    ]
    for piece in html.replace("<", "\0<").replace(">", ">\0").split("\0"):
        escaped = _escaped(piece)
        pieces.append(
            rf"{{\*\htmltag64 {escaped}}}\htmlrtf {{\b \htmlrtf0 " if piece.startswith("<") else escaped
        )
        if piece.startswith("<"):
            pieces.append(r"\htmlrtf }\htmlrtf0 ")
    return ("".join(pieces) + "}").encode("ascii")


def _escaped(piece: str) -> str:
    signs = []
    for sign in piece:
        if sign in "\\{}":
            signs.append("\\" + sign)
        elif sign == "\n":
            signs.append("\\par\r\n")
        elif sign.isascii():
            signs.append(sign)
        else:
            for (unit,) in struct.iter_unpack("<h", sign.encode("utf-16-le")):
                signs.append(f"\\u{unit}?")
    return "".join(signs)


def _variable(kind: int, tag: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, tag, 1, len(data)) + data + bytes(-len(data) % 4)


def _filetime(value: datetime) -> int:
    return int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def mail(
    content: bytes, body: str = "", name: str = "winmail.dat", kind: str = "application/ms-tnef"
) -> bytes:
    """Build a mail with a text part and this winmail.dat."""
    head = (
        "From: Ann <ann@client.example>\r\nTo: help@desk.example\r\nSubject: hello\r\n"
        "Message-ID: <w1@client.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--b\r\nContent-Type: {kind}; name={name}\r\n"
        f"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={name}\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"\r\n--b--\r\n"


def opened(content: bytes, body: str = "") -> tuple[bytes, Message]:
    """Read a mail with this winmail.dat; each file is found again under the name that it was given."""
    raw = mail(content, body)
    message = parse(raw)
    for file in message.attachments:
        found = attachment_content(raw, file.part)
        assert (len(found), sha256(found).hexdigest()) == (file.size, file.sha256)
    return raw, message


def meeting(kind: str, *properties: bytes) -> bytes:
    """Write a meeting of this class, from nine to ten."""
    return winmail(
        of_class(kind),
        subject("Größe; Maß, Form".encode("cp1252")),
        of_message(
            text(0x0042, "Ann"),
            text(0x5D02, "ann@client.example"),
            named_moment(APPOINTMENT, 0x820D, NINE),
            named_moment(APPOINTMENT, 0x820E, NINE.replace(hour=10)),
            named_text(APPOINTMENT, 0x8208, "Room 12"),
            *properties,
        ),
        recipients(recipient("Help", "help@desk.example")),
    )
