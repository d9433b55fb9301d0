"""Email debug: what is said on a connection is taken down for people to read, within bounds and without secrets."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest

from deskpost.transports.connection import Server
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import ServerUnreachable
from deskpost.transports.http import Http
from deskpost.transports.imap import open_imap
from deskpost.transports.logins import BearerLogin, Login
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.smtp import open_smtp
from deskpost.transports.wire_log import HEAD, LARGEST, TAIL, Recorder, login_command
from deskpost.transports.wire_secrets import Secrets
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.secrets import holds
from tests.servers.smtp_sink import SmtpSink
from tests.transports import ews_world
from tests.transports.builders import imap_server, login, mail, pop_server, server

TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJncmFwaCJ9.c2lnbmF0dXJl"
NASTY = 'p"4\\ss<&>/+ wörd%;='


class Kept(list[str]):
    """What a recorder handed on."""

    def recorder(self, *secrets: str, seconds: float = 60) -> Recorder:
        return Recorder(self.append, time.time() + seconds, secrets)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ews_world.World]:
    with ews_world.cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


@pytest.mark.requirement("R63")
@pytest.mark.parametrize("family", ["imap", "pop"])
def test_a_fetch_is_taken_down_both_ways_without_the_password(
    family: str, dovecot: Dovecot, kept: Kept
) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    of, opened = (imap_server, open_imap) if family == "imap" else (pop_server, open_pop3)
    where = replace(of(dovecot, "starttls"), log=kept.recorder())
    with opened(where, login(user)) as source:
        assert len(list(source.fetch(source.list(None, None), 1_000_000))) == 1
    (text,) = kept
    assert text.splitlines()[0].endswith(f"{family.upper()} to {where.place}, TLS starttls")
    assert "secured by TLSv1" in text and "Subject: mail 1" in text
    assert (" > D1 CAPABILITY" if family == "imap" else " > CAPA") in text
    assert "(hidden)" in text and not holds(text, PASSWORD)


@pytest.mark.requirement("R63")
def test_a_mail_that_is_sent_is_taken_down_without_the_login(
    smtp_sink_with: Callable[..., SmtpSink], kept: Kept
) -> None:
    sink = smtp_sink_with(logins={"anna": NASTY})
    with open_smtp(server(sink.port, log=kept.recorder()), Login("anna", NASTY)) as sender:
        delivery = sender.send(Envelope("desk@msp.example", ("ute@client.example",), mail(7)))
    assert delivery.data is not None and delivery.data.accepted
    (text,) = kept
    assert "> AUTH PLAIN (hidden)" in text and "> MAIL FROM:<desk@msp.example>" in text
    assert "Subject: mail 7" in text and "QUIT" in text
    assert not holds(text, NASTY) and not holds(text, f"anna\0{NASTY}")


def test_ews_is_taken_down_with_its_headers_and_without_basic_login_or_token(
    cloud: ews_world.World, kept: Kept
) -> None:
    world = ews_world.fresh(cloud)
    world.reach = replace(world.reach, log=kept.recorder())
    world.deliver()
    token = world.bearer()
    for one in (world.basic(), token):
        with world.open(login=one) as source:
            assert source.list(None, None)
    text = "".join(kept)
    assert "POST /EWS/Exchange.asmx HTTP/1.1" in text and "Authorization: Basic (hidden)" in text
    assert "Authorization: Bearer (hidden)" in text and "HTTP/1.1 200" in text and "SyncFolderItems" in text
    assert not holds(text, ews_world.PASSWORD) and not holds(text, token.token)


def test_a_token_endpoint_is_taken_down_without_what_it_is_told_and_gives(
    cloud: ews_world.World, kept: Kept
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": ews_world.CLIENT,
        "client_secret": ews_world.SECRET,
        "scope": "https://outlook.office365.com/.default",
    }
    address = f"{cloud.server.base}/{cloud.cloud.tenant}/oauth2/v2.0/token"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with Http(address, replace(cloud.reach, log=kept.recorder())) as http:
        given = http.ask("POST", address, headers, urlencode(form).encode()).json()["access_token"]
        http.ask("POST", address, headers, urlencode({**form, "client_secret": given}).encode())
    (text,) = kept
    assert "grant_type=client_credentials" in text and "client_secret=(hidden)" in text
    assert '"access_token": "(hidden)"' in text or '"access_token":"(hidden)"' in text
    assert not holds(text, ews_world.SECRET) and not holds(text, given)


@pytest.mark.parametrize("secret", ["hunter2pass", NASTY, TOKEN, "8Q~the-robot's-secret", "1234"])
def test_a_known_secret_is_hidden_in_every_spelling(secret: str) -> None:
    inside = [base64.b64encode(b"x" * n + secret.encode() + b"yz").decode() for n in range(1, 7)]
    said = [
        secret,
        quote(secret, safe=""),
        urlencode({"x": secret}),
        json.dumps({"x": secret}),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"\0anna\0{secret}".encode()).decode(),
        base64.urlsafe_b64encode(f"user:{secret}".encode()).decode(),
        *(inside if len(secret) > 8 else []),
    ]
    masked = "\n".join(Secrets([secret]).masked(f"you said {one} to me") for one in said)
    assert masked.count("(hidden)") >= len(said) - (3 if len(secret) < 8 else 0)
    assert len(secret) < 8 or not holds(masked, secret)
    assert secret not in masked


@pytest.mark.parametrize(
    "said",
    [
        "Authorization: Bearer %s",
        "authorization:Basic %s",
        "Proxy-Authorization: Basic %s",
        "Set-Cookie: session=%s; Path=/",
        "Cookie: a=b; session=%s",
        "Authorization: Bearer\r\n %s",
        '{"token_type":"Bearer","access_token":"%s"}',
        '{"refresh_token" : "%s',
        '{"uploadUrl":"https://outlook.office.com/api/upload?authtoken=%s"}',
        "PUT /api/upload?authtoken=%s HTTP/1.1",
        "grant_type=authorization_code&code=%s&code_verifier=x",
        "<t:Password Type='text'>%s</t:Password>",
        "D4 LOGIN anna %s",
        "AUTH XOAUTH2 %s",
        "PASS %s",
        "n,a=desk,\x01auth=Bearer %s\x01\x01",
        '{"clientState":"%s"}',
    ],
)
def test_a_secret_is_hidden_where_it_stands_though_nobody_told_that_it_is_one(said: str) -> None:
    assert not holds(Secrets([]).masked(said % TOKEN), TOKEN)


def test_a_secret_that_was_seen_once_is_hidden_wherever_it_is_repeated(kept: Kept) -> None:
    wire = kept.recorder().begin("HTTP to test")
    wire.came(b"HTTP/1.1 401 No\r\n\r\nThe token " + TOKEN.encode() + b" is none\r\n")
    wire.sent(b"GET / HTTP/1.1\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n\r\n")
    wire.end()
    assert not holds(kept[0], TOKEN) and "The token (hidden) is none" in kept[0]


def test_what_tells_of_an_error_is_not_hidden() -> None:
    said = (
        '{"error":{"code":"ErrorItemNotFound","message":"gone"},"error_description":"AADSTS7000215: Invalid"}'
    )
    assert Secrets(["hunter2"]).masked(said) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"D3 AUTHENTICATE PLAIN AGFubmEAc2VjcmV0\r\n", b"D3 AUTHENTICATE PLAIN (hidden)\r\n"),
        (b'D3 LOGIN "anna" "secret"\r\n', b"D3 LOGIN (hidden)\r\n"),
        (b"AUTH LOGIN\r\n", b"AUTH LOGIN\r\n"),
        (b"c2VjcmV0\r\n", b"(hidden)\r\n"),
        (b"PASS secret\r\n", b"PASS (hidden)\r\n"),
        (b"AUTH PLAIN AGFubmEAc2VjcmV0\r\n", b"AUTH PLAIN (hidden)\r\n"),
        (b"\r\n", b"\r\n"),
    ],
)
def test_of_a_login_only_its_command_is_shown(said: bytes, shown: bytes) -> None:
    assert login_command(said) == shown


@pytest.mark.parametrize(
    "at", [0, HEAD - 20, HEAD - 5, HEAD + 8180, 100_000, 200_000 - TAIL - 8190, 200_000 - TAIL - 5]
)
def test_a_long_answer_is_cut_in_the_middle_and_never_within_a_secret(at: int, kept: Kept) -> None:
    filler = b"0123456789abcde\n" * 12_500
    wire = kept.recorder("hunter2-passw0rd").begin("IMAP to test")
    said = (
        filler[:at] + b"hunter2-passw0rd" + TOKEN.encode() + b" access_token=" + TOKEN.encode() + filler[at:]
    )
    for start in range(0, len(said), 1000):
        wire.came(said[start : start + 1000])
    wire.end()
    (text,) = kept
    assert len(text) < 3 * (HEAD + TAIL) and "the middle is left out" in text
    for piece in ("hunter2", "passw0rd"):
        assert piece not in text
    assert not holds(text.replace("0123456789abcde", ""), TOKEN[:16])


def test_no_more_is_held_of_a_connection_than_a_megabyte(kept: Kept) -> None:
    wire = kept.recorder().begin("SMTP to test")
    for _ in range(400):
        wire.sent(b"x" * 10_000)
        wire.came(b"y" * 10_000)
    wire.end()
    wire.end()
    (text,) = kept
    assert len(text) < 2 * LARGEST and "was not taken down" in text


def test_a_mail_full_of_what_looks_like_secrets_is_masked_in_no_time(kept: Kept) -> None:
    wire = kept.recorder("hunter2").begin("IMAP to test")
    for turn in range(60):
        wire.sent(b"x")
        wire.came(b"".join(b'"token":"%030d" ?code=%030d\r\n' % (turn * 1000 + n, n) for n in range(200)))
    began = time.thread_time()
    wire.end()
    assert time.thread_time() - began < 5
    assert '"token":"(hidden)"' in kept[0]


def test_what_is_no_text_is_not_shown(kept: Kept) -> None:
    wire = kept.recorder().begin("HTTP to test")
    wire.came(b"fine\r\n\x1f\x8b\x08\x00\x00rest\r\n\xe4\xf6 umlauts\r\n")
    wire.end()
    assert "fine" in kept[0] and "signs that are no text" in kept[0] and "\x1f" not in kept[0]


def test_recording_ends_by_itself(dovecot: Dovecot, kept: Kept) -> None:
    user = dovecot.new_user()
    over = kept.recorder(seconds=-1)
    with open_imap(replace(imap_server(dovecot, "none"), log=over), login(user)):
        pass
    assert kept == []


def test_a_connection_that_fails_ends_with_what_went_wrong(kept: Kept) -> None:
    with pytest.raises(ServerUnreachable) as refused:
        open_imap(server(1, log=kept.recorder()), login("anna")).__enter__()
    assert refused.value.words in kept[0]


def test_a_recorder_shows_in_no_repr_and_makes_no_other_server(kept: Kept) -> None:
    plain = Server("mail.example", 25)
    assert replace(plain, log=kept.recorder("hunter2")) == plain
    assert repr(replace(plain, log=kept.recorder("hunter2"))) == repr(plain)


def test_a_token_login_is_hidden_at_a_mail_server(dovecot: Dovecot, kept: Kept) -> None:
    user = dovecot.new_user()
    with pytest.raises(Exception, match="To do"):
        open_imap(
            replace(imap_server(dovecot, "implicit"), log=kept.recorder()), BearerLogin(user, TOKEN)
        ).__enter__()
    assert kept and not holds("".join(kept), TOKEN)
