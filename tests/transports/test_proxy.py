"""Every protocol through real proxies: HTTP CONNECT by tinyproxy, SOCKS5 by microsocks, with and without a login."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import pytest

from deskpost.transports.connection import Server, linked
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import AddressRefused, CertificateRefused, ProxyRefused, TransportError
from deskpost.transports.http import Http
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.proxy import NOWHERE, Proxy, through
from deskpost.transports.target import Target
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.proxies import PASSWORD, USERNAME, RealProxy
from tests.servers.smtp_sink import SmtpSink
from tests.transports import ews_world, graph_world
from tests.transports.builders import imap_server, login, mail, pop_server, server

LIMIT = 1_000_000
WITHOUT, WITH = {"login": False}, {"login": True}
Proxies = Callable[..., RealProxy]


@dataclass
class Way:
    """A target of one protocol, and the place that a proxy is asked for."""

    protocol: str
    target: Target
    place: str

    def used(self, proxy: Proxy | None) -> bool:
        """Fetch one mail, or send one where the name ends in "out"."""
        protocol = PROTOCOLS[self.protocol.removesuffix(" out")]
        target = replace(self.target, server=replace(self.target.server, proxy=proxy))
        if protocol.open_source is not None and not self.protocol.endswith(" out"):
            with protocol.open_source(target, "INBOX", read_only=True) as source:
                return len(list(source.fetch(source.list(None, None), LIMIT))) == 1
        assert protocol.open_sender is not None
        own = target.login.username if target.login else "desk@msp.example"
        content = mail(1).replace(b"From: Customer <customer@client.example>", f"From: {own}".encode())
        envelope = Envelope(own, ("ute@client.example",), content)
        with protocol.open_sender(target) as sender:
            delivery = sender.send(envelope)
        return delivery.data is not None and delivery.data.accepted


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[graph_world.World, ews_world.World]]:
    with (
        graph_world.cloud_served(tmp_path_factory.mktemp("graph")) as graph,
        ews_world.cloud_served(tmp_path_factory.mktemp("ews")) as ews,
    ):
        yield graph, ews


@pytest.fixture(scope="module")
def smtps_sink(certificate_authority: CertificateAuthority) -> Iterator[SmtpSink]:
    with SmtpSink(tls="implicit", certificate=certificate_authority.good) as sink:
        yield sink


@contextmanager
def answering(answer: bytes, *, stays: bool) -> Iterator[int]:
    """Give the port of what answers the first thing that is said so, then says no more: it closes, or `stays`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            link, _ = listening.accept()
            with link, suppress(OSError):
                link.settimeout(2)
                link.recv(4096)
                link.sendall(answer)
                if not stays:
                    link.shutdown(socket.SHUT_WR)
                while link.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Way:
    protocol: str = request.param
    if protocol.startswith(("graph", "ews")):
        graph, ews = request.getfixturevalue("clouds")
        world = graph_world.fresh(graph) if protocol.startswith("graph") else ews_world.fresh(ews)
        world.deliver()
        return Way(protocol, world.target(), world.server.base.removeprefix("https://"))
    if protocol == "smtp":
        port = request.getfixturevalue("smtp_sink").port
        return Way(protocol, Target(server(port)), f"localhost:{port}")
    if protocol == "smtps":
        port = request.getfixturevalue("smtps_sink").port
        ca_file = request.getfixturevalue("certificate_authority").ca_file
        return Way(protocol, Target(server(port, "implicit", ca_file)), f"localhost:{port}")
    dovecot: Dovecot = request.getfixturevalue("dovecot")
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    tls = "implicit" if protocol.endswith("s") else "starttls"
    of = imap_server if protocol.startswith("imap") else pop_server
    where = of(dovecot, tls)
    return Way(protocol, Target(where, login(user)), where.place)


@pytest.mark.requirement("R62", "R76", "R85")
@pytest.mark.parametrize("options", [WITHOUT, WITH], ids=["open", "with login"])
@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize(
    "way",
    ["imap", "imaps", "pop", "pops", "smtp", "smtps", "ews", "ews out", "graph", "graph out"],
    indirect=True,
)
def test_a_proxy_leads_to_the_server_where_it_is_asked_and_is_left_alone_where_not(
    way: Way, kind: str, options: dict[str, bool], real_proxies: Proxies
) -> None:
    proxy = real_proxies(kind, **options)
    before = proxy.led_to()
    assert way.used(None)
    assert proxy.led_to() == before
    assert way.used(proxy.proxy)
    assert set(proxy.led_to()[len(before) :]) == {way.place}


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("options", [WITHOUT, WITH], ids=["open", "with login"])
def test_names_are_looked_up_by_the_proxy_and_its_login_is_told(
    kind: str, options: dict[str, bool], real_proxies: Proxies, smtp_sink: SmtpSink
) -> None:
    proxy = real_proxies(kind, **options)
    through(proxy.proxy, "localhost", smtp_sink.port, 5).close()
    assert proxy.led_to()[-1] == f"localhost:{smtp_sink.port}"
    with pytest.raises(ProxyRefused, match="could not connect to no-such-host.invalid:25"):
        through(proxy.proxy, "no-such-host.invalid", 25, 5)


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_wrong_login_and_none_are_told_apart(kind: str, real_proxies: Proxies) -> None:
    right = real_proxies(kind, login=True).proxy
    with pytest.raises(ProxyRefused, match=f'refused the user name "{USERNAME}"') as refused:
        through(replace(right, password="wrong-password"), "localhost", 25, 5)
    assert "wrong-password" not in refused.value.words
    with pytest.raises(ProxyRefused, match="asks for user name and password"):
        through(replace(right, username="", password=""), "localhost", 25, 5)


