"""Automatic mail is told from what people write, and auto-replies from the rest of it."""

import pytest

from deskpost.mime.automatic import recognise
from deskpost.mime.parse import parse


def kind(*lines: str) -> str | None:
    """Give the kind of a mail with these header lines."""
    found = recognise(parse("\r\n".join((*lines, "From: a@b.c", "", "text")).encode()))
    assert found is None or found.reason
    return found.kind if found else None


@pytest.mark.parametrize(
    "lines",
    [
        ["Auto-Submitted: auto-replied (vacation)"],
        ["Auto-Submitted: auto-replied; owner-email=a@b.c", "Return-Path: <>"],
        ["X-Autoreply: yes"],
        ["X-Autorespond: x"],
        ["Precedence: auto_reply"],
        ["X-MS-Exchange-Inbox-Rules-Loop: a@b.c"],
        ["Auto-Submitted: auto-generated", "Subject: Automatic reply: hello"],
        ["X-Auto-Response-Suppress: All", "Subject: Abwesenheitsnotiz: hallo"],
        ["Return-Path: <>", "Subject: Out of office: hello"],
    ],
)
def test_absence_notes_are_auto_replies(lines):
    assert kind(*lines) == "auto-reply"


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: multipart/report; report-type=delivery-status; boundary=b"],
        ["Content-Type: multipart/report; boundary=b", "Auto-Submitted: auto-replied"],
        ["Return-Path: <>", "From: MAILER-DAEMON@mx.example"],
        ["Return-Path: < >", "Precedence: bulk", "From: postmaster@mx.example"],
        ["X-Failed-Recipients: a@b.c", "Auto-Submitted: auto-replied", "Return-Path: <>"],
    ],
)
def test_delivery_reports_are_reports(lines):
    assert kind(*lines) == "report"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Auto-Submitted: auto-generated"], "auto-generated"),
        (["Return-Path: <>"], "auto-generated"),
        (["Return-Path: <>", "List-Id: <a.b.c>"], "list"),
        (["X-Failed-Recipients: a@b.c"], "auto-generated"),
        (["Auto-Submitted: auto-notified"], "auto-generated"),
        (["X-Auto-Response-Suppress: OOF, AutoReply"], "auto-generated"),
        (["List-Id: <l.example>", "Precedence: bulk"], "list"),
        (["Precedence: list"], "list"),
        (["Precedence: bulk"], "bulk"),
        (["Precedence: JUNK"], "bulk"),
        (["List-Unsubscribe: <https://x.example>"], "bulk"),
    ],
)
def test_alerts_lists_and_mailings_are_no_auto_replies(lines, wanted):
    assert kind(*lines) == wanted


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: NO; comment"],
        ["Subject: Automatic reply: hello"],
        ["Subject: Out of office hours support"],
        ["Return-Path: <a@b.c>"],
        ["X-Auto-Response-Suppress: None"],
        ["Precedence: normal"],
        ["X-Autoreply: no"],
    ],
)
def test_what_a_person_writes_is_not_automatic(lines):
    assert kind(*lines) is None
