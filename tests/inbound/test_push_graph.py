"""Push by Graph's change notifications, between the simulated cloud and the real web server of Deskpost."""

import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from deskpost.access import consents
from deskpost.access.proxy import ProxySettings
from deskpost.access.targets import target_of
from deskpost.desk.installation import Installation
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState, stop_fetching
from deskpost.inbound.push import addresses, states, subscribing, watcher
from deskpost.inbound.push.states import MailboxPush
from deskpost.inbound.push.subscription import GraphSubscription
from deskpost.inbound.push.wanted import wanted
from deskpost.inbound.push.watcher import Watcher
from deskpost.oauth.grant import Tokens
from deskpost.sandbox.cloud.store import Mailbox as CloudMailbox
from deskpost.tick import tick
from deskpost.transports.graph.session import Session
from deskpost.transports.graph.subscriptions import unsubscribe
from tests.inbound.builders import mailbox
from tests.servers.proxies import RealProxy, missing
from tests.transports.graph_world import World, cloud_served, fresh

pytestmark = pytest.mark.usefixtures("database")


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


@pytest.fixture
def web(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Deskpost's own web server, which is its public address."""
    monkeypatch.setattr(watcher, "LOOK_EVERY", 0.1)
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    Installation.objects.update(public_url=url)
    yield url
    server.shutdown()
    server.server_close()


def box(world: World, desk: CloudMailbox | None = None, **settings: object) -> Mailbox:
    """Make a Graph mailbox with push, whose consent was given by the desk's own user."""
    user = world.desk.address
    made = mailbox(
        f"Graph {user}",
        **{
            **{
                "protocol": "graph",
                "port": 443,
                "tls": "implicit",
                "authentication": "oauth",
                "username": user,
            },
            **{"graph_endpoint": f"{world.server.base}/v1.0", "ca_file": str(world.server.ca_file)},
            **{"client_id": "app", "push": True, **settings},
        },
    )
    tokens = Tokens(world.token(), timezone.now() + timedelta(hours=1), "r")
    consents.keep(made, tokens, user, None)
    return made


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def woken(made: Mailbox) -> bool:
    found, _ = ProcrastinateJob.objects.filter(queueing_lock=f"fetch {made.pk}").delete()
    return bool(found)


def keep(made: Mailbox) -> GraphSubscription:
    """Subscribe now, without a watcher."""
    subscribing.keep(wanted()[made.pk])
    assert not reason(made)
    assert woken(made), "what came before anybody was told is fetched"
    return GraphSubscription.objects.get(mailbox=made)


def reason(made: Mailbox) -> str:
    shown = states.shown().get(made.pk)
    return shown.reason if shown else ""


def asked(world: World, method: str) -> list[int]:
    return [one.status for one in world.asked if one.method == method and "/subscriptions" in one.path]


def post(web: str, path: str, body: bytes, length: int | None = None) -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection(urlsplit(web).netloc, timeout=10)
    connection.request("POST", path, body, {"Content-Length": str(length or len(body))})
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers.get_content_type()


def notification(row: GraphSubscription, secret: str, **more: str) -> bytes:
    told = {"subscriptionId": row.subscription, "clientState": secret, "changeType": "created", **more}
    return json.dumps({"value": [told]}).encode()


def test_a_mail_that_arrives_wakes_the_fetch_of_its_mailbox_alone(world, web):
    made, other = box(world), mailbox("Other", push=False)
    with Watcher():
        until(lambda: states.shown().get(made.pk) and states.shown()[made.pk].connected)
        until(lambda: woken(made))
        assert fetch(made.pk).failure is None
        ProcrastinateJob.objects.all().delete()
        world.deliver()
        until(lambda: woken(made))
        assert not woken(other)
        assert fetch(made.pk).collected == 1
        until(lambda: states.shown()[made.pk].last_push_at)
        stop_fetching(None, "test", made)
        until(lambda: not GraphSubscription.objects.exists())
    assert asked(world, "DELETE") == [204]


@pytest.mark.pain("subscription-expires-or-is-silent")
def test_a_subscription_lives_a_week_and_is_renewed_at_half_time(world, web):
    made = box(world)
    row = keep(made)
    life = (row.expires_at - timezone.now()).total_seconds() / 60
    assert 9_900 < life <= 10_080
    assert (row.renew_at - timezone.now()).total_seconds() / 60 == pytest.approx(life / 2, abs=2)
    assert not wanted()[made.pk].to_subscribe
    GraphSubscription.objects.update(renew_at=timezone.now(), expires_at=timezone.now() + timedelta(hours=1))
    subscribing.keep(wanted()[made.pk])
    renewed = GraphSubscription.objects.get()
    assert renewed.subscription == row.subscription
    assert renewed.expires_at > timezone.now() + timedelta(days=6)
    assert asked(world, "POST") == [201] and asked(world, "PATCH") == [200]


def test_subscribing_renewing_and_ending_go_by_the_proxy_with_its_login(world, web):
    if why := missing("http"):
        pytest.skip(why)
    port = world.server.server_port
    with RealProxy("http", login=True, ports=(port,)) as real:
        there = real.proxy
        ProxySettings.objects.create(
            host=there.host, port=there.port, username=there.username, password=there.password
        )
        made = box(world, proxy=True)
        for do in (
            lambda: keep(made),
            lambda: subscribing.keep(wanted()[made.pk]),
            lambda: subscribing.end(made.pk),
        ):
            before = len(real.led_to())
            do()
            assert real.led_to()[before:] == [f"127.0.0.1:{port}"]
            GraphSubscription.objects.update(renew_at=timezone.now())
        assert (asked(world, "POST"), asked(world, "PATCH"), asked(world, "DELETE")) == ([201], [200], [204])
        assert not GraphSubscription.objects.exists()
    subscribing.keep(wanted()[made.pk])  # without the proxy nothing is asked past it
    assert there.place in reason(made) and asked(world, "POST") == [201]


def test_a_subscription_that_is_lost_is_made_again_and_what_came_meanwhile_is_fetched(world, web):
    made = box(world)
    row = keep(made)
    world.cloud.lifecycle("subscriptionRemoved")
    until(lambda: not GraphSubscription.objects.exists())
    until(lambda: woken(made))
    again = keep(made)
    assert again.subscription != row.subscription
    # Graph forgot it without a word: renewing finds out
    GraphSubscription.objects.update(renew_at=timezone.now(), subscription="0b1c")
    assert keep(made).subscription not in ("0b1c", again.subscription)


@pytest.mark.pain("subscription-expires-or-is-silent")
def test_a_subscription_that_falls_silent_costs_no_mail_for_delta_goes_on_beneath_it(world, web):
    made = box(world)
    row = keep(made)
    assert fetch(made.pk).failure is None
    with Session(target_of(made)) as session:
        unsubscribe(session, row.subscription)
    assert states.shown()[made.pk].connected, "nobody said that it ended"
    world.deliver()
    MailboxState.objects.update(next_fetch_at=timezone.now())
    tick()
    assert woken(made)
    assert fetch(made.pk).collected == 1
    assert states.shown()[made.pk].last_push_at is None


def test_lifecycle_events_renew_at_once_or_fetch_what_was_missed(world, web):
    made = box(world)
    keep(made)
    world.cloud.lifecycle("missed")
    until(lambda: woken(made))
    assert not wanted()[made.pk].to_subscribe
    world.cloud.lifecycle("reauthorizationRequired")
    until(lambda: wanted()[made.pk].to_subscribe)
    subscribing.keep(wanted()[made.pk])
    assert asked(world, "PATCH") == [200]


def test_both_addresses_give_back_the_token_decoded_and_as_plain_text(web):
    for path in (addresses.NOTIFICATIONS, addresses.LIFECYCLE):
        told = post(web, f"{path}?validationToken=Validation%3A+%3Cb%3E%26%20one", b"")
        assert told == (200, b"Validation: <b>& one", "text/plain")
        assert post(web, f"{path}?validationToken={'x' * 5000}", b"")[0] == 400


def test_nobody_wakes_a_mailbox_who_does_not_know_its_secret(world, web, monkeypatch):
    told_secrets: list[str] = []
    draw = secrets.token_urlsafe
    monkeypatch.setattr(
        secrets, "token_urlsafe", lambda size: told_secrets.append(draw(size)) or told_secrets[-1]
    )
    made = box(world)
    row = keep(made)
    secret = told_secrets[-1]
    assert secret.encode() not in bytes(row.secret_sha256), "only its hash is kept"
    for wrong in (secret[:-1], secret.upper(), ""):
        assert post(web, addresses.NOTIFICATIONS, notification(row, wrong)) == (202, b"", "text/html")
    no_such = GraphSubscription(subscription="another")
    assert post(web, addresses.NOTIFICATIONS, notification(no_such, secret))[0] == 202
    assert (
        post(web, addresses.LIFECYCLE, notification(row, "x", lifecycleEvent="subscriptionRemoved"))[0] == 202
    )
    assert not woken(made) and GraphSubscription.objects.exists()
    assert post(web, addresses.NOTIFICATIONS, notification(row, secret))[0] == 202
    assert woken(made)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"value": 1}', 202),
        (b'{"value": [1, null, {}, {"subscriptionId": {}, "clientState": 1}]}', 202),
        (b'{"value": [{"subscriptionId": "\\u0000", "clientState": "\\ud800"}]}', 202),
        (b"[" * 100_000, 400),
        (b'{"value": "' + b"x" * 2_000_000 + b'"}', 413),
    ],
)  # fmt: skip
def test_strange_notifications_do_nothing(web, body, status):
    assert post(web, addresses.NOTIFICATIONS, body)[0] == status


