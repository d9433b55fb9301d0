"""An IMAP server with thousands of empty mailboxes that does nothing but idle: as many connections as a test wants."""

import asyncio
import threading
from typing import Self


class IdlingImap:
    """Lets anybody in; `tell` says to who listens to a user's mailbox that a mail has come."""

    def __init__(self, capabilities: str = "IMAP4rev1 IDLE", most: int = 10_000) -> None:
        self.capabilities = capabilities
        self.most = most  # connections at a time; further ones are turned away
        self.open = 0
        self.greeted = 0
        self._idling: dict[str, asyncio.StreamWriter] = {}
        self._tags: dict[str, bytes] = {}  # of each user's IDLE
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="idling server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    @property
    def idling(self) -> set[str]:
        """The users whose mailboxes are listened to."""
        return set(self._idling)

    def tell(self, user: str) -> None:
        """Say that a mail has come."""
        self._loop.call_soon_threadsafe(self._idling[user].write, b"* 1 EXISTS\r\n")

    def cut(self, user: str) -> None:
        """Break off the connection of who listens."""
        self._loop.call_soon_threadsafe(self._idling[user].transport.abort)

    def _run(self) -> None:
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1000)
        )
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.greeted += 1
        user = ""
        try:
            if self.open > self.most:
                writer.write(b"* BYE Too many simultaneous connections.\r\n")
                return
            writer.write(b"* OK hello\r\n")
            while line := await reader.readline():
                tag, _, command = line.strip().partition(b" ")
                user = self._answer(writer, user, tag, command.upper(), command)
                if command.upper() == b"LOGOUT":
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            if self._idling.get(user) is writer:
                del self._idling[user]
            writer.close()

    def _answer(
        self, writer: asyncio.StreamWriter, user: str, tag: bytes, word: bytes, command: bytes
    ) -> str:
        lines = b""
        if word.startswith(b"CAPABILITY"):
            lines = b"* CAPABILITY " + self.capabilities.encode() + b"\r\n"
        elif word.startswith(b"LOGIN"):
            user = command.split(b'"')[1].decode()
        elif word.startswith((b"EXAMINE", b"SELECT")):
            lines = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n"
        elif word == b"IDLE":
            self._idling[user] = writer
            self._tags[user] = tag
            writer.write(b"+ idling\r\n")
            return user
        elif tag == b"DONE":
            tag = self._tags[user]
        writer.write(lines + tag + b" OK done\r\n")
        return user
