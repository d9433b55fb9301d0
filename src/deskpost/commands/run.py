"""`deskpost run`: everything on one machine."""

import os
import signal
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import DEFAULT_HOST, DEFAULT_PORT, Data, Host, Port
from deskpost.commands.output import write
from deskpost.data_folder import DataFolder

Workers = Annotated[
    int, typer.Option("--workers", metavar="N", min=1, max=64, help="How many workers to run.")
]
DEFAULT_WORKERS = max(1, min((os.cpu_count() or 1) - 1, 4))  # one processor for database and pages


def run(
    port: Port = DEFAULT_PORT,
    host: Host = DEFAULT_HOST,
    workers: Workers = DEFAULT_WORKERS,
    data: Data = None,
) -> None:
    """Run database, pages and workers on this machine, and keep them running."""
    from deskpost.supervise import Supervisor, require_port

    with DataFolder(data).lock_run():
        require_port(host, port)
        signal.signal(signal.SIGTERM, _interrupt)  # until the supervisor takes over
        with database(data, begin=True):
            from deskpost.coming_up import once_it_is_up
            from deskpost.running import children, free_what_died, welcome
            from deskpost.tick import Pulse

            with ExitStack() as stack:
                once_it_is_up(lambda: stack.enter_context(Pulse("run")))
                write(once_it_is_up(lambda: welcome(host, port)))
                Supervisor(children(host, port, workers), free_what_died, sys.stderr).run()


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
