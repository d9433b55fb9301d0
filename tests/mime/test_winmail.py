"""winmail.dat is unpacked: its text, its calendar entry and its files stand as if it had never been."""

import shutil
import struct
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from deskpost.mime.content import content_key
from deskpost.mime.message import Message
from deskpost.mime.parse import attachment_content, parse
from deskpost.mime.tnef import rtf, rtf_compression
from deskpost.mime.tnef.properties import Malformed
from tests.mime import winmail as write
from tests.mime.files import PNG

HTML = "<html><body><p>Grüße, 日本 &amp; 😀 {braces} \\ back</p>\n<img src='cid:one@client'></body></html>"
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)


def opened(content: bytes, body: str = "") -> tuple[bytes, Message]:
    """Read a mail with this winmail.dat; each file is found again under the name that it was given."""
    raw = write.mail(content, body)
    message = parse(raw)
    for file in message.attachments:
        found = attachment_content(raw, file.part)
        assert (len(found), sha256(found).hexdigest()) == (file.size, file.sha256)
    return raw, message


def file_named(message: Message, name: str, raw: bytes) -> bytes:
    (part,) = [file.part for file in message.attachments if file.name == name]
    return attachment_content(raw, part)


def test_the_examples_of_the_specification_are_decompressed():
    plain = (
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    across = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    hello, crossing = (rtf_compression.decompress(bytes.fromhex(data), 1_000) for data in (plain, across))
    assert hello == (b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", True)
    assert crossing == (b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", True)


@pytest.mark.parametrize(
    "source", [b"", b"a", b"ab" * 5_000, write.html_in_rtf(HTML), bytes(range(32, 127)) * 200]
)
def test_what_was_compressed_is_what_comes_out(source):
    assert rtf_compression.decompress(write.compress(source), 1_000_000) == (source, True)
    assert rtf_compression.decompress(write.uncompressed(source), 1_000_000) == (source, True)


def test_formatted_text_of_an_unknown_compression_is_said_to_be_none():
    with pytest.raises(Malformed, match="unknown way"):
        rtf_compression.decompress(write.compress(b"hello").replace(b"LZFu", b"ZZZZ"), 100)


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


def meeting(kind: str, *properties: bytes) -> bytes:
    return write.winmail(
        write.of_class(kind),
        write.subject("Größe; Maß, Form".encode("cp1252")),
        write.of_message(
            write.text(0x0042, "Ann"),
            write.text(0x5D02, "ann@client.example"),
            write.named_moment(write.APPOINTMENT, 0x820D, NINE),
            write.named_moment(write.APPOINTMENT, 0x820E, NINE.replace(hour=10)),
            write.named_text(write.APPOINTMENT, 0x8208, "Room 12"),
            *properties,
        ),
        write.recipients(write.recipient("Help", "help@desk.example")),
    )


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("IPM.Schedule.Meeting.Request", ["METHOD:REQUEST", 'ORGANIZER;CN="Ann":mailto:ann@client.example']),
        ("IPM.Microsoft Schedule.MtgReq", ["METHOD:REQUEST", 'ATTENDEE;CN="Help":mailto:help@desk.example']),
        ("IPM.Schedule.Meeting.Canceled", ["METHOD:CANCEL", "STATUS:CANCELLED"]),
        (
            "IPM.Schedule.Meeting.Resp.Pos",
            ["METHOD:REPLY", 'ATTENDEE;PARTSTAT=ACCEPTED;CN="Ann":mailto:ann@client.example'],
        ),
        ("IPM.Microsoft Schedule.MtgRespN", ["PARTSTAT=DECLINED"]),
        ("IPM.Appointment", ["METHOD:PUBLISH"]),
    ],
)
def test_its_calendar_entry_is_an_invitation(kind, lines):
    raw, message = opened(meeting(kind), "text")
    (file,) = message.attachments
    assert (file.name, file.content_type) == ("calendar.ics", "text/calendar")
    said = attachment_content(raw, file.part).decode()
    for line in (
        *lines,
        "SUMMARY:Größe\\; Maß\\, Form",
        "LOCATION:Room 12",
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T100000Z",
    ):
        assert line in said
    assert all(len(line.encode()) <= 75 for line in said.split("\r\n"))


def test_a_meeting_keeps_the_identifier_that_its_organiser_gave_it():
    ours = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(24)
    outlook = meeting("IPM.Appointment", write.named_bytes(write.MEETING, 0x0023, ours + b"\x01\x02"))
    foreign = meeting(
        "IPM.Appointment", write.named_bytes(write.MEETING, 0x0003, ours + b"vCal-Uid\x01\0\0\0abc@google\0")
    )
    said = []
    for content in (outlook, foreign):
        raw, message = opened(content, "text")
        said.append(attachment_content(raw, message.attachments[0].part).decode())
    assert f"UID:{ours.hex().upper()}" in said[0].replace("\r\n ", "")
    assert "UID:abc@google\r\n" in said[1]


def test_a_day_long_entry_is_of_that_day_wherever_its_writer_is():
    for hour, day in ((23, 30), (5, 1)):  # midnight in Berlin, and in New York
        begins = datetime(2026, 11 if day == 30 else 12, day, hour, tzinfo=UTC)
        content = write.winmail(
            write.of_class("IPM.Appointment"),
            write.of_message(
                write.named_moment(write.APPOINTMENT, 0x820D, begins),
                write.named(write.APPOINTMENT, 0x8215, write.BOOLEAN, struct.pack("<I", 1)),
            ),
        )
        raw, message = opened(content, "text")
        assert b"DTSTART;VALUE=DATE:20261201\r\n" in attachment_content(raw, message.attachments[0].part)


def test_a_meeting_without_a_beginning_is_no_entry():
    assert opened(write.winmail(write.of_class("IPM.Appointment")), "text")[1].attachments == ()


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


def test_a_bomb_of_formatted_text_gives_no_more_than_its_share():
    bomb = write.compress(b"{\\rtf1 " + b"A" * 3_000_000 + b"}")
    assert len(bomb) < 400_000
    message = opened(write.winmail(write.of_message(write.binary(0x1009, bomb))))[1]
    assert 100_000 < len(message.text) < 2_000_000
    assert "the text of winmail.dat is longer than what is read" in message.defects


def test_declared_lengths_that_lie_are_believed_no_further_than_the_bytes_go():
    lying = struct.pack("<HHII", write.UNICODE, 0x1000, 1, 0x7FFFFFFF) + b"a\0"
    count = struct.pack("<HHI", write.UNICODE | 0x1000, 0x6000, 0x7FFFFFFF)
    for data in (struct.pack("<I", 0x7FFFFFFF), write.listed([lying]), write.listed([count])):
        message = opened(write.winmail(write.attribute(write.MESSAGE, write.MESSAGE_PROPERTIES, data)))[1]
        assert [file.name for file in message.attachments] == ["winmail.dat"]
    promise = bytearray(write.compress(b"hello"))
    promise[4:8] = b"\xff\xff\xff\x7f"
    assert rtf_compression.decompress(bytes(promise), 10_000_000) == (b"hello", False)


def test_hidden_rtf_is_not_shown_and_fonts_decode_their_bytes():
    source = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}"
        rb"{\*\htmltag64 <p>}\htmlrtf never \htmlrtf0 \f1 \'cf\'f0\'e8\f0 \'fc{\*\htmltag84 &nbsp;}{\*\mhtmltag64 no}"
        rb"\lquote a\rquote\line{\*\htmltag72 </p>}}"
    )
    found = rtf.read(source, 1_000)
    assert found.html == "<p>Приü&nbsp;\u2018a\u2019\r\n</p>"


def test_bytes_within_formatted_text_are_passed_over():
    found = rtf.read(b"{\\rtf1 a{\\pict\\bin4 }}}}}b}", 100)
    assert (found.text, found.whole) == ("ab", True)


def test_what_nobody_reads_is_gone_over_in_few_steps():
    styles = (
        b"{\\stylesheet"
        + b"{\\s1\\b\\f0 Normal;}" * 40
        + b"\\{}{\\*\\latentstyles"
        + b"\\lsdlocked0 Style;" * 400
        + b"}"
    )
    found = rtf.read(
        b"{\\rtf1" + styles + b"{\\info{\\author {A}}}one{\\*\\themedata " + b"ab" * 900 + b"} two}", 200
    )
    assert (found.text, found.whole) == ("one two", True)


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
