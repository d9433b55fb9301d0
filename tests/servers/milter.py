"""A milter that inserts one header into each mail, at a place of its own choosing, as filters beside Postfix do."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION, _ALL_ACTIONS, _NO_STEPS_LEFT_OUT = 6, 0x1F, 0
_UNANSWERED, _QUIT = b"DA", b"Q"


@contextmanager
def milter(name: str, value: str, index: int) -> Iterator[int]:
    """Insert the header at `index` (0: above all, the server's Received line included); give the port it listens on."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while len(length := self.rfile.read(4)) == 4:
                command = self.rfile.read(struct.unpack("!I", length)[0])[:1]
                if command == _QUIT:
                    return
                if command == b"O":
                    self.answer(b"O", struct.pack("!III", _VERSION, _ALL_ACTIONS, _NO_STEPS_LEFT_OUT))
                elif command == b"E":
                    self.answer(b"i", struct.pack("!I", index) + f"{name}\0{value}\0".encode())
                    self.answer(b"a")
                elif command not in _UNANSWERED:
                    self.answer(b"c")

        def answer(self, command: bytes, data: bytes = b"") -> None:
            self.wfile.write(struct.pack("!I", len(data) + 1) + command + data)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
