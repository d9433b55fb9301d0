"""Files that were dropped: shown at the mail with reason and solution, taken in from its trace, kept from others."""

import re
from collections.abc import Mapping

import pytest
from django.urls import reverse

from deskpost.desk.attachments import Attachment
from deskpost.desk.history import HistoryEntry
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.inbound.messages import MailAct, MailOutcome
from deskpost.mime.file_checks import WHYS
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.mime.files import PNG

FILES = {
    "in#valid?.txt": ("text/plain", b"hello"),
    "tool.exe": ("application/octet-stream", b"hello"),
    "Alter.txt": ("text/plain", PNG),
    "nothing.txt": ("text/plain", b""),
    "large.bin": ("application/octet-stream", bytes(1_100_000)),
    "report 1.pdf": ("application/pdf", b"%PDF-1.7"),
}


@pytest.fixture(autouse=True)
def one_megabyte(desk: Desk) -> None:
    AttachmentSettings.objects.update(max_mb=1)


def take(desk: Desk, files: Mapping[str, tuple[str, bytes]] | None = None, **parts: object) -> int:
    """Let a mail come in, and give its id."""
    return builders.take(desk.box, files=FILES if files is None else files, **parts).pk


def trace_of(client: object, id: int) -> str:
    return str(client.get(reverse("trace_mail", args=[id])).content.decode())  # type: ignore[attr-defined]


def take_in(client: object, id: int, name: str) -> object:
    part = DroppedFile.objects.get(mail=id, name=name).part
    return client.post(reverse("trace_take_in", args=[id]), {"part": part})  # type: ignore[attr-defined]


@pytest.mark.requirement("R180", "R181", "R184", "R186", "R188", "R190", "R192", "R194")
def test_request_and_trace_name_each_file_with_its_error_reason_and_solution(desk: Desk) -> None:
    id = take(desk)
    assert set(DroppedFile.objects.values_list("why", flat=True)) == set(WHYS)
    client = builders.signed_in(desk.dana)
    request = client.get(reverse("request", args=[1])).content.decode()
    for text in (request, trace_of(client, id)):
        plain = text.replace("&#x27;", "'").replace("&gt;", ">")
        for name in FILES:
            assert name in plain
        for told in FILE_ERRORS.values():
            assert told.error in plain and told.reason in plain and told.solution in plain
    assert request.count('<a class="attachment"') == 1, "the one that stayed"
    assert "dropped 5 of 6" in trace_of(client, id)


def test_who_wrote_the_mail_sees_what_was_dropped_of_it_and_no_traces(desk: Desk) -> None:
    take(desk, sender="Tom Achterberg <tom@kestrel.example>")
    text = builders.signed_in(desk.tom).get(reverse("request", args=[1])).content.decode()
    assert "Attachment file name is invalid" in text and "in#valid?.txt" in text
    assert "/trace/" not in text


def test_a_dropped_file_is_taken_in_with_history_and_is_an_attachment_like_any_other(desk: Desk) -> None:
    id = take(desk)
    client = builders.signed_in(desk.dana)
    assert trace_of(client, id).count("Take it in") == 4, "all but the denied extension"
    answer = take_in(client, id, "Alter.txt")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    text = trace_of(client, id)
    assert "Alter.txt is an attachment of the mail now." in text
    assert '<b dir="auto">Dana Whitfield</b> took in Alter.txt' in text
    file = Attachment.objects.get(name="Alter.txt")
    got = client.get(reverse("attachment", args=[file.pk]))
    assert got.content == PNG
    assert got.headers["Content-Disposition"] == 'attachment; filename="Alter.txt"'
    entry = HistoryEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.changes, entry.person, entry.via, entry.mail_id) == (
        [["Attachment", None, "Alter.txt"]],
        desk.dana,
        "page",
        id,
    )
    dropped = DroppedFile.objects.get(name="Alter.txt")
    assert dropped.taken_in_by == desk.dana and dropped.taken_in_at is not None
    request = client.get(reverse("request", args=[1])).content.decode()
    assert request.count('<a class="attachment"') == 2 and request.count("Alter.txt") >= 1
    assert MailAct.objects.get(mail=id, kind="file").before == {"name": "Alter.txt", "why": "type"}


