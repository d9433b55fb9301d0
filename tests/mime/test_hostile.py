"""No mail costs more than its size allows, and what was cut off is said."""

import pytest

from deskpost.mime import bounds as limits
from deskpost.mime.bounds import Bounds
from deskpost.mime.clean_html import clean
from deskpost.mime.parse import parse
from tests.mime.hostile import MAILS
from tests.mime.strings import can_be_stored, strings_of


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_within_its_bounds(name):
    raw = MAILS[name](300_000)
    message = parse(raw)
    allowed = Bounds(len(raw))
    assert all(can_be_stored(text) for text in strings_of(message))
    assert len(message.headers) <= limits.FIELDS
    people = len(message.from_) + len(message.to) + len(message.cc) + len(message.reply_to)
    assert people <= allowed.addresses
    assert len(message.attachments) <= allowed.parts
    assert len(message.defects) <= limits.DEFECTS + 12
    assert all(len(value) <= limits.VALUE_CHARACTERS for _, value in message.headers)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("one header field", 10_000_000, "longer than the 512 kB"),
        ("header fields of one letter", 300_000, "more than the 1000 fields"),
        ("addresses", 600_000, "more addresses than are read"),
        ("encoded words", 300_000, "more encoded words than are read"),
        ("encoded words of unknown charsets", 100_000, "more encoded words than are read"),
        ("nested multiparts", 700_000, "more than 20 deep"),
        ("parts", 1_100_000, "more parts than are read"),
        ("lines like a boundary", 300_000, "more lines like a boundary"),
        ("open comments", 300_000, "more addresses than are read"),
        ("parameters", 300_000, "more parameters than are read"),
        ("tags", 300_000, "more tags than are read"),
        ("numeric entities", 300_000, "more entities than are read"),
    ],
)
def test_what_a_bound_cuts_off_is_said_in_a_defect(name, size, words):
    assert any(words in defect for defect in parse(MAILS[name](size)).defects)


def test_the_bounds_grow_with_the_mail_and_have_an_end():
    small, large, huge = Bounds(4_000), Bounds(400_000), Bounds(400_000_000)
    for name in ("addresses", "encoded_words", "parts"):
        assert getattr(small, name) < getattr(large, name) <= getattr(huge, name) <= 5_000


def test_a_mail_of_many_small_files_keeps_every_one():
    card = (
        "--b\r\nContent-Type: text/vcard; name=p{0}.vcf\r\n\r\nBEGIN:VCARD\r\nFN:Person {0}\r\nEND:VCARD\r\n"
    )
    cards = "".join(card.format(number) for number in range(120))
    raw = f"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{cards}--b--\r\n".encode()
    assert len(raw) < 20_000
    message = parse(raw)
    assert len(message.attachments) == 120
    assert not message.defects


def test_a_multipart_that_a_bound_cut_is_not_said_to_have_no_end():
    defects = parse(MAILS["parts"](1_100_000)).defects
    assert any("more parts than are read" in one for one in defects)
    assert not any("no end" in one for one in defects)


def test_a_long_mailing_in_earnest_meets_no_bound():
    people = ", ".join(
        f'"Person, {number}" <person{number}@customer{number}.example>' for number in range(400)
    )
    rows = "".join(f"<tr><td>host{number}</td><td>up</td></tr>" for number in range(3_000))
    raw = (
        f"From: a@example.com\r\nTo: {people}\r\nSubject: report\r\nContent-Type: text/html\r\n\r\n"
        f"<html><body><table class='report'><tbody>{rows}</tbody></table></body></html>"
    ).encode()
    message = parse(raw)
    assert len(message.to) == 400
    assert [defect for defect in message.defects if "tags" not in defect] == []


def test_no_recipient_of_a_long_list_of_encoded_names_is_lost():
    people = ", ".join(
        f"=?utf-8?B?0JjQstCw0L0g0JjQstCw0L3QvtCy?= <person{number}@customer.example>" for number in range(150)
    )
    message = parse(f"From: a@example.com\r\nTo: {people}\r\n\r\n{'text ' * 1_000}".encode())
    assert len(message.to) == 150
    assert message.to[0].name == "Иван Иванов"


def test_a_line_of_a_hundred_megabytes_is_text():
    message = parse(b"Subject: long\r\n\r\n" + b"x" * 100_000_000)
    assert (len(message.text), message.subject, message.defects) == (100_000_000, "long", ())


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<p><b>x</p>", "<a href=x>"])
def test_html_that_is_too_deep_is_shown_as_its_text(tag):
    safe = clean("first" + tag * 50_000 + "<script>bad()</script>")
    assert safe.startswith("<pre>first")
    assert "script" not in safe
