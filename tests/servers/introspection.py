"""Where a mail server asks whether a bearer token is good: token introspection over HTTP. RFC 7662."""

import json
import secrets
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

_LENGTH = 1100  # bytes before base64: as long as those of Microsoft, longer than a line of SMTP


@dataclass(frozen=True)
class _Issued:
    username: str
    expires: float


class Introspection:
    """Issues tokens and tells at `url` whose they are, from the moment it is made until `close`.

    While `fails` is true it answers 503 instead.
    """

    def __init__(self) -> None:
        self.fails = False
        self._issued: dict[str, _Issued] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/introspect"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def token(self, username: str, *, seconds: float = 3600) -> str:
        """A fresh token of this user, good for so many seconds; with none or fewer it has expired."""
        token = secrets.token_urlsafe(_LENGTH)
        self._issued[token] = _Issued(username, time.time() + seconds)
        return token

    def told(self, token: str) -> dict[str, object]:
        """What is said of a token: RFC 7662 section 2.2."""
        issued = self._issued.get(token)
        if issued is None or issued.expires <= time.time():
            return {"active": False}
        return {"active": True, "username": issued.username, "exp": int(issued.expires)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                answer = json.dumps(outer.told(form.get("token", [""])[0])).encode()
                self.send_response(503 if outer.fails else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Nothing: tests are quiet."""

        return Handler
