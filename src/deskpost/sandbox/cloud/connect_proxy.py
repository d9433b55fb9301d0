"""A CONNECT proxy that leads Microsoft's host names to the cloud, for clients that know no other names."""

import selectors
import socket
import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.background import in_background

HEAD_LIMIT = 16_384  # bytes of a CONNECT request
PIECE = 65_536
IDLE = 120.0  # seconds that a tunnel may say nothing
RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: the connection ends with a reset


class ConnectProxy(socketserver.ThreadingTCPServer):
    """Listens on the loopback; tunnels to `target`, a port of the loopback, whatever known host is asked for."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, target: int, port: int = 0) -> None:
        """Listen on this port, 0 for any that is free."""
        super().__init__(("127.0.0.1", port), _Tunnel)
        self.target = target
        self.asked: list[str] = []  # every host, also those that were refused

    @property
    def address(self) -> str:
        """What goes into HTTPS_PROXY."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that leave."""


class _Tunnel(socketserver.StreamRequestHandler):
    """One connection through the proxy. RFC 9110 section 9.3.6."""

    server: ConnectProxy
    timeout = IDLE
    rbufsize = 0  # what follows the head belongs to the tunnel

    def handle(self) -> None:
        """Read the request, and be a tunnel if the host is one of the cloud's."""
        line = self.rfile.readline(HEAD_LIMIT).decode("latin-1").split()
        while self.rfile.readline(HEAD_LIMIT).strip():
            pass
        if len(line) != 3 or line[0] != "CONNECT":
            return self._refuse("405 Method Not Allowed", "This proxy knows CONNECT only.")
        host = line[1].rpartition(":")[0].lower()
        self.server.asked.append(host)
        if host not in hosts.ALL:
            return self._refuse("403 Forbidden", f"{host} is not part of the sandbox.")
        with socket.create_connection(("127.0.0.1", self.server.target)) as cloud:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._carry(cloud)

    def _refuse(self, status: str, words: str) -> None:
        content = words.encode()
        fields = f"Content-Type: text/plain\r\nContent-Length: {len(content)}\r\nConnection: close"
        self.wfile.write(f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + content)

    def _carry(self, cloud: socket.socket) -> None:
        """Carry bytes both ways until one side ends; a reset is carried, too."""
        client: socket.socket = self.connection
        others = {client: cloud, cloud: client}
        with selectors.DefaultSelector() as ready:
            for one, other in others.items():
                ready.register(one, selectors.EVENT_READ, other)
            while found := ready.select(IDLE):
                for key, _ in found:
                    other = key.data
                    try:
                        piece = others[other].recv(PIECE)
                    except ConnectionResetError:
                        return self._reset(other)
                    if not piece:
                        return None
                    other.sendall(piece)
        return None

    def _reset(self, other: socket.socket) -> None:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.rfile.close()
        other.close()


@contextmanager
def proxying(target: int, port: int = 0) -> Iterator[ConnectProxy]:
    """Run a proxy in front of this port until the block ends."""
    with in_background(ConnectProxy(target, port)) as proxy:
        yield proxy
