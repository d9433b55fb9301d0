"""The token in the body names a mail where its Message-ID may not stay; pains.md: the token is in the body, too."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from deskpost.access.lanes import GraphPause
from deskpost.desk.attachments import Attachment
from deskpost.mime.message import Message
from deskpost.outbound import fate, sent_copies
from deskpost.outbound.letter import draft
from deskpost.outbound.outbox import OutboxFile, OutboxMail, SentCopy
from deskpost.outbound.queue import claim
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.tokens import tokens, without_tokens
from deskpost.transports.ews.sender import EwsSender
from deskpost.transports.graph.sender import GraphSender
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, Desk, again

pytestmark = pytest.mark.usefixtures("database")


def attach(mail: OutboxMail, size: int) -> None:
    """Let a mail have a file of so many bytes."""
    record = make.record(make.person("Ute", CUSTOMER))
    conversation = make.mail_out(record, make.technician("Priya"))
    content = b"%PDF-1.7" + bytes(size)
    file = Attachment.objects.create(
        conversation=conversation,
        account_id=record.account_id,
        name="manual.pdf",
        content_type="application/pdf",
        size=len(content),
        sha256=sha256(content).digest(),
        content=content,
    )
    OutboxMail.objects.filter(pk=mail.pk).update(account_id=record.account_id, record_id=record.pk)
    OutboxFile.objects.create(mail=mail, attachment=file)


def understood(sent: tuple[str, list[str], bytes]) -> Message:
    return make.understood(sent[2])


@pytest.mark.parametrize(("protocol", "path"), [("graph", "/sendMail$"), ("ews", "CreateItem")])
def test_a_reply_is_not_taken_for_another_one_of_the_same_request(
    desk: Desk, protocol: str, path: str
) -> None:
    """One subject, one customer, one References; the first was sent under another Message-ID, the second was not."""
    server = desk.server(protocol)
    desk.cloud.habits.keep_message_id = False
    asked = ["<ute-1@acme.example>"]
    first, second = make.queue_mails(server, [CUSTOMER] * 2, references=asked, in_reply_to=asked[0])
    OutboxMail.objects.filter(pk=second.pk).update(next_try_at=timezone.now() + timedelta(hours=1))
    desk.fault("lost_answer", path=path, service=protocol)
    assert send_due(server.pk) == SendResult(queued_again=1)
    OutboxMail.objects.filter(pk=second.pk).update(unknown_fate=True, tries=1)
    for look in range(1, 5):
        assert again(second, server) == SendResult(queued_again=1)
        assert second.looks == look, "the copy that is there is of the first"
    assert again(first, server) == SendResult(sent=1)
    assert "Found in Sent Items" in first.attempts.order_by("pk").last().result
    assert again(second, server) == SendResult(sent=1)
    assert len(desk.sent) == 2
    (copy,) = SentCopy.objects.filter(mail=first).exclude(message_id=None)
    assert copy.message_id not in (first.message_id, second.message_id)


@pytest.mark.parametrize(("protocol", "path"), [("graph", "/sendMail$"), ("ews", "CreateItem")])
def test_a_large_copy_is_told_by_its_body_alone(desk: Desk, protocol: str, path: str) -> None:
    server = desk.server(protocol)
    desk.cloud.habits.keep_message_id = False
    (mail,) = make.queue_mails(server, [CUSTOMER])
    attach(mail, 9_000_000)
    small, *_ = make.queue_mails(server, [CUSTOMER])
    OutboxMail.objects.filter(pk=small.pk).update(next_try_at=timezone.now() + timedelta(hours=1))
    desk.fault("lost_answer", path=path if protocol == "ews" else "/send$", service=protocol)
    assert send_due(server.pk) == SendResult(queued_again=1)
    OutboxMail.objects.filter(pk=small.pk).update(unknown_fate=True, tries=1)
    assert again(small, server) == SendResult(queued_again=1)
    assert small.looks == 1, "the large one's copy is no obstacle"
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1


@pytest.mark.parametrize(("protocol", "path"), [("graph", "/sendMail$"), ("ews", "CreateItem")])
def test_a_copy_that_is_gone_when_it_is_read_proves_nothing(
    desk: Desk, protocol: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody deletes the copy of the first reply between the list and its reading; the second was never sent."""
    server = desk.server(protocol)
    desk.cloud.habits.keep_message_id = False
    asked = ["<ute-1@acme.example>"]
    first, second = make.queue_mails(server, [CUSTOMER] * 2, references=asked, in_reply_to=asked[0])
    OutboxMail.objects.filter(pk=second.pk).update(next_try_at=timezone.now() + timedelta(hours=1))
    assert send_due(server.pk) == SendResult(sent=1)
    OutboxMail.objects.filter(pk=second.pk).update(unknown_fate=True, tries=1)
    kind = {"graph": GraphSender, "ews": EwsSender}[protocol]
    listed = kind.copies

    def copies_and_gone(*asked_for: Any) -> Any:
        found = listed(*asked_for)
        mailbox = desk.cloud.store.mailbox(DESK)
        assert mailbox is not None
        mailbox.items.clear()
        return found

    monkeypatch.setattr(kind, "copies", copies_and_gone)
    assert again(second, server) == SendResult(queued_again=1)
    assert second.state == "queued" and second.looks == 1


