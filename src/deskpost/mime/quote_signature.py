"""What a signature holds: names, ways to reach somebody, small print. In doubt a line is none of it.

Lines are given without blanks around them.
"""

import re
from collections.abc import Sequence

from deskpost.mime import quote_words
from deskpost.mime.quote_lines import is_device, is_divider

MARK = "-- "
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for one of HTML
SIGNATURE_END = "\N{END OF TEXT}"  # stands where a marked signature of HTML is over
_LONGEST, _LONG = (30, 3_000), (10, 600)  # lines and letters that a signature may have below its mark
_MOST_MARKS = 3  # of signatures one below the other: one's own, and the mailing list's
_LONG_DASHES = re.compile(r"—{1,10}|–{2,10}")
_POSTSCRIPT = re.compile(
    r"(?:(?:p\. ?p?\.? ?s\.|pp?s|n\. ?b\.|nb|p\. ?d\.)(?!\w)"
    r"|(?:nachtrag|addendum|update|edit|ergänzung|nachsatz|übrigens|by the way|btw|besides|also|post ?-?scriptum"
    r"|posdata|au fait|außerdem|ach ja|noch was)\b)",
    re.IGNORECASE,
)
_LIST = re.compile(r"mailing[ -]?list|\bunsubscribe\b|/mailman/", re.IGNORECASE)
_WORDS_OF_A_NAME, _LETTERS_OF_A_NAME = 10, 80
_SHORT = 5  # words of a line that may stand at the beginning of a marked signature, whatever they are
_SPOKEN, _SPOKEN_UNMARKED = 2, 1  # long words in small letters of a line with an address that is no sentence
_LINKING = 4  # letters from which on the words of a name begin in a capital letter
_CONTACT = re.compile(
    r"[^\s@]@[^\s@]|https?://|www\.|\b[\w-]+\.(?:com|net|org|de|at|ch|eu|uk|fr|es|it|nl|io|example)\b"
    r"|(?:\+|\b)[\d(][\d\s()/.–-]{5,}\d"
)
_INTRODUCES = re.compile(r"my name is|mein name ist|je m'appelle|mi nombre es|mi chiamo", re.IGNORECASE)
_ADDRESS = re.compile(r"[@/]|\w\.\w")
_HANDLE = re.compile(r"[@#]\w{2,30}")
_ENDS_A_SENTENCE = tuple(".!?;:,。！？；：…")
_ABBREVIATION = re.compile(
    r"\b(?:inc|ltd|corp|co|llc|plc|jr|sr|dr|ing|dipl|s\.?a|s\.?l|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|e\.?v|e\.?g|u\.?s"
    r"|sp\. z o\. ?o|s\.r\.o|a\.s|ph\.?d|m\.?sc|b\.?sc|m\.?a|b\.?a)\.,?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[={}<>$;\\`]| \* ")
_SMALL_PRINT = quote_words.words(quote_words.SMALL_PRINT)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")


def is_contact(line: str) -> bool:
    """Say whether a line has an address, a telephone number, a page, or is a name on some network."""
    return len(line) < 300 and (_CONTACT.search(line) is not None or _HANDLE.fullmatch(line) is not None)


def is_name(line: str) -> bool:
    """Say whether a line reads like a name, a post, a firm or a street: short, in capital letters, no sentence."""
    words = _words_of_no_sentence(line)
    if not words or len(words) > _WORDS_OF_A_NAME:
        return False
    return not any(word[0].islower() and len(word) >= _LINKING for word in words) and any(
        word[0].isupper() for word in words
    )


def allowed(lines: Sequence[str], number: int) -> tuple[int, int] | None:
    """Give how many lines and letters may stand below a mark of a signature; None for a line that is no mark."""
    line = lines[number]
    if line == MARK:
        return _LONGEST
    if line == "__" or (line[:1] == "_" and is_divider(line)):
        return _LONG if _LIST.search("\n".join(lines[number + 1 : number + 4])) else None
    return _LONG if line == "--" or _LONG_DASHES.fullmatch(line) else None


def first_signature(lines: Sequence[str], begins: Sequence[int], end: int) -> int | None:
    """Give the first of these places from where on there is nothing but signature up to `end`.

    A mark that is there twice divides parts of a letter; not so "-- ", which nobody types for that.
    """
    marks = [lines[begin] for begin in begins]
    for place, (begin, mark) in enumerate(zip(begins, marks, strict=True)):
        again = mark in marks[:place]
        if (mark == MARK or marks.count(mark) == 1) and _is_signature(lines, begin, end, again):
            return begin
    return None


