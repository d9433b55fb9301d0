"""A PostgreSQL for the tests: embedded, in a temporary data folder, unless DESKPOST_DATABASE_URL names another.

Loaded before Django's settings are (`-p tests.database` in pyproject.toml). Tests within one connection use
pytest-django's `db`; tests with several connections or processes use `database`: a database of their own.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

_closing = contextlib.ExitStack()
if "DESKPOST_TEST_DATA" not in os.environ:  # a pytest inside a test shares what the outer one has started
    DATA = tempfile.mkdtemp(prefix="deskpost-test-")
    _closing.callback(shutil.rmtree, DATA, ignore_errors=True)
    os.environ["DESKPOST_TEST_DATA"] = os.environ["DESKPOST_DATA"] = DATA
    if "DESKPOST_DATABASE_URL" not in os.environ:
        from deskpost.data_folder import DataFolder
        from deskpost.postgres import embedded

        os.environ["DESKPOST_DATABASE_URL"] = _closing.enter_context(embedded(DataFolder(DATA)))

SERVER_URL = os.environ["DESKPOST_DATABASE_URL"]


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
def _django_on(name: str) -> Iterator[None]:
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
def template_database(django_db_blocker: object) -> Iterator[str]:
    """A migrated database that others are copied from."""
    from django.core.management import call_command

    name = f"template_{os.getpid()}"
    _on_server(f"CREATE DATABASE {name}")
    with django_db_blocker.unblock(), _django_on(name):  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)
    yield name
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(
    template_database: str, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database of this test's own, migrated and otherwise empty; its address, also in the environment."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    monkeypatch.setenv("DESKPOST_DATABASE_URL", url_of(name))
    try:
        with django_db_blocker.unblock(), _django_on(name):  # type: ignore[attr-defined]
            yield url_of(name)
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")
