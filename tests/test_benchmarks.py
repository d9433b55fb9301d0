"""Each benchmark runs, on little: its figures are taken by `make bench`, not here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import dovecot, postfix

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.long  # a minute and a half that tells of the benchmarks alone


def printed(name: str, *options: str) -> str:
    """Run a benchmark, and give what it printed."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DESKPOST_", "DJANGO_"))
    }
    ran = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / f"{name}.py", *options],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_benchmark_of_the_pages_asks_for_every_kind_of_page():
    out = printed("pages", "--requests", "2000", "--times", "1")
    assert "record 2,000, conversation 3,700" in out
    assert (
        len(re.findall(r"^(?:list|detail|search|settings), .*\d+\.\d +\d+\.\d +\d+", out, re.MULTILINE)) == 71
    )
    assert "the count of open requests" in out


@pytest.mark.skipif(bool(dovecot.missing()), reason=str(dovecot.missing()))
def test_the_benchmark_of_the_way_in_takes_in_all_mails_beside_what_is_stored():
    out = printed("ingest", "--mails", "300", "--stored", "1000")
    assert re.search(r"Deskpost +\d+ mails/s +\d+% of the bare loop", out)
    assert "'record': 1300" in out


@pytest.mark.skipif(bool(postfix.missing()), reason=str(postfix.missing()))
def test_the_benchmark_of_sending_sends_all_mails():
    assert re.search(
        r"Deskpost +\d+ mails/s +\d+% of smtp-source", printed("send", "--mails", "60", "--rounds", "1")
    )
