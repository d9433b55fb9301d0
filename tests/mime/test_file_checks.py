"""Which files of a mail stay: by name, extension, content and size."""

import pytest

from deskpost.mime.file_checks import EMPTY, EXTENSION, NAME, SIZE, TYPE, FileRules, judge, wrong_in_name
from deskpost.mime.file_kinds import kind_of
from deskpost.mime.file_labels import extension_of, label_of
from deskpost.mime.message import Attachment
from deskpost.mime.parse import parse
from tests.mime import files

RULES = FileRules(allowed=False, extensions=frozenset(("exe", "bat")), max_mb=10)


def file(name: str, content: bytes = b"hello", content_type: str = "", **parts: object) -> Attachment:
    values = {"inline": False, "size": len(content), **parts}
    return Attachment(
        part="2",
        name=name,
        content_type=content_type or "application/octet-stream",
        sha256="",
        content_id=None,
        kind=kind_of(content),
        **values,  # type: ignore[arg-type]
    )


def why(one: Attachment, rules: FileRules = RULES) -> str | None:
    dropped = judge(one, rules)
    return dropped.why if dropped else None


@pytest.mark.parametrize(
    "name",
    [
        "report 1.pdf",
        "Übersicht_2026-11.docx",
        "Übersicht.docx",  # decomposed, as macOS sends it
        "見積書.xlsx",
        "отчёт.doc",
        "می\u200cخواهم.pdf",
        "हिन्दी.pdf",
        "Screenshot 2026-11-30 at 10.15.30\u202fPM.png",
        "Angebot – neu.pdf",
        "README",
        ".profile",
    ],
)
def test_letters_of_any_script_digits_dots_hyphens_underscores_and_blanks_are_fine(name: str) -> None:
    assert wrong_in_name(name) == ""
    assert judge(file(name), RULES) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("in#valid?.txt", "it holds # ?"),
        ("a/b.txt", "it holds /"),
        ("a\\b.txt", "it holds \\"),
        ("a:b.txt", "it holds :"),
        ("a\tb.txt", "it holds U+0009"),
        ("gpj.\u202eexcod", "it holds U+202E"),
        ("con.txt", "Windows keeps this name for a device"),
        ("LPT1 .pdf", "Windows keeps this name for a device"),
        ("..", "it is nothing but dots and blanks"),
        ("ä" * 130 + ".txt", "it is longer than 255 bytes"),
    ],
)
def test_what_a_file_system_or_a_header_cannot_bear_is_dropped_with_the_sign_named(
    name: str, words: str
) -> None:
    dropped = judge(file(name), RULES)
    assert dropped is not None
    assert (dropped.why, dropped.detail) == (NAME, words)


@pytest.mark.parametrize(
    "named", ["exe", "EXE", "Exe", "exe.", "exe ", "exe. .", "exe\u00a0", "exe\u3000.", "exe\u200d"]
)
def test_a_denied_extension_is_dropped_however_it_is_written(named: str) -> None:
    assert why(file(f"tool.{named}")) == EXTENSION


def test_the_extension_is_what_stands_behind_the_last_dot() -> None:
    assert [extension_of(name) for name in ("a.tar.GZ", "README", ".bat", "a.b ", "a..")] == [
        *("gz", "", "bat", "b", "")
    ]
    assert why(file(".bat")) == why(file(" .EXE.")) == EXTENSION, "a name that is nothing but its extension"
    assert why(file("tool.exe.txt")) is None
    assert why(file("letter.txt.exe")) == EXTENSION


def test_of_an_allowed_list_all_others_are_dropped_but_what_belongs_to_mail_itself() -> None:
    rules = FileRules(allowed=True, extensions=frozenset(("pdf",)), max_mb=10)
    assert why(file("a.pdf"), rules) is None
    assert why(file("a.docx"), rules) == why(file("README"), rules) == EXTENSION
    assert why(file("smime.p7s", content_type="application/pkcs7-signature"), rules) is None
    assert why(file("invite.ics", content_type="text/calendar"), rules) is None
    assert why(file("tool.exe", content_type="text/calendar"), rules) == EXTENSION, "a type that is claimed"


def test_what_is_mail_itself_by_its_type_stays_even_where_its_extension_is_denied() -> None:
    rules = FileRules(allowed=False, extensions=frozenset(("eml", "ics", "vcf", "asc", "p7m")), max_mb=10)
    assert why(file("a.eml", content_type="message/rfc822"), rules) is None
    assert why(file("a.ics", content_type="text/calendar"), rules) is None
    assert why(file("smime.p7m", content_type="application/pkcs7-mime"), rules) is None
    assert why(file("a.ics"), rules) == EXTENSION, "bytes that are merely called so"


def parsed(name: str, content_type: str, content: bytes = b"Subject: x\r\n\r\nhi") -> Attachment:
    """Give a file as it comes out of a mail."""
    head = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    named = f'; name="{name}"' if name else ""
    part = f"--b\r\nContent-Type: {content_type}{named}\r\nContent-Disposition: attachment\r\n\r\n"
    text = b"--b\r\n\r\nhello\r\n"
    (found,) = parse(head + text + part.encode() + content + b"\r\n--b--\r\n").attachments
    return found


