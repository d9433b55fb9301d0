"""`deskpost doctor`"""

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import print_json, write
from deskpost.commands.stop import FAILED


def doctor(data: Data = None, json: Json = False) -> None:
    """Check the installation: database, keys, raw mails, clock, names, every mailbox and server."""
    well = True
    findings = []
    with database(data) as folder:
        from deskpost.doctor import examine

        for finding in examine(folder):
            well = well and finding.ok
            findings.append({"check": finding.check, "ok": finding.ok, "words": finding.words})
            if not json:
                write(f"{'ok     ' if finding.ok else 'TROUBLE'}  {finding.check}: {finding.words}\n")
    if json:
        print_json(findings)
    if not well:
        raise typer.Exit(FAILED)