@pytest.mark.parametrize(
    ("public", "endpoint", "there"),
    [
        ("https://desk.msp.example", "https://graph.microsoft.com", True),
        ("https://9.9.9.9:8443/desk", "https://graph.microsoft.com", True),
        ("http://desk.msp.example", "https://graph.microsoft.com", False),
        ("https://10.1.2.3", "https://graph.microsoft.com", False),
        ("https://localhost", "https://graph.microsoft.com", False),
        ("https://127.0.0.1:8000", "https://graph.microsoft.com", False),
        ("https://desk", "https://graph.microsoft.com", False),
        ("", "https://graph.microsoft.com", False),
        ("http://127.0.0.1:8000", "https://127.0.0.1:9000/v1.0", True),
    ],
)
def test_notifications_are_asked_for_where_the_internet_reaches_deskpost(public, endpoint, there):
    assert addresses.reachable(public, endpoint) is there


@pytest.mark.parametrize(
    ("public", "says"), [("", "has no public address"), ("https://10.0.0.1", "cannot tell")]
)
def test_where_deskpost_cannot_be_reached_the_reason_is_said_and_nobody_is_asked(world, web, public, says):
    Installation.objects.update(public_url=public)
    made = box(world)
    subscribing.keep(wanted()[made.pk])
    assert says in reason(made) and "at the mailbox's interval" in reason(made)
    assert not asked(world, "POST") and not wanted()[made.pk].to_subscribe
    world.deliver()
    assert fetch(made.pk).collected == 1


def test_a_graph_that_cannot_reach_deskpost_says_so_and_delta_goes_on(world, web):
    Installation.objects.update(public_url="http://127.0.0.1:9")
    made = box(world)
    world.deliver()
    subscribing.keep(wanted()[made.pk])
    assert "could not reach http://127.0.0.1:9/push/graph/" in reason(made)
    assert not wanted()[made.pk].to_subscribe, "not again at once"
    assert fetch(made.pk).collected == 1
    Installation.objects.update(public_url=web)
    assert wanted()[made.pk].to_subscribe, "the address was corrected"


@pytest.mark.pain("subscription-expires-or-is-silent")
def test_a_shared_mailbox_is_not_told_of_to_who_it_is_shared_with(world, web):
    shared = world.cloud.store.add_mailbox("shared@contoso.example", shared_with=[world.desk.address])
    made = box(world, mailbox_to_open=shared.address)
    subscribing.keep(wanted()[made.pk])
    assert "does not tell of new mail in" in reason(made)
    assert fetch(made.pk).failure is None
    assert MailboxPush.objects.get().next_try_at > timezone.now()
