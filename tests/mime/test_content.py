"""The fingerprint of a mail is the same for each copy of it, and another for another mail."""

import pytest

from deskpost.mime.content import content_key
from deskpost.mime.parse import parse

MAIL = (
    b"From: A <a@b.c>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n"
    b"Subject: =?utf-8?q?=C3=BC?=\r\nMessage-ID: <1@a>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\ntext\r\n--b\r\nContent-Type: a/b\r\n\r\nfile\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"From:", b"Received: by mx2\r\nDelivered-To: other@desk.example\r\nFrom:"),
        (b"09:00:00 +0100", b"08:00:00 +0000"),
        (b"=?utf-8?q?=C3=BC?=", b"=?iso-8859-1?b?/A==?="),
        (b"\r\n", b"\n"),
        (b"<1@a>", b"<2@a>"),
        (b"boundary=b\r", b"boundary=b; x=y\r"),
    ],
)
def test_copies_that_took_other_ways_have_one_fingerprint(old, new):
    assert content_key(parse(MAIL)) == content_key(parse(MAIL.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a@b.c", b"a@b.d"),
        (b"09:00", b"09:01"),
        (b"C3=BC", b"C3=A4"),
        (b"text", b"test"),
        (b"file", b"fiel"),
    ],
)
def test_another_mail_has_another_fingerprint(old, new):
    assert content_key(parse(MAIL)) != content_key(parse(MAIL.replace(old, new)))


def test_words_that_move_from_one_field_to_the_next_make_another_mail():
    one = parse(b"From: a@b.c\r\nSubject: ab\r\n\r\nc")
    other = parse(b"From: a@b.c\r\nSubject: a\r\n\r\nbc")
    assert content_key(one) != content_key(other)
