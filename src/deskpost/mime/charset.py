"""Bytes to text: by label, by detection, by rescue.

Only charsets of mail are taken from a label: Python knows codecs (punycode, unicode_escape ...) that are none
and whose time is not linear. Single-byte charsets are decoded through complete tables, because Python calls
an error handler for every undefined byte.
"""

import codecs
import re
from collections.abc import Callable
from encodings.aliases import aliases
from functools import cache, lru_cache

from deskpost.mime import detection

Decoded = tuple[str, str | None]
"""The text, and a defect in words or None."""

# Labels that are names of mail programs' own making, and charsets that real mail uses a superset of
# (WHATWG Encoding Standard: what is called iso-8859-1 is windows-1252, and so on).
_SAME_AS = {
    "ansi": "cp1252",
    "ascii": "detect",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x_gbk": "gb18030",
    "shift_jis": "cp932",
    "windows_31j": "cp932",
    "x_sjis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "x_mac_roman": "mac_roman",
    "x_mac_cyrillic": "mac_cyrillic",
    "utf8mb4": "utf_8",
    "utf_8_sig": "utf_8",
    "unicode": "utf_16",
    "binary": "detect",
    "default": "detect",
    "none": "detect",
    "unknown": "detect",
    "unknown_8bit": "detect",
    "x_unknown": "detect",
    "x_user_defined": "detect",
}
_SINGLE_BYTE_NAMES = """
    cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869
    cp874 cp1125 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_10 iso8859_13 iso8859_14
    iso8859_15 iso8859_16 koi8_r koi8_t koi8_u kz1048 ptcp154
    mac_cyrillic mac_greek mac_iceland mac_latin2 mac_roman mac_turkish
"""
_MULTI_BYTE_NAMES = "cp932 cp949 cp950 big5hkscs gb18030 euc_jp euc_jis_2004 shift_jisx0213 johab"
_SHIFTING_NAMES = """
    hz iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr
"""
_UNICODE_NAMES = "utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be"
_SINGLE_BYTE = frozenset(_SINGLE_BYTE_NAMES.split())
_MULTI_BYTE = frozenset(_MULTI_BYTE_NAMES.split())
_SHIFTING = frozenset(_SHIFTING_NAMES.split())
_UNICODE = frozenset(_UNICODE_NAMES.split())
_WIDE = _UNICODE - {"utf_7"}
_KNOWN = _SINGLE_BYTE | _MULTI_BYTE | _SHIFTING | _UNICODE | {"utf_8", "detect"}

_JAPANESE = b"\x1b$"  # what shifts to the signs of ISO-2022-JP
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NOT_ASCII = bytes(range(0x80, 0x100))
_RESCUES = 500
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONE_CARRIAGE_RETURN = re.compile(rb"\r(?!\n)")
_LABEL_SEPARATORS = str.maketrans("-. :", "____")

_RESCUED = "text said to be {} was read as {}"
_DETECTED = "text in an unnamed character set was read as {}"
_UNDECODABLE = "text said to be {} holds bytes that it does not have; they were replaced"
_UNKNOWN = "the character set {} is not known"


def decode(data: bytes, label: str | None) -> Decoded:
    """Give the text of `data`, whose charset is said to be `label`; never raises, time is linear.

    An absent or unknown label is detected; bytes the charset does not have become U+FFFD, with a defect.
    """
    codec = "detect" if not label else codec_of(label)
    if codec == "utf_8":
        text, defect = _utf_8(data)
        return (text, defect) if text[:1] != "\ufeff" and "\0" not in text else _whole(text, defect)
    if codec in _UNICODE:
        return _whole(*_unicode(data, codec))
    if codec in _SHIFTING:
        return _whole(*_by_codec(data, codec))
    if data.isascii():
        if _JAPANESE in data and codec in ("", "detect"):
            return _whole(data.decode("iso2022_jp", "replace"), _DETECTED.format("iso-2022-jp"))
        return _whole(data.decode("ascii"), None if codec else _UNKNOWN.format(_short(label)))
    if not codec:
        return _whole(_detect(data)[0], _UNKNOWN.format(_short(label)))
    if codec == "detect":
        return _whole(*_detect(data))
    if codec == "cp1252" and (text := _as_utf_8(data)):
        return _whole(text, _RESCUED.format(_short(label), "utf-8"))
    return _whole(*_by_codec(data, codec))