def _is_signature(lines: Sequence[str], begin: int, end: int, again: bool) -> bool:
    lines_left = letters_left = marks = 0
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for number in range(begin, end):
        line = lines[number]
        if line == SIGNATURE_END:
            lines_left = letters_left = 0
            continue
        bounds = allowed(lines, number) if line else None
        if bounds is not None:
            marks += 1
            if marks > _MOST_MARKS:
                return False
            lines_left, letters_left = bounds
            blocks.append((line, []))
            continue
        if line and not is_divider(line) and not is_device(line):
            lines_left, letters_left = lines_left - 1, letters_left - len(line)
            if lines_left < 0 or letters_left < 0 or line[0] == ">" or _POSTSCRIPT.match(line):
                return False
        blocks[-1][1].append(line)
    return _are_signatures(blocks, again)


def _are_signatures(blocks: Sequence[tuple[str, list[str]]], again: bool) -> bool:
    """Say whether below each mark there are lines of a signature; that of a mailing list is known by its words.

    `again`: what "-- " divides, for it stands further above, too.
    """
    written = [
        (mark, block) for mark, block in blocks if any(block) and not _LIST.search("\n".join(block[:8]))
    ]
    marked = not again and sum(mark == MARK for mark, _ in written) == 1
    return all(_holds_a_signature(block, marked and mark == MARK) for mark, block in written)


def _holds_a_signature(lines: Sequence[str], marked: bool) -> bool:
    """Say whether all of these lines are of a signature.

    `marked`: they stand below "-- ", or the mail program says so. Then short lines of any kind may follow a name in
    the first paragraph ("rick", "that support guy"), and there may be small print. Below another drawn line there are
    names and ways to reach somebody, and nothing else.
    """
    reached = any(map(is_contact, lines))
    if not (marked or reached) and any(_DIGIT.search(line) and not is_device(line) for line in lines):
        return False  # "Room 3", "Error 5"
    for number, paragraph in enumerate(_paragraphs(lines)):
        if marked and _is_small_print(paragraph):
            continue
        named = False
        for line in paragraph:
            if _is_of_a_signature(line, marked) or (
                not number and _is_one_word(line, paragraph, marked, reached)
            ):
                named = True
            elif marked and (_is_advertised(line) or not line.strip(PICTURE + " ")):
                continue
            elif number or not (named and marked and _is_short(line, reached)):
                return False
    return True


def _is_of_a_signature(line: str, marked: bool) -> bool:
    if is_divider(line) or is_device(line) or is_name(line):
        return True
    return is_contact(line) and not _speaks(line, _SPOKEN if marked else _SPOKEN_UNMARKED)


def _is_advertised(line: str) -> bool:
    """Say whether a line is what a program puts below, as a whole sentence."""
    return is_device(line.rstrip(". "))


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _is_small_print(paragraph: Sequence[str]) -> bool:
    """Say whether a paragraph has two words of small print: one alone may stand in any letter."""
    whole = " ".join(paragraph)[:3_000].casefold()
    return sum(word in whole for word in _SMALL_PRINT) > 1


def _words_of_no_sentence(line: str) -> list[str]:
    """Give the words of a short line that is neither a sentence nor code; else none."""
    if len(line) > _LETTERS_OF_A_NAME or _CODE.search(line):
        return []
    rest = _ABBREVIATION.sub("x", line).strip("*_| ")
    if rest.endswith(_ENDS_A_SENTENCE) and not rest.endswith(","):
        return []
    return _WORD.findall(line)


def _is_short(line: str, reached: bool) -> bool:
    """Say whether a line has few words. In a script without capital letters a whole sentence may look like one.

    `reached`: the signature has an address or a number, too.
    """
    words = _words_of_no_sentence(line)
    return 0 < len(words) <= _SHORT and (
        reached or all(word[0].islower() or word[0].isupper() for word in words)
    )


def _is_one_word(line: str, paragraph: Sequence[str], marked: bool, reached: bool) -> bool:
    """Say whether a line is "rick", or tells a name: "My name is Rick". Without a mark it is alone in its paragraph."""
    told = _INTRODUCES.match(line)
    words = _words_of_no_sentence(line[told.end() :] if told else line)
    if len(words) != 1 or not (marked or len(paragraph) == 1):
        return False
    return told is not None or words[0][0].islower() or (marked and reached)


def _speaks(line: str, most: int) -> bool:
    """Say whether somebody says something in a line that has an address, too: "Call me at 123, please."."""
    words: list[str] = [word for word in line.split() if word[0].isalpha() and not _ADDRESS.search(word)]
    return sum(len(word) >= _LINKING and word[0].islower() for word in words) > most
