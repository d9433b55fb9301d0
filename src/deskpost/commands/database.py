"""The installation's database, ready for a command: joined or started, migrated, Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskpost.commands.database_address import require_postgresql
from deskpost.commands.output import is_utf_8
from deskpost.data_folder import DataFolder, DataFolderUnusable


@contextmanager
def database(data: Path | None, *, begin: bool = False, migrate: bool = True) -> Iterator[DataFolder]:
    """Hold the database of a data folder up while a command works, with its tables up to date.

    A folder without a database is filled only to `begin` an installation, as commands do that write or work; to those
    that only look it is a mistake, for there is nothing to look at. Where DESKPOST_DATABASE_URL names the database,
    the folder may be a new one. Raises NoInstallation, DatabaseAddressUnusable, DataFolderUnusable,
    schema.DatabaseUnfit, and Django's DatabaseError.
    """
    from deskpost.postgres import embedded, require_installation

    if url := os.environ.get("DESKPOST_DATABASE_URL"):
        require_postgresql(url)

    folder = DataFolder(data)
    if not is_utf_8(str(folder.path)):
        raise DataFolderUnusable(
            f"The name of the data folder {folder.path} is not written in UTF-8, and PostgreSQL cannot work there. "
            "To do: name another folder with --data."
        )
    if not (url or begin):
        require_installation(folder)
    os.environ["DESKPOST_DATA"] = str(folder.path)
    folder.create()
    with embedded(folder) as address:
        os.environ["DESKPOST_DATABASE_URL"] = address
        set_up()
        from django.db import connections

        from deskpost import schema
        from deskpost.coming_up import once_it_is_up

        try:
            if migrate:
                once_it_is_up(schema.bring_up_to_date)
            yield folder
        finally:
            connections.close_all()


def set_up() -> None:
    """Set Django up for this process. The environment names folder and database."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deskpost.settings")
    django.setup()
