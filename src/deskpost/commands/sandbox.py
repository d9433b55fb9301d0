"""`deskpost sandbox`"""

from pathlib import Path
from typing import Annotated

import typer

from deskpost.commands.output import print_json, write
from deskpost.commands.stop import USAGE

sandbox = typer.Typer(help="A simulated mail cloud for tests and trials.", rich_markup_mode=None)


@sandbox.callback(invoke_without_command=True)
def sandbox_alone(context: typer.Context) -> None:
    """A simulated mail cloud for tests and trials: Graph mail, EWS and their sign-in."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")
        raise typer.Exit(USAGE)


@sandbox.command()
def serve(
    port: Annotated[
        int,
        typer.Option(
            "--port",
            metavar="N",
            min=0,
            max=65535,
            help="The port; without it the last one, or any that is free.",
        ),
    ] = 0,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Keeps certificates, ports and admin token for the next time."
        ),
    ] = None,
    time_scale: Annotated[
        float,
        typer.Option(
            "--time-scale",
            metavar="X",
            min=0.001,
            max=1_000_000,
            help="How many times faster than life time passes.",
        ),
    ] = 1.0,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON, which is what it does in any case.")
    ] = False,
) -> None:
    """Serve the simulated cloud on this machine until it is told to stop."""
    from deskpost.sandbox.cloud import serve as cloud

    cloud.run(port, data, time_scale, print_json)
