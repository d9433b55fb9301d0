"""A receiving server for tests that run against a real Postfix and, where that needs root, a sink as well."""

from typing import Protocol

from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink


class Receiver(Protocol):
    """Takes mail without TLS at `port`, offers a login, refuses `refused@...` and delays `later@...`."""

    port: int
    ca_file: str | None

    def mails(self, recipient: str) -> list[bytes]:
        """What came in for this recipient, at least one."""

    def auths(self, sessions: int) -> int:
        """How many of the sessions so far had an AUTH, told when this many sessions have ended."""


class PostfixReceiver:
    """The Postfix that all tests share, from now on."""

    def __init__(self, postfix: Postfix) -> None:
        self.port = postfix.plain
        self.ca_file = postfix.ca_file
        self._postfix = postfix
        self._before = len(postfix.sessions())

    def mails(self, recipient: str) -> list[bytes]:
        return [mail.replace(b"\n", b"\r\n") for mail in self._postfix.mails(recipient, wait_for=1)]

    def auths(self, sessions: int) -> int:
        told = self._postfix.sessions(wait_for=self._before + sessions)[self._before :]
        assert len(told) == sessions
        return sum("auth=" in session for session in told)


class SinkReceiver:
    """A sink of this test alone."""

    def __init__(self, sink: SmtpSink) -> None:
        self.port = sink.port
        self.ca_file = None
        self._sink = sink
        sink.behaviour.recipients = {
            "refused@client.example": "550 5.1.1 No such person here",
            "later@client.example": "450 4.2.0 Mailbox busy, come back later",
        }

    def mails(self, recipient: str) -> list[bytes]:
        return [mail.content for mail in self._sink.mails_to(recipient)]

    def auths(self, sessions: int) -> int:
        assert self._sink.sessions == sessions
        return self._sink.auths
