"""What a mail says is read as its sender meant it, also where the sender's program wrote it wrongly."""

from datetime import UTC, datetime

import pytest

from deskpost.mime.message import Address
from deskpost.mime.parse import attachment_content, parse


def mail(*lines: str | bytes, body: str | bytes = "hello") -> bytes:
    """Build a mail of header lines and a body."""
    head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return head + b"\r\n\r\n" + (body if isinstance(body, bytes) else body.encode())


def multipart(subtype: str, *parts: str) -> bytes:
    """Build a multipart mail of parts that bring their own header."""
    head = f"From: a@example.com\r\nContent-Type: multipart/{subtype}; boundary=b\r\n\r\n"
    return (head + "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n").encode()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("=?utf-8?B?w5xiZXI=?=", "Über"),
        ("=?iso-8859-1?q?=DCber_uns?=", "Über uns"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=9Cber?=", "Über"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?a b c?=", "a b c"),
        ("=?utf-8?b?w5xiZXI?=", "Über"),
        ("=?utf-8?q?was?nun?=", "was?nun"),
        ("=?utf-8?q?never ends", "never ends"),
        ("=?utf-8*de?q?=C3=9Cber?=", "Über"),
        ("=?x-none?q?abc?=", "abc"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("folded\r\n\tonce", "folded once"),
        ("=?utf-8?q?a=0D=0AX-Evil:_b?=", "a  X-Evil: b"),
        ("Über raw", "Über raw"),
        (b"\xdcber raw", "Über raw"),
        (b"nul\0 inside", "nul inside"),
        ("a =? b ?= c", "a =? b ?= c"),
    ],
)
def test_a_subject_is_decoded(written, read):
    line = b"Subject: " + (written if isinstance(written, bytes) else written.encode())
    assert parse(mail(line)).subject == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a@Example.COM", [("", "a@example.com")]),
        ("A B <A@Example.com>", [("A B", "A@example.com")]),
        ('"B, A" <a@b.c>, d@e.f', [("B, A", "a@b.c"), ("", "d@e.f")]),
        ("a@b.c (A B)", [("A B", "a@b.c")]),
        ("=?utf-8?q?J=C3=BCrgen?= <a@b.c>", [("Jürgen", "a@b.c")]),
        ('"=?utf-8?q?J=C3=BCrgen?=" <a@b.c>', [("Jürgen", "a@b.c")]),
        ("=?utf-8?q?M=C3=BCller=2C_J?= <a@b.c>, d@e.f", [("Müller, J", "a@b.c"), ("", "d@e.f")]),
        ("Team: a@b.c, D <d@e.f>;", [("", "a@b.c"), ("D", "d@e.f")]),
        ("undisclosed-recipients:;", []),
        ("<Undisclosed-Recipient:@hop.example;>", []),
        ("a @ b.c", [("", "a@b.c")]),
        ("<a b@c.d>", [("", "ab@c.d")]),
        ('"never ends <a@b.c>', [("never ends", "a@b.c")]),
        ("<@hop.x,@hop.y:a@b.c>", [("", "a@b.c")]),
        ('"john doe"@b.c', [("", '"john doe"@b.c')]),
        ('X <"john doe"@b.c>', [("X", '"john doe"@b.c')]),
        (
            "P <pete(his account)@b.c(his (own) host)>, <c@(Chris's host.)d.e>",
            [("P", "pete@b.c"), ("", "c@d.e")],
        ),
        ("jdoe@test   . example", [("", "jdoe@test.example")]),
        ("a@b.c; d@e.f", [("", "a@b.c"), ("", "d@e.f")]),
        ("John Doe a@b.c", [("John Doe", "a@b.c")]),
        ("mailto:a@b.c", [("", "a@b.c")]),
        ("no address here at all, a@b.c", [("", "a@b.c")]),
        ("jürgen@exämple.de", [("", "jürgen@exämple.de")]),
        ("=?utf-8?q?a=40b=2Ec?=", [("", "a@b.c")]),
        ("T <t@x.y, <b@, V <v@x.y>", [("T", "t@x.y"), ("V", "v@x.y")]),
        ("<@>, <b@>, <@x.y>, a@b.c", [("", "a@b.c")]),
        ("<>", []),
        (",,,", []),
    ],
)
def test_addresses_are_read_and_a_bad_one_is_left_out_alone(written, read):
    assert parse(mail(f"To: {written}")).to == tuple(Address(name, address) for name, address in read)


