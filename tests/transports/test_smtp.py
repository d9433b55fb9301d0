"""SMTP and SMTPS against a real Postfix, and the same cases against a receiving server that needs no root."""

import re
from collections.abc import Callable

import pytest

from deskpost.transports.connection import Tls
from deskpost.transports.errors import (
    LoginRefused,
    MessageRefused,
    SendAsDenied,
    ServerUnreachable,
    Throttled,
    TlsRefused,
)
from deskpost.transports.smtp import Envelope, open_smtp
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import PASSWORD
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import login, mail, server
from tests.transports.receivers import Receiver

StartSink = Callable[..., SmtpSink]


def envelope(*recipients: str, content: bytes = b"") -> Envelope:
    return Envelope("desk@msp.example", recipients or ("customer@client.example",), content or mail())


@pytest.mark.parametrize(
    ("tls", "port", "username"),
    [
        ("none", "no_login", None),
        ("none", "plain", "anna"),
        ("starttls", "smtp", None),
        ("starttls", "smtp", "anna"),
        ("starttls", "submission", "anna"),
        ("implicit", "smtps", "anna"),
    ],
)
def test_a_mail_is_sent_with_every_kind_of_tls_and_login(
    postfix: Postfix, tls: Tls, port: str, username: str | None
) -> None:
    address = f"{tls}-{port}-{username}@client.example"
    with open_smtp(
        server(postfix.ports[port], tls, postfix.ca_file), login(username) if username else None
    ) as smtp:
        delivery = smtp.send(envelope(address))
    assert delivery.data is not None
    assert delivery.data.accepted
    assert re.search("queued as", delivery.data.text)
    (received,) = postfix.mails(address, wait_for=1)
    assert received.replace(b"\n", b"\r\n").endswith(mail())


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
@pytest.mark.parametrize("username", [None, "anna"])
def test_the_same_mails_reach_a_server_that_needs_no_root(
    smtp_sink_with: StartSink, tls: Tls, username: str | None
) -> None:
    sink = smtp_sink_with(tls=tls, logins={"anna": PASSWORD})
    ca_file = str(sink._certificate.certificate.parent / "ca.pem") if sink._certificate else None
    with open_smtp(server(sink.port, tls, ca_file), login(username) if username else None) as smtp:
        delivery = smtp.send(envelope("one@client.example", "two@client.example"))
    assert delivery.data is not None
    assert delivery.data.accepted
    (received,) = sink.received
    assert received.content == mail()
    assert received.sender == "desk@msp.example"
    assert received.recipients == ("one@client.example", "two@client.example")
    assert received.tls == (tls != "none")
    assert received.username == username
    assert sink.auths == (1 if username else 0)


def test_without_a_login_no_auth_is_sent_and_with_one_it_is(receiver: Receiver) -> None:
    with open_smtp(server(receiver.port)) as smtp:
        smtp.send(envelope())
    assert receiver.auths(sessions=1) == 0
    with open_smtp(server(receiver.port), login("anna")) as smtp:
        smtp.send(envelope())
    assert receiver.auths(sessions=2) == 1


def test_tls_wanted_of_a_server_without_it_is_refused_in_words_and_no_password_leaves(
    receiver: Receiver,
) -> None:
    opening = open_smtp(server(receiver.port, "starttls", receiver.ca_file), login("anna"))
    with pytest.raises(TlsRefused, match="does not offer STARTTLS") as caught, opening:
        pass
    assert "no password was sent" in caught.value.words
    assert "To do:" in caught.value.words
    assert receiver.auths(sessions=1) == 0


def test_login_with_mechanism_login_alone(smtp_sink_with: StartSink) -> None:
    sink = smtp_sink_with(logins={"anna": PASSWORD}, mechanisms=("LOGIN",))
    with open_smtp(server(sink.port), login("anna")) as smtp:
        smtp.send(envelope())
    assert sink.received[0].username == "anna"


