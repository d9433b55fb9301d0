"""The sandbox's admin API: each call of its table, and what it says to input that cannot be used."""

import json
import time
from collections.abc import Iterator

import pytest

from tests.sandbox.cloud.cloud_world import DESK, HELP, ROBOT, World, world

MAIL = b"\r\n".join(
    (
        b"From: a@far.example",
        b"To: help@msp.example",
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        b"Message-ID: <1@far>",
        b"",
        b"Hello",
    )
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("admin")) as there:
        yield there


def test_a_mail_is_delivered_and_read_back(here: World) -> None:
    new = {"address": "Ops@MSP.example", "name": "Ops", "password": "p", "shared_with": [HELP]}
    made = here.admin("POST", "/mailboxes", json=new)
    delivered = here.admin("POST", "/mailboxes/ops@msp.example/messages?folder=inbox", data=MAIL)
    identity = delivered.json()["id"]

    (listed,) = here.admin("GET", "/mailboxes/ops@msp.example/messages?folder=inbox").json()

    assert made.status_code == 201 and made.json()["shared_with"] == [HELP]
    assert delivered.status_code == 201 and delivered.json()["internet_message_id"] == "<1@far>"
    assert (listed["id"], listed["subject"], listed["is_read"]) == (identity, "Grüße", False)
    assert (listed["folder"], listed["internet_message_id"]) == ("inbox", "<1@far>") and listed["received"]
    assert here.admin("GET", "/mailboxes/ops@msp.example/messages?folder=sentitems").json() == []
    assert here.admin("GET", f"/mailboxes/ops@msp.example/messages/{identity}/mime").content == MAIL


def test_a_mailbox_has_aliases_by_which_it_is_the_same(here: World) -> None:
    new = {"address": "day@msp.example", "aliases": ["Night@MSP.example", "day@msp.example"]}
    assert here.admin("POST", "/mailboxes", json=new).json()["aliases"] == ["night@msp.example"]
    here.admin("POST", "/mailboxes/NIGHT@msp.example/messages?folder=inbox", data=MAIL)
    (listed,) = here.admin("GET", "/mailboxes/day@msp.example/messages?folder=inbox").json()
    assert listed["subject"] == "Grüße"


def test_applications_and_tokens_come_without_a_browser(here: World) -> None:
    client = {
        "client_id": "new",
        "client_secret": "s",
        "redirect_uris": ["https://x.example/"],
        "app_only": True,
    }
    asked = {"client_id": "new", "mailbox": HELP, "scope": "Mail.Send offline_access", "expires_in": 60}

    assert here.admin("POST", "/clients", json=client).status_code == 201
    told = here.admin("POST", "/tokens", json=asked).json()
    access = here.cloud.tokens.find(told["access_token"])
    assert access is not None and access.mailbox == HELP and access.expires_at < time.time() + 61
    assert told["refresh_token"] in here.cloud.tokens.refresh
    assert here.admin("DELETE", f"/tokens?mailbox={HELP}").status_code == 204
    assert here.cloud.tokens.find(told["access_token"]) is None


def test_faults_habits_and_limits_are_set_and_taken_away(here: World) -> None:
    faults = [
        {"service": "sign_in", "do": "status", "value": 503, "path": "keys", "times": None, "mailbox": None}
    ]
    keys = f"{here.at.authority}/discovery/v2.0/keys"

    assert here.admin("PUT", "/faults", json=faults).status_code == 204
    assert [here.direct.get(keys).status_code for _ in range(2)] == [503, 503]
    assert here.admin("DELETE", "/faults").status_code == 204
    assert here.direct.get(keys).status_code == 200
    assert here.admin("PUT", "/habits", json={"keep_message_id": False, "late_sent_copy": 2}).ok
    assert here.admin("PUT", "/limits", json={"concurrent": 3, "service_time": [2, 3.5]}).ok
    assert here.cloud.habits.keep_message_id is False and here.cloud.habits.late_sent_copy == 2.0
    assert (here.cloud.limits.concurrent, here.cloud.limits.service_time) == (3, (2.0, 3.5))


def test_what_was_asked_is_told_without_the_admins_own_calls(here: World) -> None:
    since = time.time()
    here.direct.get(f"{here.at.authority}/discovery/v2.0/keys")

    (told,) = here.admin("GET", f"/requests?since={since}").json()

    assert set(told) == {
        "at",
        "service",
        "mailbox",
        "client_id",
        "method",
        "path",
        "status",
        "concurrent",
        "ms",
    }
    assert told["service"] == "sign_in" and told["path"].endswith("/keys")


def test_nobody_without_the_token_gets_in(here: World) -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer \xe9"}):
        refused = here.direct.get(f"{here.at.admin}/requests", headers=header)
        assert refused.status_code == 401 and "admin token" in refused.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/mailboxes", "no json"),
        ("POST", "/mailboxes", "[" * 100_000),
        ("POST", "/mailboxes", {}),
        ("POST", "/mailboxes", {"address": "nobody"}),
        ("POST", "/mailboxes", {"address": "a@b", "name": "\ud800"}),
        ("POST", "/mailboxes", {"address": "a@b", "shared_with": "c@d"}),
        ("POST", "/mailboxes", {"address": "a@b", "color": "red"}),
        ("POST", f"/mailboxes/{HELP}/messages?folder=nowhere", "Subject: x"),
        ("POST", f"/mailboxes/{HELP}/messages", ""),
        ("POST", "/clients", {"client_id": 7}),
        ("POST", "/clients", {"client_id": "x", "app_only": "yes"}),
        ("POST", "/tokens", {"client_id": "unknown", "mailbox": HELP, "scope": "Mail.Send"}),
        (
            "POST",
            "/tokens",
            {"client_id": DESK, "mailbox": HELP, "scope": "Mail.Send https://outlook.office.com/x"},
        ),
        ("POST", "/tokens", {"client_id": ROBOT, "scope": "Mail.Send", "expires_in": -1}),
        ("DELETE", "/tokens", ""),
        ("PUT", "/faults", {}),
        ("PUT", "/faults", [{"service": "admin", "do": "reset"}]),
        ("PUT", "/faults", [{"service": "graph", "do": "reset", "path": "("}]),
        ("PUT", "/faults", [{"service": "graph", "do": "status", "value": "x"}]),
        ("PUT", "/faults", [{"service": "graph", "do": "latency", "value": 1e300}]),
        (
            "PUT",
            "/faults",
            [{"service": "graph", "do": "status", "value": {"status": 503, "headers": {"a": 1}}}],
        ),
        ("PUT", "/faults", [{"service": "graph", "do": "reset", "times": True}]),
        ("PUT", "/habits", {"keep_message_id": 1}),
        ("PUT", "/habits", {"no_such_habit": True}),
        ("PUT", "/limits", {"service_time": [3, 2]}),
        ("PUT", "/limits", {"concurrent": -1}),
        ("GET", "/requests?since=yesterday", ""),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(here: World, method: str, path: str, body: object) -> None:
    data = body if isinstance(body, str) else json.dumps(body)

    refused = here.admin(method, path, data=data.encode())

    assert refused.status_code == 400, refused.text
    assert "To do: " in refused.json()["error"]


def test_what_is_not_there_is_a_404(here: World) -> None:
    for path in ("/mailboxes/nobody@x/messages", f"/mailboxes/{HELP}/messages/x/mime", "/nothing"):
        refused = here.admin("GET", path)
        assert refused.status_code == 404 and "To do: " in refused.json()["error"]
    assert here.admin("PATCH", "/limits").status_code == 405
