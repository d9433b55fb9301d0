"""HTTP requests: where they may go, how much and how long an answer may be, and what is said when it is not so."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Request, Response, Served, Who
from deskpost.sandbox.cloud.server import CloudServer, serving
from deskpost.transports.connection import Server
from deskpost.transports.errors import (
    AddressRefused,
    AnswerTooLarge,
    CertificateRefused,
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    TlsRefused,
    TransportError,
)
from deskpost.transports.http import Http

TOKEN = "eyJ0eXAiOiJKV1QifQ.not-to-be-seen"
OK = b"HTTP/1.1 200 OK\r\n"


def echo(request: Request) -> Response:
    if request.path == "/elsewhere":
        return Response(302, b"", {"Location": f"{request.base}/echo"})
    return Response(200, request.body or b"fine", {"X-Path": f"{request.path}?{request.query}"})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudServer]:
    service = Served("sign_in", lambda _: True, lambda _: Who(), echo)
    with serving(Cloud.new(), [service], authority=Authority(tmp_path_factory.mktemp("ca"))) as server:
        yield server


def reach(served: CloudServer) -> Server:
    return Server("", 443, ca_file=str(served.ca_file), step_timeout=20.0)


@contextmanager
def raw(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """Serve each connection these bytes, whatever it asks, and close it."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                link, _ = listening.accept()
                with link:
                    link.recv(65_536)
                    for piece in pieces:
                        link.sendall(piece)
                        time.sleep(pause)
            except OSError:
                if listening.fileno() < 0:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(60)


def test_requests_share_a_connection_and_one_that_the_server_closed_is_replaced(served: CloudServer) -> None:
    with Http(served.base, reach(served)) as http:
        for _ in range(3):
            answer = http.ask("POST", f"{served.base}/echo?a=%20b", {"Accept": "*/*"}, b"x" * 200_000)
            assert answer.fine and len(answer.body) == 200_000 and answer.at is not None
        assert answer.headers["x-path"] == "/echo?a=%20b"
        assert len(http._pool.connections) == 1


def test_threads_share_the_connections_of_one_server(served: CloudServer) -> None:
    with Http(served.base, reach(served), connections=2) as http, ThreadPoolExecutor(6) as threads:
        bodies = [str(number).encode() for number in range(60)]
        asked = [threads.submit(http.ask, "POST", served.base, None, body) for body in bodies]
        assert [one.result().body for one in asked] == bodies
        assert len(http._pool.connections) <= 2


def test_a_redirect_is_handed_back_and_not_followed(served: CloudServer) -> None:
    with Http(served.base, reach(served)) as http:
        answer = http.ask("GET", f"{served.base}/elsewhere")
        assert answer.status == 302
        with pytest.raises(ProtocolViolated, match="follows nobody elsewhere"):
            answer.usable()
        with pytest.raises(AddressRefused):
            http.ask("GET", "https://elsewhere.example/echo")


def test_certificates_and_private_networks_are_judged_as_for_mail_servers(served: CloudServer) -> None:
    ours = reach(served)
    cases: list[tuple[Server, type[TransportError], str]] = [
        (replace(ours, ca_file=None), CertificateRefused, "nobody this machine trusts"),
        (replace(ours, allow_private=False), AddressRefused, "this machine's own"),
    ]
    for server, kind, words in cases:
        with Http(served.base, server) as http, pytest.raises(kind, match=words):
            http.ask("GET", served.base)
    with Http(served.base, replace(ours, ca_file=None, verify_certificate=False)) as http:
        assert http.ask("GET", served.base).fine
    with (
        Http("https://169.254.169.254/latest", ours) as http,
        pytest.raises(AddressRefused, match="metadata"),
    ):
        http.ask("GET", "https://169.254.169.254/latest")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("http://login.example.com/token", LoginRefused),
        ("ftp://login.example.com/token", AddressRefused),
        ("https:///token", AddressRefused),
        ("https://[::1/token", AddressRefused),
        ("https://login.example.com:99999/", AddressRefused),
        ("https://me:secret@login.example.com/", AddressRefused),
        ("https://login.example.com/a b", AddressRefused),
        ("https://login.example.com/\r\nX: y", AddressRefused),
        ("https://" + "a" * 300 + ".example/", AddressRefused),
        ("token", AddressRefused),
        ("", AddressRefused),
    ],
)
def test_an_address_that_is_none_is_told_before_anything_is_dialled(
    address: str, kind: type[TransportError]
) -> None:
    with pytest.raises(kind, match="To do: ") as refused:
        Http(address, Server("", 443))
    assert "secret@" not in refused.value.words and "me:" not in refused.value.words


@pytest.mark.parametrize(
    ("pieces", "kind", "words"),
    [
        ((b"SSH-2.0-OpenSSH_9.2\r\n\r\n",), ProtocolViolated, "does not answer as a web server"),
        ((OK + b"Content-Length: 90\r\n\r\nhalf",), ServerUnreachable, "broke off the connection"),
        ((OK[:9],), ServerUnreachable, "broke off the connection"),
        ((), ServerUnreachable, "broke off the connection"),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",), ProtocolViolated, "does not answer as"),
        ((OK + b"\r\n", *[b"x" * 60_000] * 20), AnswerTooLarge, "more than 1,024 kB"),
        ((OK + b"X: " + b"y" * 200_000,), ProtocolViolated, "does not answer as a web server"),
    ],
)
def test_an_answer_that_is_none_is_told_in_words(
    pieces: tuple[bytes, ...], kind: type[TransportError], words: str
) -> None:
    asked = {"Authorization": f"Bearer {TOKEN}"}
    with (
        raw(*pieces) as address,
        Http(address, Server("", 80)) as http,
        pytest.raises(kind, match=words) as trouble,
    ):
        http.ask("GET", address, asked)
    assert type(trouble.value) is kind and TOKEN not in repr(trouble.value)
    assert trouble.value.__suppress_context__ or trouble.value.__cause__ is None