def test_a_copy_that_cannot_be_read_is_given_up_after_five_looks(desk: Desk) -> None:
    server = desk.server()
    (mail,) = make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1)
    desk.fault("status", 403, path="/messages", times=None)
    for _ in range(fate.ENOUGH):
        assert SentCopy.objects.filter(mail=mail, message_id=None).exists()
        SentCopy.objects.update(look_at=timezone.now())
        GraphPause.objects.all().delete()
        sent_copies.read_due(server)
    assert not SentCopy.objects.filter(mail=mail).exists(), "so that another mail is asked for"


def test_a_body_names_its_mail_until_the_mailbox_is_known_to_keep_message_ids(desk: Desk) -> None:
    server = desk.server()
    mail, _ = make.queue_mails(server, [CUSTOMER] * 2)
    OutboxMail.objects.update(html="<html><body><p>Hi</p></body></html>")
    assert send_due(server.pk) == SendResult(sent=2)
    (said,) = (one for one in map(understood, desk.sent) if one.message_id == mail.message_id)
    token = mail.message_id.partition("@")[0].lstrip("<")
    assert said.text.rstrip().endswith(f"Ref: {token}") and tokens().find(said.text) == (mail.pk,)
    assert said.html is not None and said.html.count(token) == 1
    assert said.html.index(token) < said.html.index("</body>")
    assert sample(server, "somebody@else.example").ok, "it shows that Message-IDs are kept"
    desk.sent.clear()
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1)
    assert "Ref: " not in make.understood(desk.sent[0][2]).text


def test_a_mail_by_smtp_bears_no_token_in_its_body() -> None:
    server = make.server()
    make.queue_mails(server, [CUSTOMER])
    (mail,) = claim(server.pk, "a worker", 1)
    assert "Ref: " not in draft(mail, "").text


def test_whoever_is_quoted_to_does_not_get_the_proof_that_another_got_a_mail() -> None:
    """A technician's answer by mail quotes what Deskpost told him; whoever names that mail counts as him."""
    server = make.server()
    secret = tokens().token(4711)
    quoting = f"Put it out.\n\n> It burns.\n>\n> Ref: {secret}\n> <{secret.upper()}@msp.example>"
    html = f"<p>Put it out.</p><blockquote>It burns.<p>Ref:&nbsp;{secret}</p></blockquote>"
    make.queue_mails(server, [CUSTOMER], text=quoting)
    OutboxMail.objects.update(html=html)
    (mail,) = claim(server.pk, "a worker", 1)
    for marked in (False, True):
        said = draft(mail, "", marked=marked)
        for body in (said.text, said.html or ""):
            assert tokens().find(body) == ((mail.id,) if marked else ())
            assert secret not in body.lower() and "It burns." in body
    assert without_tokens("dp-1 is no token, nor is a dp-abc-def") == "dp-1 is no token, nor is a dp-abc-def"
