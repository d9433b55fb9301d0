"""Which addresses are connected to: judged after the look-up, and nothing is dialled that is refused."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from deskpost.transports.address_rules import objection
from deskpost.transports.dial import dial
from deskpost.transports.errors import AddressRefused, ServerUnreachable
from deskpost.transports.imap import open_imap
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.smtp import open_smtp
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import login, server

Means = Callable[..., None]

NEVER = [
    "169.254.169.254",
    "169.254.7.7",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fe80::1%1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "::ffff:100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "::7f00:1",
    "100::1",
    "4000::1",
    "fe00::1",
]
PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "fd12:3456::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
]
PUBLIC = [
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "2606:4700::1",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Gives where this process connects to from now on; it really does."""
    tried: list[object] = []

    class Noted(socket.socket):
        def connect(self, where: object) -> None:
            tried.append(where)
            super().connect(where)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "socket", Noted)
    yield tried


@pytest.fixture
def means(monkeypatch: pytest.MonkeyPatch) -> Means:
    """Gives a function that lets a name mean these addresses: no name service can be had for a test."""
    real = socket.getaddrinfo

    def means(name: str, *addresses: str) -> None:
        def look_up(host: str, port: int, *arguments: object, **options: object) -> list[object]:
            numeric = bool(options.get("flags"))
            if host != name or numeric:
                return list(real(host, port, *arguments, **options))  # type: ignore[arg-type]
            return [one for address in addresses for one in real(address, port, type=socket.SOCK_STREAM)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return means


@pytest.mark.parametrize("address", NEVER)
def test_what_no_mail_server_has_is_refused_whatever_the_settings_say(address: str) -> None:
    for allow_private in (True, False):
        against = objection(address, allow_private=allow_private)
        assert against is not None and not against.private


@pytest.mark.parametrize("address", PRIVATE)
def test_this_machine_and_private_networks_are_a_matter_of_settings(address: str) -> None:
    assert objection(address, allow_private=True) is None
    against = objection(address, allow_private=False)
    assert against is not None and against.private


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_never_refused(address: str) -> None:
    assert objection(address, allow_private=False) is None


@pytest.mark.parametrize(
    "written",
    ["169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fe80::1]", "0.0.0.0", "0"],
)
def test_a_refused_address_is_not_dialled_however_it_is_written(
    written: str, connections: list[object]
) -> None:
    with pytest.raises(AddressRefused) as caught:
        dial(written, 25, f"{written}:25", 5.0)
    assert caught.value.words.startswith(f"{written}:25 was not connected to: its address ")
    assert "To do:" in caught.value.words
    assert caught.value.mend == "administrator"
    assert not connections


@pytest.mark.parametrize("written", ["127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_dialled_where_the_settings_say_so(
    written: str, smtp_sink: SmtpSink, connections: list[object]
) -> None:
    port = smtp_sink.port
    with pytest.raises(AddressRefused, match="set the key allow_private of network to true"):
        dial(written, port, f"{written}:{port}", 5.0, allow_private=False)
    assert not connections


@pytest.mark.parametrize("opening", [open_imap, open_pop3])
def test_a_mailbox_on_this_machine_is_refused_before_anything_is_sent(
    opening: Callable[..., AbstractContextManager[object]], dovecot: Dovecot, connections: list[object]
) -> None:
    port = dovecot.imap if opening is open_imap else dovecot.pop
    with pytest.raises(AddressRefused), opening(server(port, allow_private=False), login("anna")):
        pass
    assert not connections


def test_a_server_for_sending_on_this_machine_is_refused(
    smtp_sink: SmtpSink, connections: list[object]
) -> None:
    there = server(smtp_sink.port, allow_private=False)
    with pytest.raises(AddressRefused), open_smtp(there, None):
        pass
    assert not connections


def test_a_name_is_judged_by_the_address_it_means(means: Means, connections: list[object]) -> None:
    means("mail.example", "169.254.169.254")
    with pytest.raises(AddressRefused, match=r"its address 169\.254\.169\.254 is a cloud's metadata service"):
        dial("mail.example", 25, "mail.example:25", 5.0)
    assert not connections


def test_of_several_addresses_those_that_may_be_used_are_used(
    means: Means, smtp_sink: SmtpSink, connections: list[object]
) -> None:
    port = smtp_sink.port
    means("mail.example", "169.254.169.254", "fe80::1", "127.0.0.1", "0.0.0.0")
    with dial("mail.example", port, f"mail.example:{port}", 5.0) as link:
        assert link.getpeername() == ("127.0.0.1", port)
    assert connections == [("127.0.0.1", port)]


def test_what_the_settings_could_allow_is_told_before_what_they_could_not(means: Means) -> None:
    means("mail.example", "169.254.169.254", "10.0.0.5")
    with pytest.raises(AddressRefused, match=r"its address 10\.0\.0\.5 is in a private network"):
        dial("mail.example", 25, "mail.example:25", 5.0, allow_private=False)


def test_a_name_that_means_another_address_at_each_look_up_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, smtp_sink: SmtpSink, connections: list[object]
) -> None:
    port = smtp_sink.port
    real, answers = socket.getaddrinfo, ["127.0.0.1", "169.254.169.254", "169.254.169.254"]

    def look_up(host: str, port: int, **options: object) -> object:
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        return real(answers.pop(0), port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with dial("mail.example", port, f"mail.example:{port}", 5.0):
        assert len(answers) == 2, "one look-up, whose addresses are judged and connected to"
    assert connections == [("127.0.0.1", port)]


def test_an_address_that_may_be_used_and_refuses_is_told_as_that(means: Means) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    means("mail.example", "169.254.1.1", "127.0.0.1")
    with pytest.raises(ServerUnreachable, match="refused the connection") as caught:
        dial("mail.example", port, f"mail.example:{port}", 5.0)
    assert not isinstance(caught.value, AddressRefused)
