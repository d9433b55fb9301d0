"""How much mail came in for a server to answer, against what Microsoft Graph can send."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.inbound.inflow import too_much
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_scopes import help_desk, scope_of_account
from tests.inbound import builders
from tests.outbound import builders as outgoing

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def came(mailbox: Mailbox, mails: int, within: timedelta, of: Account, end: datetime) -> None:
    """So many mails of an account, spread evenly over a span of time."""
    rows = InboundMessage.objects.bulk_create(
        InboundMessage(
            mailbox=mailbox,
            source_number=1,
            folder="INBOX",
            validity="1",
            uid=f"{of.pk} {end:%s} {number}",
            size=1,
            sha256=b"",
            received_at=end - within * number / mails,
        )
        for number in range(mails)
    )
    MailOutcome.objects.bulk_create(
        MailOutcome(mail=row, instance=mailbox.instance, account=of, kind="automatic", trace=[])
        for row in rows
    )


def test_more_than_a_hundred_within_any_minute_are_too_much_for_graph() -> None:
    box, acme = builders.mailbox(), builders.account("Acme")
    server, first = outgoing.server(), help_desk()
    assert first is not None
    came(box, 100, timedelta(seconds=59), acme, NOW - timedelta(days=3))
    assert too_much(first, server, NOW) is None
    came(box, 120, timedelta(seconds=55), acme, NOW - timedelta(days=2))
    found = too_much(first, server, NOW)
    assert found is not None and found.minute is not None and found.hour is None
    assert found.minute.mails == 120
    assert abs(found.minute.at - (NOW - timedelta(days=2))) < timedelta(seconds=2)


def test_ten_a_minute_over_an_hour_are_not_too_much_and_eleven_are() -> None:
    box, acme, server, first = builders.mailbox(), builders.account("Acme"), outgoing.server(), help_desk()
    assert first is not None
    came(box, 600, timedelta(minutes=61), acme, NOW - timedelta(hours=30))
    assert too_much(first, server, NOW) is None
    came(box, 660, timedelta(minutes=59), acme, NOW - timedelta(hours=5))
    found = too_much(first, server, NOW)
    assert found is not None and found.minute is None and found.hour is not None
    assert found.hour.mails == 660


def test_mail_of_an_account_with_a_server_of_its_own_counts_there_alone() -> None:
    box, acme = builders.mailbox(), builders.account("Acme")
    common, own = outgoing.server(), outgoing.server(account=acme)
    came(box, 150, timedelta(seconds=30), acme, NOW - timedelta(hours=1))
    first, scope = help_desk(), scope_of_account(acme.pk)
    assert first is not None and scope is not None
    assert too_much(first, common, NOW) is None
    assert too_much(scope, own, NOW) is not None


def test_the_longest_wait_of_that_day_is_told() -> None:
    box, acme, server, first = builders.mailbox(), builders.account("Acme"), outgoing.server(), help_desk()
    assert first is not None
    at = NOW - timedelta(hours=8)
    came(box, 150, timedelta(seconds=30), acme, at)
    outgoing.queue_mails(server, ["ute@acme.example"])
    OutboxMail.objects.update(
        state="sent", created_at=at + timedelta(minutes=1), done_at=at + timedelta(minutes=7, seconds=40)
    )
    found = too_much(first, server, NOW)
    assert found is not None and found.longest_wait == timedelta(minutes=6, seconds=40)
