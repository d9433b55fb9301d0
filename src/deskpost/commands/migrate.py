"""`deskpost migrate`"""

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data


def migrate(data: Data = None) -> None:
    """Bring the database's tables up to this version."""
    with database(data, begin=True, migrate=False):
        from deskpost import schema

        names = schema.bring_up_to_date()
    for name in names:
        typer.echo(f"Applied {name}")
    if not names:
        typer.echo("The database is up to date.")