def test_one_refused_recipient_does_not_stop_the_others(receiver: Receiver) -> None:
    address = "among-others@client.example"
    with open_smtp(server(receiver.port)) as smtp:
        delivery = smtp.send(envelope("refused@client.example", address, "later@client.example"))
    assert delivery.answer_for(address) == delivery.data
    refused, later = (
        delivery.answer_for("refused@client.example"),
        delivery.answer_for("later@client.example"),
    )
    assert refused is not None and later is not None
    assert (refused.code, refused.permanent) == (550, True)
    assert "No such person here" in refused.text
    assert (later.code, later.transient) == (450, True)
    assert len(receiver.mails(address)) == 1


@pytest.mark.parametrize("pipelining", [True, False])
def test_when_every_recipient_is_refused_no_mail_is_sent_and_the_next_one_is(
    smtp_sink_with: StartSink, pipelining: bool
) -> None:
    sink = smtp_sink_with(pipelining=pipelining)
    sink.behaviour.recipients = {"gone@client.example": "550 5.1.1 gone"}
    with open_smtp(server(sink.port)) as smtp:
        first = smtp.send(envelope("gone@client.example"))
        second = smtp.send(envelope("here@client.example"))
    assert first.data is None
    assert first.answer_for("gone@client.example") == first.recipients["gone@client.example"]
    assert second.data is not None and second.data.accepted
    assert [one.recipients for one in sink.received] == [("here@client.example",)]
    assert sink.sessions == 1


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refused_sender_is_the_answer_for_every_recipient(
    smtp_sink_with: StartSink, pipelining: bool
) -> None:
    sink = smtp_sink_with(pipelining=pipelining)
    sink.behaviour.senders = {"desk@msp.example": "550 5.7.1 you may not send as this address"}
    with open_smtp(server(sink.port)) as smtp:
        delivery = smtp.send(envelope("a@client.example", "b@client.example"))
    assert {answer.code for answer in delivery.recipients.values()} == {550}
    assert "may not send as" in delivery.recipients["a@client.example"].text
    assert sink.received == []


LIMITS = [
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to",
    "550 5.7.1 Daily SMTP relay limit exceeded for customer.",
]


@pytest.mark.parametrize("answer", LIMITS)
@pytest.mark.parametrize("at", ["sender", "recipient", "data"])
def test_a_limit_of_a_day_asks_for_hours_of_patience(smtp_sink: SmtpSink, answer: str, at: str) -> None:
    behaviour = smtp_sink.behaviour
    match at:
        case "sender":
            behaviour.senders = {"desk@msp.example": answer}
        case "recipient":
            behaviour.recipients = {"customer@client.example": answer}
        case _:
            behaviour.data = answer
    with open_smtp(server(smtp_sink.port)) as smtp, pytest.raises(Throttled) as caught:
        smtp.send(envelope())
    assert caught.value.retry_after == 3600 and caught.value.answer == answer
    assert "takes no more mail from this mailbox for a while" in caught.value.words
    assert "To do: " in caught.value.words


@pytest.mark.parametrize(
    "answer",
    [
        "554 5.2.252 SendAsDenied; anna@msp.example not allowed to send as desk@msp.example",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    ],
)
def test_a_missing_send_as_is_named_with_how_it_is_given(smtp_sink_with: StartSink, answer: str) -> None:
    sink = smtp_sink_with(logins={"anna": PASSWORD})
    sink.behaviour.data = answer
    with open_smtp(server(sink.port), login("anna")) as smtp:
        with pytest.raises(SendAsDenied) as caught:
            smtp.send(envelope())
        sink.behaviour.data = ""
        assert smtp.send(envelope()).data is not None  # other mails of this connection are not concerned
    for told in (
        answer,
        'does not let "anna" send as "desk@msp.example"',
        "Add-RecipientPermission",
        "SendAs",
    ):
        assert told in caught.value.words


@pytest.mark.parametrize("answer", ["554 5.7.1 spam", "452 4.3.1 disk full"])
def test_the_answer_to_the_final_dot_decides(smtp_sink: SmtpSink, answer: str) -> None:
    smtp_sink.behaviour.data = answer
    with open_smtp(server(smtp_sink.port)) as smtp:
        delivery = smtp.send(envelope())
    assert not delivery.unknown
    final = delivery.answer_for("customer@client.example")
    assert final is not None
    assert f"{final.code} {final.text}" == answer


