"""What a domain says of its mail servers: over https from a real web server, and files of every kind."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deskpost.transports.autoconfig import Offered, address_of, ask, read
from deskpost.transports.connection import Server
from tests.servers.certificates import CertificateAuthority

FILE = b"""<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="two.example"><domain>two.example</domain>
<incomingServer type="pop3"><hostname>pop.two.example</hostname><port>995</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username></incomingServer>
<incomingServer type="imap"><hostname>plain.two.example</hostname><port>143</port><socketType>plain</socketType>
</incomingServer>
<incomingServer type="imap"><hostname>IMAP.two.example</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.two.example</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer></emailProvider></clientConfig>"""


class Web:
    """A web server that answers with `body`."""

    def __init__(self, authority: CertificateAuthority) -> None:
        self.body, self.status = FILE, 200
        web = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(web.status)
                self.send_header("Content-Length", str(len(web.body)))
                self.send_header("Location", "https://elsewhere.example/")
                self.end_headers()
                self.wfile.write(web.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.good.certificate, authority.good.key)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"https://localhost:{self.server.server_address[1]}/mail/config-v1.1.xml"
        self.reach = Server("", 443, ca_file=str(authority.ca_file), connect_timeout=20.0, step_timeout=20.0)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def web(certificate_authority: CertificateAuthority) -> Iterator[Web]:
    found = Web(certificate_authority)
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_the_best_encrypted_server_of_each_direction_is_offered(web: Web) -> None:
    said = ask(web.address, web.reach)
    assert said is not None
    assert said.incoming == Offered("imaps", "imap.two.example", 993, whole=False)
    assert said.outgoing == Offered("smtp", "smtp.two.example", 587, whole=True)
    assert address_of("two.example") == "https://autoconfig.two.example/mail/config-v1.1.xml"


def test_what_is_refused_redirected_endless_or_unproven_says_nothing(web: Web) -> None:
    for status, body in (
        (404, FILE),
        (302, FILE),
        (500, b""),
        (200, FILE + b" " * 70_000),
        (200, b"<html></html>"),
    ):
        web.status, web.body = status, body
        assert ask(web.address, web.reach) is None, status
    web.status, web.body = 200, FILE
    unknown = Server("", 443, connect_timeout=3.0, step_timeout=3.0)
    assert ask(web.address, unknown) is None, "whose certificate nobody vouches for is not believed"
    assert ask(web.address.replace("https:", "http:").replace("localhost", "mail.example"), unknown) is None


@pytest.mark.parametrize(
    "change",
    [
        (b"IMAP.two.example", b"imap two"),
        (b"993", b"99999"),
        (b"993", b"x"),
        (b"993", b""),
        (b'<incomingServer type="imap"><hostname>IMAP', b'<incomingServer type="nntp"><hostname>IMAP'),
    ],
)
def test_a_server_that_cannot_be_one_is_passed_over(change: tuple[bytes, bytes]) -> None:
    said = read(FILE.replace(*change))
    assert said is not None and said.incoming == Offered("pops", "pop.two.example", 995, whole=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"<clientConfig>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><clientConfig>&b;</clientConfig>',
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<other/>",
    ],
)
def test_what_is_no_such_file_is_none(body: bytes) -> None:
    assert read(body) is None
