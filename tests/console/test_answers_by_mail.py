"""What technicians answer by mail: when the requester has it, how whole, and what answers of strangers do."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import seen_of
from deskpost.mime.parse import parse
from deskpost.outbound.failures import tell_authors
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_own_requests import post
from tests.servers.smtp_sink import SmtpSink

DANA = "Dana Whitfield <dana@northgate-it.example>"
VERA = "Vera Hahn <vera@vendor.example>"


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request of Tom's that is Dana's."""
    made = builders.request_by_mail(desk.box, text="It drops at home.")
    Record.objects.filter(pk=made.pk).update(technician=desk.dana)
    return made


def write(desk: Desk, record: Record, text: str, sender: str = "", **headers: object) -> Conversation:
    """Let somebody write to the desk about a request, and give what it became there."""
    parts = {"subject": f"Re: ##RE-{record.number}## VPN", "message_id": f"<{uuid4()}@a.example>", **headers}
    parts |= {"sender": sender} if sender else {}
    assert builders.request_by_mail(desk.box, text=text, **parts) == record
    return builders.last_conversation(record)


def answer(desk: Desk, record: Record, text: str, told: OutboxMail, **headers: object) -> Conversation:
    """Let Dana answer a notice in her mail program, which names the whole thread in References."""
    references = " ".join([*told.references, told.message_id])
    return write(desk, record, text, DANA, In_Reply_To=told.message_id, References=references, **headers)


def notice() -> OutboxMail:
    return OutboxMail.objects.filter(event="reply_from_requester").order_by("-pk")[0]


def relayed() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(event="reply_from_technician").order_by("pk"))


def page_of(who: Person, record: Record) -> str:
    page = builders.signed_in(who).get(reverse("request", args=[record.number]) + "?view=all")
    return str(page.content.decode())


def test_an_answer_by_mail_goes_on_whole_with_its_files_as_a_reply_does(
    desk: Desk, record: Record, smtp_sink: SmtpSink
) -> None:
    OutgoingServer.objects.update(server="127.0.0.1", port=smtp_sink.port, tls="none")
    write(desk, record, "Any news?")
    text = "Restart the router, please. " + "Then do it again. " * 400
    answer(desk, record, text, notice(), files={"manual.pdf": ("application/pdf", b"%PDF-1.4 the manual")})
    (mail,) = relayed()
    assert (mail.sending_class, mail.automatic, mail.author) == (2, False, desk.dana)
    send_due(desk.server.pk)
    (sent,) = [
        parse(one.content) for one in smtp_sink.received if parse(one.content).message_id == mail.message_id
    ]
    assert " ".join(text.split()) in " ".join(sent.text.split())
    assert [file.name for file in sent.attachments] == ["manual.pdf"]
    assert "Restart the router" in page_of(desk.tom, record)
    OutboxMail.objects.filter(pk=mail.pk).update(state="failed", reason="550 no such user")
    tell_authors({mail.pk: [mail.to[0][1]]})
    assert [address for _, address in OutboxMail.objects.get(event="outgoing_failed").to] == [
        "dana@northgate-it.example"
    ]


def test_after_a_forward_an_answer_to_the_requesters_notice_still_reaches_the_requester(
    desk: Desk, record: Record
) -> None:
    post(builders.signed_in(desk.dana), record, mode="forward", to=VERA, text="Please look")
    write(desk, record, "Any news?")
    answer(desk, record, "Restart the router.", notice())
    assert len(relayed()) == 1 and "Restart the router." in page_of(desk.tom, record)


@pytest.mark.parametrize("known", [True, False])
def test_an_answer_about_a_vendor_reached_by_reply_is_not_for_the_requester(
    desk: Desk, record: Record, known: bool
) -> None:
    if known:
        deliver(desk.box, builders.mail(sender=VERA, subject="Offer", message_id="<v0@vendor.example>"))
    asked = post(builders.signed_in(desk.dana), record, mode="reply", to=VERA, text="What would one cost?")
    write(desk, record, "SECRET price 40 EUR", VERA, In_Reply_To=asked.message_id or "", subject="Re: VPN")
    told = notice()
    assert "SECRET" in told.text
    answer(desk, record, "Fine Vera.\n> SECRET price 40 EUR", told)
    assert not relayed() and "SECRET" not in page_of(desk.tom, record)


@pytest.mark.parametrize("headers", [{}, {"Precedence": "bulk"}], ids=["switched off", "automatic"])
def test_what_is_not_mailed_to_the_requester_is_not_on_the_requesters_page(
    desk: Desk, record: Record, headers: dict[str, str]
) -> None:
    if not headers:
        NotificationRule.objects.update_or_create(event="reply_from_technician", defaults={"enabled": False})
    write(desk, record, "SECRET: he forgot his password again", DANA, **headers)
    assert not relayed() and "SECRET" not in page_of(desk.tom, record)


@pytest.mark.parametrize("sender", [VERA, ""], ids=["a vendor", "nobody"])
def test_a_strangers_answer_joins_and_the_technician_is_told(desk: Desk, record: Record, sender: str) -> None:
    forward = post(builders.signed_in(desk.dana), record, mode="forward", to=VERA, text="Please look")
    raw = builders.mail(
        sender=sender or "x@x.example", message_id="<v@vendor.example>", In_Reply_To=forward.message_id or ""
    )
    if not sender:
        raw = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"From:"))
    assert deliver(desk.box, raw)["outcome"]["kind"] == "conversation"
    assert [address for _, address in notice().to] == ["dana@northgate-it.example"]
    assert notice().author is None


def test_a_held_answer_of_a_stranger_is_accepted(desk: Desk, record: Record) -> None:
    about = {"subject": f"##RE-{record.number}## VPN", "message_id": "<h@private.example>"}
    deliver(desk.box, builders.mail(sender="Tom at home <tom@private.example>", **about))
    held = MailOutcome.objects.get(kind="held")
    form = {"seen": seen_of(held), "number": record.number}
    done = builders.signed_in(desk.dana).post(reverse("trace_move", args=[held.pk]), form)
    assert done.status_code == 303
    assert "tom@private.example" in {one.from_address for one in record.conversations.all()}
    assert notice().to == [["Dana Whitfield", "dana@northgate-it.example"]]


def test_nothing_is_sent_on_to_somebody_of_another_account(desk: Desk, record: Record) -> None:
    helen = builders.person("Helen", "helen@vantage.example", account=desk.vantage)
    for changes in ({"relayed_to": helen}, {"relayed_to": desk.tom, "direction": "out"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            record.conversations.update(**changes)
            transaction.get_connection().check_constraints()
