"""Where an outgoing server is reached; the alternate takes the primary's port, TLS and login."""

from dataclasses import replace

from deskpost.access.targets import server_of, target_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.connection import Server
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.sender import Sender

_LARGEST_PORT = 65535


def primary(server: OutgoingServer) -> Server:
    """Give where the server is and how to talk to it."""
    return server_of(server)


def alternate(server: OutgoingServer) -> Server | None:
    """Give where its alternate is, None where none is named."""
    return _alternate(server, primary(server))


def open_sender(
    server: OutgoingServer,
    *,
    by_alternate: bool = False,
    saved: OutgoingServer | None = None,
    step_time: float | None = None,
    known: bool = False,
) -> Sender:
    """Give the way to send by a server, which may be one that is not saved; it connects when its `with` is entered.

    The alternate takes the primary's login. `known`: it works, so entering asks nothing where that costs a request.
    Raises what getting a token raises, and SecretUnreadable.
    """
    target = replace(target_of(server, saved=saved, step_time=step_time), known=known)
    other = _alternate(server, target.server) if by_alternate else None
    opener = PROTOCOLS[server.protocol].open_sender
    assert opener is not None, "an outgoing server has an outgoing protocol"
    return opener(replace(target, server=other) if other else target)


def _alternate(server: OutgoingServer, first: Server) -> Server | None:
    written = server.alternate_server.strip()
    if not written:
        return None
    host, port = split_port(written)
    return replace(first, host=host, port=port or first.port)


def split_port(written: str) -> tuple[str, int | None]:
    """Split host:port; the port is None where none is written. An IPv6 address with one is in brackets."""
    if written.startswith("[") and "]" in written:
        host, _, rest = written[1:].partition("]")
        port = rest.removeprefix(":")
    elif written.count(":") == 1:
        host, port = written.split(":")
    else:
        return written, None
    if port.isascii() and port.isdigit() and 1 <= int(port) <= _LARGEST_PORT:
        return host, int(port)
    return host, None
