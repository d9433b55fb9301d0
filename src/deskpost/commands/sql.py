"""`deskpost sql [-c STATEMENT ...]`"""

import signal
import subprocess
from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data


def sql(
    statements: Annotated[
        list[str] | None,
        typer.Option(
            "-c", "--command", metavar="STATEMENT", help="Run this and end; of several each in turn."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Open psql on the installation's database, as the application's database user."""
    with database(data, begin=True) as folder:
        from django.db import connections

        from deskpost.postgres import psql_command

        connections.close_all()
        arguments, environment = psql_command(folder)
        if statements:
            commands = [word for statement in statements for word in ("--command", statement)]
            arguments = [*arguments, "--set", "ON_ERROR_STOP=1", *commands]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql
        try:
            code = subprocess.call(arguments, env=environment)
        finally:
            signal.signal(signal.SIGINT, before)
    raise typer.Exit(code)
