"""What a line of a mail is: the words above a quoted mail, the head of one, the mark of a signature.

A line is given without blanks around it; one that is quoted begins with ">".
"""

import re
from collections.abc import Sequence

from deskpost.mime import quote_words
from deskpost.mime.quote_words import FROM, LABELS, SENT, SUBJECT, TO

HEAD_LINES = 14  # lines in which the head of a quoted mail must be complete
_OF_A_HEAD = frozenset((FROM, SENT, TO, SUBJECT))
_ORDERS = frozenset(
    (
        (FROM, SENT, TO, SUBJECT),
        (FROM, TO, SENT, SUBJECT),
        (FROM, TO, SUBJECT, SENT),
        (FROM, SUBJECT, SENT, TO),
        (SENT, FROM, TO, SUBJECT),
    )
)
_ATTRIBUTION_LINES, _ATTRIBUTION_LETTERS = 4, 400
_DEVICE_LETTERS = 70


def _any(table: str) -> str:
    return "|".join(map(re.escape, sorted(quote_words.words(table), key=len, reverse=True)))


_BETWEEN_DASHES = r"[-—–_=*\s]{2,}+(?:%s)\s*+:?[-—–_=*\s]{2,}+"
_ORIGINAL = re.compile(_BETWEEN_DASHES % _any(quote_words.ORIGINAL), re.IGNORECASE)
_FORWARDED = re.compile(
    rf"(?:[-—–_=*\s]*+(?:{_any(quote_words.FORWARDED)})\s*+:?[-—–_=*\s]*+|[-—]{{4,}} ?forwarded by .*)",
    re.IGNORECASE,
)
_END = re.compile(
    r"[-—–_=*]{2,}+\s*+(?:end|ende|fin|fine|fim|einde|slut|slutt|loppu|koniec|konec|vége|sfârșit|kraj|конец|кінець|край"
    r"|τέλος|son)\b.{0,60}?[-—–_=*]{2,}+",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"[-—–_=*]{2,}+")
_LABEL = re.compile(r"[*_|\s]*+([^\W\d_][^:：*_|\n]{0,24})[*_\s]*+[:：]\s*+(.*)", re.DOTALL)
_WROTE = frozenset(words.split()[-1] for words in quote_words.words(quote_words.WROTE))
_WROTE_BEHIND = tuple(word for word in _WROTE if not word.isascii() and not word[0].islower())
_DEVICE = re.compile(rf"(?:{_any(quote_words.FROM_DEVICE)})", re.IGNORECASE)
_DEVICE_BEHIND = re.compile(
    r"(?:iphone|ipad|android|outlook|\bmobil)\w*+\b.{0,30}(?:gesendet|gönderildi|küldve|送信|보냄|传送|傳送|发送)",
    re.IGNORECASE,
)
_DASHES = frozenset("-—–_=*")
_ADDRESS = re.compile(r"[^\s<>@()\[\]\"']@[^\s<>@]")
_WHOLE_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:|]{1,64}@[^\s<>()\[\]\"',;:|@&]{1,255}")
_YEAR_OR_DATE = re.compile(
    r"\b(?:19|20)\d\d(?!\d)|(?<![\d.])\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\.?\d)|\d{1,2}月\s?\d{1,2}"
)
_CLOCK = re.compile(r"(?<![\d.])\d{1,2}[:.h時时]\d\d(?!\.?\d)|\d{1,2} ?[ap]m\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|[Ii]ch|[Ww]e|[Ww]ir|[Jj]e|[Nn]ous|[Yy]o|[Ii]k|[Jj]ag|[Jj]eg|[Jj]a|я|Я)\b")
_EARLY_DIGIT = re.compile(r"(?:[^\s@\d]+\s+){0,5}[^\s@\d]{0,20}\d")
_AROUND = "-—–_*= \t|\xa0"
_LINK = re.compile(r"<[^<>]*>|\[[^\[\]]*\]|https?://\S+")
_SENTENCE_ENDS = (".", "!", "?", "。", "…", ";", ":", ",")


def _beginnings(*tables: Sequence[str]) -> frozenset[str]:
    """Give the first three letters of words, so that nearly all lines need no closer look."""
    found = set()
    for table in tables:
        for word in table:
            found.update({word[:3]} if len(word) > 2 else {word + sign for sign in " :：\xa0\t"})
    return frozenset(found)


BEGINNINGS = _beginnings(
    quote_words.FIRST_LABELS,
    quote_words.words(quote_words.FROM_DEVICE),
    quote_words.words(quote_words.FORWARDED),
    ("iphone", "ipad"),
)


def is_original(line: str) -> bool:
    """Say whether a line is "-----Original Message-----", in any of the languages."""
    return len(line) < 100 and _ORIGINAL.fullmatch(line) is not None


def is_forwarded(line: str) -> bool:
    """Say whether a line says that a forwarded mail follows."""
    return len(line) < 100 and _FORWARDED.fullmatch(line) is not None


def is_end(line: str) -> bool:
    """Say whether a line says that the quoted mail is over: "-----End of original message-----"."""
    return len(line) < 100 and line[:1] in _DASHES and _END.fullmatch(line) is not None


def is_divider(line: str) -> bool:
    """Say whether a line holds nothing but a drawn line."""
    return _DIVIDER.fullmatch(line) is not None


