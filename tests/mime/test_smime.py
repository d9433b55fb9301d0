"""Signed mail is read without a certificate and marked so; encrypted mail says so and is attached whole."""

import base64
import random
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates

from deskpost.mime import cms
from deskpost.mime.compose import NO_DATE, Draft, File, compose
from deskpost.mime.content import content_key
from deskpost.mime.file_labels import label_of
from deskpost.mime.message import Address, Message
from deskpost.mime.parse import attachment_content, parse
from tests.mime import smime, winmail

INNER = (
    "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Grüße <img src='cid:a@b'></p>\r\n--i\r\n"
    "Content-Type: application/pdf; name=offer.pdf\r\n\r\n%PDF-1.7\r\n--i\r\n"
    "Content-Type: image/png; name=a.png\r\nContent-ID: <a@b>\r\n\r\nx\r\n--i--\r\n"
).encode()
UNCHECKED = "the S/MIME signature was not checked"


def found(raw: bytes) -> Message:
    """Read a mail; each file is found again under the name that it was given."""
    message = parse(raw)
    for file in message.attachments:
        content = attachment_content(raw, file.part)
        assert (len(content), sha256(content).hexdigest()) == (file.size, file.sha256)
    return message


def labels(message: Message) -> list[str | None]:
    return [label_of(file.content_type, file.name) for file in message.attachments]


@pytest.mark.parametrize(
    ("kind", "name", "content_type"),
    [
        ("signed-data", "smime.p7m", ""),
        ("", "smime.p7m", "application/x-pkcs7-mime"),
        ("", "Mail (1).p7m", "application/octet-stream"),
        ("enveloped-data", "smime.p7m", ""),  # what it is called is wrong: the bytes tell
    ],
)
def test_what_is_signed_is_read_and_marked(kind, name, content_type):
    message = found(smime.sealed(smime.signed(INNER), kind, name.replace(" ", "_"), content_type))
    assert (message.text, message.html) == ("Grüße", "<p>Grüße <img src='cid:a@b'></p>")
    assert [(file.part, file.name, file.inline) for file in message.attachments] == [
        ("1", name.replace(" ", "_"), False),
        ("1/2", "offer.pdf", False),
        ("1/3", "a.png", True),
    ]
    assert labels(message) == ["S/MIME, signature not checked", None, None]
    assert UNCHECKED in message.defects


def test_a_signed_text_alone_is_the_text():
    message = found(smime.sealed(smime.signed(b"Content-Type: text/plain\r\n\r\nhello")))
    assert (message.text, len(message.attachments)) == ("hello", 1)


def test_what_openssl_writes_piece_by_piece_is_read(tmp_path: Path):
    certificate, key = smime.owner()
    pem = certificate.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / "pem").write_bytes(pem)
    entity = b"Content-Type: text/plain\r\n\r\n" + b"a line of a long text\r\n" * 5_000
    command = [
        "openssl",
        "cms",
        "-sign",
        "-nodetach",
        "-binary",
        "-stream",
        "-outform",
        "DER",
        "-signer",
        str(tmp_path / "pem"),
    ]
    done = subprocess.run(command, input=entity, capture_output=True, check=True, timeout=60)
    assert done.stdout[1] == 0x80, "lengths that are not told"
    assert cms.opened(done.stdout) == (cms.SIGNED, entity)
    assert found(smime.sealed(done.stdout)).text.count("a line of a long text") == 5_000


def test_base64_that_a_gateway_left_in_is_undone():
    data = base64.encodebytes(smime.signed(b"\r\nhello"))
    for kept in (data, b"-----BEGIN PKCS7-----\n" + data + b"-----END PKCS7-----\n"):
        assert found(smime.sealed(kept)).text == "hello"


def test_signed_twice_is_opened_twice():
    once = smime.sealed(smime.signed(b"\r\nhello")).partition(b"MIME-Version: 1.0\r\n")[2]
    message = found(smime.sealed(smime.signed(once)))
    assert message.text == "hello"
    assert [file.part for file in message.attachments] == ["1", "1/1"]


