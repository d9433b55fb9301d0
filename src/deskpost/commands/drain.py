"""`deskpost drain`"""

import logging
import os
import sys
from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import complain, print_json, write
from deskpost.commands.stop import FAILED, TRY_LATER


def drain(
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", min=0, help="Seconds for all of it.")
    ] = 60.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """Fetch every mailbox once, process, send all that is due, then stop.

    Exit 0: nothing is left and nothing went wrong; 1: something did; 75: the time ran out.
    """
    with database(data, begin=True):
        from deskpost.drain import drain as drain_all
        from deskpost.worker import give_back

        logging.getLogger("deskpost").setLevel(logging.ERROR)  # what it warns of is told at the end
        drained = drain_all(timeout)
        give_back()
    for words in drained.troubles:
        complain(words)
    if json:
        print_json(
            {
                "fetched": drained.fetched,
                "processed": drained.processed,
                "sent": drained.sent,
                "troubles": drained.troubles,
                "timed_out": drained.timed_out,
            }
        )
    else:
        write(f"Fetched {drained.fetched}, processed {drained.processed}, sent {drained.sent}.\n")
    code = TRY_LATER if drained.timed_out else FAILED if drained.troubles else 0
    if drained.timed_out:  # a fetch may still wait for its server, and its thread cannot be ended otherwise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise typer.Exit(code)
