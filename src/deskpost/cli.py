"""The command line, assembled: each command is a file in `commands/`."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from deskpost.commands import (
    deliver,
    demo,
    doctor,
    drain,
    lookups,
    migrate,
    parse,
    rehearse,
    run,
    sandbox,
    settings,
    sql,
    web,
    worker,
)
from deskpost.commands.output import complain, write
from deskpost.commands.stop import FAILED, INTERRUPTED, MTA_USAGE, USAGE, foreseen

app = typer.Typer(
    name="deskpost",
    help="Deskpost: the mail side of a help desk.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        write(f"Deskpost {version('deskpost')}\n")
        raise typer.Exit


@app.callback()
def deskpost(
    version_wanted: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Deskpost: the mail side of a help desk."""


for command in (
    run.run,
    web.web,
    worker.worker,
    migrate.migrate,
    drain.drain,
    deliver.deliver,
    rehearse.rehearse,
    parse.parse,
    lookups.trace,
    lookups.requests,
    lookups.show,
    lookups.outbox,
    lookups.mailboxes,
    sql.sql,
    doctor.doctor,
    demo.demo,
):
    app.command()(command)
app.add_typer(settings.settings, name="settings")
app.add_typer(sandbox.sandbox, name="sandbox")


def main() -> None:
    """Run the command that the shell names. Foreseeable trouble is one sentence and a non-zero exit."""
    sys.exit(_run())


def _run() -> int:
    arguments = sys.argv[1:]
    try:
        code = app(arguments or ["--help"], standalone_mode=False)
        return code or 0 if arguments else USAGE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except typer.TyperException as misused:
        complain(_usage_words(misused))
        return MTA_USAGE if arguments[:1] == ["deliver"] else USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains at its end
        return FAILED
    except Exception as trouble:
        stop = foreseen(trouble)
        if stop is None:
            raise
        complain(stop.words)
        return stop.code


def _usage_words(misused: typer.TyperException) -> str:
    words = misused.format_message() if isinstance(misused, typer.BadParameter.__mro__[2]) else str(misused)
    context = getattr(misused, "ctx", None)
    place = context.command_path if context else "deskpost"
    sentence = words if words.endswith("?") else f"{words.rstrip('.')}."
    return f"{sentence} To do: see {place} --help."
