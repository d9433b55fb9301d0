"""A server that says what a test tells it to: for answers that no real server would give."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from tests.servers.certificates import Certificate

Script = Callable[["Line"], None]


class Line:
    """One connection, seen from the server."""

    def __init__(self, link: socket.socket, heard: list[bytes]) -> None:
        self.link = link
        self.heard = heard
        self._buffer = b""

    def say(self, *lines: bytes) -> None:
        """Send lines."""
        self.link.sendall(b"".join(line + b"\r\n" for line in lines))

    def say_raw(self, data: bytes) -> None:
        """Send bytes."""
        self.link.sendall(data)

    def hear(self) -> bytes:
        """The next line of the client; empty when it has gone."""
        while b"\n" not in self._buffer:
            data = self.link.recv(65_536)
            if not data:
                return b""
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        line = line.rstrip(b"\r")
        self.heard.append(line)
        return line

    def hear_until(self, word: bytes) -> bytes:
        """Lines of the client up to the one that holds `word`."""
        while True:
            line = self.hear()
            if not line or word in line.upper():
                return line

    def answer_imap(self, word: bytes, *untagged: bytes, status: bytes = b"OK done") -> None:
        """Wait for an IMAP command with this word, answer it."""
        tag = self.hear_until(word).split(b" ")[0]
        self.say(*untagged, tag + b" " + status)

    def reset(self) -> None:
        """Break off as a crashed machine does."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()

    def secure(self, certificate: Certificate) -> None:
        """Go on in TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.link = context.wrap_socket(self.link, server_side=True)


class ScriptedServer:
    """Runs `script` for each connection, each in a thread; `heard` holds every line of all clients."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.heard: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        line = Line(link, self.heard)
        with suppress(OSError, ValueError):
            self._script(line)
        with suppress(OSError):
            line.link.close()
