"""`deskpost web`"""

import os

from deskpost.commands.database import database
from deskpost.commands.options import DEFAULT_HOST, DEFAULT_PORT, Data, Host, Port
from deskpost.commands.output import write


def web(port: Port = DEFAULT_PORT, host: Host = DEFAULT_HOST, data: Data = None) -> None:
    """Serve the pages: one part of `run`, for installations of many machines."""
    os.environ["DESKPOST_STATIC"] = "hashed"  # before the settings are read
    with database(data, begin=True):
        from deskpost.running import address_shown
        from deskpost.web import serve

        serve(host, port, lambda: write(f"The pages are at {address_shown(host, port)}\n"))
