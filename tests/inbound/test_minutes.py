"""Mails that come in and what goes wrong with it are counted by the minute, and of all time."""

import importlib
import socket
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from deskpost.inbound import flow, minutes
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.deliver import deliver
from deskpost.inbound.minutes import MailboxMinute
from deskpost.minutes import EVER
from tests.inbound.builders import mail, mailbox

pytestmark = pytest.mark.usefixtures("database")


def counts(of_minutes: bool) -> dict[str, int]:
    rows = (
        MailboxMinute.objects.exclude(minute=EVER)
        if of_minutes
        else MailboxMinute.objects.filter(minute=EVER)
    )
    told: Counter[str] = Counter()
    for what, count in rows.values_list("what", "count"):
        told[what] += count
    return dict(told)


def test_what_is_fetched_is_counted_by_the_minute_and_outcomes_of_all_time() -> None:
    box = mailbox()
    for number in range(3):
        deliver(box, mail(message_id=f"<{number}@acme.example>"))
    deliver(box, mail(message_id="<0@acme.example>") + b"\n")  # other bytes, the same mail
    assert counts(of_minutes=True) == {"in": 4}
    assert counts(of_minutes=False) == {"in": 4, "request": 3, "duplicate": 1}
    assert flow.ever() == {box.pk: {"in": 4, "request": 3, "duplicate": 1}}


def test_a_fetch_that_fails_is_counted_by_its_kind() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        box = mailbox(port=taken.getsockname()[1], tls="none")
        for _ in range(2):
            assert fetch(box.pk).failure is not None
    assert counts(of_minutes=True) == counts(of_minutes=False) == {"connection": 2}
    now = timezone.now()
    (one,) = flow.incoming(now, now - timedelta(hours=2), None)
    assert one.troubles == one.today == {"connection": 2}


def test_minutes_are_kept_for_eight_days_and_what_is_of_all_time_stays() -> None:
    box = mailbox()
    minutes.fetched(box.pk, 3)
    MailboxMinute.objects.exclude(minute=EVER).update(minute=F("minute") - timedelta(days=8, minutes=1))
    minutes.fetched(box.pk, 2)
    minutes.forget_old()
    assert counts(of_minutes=True) == {"in": 2}
    assert counts(of_minutes=False) == {"in": 5}


def test_an_upgrade_counts_what_is_there_already() -> None:
    box = mailbox()
    for number in range(3):
        deliver(box, mail(message_id=f"<{number}@acme.example>"))
    counted = sorted(MailboxMinute.objects.values_list("mailbox", "minute", "what", "count"))
    MailboxMinute.objects.all().delete()
    upgrade = importlib.import_module("deskpost.inbound.migrations.0026_mails_a_minute")
    with connection.cursor() as cursor:
        cursor.execute(upgrade.UNTIL_NOW)
    assert sorted(MailboxMinute.objects.values_list("mailbox", "minute", "what", "count")) == counted
