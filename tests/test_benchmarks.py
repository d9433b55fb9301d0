"""Each benchmark runs, on little: its figures are taken by `make bench`, not here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import dovecot, postfix

ROOT = Path(__file__).parent.parent

LONG = pytest.mark.long  # a minute and a half that tells of the benchmarks alone


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


def test_the_benchmark_of_reading_mails_runs_over_the_corpora_and_hostile_mails():
    out = printed("parse", "--quick")
    assert re.search(r"corpora: \d+ mails, median \d+ us", out)
    assert re.search(r"hostile mails of \d+ bytes \(\d+ kinds\), worst ms per MB", out)


def test_the_shares_of_the_mime_corpora_are_printed_and_every_difference_has_its_reason():
    out = printed("mime")
    assert len(re.findall(r"^  all +\d+ of +\d+ +\d+\.\d%$", out, re.MULTILINE)) == 2
    assert "NO REASON" not in out


def test_the_benchmark_of_new_text_runs_over_answers_and_what_is_made_to_hurt():
    out = printed("new_text", "--quick")
    assert len(re.findall(r"^ +\d+(?: +\d+){4}$", out, re.MULTILINE)) == 3
    assert re.search(r"29 kinds made to hurt, \d+ bytes, worst ms per MB", out)


@LONG
def test_the_benchmark_of_the_pages_asks_for_every_kind_of_page():
    out = printed("pages", "--requests", "2000", "--times", "1")
    assert "record 2,000, conversation 3,700" in out
    assert (
        len(re.findall(r"^(?:list|detail|search|settings), .*\d+\.\d +\d+\.\d +\d+", out, re.MULTILINE)) == 71
    )
    assert "the count of open requests" in out


@LONG
@pytest.mark.skipif(bool(dovecot.missing()), reason=str(dovecot.missing()))
def test_the_benchmark_of_the_way_in_takes_in_all_mails_beside_what_is_stored():
    out = printed("ingest", "--mails", "300", "--stored", "1000")
    assert re.search(r"Deskpost +\d+ mails/s +\d+% of the bare loop", out)
    assert "'record': 1300" in out


@LONG
@pytest.mark.skipif(bool(dovecot.missing()), reason=str(dovecot.missing()))
def test_the_benchmark_of_push_has_every_mail_made_a_request_without_an_interval():
    out = printed("push", "--mails", "3", "--idle", "20")
    assert re.search(r"3 mails to each server, 23 mailboxes listened to", out)
    for server in ("Dovecot, IDLE", "pymap, IDLE", "Graph"):
        assert re.search(rf"^{server} +\d+ +\d+", out, re.MULTILINE)


@pytest.mark.requirement("R94", "R95", "R96")
@LONG
@pytest.mark.parametrize(("scenario", "scale"), [("1", "12"), ("2", "6"), ("3", "6")])
def test_the_benchmark_of_the_load_scenarios_tells_delays_beside_the_seed_s_the_least_possible_and_targets(
    scenario, scale
):
    out = printed("graph_scenarios", "--scenarios", scenario, "--mails", "6", "--scale", scale)
    assert re.search(r"6 mails in over \d+ s with 20 inline images, 18 notifications and \d+ replies", out)
    for line in (
        "the seed's product",
        "notifications +median",
        "least possible +median",
        r"people.s replies .*target 10 s: (reached|missed)",
        "the whole",
    ):
        assert re.search(line, out), out
    assert re.search(r"at most [1-4] at a time, 0 refused", out)


@LONG
@pytest.mark.skipif(bool(postfix.missing()), reason=str(postfix.missing()))
def test_the_benchmark_of_sending_sends_all_mails():
    assert re.search(
        r"Deskpost +\d+ mails/s +\d+% of smtp-source", printed("send", "--mails", "60", "--rounds", "1")
    )