def decode_as(data: bytes, codec: str) -> str:
    """Give the text of bytes that are not UTF-8, by the codec that `codec_of` names; nothing else is tried."""
    if codec in _SINGLE_BYTE or codec in _MULTI_BYTE:
        return _by_codec(data, codec)[0]
    return decode(data, codec)[0]


def decode_lines(data: bytes, label: str | None) -> Decoded:
    """Do what `decode` does, and give LF for each CRLF and for each CR alone."""
    if b"\r" not in data:
        return decode(data, label)
    if label and codec_of(label) in _WIDE:
        text, defect = decode(data, label)
        return text.replace("\r\n", "\n").replace("\r", "\n"), defect
    if _LONE_CARRIAGE_RETURN.search(data) is None:
        return decode(data.replace(b"\r", b""), label)  # nine times as fast as to replace the pairs
    return decode(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), label)


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """Give Python's name of the charset a label means, "detect" for one that means nothing, "" if unknown."""
    name = label.strip(" \t\"'_").lower().translate(_LABEL_SEPARATORS)
    name = name.partition("$")[0].replace("cp_", "cp", 1)  # _iso-2022-jp$ESC, cp-850
    name = _SAME_AS.get(name) or aliases.get(name, name)
    name = _SAME_AS.get(name, name)
    return name if name in _KNOWN else ""


def without_nul(text: str) -> str:
    """Give the text without U+0000, and with U+FFFD for each lone surrogate: what a database can hold."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _whole(text: str, defect: str | None) -> Decoded:
    if text[:1] == "\ufeff":
        text = text[1:]
    if "\0" in text:
        return text.replace("\0", ""), defect or "U+0000 was taken out of the text"
    return text, defect


def _detect(data: bytes) -> Decoded:
    """UTF-8 if it is (chance hardly ever makes it so), else what its letters tell."""
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        text, codec = _by_letters(data)
        return text, _DETECTED.format(codec)


def _by_letters(data: bytes) -> tuple[str, str]:
    """Give the text of bytes in an unnamed charset, and how that is called."""
    codec = detection.codec_of(data)
    if codec in _UNICODE:
        return _unicode(data, codec)[0], "utf-16"
    return _by_codec(data, codec)[0], codec.replace("cp125", "windows-125").replace("_", "-")


def _as_utf_8(data: bytes) -> str:
    """Give the text of bytes that are UTF-8 though their label is a Western charset, "" where they are not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _utf_8(data: bytes) -> Decoded:
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - broken - len(data.translate(None, _NOT_ASCII))
    if broken > 3 * whole or data[:2] in _MARKS:
        text, codec = _by_letters(data)
        return text, _RESCUED.format("utf-8", codec)
    return text, _UNDECODABLE.format("utf-8")


def _by_codec(data: bytes, codec: str) -> Decoded:
    if codec in _SINGLE_BYTE:
        text = _table_decoder(codec)(data)
    else:
        text = data.decode(codec, "replace")
    return text, _UNDECODABLE.format(codec.replace("_", "-")) if "\ufffd" in text else None


@cache
def _table_decoder(codec: str) -> Callable[[bytes], str]:
    table = bytes(range(256)).decode(codec, "replace")

    def decode_by_table(data: bytes) -> str:
        return codecs.charmap_decode(data, "strict", table)[0]

    return decode_by_table


def _unicode(data: bytes, codec: str) -> Decoded:
    """UTF-7, UTF-16 and UTF-32, around a bounded number of errors: Python's own way takes 0.4 us for each."""
    codec = _with_byte_order(data, codec)
    pieces: list[str] = []
    start = 0
    view = memoryview(data)
    for _ in range(min(_RESCUES, 50 + len(data) // 128)):
        try:
            pieces.append(codecs.decode(view[start:], codec))
            break
        except UnicodeDecodeError as error:
            pieces.append(codecs.decode(view[start : start + error.start], codec, "replace"))
            pieces.append("\ufffd")
            start += max(error.end, 1)
    else:
        pieces.append(view[start:].tobytes().decode("ascii", "ignore"))
    text = _SURROGATES.sub("\ufffd", "".join(pieces))
    return text, _UNDECODABLE.format(codec.replace("_", "-")) if len(pieces) > 1 or "\ufffd" in text else None


def _with_byte_order(data: bytes, codec: str) -> str:
    """Name the byte order where the label does not: its mark decides, else big endian (RFC 2781)."""
    if codec not in ("utf_16", "utf_32"):
        return codec
    return codec + ("_le" if data[:2] == b"\xff\xfe" else "_be")


def _short(label: str | None) -> str:
    return without_nul((label or "")[:40])
