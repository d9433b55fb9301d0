"""What every test may use: the servers of tests/servers, and the databases of tests/database.py."""

import pytest

pytest_plugins = ["tests.servers.plugin"]

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