def test_a_winmail_dat_that_is_signed_is_unpacked():
    content = winmail.winmail(
        winmail.of_message(winmail.text(0x1000, "of it")), winmail.file(b"x", winmail.long_name("a.txt"))
    )
    entity = winmail.mail(content).partition(b"MIME-Version: 1.0\r\n")[2]
    message = found(smime.sealed(smime.signed(entity)))
    assert message.text.strip() == "of it"
    assert [(file.part, file.name) for file in message.attachments] == [
        ("1", "smime.p7m"),
        ("1/2/1", "a.txt"),
    ]


@pytest.mark.parametrize("clear", [True, False])
def test_signed_mail_within_winmail_dat_is_read(clear):
    data = smime.signed(b"Content-Type: text/plain\r\n\r\nhello")
    if clear:
        data = (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s\r\n\r\n--s\r\n'
            b"Content-Type: text/plain\r\n\r\nhello\r\n--s\r\n"
            b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--s--\r\n"
        )
    kind = winmail.text(0x370E, "multipart/signed" if clear else "application/pkcs7-mime")
    message = found(
        winmail.mail(
            winmail.winmail(
                winmail.of_class("IPM.Note.SMIME"), winmail.file(data, winmail.long_name("smime.p7m"), kind)
            )
        )
    )
    assert message.text == "hello"
    assert UNCHECKED in message.defects


@pytest.mark.parametrize("seal", [smime.signed, smime.compressed])
def test_text_around_a_wrapped_part_stays_where_it_stands(seal):
    part = smime.sealed(seal(b"Content-Type: text/html\r\n\r\n<p>said</p>"), "")
    banner, footer = b"\r\na gateway's banner", b"\r\na list's footer"
    message = found(smime.mixed(banner, part, footer))
    assert message.text.split("\n") == ["a gateway's banner", "said", "a list's footer"]
    assert message.html
    assert message.html.index("banner") < message.html.index("said") < message.html.index("footer")
    assert found(smime.mixed(part, footer)).text.split("\n") == ["said", "a list's footer"]
    assert found(smime.mixed(part, part, footer)).text.split("\n") == ["said", "said", "a list's footer"]


