"""The corpus `mime`: each value that another well-regarded parser gives, beside the one that Deskpost reads."""

import html as entities
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from deskpost.mime.message import Address, Message
from deskpost.mime.parse import attachment_content, parse
from tests.mime.corpora import ROOT, name_of

KINDS = (
    "subject",
    "names of people",
    "addresses",
    "date",
    "Message-ID",
    "text bodies",
    "HTML bodies",
    "number of attachments",
    "attachments' names",
    "attachments' types",
    "attachments' content",
)
REASONS = {
    "letters": "letters of an unnamed character set, U+FFFD there, are read here",
    "uuencode": "a uuencoded file is decoded here, and kept as its text there",
    "line breaks": "a file that is sent as text keeps its CRLF here, and has LF there",
    "folder": "a name with a folder of Windows: only the name is kept here, and only the backslashes are lost there",
    "flowed": "lines of format=flowed are made whole here (RFC 3676)",
    "local": "a single word is the address of a local user here, and a name without address there",
}
"""Why a value may differ, by a short name."""
EXPECTED = tuple(sorted(ROOT.glob("mime/*/*.json")))


class Value(NamedTuple):
    """One value of one mail: what the other parser gives, and what we read."""

    mail: str
    kind: str
    wanted: object
    found: object

    @property
    def agrees(self) -> bool:
        """Say whether both are the same."""
        return self.wanted == self.found


def values() -> Iterator[Value]:
    """Give all values of the corpus."""
    for path in EXPECTED:
        raw = path.with_suffix(".eml").read_bytes()
        mail = name_of(path.with_suffix(".eml"))
        for kind, wanted, found in _of_mail(json.loads(path.read_text()), raw, parse(raw)):
            yield Value(mail, kind, wanted, found)


def _of_mail(expected: dict[str, Any], raw: bytes, message: Message) -> Iterator[tuple[str, object, object]]:
    yield from _of_header(expected, message)
    yield from _of_bodies(expected, message)
    yield from _of_attachments(expected, raw, message)


def _of_header(expected: dict[str, Any], message: Message) -> Iterator[tuple[str, object, object]]:
    yield "subject", _text(_header(expected, 0, "subject")), message.subject
    yield "Message-ID", _text(_header(expected, 0, "message_id")), (message.message_id or "")[1:-1]
    wanted = _header(expected, 0, "date")
    yield "date", _moment(wanted["DateTime"]) if isinstance(wanted, dict) else None, message.date
    for name, found in (
        ("from", message.from_),
        ("reply_to", message.reply_to),
        ("to", message.to),
        ("cc", message.cc),
    ):
        people = _people(_header(expected, 0, name))
        for place in range(max(len(people), len(found))):
            told = people[place] if place < len(people) else None
            read = found[place] if place < len(found) else None
            yield "names of people", told and told.name, read and read.name
            yield "addresses", told and told.address, read and read.address


def _of_bodies(expected: dict[str, Any], message: Message) -> Iterator[tuple[str, object, object]]:
    html = message.html or ""
    for index in expected["text_body"]:
        body = expected["parts"][index]["body"]
        wanted = _lines(body["Text"]) if "Text" in body else _lines(body.get("Html", ""))
        yield (
            "text bodies",
            wanted,
            wanted if wanted in (message.text if "Text" in body else html) else message.text,
        )
    has_html = any("Html" in expected["parts"][index]["body"] for index in expected["html_body"])
    yield "HTML bodies", has_html, message.html is not None
    for index in expected["html_body"] if has_html else ():
        body = expected["parts"][index]["body"]
        wanted = (
            _lines(body["Html"])
            if "Html" in body
            else entities.escape(_lines(body.get("Text", "")), quote=False)
        )
        yield "HTML bodies", wanted, wanted if wanted in html else html


