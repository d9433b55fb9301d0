"""What servers answer to a bearer token, word by word: Microsoft, Google, and such as do it their own way."""

import base64
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from deskpost.transports.bearer import exchange
from deskpost.transports.connection import Server
from deskpost.transports.errors import (
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    MailboxClosed,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TokenRefused,
    TransportError,
)
from deskpost.transports.logins import BearerLogin
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.smtp import open_smtp
from deskpost.transports.target import Target
from tests.servers.scripted import Line, Script, ScriptedServer
from tests.transports.builders import server

Start = Callable[[Script], ScriptedServer]
TOKEN = "eyJ0eXAiOiJKV1QiLCJub25jZSI6I" + "q7_-" * 400
LOGIN = BearerLogin("help@msp.example", TOKEN)
FIRST = base64.b64encode(f"user=help@msp.example\x01auth=Bearer {TOKEN}\x01\x01".encode()).decode()
MICROSOFT_NO = "535 5.7.3 Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]"
MICROSOFT_OFF = (
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. "
    "Visit https://aka.ms/smtp_auth_disabled for more information."
)
GOOGLE_JSON = b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'


def talk(family: str, mechanism: str, *answers: bytes, selected: bytes = b"") -> Script:
    """A server that offers this mechanism and gives these answers: to the command, to the token, to the rest.

    In them {tag} is IMAP's. With `selected` the last one is "yes", and this is what IMAP says to SELECT.
    """

    def script(line: Line) -> None:
        offered = mechanism.encode()
        if family == "imap":
            line.say(b"* OK The Microsoft Exchange IMAP4 service is ready.")
            line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=" + offered)
        elif family == "pop":
            line.say(b"+OK The Microsoft Exchange POP3 service is ready.")
            line.hear()
            line.say(b"+OK", b"TOP", b"UIDL", b"SASL PLAIN " + offered, b"USER", b".")
        else:
            line.say(b"220 smtp.office365.com Microsoft ESMTP MAIL Service ready")
            line.hear()
            line.say(b"250-smtp.office365.com Hello", b"250-AUTH LOGIN " + offered, b"250 SMTPUTF8")
        tag = b""
        for answer in answers:
            heard = line.hear()
            tag = tag or heard.split(b" ")[0]
            line.say(answer.replace(b"{tag}", tag))
        if selected:
            line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4 IMAP4rev1")
            line.answer_imap(b"SELECT", status=selected)
        line.hear()

    return script


def refusal(scripted: Start, family: str, script: Script, login: BearerLogin = LOGIN) -> TransportError:
    where = server(scripted(script).port)
    opener = PROTOCOLS[family].open_source
    opening = opener(Target(where, login), "INBOX") if opener else open_smtp(where, login)
    with pytest.raises(TransportError) as caught, opening:
        pass
    assert TOKEN[:40] not in caught.value.words + str(caught.value.answer) + repr(login)
    return caught.value


def challenge(mark: bytes, json_text: bytes) -> bytes:
    return mark + b" " + base64.b64encode(json_text)


