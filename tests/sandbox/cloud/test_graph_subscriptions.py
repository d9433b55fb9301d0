"""Change notifications, with a receiver that really listens."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from .graph_world import DESK, IMMUTABLE, World, mail


class Receiver(ThreadingHTTPServer):
    """What an application has at its notification address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.url = f"http://127.0.0.1:{self.server_port}/push"
        self.encodes = False
        self.refuses = 0
        self.validated: list[str] = []
        self.heard: list[dict[str, Any]] = []

    def wait_for(self, number: int) -> list[dict[str, Any]]:
        until = time.monotonic() + 60
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.01)
        return self.heard


class Ear(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = urlsplit(self.path)
        token = parse_qs(target.query).get("validationToken", [""])[0]
        if token:
            self.server.validated.append(target.path)
        elif self.server.refuses:
            self.server.refuses -= 1
            return self.send_error(503)
        else:
            self.server.heard += json.loads(body)["value"]
        self.send_response(200 if token else 202)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write((quote(token) if self.server.encodes else token).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def world() -> World:
    return World()


def wish(receiver: Receiver, minutes: int = 10_080, **more: str) -> dict[str, str]:
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return {
        "changeType": "created",
        "notificationUrl": receiver.url,
        "lifecycleNotificationUrl": f"{receiver.url}/life",
        "resource": "me/mailFolders('Inbox')/messages",
        "expirationDateTime": until.strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "clientState": "our secret",
        **more,
    }


def test_both_addresses_are_validated_and_a_new_mail_is_told(world: World, receiver: Receiver) -> None:
    made = world.ask("POST", "/subscriptions", wish(receiver), headers=IMMUTABLE)
    assert made.status == 201 and made.json["resource"] == "me/mailFolders('Inbox')/messages"
    assert receiver.validated == ["/push", "/push/life"]
    item = world.cloud.store.deliver(world.desk, mail())
    world.cloud.store.update(world.desk, item, is_read=True)
    world.cloud.store.deliver(world.desk, mail(), "archive")
    [told] = receiver.wait_for(1)
    assert (told["changeType"], told["clientState"]) == ("created", "our secret")
    assert told["subscriptionId"] == made.json["id"] and told["tenantId"] == world.cloud.tenant
    assert told["resourceData"]["id"] == item.immutable_id
    assert told["resource"].endswith(f"/Messages/{item.immutable_id}")


def test_a_notification_that_was_refused_comes_again(world: World, receiver: Receiver) -> None:
    world.cloud.time_scale = 50.0
    world.ask("POST", "/subscriptions", wish(receiver))
    receiver.refuses = 1
    world.cloud.store.deliver(world.desk, mail())
    assert len(receiver.wait_for(1)) == 1


def test_a_subscription_is_renewed_listed_and_deleted(world: World, receiver: Receiver) -> None:
    made = world.ask("POST", "/subscriptions", wish(receiver, 60)).json
    later = wish(receiver)["expirationDateTime"]
    renewed = world.ask("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": later})
    assert renewed.status == 200 and renewed.json["expirationDateTime"] > made["expirationDateTime"]
    assert [one["id"] for one in world.get("/subscriptions")["value"]] == [made["id"]]
    assert world.ask("DELETE", f"/subscriptions/{made['id']}").status == 204
    gone = world.ask("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": later})
    assert (gone.status, gone.code) == (404, "ResourceNotFound")


def test_what_cannot_be_subscribed_is_refused(world: World, receiver: Receiver) -> None:
    too_long = world.ask("POST", "/subscriptions", wish(receiver, 10_090))
    assert (too_long.status, too_long.code) == (400, "ExtensionError")
    assert "10080 minutes" in too_long.json["error"]["message"]
    foreign = world.cloud.store.add_mailbox("other@contoso.example", shared_with=[DESK])
    of_other = wish(receiver, resource=f"/users/{foreign.address}/messages")
    assert world.ask("POST", "/subscriptions", of_other).code == "ErrorAccessDenied"
    plain = wish(receiver, notificationUrl="http://desk.example/push")
    assert world.ask("POST", "/subscriptions", plain).code == "InvalidRequest"
    nobody = wish(receiver, notificationUrl="http://127.0.0.1:9/push")
    assert world.ask("POST", "/subscriptions", nobody).code == "ValidationError"
    receiver.encodes = True
    assert world.ask("POST", "/subscriptions", wish(receiver)).code == "ValidationError"
    app = world.grant(None, ".default")
    receiver.encodes = False
    assert world.ask("POST", "/subscriptions", of_other, token=app).status == 201
