"""Whether a file of a mail may stay: by its name, its extension, its content, and its size. Pure."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from deskpost.mime.file_labels import extension_of, is_mail_itself, is_usual, label_of
from deskpost.mime.message import Attachment

NAME, EXTENSION, TYPE, EMPTY, SIZE = WHYS = ("name", "extension", "type", "empty", "size")
"""Why a file is dropped."""

MEGABYTE = 1_000_000
LONGEST_NAME = 255  # bytes: what file systems take
# Beside the plain ones: what joins and parts letters in Persian and the scripts of India, and what stands for letters
# in an encoding that could not be read.
_SIGNS = frozenset("._- \u200c\u200d\ufffd")
_LETTERS = ("L", "M")  # letters, and the marks that are part of them
_OTHERS = ("Nd", "Pc", "Pd", "Zs")  # digits, and all that is an underscore, a hyphen or a blank
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)

_TEXT = "txt text csv tsv log md json yaml yml ini conf cfg sql xml htm html xhtml css"
_IMAGE = "png jpg jpeg jpe jfif gif webp bmp dib tif tiff heic heif avif svg psd"
_OFFICE = "doc dot docx docm dotx xls xlt xlsx xlsm xlsb ppt pot pps pptx pptm ppsx odt ods odp vsd vsdx"
_ARCHIVE = "zip 7z rar gz tgz bz2 xz tar"
_MEDIA = "mp3 m4a wav ogg flac mp4 m4v mov avi mkv webm"
_PROGRAM = "exe dll scr com sys"
_HOLDS: dict[str, tuple[str, frozenset[str]]] = {
    extension: (named, frozenset(kinds.split()))
    for extensions, named, kinds in (
        (_TEXT, "a text", "html rtf"),
        (_IMAGE, "an image", "image"),
        ("pdf", "a PDF", "pdf"),
        ("rtf", "an RTF text", "rtf office zip"),
        (_OFFICE, "an office file", "office zip rtf html"),  # old exports are web pages, encrypted files OLE
        (_ARCHIVE, "an archive", "archive zip"),
        (_MEDIA, "sound or film", "media"),
        (_PROGRAM, "a program", "program"),
    )
    for extension in extensions.split()
}
"""What files with these extensions may hold. Of another extension, or none, nothing is certain."""
_CALLED = {
    "image": "an image",
    "pdf": "a PDF",
    "rtf": "an RTF text",
    "office": "an office file",
    "zip": "a ZIP archive",
    "archive": "an archive",
    "media": "sound or film",
    "program": "a program",
    "html": "a web page",
}


@dataclass(frozen=True, slots=True)
class FileRules:
    """Which files may stay. `allowed`: the extensions (lower case, no dot) are all there are, else those denied."""

    allowed: bool
    extensions: frozenset[str]
    max_mb: int


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that does not stay: one of WHYS, and what was found, in words."""

    part: str
    name: str
    size: int  # bytes
    why: str
    detail: str


def judge(file: Attachment, rules: FileRules) -> DroppedFile | None:
    """Tell why a file is dropped, None when it stays.

    The extension comes first, for what is denied is never taken in by hand. What is mail itself by its type and bears
    an extension of that type (`named_by_type` gives it one) is dropped for neither name nor extension. Signed and
    encrypted mail, invitations, contact cards and receipts keep whatever name they have, as do forwarded mails, which
    are named by their subject, and images in the text, which are named by mail programs.
    """
    labelled = label_of(file.content_type, file.name) is not None
    is_kept = is_mail_itself(file.content_type, file.name) or (
        labelled and rules.allowed and is_usual(file.name)
    )
    if is_denied(file.name, rules) and not is_kept:
        return _dropped(file, EXTENSION, _extension(file.name, rules))
    if detail := mismatch(file.name, file.kind):
        return _dropped(file, TYPE, detail)
    if not labelled and not file.inline and (detail := wrong_in_name(file.name)):
        return _dropped(file, NAME, detail)
    if not file.size:
        return _dropped(file, EMPTY, "0 bytes")
    if file.size > rules.max_mb * MEGABYTE:
        size = ceil(file.size * 10 / MEGABYTE) / 10
        return _dropped(file, SIZE, f"{size} MB, and the limit is {rules.max_mb} MB")
    return None


def is_denied(name: str, rules: FileRules) -> bool:
    """Tell whether no file with this extension may come in."""
    return (extension_of(name) in rules.extensions) is not rules.allowed


@lru_cache(maxsize=1_000)
def wrong_in_name(name: str) -> str:
    """Say what a file system or a header cannot bear in a name; "" when it is fine."""
    signs = dict.fromkeys(sign for sign in name if not _is_fine(sign))
    if signs:
        return f"it holds {' '.join(_shown(sign) for sign in list(signs)[:5])}"
    if len(name.encode("utf-8", "replace")) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} bytes"
    if not name.strip(". "):
        return "it is nothing but dots and blanks"
    if name.partition(".")[0].rstrip().lower() in _DEVICES:
        return "Windows keeps this name for a device"
    return ""


def mismatch(name: str, kind: str) -> str:
    """Say how what the bytes hold and what the extension promises differ; "" where that is not certain."""
    extension = extension_of(name)
    if not kind or extension not in _HOLDS:
        return ""
    promised, kinds = _HOLDS[extension]
    return "" if kind in kinds else f"it holds {_CALLED[kind]}, and .{extension} is {promised}"


def _extension(name: str, rules: FileRules) -> str:
    extension = extension_of(name)
    named = f".{extension[:20]}" if extension else "a name without extension"
    return f"{named} is not among the allowed" if rules.allowed else f"{named} is denied"


def _is_fine(sign: str) -> bool:
    if (sign.isalnum() and sign.isascii()) or sign in _SIGNS:
        return True
    category = unicodedata.category(sign)
    return category[0] in _LETTERS or category in _OTHERS


def _shown(sign: str) -> str:
    return sign if sign.isprintable() else f"U+{ord(sign):04X}"


def _dropped(file: Attachment, why: str, detail: str) -> DroppedFile:
    return DroppedFile(file.part, file.name, file.size, why, detail)
