"""The server of the sandbox: what every service of it stands on, with a service that tells what it was asked."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud, Fault
from deskpost.sandbox.cloud.connect_proxy import proxying
from deskpost.sandbox.cloud.exchange import Request, Response, Served, Who, of_json
from deskpost.sandbox.cloud.server import CloudServer, serving
from tests.outbound.builders import wait_until
from tests.servers.held import Held

HELP = "help@msp.example"


class Echo:
    """A service under Graph's name; the mailbox is what the query says."""

    def __init__(self) -> None:
        self.answered = 0

    def served(self) -> Served:
        return Served("graph", lambda request: request.path.startswith("/v1.0"), self._who, self._answer)

    def _who(self, request: Request) -> Who:
        return Who(request.values().get("mailbox", HELP), "app")

    def _answer(self, request: Request) -> Response:
        self.answered += 1
        if request.path.endswith("/broken"):
            raise ZeroDivisionError
        return of_json({"method": request.method, "path": request.path, "body": request.body.decode()})


class World:
    """A cloud with the echo, and a client of it."""

    def __init__(self, cloud: Cloud, echo: Echo, server: CloudServer) -> None:
        self.cloud, self.echo, self.server = cloud, echo, server
        self.client = requests.Session()
        self.client.trust_env, self.client.verify = False, str(server.ca_file)

    def get(self, path: str = "/v1.0/me") -> requests.Response:
        return self.client.get(self.server.base + path, timeout=60)


@pytest.fixture
def here() -> Iterator[World]:
    cloud, echo = Cloud.new(), Echo()
    with serving(cloud, [echo.served()]) as server:
        there = World(cloud, echo, server)
        with there.client:
            yield there


def test_a_connection_carries_requests_of_every_kind_one_after_the_other(here: World) -> None:
    context = ssl.create_default_context(cafile=here.server.ca_file)
    line = http.client.HTTPSConnection("127.0.0.1", here.server.server_port, context=context, timeout=10)

    line.request("POST", "/v1.0/a%20b", body=iter([b"one ", b"two"]), encode_chunked=True)
    chunked = json.loads(line.getresponse().read())
    line.request("PUT", "/v1.0/x", body=b"three", headers={"Expect": "100-continue"})
    expected = json.loads(line.getresponse().read())
    line.request("HEAD", "/v1.0/x")
    head = line.getresponse()

    assert chunked == {"method": "POST", "path": "/v1.0/a b", "body": "one two"}
    assert expected["body"] == "three"
    assert head.read() == b"" and int(head.headers["Content-Length"]) > 0
    assert here.get("/elsewhere").status_code == 404


