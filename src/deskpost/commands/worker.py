"""`deskpost worker`"""

from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data
from deskpost.commands.output import write
from deskpost.commands.stop import USAGE, Stop


def worker(
    queues: Annotated[
        str, typer.Option("--queues", metavar="A,B", help="What to work on: fetch, process, send.")
    ] = "fetch,process,send",
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency", metavar="N", min=1, max=200, help="Jobs of each queue at a time (24, 3 and 6)."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Fetch, process and send. Start more of them, on more machines, for more work."""
    names = [name.strip() for name in queues.split(",") if name.strip()]
    known = ("fetch", "process", "send")
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise Stop(
            f"There is no queue {', '.join(unknown) or 'without a name'}. "
            f"To do: name some of {', '.join(known)}, with commas.",
            USAGE,
        )
    with database(data, begin=True):
        from deskpost.worker import duties, run

        write(f"{duties(names, concurrency)}\n")
        run(names, concurrency)
