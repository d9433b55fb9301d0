"""winmail.dat is unpacked: its text and its files stand as if it had never been."""

import shutil
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskpost.mime.content import content_key
from deskpost.mime.message import Message
from deskpost.mime.parse import attachment_content, parse
from deskpost.mime.tnef import rtf_compression
from tests.mime import winmail as write
from tests.mime.files import PNG
from tests.mime.winmail import opened

HTML = "<html><body><p>Grüße, 日本 &amp; 😀 {braces} \\ back</p>\n<img src='cid:one@client'></body></html>"
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)


def file_named(message: Message, name: str, raw: bytes) -> bytes:
    (part,) = [file.part for file in message.attachments if file.name == name]
    return attachment_content(raw, part)


def test_a_mail_with_an_empty_text_has_the_html_of_its_winmail_dat():
    _, message = opened(write.winmail(write.of_message(write.rtf(write.html_in_rtf(HTML)))))
    assert message.html == HTML
    assert message.text == "Grüße, 日本 & 😀 {braces} \\ back"
    assert (message.attachments, message.defects) == ((), ())


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (write.attribute(write.MESSAGE, write.BODY, "Größe 5 €".encode("cp1252") + b"\0"), "Größe 5 €"),
        (write.of_message(write.text(0x1000, "in Unicode ☃\r\nand on")), "in Unicode ☃\nand on"),
        (write.of_message(write.old_text(0x1000, "Größe".encode("cp1252"))), "Größe"),
        (write.of_message(write.rtf(rb"{\rtf1\ansi\ansicpg1251\fromtext \'cf\'f0\'e8\par two}")), "При\ntwo"),
        (
            write.of_message(write.rtf(rb"{\rtf1\ansi{\fonttbl{\f0 A;}}\pard one\tab two\par}", False)),
            "one\ttwo",
        ),
        (
            write.of_message(
                write.binary(0x1013, b"<p>Gr\xc3\xbc\xc3\x9fe</p>"), write.integer(0x3FDE, 65001)
            ),
            "Grüße",
        ),
    ],
)
def test_the_text_is_found_wherever_it_was_put(attributes, text):
    assert opened(write.winmail(attributes))[1].text == text


def test_a_text_of_another_code_page_is_decoded_by_it():
    body = write.attribute(write.MESSAGE, write.BODY, "日本語のメール".encode("cp932") + b"\0")
    assert opened(write.winmail(body, code_page=932))[1].text == "日本語のメール"


def test_a_mail_that_has_a_text_keeps_it():
    _, message = opened(
        write.winmail(write.of_message(write.text(0x1000, "of winmail.dat"))), body="of the mail"
    )
    assert (message.text, message.html, message.attachments) == ("of the mail", None, ())


def test_an_html_beside_a_blank_plain_text_is_not_replaced():
    content = write.winmail(write.of_message(write.text(0x1000, "of winmail.dat")))
    html = b"Content-Type: text/html\r\n\r\n<p>of the mail</p>\r\n--b\r\n"
    raw = write.mail(content, " ").replace(
        b"--b\r\nContent-Type: application", b"--b\r\n" + html + b"Content-Type: application"
    )
    assert parse(raw).html and "of the mail" in parse(raw).html


def test_its_files_have_their_long_names_and_are_read_out_of_the_raw_mail():
    raw, message = opened(
        write.winmail(
            write.file(b"first", write.long_name("Überblick ☃ 2026.txt")),
            write.file(b"second", write.old_text(0x3707, "Größe.txt".encode("cp1252"))),
            write.file(b"third", title="Maß.txt".encode("cp1252")),
            write.file(None, write.long_name("fourth.bin"), write.binary(0x3701, b"\0\1\2")),
        ),
        body="text",
    )
    assert [(file.part, file.name, file.size) for file in message.attachments] == [
        ("2/1", "Überblick ☃ 2026.txt", 5),
        ("2/2", "Größe.txt", 6),
        ("2/3", "Maß.txt", 5),
        ("2/4", "fourth.bin", 3),
    ]
    assert file_named(message, "fourth.bin", raw) == b"\0\1\2"
    with pytest.raises(LookupError, match="no part 2/5"):
        attachment_content(raw, "2/5")


