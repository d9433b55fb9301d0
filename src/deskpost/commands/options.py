"""The options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        readable=False,  # the data folder says in its own words what is wrong with it
        help="The data folder: DESKPOST_DATA, else /var/lib/deskpost for root, else the user's data folder.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Port = Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port of the pages.")]
Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="The address of this machine to listen on.")
]

DEFAULT_PORT = 8025
DEFAULT_HOST = "127.0.0.1"
