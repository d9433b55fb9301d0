"""Push by IDLE: one thread that listens to all mailboxes, with a real Dovecot and with servers that misbehave."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from deskpost.access.proxy import ProxySettings
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState, stop_fetching
from deskpost.inbound.push import states, watcher
from deskpost.inbound.push.states import MailboxPush
from deskpost.inbound.push.watcher import Watcher
from deskpost.transports.errors import Throttled
from tests.inbound.builders import mail, mailbox
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.idling_imap import IdlingImap
from tests.servers.proxies import RealProxy, missing

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def looking_often(monkeypatch):
    monkeypatch.setattr(watcher, "LOOK_EVERY", 0.1)


def box(dovecot: Dovecot, **settings: object) -> Mailbox:
    user = dovecot.new_user()
    values = {"port": dovecot.imap, "username": user, "password": PASSWORD, "push": True, **settings}
    return mailbox(f"Box {user}", **values)


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def connected(*boxes: Mailbox) -> bool:
    shown = states.shown()
    return all(one.pk in shown and shown[one.pk].connected for one in boxes)


def woken(made: Mailbox) -> bool:
    """Tell whether the fetch of a mailbox waits, and take that job away."""
    found, _ = ProcrastinateJob.objects.filter(queueing_lock=f"fetch {made.pk}").delete()
    return bool(found)


def reason(made: Mailbox) -> str:
    shown = states.shown().get(made.pk)
    return shown.reason if shown else ""


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_new_mail_wakes_the_fetch_at_once(dovecot, certificate_authority, tls):
    secure = {"protocol": "imaps", "port": dovecot.imaps} if tls == "implicit" else {}
    made = box(dovecot, tls=tls, ca_file=str(certificate_authority.ca_file), **secure)
    with Watcher():
        until(lambda: connected(made))
        until(lambda: woken(made))  # for what came before anybody listened
        dovecot.deliver(made.username, mail())
        until(lambda: woken(made))
        assert fetch(made.pk).collected == 1
        until(lambda: states.shown()[made.pk].last_push_at)
    assert not connected(made) and not Lease.objects.exists()


def test_what_listens_goes_by_the_proxy_of_the_installation_with_its_login(dovecot, certificate_authority):
    if why := missing("http"):
        pytest.skip(why)
    with RealProxy("http", login=True, ports=(dovecot.imaps,)) as real:
        asked = real.proxy
        ProxySettings.objects.create(
            host=asked.host, port=asked.port, username=asked.username, password="not this one"
        )
        secure = {"protocol": "imaps", "port": dovecot.imaps, "tls": "implicit", "proxy": True}
        made = box(dovecot, ca_file=str(certificate_authority.ca_file), **secure)
        with Watcher():
            until(lambda: f"{asked.place}" in reason(made))
            assert not connected(made), "nor past the proxy"
            refused = len(real.led_to())  # it notes what was asked for, also in vain
            ProxySettings.objects.update(password=asked.password)
            MailboxPush.objects.update(next_try_at=timezone.now())
            until(lambda: connected(made))
            until(lambda: woken(made))
            dovecot.deliver(made.username, mail())
            until(lambda: woken(made))
            assert real.led_to()[refused:] == [f"127.0.0.1:{dovecot.imaps}"]
            assert fetch(made.pk).collected == 1
    assert asked.password not in reason(made)


@pytest.fixture
def idling():
    with IdlingImap() as server:
        yield server


def idle_box(server: IdlingImap, user: str, **settings: object) -> Mailbox:
    return mailbox(f"Box {user}", port=server.port, username=user, push=True, **settings)


def test_two_hundred_mailboxes_are_listened_to_by_one_thread(idling, monkeypatch):
    monkeypatch.setattr(watcher, "LOOK_EVERY", 60.0)  # one look is enough for all of them
    boxes = [idle_box(idling, f"user{number}") for number in range(200)]
    memory, before = psutil.Process().memory_info().rss, {thread.name for thread in threading.enumerate()}
    with Watcher():
        until(lambda: len(idling.idling) == 200, 60)
        until(lambda: not any(thread.name == "push begins" for thread in threading.enumerate()))
        assert {thread.name for thread in threading.enumerate()} - before == {"push", "lease renewal"}
        until(lambda: connected(*boxes))
        assert (psutil.Process().memory_info().rss - memory) / 200 < 100_000, (
            "bytes for each, this server's own too"
        )
        ProcrastinateJob.objects.all().delete()
        idling.tell("user77")
        until(lambda: woken(boxes[77]))
        assert not ProcrastinateJob.objects.exists()
    until(lambda: not idling.open)


def test_a_mailbox_is_listened_to_as_long_as_it_is_fetched(idling):
    made = idle_box(idling, "anna")
    with Watcher():
        until(lambda: idling.idling)
        stop_fetching(None, "test", made)
        until(lambda: not idling.open)
        until(lambda: not states.shown() and not Lease.objects.exists())


def test_a_mailbox_whose_consent_is_lost_is_listened_to_no_longer(idling):
    made = idle_box(idling, "anna")
    with Watcher():
        until(lambda: idling.idling)
        MailboxConsent.objects.create(mailbox=made, lost_at=timezone.now(), lost_reason="Revoked.")
        until(lambda: not idling.open)


def test_changed_settings_are_listened_to_by_a_new_connection(idling):
    made = idle_box(idling, "anna")
    with Watcher():
        until(lambda: "anna" in idling.idling)
        Mailbox.objects.filter(pk=made.pk).update(username="bert")
        until(lambda: idling.idling == {"bert"})


def test_only_one_of_several_workers_listens_to_a_mailbox(idling):
    made = idle_box(idling, "anna")
    with Watcher():
        with Watcher():
            until(lambda: connected(made))
            time.sleep(0.5)  # in which the other would look five times
            assert idling.greeted == 1
        until(lambda: connected(made))  # whichever of them it was


def test_a_connection_that_breaks_is_made_again_and_what_came_meanwhile_is_fetched(idling):
    made = idle_box(idling, "anna")
    with Watcher():
        until(lambda: connected(made))
        until(lambda: woken(made))
        idling.cut("anna")
        until(lambda: "broke off" in reason(made))
        assert MailboxPush.objects.get().failures == 1
        MailboxPush.objects.update(next_try_at=timezone.now())
        until(lambda: connected(made))
        until(lambda: woken(made))


def test_tries_that_fail_wait_longer_each_time():
    made = mailbox(port=1, push=True)
    for seconds in (5, 10, 20, 40, 80, 160, 300, 300, 300):
        before = timezone.now()
        states.failed(made.pk, "v", "It broke.")
        wait = timedelta(seconds=seconds)
        assert before + wait <= MailboxPush.objects.get().next_try_at <= timezone.now() + wait
    states.failed(made.pk, "other settings", "It broke.")
    assert MailboxPush.objects.get().failures == 1


def test_a_server_without_idle_is_said_and_polling_goes_on():
    with IdlingImap("IMAP4rev1") as server:
        made = idle_box(server, "anna")
        with Watcher():
            until(lambda: "does not offer IDLE" in reason(made))
            time.sleep(0.4)
        assert server.greeted == 1
        assert (MailboxPush.objects.get().next_try_at - timezone.now()).total_seconds() > 3500
        assert fetch(made.pk).failure is None
        state = MailboxState.objects.get()
        assert state.last_fetch_at and not state.failing_since


def test_push_gives_way_where_the_server_lets_in_one_connection():
    with IdlingImap(most=1) as server:
        made = idle_box(server, "anna")
        with Watcher():
            until(lambda: connected(made))
            assert isinstance(fetch(made.pk).failure, Throttled)
            until(lambda: "gives way" in reason(made))
            until(lambda: not server.open)
            assert fetch(made.pk).failure is None
            time.sleep(0.4)
            assert not server.open


def test_servers_that_do_not_answer_hold_up_no_other_mailbox(idling, scripted):
    over = threading.Event()
    silent = scripted(lambda line: over.wait(60))
    for number in range(12):
        mailbox(f"Silent {number}", port=silent.port, push=True)
    MailboxPush.objects.bulk_create(
        MailboxPush(mailbox=one, version="", failures=1) for one in Mailbox.objects.all()
    )
    made = idle_box(idling, "anna")
    with Watcher():
        until(lambda: connected(made))
        over.set()
        until(lambda: not any(thread.name == "push begins" for thread in threading.enumerate()))
