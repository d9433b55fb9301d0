"""What others suffered of mail that left late, twice, in floods, or from the wrong address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.server_settings import with_pace
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.inbound import builders
from tests.outbound import builders as make
from tests.outbound.test_server_acts import values
from tests.pains.desk import HELP, Desk, page_of, text_of, writes
from tests.servers.smtp_sink import SmtpSink


@pytest.mark.pain("microsoft-smtp-432")
@pytest.mark.usefixtures("database")
def test_432_at_microsofts_limits_loses_notifications(smtp_sink: SmtpSink) -> None:
    """Three connections and thirty mails a minute are what it takes; so much is proposed, and kept to."""
    proposed = with_pace(values(server="smtp.office365.com"), OutgoingServer())
    pace = {name: proposed[name] for name in ("connections", "mails_per_minute")}
    assert pace == {"connections": 3, "mails_per_minute": 30}
    server = make.server(smtp_sink.port, **pace, alternate_server="127.0.0.1:1")
    mails = make.queue_mails(server, [f"u{n}@x.example" for n in range(40)], sending_class=3)
    busy = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
    smtp_sink.behaviour.senders["help@desk.example"] = busy
    for _ in range(5):
        assert send_due(server.pk).failed == 0
        over(server)
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"queued"}, "432 means wait"
    state = OutgoingServerState.objects.get(server=server)
    assert state.patience_since and not state.failing_since, (
        "which is no failure, and no way to the alternate"
    )
    smtp_sink.behaviour.senders.clear()
    for _ in range(15):
        assert send_due(server.pk).failed == 0
        over(server, seconds=4)
    assert 20 <= len(smtp_sink.received) <= 34, (
        "in a minute as many as it takes, but for those that a rest saved up"
    )
    while OutboxMail.objects.filter(state="queued").exists():
        assert send_due(server.pk).sent
        over(server, seconds=4)
    ids = [make.understood(one.content).message_id for one in smtp_sink.received]
    assert sorted(ids) == sorted(str(mail.message_id) for mail in mails), "each once, and none is lost"


def over(server: OutgoingServer, seconds: float = 3600) -> None:
    """Let the server's pause be over, as if so much time had passed."""
    state = OutgoingServerState.objects.get(server=server)
    if state.paced_until:
        state.paced_until -= timedelta(seconds=seconds)
    state.not_before = timezone.now()
    state.save()
    OutboxMail.objects.update(next_try_at=timezone.now())


@pytest.mark.pain("stale-notices-after-an-outage")
def test_after_an_outage_thousands_of_stale_notices_go_out(
    desk: Desk, smtp_sink_with: Callable[..., SmtpSink]
) -> None:
    """The server was away for three days; replies still matter, notices of the first day do not."""
    Installation.objects.update(notices_lapse_after_hours=24)
    sink = smtp_sink_with()
    sink.stop()
    OutgoingServer.objects.filter(pk=desk.server.pk).update(port=sink.port, mails_per_minute=30)
    stale = make.queue_mails(desk.server, ["ute@x.example"] * 300, sending_class=3)
    fresh = make.queue_mails(desk.server, ["ute@x.example"] * 40, sending_class=3)
    replies = make.queue_mails(desk.server, ["ute@x.example"] * 3)
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in stale]).update(
        date=timezone.now() - timedelta(hours=30)
    )
    send_due(desk.server.pk)
    assert not OutboxMail.objects.filter(state="sent").exists()
    sink.start()
    over(desk.server)
    for minute in range(1, 3):
        send_due(desk.server.pk)
        assert len(sink.received) <= 30 * minute, "no flood"
        over(desk.server, seconds=60)
    assert OutboxMail.objects.filter(state="lapsed").count() == len(stale)
    ids = [make.understood(one.content).message_id for one in sink.received]
    assert {mail.message_id for mail in replies} <= set(ids[:4]), "people's mails come first"

    url, browser = "/outbox/decide/", desk.administrator()
    asked = browser.get(url, {"tab": "held", "act": "cancel", "state": "lapsed"})
    assert "300" in asked.content.decode(), "all of them are decided on at once"
    newest = OutboxMail.objects.order_by("pk").last()
    form = {"act": "cancel", "state": "lapsed", "newest": newest and newest.pk}
    assert browser.post(f"{url}?tab=held", form).status_code in (302, 303)
    assert OutboxMail.objects.filter(state="cancelled").count() == 300
    assert not OutboxMail.objects.filter(pk__in=[mail.pk for mail in fresh], state="cancelled").exists()


@pytest.mark.pain("answer-from-the-wrong-address")
def test_an_answer_leaves_from_the_default_address_or_from_one_that_the_server_refuses(desk: Desk) -> None:
    OutgoingServer.objects.filter(pk=desk.server.pk).update(allowed_from=["sales@desk.example"])
    ann = desk.technician()
    addresses = {"sales@desk.example": "sales@desk.example", "other@desk.example": HELP}
    for number, (written_to, leaves_from) in enumerate(addresses.items(), 1):
        desk.comes(desk.mail(number, to=written_to))
        record = Record.objects.get(subject=f"Number {number}")
        assert leaves_from in page_of(ann, record), "it is seen before sending"
        writes(ann, record, mode="reply", to=desk.ute, subject="Re: it", text=f"Answer {number}")
    desk.sends()
    came = desk.arrived(desk.ute, 4)
    for number, leaves_from in enumerate(addresses.values(), 1):
        (answer,) = [one for one in came if f"Answer {number}" in text_of(one)]
        assert leaves_from in str(answer["From"])
        assert f"<{leaves_from}>" in str(answer["Return-Path"]), "and its envelope"
    assert not OutboxMail.objects.filter(state="queued").exists()


@pytest.mark.pain("mail-under-the-providers-domain")
def test_a_tenants_mail_leaves_under_the_providers_own_domain(desk: Desk, smtp_sink: SmtpSink) -> None:
    """An account with a server of its own sends by that alone: while it is away its mail waits, and says so."""
    orchard = builders.account("Orchard", f"orchard-{desk.tag}.example")
    bob = f"bob@orchard-{desk.tag}.example"
    port = smtp_sink.port
    smtp_sink.stop()
    own = make.server(port, account=orchard, reply_to="it@orchard.example")
    desk.comes(desk.mail(1), desk.mail(2, sender=bob))
    desk.sends()
    desk.arrived(desk.ute, 1)
    desk.arrived(bob, 0)
    waiting = OutboxMail.objects.get(account=orchard)
    assert (waiting.state, waiting.server_id, waiting.sender_address) == (
        "queued",
        own.pk,
        "it@orchard.example",
    )
    state = OutgoingServerState.objects.get(server=own)
    assert "refused the connection" in waiting.reason + state.reason
    smtp_sink.start()
    over(own)
    assert send_due(own.pk) == SendResult(sent=1)
    (one,) = smtp_sink.mails_to(bob)
    assert one.sender == "it@orchard.example"
    assert HELP.encode() not in one.content
