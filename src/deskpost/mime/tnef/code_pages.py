"""Windows code pages by their numbers, as charset labels."""

from deskpost.mime import charset

_OTHERS = {
    20127: "us-ascii",
    20866: "koi8-r",
    20932: "euc-jp",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    50221: "iso-2022-jp",
    50222: "iso-2022-jp",
    50225: "iso-2022-kr",
    51932: "euc-jp",
    51936: "gb18030",
    51949: "euc-kr",
    52936: "hz",
    54936: "gb18030",
    65000: "utf-7",
    65001: "utf-8",
    1361: "johab",
    10000: "mac-roman",
    10006: "mac-greek",
    10007: "mac-cyrillic",
    10029: "mac-latin2",
    10081: "mac-turkish",
}
_USUAL = "windows-1252"


def label_of(number: int) -> str:
    """Give the charset label of a code page; that of Western Windows where the number says nothing."""
    if number in _OTHERS:
        return _OTHERS[number]
    if 28591 <= number <= 28606:
        return f"iso-8859-{number - 28590}"
    label = f"cp{number}"
    return label if charset.codec_of(label) else _USUAL
