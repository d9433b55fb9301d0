"""What every test may use: the servers of tests/servers, and the databases of tests/database.py."""

import gc

import pytest

pytest_plugins = ["tests.servers.plugin", "tests.faults.plugin"]

# Few and slow tests, which begin a run: at its end one process would be left alone with them.
_SLOW = (
    "tests/browser/test_demo.py",
    "tests/browser/test_pages.py",
    "tests/test_cli_drain.py",
    "tests/test_benchmarks.py",
    "tests/test_wheel.py",
    "tests/test_install.py",
    "tests/soak/",
    "tests/sandbox/",
    "tests/browser/",
    "tests/outbound/test_restart.py",
    "tests/test_upgrade.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow tests first, and leave the rest in order."""

    def place(item: pytest.Item) -> int:
        return next((at for at, slow in enumerate(_SLOW) if item.nodeid.startswith(slow)), len(_SLOW))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what was imported and collected: some 5 % of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, template_database: str
) -> None:
    """Let pytest-django's database be a copy too, instead of migrating another in each process.

    Here and not in tests/database.py: of two plugins pytest-django's own, which is loaded later, would count.
    """
    from django.db import connection, connections

    for settings in (connection.settings_dict, connections.settings["default"]):
        settings["TEST"]["TEMPLATE"] = template_database
