"""`deskpost settings apply FILE.yaml`, `deskpost settings export`"""

from pathlib import Path
from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import complain, print_json, write
from deskpost.commands.stop import USAGE

settings = typer.Typer(help="Settings as code.", rich_markup_mode=None)


@settings.callback(invoke_without_command=True)
def settings_alone(context: typer.Context) -> None:
    """Settings as code."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")
        raise typer.Exit(USAGE)


@settings.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", readable=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make the settings what a file says. A mistake names its line and changes nothing."""
    with database(data, begin=not dry_run):
        from deskpost import settings_file

        applied = settings_file.apply(settings_file.read(file), dry_run=dry_run)
    for words in applied.warnings:
        complain(f"{file}, {words}")
    if json:
        changes = [change.as_json() for change in applied.changes]
        print_json({"dry_run": dry_run, "changes": changes, "warnings": list(applied.warnings)})
        return
    for change in applied.changes:
        write(f"{change}\n")
    if not applied.changes:
        write("Nothing to change.\n")
    elif dry_run:
        write("Nothing was changed, for this was a dry run.\n")


@settings.command()
def export(data: Data = None) -> None:
    """Print the present settings as such a file, secrets masked."""
    with database(data):
        from deskpost import settings_file

        text = settings_file.export()
    write(text)
