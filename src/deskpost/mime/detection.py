"""Which charset bytes are in that nobody named: by their form where it is certain, else by the letters they give."""

import re

_SAMPLE = 2_048  # bytes
_LEAST = 4  # bytes outside ASCII, below which nothing but Western text is assumed
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]++")
# Two at least: a capital with an accent and the letter behind it may look like one sign of Big5.
_SIGNS = re.compile("[\u4e00-\u9fff]{2,}")
_SYLLABLES = re.compile("[\uac00-\ud7a3]{2,}")
_WORD = 3  # letters
_ASCII = bytes(range(0x80))
_HIGH = bytes(range(0x80, 0x100))
_WESTERN = "cp1252"

# The letters that make up most of a text, as bytes: Cyrillic in both its orders, Greek with its accents, Hebrew.
_RUSSIAN = bytes.fromhex("e0e5e8edeef2f1f0e2eb")
_RUSSIAN_KOI8 = bytes.fromhex("c1c5c9cecfd4d3d2d7cc")
_GREEK = bytes.fromhex("e1eff4e9f3e5edf2dcdddfdefc")
_HEBREW = bytes(range(0xE0, 0xFB))
_COMMON = {"cp1251": _RUSSIAN, "koi8_r": _RUSSIAN_KOI8, "cp1253": _GREEK}


def codec_of(data: bytes) -> str:
    """Give Python's name of the codec of bytes that are not UTF-8 and hold some outside ASCII."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf_16"
    sample = data[:_SAMPLE]
    high = len(sample) - len(sample.translate(None, _HIGH))
    if high < _LEAST:
        return _WESTERN
    return _of_east_asia(sample, high) or _of_alphabets(sample) or _WESTERN


def _of_east_asia(sample: bytes, high: int) -> str:
    """Japanese has kana, Korean nothing but syllables, Chinese nothing but frequent signs."""
    for codec in ("euc_jp", "cp932"):
        text = _decoded(sample, codec)
        kana = sum("\u3040" <= sign <= "\u30fc" for sign in text)
        beyond = sum(sign > "\x7f" for sign in text)
        if beyond and kana * 3 >= beyond and not any("\uff61" <= sign <= "\uff9f" for sign in text):
            return codec
    syllables = sum(map(len, _SYLLABLES.findall(_decoded(sample, "euc_kr"))))
    if syllables * 2 >= high * 0.9:
        return "cp949"
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        text = _decoded(sample, codec)
        together = "".join(_SIGNS.findall(text))
        frequent = sum(first <= sign.encode(codec)[0] <= last for sign in together)
        beyond = sum(sign > "\x7f" for sign in text)
        if len(together) >= _LEAST and frequent >= beyond * 0.7:
            return "gb18030" if codec == "gb2312" else "cp950"
    return ""


def _of_alphabets(sample: bytes) -> str:
    """Where words are written outside ASCII from end to end, the frequent letters tell whose they are."""
    words = [word for word in _WORDS.findall(sample) if not word.isascii()]
    longer = b"".join(
        word for word in words if len(word) >= _WORD
    )  # a word of Italian is a single accented letter
    letters = longer.translate(None, _ASCII)
    if not letters or len(letters) * 10 < len(longer) * 8 or len(longer) * 2 < sum(map(len, words)):
        return ""
    if not letters.translate(None, _HEBREW):
        return "cp1255"
    counts = {codec: len(letters) - len(letters.translate(None, common)) for codec, common in _COMMON.items()}
    best = max(counts, key=lambda codec: counts[codec])
    return best if counts[best] * 2 >= len(letters) else ""


def _decoded(sample: bytes, codec: str) -> str:
    """Give the text, "" where the codec does not have all of it; a letter cut off at the end does not count."""
    for end in (len(sample), len(sample) - 1):
        try:
            return sample[:end].decode(codec)
        except UnicodeDecodeError:
            continue
    return ""