def test_recipients_written_in_several_fields_all_count():
    assert [each.address for each in parse(mail("To: a@b.c", "X: y", "TO: d@e.f")).to] == ["a@b.c", "d@e.f"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 23 Nov 2026 09:00:00 +0100", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("23 Nov 2026 09:00 -0330", datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        ("Mon, 23 Nov 26 09:00:00 GMT", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:00:00 EST", datetime(2026, 11, 23, 14, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:00:60 +0000 (UTC)", datetime(2026, 11, 23, 9, 0, 59, tzinfo=UTC)),
        ("Mon Nov 23 09:00:00 2026", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09(local):   00  :  00 -0600", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("2026-11-23T09:00:00+01:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("Mon, 31 Feb 2026 09:00:00 +0000", None),
        ("Mon, 23 Nov 0000 09:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:00 -2300", None),
        ("yesterday", None),
    ],
)
def test_a_date_is_read_in_utc(written, read):
    message = parse(mail(f"Date: {written}"))
    assert message.date == read
    assert ("the date cannot be read" in message.defects) == (read is None)


def test_identifiers_keep_their_brackets_and_their_order():
    message = parse(
        mail(
            "Message-ID: <1@a>", "In-Reply-To: Your mail <2@a> of today", "References: <3@a>\r\n <2@a>\t<3@a>"
        )
    )
    assert message.message_id == "<1@a>"
    assert message.in_reply_to == ("<2@a>",)
    assert message.references == ("<3@a>", "<2@a>")


def test_an_identifier_without_brackets_gets_them():
    message = parse(mail("Message-ID: 1@a", "References: 2@a 3@a"))
    assert (message.message_id, message.references) == ("<1@a>", ("<2@a>", "<3@a>"))


def test_of_too_many_references_the_first_and_the_last_are_kept():
    references = parse(mail("References: " + " ".join(f"<{number}@a>" for number in range(1_000)))).references
    assert (len(references), references[0], references[-1]) == (200, "<0@a>", "<999@a>")


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", b"Gr\xfc\xdfe \x80", "Grüße €"),
        ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("utf-7", b"Gr+APw-+AN8-e", "Grüße"),
        ("utf-16", "Grüße".encode("utf-16"), "Grüße"),
        ("UTF-16LE", "Grüße".encode("utf-16-le"), "Grüße"),
        ("ks_c_5601-1987", b"\xbe\xc8\xb3\xe7", "안녕"),
        ("", b"Gr\xfc\xdfe", "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", b"Gr\xfc\xdfe", "Grüße"),
        ("x-unheard-of", "Grüße".encode(), "Grüße"),
    ],
)
def test_a_text_is_decoded_by_its_label_or_by_what_it_is(label, data, text):
    assert parse(mail(f"Content-Type: text/plain; charset={label}", body=data)).text == text


def test_bytes_that_a_charset_lacks_become_a_replacement_sign_and_a_defect():
    message = parse(mail("Content-Type: text/plain; charset=utf-8", body="ü".encode() + b"\xff"))
    assert message.text == "ü\ufffd"
    assert any("utf-8 holds bytes" in defect for defect in message.defects)


