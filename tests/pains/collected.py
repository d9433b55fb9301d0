"""A plugin of pytest that prints, as one line of JSON, which tests were collected that show a line of docs/pains.md."""

import json
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print for each: its file, its lines, its fixtures, and whether it is left out of make test."""
    found = [
        (
            item.path.relative_to(TESTS).as_posix(),
            sorted({slug for mark in item.iter_markers("pain") for slug in mark.args}),
            sorted(getattr(item, "fixturenames", ())),
            item.get_closest_marker("long") is not None,
        )
        for item in session.items
    ]
    print(json.dumps(found))
