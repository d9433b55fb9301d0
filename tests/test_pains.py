"""Each line of docs/pains.md is shown by tests with real parts, and no test shows a line that is not there."""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs/pains.md"
LINE = re.compile(r"^\| `([a-z0-9-]+)` \|.+\| (?P<shown>[^|]+) \|$", re.MULTILINE)
# PostgreSQL, the servers of tests/servers, and the simulated cloud.
REAL = {"template_database", "dovecot", "postfix", "smtp_sink", "world"}


@pytest.fixture(scope="module")
def lines() -> dict[str, set[str]]:
    """The lines of the page, each with the files that it names."""
    found = [
        (line[1], set(re.findall(r"`([^`]+)`", line["shown"]))) for line in LINE.finditer(PAGE.read_text())
    ]
    assert len(found) == len(dict(found)), "a line stands there twice"
    return dict(found)


@pytest.fixture(scope="module")
def collected() -> list[tuple[str, list[str], bool, bool]]:
    """What pytest collects with the mark: file, lines, whether it has real parts, whether make test runs it."""
    files = [str(file) for file in sorted(TESTS.rglob("test_*.py")) if "mark.pain(" in file.read_text()]
    options = ["--collect-only", "-q", "-m", "pain", "-p", "no:xdist", "-p", "tests.pains.collected"]
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
    )
    (line,) = [one for one in told.stdout.splitlines() if one.startswith("[[")] or [told.stdout + told.stderr]
    return [
        (file, slugs, bool(REAL & set(fixtures)), not long)
        for file, slugs, fixtures, long in json.loads(line)
    ]


def test_each_line_has_its_tests_and_no_test_is_left_over(
    lines: dict[str, set[str]], collected: list[tuple[str, list[str], bool, bool]]
) -> None:
    shown = defaultdict(set)
    for file, slugs, _, _ in collected:
        for slug in slugs:
            shown[slug].add(file)
    assert dict(shown) == lines


def test_each_of_them_has_real_parts_and_is_run_by_make_test(
    collected: list[tuple[str, list[str], bool, bool]],
) -> None:
    assert collected
    assert not [file for file, _, real, often in collected if not (real and often)]


def test_each_line_says_where_it_was_reported_and_what_happens_here() -> None:
    for row in PAGE.read_text().splitlines():
        if row.startswith("| `"):
            _, suffered, reported, here, *_ = row.split(" |")
            assert suffered.strip() and here.strip() and re.search(r"\d|\.rb", reported), row


def test_what_is_not_there_yet_is_part_of_a_line(lines: dict[str, set[str]]) -> None:
    parts = re.findall(r"^- `([^`]+)`: .+\.$", PAGE.read_text().partition("## Not yet")[2], re.MULTILINE)
    assert parts and set(parts) <= set(lines)