def test_a_proxy_that_does_not_lead_to_a_port_is_told_with_its_own_words(real_proxies: Proxies) -> None:
    proxy = real_proxies("http", ports=(443,)).proxy
    with pytest.raises(ProxyRefused, match='does not lead to localhost:25: "403'):
        through(proxy, "localhost", 25, 5)


def test_a_proxy_of_the_other_kind_is_told(real_proxies: Proxies) -> None:
    socks = real_proxies("socks5", login=True).proxy
    with pytest.raises(ProxyRefused, match="speaks SOCKS and was asked by HTTP CONNECT"):
        through(replace(socks, kind="http"), "localhost", 25, 5)
    http = real_proxies("http", login=False).proxy
    with pytest.raises(ProxyRefused, match="which kind of proxy it is"):
        through(replace(http, kind="socks5"), "localhost", 25, 0.5)


def test_a_proxy_that_is_not_there_is_no_trouble_of_the_mail_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(ProxyRefused, match=f"The proxy could not be reached. 127.0.0.1:{port} refused"):
        linked(replace(server(25), proxy=Proxy("http", "127.0.0.1", port)))
    with pytest.raises(ProxyRefused, match="none is set up"):
        linked(replace(server(25), proxy=NOWHERE))


@pytest.mark.parametrize(
    ("kind", "answer", "told"),
    [
        ("http", b"", "closed the connection without a word"),
        ("http", b"220 mail.example ESMTP\r\n", "what no proxy of its kind says"),
        ("http", b"HTTP/1.1 " + b"x" * 20_000, "what no proxy of its kind says"),
        ("http", b"HTTP/1.1 405 Method Not Allowed\r\n\r\n", "is a web server that leads nowhere"),
        ("http", b"HTTP/1.1 403 Pr0xy-s3cret-passw0rd\r\n\r\n", r"403 \(hidden\)"),
        ("http", b"HTTP/1.1 200 OK\r\nX: y", "gave no full answer"),
        ("socks5", b"", "closed the connection without a word"),
        ("socks5", b"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks HTTP and was asked by SOCKS5"),
        ("socks5", b"\x00\x5b", "speaks SOCKS4"),
        ("socks5", b"\x05\xff", "takes neither a user name"),
        ("socks5", b"\x05\x00\x05\x02\x00\x01", "does not lead to localhost:25"),
        ("socks5", b"\x05\x00\x05\x05\x00\x01", "could not connect to localhost:25"),
        ("socks5", b"\x05\x00\x05\x00\x00\x09", "what no proxy of its kind says"),
        ("socks5", b"\x05\x02\x01\x01", "refused the user name"),
        ("socks5", b"\x07\x07", "what no proxy of its kind says"),
    ],
)
def test_whatever_a_proxy_answers_is_told_in_words(kind: str, answer: bytes, told: str) -> None:
    with (
        answering(answer, stays=b"X: y" in answer) as port,
        pytest.raises(ProxyRefused, match=told) as refused,
    ):
        through(Proxy(kind, "127.0.0.1", port, USERNAME, PASSWORD), "localhost", 25, 0.5)  # type: ignore[arg-type]
    assert PASSWORD not in refused.value.words and " To do: " in refused.value.words


def test_what_the_server_says_at_once_is_not_taken_for_the_proxys_answer() -> None:
    answer = b"HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n220 mail.example\r\n"
    with (
        answering(answer, stays=True) as port,
        through(Proxy("http", "127.0.0.1", port), "localhost", 25, 5) as link,
    ):
        assert link.recv(100) == b"220 mail.example\r\n"


def test_the_proxys_address_is_judged_and_a_target_in_numbers_as_well(real_proxies: Proxies) -> None:
    proxy = real_proxies("http", login=False)
    before = proxy.led_to()
    with pytest.raises(AddressRefused, match="this machine's own"):
        linked(Server("mail.example", 25, proxy=proxy.proxy, allow_private=False))
    for target in ("169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"):
        with pytest.raises(AddressRefused, match="metadata"):
            linked(Server(target, 80, proxy=proxy.proxy))
    with pytest.raises(AddressRefused, match="link-local"):
        through(Proxy("socks5", "169.254.1.1", 1080), "mail.example", 25, 5)
    assert proxy.led_to() == before


def test_a_certificate_is_judged_by_the_servers_name_inside_the_tunnel(
    dovecot: Dovecot, real_proxies: Proxies
) -> None:
    proxy = real_proxies("http", login=False).proxy
    stranger = replace(imap_server(dovecot, "implicit"), host="localhost", ca_file=None, proxy=proxy)
    with (
        pytest.raises(CertificateRefused),
        PROTOCOLS["imaps"].open_source(Target(stranger, login("x")), "INBOX"),  # type: ignore[misc]
    ):
        pass


def test_what_goes_to_this_machine_by_a_proxy_elsewhere_can_be_overheard() -> None:
    near, far = Proxy("http", "127.0.0.1", 3128), Proxy("http", "proxy.example", 3128)
    assert not server(25).overheard and not replace(server(25), proxy=near).overheard
    assert replace(server(25), proxy=far).overheard
    with pytest.raises(TransportError, match="only over a secret connection"):
        Http("http://localhost/token", replace(server(25), proxy=far))


def test_a_server_name_that_holds_more_than_a_name_never_reaches_the_proxy() -> None:
    for kind in ("http", "socks5"):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            proxy = Proxy(kind, "127.0.0.1", listening.getsockname()[1])  # type: ignore[arg-type]
            for host in ("a b\r\nX-Evil: 1", "x" * 300, "a\0b"):
                with pytest.raises(TransportError):
                    through(proxy, host, 25, 1)
