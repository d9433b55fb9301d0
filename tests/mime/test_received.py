"""The line Received as a real mail server writes it, of a client that says of itself what suits it."""

import smtplib

import pytest

from deskpost.mime import received
from deskpost.mime.parse import parse
from tests.servers.postfix import Postfix


@pytest.mark.parametrize(
    ("helo", "understood"),
    [
        ("[203.0.113.9]", ""),
        ("a.example", "a.example"),
        ("[10.0.0.1])", ""),
        ("x\t(y\t[203.0.113.9])\tby\tmail.test.example\t(", ""),
    ],
)
def test_whatever_a_client_calls_itself_its_address_is_the_one_it_came_from(
    postfix: Postfix, helo: str, understood: str
) -> None:
    recipient = f"helo{len(helo)}@elsewhere.example"
    with smtplib.SMTP("127.0.0.1", postfix.plain, local_hostname=helo) as client:
        client.sendmail("a@x.example", [recipient], "From: a@x.example\r\nSubject: Hi\r\n\r\nHello")
    (raw,) = postfix.mails(recipient, wait_for=1)
    hops = [received.read(value) for value in parse(raw).headers_named("Received")]
    assert (str(hops[-1].address), hops[-1].helo) == ("127.0.0.1", understood)
