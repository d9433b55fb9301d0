"""Secret connections: what is checked, and that nothing leaves before it is."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from deskpost.transports.connection import Server, Tls
from deskpost.transports.errors import CertificateRefused, TlsRefused
from deskpost.transports.imap import open_imap
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.smtp import Envelope, open_smtp
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Line, Script, ScriptedServer
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import imap_server, login, mail, pop_server, server

BAD = {
    "self_signed": "nobody this machine trusts has issued it",
    "wrong_name": 'it is not made out for the name "localhost"',
    "expired": "it has expired",
    "not_yet": "its time has not come yet",
}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("certificate", BAD)
def test_a_certificate_that_proves_nothing_is_refused_before_the_password_leaves(
    dovecot_with: Callable[..., Dovecot],
    smtp_sink_with: Callable[..., SmtpSink],
    certificate_authority: CertificateAuthority,
    certificate: str,
    tls: Tls,
) -> None:
    bad = getattr(certificate_authority, certificate)
    dovecot = dovecot_with(certificate=bad)
    sink = smtp_sink_with(tls=tls, certificate=bad, logins={"anna": PASSWORD})
    for opening in (
        open_imap(imap_server(dovecot, tls), login("anna")),
        open_pop3(pop_server(dovecot, tls), login("anna")),
        open_smtp(server(sink.port, tls, dovecot.ca_file), login("anna")),
    ):
        with pytest.raises(CertificateRefused, match="To do:") as caught, opening:
            pass
        assert BAD[certificate] in caught.value.words
        assert caught.value.mend == "administrator"
    assert "Login" not in dovecot.log_text()
    assert sink.auths == 0


def test_a_good_certificate_of_an_issuer_that_is_not_named_is_refused(dovecot: Dovecot) -> None:
    opening = open_imap(server(dovecot.imaps, "implicit"), login("anna"))
    with pytest.raises(CertificateRefused, match="own issuer as certificate authority file"), opening:
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", " localhost "])
def test_servers_are_reached_and_checked_by_name_ipv4_and_ipv6(dovecot: Dovecot, host: str) -> None:
    with open_imap(
        Server(host, dovecot.imaps, "implicit", ca_file=dovecot.ca_file), login(dovecot.new_user())
    ) as source:
        assert source.list(None, None) == []


def test_checks_that_were_switched_off_accept_any_certificate(
    dovecot_with: Callable[..., Dovecot], certificate_authority: CertificateAuthority
) -> None:
    dovecot = dovecot_with(certificate=certificate_authority.self_signed)
    with open_imap(
        server(dovecot.imaps, "implicit", verify_certificate=False), login(dovecot.new_user())
    ) as source:
        assert source.list(None, None) == []


def test_a_ca_file_that_cannot_be_used_is_named(dovecot: Dovecot, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for path, reason in (
        (str(tmp_path / "absent.pem"), "no such file"),
        (str(empty), "holds no certificate"),
        (str(tmp_path), "cannot be used"),
        ("a\0b", "cannot be used"),
    ):
        opening = open_imap(server(dovecot.imaps, "implicit", path), login("anna"))
        with pytest.raises(CertificateRefused, match="To do:") as caught, opening:
            pass
        assert reason in caught.value.words


def test_a_ca_file_written_anew_is_read_anew(
    dovecot: Dovecot, certificate_authority: CertificateAuthority, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    other = CertificateAuthority()
    ca_file.write_bytes(other.ca_file.read_bytes())
    other.close()
    opening = open_imap(server(dovecot.imaps, "implicit", str(ca_file)), login("anna"))
    with pytest.raises(CertificateRefused), opening:
        pass
    ca_file.write_bytes(certificate_authority.ca_file.read_bytes())
    with open_imap(server(dovecot.imaps, "implicit", str(ca_file)), login(dovecot.new_user())) as source:
        assert source.list(None, None) == []


def _imap_then_more(line: Line) -> None:
    line.say(b"* OK ready")
    line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 STARTTLS")
    tag = line.hear_until(b"STARTTLS").split(b" ")[0]
    line.say(tag + b" OK begin", b"* CAPABILITY IMAP4REV1 AUTH=PLAIN", b"D3 OK done")
    line.hear()


def _pop_then_more(line: Line) -> None:
    line.say(b"+OK ready")
    line.hear_until(b"CAPA")
    line.say(b"+OK", b"STLS", b".")
    line.hear_until(b"STLS")
    line.say(b"+OK begin", b"+OK", b".")
    line.hear()


def _smtp_then_more(line: Line) -> None:
    line.say(b"220 ready")
    line.hear_until(b"EHLO")
    line.say(b"250-hello", b"250 STARTTLS")
    line.hear_until(b"STARTTLS")
    line.say(b"220 begin", b"250-hello", b"250 AUTH PLAIN", b"235 fine")
    line.hear()


@pytest.mark.parametrize("protocol", ["imap", "pop", "smtp"])
def test_answers_slipped_in_behind_starttls_are_not_believed(
    scripted: Callable[[Script], ScriptedServer], protocol: str
) -> None:
    script = {"imap": _imap_then_more, "pop": _pop_then_more, "smtp": _smtp_then_more}[protocol]
    fake = scripted(script)
    opening = {
        "imap": lambda where: open_imap(where, login("anna")),
        "pop": lambda where: open_pop3(where, login("anna")),
        "smtp": lambda where: open_smtp(where, login("anna")),
    }[protocol](server(fake.port, "starttls"))
    with pytest.raises(TlsRefused, match="To do:"), opening:
        pass
    assert not any(PASSWORD.encode() in line or b"AUTH" in line.upper() for line in fake.heard)


def test_a_server_that_knows_us_before_tls_is_refused(scripted: Callable[[Script], ScriptedServer]) -> None:
    def preauth(line: Line) -> None:
        line.say(b"* PREAUTH welcome")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 STARTTLS")
        line.hear()

    opening = open_imap(server(scripted(preauth).port, "starttls"), login("anna"))
    with pytest.raises(TlsRefused), opening:
        pass


def test_a_handshake_that_stalls_ends_in_time(scripted: Callable[[Script], ScriptedServer]) -> None:
    wait = threading.Event()
    fake = scripted(lambda line: wait.wait(30) and None)
    opening = open_imap(server(fake.port, "implicit", connect_timeout=0.3), login("anna"))
    with pytest.raises(TlsRefused, match="within 0.3 s"), opening:
        pass
    wait.set()


def test_mail_goes_out_over_tls_as_it_was(
    smtp_sink_with: Callable[..., SmtpSink], certificate_authority: CertificateAuthority
) -> None:
    sink = smtp_sink_with(tls="implicit")
    content = mail(1, 3_000_000)
    with open_smtp(server(sink.port, "implicit", str(certificate_authority.ca_file))) as smtp:
        smtp.send(Envelope("desk@msp.example", ("customer@client.example",), content))
    assert sink.received[0].content == content