def test_what_is_signed_without_a_header_of_its_own_is_the_text():
    message = found(smime.sealed(smime.signed("Grüße from\r\nAnn: come soon".encode())))
    assert (message.text, [file.name for file in message.attachments]) == (
        "Grüße from\nAnn: come soon",
        ["smime.p7m"],
    )
    assert UNCHECKED in message.defects
    message = found(smime.sealed(smime.signed(b"%PDF-1.7 offer")))
    assert (message.text, [file.part for file in message.attachments]) == ("", ["1", "1/1"])
    message = found(smime.sealed(smime.signed(b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=")))
    assert message.text == "hello"


def test_an_encrypted_mail_says_so_and_is_attached_whole():
    raw = smime.sealed(smime.encrypted(INNER), "enveloped-data")
    message = found(raw)
    assert message.text.startswith("This mail is encrypted (S/MIME), and Deskpost has no key to read it.")
    assert "To do: " in message.text
    assert [file.name for file in message.attachments] == ["smime.p7m", "encrypted mail.eml"]
    assert attachment_content(raw, message.attachments[1].part) == raw
    assert labels(message) == ["S/MIME, encrypted", "forwarded mail"]
    assert "the mail is encrypted (S/MIME) and could not be read" in message.defects


def test_an_encrypted_mail_met_in_two_mailboxes_is_one():
    raw = smime.sealed(smime.encrypted(INNER), "enveloped-data")
    assert content_key(parse(raw)) == content_key(parse(b"Received: from elsewhere\r\n" + raw))


def test_a_signed_mail_that_is_encrypted_within_says_so():
    inner = smime.sealed(smime.encrypted(INNER), "enveloped-data").partition(b"MIME-Version: 1.0\r\n")[2]
    message = found(smime.sealed(smime.signed(inner)))
    assert message.text.startswith("This mail is encrypted (S/MIME)")


def test_pgp_mail_says_so_and_is_attached_whole():
    raw = smime.pgp(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----")
    message = found(raw)
    assert message.text.startswith("This mail is encrypted (PGP)")
    assert [file.name for file in message.attachments] == [
        "version.txt",
        "encrypted.asc",
        "encrypted mail.eml",
    ]
    assert labels(message) == ["PGP, encrypted", "PGP", "forwarded mail"]


def test_pgp_in_the_text_keeps_its_armour_behind_the_words():
    armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"
    message = found(smime.HEAD + b"\r\n" + armour.encode())
    assert message.text.startswith("This mail is encrypted (PGP)") and message.text.endswith(armour)
    assert parse(smime.HEAD + b"\r\nLook at > -----BEGIN PGP MESSAGE-----").text.startswith("Look at")


@pytest.mark.parametrize("kind", ["enveloped-data", ""])
def test_an_encrypted_mail_beside_a_lists_footer_says_so(kind):
    part = smime.sealed(smime.encrypted(INNER), kind)
    html = b"Content-Type: text/html\r\n\r\n<p>[EXTERNAL] Beware</p>"
    raw = smime.mixed(html, part, b"\r\na list's footer")
    message = found(raw)
    assert message.text.startswith("This mail is encrypted (S/MIME), and Deskpost has no key to read it.")
    assert message.text.endswith("[EXTERNAL] Beware\na list's footer")
    assert message.html and message.html.startswith("<p>This mail is encrypted (S/MIME)")
    assert [file.name for file in message.attachments] == ["smime.p7m", "encrypted mail.eml"]
    assert attachment_content(raw, message.attachments[1].part) == raw
    assert "the mail is encrypted (S/MIME) and could not be read" in message.defects


def test_pgp_mail_beside_a_lists_footer_says_so():
    inner = smime.pgp(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----")
    message = found(smime.mixed(inner, b"\r\na list's footer"))
    assert message.text.startswith("This mail is encrypted (PGP)") and message.text.endswith(
        "a list's footer"
    )


def test_an_encrypted_document_beside_a_text_is_a_file():
    part = smime.sealed(smime.encrypted(b"%PDF-1.7 offer"), "", "offer.pdf.p7m")
    message = found(smime.mixed(b"\r\nmy text", part))
    assert (message.text, [file.name for file in message.attachments]) == ("my text", ["offer.pdf.p7m"])
    assert labels(message) == ["S/MIME, encrypted"]


@pytest.mark.parametrize("name", ["smime.p7z", "smime.p7m"])
def test_what_is_compressed_is_read(name):
    message = found(smime.sealed(smime.compressed(INNER), "compressed-data", name))
    assert (message.text, message.html) == ("Grüße", "<p>Grüße <img src='cid:a@b'></p>")
    assert [(file.part, file.name) for file in message.attachments] == [
        ("1", name),
        ("1/2", "offer.pdf"),
        ("1/3", "a.png"),
    ]
    assert labels(message) == ["S/MIME, compressed", None, None] and not message.defects
    signed = smime.sealed(smime.signed(INNER)).partition(b"MIME-Version: 1.0\r\n")[2]
    message = found(smime.sealed(smime.compressed(signed), "compressed-data", name))
    assert message.text == "Grüße" and UNCHECKED in message.defects


@pytest.mark.parametrize(
    "data",
    [
        smime.compressed(b"\r\n" + b"a" * 10_000_000),  # 10 kB
        smime.compressed(INNER)[:-40],
        smime.compressed(INNER).replace(b"\x78\xda", b"\x78\xdb"),
    ],
    ids=["bomb", "cut off", "damaged"],
)
def test_what_is_compressed_and_cannot_be_expanded_says_so_and_is_attached_whole(data):
    for raw in (
        smime.sealed(data, "compressed-data", "smime.p7z"),
        smime.mixed(smime.sealed(data, "", "smime.p7z"), b"\r\na footer"),
    ):
        message = found(raw)
        assert message.text.startswith("This mail is compressed (S/MIME), and Deskpost could not expand it:")
        assert "To do: " in message.text
        assert [file.name for file in message.attachments] == ["smime.p7z", "compressed mail.eml"]
        assert any("compressed (S/MIME)" in defect for defect in message.defects)


def test_compressed_within_compressed_becomes_no_more_than_one_mail_may():
    inner = b"\r\n" + b"a" * 300_000
    for _ in range(3):
        inner = smime.sealed(smime.compressed(inner), "compressed-data").partition(b"MIME-Version: 1.0\r\n")[
            2
        ]
    message = found(smime.HEAD + inner)
    assert message.text.startswith("This mail is compressed (S/MIME)"), len(message.text)


def compressed_part(data: bytes) -> bytes:
    return smime.sealed(data, "compressed-data", "smime.p7z")


@pytest.mark.parametrize(("times", "read"), [(3.8, True), (4.2, False)])
def test_what_is_compressed_becomes_four_times_of_what_came_at_most_all_parts_together(
    times: float, read: bool
):
    size = 500_000
    came = size * 4 // 3 + 8_000  # base64 and its line ends
    padding = random.Random(1).randbytes(size - 3_000)
    halves = [
        smime.compressed(
            b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nhalf\r\n--c\r\n"
            b"Content-Type: application/pdf\r\n\r\n"
            + padding[place::2]
            + b"a" * ((int(came * times) - size) // 2)
        )
        for place in range(2)
    ]
    message = found(smime.mixed(*map(compressed_part, halves)))
    assert message.text.count("half") == 2 - (not read), message.text[:200]


def test_what_cannot_be_expanded_takes_what_the_mail_may_become():
    whole, broken = smime.compressed(INNER), smime.compressed(b"\r\n" + b"a" * 20_000)[:-4]
    assert "Grüße" in found(smime.mixed(*map(compressed_part, (whole, broken)))).text
    assert "Grüße" not in found(smime.mixed(*map(compressed_part, (broken, whole)))).text


def test_a_document_that_was_signed_by_itself_is_a_file_beside_the_text():
    part = smime.sealed(smime.signed(b"%PDF-1.7 offer"), "", "offer.pdf.p7m").partition(
        b"MIME-Version: 1.0\r\n"
    )[2]
    raw = (
        smime.HEAD + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nmy text\r\n--m\r\n" + part
    )
    message = found(raw + b"\r\n--m--\r\n")
    assert message.text == "my text"
    assert [(file.part, file.name, file.kind) for file in message.attachments] == [
        ("2", "offer.pdf.p7m", ""),
        ("2/1", "offer.pdf", "pdf"),
    ]


@pytest.mark.parametrize("data", [b"", b"0", b"0\x80", b"\x30\x03\x06\x01\x2a", smime.signed(INNER)[:60]])
def test_what_cannot_be_read_stays_a_file_and_says_so(data):
    message = found(smime.sealed(data))
    assert [file.name for file in message.attachments] == ["smime.p7m"]
    assert "an S/MIME part could not be read" in message.defects


def test_certificates_that_somebody_sends_are_a_file():
    certificate, _ = smime.owner()
    data = serialize_certificates([certificate], Encoding.DER)
    message = found(smime.sealed(data, "certs-only", "smime.p7c"))
    assert ([file.name for file in message.attachments], message.text, message.defects) == (
        ["smime.p7c"],
        "",
        (),
    )


def test_a_signed_mail_that_was_cut_off_keeps_what_came():
    data = smime.signed(b"\r\n" + b"hello " * 50)
    assert cms.opened(data[: data.index(b"hello") + 20])[0] == cms.SIGNED
    assert found(smime.sealed(data[: data.index(b"hello") + 20])).text.startswith("hello hello")


def test_a_mail_to_be_sent_stays_as_it_was_made():
    files = (
        File(
            "winmail.dat",
            "application/ms-tnef",
            winmail.winmail(winmail.file(b"x", winmail.long_name("a.txt"))),
        ),
        File("smime.p7m", "application/pkcs7-mime; smime-type=signed-data", smime.signed(INNER)),
    )
    draft = Draft(
        message_id="<1@desk.example>",
        date=NO_DATE,
        sender=Address("", "help@desk.example"),
        to=(Address("", "ann@client.example"),),
        subject="s",
        text="t",
        automatic=False,
        loop_id="x",
        files=files,
    )
    message = parse(compose(draft), unwrap=False)
    assert [(file.name, file.content_type) for file in message.attachments] == [
        ("winmail.dat", "application/ms-tnef"),
        ("smime.p7m", "application/pkcs7-mime"),
    ]
    assert (message.text, message.defects) == ("t", ())