def test_an_encrypted_part_without_a_name_stays_beside_an_allowed_list() -> None:
    one = parsed("", "application/octet-stream", b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n")
    rules = FileRules(allowed=True, extensions=frozenset(("pdf",)), max_mb=10)
    assert (one.name, why(one, rules)) == ("encrypted.asc", None)


@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ("Re: www.acme.com", "message/rfc822", "Re: www.acme.com.eml"),
        ("Re: run a.exe", "message/rfc822", "Re: run a.exe.eml"),
        ("Re: Printer", "message/rfc822", "Re: Printer.eml"),
        ("notes.txt", "message/rfc822", "notes.txt.eml"),
        ("RE: now?.EML", "message/rfc822", "RE: now?.EML"),
        ("Meeting 10.30 at acme.com", "text/calendar", "Meeting 10.30 at acme.com.ics"),
        ("info@acme.com", "text/vcard", "info@acme.com.vcf"),
        ("ute@acme.com", "application/pgp-keys", "ute@acme.com.asc"),
        ("0x1234.key", "application/pgp-keys", "0x1234.key"),
        ("tool.exe", "application/pkcs7-mime", "tool.exe.p7m"),
        ("letter.exe", "application/octet-stream", "letter.exe"),
    ],
)
def test_what_is_mail_itself_is_shown_with_the_extension_of_its_type_and_stays(
    name: str, content_type: str, shown: str
) -> None:
    one = parsed(name, content_type)
    assert one.name == shown
    rules = FileRules(allowed=False, extensions=frozenset(("exe", "com")), max_mb=10)
    assert why(one, rules) == (EXTENSION if content_type.endswith("stream") else None)


def test_a_denied_extension_is_no_way_round_by_a_claimed_type() -> None:
    assert why(file("tool.exe", content_type="application/pkcs7-mime")) == EXTENSION


@pytest.mark.parametrize("kind", sorted(files.SAMPLES))
def test_each_kind_is_told_by_its_first_bytes(kind: str) -> None:
    for content in files.SAMPLES[kind]:
        assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"MZ is a word",
        b"BM is one too",
        b"RIFF raff",
        b"<note>",
        b"PK",
        b"%PD",
        b"\xff\xfea\0",
        b"leftftypo is a slip of the pen",
        b"leftftypisom is one too",
        b"\0\0\0\x18ftypabcd\0\0\0\0",
        b"<!-- a comment --><note>",
        b"<?xml version='1.0'?><svg/>",
        b"<htmlish>",
    ],
)
def test_what_is_not_certain_is_not_told(content: bytes) -> None:
    assert kind_of(content) == ""


def test_an_image_named_as_a_text_is_dropped_and_both_are_named() -> None:
    dropped = judge(file("Alter.txt", files.PNG, "text/plain"), RULES)
    assert dropped is not None
    assert (dropped.why, dropped.detail) == (TYPE, "it holds an image, and .txt is a text")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo.png", "program"),
        ("invoice.pdf", "program"),
        ("invoice.pdf", "html"),
        ("table.csv", "image"),
        ("table.csv", "zip"),
        ("log.zip", "program"),
        ("letter.docx", "image"),
        ("song.mp3", "archive"),
    ],
)
def test_content_of_another_kind_than_the_extension_is_dropped(name: str, kind: str) -> None:
    assert {why(file(name, content)) for content in files.SAMPLES[kind]} == {TYPE}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.docx", files.ZIP),
        ("locked.docx", files.OLE),  # an encrypted one
        ("old.doc", files.OLE),
        ("old.doc", b"{\\rtf1 hello}"),
        ("export.xls", b"<html><table></table></html>"),
        ("table.csv", b"a;b;c\r\n1;2;3\r\n"),
        ("server.log", b"2026-11-30 started"),
        ("page.html", b"<!DOCTYPE html><p>hello"),
        ("source.txt", b"<!DOCTYPE html><p>hello"),
        ("photo.jpg", files.PNG),  # an image is an image
        ("mail.eml", b"From: a@b\r\n\r\nhello"),
        ("smime.p7m", b"\x30\x82\x01"),
        ("unknown.xyz", files.PNG),
        ("README", files.PNG),
        ("app.jar", files.ZIP),
    ],
)
def test_what_fits_and_what_nobody_can_be_certain_of_stays(name: str, content: bytes) -> None:
    assert judge(file(name, content), RULES) is None


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("smime (1).p7m", "application/pkcs7-mime"),
        ("smime (1).p7m", "application/octet-stream"),
        ("sig#.asc", "application/pgp-signature"),
        ("Meeting: budget?.ics", "text/calendar"),
        ("Müller, Ute.vcf", "text/vcard"),
        ("RE: what now?.eml", "message/rfc822"),
        ("read?.txt", "message/disposition-notification"),
    ],
)
def test_what_belongs_to_mail_itself_keeps_whatever_name_it_has_and_is_labelled(
    name: str, content_type: str
) -> None:
    assert judge(file(name, content_type=content_type), RULES) is None
    assert label_of(content_type, name)


def test_an_image_in_the_text_keeps_the_name_that_its_mail_program_gave_it() -> None:
    assert why(file("image001.png@01DC#", files.PNG, inline=True)) is None
    assert why(file("image001.png@01DC#", files.PNG)) == NAME


def test_an_empty_file_and_one_over_the_limit_are_dropped() -> None:
    assert why(file("a.txt", b"")) == EMPTY
    assert why(file("a.txt", size=10_000_000)) is None
    dropped = judge(file("a.txt", size=10_000_001), RULES)
    assert dropped is not None
    assert (dropped.why, dropped.detail) == (SIZE, "10.1 MB, and the limit is 10 MB")


def test_a_name_that_could_not_be_decoded_is_no_fault_of_the_file() -> None:
    assert why(file("01 Quien Te Dij\ufffdat. Pitbull.mp3")) is None
