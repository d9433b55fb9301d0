"""A server reached and left again, with nothing said: does it answer, and by which TLS?"""

import time
from contextlib import closing
from dataclasses import dataclass

from deskpost.transports.connection import Server, linked
from deskpost.transports.tls import secured


@dataclass(frozen=True, slots=True)
class Reached:
    """`tls`: its version, such as TLS 1.3; empty where the first byte is not encrypted yet."""

    tls: str
    milliseconds: int


def reach(server: Server) -> Reached:
    """Connect, with TLS where it begins at the first byte. Raises TransportError's family within the server's times."""
    began, tls = time.monotonic(), ""
    with closing(linked(server)) as link:
        if server.tls == "implicit":
            with secured(
                link,
                server.host,
                server.place,
                verify=server.verify_certificate,
                ca_file=server.ca_file,
                seconds=server.connect_timeout,
                ca_beside=server.ca_beside,
            ) as secret:
                tls = (secret.version() or "TLS").replace("TLSv", "TLS ")
    return Reached(tls, round((time.monotonic() - began) * 1000))
