"""No value of a mail can add a command, a recipient or a second mail."""

import pytest

from deskpost.transports.errors import MessageRefused
from deskpost.transports.smtp import Envelope, open_smtp
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import mail, server


def envelope(*recipients: str, content: bytes = b"") -> Envelope:
    return Envelope("desk@msp.example", recipients or ("customer@client.example",), content or mail())


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<evil@x.example",
        "a b@c.example",
        "a@b.example\n",
        "<a@b.example>",
        "\0@b.example",
        "\ud800@b.example",
    ],
)
def test_no_address_can_add_a_command_or_a_recipient(smtp_sink: SmtpSink, address: str) -> None:
    with open_smtp(server(smtp_sink.port)) as smtp:
        delivery = smtp.send(envelope(address, "good@client.example"))
        with pytest.raises(MessageRefused):
            smtp.send(Envelope(address, ("good@client.example",), mail()))
    assert delivery.recipients[address].permanent
    assert [one.recipients for one in smtp_sink.received] == [("good@client.example",)]


@pytest.mark.parametrize("end", [b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\n"])
def test_no_mail_can_hold_a_second_mail(smtp_sink: SmtpSink, end: bytes) -> None:
    evil = (
        mail() + b"x" + end + b"MAIL FROM:<a@b.example>\r\nRCPT TO:<evil@x.example>\r\nDATA\r\nboo\r\n.\r\n"
    )
    with open_smtp(server(smtp_sink.port)) as smtp:
        smtp.send(envelope(content=evil))
    (received,) = smtp_sink.received
    assert received.recipients == ("customer@client.example",)
    assert b"boo" in received.content