@contextmanager
def raw_tls(authority: Authority, answer: bytes, *, says_the_end: bool) -> Iterator[str]:
    """Serve each connection these bytes within TLS and close it, with close_notify or without."""
    context = authority.context()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while listening.fileno() >= 0:
            with suppress(OSError):
                link, _ = listening.accept()
                with context.wrap_socket(link, server_side=True) as wrapped:
                    wrapped.recv(65_536)
                    wrapped.sendall(answer)
                    if says_the_end:
                        wrapped.unwrap()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(60)


def test_a_body_that_ends_with_the_connection_is_whole_only_where_tls_says_so(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    server = Server("", 443, ca_file=str(authority.ca_file), step_timeout=20.0)
    unframed = OK + b"Connection: close\r\n\r\n" + b"half a mail" * 4_000
    framed = OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nwhole"
    with raw_tls(authority, unframed, says_the_end=False) as address, Http(address, server) as http:
        with pytest.raises(ServerUnreachable, match="before its answer was complete") as broken:
            http.ask("GET", address)
        assert broken.value.met == "mail"  # what was asked for may be done
    with raw_tls(authority, unframed, says_the_end=True) as address, Http(address, server) as http:
        assert len(http.ask("GET", address).body) == 44_000
    with raw_tls(authority, framed, says_the_end=False) as address, Http(address, server) as http:
        assert http.ask("GET", address).body == b"whole"
    with raw(unframed) as address, Http(address, Server("", 80)) as http:
        assert not http.ask("GET", address).end_is_told
    with raw(framed) as address, Http(address, Server("", 80)) as http:
        assert http.ask("GET", address).end_is_told


def test_an_answer_that_somebody_packed_is_not_taken_for_what_it_holds() -> None:
    packed = gzip.compress(b"Subject: Printer\r\n\r\nIt smokes.\r\n")
    length = f"Content-Length: {len(packed)}\r\n\r\n".encode()
    with (
        raw(OK, b"Content-Encoding: gzip\r\n", length + packed) as address,
        Http(address, Server("", 80)) as http,
        pytest.raises(ProtocolViolated, match="packed body"),
    ):
        http.ask("GET", address)


def test_what_is_not_reached_is_told_without_a_word_of_mail_servers(served: CloudServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    cases: list[tuple[str, type[TransportError], str]] = [
        (f"https://127.0.0.1:{port}", ServerUnreachable, "refused the connection"),
        ("https://no-such-name.invalid", ServerUnreachable, "was not found"),
    ]
    with raw(b"220 mail.example ESMTP\r\n") as address:
        cases.append((address.replace("http:", "https:"), TlsRefused, "TLS"))
        for where, kind, told in cases:
            with Http(where, reach(served)) as http, pytest.raises(kind, match=told) as trouble:
                http.ask("GET", where)
            assert "mail server" not in trouble.value.words and "STARTTLS" not in trouble.value.words
            assert trouble.value.words.count("To do: ") == 1


def test_a_server_that_trickles_counts_as_silent() -> None:
    with (
        raw(OK, *[b"X-A: b\r\n"] * 400, pause=0.05) as address,
        Http(address, Server("", 80, step_timeout=0.4)) as http,
        pytest.raises(ServerUnreachable, match=r"no full answer within 0\.4 s"),
    ):
        http.ask("GET", address)


def test_all_of_a_request_together_has_a_limit_where_one_is_set(served: CloudServer) -> None:
    big = b"X-A: " + b"b" * 20_000 + b"\r\n"  # enough for one step after the other, without end
    with (
        raw(OK + b"Content-Length: 900000\r\n\r\n", *[big] * 40, pause=0.05) as address,
        Http(address, Server("", 80, step_timeout=0.4), within=0.6) as http,
        pytest.raises(ServerUnreachable, match=r"no full answer within 0\.6 s"),
    ):
        http.ask("GET", address)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with (
            Http(where, reach(served), within=0.3) as http,
            pytest.raises(TlsRefused, match=r"\(TLS\) within 0\."),
        ):
            http.ask("GET", where)
    with Http(served.base, reach(served), within=20.0) as http:
        assert http.ask("POST", served.base, body=b"in time").body == b"in time"


def test_a_token_that_no_header_may_hold_is_refused_without_being_shown(served: CloudServer) -> None:
    broken: Callable[[str], dict[str, str]] = lambda sign: {"Authorization": f"Bearer {TOKEN}{sign}x"}  # noqa: E731
    with Http(served.base, reach(served)) as http:
        for sign in ("\r\n", "\0", "\u00e9"):
            with pytest.raises(LoginRefused, match="was not asked") as refused:
                http.ask("GET", served.base, broken(sign))
            assert TOKEN not in str(refused.value)


def test_an_answer_says_how_long_to_wait() -> None:
    date = b"Date: Mon, 30 Nov 2026 10:00:00 GMT\r\n"
    cases = [
        (b"17", 17.0),
        (b"Mon, 30 Nov 2026 10:01:00 GMT", 60.0),
        (b"soon", None),
        (b"9" * 30, 86_400.0),
    ]
    for written, seconds in cases:
        waits = b"Retry-After: " + written + b"\r\nContent-Length: 0\r\n\r\n"
        with raw(b"HTTP/1.1 429 Too Many\r\n", date, waits) as address, Http(address, Server("", 80)) as http:
            assert http.ask("GET", address).retry_after == seconds
