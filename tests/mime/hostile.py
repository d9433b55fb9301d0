"""Mails made to hurt a parser, each of about the size asked for."""

from collections.abc import Callable

HEAD = b"From: a@example.com\r\nSubject: s\r\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
TEXT = HEAD + b"Content-Type: text/plain; charset=%s\r\n\r\n"


def _filled(unit: bytes, size: int) -> bytes:
    return unit * (size // len(unit) + 1)


def _around(before: bytes, unit: bytes, after: bytes = b"\r\n\r\nbody\r\n") -> Callable[[int], bytes]:
    return lambda size: before + _filled(unit, size) + after


def _text(label: bytes, unit: bytes) -> Callable[[int], bytes]:
    return lambda size: TEXT % label + _filled(unit, size)


def _mixed(unit: bytes, boundary: bytes = b"b") -> Callable[[int], bytes]:
    head = HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return lambda size: head + _filled(unit, size)


def nested(size: int) -> bytes:
    """Multiparts in one another, as many as the size has room for."""
    pieces = [HEAD, b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"]
    for number in range(1, size // 70 + 1):
        pieces.append(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number - 1, number))
    return b"".join(pieces)


def nested_then_long(size: int) -> bytes:
    """Twenty multiparts in one another, none of which ends, around much text."""
    return nested(1_500) + _filled(b"a line of text\r\n--b\r\n", size)


def alternating_words(size: int) -> bytes:
    """Encoded words, each of another charset than the last."""
    return _around(HEAD + b"X: ", b"=?utf-8?q?=C3=A4?= =?koi8-r?b?4eE=?= ")(size)


def many_charsets(size: int) -> bytes:
    """Encoded words of charsets that do not exist, each another."""
    words = b"".join(b" =?x-%d?q?a?=\r\n" % number for number in range(size // 18))
    return HEAD + b"X:" + words + b"\r\n\r\n"


MAILS: dict[str, Callable[[int], bytes]] = {
    "one header field": _around(HEAD + b"X: ", b"x"),
    "one header field of blanks": _around(HEAD + b"X: a", b" "),
    "header fields of one letter": _around(HEAD, b"a:\n"),
    "header folded at every letter": _around(HEAD + b"X: x", b"\n x"),
    "lines that are no fields": _around(HEAD, b"a\n"),
    "8-bit lines that are no fields": _around(HEAD, b"\xff\n"),
    "8-bit fields": _around(HEAD, b"a: \xff\n"),
    "nothing but blank lines": lambda size: _filled(b"\n", size),
    "nothing but CR": lambda size: _filled(b"\r", size),
    "nothing but NUL": lambda size: _filled(b"\0", size),
    "header of NUL": _around(HEAD + b"X: ", b"\0"),
    "addresses": _around(b"From: a@b.c\r\nTo: ", b"a@b.c,"),
    "addresses with names": _around(b"From: a@b.c\r\nTo: ", b'"A, B" <a@b.c>, '),
    "addresses with comments": _around(b"From: a@b.c\r\nTo: ", b"a@b.c (c),"),
    "open comments": _around(b"From: ", b"("),
    "open angles": _around(b"From: ", b"<"),
    "quotation marks": _around(b"From: ", b'"'),
    "escaped quotation marks": _around(b'From: "', b'\\"'),
    "commas": _around(b"From: ", b","),
    "groups": _around(b"From: ", b"a:;"),
    "colons behind an at sign": _around(b"From: @", b"a:"),
    "escaped quoted names": _around(b"From: ", b'"\\a" '),
    "many fields of recipients": _around(b"From: a@b.c\r\n", b"To: " + b"a@b.c," * 80 + b"\r\n"),
    "encoded lists of addresses": _around(b"From: ", b"=?utf-8?q?a=40b=2Cc=40d?=, "),
    "at signs": _around(b"From: ", b"@"),
    "encoded words": _around(b"From: a@b.c\r\nSubject: ", b"=?utf-8?b?YQ==?= "),
    "encoded words without end": _around(b"From: a@b.c\r\nSubject: ", b"=?utf-8?q?"),
    "encoded words of question marks": _around(b"From: a@b.c\r\nSubject: =?utf-8?q?", b"?a"),
    "encoded words in names": _around(b"From: a@b.c\r\nTo: ", b"=?utf-8?q?a?= <a@b.c>, "),
    "encoded words in names, each another": lambda size: (
        b"From: a@b.c\r\nTo: "
        + b", ".join(b"=?utf-8?q?%x?= <a@b.c>" % number for number in range(size // 26 + 1))
        + b"\r\n\r\nbody\r\n"
    ),
    "encoded words of two charsets": alternating_words,
    "encoded words of unknown charsets": many_charsets,
    "parameters": _around(HEAD + b"Content-Type: text/plain", b"; a=b"),
    "a parameter of letters": _around(HEAD + b"Content-Type: text/plain; ", b"a"),
    "parameters in pieces": _around(HEAD + b"Content-Type: text/plain", b"; a*0*=%41"),
    "a parameter of escapes": _around(HEAD + b'Content-Type: text/plain; a="', b"\\"),
    "references": _around(HEAD + b"References: ", b"<a@b>"),
    "references without end": _around(HEAD + b"References: ", b"<a"),
    "a date of digits": _around(HEAD + b"Date: Mon, ", b"1"),
    "nested multiparts": nested,
    "nested multiparts around text": nested_then_long,
    "parts": _mixed(b"\r\n--b\r\n\r\nx"),
    "empty parts": _mixed(b"\n--b\n\n"),
    "parts with names": _mixed(b"\r\n--b\r\nContent-Type: a/b; name*=utf-8''%C3%A4\r\n\r\nx"),
    "parts of broken base64": _mixed(b"\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ=\r\n"),
    "lines like a boundary": _mixed(b"\n--bb"),
    "boundaries of dashes": _mixed(b"\n" + b"-" * 30, boundary=b"-" * 60 + b"x"),
    "multiparts without boundary": _mixed(b"\n--b\nContent-Type: multipart/mixed\n\n--x\n"),
    "multiparts with a wrong boundary": _mixed(b"\n--b\nContent-Type: multipart/mixed; boundary=c\n\n"),
    "a line": lambda size: HEAD + b"\r\n" + b"x" * size,
    "base64 of padding": lambda size: (
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + _filled(b"YQ==\r\n", size)
    ),
    "quoted-printable of equals": lambda size: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + _filled(b"=", size)
    ),
    "quoted-printable of blanks": lambda size: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + _filled(b"= ", size)
    ),
    "uuencoded lines": lambda size: (
        HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\n" + _filled(b"#86)C\n", size)
    ),
    "flowed lines": lambda size: (
        HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + _filled(b"> \n>> a \n", size)
    ),
    "flowed lines of eighteen letters": lambda size: (
        HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + _filled(b"> seventeen here \n", size)
    ),
    "utf-8 that is none": _text(b"utf-8", b"\xc3\xff"),
    "utf-7 that is none": _text(b"utf-7", b"+\xff"),
    "utf-7 of surrogates": _text(b"utf-7", b"+2AA-"),
    "utf-16 that is none": _text(b"utf-16", b"\xd8\x00"),
    "utf-32 that is none": _text(b"utf-32", b"\xff\xff\xff\xff"),
    "windows-1252 that is none": _text(b"windows-1252", b"\x81"),
    "shift_jis that is none": _text(b"shift_jis", b"\xff\x81"),
    "iso-2022-jp that is none": _text(b"iso-2022-jp", b"\x1b$B\xff"),
    "gb18030 that is none": _text(b"gb18030", b"\x81\x30"),
    "hz that is none": _text(b"hz-gb-2312", b"~{\xff"),
    "a codec that is no charset": _text(b"punycode", b"a-9"),
    "tags": lambda size: HTML + _filled(b"<b>", size),
    "blocks": lambda size: HTML + _filled(b"<p>", size),
    "breaks": lambda size: HTML + _filled(b"<br> ", size),
    "tags without end": lambda size: HTML + _filled(b"<a ", size),
    "comments without end": lambda size: HTML + _filled(b"<!--", size),
    "styles without end": lambda size: HTML + _filled(b"<style>", size),
    "preformatted text": lambda size: HTML + _filled(b"<pre>\n", size),
    "preformatted text that ends": lambda size: HTML + _filled(b"<pre>\n</pre>", size),
    "entities": lambda size: HTML + _filled(b"&amp;", size),
    "entities that are none": lambda size: HTML + _filled(b"&abcdefghijklmnopqrstuvw;", size),
    "numeric entities": lambda size: HTML + _filled(b"&#228;", size),
    "numeric entities, each another": lambda size: (
        HTML + b"".join(b"&#%d;" % number for number in range(200, 200 + size // 7))
    ),
    "short entities that are none": lambda size: HTML + _filled(b"&ab", size),
    "ampersands": lambda size: HTML + _filled(b"&", size),
    "blanks in HTML": lambda size: HTML + _filled(b" a", size),
    "hard blanks in HTML": lambda size: HTML + _filled(b"&nbsp; ", size),
    "images without cid": lambda size: (
        HEAD
        + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        + _filled(b'<p>"c', size // 2)
        + b"".join(
            b"\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <c%d>\r\n\r\nx" % number
            for number in range(size // 160)
        )
    ),
    "images": lambda size: (
        HEAD
        + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        + _filled(b"<img src=cid:a>", size)
        + b"\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <a>\r\n\r\nx\r\n--b--\r\n"
    ),
}
"""Name -> builder: from a size in bytes to a mail of about that size."""
