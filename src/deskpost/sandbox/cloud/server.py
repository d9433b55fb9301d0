"""The server of the cloud: HTTP/1.1 with TLS on a loopback port, in front of the services."""

import logging
import socket
import ssl
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from http import HTTPStatus
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from deskpost.sandbox.cloud.asking import ask
from deskpost.sandbox.cloud.background import in_background
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud, Fault
from deskpost.sandbox.cloud.exchange import Request, Response, Served, of_json

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024 * 1024
IDLE = 120.0  # seconds that a connection may say nothing
RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: the connection ends with a reset


class CloudServer(ThreadingHTTPServer):
    """Serves a cloud on a loopback port. `base` is its address, `ca_file` what clients have to trust."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, cloud: Cloud, services: Sequence[Served], port: int = 0, authority: Authority | None = None
    ) -> None:
        """Listen on this port, 0 for any that is free. Without an authority it speaks plain http."""
        super().__init__(("127.0.0.1", port), _Conversation)
        self.cloud = cloud
        self.services = tuple(services)
        self.scheme = "https" if authority else "http"
        self.ca_file = authority.ca_file if authority else None
        self._tls = authority.context() if authority else None

    @property
    def base(self) -> str:
        """The address of the cloud."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the name service for this machine's name, which can take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.socket.getsockname()[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; its handshake is left to its own thread, where it holds up nobody."""
        connection, address = super().get_request()
        connection.settimeout(IDLE)
        if self._tls is None:
            return connection, address
        wrapped = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that leave; anything else is a fault of the simulator."""
        if not isinstance(sys.exc_info()[1], OSError):
            log.exception("A connection to the sandbox failed")


class _Conversation(BaseHTTPRequestHandler):
    """One connection with its requests, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: CloudServer
    methods: ClassVar = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

    def setup(self) -> None:
        """Shake hands, in this connection's own thread."""
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `cloud.asked` is the log."""

    def answer(self) -> None:
        """Read a request to its end and answer it."""
        body = self._body()
        if body is None:
            self.close_connection = True
            return self._send(
                of_json({"error": {"code": "BadRequest", "message": "The body is broken."}}, 400)
            )
        target = urlsplit(self.path)
        host = self.headers.get("Host", "127.0.0.1").rsplit(":", 1)[0].lower()
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            self.command, host, unquote(target.path), target.query, headers, body, self.server.scheme
        )
        served = next((one for one in self.server.services if one.fits(request)), None)
        if served is None:
            return self._send(of_json({"error": {"code": "NotFound", "message": "Nothing is here."}}, 404))
        outcome = ask(self.server.cloud, served, request)
        self._send(outcome.response, outcome.cut)

    def _body(self) -> bytes | None:
        """Read the request's body; None: it is broken or too large."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return None
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else None

    def _chunks(self) -> bytes | None:
        """Read a chunked body with its trailer. RFC 9112 section 7.1."""
        parts: list[bytes] = []
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(1_024).split(b";")[0], 16)
            except ValueError:
                return None
            total += size
            if size < 0 or total > LARGEST_BODY:
                return None
            if size == 0:
                break
            parts.append(self.rfile.read(size))
            self.rfile.readline(3)
        while self.rfile.readline(65_537).strip():
            pass
        return b"".join(parts)

    def _send(self, response: Response, cut: Fault | None = None) -> None:
        """Send an answer in one piece, or break it off as a fault asks."""
        body = (
            b""
            if self.command == "HEAD" or response.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
            else response.body
        )
        unframed = cut is not None and cut.do == "half_unframed"
        self.close_connection = self.close_connection or unframed
        head = self._head(response, framed=not unframed)
        if cut is None:
            self.wfile.write(head + body)
        elif unframed:  # the socket is closed, and TLS is not told
            self.wfile.write(head + body[: len(body) // 2])
        elif cut.do == "half_answer":
            self.wfile.write(head + body[: len(body) // 2] if body else head[: len(head) // 2])
            self.close_connection = True
        else:
            self._reset()

    def _head(self, response: Response, *, framed: bool = True) -> bytes:
        now = time.time() + self.server.cloud.habits.clock_ahead
        fields = {"Date": formatdate(now, usegmt=True), "Server": "Deskpost-sandbox", **response.headers}
        if framed and response.status != HTTPStatus.NO_CONTENT:
            fields["Content-Length"] = str(len(response.body))
        if self.close_connection:
            fields["Connection"] = "close"
        phrase = responses.get(response.status, "")
        lines = [
            f"HTTP/1.1 {response.status} {phrase}",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.rfile.close()
        self.connection.close()


for _method in _Conversation.methods:
    setattr(_Conversation, f"do_{_method}", _Conversation.answer)


@contextmanager
def serving(
    cloud: Cloud,
    services: Sequence[Served],
    port: int = 0,
    tls: bool = True,
    authority: Authority | None = None,
) -> Iterator[CloudServer]:
    """Serve the cloud until the block ends. With `tls` and no authority it makes one for this time."""
    with tempfile.TemporaryDirectory(prefix="deskpost-sandbox-") as folder:
        own = (authority or Authority(Path(folder))) if tls else None
        with in_background(CloudServer(cloud, services, port, own)) as server:
            yield server
