"""Delivery reports of some seventy mail systems, and what must not be taken for one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mime.bounce_corpus import FIELDS, HELD_OUT, MAILS, SYSTEMS, compare, system_of
from tests.mime.corpora import MAILS as ALL_MAILS
from tests.mime.corpora import name_of
from tests.mime.reports import understood

ABSENCE_NOTES = [path for path in MAILS if system_of(path) == "rfc3834"]
NO_REPORTS = {"arf-26", "lhost-fml-02"}
"""An unsubscription, and the answer of a mailing list's program to one who is no member."""

REPORTS_ELSEWHERE = {
    "odd_mails/mime_emails/raw_email_with_mimepart_without_content_type.eml",
    "odd_mails/multipart_report_emails/multi_address_bounce1.eml",
    "odd_mails/multipart_report_emails/multi_address_bounce2.eml",
    "odd_mails/multipart_report_emails/multipart_report_multiple_status.eml",
    "odd_mails/multipart_report_emails/report_422.eml",
    "odd_mails/multipart_report_emails/report_530.eml",
}


def test_of_the_fields_of_the_corpus_95_of_100_agree():
    seen, held_out = compare(held_out=False), compare(held_out=True)
    right = sum(each.right[name] for each in (seen, held_out) for name in FIELDS)
    count = sum(each.all[name] for each in (seen, held_out) for name in FIELDS)
    print(f"\nseen: {seen.share():.1%}, held out: {held_out.share():.1%}, all: {right} of {count}")
    assert len(SYSTEMS) == 71
    assert len(HELD_OUT) == 23
    assert count == 1365
    assert right / count >= 0.95, "\n".join(seen.mistakes + held_out.mistakes)
    assert held_out.share() >= 0.93, "\n".join(held_out.mistakes)


def test_every_report_of_the_corpus_is_recognised():
    missed = {
        path.stem for path in MAILS if system_of(path) != "rfc3834" and understood(path.read_bytes()) is None
    }
    assert missed == NO_REPORTS


def test_feedback_loops_are_complaints():
    loops = [
        understood(path.read_bytes())
        for path in MAILS
        if system_of(path) == "arf" and path.stem not in NO_REPORTS
    ]
    assert len(loops) == 8
    assert {report.kind for report in loops} == {"complaint"}
    assert all(each.hard is None for report in loops for each in report.recipients)


@pytest.mark.parametrize("path", ABSENCE_NOTES, ids=lambda path: path.stem)
def test_absence_notes_are_no_reports(path):
    assert understood(path.read_bytes()) is None


def test_of_the_other_corpora_only_the_reports_are_reports():
    others = [path for path in ALL_MAILS if path.parent.name != "bounces"]
    assert len(others) > 200
    assert {name_of(path) for path in others if understood(path.read_bytes())} == REPORTS_ELSEWHERE


def test_the_benchmark_prints_both_shares_and_every_system():
    program = Path(__file__).parents[2] / "benchmarks" / "bounces.py"
    ran = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=120, check=True)
    assert re.search(r"seen while it was written: 9\d\.\d%", ran.stdout)
    assert re.search(r"held out: 9\d\.\d%", ran.stdout)
    assert re.search(r"all: \d+ of 1365 fields, 9\d\.\d%", ran.stdout)
    assert "lhost-postfix" in ran.stdout
