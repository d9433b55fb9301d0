"""A server of ours that serves in the background."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

_LOOKS_EVERY = 0.05  # seconds, whether it is to end
AnyServer = TypeVar("AnyServer", bound=BaseServer)


@contextmanager
def in_background(server: AnyServer) -> Iterator[AnyServer]:
    """Let a server serve in a thread of its own until the block ends, and close it."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_LOOKS_EVERY,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