def test_an_unknown_charset_is_named_in_a_defect():
    message = parse(mail("Content-Type: text/plain; charset=punycode", body="abc-fga"))
    assert (message.text, message.defects) == ("abc-fga", ("the character set punycode is not known",))


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("quoted-printable", "a=3Db=\r\nc =C3=A4=", "a=bc ä"),
        ("quoted-printable", "soft= \r\nbreak", "softbreak"),
        ("Quoted-Printable", "100% =ZZ", "100% =ZZ"),
        ("base64", "w6RiYw", "äbc"),
        ("base64", "w6R\r\n!iYw==", "äbc"),
        ("base64", "YQ==\r\nYg==\r\n", "ab"),
        ("base64", "YWJjZ", "abc"),
        ("base64", "It is a text, no base64 at all.", "It is a text, no base64 at all."),
        ("x-uuencode", "begin 644 a.txt\n#86)C\n`\nend\n", "abc"),
        ("8bit", "ä", "ä"),
        ("x-unknown", "as it is", "as it is"),
    ],
)
def test_a_transfer_encoding_is_undone_however_broken(encoding, data, text):
    head = ("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    assert parse(mail(*head, body=data)).text == text


def test_flowed_lines_are_made_whole_again():
    body = "a long \r\nline\r\n> quoted \r\n> too\r\n-- \r\nname"
    message = parse(mail("Content-Type: text/plain; format=flowed", body=body))
    assert message.text == "a long line\n> quoted too\n-- \nname"


def test_text_and_html_of_an_alternative_are_both_kept():
    raw = multipart(
        "alternative", "Content-Type: text/plain\r\n\r\ntext", "Content-Type: text/html\r\n\r\n<b>html</b>"
    )
    message = parse(raw)
    assert (message.text, message.html, message.attachments) == ("text", "<b>html</b>", ())


def test_a_mail_of_html_alone_has_a_text():
    html = (
        "<head><title>no</title><style>p {}</style></head><p>Hello&nbsp;<b>you</b> &amp; me &#228;</p>"
        "<!-- no --><div>one<br>two</div><ul><li>a<li>b</ul><pre>x\n  y</pre>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
    )
    text = parse(mail("Content-Type: text/html; charset=utf-8", body=html)).text
    assert text == "Hello you & me ä\n\none\ntwo\n\n- a\n- b\n\nx\n  y\n\n1 2"


def test_the_charset_of_an_html_can_stand_within_it():
    body = b'<meta http-equiv="content-type" content="text/html; charset=windows-1251"><p>\xcf\xf0\xe8</p>'
    assert parse(mail("Content-Type: text/html", body=body)).text == "При"


def test_a_file_has_a_name_a_size_and_a_hash_and_is_found_again():
    part = (
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*0*=utf-8''%C3%9Cber;"
        " filename*1=sicht.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj"
    )
    raw = multipart("mixed", "\r\ntext", part)
    (file,) = parse(raw).attachments
    assert (file.name, file.content_type, file.size, file.part) == (
        "Übersicht.pdf",
        "application/pdf",
        3,
        "2",
    )
    assert file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert attachment_content(raw, file.part) == b"abc"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('Content-Disposition: attachment; filename="a;b.txt"', "a;b.txt"),
        ("Content-Disposition: attachment; filename=two words.txt", "two words.txt"),
        ('Content-Disposition: attachment; filename="=?utf-8?q?=C3=9C.txt?="', "Ü.txt"),
        ("Content-Disposition: attachment; filename*=iso-8859-1'de'%DC.txt", "Ü.txt"),
        ('Content-Disposition: attachment; filename="Ü.txt"', "Ü.txt"),
        ("Content-Type: a/b; name=only-here.txt", "only-here.txt"),
        (r'Content-Disposition: attachment; filename="C:\temp\a.txt"', "a.txt"),
        ("Content-Type: image/png", "image.png"),
        ("Content-Type: application/pdf", "attachment.pdf"),
        ("Content-Type: text/calendar", "calendar.ics"),
        ("Content-Type: application/x-what-is-this", "attachment.bin"),
    ],
)
def test_a_file_is_named_as_its_header_says_or_by_its_type(header, name):
    (file,) = parse(multipart("mixed", "\r\ntext", header + "\r\n\r\nx")).attachments
    assert file.name == name


def test_an_image_is_inline_when_the_html_shows_it_and_only_then():
    image = "Content-Type: image/png\r\nContent-Disposition: {}\r\nContent-ID: <{}>\r\n\r\nx"
    raw = multipart(
        "related",
        "Content-Type: text/html\r\n\r\n<img src='cid:shown@a'><img src=\"bare@a\"><img src=cid:with%20blank>",
        image.format("attachment", "shown@a"),
        image.format("inline", "hidden@a"),
        image.format("inline", "bare@a"),
        image.format("inline", "with blank"),
    )
    assert [file.inline for file in parse(raw).attachments] == [True, False, True, True]


def test_a_forwarded_mail_is_kept_as_a_file():
    inner = "From: x@y.z\r\nSubject: inner\r\n\r\nof the inner mail"
    message = parse(multipart("mixed", "\r\nouter", f"Content-Type: message/rfc822\r\n\r\n{inner}"))
    assert message.text == "outer"
    assert [(file.name, file.content_type, file.size) for file in message.attachments] == [
        ("message.eml", "message/rfc822", len(inner))
    ]


def test_a_report_is_known_by_its_type():
    report = "Content-Type: message/delivery-status\r\n\r\nAction: failed"
    message = parse(multipart("report; report-type=delivery-status", "\r\nnot delivered", report))
    assert message.is_report
    assert [file.name for file in message.attachments] == ["delivery-status.txt"]


