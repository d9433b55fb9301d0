"""A new database begins with structure.sql, and is then what the migrations would have made of it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from deskpost import schema
from tests import database

TOOL = Path(__file__).parents[1] / "tools" / "structure.py"


@pytest.fixture(scope="module")
def migrated(django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database that the migrations alone have made; its structure."""
    with database.own("migrated"), django_db_blocker.unblock(), database.django_on("migrated"):  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)
        yield structure_of("migrated")


@pytest.fixture
def begun(django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database, to which Django's connections lead."""
    with database.own("begun"), django_db_blocker.unblock(), database.django_on("begun"):  # type: ignore[attr-defined]
        yield "begun"


def structure_of(name: str) -> str:
    command = [sys.executable, TOOL, database.url_of(name)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def without_brackets(structure: str) -> str:
    """PostgreSQL prints conditions with fewer brackets once it has read its own print."""
    return re.sub(r"[()]", "", structure)


def test_the_file_is_that_of_the_present_migrations(migrated: str) -> None:
    assert schema.STRUCTURE.read_text() == migrated, "To do: make structure"


def test_a_database_begun_with_it_is_what_the_migrations_make(migrated: str, begun: str) -> None:
    names = schema.bring_up_to_date()
    assert "desk.0001_initial" in names
    assert "procrastinate.0001_initial" in names
    assert without_brackets(structure_of(begun)) == without_brackets(migrated)
    assert schema.bring_up_to_date() == ()


def test_each_installation_is_one_of_its_own(begun: str) -> None:
    identities = set()
    for _ in range(2):
        schema.bring_up_to_date()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT identity FROM installation UNION SELECT identity FROM desk_installationsettingsevent"
            )
            identities.update(cursor.fetchall())
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert len(identities) == 2


def test_it_goes_where_the_database_looks_first(begun: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA desk; ALTER DATABASE {begun} SET search_path = desk, public")
    connection.close()
    schema.bring_up_to_date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('desk.outbox_mail') IS NOT NULL, to_regclass('public.outbox_mail') IS NULL"
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute("SELECT count(*) FROM desk.role")
        assert cursor.fetchone() == (5,)


def test_a_database_that_is_not_empty_is_left_as_it_is(begun: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE outbox_mail (note text)")
    with pytest.raises(Exception, match="outbox_mail"):
        schema.bring_up_to_date()
    connection.close()
    with psycopg.connect(database.url_of(begun)) as own:
        tables = own.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("outbox_mail",)]


@pytest.mark.usefixtures("database")
def test_no_table_is_described_otherwise_than_its_migrations_make_it() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
