"""By the proxy or straight, recorded or not: what the settings of a mailbox and an outgoing server say, is done."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from deskpost import tick
from deskpost.access import proxy, targets, wire_logs
from deskpost.access.columns import MailServerSettings
from deskpost.access.proxy import ProxySettings
from deskpost.access.wire_logs import MOST, WireLog
from deskpost.inbound.collecting import sources
from deskpost.outbound import endpoints
from deskpost.outbound.servers import OutgoingServer
from deskpost.sandbox.cloud.cloud import Fault
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import ConsentLost, ProxyRefused
from tests.access import rows
from tests.inbound import builders
from tests.oauth.world import SECRET, World
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxies import RealProxy
from tests.servers.secrets import holds
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import mail

Proxies = Callable[..., RealProxy]
HOUR = timedelta(hours=1)


def set_up(real: RealProxy) -> None:
    asked = real.proxy
    ProxySettings.objects.create(
        kind=asked.kind, host=asked.host, port=asked.port, username=asked.username, password=asked.password
    )


def on(lasts: timedelta = HOUR) -> datetime:
    return datetime.now(UTC) + lasts


def mailbox(dovecot: Dovecot, **settings: object) -> builders.Mailbox:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    settings.setdefault("tls", "none")
    return builders.mailbox(username=user, password=PASSWORD, port=dovecot.imap, **settings)


def outgoing(sink: SmtpSink, **settings: object) -> OutgoingServer:
    return OutgoingServer.objects.create(
        name="Out", server="127.0.0.1", port=sink.port, protocol="smtp", reply_to="d@msp.example", **settings
    )


def send(server: OutgoingServer, *, by_alternate: bool = False) -> None:
    with endpoints.open_sender(server, by_alternate=by_alternate) as sender:
        sender.send(Envelope("d@msp.example", ("ute@client.example",), mail(1)))


@pytest.fixture
def recorded(database: str) -> Iterator[Callable[[], str]]:
    """Gives all that was recorded, once the threads that keep it are done."""

    def text() -> str:
        for thread in threading.enumerate():
            if thread.name == "wire log":
                thread.join(60)
        return "".join(WireLog.objects.order_by("pk").values_list("text", flat=True))

    yield text


@pytest.mark.requirement("R62")
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_mailbox_and_a_server_go_by_the_proxy_where_it_is_ticked(
    kind: str, db: None, dovecot: Dovecot, smtp_sink: SmtpSink, real_proxies: Proxies
) -> None:
    real = real_proxies(kind, login=True)
    set_up(real)
    before = real.led_to()
    box, server = mailbox(dovecot), outgoing(smtp_sink, alternate_server=f"localhost:{smtp_sink.port}")
    assert sources.sample(box) is not None
    send(server)
    assert real.led_to() == before
    box.proxy = server.proxy = True
    assert sources.sample(box) is not None
    send(server)
    send(server, by_alternate=True)
    ports = [f"127.0.0.1:{dovecot.imap}", f"127.0.0.1:{smtp_sink.port}", f"localhost:{smtp_sink.port}"]
    assert real.led_to()[len(before) :] == ports


def test_a_token_is_fetched_by_the_proxy_when_its_mailbox_goes_by_it(
    db: None, there: World, real_proxies: Proxies
) -> None:
    real = real_proxies("http", login=True)
    set_up(real)
    row = rows.mailbox(there, proxy=True)
    rows.consented(there, row, lasts=timedelta(minutes=1))
    before = real.led_to()
    targets.target_of(row)
    place = there.application.token_url.split("/")[2]
    assert real.led_to()[len(before) :] == [place]
    row.proxy = False
    targets.target_of(row)
    assert real.led_to()[len(before) :] == [place]


def test_nothing_goes_straight_while_the_proxy_that_is_ticked_is_not_there(
    db: None, dovecot: Dovecot
) -> None:
    box = mailbox(dovecot, proxy=True)
    with pytest.raises(ProxyRefused, match="none is set up"):
        sources.sample(box)
    ProxySettings.objects.create(host="127.0.0.1", port=1, username="x", password="y")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE proxy_settings SET password = 'no cipher'")
    assert proxy.present().host == ""
    with pytest.raises(ProxyRefused, match="password cannot be read"):
        sources.sample(box)


@pytest.mark.requirement("R63")
def test_what_a_mailbox_and_a_server_say_is_recorded_while_debug_is_on(
    recorded: Callable[[], str], dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    box, server = mailbox(dovecot), outgoing(smtp_sink)
    sources.sample(box)
    send(server)
    assert recorded() == ""
    box.debug_until = server.debug_until = on()
    sources.sample(box)
    send(server)
    text = recorded()
    assert "IMAP to 127.0.0.1" in text and "SMTP to 127.0.0.1" in text and "Subject: mail 1" in text
    assert not holds(text, PASSWORD)
    assert (wire_logs.recorded(box).count, wire_logs.recorded(server).count) == (1, 1)
    box.debug_until = server.debug_until = on(-timedelta(seconds=1))
    sources.sample(box)
    send(server)
    assert recorded() == text
    assert wire_logs.recorded(box).until is None


def test_a_renewal_that_fails_is_recorded_though_its_transaction_is_rolled_back(
    recorded: Callable[[], str], there: World
) -> None:
    row = rows.mailbox(there, debug_until=on())
    tokens = rows.consented(there, row, lasts=timedelta(minutes=1))
    there.cloud.faults.append(Fault("sign_in", "status", 400, path="/token$"))
    with pytest.raises(Exception, match="To do"), transaction.atomic():
        targets.target_of(row)
    text = recorded()
    assert "POST /" in text and "grant_type=refresh_token" in text and "HTTP/1.1 400" in text
    assert not any(holds(text, one) for one in (SECRET, tokens.refresh_token or "", tokens.access_token))


def test_settings_that_are_not_saved_are_recorded_for_those_they_come_from(
    recorded: Callable[[], str], dovecot: Dovecot
) -> None:
    saved = mailbox(dovecot, debug_until=on())
    typed = builders.Mailbox(
        protocol="imap",
        server="localhost",
        port=dovecot.imap,
        username=saved.username,
        password="not-so-right",
    )
    assert wire_logs.recorder(typed) is None
    with pytest.raises(Exception, match="To do"), sources.open_source(typed, saved=saved):
        pass
    assert "IMAP to localhost" in recorded() and not holds(recorded(), "not-so-right")
    assert wire_logs.recorded(saved).count == 1


def test_only_the_newest_connections_are_kept_and_none_for_more_than_a_week(database: str) -> None:
    box, other = builders.mailbox(), builders.mailbox("Other")
    for row in (other, box):
        WireLog.objects.bulk_create(WireLog(mailbox_id=row.pk, text=str(number)) for number in range(MOST))
    wire_logs.keep({"mailbox_id": box.pk}, "newest")
    texts = list(WireLog.objects.filter(mailbox_id=box.pk).order_by("pk").values_list("text", flat=True))
    assert len(texts) == MOST and (texts[0], texts[-1]) == ("1", "newest")
    assert WireLog.objects.filter(mailbox_id=other.pk).count() == MOST
    WireLog.objects.filter(mailbox_id=box.pk, text="7").update(at=on(-wire_logs.KEPT - HOUR))
    WireLog.objects.filter(mailbox_id=box.pk, text="8").update(at=on(-wire_logs.KEPT + HOUR))
    tick.tick()
    kept = set(WireLog.objects.filter(mailbox_id=box.pk).values_list("text", flat=True))
    assert "7" not in kept and "8" in kept


def test_what_cannot_be_stored_stops_no_mail(database: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        wire_logs.keep({"mailbox_id": 4711}, "of a mailbox that is gone")
    assert "could not be stored" in caplog.text and "of a mailbox" not in caplog.text
    assert not WireLog.objects.exists()


def test_debug_goes_on_until_the_end_that_was_chosen(db: None) -> None:
    row: MailServerSettings = builders.mailbox()
    chosen = wire_logs.until(True, row, HOUR)
    assert chosen is not None and timedelta(minutes=59) < chosen - datetime.now(UTC) <= HOUR
    row.debug_until = chosen
    assert wire_logs.until(True, row) == chosen
    later = wire_logs.until(True, row, 8 * HOUR)
    assert later is not None and later > chosen + 6 * HOUR
    assert wire_logs.until(False, row) is None
    row.debug_until = on(-HOUR)
    assert wire_logs.until(False, row) == row.debug_until  # nothing changes, so nothing is saved
    again = wire_logs.until(True, row)
    assert again is not None and again > datetime.now(UTC)


def test_consent_lost_is_told_as_without_debug(recorded: Callable[[], str], there: World) -> None:
    row = rows.mailbox(there, debug_until=on())
    with pytest.raises(ConsentLost):
        targets.target_of(row)
    assert recorded() == ""
