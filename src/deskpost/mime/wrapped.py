"""Parts that wrap what a mail says: winmail.dat, and S/MIME that is signed, compressed or encrypted.

What is in one is named by the part's path, a slash, and its place within: "2/1" is the first file of the winmail.dat
that is part 2, "1/2.1" part 2.1 of what part 1 has signed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deskpost.mime import cms, encrypted, structure
from deskpost.mime.body import Body, choose, name_of
from deskpost.mime.bounds import Bounds
from deskpost.mime.compose import File
from deskpost.mime.file_kinds import kind_of
from deskpost.mime.structure import Part
from deskpost.mime.texts import decoded
from deskpost.mime.tnef import read as tnef
from deskpost.mime.tnef.stream import SIGNATURE

SMIME_TYPE = "application/pkcs7-mime"
SIGNED = f"{SMIME_TYPE}; smime-type=signed-data"
ENCRYPTED = f"{SMIME_TYPE}; smime-type=enveloped-data"
COMPRESSED = f"{SMIME_TYPE}; smime-type=compressed-data"

_DEPTH = 3  # wrappings inside one another
_MOST = 8  # of one mail
_WINMAIL = ("application/ms-tnef", "application/vnd.ms-tnef")
_SMIME = (SMIME_TYPE, "application/x-pkcs7-mime")
_PGP = "application/pgp-encrypted"
_TYPES = frozenset((*_WINMAIL, *_SMIME, _PGP))
_CLEAR = re.compile(rb"^content-type:\s*multipart/signed", re.IGNORECASE | re.MULTILINE)
_CLEAR_WITHIN = 2_000  # bytes
_EXTENSIONS = (".dat", ".p7m", ".p7z")
_OF_A_MAIL = ("", "smime.p7m", "smime.p7z")  # names; any other is that of a document (RFC 8551 section 3.2.1)
_OF_AN_ENTITY = frozenset(("content-type", "content-transfer-encoding", "mime-version"))
_NUMBER = re.compile(r"\d+")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TEXT_LOOKED_AT = 2_000  # bytes


@dataclass(slots=True)
class _Inside:
    """What a part wraps; `stays` when the part itself is a file of the mail besides."""

    body: Body = field(default_factory=Body)
    stays: bool = True


def is_wrapping(part: Part) -> bool:
    """Say whether a file may hold what a mail says; its bytes tell."""
    return part.content_type in _TYPES or name_of(part).lower().endswith(_EXTENSIONS)


def unwrap(body: Body, raw: bytes, bounds: Bounds) -> None:
    """Add what the files of a mail wrap, its texts too; of winmail.dat only where the mail has no text itself."""
    _unwrap(body, raw, bounds, _DEPTH, [_MOST])


def content(part: Part, path: str, raw: bytes, bounds: Bounds) -> bytes | None:
    """Give the decoded bytes of the part at `path` within this one, None where there is none."""
    here = part.path or "1"
    if here == path:
        return part.content(raw, bounds)
    if not path.startswith(here + "/") or path.count("/") > _DEPTH or not is_wrapping(part):
        return None
    inside = _inside(part, raw, bounds, with_text=False).body
    found = (content(each, path, raw, bounds) for each in (*inside.files, *inside.text, *inside.html))
    return next((each for each in found if each is not None), None)


def _unwrap(body: Body, raw: bytes, bounds: Bounds, depth: int, left: list[int]) -> None:
    files, body.files = body.files, []
    for part in files:
        if not is_wrapping(part) or depth <= 0 or left[0] <= 0:
            body.files.append(part)
            continue
        left[0] -= 1
        empty = not any(decoded(each, raw, bounds).strip() for each in (*body.text, *body.html))
        inside = _inside(part, raw, bounds, with_text=empty)
        if inside.stays:
            body.files.append(part)
        _unwrap(inside.body, raw, bounds, depth - 1, left)
        if empty and inside.body.text:
            body.text, body.html = inside.body.text, inside.body.html
        elif part.content_type in (SIGNED, COMPRESSED):
            _put_in(body.text, inside.body.text, part)
            _put_in(body.html, inside.body.html, part)
        body.files += inside.body.files
        body.sealed = body.sealed or inside.body.sealed
        body.wholly = body.wholly or inside.body.wholly


def _put_in(texts: list[Part], inside: list[Part], part: Part) -> None:
    """Put what a part wraps where the part stands: a list's footer is behind it."""
    here = _place(part)
    behind = next((number for number, each in enumerate(texts) if _place(each) > here), len(texts))
    texts[behind:behind] = inside


def _place(part: Part) -> list[int]:
    return [int(number) for number in _NUMBER.findall(part.path)]


def _inside(part: Part, raw: bytes, bounds: Bounds, with_text: bool) -> _Inside:
    if part.content_type == _PGP:
        return _Inside(Body(sealed="PGP", wholly=True))
    data = part.content(raw, bounds)
    if data.startswith(SIGNATURE):
        return _winmail(part, data, bounds, with_text)
    if part.content_type in _WINMAIL:
        bounds.note("winmail.dat could not be read: it does not begin as one does")
    elif part.content_type in (*_SMIME, SIGNED, ENCRYPTED, COMPRESSED) or _is_called_so(part):
        return _smime(part, data, bounds)
    return _Inside()


