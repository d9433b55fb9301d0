"""SOAP as EWS speaks it: envelopes written, and answers read without trusting whoever wrote them.

Answers are read by expat with our own hands: a document type is refused, whatever it declares, so that there are no
entities; depth and number of elements are bounded, as the bytes are by `Http`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

DEEPEST = 100  # elements inside each other
MOST = 200_000  # elements of one answer: the largest page of a list has some thousands

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
    '<s:Header><t:RequestServerVersion Version="Exchange2013_SP1"/>{header}</s:Header>'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Exchange writes signs into its answers that XML 1.0 forbids, where a header field holds them: "&#x1F;".
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(x[0-9A-Fa-f]{1,8}|[0-9]{1,8});")


class Unreadable(Exception):
    """What came is no XML, or none that is read here."""


@dataclass(frozen=True, slots=True)
class Message:
    """One response message, of which an operation gives one for each thing that it was asked for."""

    code: str
    text: str
    content: Element
    wait: float | None = None  # seconds, from BackOffMilliseconds

    @property
    def fine(self) -> bool:
        """True when the server did what it was asked."""
        return self.code == "NoError"

    @property
    def is_fault(self) -> bool:
        """True when it refuses the whole request."""
        return local(self.content) == "Fault"

    @property
    def said(self) -> str:
        """What the server said, with its code, which is what people look for."""
        return f"{self.code}: {self.text}" if self.text else self.code


def envelope(body: str, header: str = "") -> bytes:
    """Give the envelope of a request."""
    return _ENVELOPE.format(header=header, body=body).encode()


def text(value: str) -> str:
    """Give a text as the content of an element, without what XML cannot hold."""
    return escape(_NOT_IN_XML.sub("", value))


def quoted(value: str) -> str:
    """Give a text as an attribute's value with its quotes."""
    return quoteattr(_NOT_IN_XML.sub("", value))


def read(body: bytes) -> Element:
    """Give the root of an answer. Raises Unreadable."""
    try:
        return _read(body)
    except expat.ExpatError as problem:
        mended = _FORBIDDEN.sub(_allowed, body)
        if len(mended) == len(body):
            raise Unreadable(str(problem)) from None
    try:
        return _read(mended)
    except expat.ExpatError as problem:
        raise Unreadable(str(problem)) from None


def messages_of(root: Element) -> list[Message]:
    """Give the response messages of an answer; a fault is one, with the code of the whole request.

    Raises Unreadable: it is no SOAP of EWS.
    """
    body = child(root, "Body")
    if local(root) != "Envelope" or body is None or not len(body):
        raise Unreadable("no SOAP envelope")
    if local(body[0]) == "Fault":
        return [_of_fault(body[0])]
    holder = child(body[0], "ResponseMessages")
    if holder is None:
        raise Unreadable("no response messages")
    return [_of_message(one) for one in holder]


def local(element: Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element | None, name: str) -> Element | None:
    """Give the first child of a name, whatever its namespace."""
    return next((one for one in element if local(one) == name), None) if element is not None else None


def text_of(element: Element | None, *names: str) -> str:
    """Give the text below an element along these names; empty where there is none."""
    for name in names:
        element = child(element, name)
    return (element.text or "").strip() if element is not None else ""


def every(element: Element | None, name: str) -> Iterator[Element]:
    """Yield all elements of a name below one."""
    return (one for one in element.iter() if local(one) == name) if element is not None else iter(())


def _of_message(element: Element) -> Message:
    code = text_of(element, "ResponseCode")
    if not code:
        raise Unreadable("a response message without code")
    return Message(code, text_of(element, "MessageText"), element, _wait(every(element, "Value")))


def _of_fault(fault: Element) -> Message:
    detail = child(fault, "detail")
    code = text_of(detail, "ResponseCode") or text_of(fault, "faultcode").rpartition(":")[2]
    told = text_of(detail, "Message") or text_of(fault, "faultstring")
    return Message(code or "Fault", told, fault, _wait(every(detail, "Value")))


def _wait(values: Iterable[Element]) -> float | None:
    """Give the seconds of BackOffMilliseconds; None where it is missing, zero or no number."""
    for value in values:
        given = (value.text or "").strip()[:12]
        if value.get("Name") == "BackOffMilliseconds" and given.isascii() and given.isdigit() and int(given):
            return int(given) / 1000
    return None


def _read(body: bytes) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST:
            raise Unreadable("too many elements")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
        return builder.close()
    except (AssertionError, ValueError, LookupError) as problem:
        raise Unreadable(str(problem)) from None


def _allowed(found: re.Match[bytes]) -> bytes:
    """Give a reference to a sign where XML allows that sign, else nothing."""
    number = found[1]
    if not number:
        return b""
    sign = int(number[1:], 16) if number[:1] == b"x" else int(number)
    return found[0] if sign < 0x110000 and not _NOT_IN_XML.match(chr(sign)) else b""


def _refuse(*_: object) -> None:
    raise Unreadable("a document type, which EWS does not write")