@pytest.mark.parametrize(
    ("family", "answers", "error", "words"),
    [
        ("imap", [b"+", b"{tag} NO AUTHENTICATE failed."], TokenRefused, '"AUTHENTICATE failed."'),
        (
            "imap",
            [
                b"+",
                challenge(b"+", GOOGLE_JSON),
                b"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            ],
            TokenRefused,
            "(Failure) (status 400, schemes Bearer, scope https://mail.google.com/)",
        ),
        ("imap", [b"+", b"{tag} NO [UNAVAILABLE] later"], ServerUnreachable, "tries again by itself"),
        ("imap", [b"+", b"* BYE Too many simultaneous connections"], Throttled, "asks for patience"),
        (
            "pop",
            [b"+ ", b"-ERR Authentication failure: unknown user name or bad password."],
            TokenRefused,
            "bad password",
        ),
        (
            "pop",
            [b"+ ", b"-ERR Protocol error. Connection is closed. 10"],
            ServerUnreachable,
            "tries again by itself",
        ),
        ("pop", [b"+ ", challenge(b"+", GOOGLE_JSON), b"-ERR no"], TokenRefused, "no (status 400"),
        ("smtp", [b"334 ", MICROSOFT_NO.encode()], TokenRefused, MICROSOFT_NO),
        ("smtp", [b"334 ", MICROSOFT_OFF.encode()], ConsentLost, "Set-CASMailbox"),
        (
            "smtp",
            [b"334", challenge(b"334", GOOGLE_JSON), b"535-5.7.8 no\r\n535 5.7.8 no"],
            TokenRefused,
            "400",
        ),
        ("smtp", [b"334 ", b"454 4.7.0 Temporary authentication failure"], ServerUnreachable, "tries again"),
    ],
)
def test_each_answer_to_a_token_is_told_for_what_it_is(
    scripted: Start, family: str, answers: list[bytes], error: type[TransportError], words: str
) -> None:
    found = refusal(scripted, family, talk(family, "XOAUTH2", *answers))
    assert type(found) is error
    assert words in found.words


def test_a_mailbox_that_microsoft_does_not_open_to_the_token_names_the_missing_right(scripted: Start) -> None:
    answers = (b"+", b"{tag} OK AUTHENTICATE completed.")
    script = talk("imap", "XOAUTH2", *answers, selected=b"BAD User is authenticated but not connected.")
    found = refusal(scripted, "imap", script)
    assert type(found) is MailboxClosed and found.mend == "wait", "it may pass"
    assert "Add-MailboxPermission" in found.words and "help@msp.example" in found.words
    assert "tries again by itself" in found.words


@pytest.mark.parametrize(
    ("family", "answer"),
    [
        ("imap", b"{tag} NO AUTHENTICATE failed."),
        ("pop", b"-ERR Authentication failure: unknown user name or bad password."),
        ("smtp", MICROSOFT_NO.encode()),
    ],
)
@pytest.mark.parametrize("kept", [True, False], ids=["saved", "not saved yet"])
def test_an_application_on_its_own_that_is_refused_names_what_exchange_online_needs(
    scripted: Start, family: str, answer: bytes, kept: bool
) -> None:
    login = replace(LOGIN, on_its_own=True)
    renewing = replace(login, renew=lambda: login) if kept else login
    marks = {"imap": b"+", "pop": b"+", "smtp": b"334 "}
    found = refusal(scripted, family, talk(family, "XOAUTH2", marks[family], answer), renewing)
    assert type(found) is ApplicationRefused
    for told in (
        *("New-ServicePrincipal", "Add-MailboxPermission", "object id of the enterprise application"),
        *("SMTP.SendAsApp", "IMAP.AccessAsApp", '"help@msp.example"', "tries again by itself"),
    ):
        assert told in found.words


def test_an_application_to_which_microsoft_opens_no_mailbox_names_both_commands(scripted: Start) -> None:
    answers = (b"+", b"{tag} OK AUTHENTICATE completed.")
    script = talk("imap", "XOAUTH2", *answers, selected=b"BAD User is authenticated but not connected.")
    found = refusal(scripted, "imap", script, replace(LOGIN, on_its_own=True))
    assert type(found) is ApplicationRefused
    assert "New-ServicePrincipal" in found.words and "Add-MailboxPermission" in found.words


def test_a_token_too_long_for_the_command_has_a_line_of_its_own(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2")
        tag = line.hear().removesuffix(b" AUTHENTICATE XOAUTH2")
        line.say(b"+ ")
        line.hear()
        line.say(tag + b" NO no")

    assert type(refusal(scripted, "imap", script, BearerLogin("anna", TOKEN * 6))) is TokenRefused


@pytest.mark.parametrize(("mechanism", "ending"), [("XOAUTH2", b""), ("OAUTHBEARER", b"AQ==")])
@pytest.mark.parametrize(("family", "mark"), [("imap", b"+"), ("pop", b"+"), ("smtp", b"334")])
def test_command_token_and_end_are_a_line_each(
    scripted: Start, family: str, mark: bytes, mechanism: str, ending: bytes
) -> None:
    no = {"imap": b"{tag} NO no", "pop": b"-ERR no", "smtp": b"535 no"}[family]
    heard: list[bytes] = []

    def script(line: Line) -> None:
        line.heard = heard
        talk(family, mechanism, mark + b" ", challenge(mark, GOOGLE_JSON), no)(line)

    refusal(scripted, family, script)
    command, token, end = heard[1:4]
    assert command.endswith((b"AUTH " + mechanism.encode(), b"AUTHENTICATE " + mechanism.encode()))
    assert f"auth=Bearer {TOKEN}\x01\x01".encode() in base64.b64decode(token)
    assert end == ending


@pytest.mark.parametrize(
    "text", [TOKEN, TOKEN[:60], FIRST, FIRST[:200]], ids=["token", "cut", "line", "cut line"]
)
def test_a_token_that_the_server_repeats_is_shown_to_nobody(scripted: Start, text: str) -> None:
    complaint = json.dumps({"status": f"what is {text}", "scope": [1]}).encode()
    no = f"535 5.5.2 what is {text}".encode()
    found = refusal(scripted, "smtp", talk("smtp", "XOAUTH2", b"334", challenge(b"334", complaint), no))
    assert text[:30] not in found.words + str(found.answer)
    assert found.words.count("what is (hidden)") == 2


@pytest.mark.parametrize(
    "complaint", [b"\xff\xfe", b"[" * 40_000, b'"no"', b'{"status": null, "scope": ""}', b"=="]
)
def test_a_complaint_of_any_shape_is_a_refused_token(scripted: Start, complaint: bytes) -> None:
    script = talk("imap", "XOAUTH2", b"+", b"+ " + base64.b64encode(complaint), b"{tag} NO no")
    assert type(refusal(scripted, "imap", script)) is TokenRefused
    script = talk("imap", "XOAUTH2", b"+", b"+ " + complaint[:50], b"{tag} NO no")
    assert type(refusal(scripted, "imap", script)) is TokenRefused


@pytest.mark.parametrize(("family", "mark"), [("imap", b"+ x"), ("pop", b"+ x"), ("smtp", b"334 x")])
def test_a_server_that_goes_on_asking_is_left(scripted: Start, family: str, mark: bytes) -> None:
    found = refusal(scripted, family, talk(family, "XOAUTH2", *[mark] * 2000))
    assert type(found) is ProtocolViolated


@pytest.mark.parametrize("family", ["imap", "pop", "smtp"])
def test_a_token_crosses_no_network_in_clear(family: str) -> None:
    opener = PROTOCOLS[family].open_source
    where = Server("mail.msp.example", 143)
    with pytest.raises(LoginRefused, match="only over a secret connection"), ExitStack() as stack:
        stack.enter_context(opener(Target(where, LOGIN), "INBOX") if opener else open_smtp(where, LOGIN))


@pytest.mark.parametrize(
    "login",
    [
        BearerLogin("help@msp.example\x01auth=Bearer x", "token"),
        BearerLogin("help\r\n@msp.example", "token"),
        BearerLogin("help@msp.example", ""),
        BearerLogin("help@msp.example", "a token"),
        BearerLogin("help@msp.example", "tok\udcffen"),
    ],
)
def test_a_user_name_or_token_that_cannot_be_told_is_not_sent(scripted: Start, login: BearerLogin) -> None:
    found = refusal(scripted, "imap", talk("imap", "XOAUTH2"), login)
    assert type(found) is LoginRefused
    assert "holds signs that no mail server takes" in found.words


def test_the_messages_are_those_of_the_rfc_and_of_google() -> None:
    """RFC 7628 section 4.1; https://developers.google.com/workspace/gmail/imap/xoauth2-protocol."""
    login = BearerLogin("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
    where = Server("server.example.com", 143)
    assert exchange(where, login, ["PLAIN", "XOAUTH2", "OAUTHBEARER"]).first == (
        b"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
        b"HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    )
    login = BearerLogin("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert exchange(where, login, ["XOAUTH2"]).first == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhk"
        b"SFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
    odd = exchange(where, BearerLogin("a,b=c@example.com", "t"), ["OAUTHBEARER"]).first
    assert base64.b64decode(odd).startswith(b"n,a=a=2Cb=3Dc@example.com,\x01")