def test_of_two_who_take_a_file_in_the_second_is_told_who_was_faster(desk: Desk) -> None:
    id = take(desk)
    take_in(builders.signed_in(desk.dana), id, "Alter.txt")
    answer = take_in(builders.signed_in(desk.sam), id, "Alter.txt")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Dana Whitfield took this file in already." in answer.content.decode()  # type: ignore[attr-defined]
    assert Attachment.objects.filter(name="Alter.txt").count() == 1


def test_a_denied_extension_is_taken_in_by_nobody_until_it_is_allowed(desk: Desk) -> None:
    id = take(desk)
    client = builders.signed_in(desk.admin)
    assert ".exe is not allowed, so nobody takes it in." in trace_of(client, id)
    assert take_in(client, id, "tool.exe").status_code == 409  # type: ignore[attr-defined]
    assert not Attachment.objects.filter(name="tool.exe").exists()
    AttachmentSettings.objects.update(extensions=["bat", "txt"])
    assert take_in(client, id, "Alter.txt").status_code == 409, "denied now, whatever it was dropped for"  # type: ignore[attr-defined]
    assert take_in(client, id, "tool.exe").status_code == 303  # type: ignore[attr-defined]


def test_who_may_not_edit_or_not_see_the_request_takes_nothing_in(desk: Desk) -> None:
    id = take(desk)
    assert take_in(builders.signed_in(desk.tom), id, "Alter.txt").status_code == 403  # type: ignore[attr-defined]
    other = builders.person("Vera", "v@vantage.example", "SDTechnician", within=desk.vantage)
    assert take_in(builders.signed_in(other), id, "Alter.txt").status_code == 404  # type: ignore[attr-defined]
    assert not Attachment.objects.filter(name="Alter.txt").exists()
    client = builders.signed_in(desk.dana)
    for part in ("", "99", "2\0", "x" * 5000):
        answer = client.post(reverse("trace_take_in", args=[id]), {"part": part})
        assert answer.status_code == 409


def test_a_mail_that_waits_is_judged_anew_when_it_is_accepted_and_its_sender_hears_of_it_then(
    desk: Desk,
) -> None:
    take(desk, {}, message_id="<1@x>")
    held = take(
        desk,
        {"Alter.txt": ("text/plain", PNG), "table.csv": ("text/csv", b"a;b")},
        message_id="<2@x>",
        sender="Eve <eve@nowhere.example>",
        subject="##RE-1##",
        text="Mine too",
    )
    assert MailOutcome.objects.get(pk=held).kind == "held"
    client = builders.signed_in(desk.dana)
    text = trace_of(client, held)
    assert "Attachment files contain invalid content type" in text
    assert "The mail is in no request." in text and "Take it in" not in text
    assert take_in(client, held, "Alter.txt").status_code == 409  # type: ignore[attr-defined]
    notices = OutboxMail.objects.filter(event="attachment_dropped_sender")
    assert not notices.exists()
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    values = {"seen": seen[1] if seen else "", "number": "1"}
    assert client.post(reverse("trace_move", args=[held]), values).status_code == 303
    assert list(Attachment.objects.values_list("name", flat=True)) == ["table.csv"]
    assert DroppedFile.objects.get(mail=held).why == "type"
    assert [address for _, address in notices.get().to] == ["eve@nowhere.example"]
    take(desk, {}, message_id="<3@x>", subject="Another")
    seen = re.search(r'name="seen" value="([^"]*)"', trace_of(client, held))
    client.post(reverse("trace_move", args=[held]), {"seen": seen[1] if seen else "", "number": "2"})
    assert MailOutcome.objects.get(pk=held).record.number in (1, 2)  # type: ignore[union-attr]
    assert notices.count() == 1, "moved on, nobody is told again"


def test_what_belongs_to_mail_itself_is_kept_and_labelled(desk: Desk) -> None:
    files = {
        "smime (1).p7s": ("application/pkcs7-signature", b"\x30\x82"),
        "Meeting: budget.ics": ("text/calendar", b"BEGIN:VCALENDAR"),
        "Ute, Acme.vcf": ("text/vcard", b"BEGIN:VCARD"),
    }
    id = take(desk, files)
    client = builders.signed_in(desk.dana)
    for text in (client.get(reverse("request", args=[1])).content.decode(), trace_of(client, id)):
        for label in ("S/MIME signature", "invitation", "contact card"):
            assert label in text
    assert not DroppedFile.objects.exists()
