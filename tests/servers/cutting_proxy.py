"""A TCP proxy between Deskpost and a real server that cuts, resets, stalls or garbles at a chosen moment."""

import select
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Self

Act = Literal["close", "reset", "stall", "garble"]

_SEGMENT = 1_400  # bytes, as in the world outside
_BUFFER = 16_384


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and when.

    `after_commands`: when the client has sent its n-th line; the server still receives that line and acts on
    it (unless `swallow`), but the client hears nothing more. `after_bytes`: when the server has sent so many
    bytes, which the client still receives. `upon`: when the server sends these bytes, of which the client gets
    nothing. `times`: on how many connections, None for all.
    """

    act: Act
    after_commands: int | None = None
    after_bytes: int | None = None
    swallow: bool = False
    upon: bytes | None = None
    times: int | None = 1


class CuttingProxy:
    """Listens on `port` at once, passes everything on to `target`, until `arm` says otherwise."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self._target = (host, target)
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left: int | None = None
        self._open: set[socket.socket] = set()
        self.fired = 0
        self.connections = 0
        self.commands: list[bytes] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.accept_again()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def arm(self, fault: Fault) -> None:
        """From the next connection on, and on those open, let this happen."""
        with self._lock:
            self._fault, self._left = fault, fault.times
            self.fired = 0

    def disarm(self) -> None:
        """Pass everything on again."""
        with self._lock:
            self._fault = None

    def lead_to(self, target: int) -> None:
        """Pass on to another port from the next connection on."""
        self._target = (self._target[0], target)

    def refuse(self) -> None:
        """Stop listening and cut all connections: from now on the port refuses."""
        if self._listener:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for one in list(self._open):
            _cut(one)

    @property
    def refuses(self) -> bool:
        """True from `refuse` until `accept_again`."""
        return self._listener is None

    def accept_again(self) -> None:
        """Listen (again), on the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=100)
        # A narrow way, so that a large mail does not lie between the two as a whole when it is cut off.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Stop for good."""
        self.refuse()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(self._target, timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._open |= {client, server}
            threading.Thread(target=_Passage(self, client, server).run, daemon=True).start()

    def claim(self, commands: int, sent: int, said: bytes = b"") -> Fault | None:
        """The fault that is due after so many commands or bytes on one connection, or now; counted as fired."""
        with self._lock:
            fault = self._fault
            if fault is None or self._left == 0:
                return None
            due = (fault.after_commands is not None and commands >= fault.after_commands) or (
                fault.after_bytes is not None and sent >= fault.after_bytes
            )
            due = due or (fault.upon is not None and fault.upon in said)
            if not due:
                return None
            self.fired += 1
            self._left = None if self._left is None else self._left - 1
            return fault

    def bytes_allowed(self) -> int | None:
        """After how many bytes of the server the fault is due."""
        with self._lock:
            fault = self._fault
            return fault.after_bytes if fault and self._left != 0 else None

    def forget(self, *sockets: socket.socket) -> None:
        """These are closed."""
        self._open -= set(sockets)


class _Passage:
    """One client and its connection to the server, served by one thread so that a cut is a cut at once."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._commands = 0
        self._sent = 0
        self._said = b""

    def run(self) -> None:
        """Pass on until one end closes or the fault is due."""
        fault: Fault | None = None
        with suppress(OSError, ValueError):
            while fault is None:
                ready, _, _ = select.select([self._client, self._server], [], [])
                end = ready[0]
                data = end.recv(65_536)
                if not data:
                    break
                fault = self._upward(data) if end is self._client else self._downward(data)
            if fault:
                self._happen(fault)
        self._end()

    def _upward(self, data: bytes) -> Fault | None:
        for line in data.splitlines(keepends=True):
            if line.endswith(b"\n"):
                self._commands += 1
                self._proxy.commands.append(line.strip())
            fault = self._proxy.claim(self._commands, -1)
            if fault is None or not fault.swallow:
                self._server.sendall(line)
            if fault is not None:
                time.sleep(0.0 if fault.swallow else 0.1)  # the server acts; its answer is thrown away
                return fault
        return None

    def _downward(self, data: bytes) -> Fault | None:
        allowed = self._proxy.bytes_allowed()
        if allowed is not None:
            data = data[: max(allowed - self._sent, 0)]
        fault = self._proxy.claim(-1, -1, self._said + data)
        if fault is not None and fault.upon is not None:
            self._client.sendall(data[: max((self._said + data).index(fault.upon) - len(self._said), 0)])
            return fault
        self._said = (self._said + data)[-200:]  # what is looked for may come in two pieces
        self._client.sendall(data)
        self._sent += len(data)
        return None if allowed is None else self._proxy.claim(-1, self._sent)

    def _happen(self, fault: Fault) -> None:
        if fault.act == "reset":
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if fault.act == "garble":
            self._client.sendall(b"\x00\xff%$ this is no answer \x80\x81\r\n" * 3)
        if fault.act in ("stall", "garble"):
            while self._client.recv(65_536):  # both ends stay open and nothing moves, until the client goes
                pass

    def _end(self) -> None:
        self._client.close()
        self._server.close()
        self._proxy.forget(self._client, self._server)


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