def test_an_image_that_its_html_shows_is_inline():
    png = write.file(
        PNG, write.long_name("logo.png"), write.text(0x370E, "image/png"), write.text(0x3712, "one@client")
    )
    html = write.of_message(write.rtf(write.html_in_rtf(HTML)))
    (file,) = opened(write.winmail(html, png))[1].attachments
    assert (file.inline, file.content_type, file.kind, file.content_id) == (
        True,
        "image/png",
        "image",
        "one@client",
    )


@pytest.mark.parametrize(
    ("name", "kind"), [("winmail.dat", "application/octet-stream"), ("att0001.dat", "text/plain")]
)
def test_it_is_known_by_its_name_and_its_first_bytes_too(name, kind):
    raw = write.mail(write.winmail(write.file(b"abc", write.long_name("a.txt"))), "text", name, kind)
    assert [file.name for file in parse(raw).attachments] == ["a.txt"]


def test_another_file_called_dat_is_a_file():
    (file,) = parse(write.mail(b"\1\2\3", "text", "data.dat", "application/octet-stream")).attachments
    assert (file.name, file.part, file.size) == ("data.dat", "2", 3)


def test_a_mail_within_it_is_a_file_with_all_that_it_says():
    inner = write.winmail(
        write.of_class("IPM.Note"),
        write.of_message(
            write.text(0x0037, "Über den Drucker"),
            write.text(0x0042, "Bob Böhm"),
            write.text(0x5D02, "bob@client.example"),
            write.text(0x1035, "<inner@client.example>"),
            write.moment(0x0039, NINE),
            write.rtf(write.html_in_rtf("<p>inner Größe</p>")),
        ),
        write.recipients(
            write.recipient("Cy", "cy@client.example"), write.recipient("Di", "di@client.example", 2)
        ),
        write.file(b"deep", write.long_name("deep.txt")),
    )
    raw, message = opened(
        write.winmail(write.file(None, write.integer(0x3705, 5), write.embedded(0x3701, inner))), "text"
    )
    (file,) = message.attachments
    assert (file.name, file.content_type) == ("Über den Drucker.eml", "message/rfc822")
    within = parse(attachment_content(raw, file.part))
    assert (within.subject, within.date, within.message_id) == (
        "Über den Drucker",
        NINE,
        "<inner@client.example>",
    )
    assert [(one.name, one.address) for one in within.from_] == [("Bob Böhm", "bob@client.example")]
    assert [one.address for one in (*within.to, *within.cc)] == ["cy@client.example", "di@client.example"]
    assert (within.text, within.html) == ("inner Größe", "<p>inner Größe</p>")
    assert [one.name for one in within.attachments] == ["deep.txt"]


def test_named_and_several_properties_are_passed_over():
    properties = write.of_message(
        write.called(write.MEETING, "Keywords!", "x"),
        write.several(0x6000, ["a", "", "c"]),
        write.text(0x1000, "found"),
    )
    assert opened(write.winmail(properties))[1].text == "found"


def test_two_copies_of_a_mail_are_one():
    content = write.winmail(write.file(b"abc", write.long_name("a.txt")))
    raw = write.mail(content, "text")
    assert content_key(parse(raw)) == content_key(parse(b"Received: from elsewhere\r\n" + raw))
    other = write.mail(write.winmail(write.file(b"abd", write.long_name("a.txt"))), "text")
    assert content_key(parse(raw)) != content_key(parse(other))


@pytest.mark.parametrize("cut", [10, 45, 90, -3])
def test_a_damaged_one_stays_a_file_and_says_so(cut):
    content = write.winmail(
        write.of_message(write.text(0x1000, "found")), write.file(b"abc", write.long_name("a.txt"))
    )
    raw, message = opened(content[:cut])
    assert message.attachments[0].name == "winmail.dat"
    assert attachment_content(raw, "2") == content[:cut]
    assert any("winmail.dat could not be read to its end" in defect for defect in message.defects)


