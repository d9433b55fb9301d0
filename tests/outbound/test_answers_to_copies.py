"""Where Exchange gives a mail another Message-ID, people answer that one: the copy in Sent Items tells it."""

from email.message import EmailMessage

import pytest
from django.utils import timezone

from deskpost.inbound.deliver import deliver
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServerState
from deskpost.outbound.tokens import tokens
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, Desk

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.pain("graph-drops-headers")
@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_where_message_ids_are_not_kept_answers_to_the_copy_join_the_request_and_the_copy_opens_none(
    desk: Desk, protocol: str
) -> None:
    """Nothing else tells: no number, no token, no mark of ours; and two accounts know the one who answers."""
    habits = desk.cloud.habits
    habits.keep_message_id = habits.keep_x_headers = habits.keep_auto_submitted = False
    ute = make.person("Ute", CUSTOMER, make.account("Acme"))
    make.person("Ute", CUSTOMER, make.account("Orchard"))
    server, made = desk.server(protocol), make.record(ute)
    (sent,) = make.queue_mails(server, [CUSTOMER], record_id=made.pk, account_id=made.account_id)
    assert send_due(server.pk) == SendResult(sent=1)
    SentCopy.objects.update(look_at=timezone.now())
    assert send_due(server.pk) == SendResult()
    ((_, _, content),) = desk.sent
    named = make.understood(content).message_id
    assert named and named != sent.message_id
    assert SentCopy.objects.get().message_id == make.understood(desk.items()[0].raw).message_id == named
    assert OutgoingServerState.objects.get(server=server).keeps_message_id is False

    box = mailbox()
    answer = mail(sender=CUSTOMER, subject="Thanks", message_id="<2@acme.example>", In_Reply_To=named)
    way = deliver(box, answer)["outcome"]
    assert (way["kind"], way["record"]) == ("conversation", f"RE-{made.number}")
    assert f"it answers {named}" in way["reason"]
    back = deliver(box, content)["outcome"]
    assert back["kind"] == "conversation" and f"our own mail {named} came back" in back["reason"]
    assert "Joined quietly" in back["reason"], "its body names the request"
    assert type(made).objects.count() == 1 and made.conversations.count() == 2


@pytest.mark.pain("own-sent-copy-comes-back")
@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_our_own_mail_is_known_by_its_last_line_before_its_copy_was_read(desk: Desk, protocol: str) -> None:
    habits = desk.cloud.habits
    habits.keep_message_id = habits.keep_x_headers = habits.keep_auto_submitted = False
    ute = make.person("Ute", CUSTOMER, make.account("Acme"))
    server, made = desk.server(protocol), make.record(ute)
    (sent,) = make.queue_mails(
        server, [CUSTOMER], record_id=made.pk, account_id=made.account_id, sender_address=DESK
    )
    assert send_due(server.pk) == SendResult(sent=1)
    ((_, _, content),) = desk.sent
    box = mailbox()
    back = deliver(box, content)["outcome"]
    assert "our own mail came back under another Message-ID" in back["reason"]
    assert back["kind"] == "conversation" and "Joined quietly" in back["reason"]
    forwarded = "Please order ten new printers.\n\nFrom: Help\nSubject: Re: Printer\n\n"
    above = mail(
        sender=DESK, subject="Printers", message_id="<4@m>", text=forwarded + make.understood(content).text
    )
    assert "our own mail" not in deliver(box, above)["outcome"]["reason"], (
        "somebody wrote from the desk's mailbox"
    )
    text = "It works.\n\n> " + "\n> ".join(make.understood(content).text.splitlines())
    answer = mail(sender=CUSTOMER, subject="Thanks", message_id="<3@acme.example>", text=text)
    way = deliver(box, answer)["outcome"]
    assert (way["kind"], way["record"]) == ("conversation", f"RE-{made.number}")
    assert "signed reply token in the quoted text" in way["reason"]


def test_who_may_see_a_request_does_not_learn_the_proof_that_another_got_a_mail() -> None:
    """A technician answers a notice by mail and quotes it; its token proves who had the notice."""
    ute, priya = make.person("Ute", CUSTOMER, make.account("Acme")), make.technician("Priya")
    made = make.record(ute)
    (notice,) = make.queue_mails(
        make.server(), [priya.addresses.get().address], record_id=made.pk, account_id=made.account_id
    )
    token = tokens().token(notice.pk)
    text = f"Put it out.\n\n> It burns.\n> Ref: {token}\n"
    html = f"<p>Put it out.</p><blockquote><p>Ref: {token}</p></blockquote>"
    message = EmailMessage()
    message["From"], message["To"] = priya.addresses.get().address, "help@desk.example"
    message["Subject"], message["Message-ID"] = "Re: Printer", "<5@msp.example>"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    way = deliver(mailbox(), message.as_bytes())["outcome"]
    assert (way["kind"], way["record"]) == ("conversation", f"RE-{made.number}")
    conversation = made.conversations.latest("pk")
    assert "It burns." in conversation.text and token not in conversation.text
    assert conversation.html is not None and token not in conversation.html
    for sent in OutboxMail.objects.exclude(pk=notice.pk):
        assert token not in sent.text
