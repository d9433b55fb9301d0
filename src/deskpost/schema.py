"""The tables of the database: whether they are those of this version, and how they become so.

A new database begins with structure.sql, which is what the migrations make of an empty one: it takes a hundredth of
their time. What it does not know yet, and every database of before, is brought up to date by the migrations.
"""

from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

_LOCK = 0x6465736B706F7374  # "deskpost": two processes that start at once migrate one after the other
OLDEST = 150000  # PostgreSQL 15: UNIQUE NULLS NOT DISTINCT
STRUCTURE = Path(__file__).with_name("structure.sql")
_BEFORE = """
    CREATE EXTENSION IF NOT EXISTS unaccent;
    SET LOCAL check_function_bodies = off;
    SELECT set_config('deskpost.identity', gen_random_uuid()::text, true);
"""


class DatabaseUnfit(Exception):
    """The database cannot serve this version of Deskpost. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def bring_up_to_date() -> tuple[str, ...]:
    """Apply the migrations that are missing and give their names; cheap when there are none.

    Raises DatabaseUnfit when the database is older than PostgreSQL 15 or was migrated by a newer Deskpost.
    """
    if not missing():
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            names = missing()
            if not _applied():
                _begin()
            if missing():
                call_command("migrate", verbosity=0, interactive=False)
            return names
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def missing() -> tuple[str, ...]:
    """Give the migrations ("app.name") that the database lacks. Compares names alone, imports none of them.

    Raises DatabaseUnfit.
    """
    applied, known = _applied(), _known()
    unknown = sorted(name for name in applied - known if name.partition(".")[0] in _our_labels())
    if unknown:
        raise DatabaseUnfit(
            f"The database belongs to a newer Deskpost: it knows {unknown[-1]}, this version does not. "
            "To do: install that version, or name another data folder with --data."
        )
    return tuple(sorted(known - applied))


def _begin() -> None:
    """Make the tables of an empty database, all or none, and the rows that every installation begins with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BEFORE)
        cursor.execute(STRUCTURE.read_text())


def _applied() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, to_regclass('django_migrations')")
        version, table = cursor.fetchone()
        if version < OLDEST:
            raise DatabaseUnfit(
                f"The database is PostgreSQL {version // 10000}; Deskpost needs 15 or newer. "
                "To do: upgrade it, or let DESKPOST_DATABASE_URL name a newer one."
            )
        if table is None:
            return set()
        cursor.execute("SELECT app || '.' || name FROM django_migrations")
        return {name for (name,) in cursor.fetchall()}


def _known() -> set[str]:
    return {
        f"{app.label}.{file.stem}"
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("[0-9]*.py")
    }


def _our_labels() -> set[str]:
    return {app.label for app in apps.get_app_configs() if app.name.startswith("deskpost.")}