def is_device(line: str) -> bool:
    """Say whether a line is what a phone or a mail program puts below: "Sent from my iPhone"; no sentence."""
    if len(line) > 400:
        return False
    words = _LINK.sub("", line).strip(_AROUND + "<>[]()")
    if not words or len(words) > _DEVICE_LETTERS or words.endswith(_SENTENCE_ENDS):
        return False
    return _DEVICE.match(words) is not None or _DEVICE_BEHIND.search(words) is not None


def is_head(lines: Sequence[str], start: int) -> bool:
    """Say whether the head of a mail begins at a line: From, Sent with a date, and To or Subject, each labelled.

    It names an address. Where it does not, it has a time of day, and all four in an order of mail programs: a form
    that somebody filled in has the same labels. Where other words stand right above it, it is part of something that
    somebody has pasted.
    """
    before = lines[start - 1] if start else ""
    if before and not is_divider(before) and not is_original(before) and not is_device(before):
        return False
    if labelled(lines[start])[0] not in (FROM, SENT):
        return False
    return _names_a_mail(lines[start : start + HEAD_LINES])


def _names_a_mail(block: Sequence[str]) -> bool:
    order: list[str] = []
    unknown = 0
    address, clock, last = False, False, ""
    for line in block:
        if not line:
            continue
        kind, value = labelled(line)
        if kind is None:
            unknown += 1
            if unknown > 2:
                return False
            kind, value = last, line
        else:
            unknown, last = 0, kind
            if kind in _OF_A_HEAD and kind not in order and (kind != SENT or _has_digit(value)):
                order.append(kind)
        address = address or (kind in (FROM, TO) and _ADDRESS.search(value) is not None)
        clock = clock or (kind == SENT and _CLOCK.search(value) is not None)
        complete = FROM in order and SENT in order and len(order) > 2
        if complete and (address or (clock and tuple(order) in _ORDERS)):
            return True
    return False


def _has_digit(value: str) -> bool:
    return any(map(str.isdecimal, value[:200]))


def writer_of(lines: Sequence[str], quote: int) -> str:
    """Give the address of whose mail is quoted from a line on, as its head or the words above it tell; "": none."""
    for number in range(quote, min(quote + HEAD_LINES, len(lines))):
        line = lines[number].lstrip("> \t")
        kind = labelled(line)[0]
        if kind == FROM and "@" not in line and number + 1 < len(lines):
            line += lines[number + 1]  # the address did not fit on it
        if kind in (None, FROM) and (found := _WHOLE_ADDRESS.search(line[:1_000].replace("mailto:", " "))):
            return found[0].lower()
        if kind == FROM or (kind is None and line[-1:] in (":", "：")):
            break
    return ""


def quoted_below(lines: Sequence[str], start: int) -> int | None:
    """Give the first quoted line, where only the head of a mail stands between it and a line; else None."""
    for number in range(start + 1, min(start + HEAD_LINES, len(lines))):
        line = lines[number]
        if line[:1] == ">":
            return number
        if line and not is_divider(line) and labelled(line)[0] is None:
            return None
    return None


def labelled(line: str) -> tuple[str | None, str]:
    """Give what a line of a mail's head tells (quote_words.FROM, SENT ...) and its value; None: it has no label."""
    found = _LABEL.match(line[:500])
    if found is None:
        return None, ""
    return LABELS.get(found[1].rstrip("* _\xa0\t").casefold()), found[2]


def attribution(lines: Sequence[str], end: int, quoted_next: bool) -> int | None:
    """Give the line where words like "On 3 May 2024, Ann <a@x.example> wrote:" begin that end at line `end`.

    Where no quoted line follows, they must have been written by a program: with a date, and an address at their end.
    """
    whole, wrote, address = "", False, False
    for begin in range(end, max(end - _ATTRIBUTION_LINES, -1), -1):
        line = lines[begin]
        if not line or len(whole) + len(line) > _ATTRIBUTION_LETTERS:
            return None
        whole = f"{line} {whole}" if whole else line
        wrote, address = wrote or _says_wrote(line), address or _ADDRESS.search(line) is not None
        if not (wrote or address or quoted_next):
            continue
        starts = begin == 0 or not lines[begin - 1]
        if _is_attribution(whole.strip(_AROUND), wrote, address, quoted_next, starts):
            return begin
    return None


def _says_wrote(line: str) -> bool:
    words = line.casefold().replace(":", " ").replace("：", " ").replace(",", " ").split()
    return not _WROTE.isdisjoint(words) or (bool(words) and words[-1].endswith(_WROTE_BEHIND))


def _is_attribution(
    words: str, wrote: bool, address: bool, quoted_next: bool, begins_paragraph: bool
) -> bool:
    last = words.rstrip(":： \xa0\u202f")
    if not last:
        return False
    colon, ends_in_verb = len(last) < len(words), _says_wrote(last.rsplit(None, 1)[-1])
    if not colon and not ends_in_verb:
        return False
    early = _EARLY_DIGIT.match(words) is not None and _YEAR_OR_DATE.search(words) is not None
    names = address and (ends_in_verb or last[-1] in ">)]")
    if early and names and (wrote or _CLOCK.search(words) is not None):
        return quoted_next or wrote or _FIRST_PERSON.search(words) is None
    if not quoted_next or not colon:
        return False
    return (early and (wrote or address)) or (begins_paragraph and (wrote or early or names))
