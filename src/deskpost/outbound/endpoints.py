"""Where an outgoing server is reached; the alternate takes the primary's port, TLS and login."""

from dataclasses import replace

from deskpost.desk.installation import private_networks_allowed
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.connection import Server, Tls
from deskpost.transports.logins import Login

_LARGEST_PORT = 65535
_TLS: dict[str, Tls] = {"none": "none", "starttls": "starttls", "implicit": "implicit"}


def primary(server: OutgoingServer) -> Server:
    """Give where the server is and how to talk to it."""
    return Server(
        host=server.server,
        port=server.port,
        tls="implicit" if server.protocol == "smtps" else _TLS[server.tls],
        verify_certificate=server.verify_certificate,
        ca_file=server.ca_file or None,
        allow_private=private_networks_allowed(),
    )


def alternate(server: OutgoingServer) -> Server | None:
    """Give where its alternate is, None where none is named."""
    written = server.alternate_server.strip()
    if not written:
        return None
    host, port = split_port(written)
    like_primary = primary(server)
    return replace(like_primary, host=host, port=port or like_primary.port)


def login(server: OutgoingServer) -> Login | None:
    """Give user name and password, None where the server takes mail without."""
    if server.authentication == OutgoingServer.Authentication.NONE:
        return None
    return Login(server.username, server.password)


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
