"""`deskpost demo`"""

from typing import Annotated

import typer

from deskpost.commands.options import DEFAULT_PORT, Data


def demo(
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="N",
            min=1,
            max=65535,
            help=f"The port of the pages; without it {DEFAULT_PORT}, or the next that is free.",
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the data at the end.")] = False,
    data: Data = None,
) -> None:
    """Run Deskpost with a small mail world around it, to try it out."""
    from deskpost.sandbox import demo as world

    world.run(data, port, keep)
