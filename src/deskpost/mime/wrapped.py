"""Parts that wrap what a mail says: winmail.dat, and S/MIME that is signed or encrypted.

What is in one is named by the part's path, a slash, and its place within: "2/1" is the first file of the winmail.dat
that is part 2, "1/2.1" part 2.1 of what part 1 has signed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deskpost.mime import cms, structure
from deskpost.mime.body import Body, choose, name_of
from deskpost.mime.bounds import Bounds
from deskpost.mime.compose import File
from deskpost.mime.structure import Part
from deskpost.mime.texts import decoded
from deskpost.mime.tnef import read as tnef
from deskpost.mime.tnef.stream import SIGNATURE

SMIME_TYPE = "application/pkcs7-mime"
SIGNED = f"{SMIME_TYPE}; smime-type=signed-data"
ENCRYPTED = f"{SMIME_TYPE}; smime-type=enveloped-data"

_DEPTH = 3  # wrappings inside one another
_MOST = 8  # of one mail
_WINMAIL = ("application/ms-tnef", "application/vnd.ms-tnef")
_SMIME = (SMIME_TYPE, "application/x-pkcs7-mime")
_PGP = "application/pgp-encrypted"
_TYPES = frozenset((*_WINMAIL, *_SMIME, _PGP))
_CLEAR = re.compile(rb"^content-type:\s*multipart/signed", re.IGNORECASE | re.MULTILINE)
_CLEAR_WITHIN = 2_000  # bytes
_EXTENSIONS = (".dat", ".p7m")


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
        elif part.content_type == SIGNED:
            body.text += inside.body.text
            body.html += inside.body.html
        body.files += inside.body.files
        body.encrypted = body.encrypted or inside.body.encrypted


def _inside(part: Part, raw: bytes, bounds: Bounds, with_text: bool) -> _Inside:
    if part.content_type == _PGP:
        return _Inside(Body(encrypted="PGP"))
    data = part.content(raw, bounds)
    if data.startswith(SIGNATURE):
        return _winmail(part, data, bounds, with_text)
    if part.content_type in _WINMAIL:
        bounds.note("winmail.dat could not be read: it does not begin as one does")
    elif part.content_type in (*_SMIME, SIGNED, ENCRYPTED) or name_of(part).lower().endswith(".p7m"):
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


def _smime(part: Part, data: bytes, bounds: Bounds) -> _Inside:
    kind, signed = cms.opened(data)
    if not kind and _CLEAR.search(data, 0, _CLEAR_WITHIN):
        signed = data  # out of winmail.dat: the whole multipart, with its signature as a part
    inside = _Inside()
    if kind == cms.ENCRYPTED or (not kind and "enveloped" in part.parameters.get("smime-type", "").lower()):
        part.content_type = ENCRYPTED
        inside.body.encrypted = "S/MIME"
    elif signed is None:
        if part.parameters.get("smime-type", "").lower() != "certs-only":  # certificates alone, no mail
            bounds.note("an S/MIME part could not be read")
    else:
        part.content_type = SIGNED
        bounds.note("the S/MIME signature was not checked")
        inside.body = _signed(part, signed, bounds)
    return inside


def _signed(part: Part, signed: bytes, bounds: Bounds) -> Body:
    """Give the parts that were signed; a document that was signed by itself (`offer.pdf.p7m`) is a file.

    Bounds of its own keep the parts the same, whatever else the mail holds.
    """
    own = Bounds(len(signed))
    root, _ = structure.read(signed, own)
    here = part.path or "1"
    if "content-type" not in root.fields and not signed.startswith((b"\r\n", b"\n")):
        name = name_of(part)
        shorter = name[:-4] if name.lower().endswith(".p7m") else name
        return Body(files=[_made(f"{here}/1", File(shorter, "application/octet-stream", signed), bounds)])
    for each in structure.leaves(root):
        each.path, each.source = f"{here}/{each.path or '1'}", signed
    for defect in own.defects:
        bounds.note(defect)
    return choose(root)
