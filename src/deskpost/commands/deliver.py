"""`deskpost deliver --mailbox NAME [FILE.eml ...]`: mails from files or an MTA's pipe.

Exit codes are those of sysexits.h, so that an MTA knows what to do: 75 makes it try again later.
"""

import logging
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data
from deskpost.commands.output import complain, is_utf_8, print_json
from deskpost.commands.parse import file_words
from deskpost.commands.stop import DATA_ERROR, NO_INPUT, TRY_LATER, Stop, foreseen

NO_USER = 67  # EX_NOUSER: there is no such mailbox
NOT_TAKEN = 69  # EX_UNAVAILABLE: larger than the mailbox takes; an MTA returns it to its sender


def deliver(
    mailbox: Annotated[
        str, typer.Option("--mailbox", metavar="NAME", help="The mailbox that takes the mails.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE.eml ...]", readable=False, help="Mails; without any, standard input."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide, and write nothing.")] = False,
    data: Data = None,
) -> None:
    """Take mails as if they had been fetched; print what became of each, as JSON, one a line."""
    try:
        code = _deliver(mailbox, files or [Path("-")], dry_run, data)
    except Stop:
        raise
    except Exception as trouble:
        stop = foreseen(trouble)
        if stop is None:
            logging.getLogger(__name__).exception("A mail could not be delivered")
        words = stop.words if stop else "Deskpost itself failed at this mail; what is above tells where."
        raise Stop(f"{words} No mail was taken from here on; try again later.", TRY_LATER) from None
    raise typer.Exit(code)


def _deliver(name: str, files: list[Path], dry_run: bool, data: Path | None) -> int:
    code = 0
    with database(data, begin=not dry_run):
        from deskpost.inbound.deliver import deliver as take
        from deskpost.inbound.deliver import read, rehearse
        from deskpost.inbound.mailboxes import Mailbox

        mailbox = Mailbox.objects.filter(name=name).first() if is_utf_8(name) else None
        if mailbox is None:
            raise _no_such_mailbox(name, any_mailbox=Mailbox.objects.exists())
        for file in files:
            shown = "Standard input" if str(file) == "-" else str(file)
            try:
                with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as stream:
                    mail = read(stream, mailbox)
            except OSError as refused:
                complain(f"{shown} cannot be read: {file_words(refused)}. To do: name a file with one mail.")
                code = code or NO_INPUT
                continue
            if not mail.size:
                complain(f"{shown} is empty: there is no mail in it. To do: name a file with one mail.")
                code = code or DATA_ERROR
                continue
            print_json(rehearse(mailbox, mail) if dry_run else take(mailbox, mail))
            if mail.truncated:
                complain(
                    f"{shown} is larger than the {mailbox.max_size_mb} MB that this mailbox takes: it was not taken, "
                    "only its header is kept. To do: raise max_size_mb of the mailbox and deliver it again."
                )
                code = code or NOT_TAKEN
    return code


def _no_such_mailbox(name: str, *, any_mailbox: bool) -> Stop:
    """Give how it ends. Where there is no mailbox at all an MTA keeps the mail: the folder may not be the right one."""
    if any_mailbox:
        return Stop(f"There is no mailbox with the name {name}. To do: see deskpost mailboxes.", NO_USER)
    return Stop(
        f"There is no mailbox with the name {name}, nor any other. To do: make it, with deskpost settings apply or "
        "on the pages; or name the right data folder with --data or DESKPOST_DATA.",
        TRY_LATER,
    )
