"""`deskpost demo`"""

from typing import Annotated

import typer

from deskpost.commands.options import DEFAULT_PORT, Data, Port


def demo(
    port: Port = DEFAULT_PORT,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the data at the end.")] = False,
    data: Data = None,
) -> None:
    """Run Deskpost with a small mail world around it, to try it out."""
    from deskpost.sandbox import demo as world

    world.run(data, port, keep)
