"""A PostgreSQL for the tests: embedded, in a temporary data folder, unless DESKPOST_DATABASE_URL names another.

Loaded before Django's settings are (`-p tests.database` in pyproject.toml). Tests within one connection use
pytest-django's `db`; tests with several connections or processes use `database`: a database of their own.
"""

import contextlib
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.kept_database import KeptDatabase, make_emptying

_MEMORY = "/dev/shm"
_ROOM = 6_000_000_000  # bytes in memory that the files of a whole run have need of, with room to spare


def _is_room_in_memory() -> bool:
    """Tell whether files may lie in memory: there databases are made and dropped at half the cost."""
    with contextlib.suppress(OSError):
        available = re.search(r"MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text())
        runs_programs = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
        enough = available is not None and int(available[1]) * 1024 > 2 * _ROOM
        return runs_programs and enough and shutil.disk_usage(_MEMORY).free > _ROOM
    return False


def _let_the_disk_be(cluster: Path) -> None:
    """Let PostgreSQL wait for no disk: where files do not lie in memory, making a database takes seconds else.

    What the tests keep there nobody needs after a crash; those that kill servers have servers of their own. Nothing
    tidies up meanwhile either: databases live for a hundred tests, and rows stay in the order they came in.
    """
    with (cluster / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\nautovacuum = off\n")
    os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)


_closing = contextlib.ExitStack()
if "DESKPOST_TEST_DATA" not in os.environ:  # a pytest inside a test shares what the outer one has started
    if "TMPDIR" not in os.environ and _is_room_in_memory():
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY
    DATA = tempfile.mkdtemp(prefix="deskpost-test-")
    _closing.callback(shutil.rmtree, DATA, ignore_errors=True)
    os.environ["DESKPOST_TEST_DATA"] = os.environ["DESKPOST_DATA"] = DATA
    if "DESKPOST_DATABASE_URL" not in os.environ:
        from deskpost.data_folder import DataFolder
        from deskpost.postgres import embedded

        os.environ["DESKPOST_DATABASE_URL"] = _closing.enter_context(embedded(DataFolder(DATA)))
        _let_the_disk_be(Path(DATA) / "postgres")
    os.environ["DESKPOST_TEST_TEMPLATE"] = f"template_{os.getpid()}"
    _closing.callback(lambda: _on_server(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)"))

SERVER_URL = os.environ["DESKPOST_DATABASE_URL"]
TEMPLATE = os.environ["DESKPOST_TEST_TEMPLATE"]


def pytest_unconfigure() -> None:
    """Stop the server that was started for the tests."""
    _closing.close()


def url_of(name: str) -> str:
    """Give the address of another database on the tests' server."""
    parts = urlsplit(SERVER_URL)
    return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"


def _on_server(statement: str) -> None:
    with psycopg.connect(SERVER_URL, autocommit=True) as server:
        server.execute(statement)


@contextlib.contextmanager
def own(name: str, template: str = "template1") -> Iterator[None]:
    """A database of one's own for a while: empty, or a copy of another."""
    _on_server(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # twice as fast as by WAL
    try:
        yield
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def django_on(name: str) -> Iterator[None]:
    """Let Django's connections of this process go to another database."""
    from django.db import connection, connections

    before = connection.settings_dict["NAME"]
    connections.close_all()
    for settings in (connection.settings_dict, connections.settings["default"]):
        settings["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        for settings in (connection.settings_dict, connections.settings["default"]):
            settings["NAME"] = before


@pytest.fixture(scope="session")
def template_database(django_db_blocker: object) -> str:
    """A migrated database that others are copied from: made by the first process that needs it, for all of them."""
    from deskpost import schema

    with psycopg.connect(SERVER_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            server.execute(f"CREATE DATABASE {TEMPLATE}_new")
            with django_db_blocker.unblock(), django_on(f"{TEMPLATE}_new"):  # type: ignore[attr-defined]
                schema.bring_up_to_date()
                make_emptying(url_of(f"{TEMPLATE}_new"))
            server.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture(scope="session")
def kept_database(template_database: str) -> Iterator[KeptDatabase]:
    """The database that the tests of this process have one after the other."""
    kept = KeptDatabase(template_database, own)
    yield kept
    kept.drop()


@pytest.fixture
def database(
    kept_database: KeptDatabase, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database of this test's own, migrated and otherwise empty; its address, also in the environment."""
    with django_db_blocker.unblock(), kept_database.empty() as name:  # type: ignore[attr-defined]
        monkeypatch.setenv("DESKPOST_DATABASE_URL", url_of(name))
        yield url_of(name)
