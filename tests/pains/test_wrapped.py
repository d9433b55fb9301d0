"""What others suffered of mails whose text or files are wrapped: in by a real Dovecot, looked at on their page."""

import re
from email.message import EmailMessage

import pytest
from django.urls import reverse

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from tests.console.builders import signed_in
from tests.console.pictures import png
from tests.mime import smime
from tests.mime import winmail as tnef
from tests.mime.winmail import meeting
from tests.pains.desk import HELP, Desk, page_of

ENTITY = (
    b"Content-Type: multipart/mixed; boundary=e\r\n\r\n--e\r\nContent-Type: text/plain\r\n\r\nThe door is open.\r\n"
    b"--e\r\nContent-Type: text/plain; name=plan.txt\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\n"
    b"the plan of the door\r\n--e--\r\n"
)


def shown(desk: Desk) -> str:
    """Give the words of the page of the newest request, as a technician sees them."""
    ann = desk.technician()
    page = page_of(ann, Record.objects.order_by("-number")[0])
    return " ".join(re.sub(r"<[^<>]*>", " ", page.partition("<main")[2]).split())


def content(desk: Desk, name: str) -> bytes:
    """Give what the page gives out as the file of this name."""
    file = Attachment.objects.get(name=name)
    answer = signed_in(desk.technician("Ben")).get(f"/attachments/{file.pk}/")
    assert answer.status_code == 200
    return bytes(answer.content)


@pytest.mark.pain("opaque-signed-mail-is-empty")
@pytest.mark.parametrize("kind", ["signed-data", ""], ids=["said to be signed", "not said"])
def test_a_signed_mail_becomes_an_empty_request(desk: Desk, kind: str) -> None:
    desk.comes(desk.mail(1), smime.sealed(smime.signed(ENTITY), kind), desk.mail(3))
    assert Record.objects.get(subject="sealed").conversations.get().text.strip() == "The door is open."
    Record.objects.exclude(subject="sealed").delete()
    page = shown(desk)
    assert "The door is open." in page and "plan.txt" in page and "signature not checked" in page
    assert content(desk, "plan.txt").strip() == b"the plan of the door"


@pytest.mark.pain("opaque-signed-mail-is-empty")
def test_an_encrypted_mail_becomes_an_empty_request(desk: Desk) -> None:
    raw = smime.sealed(smime.encrypted(ENTITY), "enveloped-data")
    desk.comes(raw)
    page = shown(desk)
    assert "This mail is encrypted" in page and "To do:" in page
    assert content(desk, "encrypted mail.eml") == raw, "with the mail attached"


@pytest.mark.pain("winmail-dat-holds-the-text")
def test_winmail_dat_is_a_file_that_nobody_opens_and_the_text_is_lost(desk: Desk) -> None:
    html = "<html><body><p>Grüße vom Drucker, <b>er brennt</b>.</p></body></html>"
    stream = tnef.winmail(
        tnef.of_message(tnef.rtf(tnef.html_in_rtf(html))),
        tnef.file(b"what the printer says", tnef.long_name("Protokoll des Druckers.txt")),
    )
    desk.comes(desk.mail(1), tnef.mail(stream))
    record = Record.objects.get(subject="hello")
    assert "Grüße vom Drucker, er brennt." in record.conversations.get().text
    page = shown(desk)
    assert "Protokoll des Druckers.txt" in page and "winmail.dat" not in page
    assert content(desk, "Protokoll des Druckers.txt") == b"what the printer says"


@pytest.mark.pain("winmail-dat-holds-the-text")
def test_the_calendar_entry_of_winmail_dat_is_lost(desk: Desk) -> None:
    desk.comes(tnef.mail(meeting("IPM.Schedule.Meeting.Request")))
    page = shown(desk)
    assert "calendar.ics" in page and "winmail.dat" not in page
    said = content(desk, "calendar.ics")
    assert b"METHOD:REQUEST" in said and b"LOCATION:Room 12" in said


PHOTO = png()


def with_images(desk: Desk, number: int, html: str, **images: str) -> bytes:
    """Give a mail with an HTML text and images: name of the file to Content-ID."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = desk.ute, HELP, f"Number {number}"
    message["Message-ID"] = f"<{number}@{desk.domain}>"
    message.set_content(f"Text {number}")
    message.add_alternative(html, subtype="html")
    message.make_mixed()
    for name, content_id in images.items():
        where = {"filename": f"{name}.png", "cid": f"<{content_id}>"}
        message.add_attachment(PHOTO, "image", "png", **where)
    return message.as_bytes()


@pytest.mark.pain("logos-as-attachments")
@pytest.mark.parametrize(
    "reference", ["cid:logo@acme", "CID:logo@acme", "logo@acme"], ids=["cid", "CID", "bare"]
)
def test_logos_of_signatures_come_as_attachments_or_real_files_are_hidden_by_their_content_id(
    desk: Desk, reference: str
) -> None:
    html = f'<p>It burns, see there.</p><p>Ute <img src="{reference}"></p>'
    desk.comes(with_images(desk, 1, html, logo="logo@acme", photo="photo@acme"))
    assert set(Attachment.objects.values_list("name", "inline")) == {("logo.png", True), ("photo.png", False)}
    page = shown(desk)
    assert "photo.png" in page and "logo.png" not in page
    one, logo = Conversation.objects.get(), Attachment.objects.get(name="logo.png")
    frame = signed_in(Person.objects.get(name="Ann")).get(reverse("message_html", args=[one.pk]))
    assert f'src="{reverse("attachment", args=[logo.pk])}"' in frame.content.decode(), "it stands in the text"


@pytest.mark.pain("logos-as-attachments")
def test_the_logo_of_a_signature_is_listed_with_each_mail(desk: Desk) -> None:
    """Programs that write text alone attach it beside the text; what came before is folded, and a new image is not."""
    for number in (1, 2, 3):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = desk.ute, HELP, f"<{number}@{desk.domain}>"
        mail["Subject"] = "Number 1" if number == 1 else f"Re: ##RE-{Record.objects.get().number}## Number 1"
        mail.set_content(f"Text {number}")
        mail.add_attachment(PHOTO, "image", "png", filename="logo.png")
        mail.add_attachment(png(number, 2), "image", "png", filename=f"photo {number}.png")
        desk.comes(mail.as_bytes())
    page = page_of(desk.technician(), Record.objects.get())
    folds = re.findall(r'<details class="rest">(.*?)</details>', page, re.DOTALL)
    assert len(folds) == 2, "the first time it is listed"
    assert all("1 image as in an earlier mail" in fold and "logo.png" in fold for fold in folds)
    assert page.count("logo.png") == 3 and not any("photo" in fold for fold in folds)
