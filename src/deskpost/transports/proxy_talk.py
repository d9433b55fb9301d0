"""What is said with a proxy before it leads on: bounded in size and time, and not a byte is read too many."""

import base64
import socket
import time

from deskpost.transports import proxy_words, words
from deskpost.transports.errors import ProxyRefused

_AT_ONCE = 4096


class ProxyTalk:
    """The beginning of a connection by a proxy. `place` is the proxy's, `target` where it is to lead, as people read.

    `ends` is when all of it must be done (time.monotonic), `seconds` how long that was from the start.
    """

    def __init__(
        self,
        link: socket.socket,
        place: str,
        target: str,
        ends: float,
        seconds: float,
        login: tuple[str, str],
    ) -> None:
        self.place = place
        self.target = target
        self.username, self.password = login
        self._socket = link
        self._ends = ends
        self._seconds = seconds

    def send(self, data: bytes) -> None:
        """Send all of this. Raises ProxyRefused."""
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except TimeoutError:
            raise ProxyRefused(proxy_words.silent(self.place, self._seconds)) from None
        except OSError:
            raise ProxyRefused(proxy_words.hung_up(self.place)) from None

    def read(self, size: int) -> bytes:
        """Give exactly so many bytes. Raises ProxyRefused."""
        pieces = b""
        while len(pieces) < size:
            pieces += self._received(size - len(pieces))
        return pieces

    def read_until(self, mark: bytes, most: int) -> bytes:
        """Give all up to and with a mark, and leave what comes after it. Raises ProxyRefused."""
        came = b""
        while True:
            seen = self._received(_AT_ONCE, socket.MSG_PEEK)
            end = (came + seen).find(mark)
            wanted = end + len(mark) - len(came) if end >= 0 else len(seen)
            came += self.read(wanted)
            if end >= 0:
                return came
            if len(came) > most:
                raise ProxyRefused(proxy_words.rubbish(self.place, self.readable(came)))

    def readable(self, answer: bytes) -> str:
        """Give an answer of the proxy as people read it, without the password."""
        password = self.password.encode("utf-8", "replace")
        for secret in (self.basic(), password):
            if len(secret) > 2:
                answer = answer.replace(secret, b"(hidden)")
        return words.readable(answer)

    def basic(self) -> bytes:
        """Give user name and password as HTTP's scheme Basic has them. RFC 7617 section 2."""
        return base64.b64encode(f"{self.username}:{self.password}".encode("utf-8", "replace"))

    def _received(self, most: int, flags: int = 0) -> bytes:
        try:
            self._socket.settimeout(self._left())
            data = self._socket.recv(most, flags)
        except TimeoutError:
            raise ProxyRefused(proxy_words.silent(self.place, self._seconds)) from None
        except OSError:
            raise ProxyRefused(proxy_words.hung_up(self.place)) from None
        if not data:
            raise ProxyRefused(proxy_words.hung_up(self.place))
        return data

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
