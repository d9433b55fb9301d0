"""`deskpost parse FILE.eml ...`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deskpost.commands.options import Data
from deskpost.commands.output import complain, print_json
from deskpost.commands.stop import DATA_ERROR, NO_INPUT, Stop

LARGEST = 128 << 20  # bytes; parsing holds a mail and its decoded parts in memory


def parse(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE.eml ...", readable=False, help='Mails; "-" is standard input.'),
    ],
    data: Data = None,
) -> None:
    """Print what Deskpost understands of a mail, as JSON. Needs no database.

    Exit codes of sysexits.h: 65 for what is no mail, 66 for what cannot be read; the other files are printed.
    """
    from deskpost.desk.modules import MODULES
    from deskpost.mime.delimiters import Delimiters
    from deskpost.mime.describe import as_json
    from deskpost.mime.parse import parse as read_mail

    shipped = Delimiters(("##",), {code: code for code in MODULES})
    code = 0
    for file in files:
        try:
            raw = read_file(file, LARGEST)
        except Stop as stop:
            complain(stop.words)
            code = code or stop.code
            continue
        described = as_json(read_mail(raw), shipped)
        print_json({"file": str(file), **described} if len(files) > 1 else described)
    raise typer.Exit(code)


def read_file(file: Path, largest: int) -> bytes:
    """Give the bytes of a mail file, "-" for standard input. Raises Stop for one that is no mail."""
    name = "Standard input" if str(file) == "-" else str(file)
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(largest + 1)
        else:
            with file.open("rb") as stream:
                raw = stream.read(largest + 1)
    except OSError as refused:
        raise Stop(
            f"{name} cannot be read: {file_words(refused)}. To do: name a file with one mail.", NO_INPUT
        ) from None
    if not raw:
        raise Stop(f"{name} is empty: there is no mail in it. To do: name a file with one mail.", DATA_ERROR)
    if len(raw) > largest:
        raise Stop(
            f"{name} is over {largest >> 20} MB, the largest mail that is read here. To do: name a smaller one.",
            DATA_ERROR,
        )
    return raw


def file_words(refused: OSError) -> str:
    """Give the system's words for a file that cannot be opened."""
    known = {
        FileNotFoundError: "there is no such file",
        IsADirectoryError: "it is a folder",
        PermissionError: "this user may not read it",
    }
    return known.get(type(refused), (refused.strerror or "the system does not say why").lower())
