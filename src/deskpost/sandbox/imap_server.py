"""The outside's IMAP server: pymap with one mailbox, its mails kept byte by byte."""

import asyncio
import os
import socket
from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.mailbox import MailboxData
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from deskpost.sandbox.outside import LOOPBACK

Arrival = tuple[int, datetime, bytes]
"""A mail with its UID and when it came."""


class ImapServer:
    """One IMAP server with one user, that can be stopped and started again on its port.

    The mailbox is in memory, so UIDs and UIDVALIDITY come from whoever stores the mails.
    """

    def __init__(self, port: int, user: str, password: str) -> None:
        os.environ.setdefault("FQDN", user.rpartition("@")[2])  # else pymap asks DNS at every greeting
        self._port = port
        self._config = _config(port, user, password)
        self._config.apply_context()
        self._login = Login(self._config)
        self._identity = Identity(user, self._login, None, frozenset())
        self._metadata = UserMetadata(self._config, user, password=password)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._inbox: MailboxData | None = None

    @property
    def running(self) -> bool:
        """Tell whether it listens."""
        return self._server is not None

    async def load(self, uid_validity: int, mails: Iterable[Arrival]) -> None:
        """Fill the mailbox with what is kept, in the order of arrival."""
        await self._identity.set(self._metadata)
        async with self._identity.new_session() as session:
            self._inbox = await session.mailbox_set.get_mailbox("INBOX")
        self._inbox._uid_validity = uid_validity  # pymap draws a new one at each start
        self._inbox._max_uid = 0
        for uid, at, content in mails:
            await self.add(uid, at, content)

    async def add(self, uid: int, at: datetime, content: bytes) -> None:
        """Let a mail be in the mailbox under this UID, greater than all before."""
        assert self._inbox is not None
        self._inbox._max_uid = uid - 1
        await self._inbox.append(AppendMessage(content, at), recent=True)

    async def start(self) -> None:
        """Listen. Raises OSError when somebody else has taken the port."""
        imap = IMAPServer(self._login, self._config)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, info: SocketInfo) -> None:
            self._writers.add(writer)
            try:
                await imap(reader, writer, info)
            finally:
                self._writers.discard(writer)

        connected = ProxyProtocolReader(self._config.proxy_protocol).get_callback(serve)
        self._server = await asyncio.start_server(connected, LOOPBACK, self._port, family=socket.AF_INET)

    async def stop(self) -> None:
        """Close the port and cut every connection."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._server = None


def _config(port: int, user: str, password: str) -> Config:
    args = Namespace(passlib_cfg=None, proxy_protocol=None)
    return Config(
        args,
        demo_data=False,
        demo_user=user,
        demo_password=password,
        host=LOOPBACK,
        port=port,
        tls_enabled=False,
        reject_dnsbl=False,
        hash_context=Cleartext(),
    )
