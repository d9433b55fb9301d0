"""What winmail.dat holds: a text, an HTML, a calendar entry, files and mails."""

import re
from dataclasses import dataclass

from deskpost.mime import charset, words
from deskpost.mime.compose import NO_DATE, Draft, File, compose
from deskpost.mime.tnef import calendar, people, rtf, rtf_compression, stream, tags
from deskpost.mime.tnef.properties import Budget, Malformed
from deskpost.mime.tnef.stream import RawFile, Stream

DEPTH = 3
"""Mails inside one another that are opened."""

_MAIL, _REFERRED = 5, (2, 3, 4, 7)
_TYPES = {
    "bmp": "image/bmp",
    "gif": "image/gif",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "p7m": "application/pkcs7-mime",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "webp": "image/webp",
}
_BYTES = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_LONGEST = 1_000  # characters of a name


@dataclass(frozen=True, slots=True)
class Body:
    """The text, and the HTML where there is one; `whole` is false when a bound cut it."""

    text: str
    html: str | None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Winmail:
    """`files` are all there are, mails and the calendar entry too. `broken`: why not all was read, in words."""

    body: Body
    files: tuple[File, ...]
    broken: str


def read(content: bytes, with_body: bool = True) -> Winmail:
    """Open winmail.dat. Never raises; time and memory are bounded by its size.

    `with_body` is false where nobody asks for text and HTML, whose unpacking takes most of the time. The files are
    the same whether or not.
    """
    budget = Budget(len(content))
    return _opened(stream.read(content, budget), with_body, budget, DEPTH)


def _opened(mail: Stream, with_body: bool, budget: Budget, depth: int) -> Winmail:
    faults = [mail.broken]
    files: list[File] = []
    for file in mail.files:
        budget.files -= 1
        if budget.files < 0:
            faults.append("it holds more files than are read")
            break
        found, fault = _file(file, mail.label, budget, depth)
        files += [found] if found else []
        faults.append(fault)
    if event := calendar.entry(mail, _message_class(mail), _plain(mail)):
        files.append(File("calendar.ics", "text/calendar", event))
    body = Body("", None)
    if with_body:
        try:
            body = _body(mail, budget)
        except Malformed as fault:
            faults.append(str(fault))
    return Winmail(body, tuple(files), "; ".join(dict.fromkeys(filter(None, faults))))


def _message_class(mail: Stream) -> str:
    return mail.properties.text(tags.MESSAGE_CLASS) or mail.text_of(stream.MESSAGE_CLASS)


def _plain(mail: Stream) -> str:
    return mail.properties.text(tags.BODY) or mail.text_of(stream.BODY)


def _body(mail: Stream, budget: Budget) -> Body:
    """Give the body. Raises Malformed where its formatted text is none, and nothing else is there."""
    text, html = _plain(mail), _html(mail)
    compressed = mail.properties.data(tags.RTF)
    if html is None and compressed:
        try:
            source, whole = rtf_compression.decompress(compressed, budget.expanded)
        except Malformed:
            if not text.strip():
                raise
            return Body(text, None)
        budget.expanded -= len(source)
        found = rtf.read(source, budget.tokens)
        budget.tokens -= found.tokens
        return Body(text or found.text, found.html, whole and found.whole)
    return Body(text, html)


def _html(mail: Stream) -> str | None:
    told = mail.properties
    if found := told.text(tags.HTML):
        return found
    data = told.data(tags.HTML)
    if not data:
        return None
    label = told.code_page(tags.INTERNET_CODE_PAGE, tags.MESSAGE_CODE_PAGE) or mail.label
    return charset.decode(data.rstrip(b"\0"), label)[0]


def _file(file: RawFile, label: str, budget: Budget, depth: int) -> tuple[File | None, str]:
    """Give a file, None where only its place is told, and what was wrong with it."""
    told = file.properties
    content = told.data(tags.CONTENT)
    if content is None:
        content = file.attributes.get(stream.DATA)
    method = told.number(tags.METHOD)
    if not content and method in _REFERRED:
        return None, "a file lies somewhere else and did not come with it"
    content = content or b""
    if content.startswith(tags.MESSAGE_OBJECT) or (method == _MAIL and content.startswith(stream.SIGNATURE)):
        return _mail(file, content.removeprefix(tags.MESSAGE_OBJECT), label, budget, depth)
    if content.startswith(tags.OTHER_OBJECTS):
        content = content[16:]
    name = _name(file, label)
    kind = told.text(tags.MIME_TAG).strip().lower()
    if not _TYPE.fullmatch(kind):
        kind = _TYPES.get(name.lower().rpartition(".")[2], _BYTES)
    content_id = words.printable(told.text(tags.CONTENT_ID)[:_LONGEST]).strip("<> ")
    return File(name, kind, content, content_id or None), ""


def _name(file: RawFile, label: str) -> str:
    found = file.properties.text(tags.LONG_FILE_NAME, tags.FILE_NAME)
    for number in (stream.TRANSPORT_NAME, stream.TITLE):
        found = found or charset.decode(file.attributes.get(number, b"").rstrip(b"\0"), label)[0]
    return words.printable((found or file.properties.text(tags.DISPLAY_NAME))[:_LONGEST]).strip()


def _mail(file: RawFile, content: bytes, label: str, budget: Budget, depth: int) -> tuple[File, str]:
    """Make a mail within the mail a file of its own, as forwarded ones are."""
    name = words.printable(file.properties.text(tags.DISPLAY_NAME)[:_LONGEST]) or _name(file, label)
    budget.mails -= 1
    if depth <= 0 or budget.mails < 0:
        whole = File(f"{name or 'message'}.dat", _BYTES, content)
        return whole, "it holds more mails inside one another than are read"
    mail = stream.read(content, budget)
    opened = _opened(mail, True, budget, depth - 1)
    subject = calendar.subject(mail)[:_LONGEST]
    draft = Draft(
        message_id=mail.properties.text(tags.INTERNET_MESSAGE_ID),
        date=people.written_at(mail) or NO_DATE,
        sender=people.sender(mail),
        to=people.recipients(mail, people.TO),
        cc=people.recipients(mail, people.CC),
        subject=subject,
        text=opened.body.text,
        html=opened.body.html,
        automatic=False,
        loop_id="",
        files=opened.files,
    )
    return File(f"{subject or name or 'message'}.eml", "message/rfc822", compose(draft)), opened.broken
