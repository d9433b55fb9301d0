"""One database for the tests of a process: emptied between them instead of copied and dropped for each.

To copy and drop a database of thousand files costs more than most tests, and each begins with a server process that
has yet to read its catalogue. A test that changes the structure, or leaves one that cannot be emptied, gets the next
one a new copy.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

_COPIES_LAST = 100  # tests, after which what they deleted weighs

# What Django itself notes of its models nobody changes.
_TABLES = """
    SELECT oid::regclass::text, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    ORDER BY 1
"""
_SEQUENCES = """
    SELECT seqrelid::regclass::text, coalesce(pg_sequence_last_value(seqrelid), seqstart),
        pg_sequence_last_value(seqrelid) IS NOT NULL
    FROM pg_sequence ORDER BY 1
"""
_NOTE_CHANGES_OF_STRUCTURE = """
    CREATE TABLE emptying.change (at timestamptz DEFAULT now());
    GRANT USAGE ON SCHEMA emptying TO PUBLIC;
    GRANT SELECT ON emptying.change TO PUBLIC;
    CREATE FUNCTION emptying.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO emptying.change DEFAULT VALUES; END $$;
    CREATE EVENT TRIGGER emptying ON ddl_command_end EXECUTE FUNCTION emptying.note();
"""
_ALONE = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user
"""
_AS_AFTER_CONNECTING = "UNLISTEN *; RESET ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all()"


def make_emptying(url: str) -> None:
    """Give a database that is about to be a template the function that makes it again what it is now.

    Only a superuser may; where the tests are not let in as one, databases are copied.
    """
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, user="postgres") as connection:
        connection.execute("CREATE SCHEMA emptying")
        steps = []
        for number, (table, columns) in enumerate(connection.execute(_TABLES).fetchall()):
            if connection.execute(
                f"SELECT FROM {table} LIMIT 1"
            ).fetchall():  # every installation begins with them
                kept = f"emptying.rows_{number}"
                connection.execute(f"CREATE TABLE {kept} AS SELECT {columns} FROM {table}")
                into = f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
                steps.append(f"DELETE FROM {table}; {into} SELECT {columns} FROM {kept};")
            else:
                steps.append(f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;")
        for sequence, value, was_used in connection.execute(_SEQUENCES).fetchall():
            steps.append(f"PERFORM setval('{sequence}', {value}, {was_used});")
        body = "\n".join(steps)
        connection.execute(
            "CREATE FUNCTION emptying.empty() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
            "SET session_replication_role = replica "  # no triggers, and no order of the tables
            f"AS $$ BEGIN {body} END $$"
        )
        connection.execute(_NOTE_CHANGES_OF_STRUCTURE)


class KeptDatabase:
    """A copy of the template, for one test after the other. `own` makes one, and drops it at its end."""

    def __init__(
        self, template: str, own: Callable[[str, str], contextlib.AbstractContextManager[None]]
    ) -> None:
        self._template = template
        self._own = own
        self._copy = contextlib.ExitStack()
        self._name = ""
        self._tests = 0
        self._connection: Any = None  # Django's, whose server process knows the catalogue by now

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        """Give the name of the database, as empty as a new one, with Django's connections of this process to it."""
        from django.db import connections

        if not self._emptied():
            self._begin()
        self._tests += 1
        before, name_before = connections["default"], connections.settings["default"]["NAME"]
        connections["default"] = self._connection
        connections.settings["default"]["NAME"] = self._name
        try:
            yield self._name
        finally:
            connections.settings["default"]["NAME"] = name_before
            connections["default"] = before

    def drop(self) -> None:
        """Drop the database."""
        self._copy.close()

    def _emptied(self) -> bool:
        """Empty it; false where there is none, or it cannot be."""
        django = self._connection
        if django is None or django.in_atomic_block or self._tests >= _COPIES_LAST:
            return False
        try:
            django.ensure_connection()
            raw = django.connection
            raw.execute(_AS_AFTER_CONNECTING)
            django.init_connection_state()
            raw.execute(_ALONE)
            (changed,) = raw.execute("SELECT EXISTS (SELECT FROM emptying.change)").fetchone()
            if changed:
                return False
            raw.execute("SELECT emptying.empty()")
            raw.execute("SELECT pg_stat_force_next_flush()")  # what a test counts as written is its own
        except psycopg.Error:
            return False
        return True

    def _begin(self) -> None:
        from django.db import connections

        self.drop()
        self._name, self._tests = f"test_{os.getpid()}_{os.urandom(4).hex()}", 0
        self._copy.enter_context(self._own(self._name, self._template))
        self._connection = connections.create_connection("default")
        self._connection.settings_dict = {**self._connection.settings_dict, "NAME": self._name}
        self._copy.callback(self._connection.close)
