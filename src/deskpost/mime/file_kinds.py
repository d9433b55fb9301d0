"""What a file holds, told by its first bytes: only where these are certain, else nothing."""

import re
from collections.abc import Callable

KINDS = ("image", "pdf", "rtf", "office", "zip", "archive", "media", "program", "html")
"""What can be told: pictures, PDF, RTF, OLE files of office programs, ZIP (also newer office files), other archives,
sound and film, programs for Windows, Linux and macOS, web pages."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"8BPS\0\1", "image"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf1", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"ID3\x02\0", "media"),
    (b"ID3\x03\0", "media"),
    (b"ID3\x04\0", "media"),
    (b"OggS\0", "media"),
    (b"fLaC\0\0\0\x22", "media"),
    (b"\x1aE\xdf\xa3", "media"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
)
_FIRST = frozenset(signature[0] for signature, _ in _SIGNATURES)
_RIFF = {b"WEBP": "image", b"WAVE": "media", b"AVI ": "media"}
# The brands of ISO/IEC 14496-12 files, as MP4RA lists them; what has another one is not told.
_PICTURE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_MEDIA_BRANDS = tuple(
    b"iso,mp4,mp7,avc1,M4,qt  ,3g,f4v,F4,MSNV,dash,mmp4,XAVC,NDS,dby1,cmf,KDDI".split(b",")
)  # beginnings
_LONGEST_BOX = 4096  # bytes of the first box, which lists brands; text in its place would say millions
_BLANKS = b" \t\r\n\xef\xbb\xbf"
_BEFORE_PAGE = re.compile(rb"(?:[ \t\r\n]++|<!--.*?-->|<\?xml[^>]*+>)*+", re.DOTALL)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_LOOKED_AT = 65_536  # bytes in which a page begins


def kind_of(content: bytes) -> str:
    """Give what the bytes hold, one of KINDS, or "" where they do not tell for certain, as plain text does not."""
    if not content:
        return ""
    if content[0] in _FIRST:
        for signature, kind in _SIGNATURES:
            if content.startswith(signature):
                return kind
    special = _SPECIAL.get(content[:1])
    if special is not None:
        return special(content)
    if content[4:8] == b"ftyp":
        return _branded(content)
    if content[257:263] in (b"ustar\0", b"ustar "):
        return "archive"
    return _page(content) if content[0] in _BLANKS else ""


def _riff(content: bytes) -> str:
    return _RIFF.get(content[8:12], "") if content.startswith(b"RIFF") else ""


def _windows_program(content: bytes) -> str:
    """MZ alone could begin a text; the header that it points to does not happen by chance."""
    if not content.startswith(b"MZ"):
        return ""
    at = int.from_bytes(content[60:64], "little")
    return "program" if content[at : at + 4] == b"PE\0\0" and at >= 64 else ""


def _bitmap_or_bzip(content: bytes) -> str:
    """BM alone could begin a text; the size that follows is the file's own."""
    if content.startswith(b"BZh") and content[4:10] == b"1AY&SY":
        return "archive"
    sized = int.from_bytes(content[2:6], "little") == len(content) and content[6:10] == bytes(4)
    return "image" if content.startswith(b"BM") and sized else ""


def _branded(content: bytes) -> str:
    if not 12 <= int.from_bytes(content[:4], "big") <= _LONGEST_BOX:
        return ""
    if content.startswith(_PICTURE_BRANDS, 8):
        return "image"
    return "media" if content.startswith(_MEDIA_BRANDS, 8) else ""


def _page(content: bytes) -> str:
    """A page may begin with comments, which browsers pass over."""
    text = content[:_LOOKED_AT].lstrip(_BLANKS)
    start = _BEFORE_PAGE.match(text)
    return "html" if start and _PAGE.match(text, start.end()) else ""


_SPECIAL: dict[bytes, Callable[[bytes], str]] = {
    b"R": _riff,
    b"M": _windows_program,
    b"B": _bitmap_or_bzip,
    b"<": _page,
}
