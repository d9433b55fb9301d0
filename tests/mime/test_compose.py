"""A mail that is written is read back as it was meant, by the standard library and by Deskpost."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from deskpost.mime.compose import Draft, File, compose, needs_smtputf8
from deskpost.mime.message import Address
from deskpost.mime.parse import parse
from deskpost.mime.thread_index import thread_index

DRAFT = Draft(
    message_id="<re-12.token@desk.example>",
    date=datetime(2026, 11, 23, 9, tzinfo=UTC),
    sender=Address("Help Desk", "help@desk.example"),
    to=(Address("Ann", "ann@customer.example"),),
    subject="[##RE-12##] Printer",
    text="Hello",
    automatic=False,
    loop_id="installation-1",
)
IMAGE = File("logo.png", "image/png", b"\x89PNG\r\n\x1a\n", "logo@desk.example")
PDF = File("a.pdf", "application/pdf", b"%PDF-1.7\n")


def read_back(draft: Draft) -> EmailMessage:
    """Give the mail as the standard library reads it, sure that it finds nothing wrong."""
    mail = email.message_from_bytes(compose(draft), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert not [defect for part in mail.walk() for defect in part.defects]
    return mail


def test_the_same_draft_gives_the_same_bytes():
    draft = replace(DRAFT, html="<p>Hello</p>", files=(IMAGE, PDF))
    assert compose(draft) == compose(replace(draft))


def test_a_simple_mail_is_written_plainly():
    assert compose(DRAFT) == (
        b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
        b"From: Help Desk <help@desk.example>\r\n"
        b"To: Ann <ann@customer.example>\r\n"
        b"Subject: [##RE-12##] Printer\r\n"
        b"Message-ID: <re-12.token@desk.example>\r\n"
        b"X-Deskpost-Loop: installation-1\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello\r\n"
    )


@pytest.mark.parametrize(
    "name",
    ["Ann", "Ann Admin", "Admin, Ann", 'Ann "the" Admin', "Jürgen Müller", "日本 太郎", "a\\b", "x" * 300, "Ü" * 300,
     "=?utf-8?q?a?=", "Dr. Ann (IT)"],
)  # fmt: skip
def test_a_display_name_comes_back_whatever_it_holds(name):
    draft = replace(DRAFT, sender=Address(name, "help@desk.example"))
    # The standard library puts a blank between two encoded words of one name.
    assert read_back(draft)["From"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")
    assert parse(compose(draft)).from_ == (Address(name, "help@desk.example"),)


@pytest.mark.parametrize(
    "subject",
    [
        "a",
        "Drucker öffnet nicht ##RE-12##",
        "日本語" * 80,
        "word " * 100 + "end",
        "x" * 500,
        "emoji 🖨 done",
        "",
        "=?x",
    ],
)
def test_a_subject_comes_back_and_no_line_is_long(subject):
    mail = compose(replace(DRAFT, subject=subject))
    assert parse(mail).subject == subject
    assert email.message_from_bytes(mail, policy=email.policy.default)["Subject"] == subject
    assert all(len(line) <= 78 for line in mail.partition(b"\r\n\r\n")[0].split(b"\r\n"))


def test_the_token_in_a_subject_stays_readable_beside_other_letters():
    assert b"##RE-12##" in compose(replace(DRAFT, subject="Über ##RE-12## Drucker"))


@pytest.mark.parametrize(
    "text",
    ["plain\nlines\n", "Grüße\n.\nFrom me\n  blank at the end \n", "日本語\n" * 50, "x" * 5_000, "ä" * 5_000, "",
     "\r\r\n\n",
     "=3D =\n"],
)  # fmt: skip
def test_a_text_comes_back_with_no_long_line(text):
    draft = replace(DRAFT, text=text)
    mail = compose(draft)
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert read_back(draft).get_content().replace("\r\n", "\n").rstrip("\n") == wanted
    assert parse(mail).text.rstrip("\n") == wanted
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert mail.isascii()


def test_text_html_images_and_files_stand_where_programs_look_for_them():
    mail = read_back(replace(DRAFT, html='<img src="cid:logo@desk.example">', files=(IMAGE, PDF)))
    tree = [part.get_content_type() for part in mail.walk()]
    assert tree == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    image, pdf = [part for part in mail.walk() if part.get_filename()]
    assert (image["Content-ID"], image.get_content_disposition()) == ("<logo@desk.example>", "inline")
    assert (pdf.get_content(), pdf.get_content_disposition()) == (PDF.content, "attachment")


def test_an_image_is_an_ordinary_file_where_there_is_no_html():
    (part,) = read_back(replace(DRAFT, files=(IMAGE,))).iter_attachments()
    assert (part.get_filename(), part.get_content_disposition()) == ("logo.png", "attachment")


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "two words.txt",
        "Übersicht.pdf",
        "Ü" * 100 + ".pdf",
        'quote".txt',
        "日本.docx",
        "x" * 200,
        "it's 100%",
    ],
)
def test_a_file_name_comes_back_whatever_it_holds(name):
    draft = replace(DRAFT, files=(File(name, "application/pdf", b"x"),))
    assert [part.get_filename() for part in read_back(draft).iter_attachments()] == [name]
    assert [file.name for file in parse(compose(draft)).attachments] == [name]


def test_a_mail_as_a_file_is_not_encoded_and_one_that_must_be_is_another_type():
    plain = File("a.eml", "message/rfc822", b"Subject: a\n\nb\n")
    eight = File("b.eml", "message/rfc822", b"Subject: \xfc\n\nb\n")
    first, second = parse(compose(replace(DRAFT, files=(plain, eight)))).attachments
    assert (first.content_type, first.size) == ("message/rfc822", 17)
    assert (second.content_type, second.size) == ("application/octet-stream", len(eight.content))


def test_a_boundary_that_the_content_holds_is_not_used():
    draft = replace(DRAFT, html="<p>x</p>")
    boundary = compose(draft).partition(b'boundary="')[2].partition(b'"')[0].decode()
    again = replace(draft, text=f"a\n--{boundary}\nb")
    assert parse(compose(again)).text == f"a\n--{boundary}\nb"


def test_threading_headers_are_all_there():
    began = datetime(2026, 11, 22, 9, tzinfo=UTC)
    index = thread_index("RE-12", began, DRAFT.date)
    mail = read_back(
        replace(
            DRAFT, in_reply_to="<2@a>", references=("<1@a>", "2@a", "<bad<id>\r\nX: y"), thread_index=index
        )
    )
    assert (mail["In-Reply-To"], mail["References"], mail["Thread-Index"]) == ("<2@a>", "<1@a> <2@a>", index)


def test_the_thread_index_of_a_reply_begins_with_the_one_of_its_thread():
    began = datetime(2026, 11, 22, 9, tzinfo=UTC)
    first = thread_index("RE-12", began)
    assert len(first) == 32
    assert thread_index("RE-12", began, DRAFT.date)[:28] == first[:28]
    assert thread_index("RE-13", began)[8:] != first[8:]
    assert thread_index("RE-12", began, datetime(2036, 1, 1, tzinfo=UTC))


def test_long_references_keep_the_first_and_the_last():
    draft = replace(DRAFT, references=tuple(f"<{number}@a>" for number in range(500)))
    references = parse(compose(draft)).references
    assert (len(references), references[0], references[-1]) == (100, "<0@a>", "<499@a>")


def test_what_is_automatic_says_so_and_what_a_person_writes_does_not():
    assert read_back(replace(DRAFT, automatic=True))["Auto-Submitted"] == "auto-generated"
    assert read_back(replace(DRAFT, automatic=True))["X-Auto-Response-Suppress"] == "All"
    assert read_back(DRAFT)["Auto-Submitted"] is None
    assert read_back(DRAFT)["X-Deskpost-Loop"] == "installation-1"


def test_to_cc_and_reply_to_are_as_they_were():
    people = tuple(Address(f"Person, {number}", f"p{number}@customer.example") for number in range(50))
    draft = replace(DRAFT, to=people[:30], cc=people[30:], reply_to=Address("", "desk@desk.example"))
    message = parse(compose(draft))
    assert (message.to, message.cc, message.reply_to) == (people[:30], people[30:], (draft.reply_to,))


def test_a_mail_to_nobody_in_sight_says_so():
    assert b"To: undisclosed-recipients:;\r\n" in compose(replace(DRAFT, to=()))


def test_an_address_beyond_ascii_needs_smtputf8_only_for_its_local_part():
    domain = replace(DRAFT, to=(Address("", "ann@exämple.de"),))
    local = replace(DRAFT, to=(Address("", "änn@exämple.de"),))
    assert (needs_smtputf8(DRAFT), needs_smtputf8(domain), needs_smtputf8(local)) == (False, False, True)
    assert compose(domain).isascii()
    assert parse(compose(local)).to[0].address == "änn@xn--exmple-cua.de"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.c>, <evil@x.y",
        "a@b.c\r\nBcc: evil@x.y",
        "a@b.c,evil@x.y",
        "evil@x.y a@b.c",
        'a"@b.c',
        "a@b.c;d@e.f",
    ],
)
def test_an_address_stays_one_address(address):
    mail = email.message_from_bytes(
        compose(replace(DRAFT, to=(Address("", address),))), policy=email.policy.default
    )
    assert len(mail["To"].addresses) == 1
    assert mail["Bcc"] is None


def test_nothing_is_sent_that_no_mail_may_hold():
    bad = "a\0b\ud800c"
    mail = compose(replace(DRAFT, subject=bad, text=bad, html=bad, sender=Address(bad, "help@desk.example")))
    message = parse(mail)
    assert (message.subject, message.text, message.html) == ("ab\ufffdc", "ab\ufffdc", "ab\ufffdc")
    assert message.from_[0].name == "ab\ufffdc"
