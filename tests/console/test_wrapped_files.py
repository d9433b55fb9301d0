"""winmail.dat, signed and encrypted mail on the request's page: what is in them stands there like anything else."""

import re
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.inbound.deliver import deliver
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.outbound.files import content_of
from tests.console import builders
from tests.console.conftest import Desk
from tests.mime import smime, winmail
from tests.mime.files import PNG

HTML = "<p>The printer smokes.</p><img src='cid:one@client'>"


def packed() -> bytes:
    """Give a mail of which all but the header is in a winmail.dat."""
    return winmail.mail(
        winmail.winmail(
            winmail.of_class("IPM.Note"),
            winmail.of_message(winmail.rtf(winmail.html_in_rtf(HTML))),
            winmail.file(b"a;b;c", winmail.long_name("Überblick 2026.csv")),
            winmail.file(PNG, winmail.long_name("image001.png"), winmail.text(0x3712, "one@client")),
            winmail.file(b"MZ", winmail.long_name("tool.exe")),
            winmail.file(PNG, winmail.long_name("Alter.txt")),
        )
    )


def shown(client: Client, id: int = 1) -> str:
    return client.get(reverse("request", args=[id])).content.decode()


def test_winmail_dat_holds_the_text_and_its_files_are_opened_like_any_other(desk: Desk) -> None:
    deliver(desk.box, packed())
    conversation = Conversation.objects.get()
    assert (conversation.text, conversation.html is None) == ("The printer smokes.", False)
    kept = {file.name: file for file in Attachment.objects.all()}
    assert set(kept) == {"Überblick 2026.csv", "image001.png"}
    assert (kept["image001.png"].inline, kept["image001.png"].content) == (True, None), (
        "not stored a second time"
    )
    client = builders.signed_in(desk.dana)
    page = shown(client)
    assert "winmail.dat" not in page and "Überblick 2026.csv" in page
    answer = client.get(reverse("attachment", args=[kept["Überblick 2026.csv"].pk]))
    assert answer.content == b"a;b;c"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    image = client.get(reverse("attachment", args=[kept["image001.png"].pk]))
    assert (image.content, image.headers["Content-Type"]) == (PNG, "image/png")
    assert sha256(content_of(kept["image001.png"])).hexdigest() == kept["image001.png"].sha256


def test_files_of_winmail_dat_are_checked_dropped_and_taken_in(desk: Desk) -> None:
    deliver(desk.box, packed())
    id = InboundMessage.objects.latest("pk").pk
    assert dict(DroppedFile.objects.values_list("name", "why")) == {
        "tool.exe": "extension",
        "Alter.txt": "type",
    }
    client = builders.signed_in(desk.dana)
    part = DroppedFile.objects.get(name="Alter.txt").part
    assert part == "2/4"
    assert client.post(reverse("trace_take_in", args=[id]), {"part": part}).status_code == 303
    taken = Attachment.objects.get(name="Alter.txt")
    assert client.get(reverse("attachment", args=[taken.pk])).content == PNG


def test_a_broken_winmail_dat_is_an_attachment_and_the_trace_says_why(desk: Desk) -> None:
    content = winmail.winmail(winmail.file(b"abc", winmail.long_name("a.txt")))[:-4]
    deliver(desk.box, winmail.mail(content, "See the file."))
    assert list(Attachment.objects.values_list("name", flat=True))[0] == "winmail.dat"
    lines = MailOutcome.objects.get().trace
    assert any("winmail.dat could not be read to its end" in line[2] for line in lines)


def test_a_signed_mail_is_no_empty_request_and_says_that_nobody_checked_it(desk: Desk) -> None:
    entity = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Grüße, signed</p>".encode()
    data = smime.signed(entity)
    deliver(desk.box, smime.sealed(data))
    assert Conversation.objects.get().text == "Grüße, signed"
    client = builders.signed_in(desk.dana)
    assert "S/MIME, signature not checked" in shown(client)
    assert any("signature was not checked" in line[2] for line in MailOutcome.objects.get().trace)
    whole = Attachment.objects.get()
    assert client.get(reverse("attachment", args=[whole.pk])).content == data


@pytest.mark.parametrize("kind", ["S/MIME", "PGP"])
def test_an_encrypted_mail_becomes_a_request_that_says_so_with_the_mail_attached(
    desk: Desk, kind: str
) -> None:
    raw = smime.sealed(smime.encrypted(b"\r\nsecret"), "enveloped-data")
    if kind == "PGP":
        raw = smime.pgp(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----")
    deliver(desk.box, raw)
    client = builders.signed_in(desk.dana)
    page = shown(client)
    assert f"This mail is encrypted ({kind})" in page and "To do: open that file" in page
    assert f"{kind}, encrypted" in page
    found = re.search(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*encrypted mail\.eml', page, re.DOTALL)
    assert found
    assert client.get(found[1]).content == raw