def test_parts_are_found_where_the_boundary_is_named_wrongly():
    parts = b"--right\r\nContent-Type: text/plain\r\n\r\nhi\r\n--right--"
    message = parse(b"Content-Type: multipart/mixed; boundary=wrong\r\n\r\n" + parts)
    assert message.text == "hi"
    assert "a multipart names no boundary, or one that does not occur" in message.defects


def test_an_inner_boundary_may_begin_like_the_outer_one():
    inner = (
        "Content-Type: multipart/alternative; boundary=bb\r\n\r\n"
        "--bb\r\n\r\ntext\r\n--bb\r\nContent-Type: text/html\r\n\r\nhtml\r\n--bb--"
    )
    message = parse(multipart("mixed", inner, "Content-Type: a/b\r\n\r\nfile"))
    assert (message.text, message.html, len(message.attachments)) == ("text", "html", 1)


def test_an_inner_multipart_without_end_ends_with_the_outer_part():
    inner = "Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\ntext"
    message = parse(multipart("mixed", inner, "Content-Type: a/b\r\n\r\nfile"))
    assert (message.text, len(message.attachments)) == ("text", 1)
    assert "a multipart has no end" in message.defects


def test_a_mail_cut_off_in_a_part_keeps_what_came():
    raw = multipart(
        "mixed", "\r\ntext", "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj" * 1
    )
    message = parse(raw[: raw.index(b"YWJj") + 3])
    assert (message.text, message.attachments[0].size) == ("text", 2)


def test_a_mail_without_an_empty_line_keeps_its_text():
    message = parse(b"Subject: s\r\nFrom: a@b.c\r\nThis is the text\r\nof the mail\r\n")
    assert (message.subject, message.text) == ("s", "This is the text\nof the mail\n")
    assert message.defects == ("no empty line parts header and body",)


def test_a_broken_line_within_the_header_is_passed_over():
    message = parse(b"Subject: s\r\nbroken line\r\nFrom: a@b.c\r\n\r\ntext")
    assert (message.subject, message.from_[0].address, message.text) == ("s", "a@b.c", "text")


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_any_kind_of_line_break_will_do(line_break):
    message = parse(line_break.join(("Subject: s", "X: a", " b", "", "one", "two")).encode())
    assert (message.subject, message.header("x"), message.text) == ("s", "a b", "one\ntwo")


def test_a_mailbox_file_s_first_line_is_no_header():
    message = parse(b"From a@b.c Mon Nov 23 09:00:00 2026\nSubject: s\n\ntext")
    assert (message.subject, message.from_, message.defects) == ("s", (), ())


def test_an_empty_mail_is_a_message_that_says_so():
    message = parse(b"")
    assert (message.subject, message.text, message.from_) == ("", "", ())
    assert message.defects == ("the mail has no header",)


def test_headers_are_found_by_any_letter_case_and_in_their_order():
    message = parse(mail("Received: 1", "X-One: =?utf-8?q?=C3=A4?=", "received: 2"))
    assert message.headers_named("RECEIVED") == ("1", "2")
    assert message.header("x-one") == "ä"
    assert message.header("absent") is None


def test_an_unusual_entry_of_an_address_list_leaves_the_others_as_they_are():
    to = (
        'Friends: a@b.example, "A (x), B" <c@D.example> (comment, of two), e@f.example; '
        '"open <g@h.example>, i@j.example'
    )
    message = parse(f"To: {to}\r\n\r\n".encode())
    assert [each.address for each in message.to] == [
        "a@b.example",
        "c@d.example",
        "e@f.example",
        "g@h.example",
        "i@j.example",
    ]
    assert message.to[1].name == "A (x), B"


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_every_kind_of_line_break_parts_fields_folds_and_lines(line_break):
    raw = line_break.join(["Subject: one", "\ttwo", "X: y", "", "first", "second", ""])
    message = parse(raw.encode())
    assert (message.subject, message.header("x"), message.text) == ("one two", "y", "first\nsecond\n")


def test_the_wide_charsets_keep_their_line_breaks():
    head = "Content-Type: text/plain; charset=utf-16\r\n\r\n"
    assert parse(head.encode() + "\u0d0aa\r\nb".encode("utf-16")).text == "\u0d0aa\nb"