def test_a_broken_body_is_refused(here: World) -> None:
    context = ssl.create_default_context(cafile=here.server.ca_file)
    with (
        socket.create_connection(("127.0.0.1", here.server.server_port), 10) as bare,
        context.wrap_socket(bare, server_hostname="127.0.0.1") as line,
    ):
        line.sendall(b"POST /v1.0/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert line.recv(12) == b"HTTP/1.1 400"
    assert here.echo.answered == 0


def test_plain_http_is_spoken_when_asked(here: World) -> None:
    with serving(here.cloud, [here.echo.served()], tls=False) as plain:
        told = here.client.get(plain.base + "/v1.0/me").json()
    assert plain.base.startswith("http://") and told["path"] == "/v1.0/me"


def test_a_reset_leaves_the_request_undone_and_a_lost_answer_does_not(here: World) -> None:
    here.cloud.faults += [Fault("graph", "reset"), Fault("graph", "lost_answer")]

    for done in (0, 1):
        with pytest.raises(requests.ConnectionError):
            here.get()
        assert here.echo.answered == done

    assert here.get().status_code == 200
    assert [one.status for one in here.cloud.asked] == [0, 0, 200]


def test_half_an_answer_is_cut_in_its_middle(here: World) -> None:
    here.cloud.faults.append(Fault("graph", "half_answer", path="/cut$"))

    assert here.get("/v1.0/whole").ok
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        here.get("/v1.0/cut")


def test_status_and_latency_come_as_often_as_asked(here: World) -> None:
    here.cloud.faults.append(Fault("graph", "status", 503, times=2))
    html = {"status": 200, "body": "<html>", "headers": {"Retry-After": "7"}}
    here.cloud.faults += [Fault("graph", "status", html, mailbox="other@x"), Fault("graph", "latency", 0.2)]
    began = time.monotonic()

    assert [here.get().status_code for _ in range(3)] == [503, 503, 200]
    assert time.monotonic() - began >= 0.2
    other = here.get("/v1.0/me?mailbox=other@x")
    assert other.text == "<html>" and other.headers["Retry-After"] == "7"


def test_no_fifth_request_of_an_application_is_in_flight_in_a_mailbox(here: World) -> None:
    all_at_once = Held()
    here.cloud.faults.append(Fault("graph", "latency", all_at_once, times=None))
    with ThreadPoolExecutor(12) as many:
        elsewhere = many.submit(here.get, "/v1.0/me?mailbox=other@x")
        asked = [many.submit(here.get) for _ in range(6)]
        wait_until(lambda: sum(one.done() for one in asked) == 2)
        all_at_once.let_go()
        answers = [one.result() for one in asked]

    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) == 2 and here.echo.answered == 5 and elsewhere.result().ok
    error = refused[0].json()["error"]
    assert error["code"] == "ApplicationThrottled"
    assert error["message"] == "Application is over its MailboxConcurrency limit."
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert max(one.concurrent for one in here.cloud.asked if one.status == 200) == 4


def test_requests_and_uploads_of_the_last_minutes_are_counted(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed[0])
    monkeypatch.setattr("deskpost.sandbox.cloud.limits.time", clock)
    here.cloud.limits.requests_per_10_minutes = 2
    here.cloud.limits.upload_bytes_per_5_minutes = 10
    put = here.client.put

    assert [here.get().status_code for _ in range(3)] == [200, 200, 429]
    passed[0] += 600.0
    assert put(here.server.base + "/v1.0/x", data=b"12345678").ok
    assert put(here.server.base + "/v1.0/x", data=b"123").status_code == 429
    here.cloud.limits.enforced = False
    assert here.get().ok


def test_what_the_simulator_breaks_itself_is_a_500_and_logged(
    here: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert here.get("/v1.0/broken").status_code == 500
    assert "ZeroDivisionError" in caplog.text


def test_the_log_tells_what_was_asked(here: World) -> None:
    here.get("/v1.0/first?secret=x")
    since = time.time()
    here.get("/v1.0/second?mailbox=other@x")

    (told,) = here.cloud.requests_since(since)

    assert (told["service"], told["mailbox"], told["client_id"]) == ("graph", "other@x", "app")
    assert (told["method"], told["path"], told["status"], told["concurrent"]) == (
        "GET",
        "/v1.0/second",
        200,
        1,
    )
    assert told["ms"] >= 0


def test_the_proxy_leads_microsofts_names_to_the_sandbox_and_no_others(here: World) -> None:
    with proxying(here.server.server_port) as proxy:
        here.client.proxies = {"https": proxy.address, "http": proxy.address}
        for host in ("graph.microsoft.com", "outlook.office.com", "graph.microsoft.us", "partner.outlook.cn"):
            assert here.client.get(f"https://{host}/v1.0/me").ok
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            here.client.get("https://www.example.com/")
        assert here.client.get("http://graph.microsoft.com/v1.0/me").status_code == 405
        here.cloud.faults.append(Fault("graph", "reset"))
        with pytest.raises(requests.ConnectionError):
            here.client.get("https://graph.microsoft.com/v1.0/me")


def test_an_authority_stays_the_same_in_its_folder(tmp_path: Path) -> None:
    first = Authority(tmp_path).ca_file.read_bytes()
    assert Authority(tmp_path).ca_file.read_bytes() == first
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0


def test_a_client_that_says_nothing_holds_up_nobody(here: World) -> None:
    with socket.create_connection(("127.0.0.1", here.server.server_port), 10):
        assert here.get().ok
    assert threading.active_count() < 50