def _of_attachments(
    expected: dict[str, Any], raw: bytes, message: Message
) -> Iterator[tuple[str, object, object]]:
    yield "number of attachments", len(expected["attachments"]), len(message.attachments)
    for index, file in zip(expected["attachments"], message.attachments, strict=False):
        body = expected["parts"][index]["body"]
        kind = _header(expected, index, "content_type") or {}
        name = _parameter(_header(expected, index, "content_disposition"), "filename") or _parameter(
            kind, "name"
        )
        yield "attachments' names", name or file.name, file.name  # where it says none, ours is by the type
        if kind:
            told = kind["ContentType"]
            yield "attachments' types", f"{told['c_type']}/{told['c_subtype']}".lower(), file.content_type
        content = attachment_content(raw, file.part)
        yield "attachments' content", *_contents(body, content)


def _contents(body: dict[str, Any], content: bytes) -> tuple[object, object]:
    """Give both contents; those of a text decoded, and of a mail what it says."""
    for binary in ("Binary", "InlineBinary"):
        if binary in body:
            return bytes(body[binary]), content
    if "Message" in body:
        within = parse(content)
        inner = body["Message"]
        texts = [inner["parts"][index]["body"].get("Text", "") for index in inner["text_body"]]
        wanted = (_text(_header(inner, 0, "subject")), len(inner["attachments"]), "".join(map(_lines, texts)))
        return wanted, (within.subject, len(within.attachments), within.text)
    wanted = _lines(body.get("Text") or body.get("Html") or "")
    for codec in ("utf-8", "cp1252"):
        try:
            return wanted, _lines(content.decode(codec))
        except UnicodeDecodeError:
            continue
    return wanted, content


def _header(expected: dict[str, Any], index: int, name: str) -> Any:
    """Give the last header of a name that the other parser saw, None where there is none."""
    found = None
    for header in expected["parts"][index]["headers"]:
        if header["name"] == name:
            found = header["value"]
    return found


def _text(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    found = value.get("Text") or (value.get("TextList") or [""])[0]
    return str(found)


def _people(value: Any) -> list[Address]:
    if not isinstance(value, dict) or "Address" not in value:
        return []
    listed = value["Address"]
    people = listed.get("List") or [one for group in listed.get("Group", []) for one in group["addresses"]]
    found = []
    for person in people:
        local, at, domain = (person["address"] or "").rpartition("@")
        found.append(Address(person["name"] or "", f"{local}{at}{domain.lower()}"))
    return found


def _moment(told: dict[str, Any]) -> datetime:
    east = timedelta(hours=told["tz_hour"], minutes=told["tz_minute"]) * (-1 if told["tz_before_gmt"] else 1)
    fields = [told[name] for name in ("year", "month", "day", "hour", "minute", "second")]
    return datetime(*fields, tzinfo=timezone(east)).astimezone(UTC)


def _parameter(value: Any, name: str) -> str:
    attributes = (value or {}).get("ContentType", {}).get("attributes") or []
    return next((one["value"] for one in attributes if one["name"] == name), "")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def reason(value: Value) -> str:
    """Give by its short name why a value differs; "" where nothing excuses it."""
    wanted, found = value.wanted, value.found
    if value.kind in ("names of people", "addresses") and "@" not in f"{wanted}{found}":
        return "local" if "" in (wanted, found) else _of_letters(wanted, found)
    if isinstance(wanted, bytes) and isinstance(found, bytes):
        if wanted == found.replace(b"\r\n", b"\n"):
            return "line breaks"
        return "uuencode" if wanted.lstrip().startswith(b"begin ") else ""
    if not isinstance(wanted, str):
        return ""
    if wanted.lstrip().startswith("begin "):
        return "uuencode"
    if not isinstance(found, str):
        return ""
    if value.kind == "attachments' names" and wanted.startswith("C:") and wanted.endswith(found):
        return "folder"
    if " ".join(wanted.split()) == " ".join(found.split()):
        return "flowed" if value.kind == "text bodies" else ""
    return _of_letters(wanted, found)


def _of_letters(wanted: object, found: object) -> str:
    """Say whether both are the same but for what the other parser could not read."""
    pattern = ".{1,3}".join(re.escape(piece) for piece in str(wanted).split("\ufffd"))
    return "letters" if "\ufffd" in str(wanted) and re.search(pattern, str(found), re.DOTALL) else ""