def test_a_connection_that_breaks_after_the_final_dot_leaves_the_fate_unknown(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.close_before_250 = 5
    unknown = 0
    with open_smtp(server(smtp_sink.port)) as smtp:
        for number in range(20):
            delivery = smtp.send(envelope(content=mail(number)))
            unknown += delivery.unknown
            if delivery.unknown:
                assert delivery.data is None
                assert delivery.answer_for("customer@client.example") is None
                assert "same Message-ID" in delivery.words
    assert unknown == 4
    assert len(smtp_sink.received) == 20
    assert smtp_sink.sessions == 4


def test_a_server_that_never_answers_the_final_dot_leaves_the_fate_unknown(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.transports.smtp._FINAL_PATIENCE", 1.0)  # and not ten times a step
    smtp_sink.behaviour.mute = True
    with open_smtp(server(smtp_sink.port, step_timeout=2.0)) as smtp:
        assert smtp.send(envelope()).unknown


@pytest.mark.parametrize("commands", [1, 2, 3, 4])
def test_a_connection_that_breaks_before_the_final_dot_means_not_sent(
    smtp_sink: SmtpSink, cutting_proxy: Callable[[int], CuttingProxy], commands: int
) -> None:
    proxy = cutting_proxy(smtp_sink.port)
    proxy.arm(Fault("close", after_commands=commands, swallow=True))
    with pytest.raises(ServerUnreachable, match="broke off"), open_smtp(server(proxy.port)) as smtp:
        smtp.send(envelope())
    assert smtp_sink.received == []


def test_many_mails_go_over_one_connection(smtp_sink: SmtpSink) -> None:
    with open_smtp(server(smtp_sink.port)) as smtp:
        for number in range(30):
            smtp.send(envelope(content=mail(number)))
    assert smtp_sink.sessions == 1
    assert [one.content for one in smtp_sink.received] == [mail(number) for number in range(30)]


def test_a_server_that_closes_between_two_mails_is_connected_to_again(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.close_after = 3
    with open_smtp(server(smtp_sink.port)) as smtp:
        for number in range(9):
            delivery = smtp.send(envelope(content=mail(number)))
            assert delivery.data is not None and delivery.data.accepted
    assert [one.content for one in smtp_sink.received] == [mail(number) for number in range(9)]


def test_a_server_that_is_gone_between_two_mails_is_unreachable(smtp_sink: SmtpSink) -> None:
    with open_smtp(server(smtp_sink.port)) as smtp:
        smtp.send(envelope())
        smtp_sink.stop()
        with pytest.raises(ServerUnreachable, match="refused the connection") as caught:
            smtp.send(envelope())
        assert caught.value.fails_over
        smtp_sink.start()
        assert smtp.send(envelope()).data is not None


@pytest.mark.parametrize("where", ["sender", "recipient", "data"])
def test_421_at_any_step_means_not_sent_and_fails_over(smtp_sink: SmtpSink, where: str) -> None:
    answer = "421 4.3.2 shutting down"
    if where == "sender":
        smtp_sink.behaviour.senders = {"desk@msp.example": answer}
    elif where == "recipient":
        smtp_sink.behaviour.recipients = {"customer@client.example": answer}
    else:
        smtp_sink.behaviour.data = answer
    with open_smtp(server(smtp_sink.port)) as smtp, pytest.raises(ServerUnreachable) as caught:
        smtp.send(envelope())
    assert caught.value.answer == answer
    assert caught.value.fails_over
    assert smtp_sink.received == []


def test_432_means_wait_and_does_not_fail_over(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.senders = {"desk@msp.example": "432 4.3.2 Concurrent connections limit exceeded"}
    with open_smtp(server(smtp_sink.port)) as smtp, pytest.raises(Throttled) as caught:
        smtp.send(envelope())
    assert not caught.value.fails_over


def test_a_refused_login_does_not_fail_over_and_shows_no_password(receiver: Receiver) -> None:
    opening = open_smtp(server(receiver.port), login("anna", "wrong-secret"))
    with pytest.raises(LoginRefused, match='refused the login of "anna"') as caught, opening:
        pass
    assert not caught.value.fails_over
    assert "wrong-secret" not in caught.value.words + repr(caught.value)
    assert "535" in (caught.value.answer or "")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ("535 5.7.8 no", LoginRefused, "check user name and password"),
        (
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            LoginRefused,
            r"nobody can switch that on again\. .*choose OAuth 2\.0 as the authentication type, and connect",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            LoginRefused,
            "allowed",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            LoginRefused,
            "Set-CASMailbox",
        ),
        ("538 5.7.11 Encryption required", LoginRefused, "switch TLS on"),
        ("454 4.7.0 Temporary authentication failure", ServerUnreachable, "tries again by itself"),
        ("454 4.7.0 Too many login attempts, too many connections", Throttled, "asks for patience"),
    ],
)
def test_only_the_no_to_the_credentials_is_a_refused_login(
    smtp_sink_with: StartSink, answer: str, kind: type[Exception], words: str
) -> None:
    sink = smtp_sink_with(logins={"anna": PASSWORD})
    sink.behaviour.login_answer = answer
    with pytest.raises(kind, match=words), open_smtp(server(sink.port), login("anna")):
        pass


def test_a_server_that_demands_a_login_is_named_as_such(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.senders = {"desk@msp.example": "530 5.7.0 Authentication required"}
    with open_smtp(server(smtp_sink.port)) as smtp, pytest.raises(LoginRefused, match="tick"):
        smtp.send(envelope())


def test_addresses_beyond_ascii_go_where_smtputf8_is_offered(receiver: Receiver) -> None:
    with open_smtp(server(receiver.port)) as smtp:
        delivery = smtp.send(Envelope("desk@msp.example", ("jürgen@büro.example",), mail(), smtputf8=True))
    assert delivery.data is not None and delivery.data.accepted
    assert len(receiver.mails("jürgen@büro.example")) == 1


def test_addresses_beyond_ascii_fail_clearly_where_smtputf8_is_not_offered(smtp_sink_with: StartSink) -> None:
    sink = smtp_sink_with(smtputf8=False)
    with open_smtp(server(sink.port)) as smtp:
        with pytest.raises(MessageRefused, match="does not offer SMTPUTF8. To do:") as caught:
            smtp.send(Envelope("desk@msp.example", ("jürgen@client.example",), mail()))
        assert caught.value.mend == "mail"
        assert smtp.send(envelope()).data is not None


def test_size_and_eight_bits_are_announced_where_offered(smtp_sink: SmtpSink) -> None:
    content = mail() + "Grüße\r\n".encode()
    with open_smtp(server(smtp_sink.port)) as smtp:
        smtp.send(envelope(content=content))
        smtp.send(envelope())
    eight, seven = (one for one in smtp_sink.received)
    assert "BODY=8BITMIME" in eight.options
    assert f"SIZE={len(content)}" in eight.options
    assert "BODY=8BITMIME" not in seven.options
    assert eight.content == content


def test_a_mail_larger_than_the_server_takes_is_refused_for_good(smtp_sink_with: StartSink) -> None:
    sink = smtp_sink_with(size=10_000)
    with open_smtp(server(sink.port)) as smtp:
        delivery = smtp.send(envelope(content=mail(1, 20_000)))
        final = delivery.answer_for("customer@client.example")
        assert final is not None and final.permanent
        assert final.code == 552
        assert smtp.send(envelope()).data is not None


def test_dots_and_line_ends_arrive_as_they_were(receiver: Receiver) -> None:
    content = mail() + b".\r\n..\r\n.x\r\n\r\nlast line without end"
    with open_smtp(server(receiver.port)) as smtp:
        smtp.send(envelope("dots@client.example", content=content))
    (received,) = receiver.mails("dots@client.example")
    assert received.endswith(content + b"\r\n")
