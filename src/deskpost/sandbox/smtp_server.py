"""The outside's SMTP servers: what they take for somebody with a mailbox is in that mailbox."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from deskpost.sandbox.outside import LOOPBACK

LARGEST = 40 << 20  # bytes of a mail, its attachments encoded
_LONGEST_LINE = 4 << 20  # bytes; dropped mails may break the rule of 998

Deliver = Callable[[str, bytes], Awaitable[None]]
Knows = Callable[[str], bool]


class Handler:
    """What a server does with a mail: it asks `knows` for each recipient, and gives it to `deliver`."""

    def __init__(self, name: str, knows: Knows, deliver: Deliver) -> None:
        self._name = name
        self._knows = knows
        self._deliver = deliver

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse a recipient who has no mailbox. RFC 5321 section 4.2.2."""
        if not self._knows(address):
            return "550 5.1.1 There is no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Put the mail into the mailbox of each recipient."""
        content = envelope.content
        assert isinstance(content, bytes)
        for address in envelope.rcpt_tos:
            head = (
                f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {address}\r\n"
                f"Received: from {session.host_name or 'unknown'} by {self._name} with ESMTP; {formatdate()}\r\n"
            )
            await self._deliver(address, head.encode("utf-8", "replace") + content)
        return "250 2.6.0 Taken"


class _Connection(SMTP):
    """A connection that its server knows, so that it can be cut when the server goes down."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, connections: "set[_Connection]", handler: Handler, name: str) -> None:
        super().__init__(
            handler,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=name,
            ident="Mail of the outside world",
            loop=asyncio.get_running_loop(),
        )
        self._connections = connections

    def connection_made(self, transport: Any) -> None:
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """End the connection at once."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]


class SmtpServer:
    """One SMTP server, that can be stopped and started again on its port."""

    def __init__(self, port: int, name: str, knows: Knows, deliver: Deliver) -> None:
        self._port = port
        self._name = name
        self._handler = Handler(name, knows, deliver)
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def running(self) -> bool:
        """Tell whether it listens."""
        return self._server is not None

    async def start(self) -> None:
        """Listen. Raises OSError when somebody else has taken the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._connections, self._handler, self._name),
            LOOPBACK,
            self._port,
            family=socket.AF_INET,
        )

    async def stop(self) -> None:
        """Close the port and cut every connection."""
        assert self._server is not None
        self._server.close()
        for connection in list(self._connections):
            connection.cut()
        self._server = None