def _winmail(part: Part, data: bytes, bounds: Bounds, with_text: bool) -> _Inside:
    found = tnef.read(data, with_text)
    inside = _Inside(stays=bool(found.broken))
    if found.broken:
        bounds.note(f"winmail.dat could not be read to its end: {found.broken}")
    if not found.body.whole:
        bounds.cut("the text of winmail.dat is longer than what is read")
    texts = list(_texts(found.body))
    for place, (kind, text) in enumerate(texts):
        made = _made(f"{part.path or '1'}/text{place}", File("", kind, text.encode()), bounds)
        made.parameters = {"charset": "utf-8"}
        (inside.body.html if kind == "text/html" else inside.body.text).append(made)
    inside.body.text = inside.body.text or list(inside.body.html)
    inside.body.html = inside.body.html or list(inside.body.text)
    for number, file in enumerate(found.files, 1):
        inside.body.files.append(_made(f"{part.path or '1'}/{number}", file, bounds))
    return inside


def _texts(body: tnef.Body) -> Iterator[tuple[str, str]]:
    if body.text.strip():
        yield "text/plain", body.text
    if body.html and body.html.strip():
        yield "text/html", body.html


def _made(path: str, file: File, bounds: Bounds) -> Part:
    """Make a part of bytes that stand nowhere in the mail as they are."""
    fields = {"content-id": file.content_id} if file.content_id else {}
    made = Part(path, fields, 0, bounds, file.content_type)
    made.source, made.end = file.content, len(file.content)
    made.disposition = ("attachment", {"filename": file.name})
    return made


def _is_called_so(part: Part) -> bool:
    return name_of(part).lower().endswith((".p7m", ".p7z"))


def _smime(part: Part, data: bytes, bounds: Bounds) -> _Inside:
    kind, signed = cms.opened(data)
    declared = part.parameters.get("smime-type", "").lower()
    if not kind and _CLEAR.search(data, 0, _CLEAR_WITHIN):
        signed = data  # out of winmail.dat: the whole multipart, with its signature as a part
    inside = _Inside()
    if kind == cms.ENCRYPTED or (not kind and "enveloped" in declared):
        part.content_type = ENCRYPTED
        inside.body = Body(sealed="S/MIME", wholly=_is_the_mail(part))
    elif kind == cms.COMPRESSED or (not kind and "compressed" in declared):
        part.content_type = COMPRESSED
        inside.body = _compressed(part, signed, bounds)
    elif signed is None:
        if declared != "certs-only":  # certificates alone, no mail
            bounds.note("an S/MIME part could not be read")
    else:
        part.content_type = SIGNED
        bounds.note("the S/MIME signature was not checked")
        inside.body = _entity(part, signed, len(signed), bounds)
    return inside


def _is_the_mail(part: Part) -> bool:
    """Say whether a part is what the mail says, by its name, and not a document beside it."""
    return name_of(part).lower() in _OF_A_MAIL


def _compressed(part: Part, data: bytes | None, bounds: Bounds) -> Body:
    """Give the parts that were compressed, within what the mail may become; else say that they are not read.

    One that cannot be expanded may have been expanded up to the bound: it takes all that is left.
    """
    left, bounds.expanded = bounds.expanded, 0
    content = None if data is None or left <= 0 else cms.expanded(data, left)
    if data is None or content is None:
        return Body(sealed=encrypted.COMPRESSED, wholly=_is_the_mail(part))
    bounds.expanded = left - len(content)
    return _entity(part, content, len(data), bounds)


def _entity(part: Part, content: bytes, size: int, bounds: Bounds) -> Body:
    """Give the parts of what is wrapped; a document that was signed by itself (`offer.pdf.p7m`) is a file.

    Bounds of its own, by the bytes that came, keep the parts the same, whatever else the mail holds.
    """
    own = Bounds(size)
    root, _ = structure.read(content, own)
    here = part.path or "1"
    if not (root.fields.keys() & _OF_AN_ENTITY) and not content.startswith((b"\r\n", b"\n")):
        name = name_of(part)
        shorter = name[:-4] if _is_called_so(part) else name
        if _is_the_mail(part) and _is_text(content):  # a program that left the header out
            text = _made(f"{here}/1", File("", "text/plain", content), bounds)
            return Body(text=[text], html=[text])
        return Body(files=[_made(f"{here}/1", File(shorter, "application/octet-stream", content), bounds)])
    for each in structure.leaves(root):
        each.path, each.source = f"{here}/{each.path or '1'}", content
    for defect in own.defects:
        bounds.note(defect)
    return choose(root)


def _is_text(content: bytes) -> bool:
    """Say whether bytes are read as text: no kind of file, and none of the signs that no text has."""
    return not kind_of(content) and not _NO_TEXT.search(content, 0, _TEXT_LOOKED_AT)
