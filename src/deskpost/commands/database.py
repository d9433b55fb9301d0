"""The installation's database, ready for a command: joined or started, migrated, Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskpost.data_folder import DataFolder


@contextmanager
def database(data: Path | None, *, migrate: bool = True) -> Iterator[DataFolder]:
    """Hold the database of a data folder up while a command works, with its tables up to date.

    Raises DataFolderUnusable, schema.DatabaseTooNew, and Django's DatabaseError.
    """
    from deskpost.postgres import embedded

    folder = DataFolder(data)
    os.environ["DESKPOST_DATA"] = str(folder.path)
    folder.create()
    with embedded(folder) as address:
        os.environ["DESKPOST_DATABASE_URL"] = address
        set_up()
        from django.db import connections

        from deskpost import schema

        try:
            if migrate:
                schema.bring_up_to_date()
            yield folder
        finally:
            connections.close_all()


def set_up() -> None:
    """Set Django up for this process. The environment names folder and database."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deskpost.settings")
    django.setup()
