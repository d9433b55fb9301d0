"""Where things of the embedded database lie in a data folder."""

import os
from pathlib import Path
from urllib.parse import quote

from deskpost.data_folder import DataFolder

ROLE = DATABASE = "deskpost"
USERS, KEEPER = "postgres.users", "postgres.keeper"  # lock files
READY, OUTPUT = "postgres.ready", "postgres.out"  # there while it is ready; what it prints at its start
LONGEST_SOCKET = 107  # bytes of sun_path without its closing zero; unix(7)
_SOCKET = ".s.PGSQL.5432"


def cluster_folder(folder: DataFolder) -> Path:
    """Give the folder of PostgreSQL's own files."""
    return folder.path / "postgres"


def socket_folder(folder: DataFolder) -> Path:
    """Give the folder of the socket: in the data folder, or under /tmp where its path would be too long.

    The name under /tmp comes from the installation id, which nobody else knows. A comma parts hosts in
    libpq's addresses, so a path with one goes to /tmp, too.
    """
    inside = folder.path / "socket"
    if len(os.fsencode(inside / _SOCKET)) <= LONGEST_SOCKET and "," not in str(inside):
        return inside
    return Path("/tmp") / f"deskpost-{folder.installation_id()}"  # noqa: S108 - 0700, and its owner is checked


def socket_file(folder: DataFolder) -> Path:
    """Give the path of the socket, which exists while the server runs."""
    return socket_folder(folder) / _SOCKET


def address(folder: DataFolder) -> str:
    """Give the address of the application's database on that socket, as libpq and psycopg read it."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_folder(folder)), safe='/')}"