def test_a_wrong_checksum_and_a_foreign_beginning_are_said():
    content = bytearray(write.winmail(write.file(b"abc", write.long_name("a.txt"))))
    content[content.index(b"abc")] ^= 1
    message = opened(bytes(content), "text")[1]
    assert [file.name for file in message.attachments] == ["winmail.dat", "a.txt"]
    assert "winmail.dat could not be read to its end: a checksum is wrong" in message.defects
    message = opened(b"no such thing", "text")[1]
    assert [file.name for file in message.attachments] == ["winmail.dat"]
    assert "winmail.dat could not be read: it does not begin as one does" in message.defects


def test_a_file_that_lies_elsewhere_is_told_of():
    away = write.file(None, write.integer(0x3705, 7), write.long_name("in the cloud.docx"))
    message = opened(write.winmail(away), "text")[1]
    assert any("lies somewhere else" in defect for defect in message.defects)
    assert [file.name for file in message.attachments] == ["winmail.dat"]


def test_files_behind_damaged_properties_are_still_found():
    damaged = write.attribute(write.MESSAGE, write.MESSAGE_PROPERTIES, struct.pack("<I", 5))
    message = opened(write.winmail(damaged, write.file(b"abc", write.long_name("a.txt"))), "text")[1]
    assert [file.name for file in message.attachments] == ["winmail.dat", "a.txt"]


def test_names_and_types_that_are_none_are_not_taken():
    odd = write.file(b"x", write.long_name("n" * 5_000), write.text(0x370E, "text/html; charset=x\r\nX: y"))
    (file,) = opened(write.winmail(odd), "text")[1].attachments
    assert (len(file.name), file.content_type) == (1_000, "application/octet-stream")


def test_mails_within_mails_are_opened_to_a_depth():
    content = write.winmail(write.subject(b"innermost"))
    for number in range(8):
        content = write.winmail(
            write.subject(b"level %d" % number),
            write.file(
                None, write.text(0x3001, "m"), write.integer(0x3705, 5), write.embedded(0x3701, content)
            ),
        )
    message = opened(content, "text")[1]
    assert any("more mails inside one another" in defect for defect in message.defects)
    assert [file.name for file in message.attachments] == ["winmail.dat", "level 6.eml"]


def test_declared_lengths_that_lie_are_believed_no_further_than_the_bytes_go():
    lying = struct.pack("<HHII", write.UNICODE, 0x1000, 1, 0x7FFFFFFF) + b"a\0"
    count = struct.pack("<HHI", write.UNICODE | 0x1000, 0x6000, 0x7FFFFFFF)
    for data in (struct.pack("<I", 0x7FFFFFFF), write.listed([lying]), write.listed([count])):
        message = opened(write.winmail(write.attribute(write.MESSAGE, write.MESSAGE_PROPERTIES, data)))[1]
        assert [file.name for file in message.attachments] == ["winmail.dat"]
    promise = bytearray(write.compress(b"hello"))
    promise[4:8] = b"\xff\xff\xff\x7f"
    assert rtf_compression.decompress(bytes(promise), 10_000_000) == (b"hello", False)


@pytest.mark.skipif(not shutil.which("tnef"), reason="Debian's tnef is not installed")
def test_another_reader_finds_the_same_files(tmp_path: Path):
    content = write.winmail(
        write.of_message(write.text(0x1000, "text")),
        write.file(b"first", write.long_name("one.txt")),
        write.file(bytes(range(256)), write.long_name("two.bin")),
    )
    (tmp_path / "winmail.dat").write_bytes(content)
    subprocess.run(["tnef", "-C", str(tmp_path), str(tmp_path / "winmail.dat")], check=True, timeout=60)
    raw, message = opened(content, "text")
    for file in message.attachments:
        assert (tmp_path / file.name).read_bytes() == attachment_content(raw, file.part)
