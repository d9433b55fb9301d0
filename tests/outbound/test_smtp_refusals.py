"""What SMTP servers say of the whole mailbox: limits of a day wait for hours, a missing Send As is named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServerState
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

LIMITS = [
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "550 5.4.5 Daily user sending limit exceeded.",
]
HOUR = timedelta(minutes=55)
ANN, BOB = "ann@acme.example", "bob@acme.example"


@pytest.mark.parametrize("answer", LIMITS)
def test_mails_over_the_limit_of_a_day_wait_for_an_hour_and_none_fails(
    smtp_sink: SmtpSink, answer: str
) -> None:
    server = make.server(smtp_sink.port, connections=1)
    make.queue_mails(server, [ANN, BOB])
    smtp_sink.behaviour.data = answer
    assert "its limit of recipients or messages is reached" in send_due(server.pk).trouble
    state = OutgoingServerState.objects.get(server=server)
    assert state.patience_since is not None and state.failing_since is None
    assert state.not_before > timezone.now() + HOUR
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"queued"}
    tried = OutboxMail.objects.get(tries=1)
    assert answer[:20] in tried.reason and "To do: " in tried.reason
    assert send_due(server.pk) == SendResult(), "the server is left alone"
    smtp_sink.behaviour.data = ""
    OutgoingServerState.objects.update(not_before=timezone.now())
    OutboxMail.objects.update(next_try_at=timezone.now())
    assert send_due(server.pk) == SendResult(sent=2)


def test_of_a_mail_that_reached_some_only_the_others_wait_for_the_limit(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port, connections=1)
    (mail,) = make.queue_mails(server, [ANN])
    OutboxMail.objects.filter(pk=mail.pk).update(cc=[["", BOB]])
    smtp_sink.behaviour.recipients[BOB] = LIMITS[1]
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    assert {address: one["state"] for address, one in mail.recipients.items()} == {ANN: "sent"}
    assert mail.state == "queued" and mail.next_try_at > timezone.now() + HOUR
    smtp_sink.behaviour.recipients.clear()
    OutboxMail.objects.update(next_try_at=timezone.now())
    assert send_due(server.pk) == SendResult(sent=1)
    assert [one.recipients for one in smtp_sink.received] == [(ANN,), (BOB,)]


@pytest.mark.pain("shared-mailbox")
@pytest.mark.parametrize(
    "answer",
    [
        "554 5.2.252 SendAsDenied; help@contoso.example not allowed to send as help@desk.example",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    ],
)
def test_a_missing_send_as_is_named_by_the_mail_and_by_the_sample_mail(
    smtp_sink: SmtpSink, answer: str
) -> None:
    server = make.server(smtp_sink.port)
    smtp_sink.behaviour.data = answer
    one = sample(server, ANN)
    (mail,) = make.queue_mails(server, [ANN])
    assert send_due(server.pk) == SendResult(failed=1)
    mail.refresh_from_db()
    for told in (one.words, mail.reason):
        assert "the permission Send As is missing" in told and answer in told
        assert "Add-RecipientPermission" in told and "Add-ADPermission" in told
    assert not one.ok
