"""A receiving SMTP server in this process that keeps every mail and misbehaves on demand."""

import asyncio
import base64
import contextlib
import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiosmtpd import __version__ as aiosmtpd_version
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession

from tests.servers.certificates import Certificate
from tests.servers.started import STARTED

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own deprecations


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came in; `session` counts connections from 1, `username` is None without a login."""

    session: int
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    tls: bool
    username: str | None


@dataclass
class Behaviour:
    """How the server answers; change it at any time.

    `recipients` and `senders`: address -> answer. `data`: the answer to each final dot. `close_before_250`:
    every n-th mail is kept, then the connection closes without an answer. `close_after`: answers so many
    mails on one connection, then closes it when the next one is offered. `mute`: keeps a mail and never answers.
    `patience`: seconds that it takes to answer each final dot.
    """

    recipients: dict[str, str] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    data: str = ""
    close_before_250: int = 0
    close_after: int = 0
    mute: bool = False
    patience: float = 0.0
    passwords: dict[str, str] = field(default_factory=dict)
    login_answer: str = ""


class SmtpSink:
    """Starts when made (or entered), stops at `close`; `start` after `stop` listens at the same port again.

    Options that EHLO shows are chosen at the start: `tls` ("none", "starttls", "implicit"), `logins` (user
    name to password; empty: no AUTH offered), `mechanisms`, `pipelining`, `smtputf8`, `size`, and
    `whose`: tells whose a token is, for XOAUTH2.
    """

    def __init__(
        self,
        *,
        tls: str = "none",
        certificate: Certificate | None = None,
        logins: dict[str, str] | None = None,
        mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN"),
        whose: Callable[[str], str | None] | None = None,
        pipelining: bool = True,
        smtputf8: bool = True,
        size: int = 50_000_000,
    ) -> None:
        self.behaviour = Behaviour(passwords=dict(logins or {}))
        self.received: list[Received] = []
        self.sessions = 0
        self.auths = 0
        self.commands: list[str] = []
        self.port = 0
        self._tls = tls
        self._certificate = certificate
        self._mechanisms = (*mechanisms, "XOAUTH2") if whose else mechanisms
        self._whose = whose
        self._extensions = [*(["PIPELINING"] if pipelining else [])]
        self._smtputf8 = smtputf8
        self._size = size
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp sink", daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()
        self.start()
        STARTED[f"aiosmtpd {aiosmtpd_version}"] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Listen."""
        self._run(self._listen())

    def stop(self) -> None:
        """Stop listening and break off all connections."""
        self._run(self._hush())

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def mails_to(self, recipient: str) -> list[Received]:
        """The mails that came in for this recipient."""
        return [mail for mail in self.received if recipient in mail.recipients]

    def clear(self) -> None:
        """Forget what was received and behave well again."""
        passwords = self.behaviour.passwords
        self.behaviour = Behaviour(passwords=passwords)
        self.received, self.commands, self.sessions, self.auths = [], [], 0, 0

    def context(self) -> ssl.SSLContext | None:
        """The TLS context of the server."""
        if self._certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate.certificate, self._certificate.key)
        return context

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        context = self.context() if self._tls == "implicit" else None
        self._server = await self._loop.create_server(self._session, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hush(self) -> None:
        if self._server:
            self._server.close()
        for transport in list(self._transports):
            if isinstance(transport, asyncio.WriteTransport):
                with contextlib.suppress(AttributeError):  # a TLS transport that has ended already
                    transport.abort()
        self._transports.clear()
        await asyncio.sleep(0.02)

    def _session(self) -> SMTP:
        self.sessions += 1
        return _Session(self, self.sessions, self.context() if self._tls == "starttls" else None)


class _Session(SMTP):
    """One connection."""

    def __init__(self, sink: SmtpSink, number: int, context: ssl.SSLContext | None) -> None:
        self.sink = sink
        self.number = number
        self.taken = 0
        logins = bool(sink.behaviour.passwords)
        super().__init__(
            _Handler(self),
            hostname="sink.test.example",
            ident="Deskpost test sink",
            tls_context=context,
            enable_SMTPUTF8=sink._smtputf8,
            data_size_limit=sink._size,
            auth_require_tls=False,
            authenticator=_authenticator(sink) if logins else None,
            auth_exclude_mechanism=[
                name for name in ("PLAIN", "LOGIN", "XOAUTH2") if not logins or name not in sink._mechanisms
            ],
            loop=sink._loop,
            decode_data=False,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.sink._transports.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self.sink._transports.discard(self.transport)
        super().connection_lost(error)

    async def smtp_AUTH(self, arg: str) -> None:
        self.sink.auths += 1
        if self.sink.behaviour.login_answer:
            await self.push(self.sink.behaviour.login_answer)
            return
        await super().smtp_AUTH(arg)

    async def auth_XOAUTH2(self, _: object, args: list[str]) -> AuthResult:
        given = base64.b64decode(args[1]) if len(args) > 1 else await self.challenge_auth("")
        user, _, rest = bytes(given).decode().partition("\x01auth=Bearer ")  # type: ignore[arg-type]
        whose = self.sink._whose and self.sink._whose(rest.rstrip("\x01"))
        if whose and f"user={whose}" == user:
            return AuthResult(success=True, auth_data=whose)
        await self.challenge_auth('{"status":"401"}')  # the client answers it with an empty line
        return AuthResult(success=False, handled=False)


def _authenticator(sink: SmtpSink) -> Callable[..., AuthResult]:
    def judge(
        server: SMTP, session: SmtpSession, envelope: SmtpEnvelope, mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        username = data.login.decode("utf-8", "replace")
        good = sink.behaviour.passwords.get(username) == data.password.decode("utf-8", "replace")
        return AuthResult(success=good, handled=False, auth_data=username)

    return judge


class _Handler:
    def __init__(self, session: _Session) -> None:
        self._session = session
        self._sink = session.sink

    async def handle_EHLO(
        self,
        server: SMTP,
        session: SmtpSession,
        envelope: SmtpEnvelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self._sink.commands.append(f"EHLO {hostname}")
        last = responses.pop()
        return [*responses, *(f"250-{name}" for name in self._sink._extensions), last]

    async def handle_MAIL(
        self, server: SMTP, session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        self._sink.commands.append(f"MAIL {address} {' '.join(options)}".strip())
        if 0 < self._sink.behaviour.close_after <= self._session.taken:
            self._break_off()
        answer = self._sink.behaviour.senders.get(address, "")
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        self._sink.commands.append(f"RCPT {address}")
        answer = self._sink.behaviour.recipients.get(address, "")
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: SmtpEnvelope) -> str:
        behaviour, sink = self._sink.behaviour, self._sink
        if behaviour.data:
            return behaviour.data
        content = envelope.original_content
        sink.received.append(
            Received(
                self._session.number,
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                content if isinstance(content, bytes) else str(content).encode(),
                tuple(envelope.mail_options),
                session.ssl is not None or sink._tls == "implicit",
                session.auth_data if isinstance(session.auth_data, str) else None,
            )
        )
        self._session.taken += 1
        await self._misbehave(behaviour)
        return f"250 2.0.0 Ok: kept as {len(sink.received)}"

    async def _misbehave(self, behaviour: Behaviour) -> None:
        if behaviour.mute:
            await asyncio.sleep(3600)
        if behaviour.patience:
            await asyncio.sleep(behaviour.patience)
        every = behaviour.close_before_250
        if every and len(self._sink.received) % every == 0:
            self._break_off()
            await asyncio.sleep(3600)  # until the lost connection ends this session

    def _break_off(self) -> None:
        transport = self._session.transport
        if transport is not None:
            with contextlib.suppress(Exception):
                transport.close()
