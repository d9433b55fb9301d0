"""The attributes of winmail.dat ([MS-OXTNEF] section 2.1.3): of the mail, of its recipients and of its files."""

from dataclasses import dataclass, field

from deskpost.mime import charset
from deskpost.mime.tnef import properties
from deskpost.mime.tnef.code_pages import label_of
from deskpost.mime.tnef.properties import Budget, Malformed, Properties, number_at

SIGNATURE = (0x223E9F78).to_bytes(4, "little")

SUBJECT, SENT, RECEIVED = 0x8004, 0x8005, 0x8006
MESSAGE_CLASS, BODY, FROM = 0x8008, 0x800C, 0x8000
START, END = 0x0006, 0x0007
DATA, TITLE = 0x800F, 0x8010
TRANSPORT_NAME, RENDERING, FILE_PROPERTIES = 0x9001, 0x9002, 0x9005
MESSAGE_PROPERTIES, RECIPIENTS, CODE_PAGE = 0x9003, 0x9004, 0x9007

_HEADER = 6  # bytes: the signature, and a key that nobody uses
_OF_MESSAGE, _OF_FILE = 1, 2
_RECIPIENTS = 1_000


@dataclass(slots=True)
class RawFile:
    """The attributes and properties of one file."""

    attributes: dict[int, bytes] = field(default_factory=dict)
    properties: Properties = field(default_factory=Properties)


@dataclass(slots=True)
class Stream:
    """What was read before the end, or before `broken` says in words why not to the end."""

    label: str = "windows-1252"
    attributes: dict[int, bytes] = field(default_factory=dict)
    properties: Properties = field(default_factory=Properties)
    recipients: list[Properties] = field(default_factory=list)
    files: list[RawFile] = field(default_factory=list)
    broken: str = ""

    def text_of(self, number: int) -> str:
        """Give an attribute of the mail that is a text, or ""."""
        data = self.attributes.get(number, b"")
        return charset.decode(data.rstrip(b"\0"), self.label)[0] if data else ""


def read(content: bytes, budget: Budget) -> Stream:
    """Read all attributes. Never raises; where one ends before its time, what comes after it is not found."""
    stream = Stream()
    if not content.startswith(SIGNATURE):
        stream.broken = "it does not begin as one does"
        return stream
    position = _HEADER
    try:
        while position < len(content) and content[position]:
            position = _attribute(stream, content, position, budget)
    except Malformed as fault:
        stream.broken = str(fault)
    if not stream.broken and content[position:].strip(b"\0"):
        stream.broken = "something else follows its end"
    return stream


def _attribute(stream: Stream, content: bytes, position: int, budget: Budget) -> int:
    budget.spend()
    level, number = content[position], number_at(content, position + 1, 2)
    begin = position + 9
    end = begin + number_at(content, position + 5)
    if level not in (_OF_MESSAGE, _OF_FILE):
        if not content[position:].strip(b"\0\r\n \t"):
            return len(content)
        raise Malformed("an attribute belongs to nothing known")
    total = number_at(content, end, 2)
    value = content[begin:end]
    if sum(value) & 0xFFFF != total:
        stream.broken = "a checksum is wrong"  # read on: some writers leave it empty
    try:
        (_of_message if level == _OF_MESSAGE else _of_file)(stream, number, value, budget)
    except Malformed as fault:  # the next attribute begins where it begins all the same
        stream.broken = str(fault)
    return end + 2


def _of_message(stream: Stream, number: int, value: bytes, budget: Budget) -> None:
    if number == CODE_PAGE and len(value) >= 4:
        stream.label = label_of(number_at(value, 0))
    elif number == MESSAGE_PROPERTIES:
        stream.properties, _ = properties.read(value, 0, budget, stream.label)
    elif number == RECIPIENTS:
        position = 4
        for _ in range(min(number_at(value, 0), _RECIPIENTS)):
            row, position = properties.read(value, position, budget, stream.label)
            stream.recipients.append(row)
    else:
        stream.attributes.setdefault(number, value)


def _of_file(stream: Stream, number: int, value: bytes, budget: Budget) -> None:
    if number == RENDERING or not stream.files:
        stream.files.append(RawFile())
    file = stream.files[-1]
    if number == FILE_PROPERTIES:
        file.properties, _ = properties.read(value, 0, budget, stream.label)
    else:
        file.attributes.setdefault(number, value)
