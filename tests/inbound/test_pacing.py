"""A first fetch of everything at Gmail: it stops under the day's limit and goes on the next day. Real Dovecot."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from deskpost.console.mail_settings.incoming_rows import row_of
from deskpost.inbound.collecting import pacing
from deskpost.inbound.collecting.first_fetch import Start
from deskpost.inbound.describe import mailboxes_json
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.standings import standing
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, take_in
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.usefixtures("database")

TEXT = "It burns, and so does the shelf behind it.\n" * 200  # 8.6 kB


@pytest.fixture
def at_gmail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dovecot counts as Gmail, whose day ends after 50 kB: four fifths of that are four mails."""
    monkeypatch.setattr(pacing, "HOSTS", {"127.0.0.1"})
    monkeypatch.setattr(pacing, "DAILY", {"imap": 50_000, "pop": 50_000})


def deliver(dovecot: Dovecot, made: Mailbox, first: int, last: int) -> None:
    dovecot.deliver_many(
        made.username,
        [
            mail(message_id=f"<{n}@acme.example>", subject=f"Number {n}", text=TEXT)
            for n in range(first, last + 1)
        ],
    )


def told(made: Mailbox) -> str:
    return str(next(one for one in mailboxes_json() if one["name"] == made.name)["reason"] or "")


def a_day_passes() -> None:
    day = timedelta(hours=24)
    MailboxState.objects.update(
        downloading_since=F("downloading_since") - day, paced_until=F("paced_until") - day
    )


@pytest.mark.usefixtures("at_gmail")
@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_a_first_fetch_of_everything_stops_under_the_day_s_limit_and_goes_on_the_next_day(
    dovecot: Dovecot, protocol: str
) -> None:
    made = box(dovecot, protocol)
    deliver(dovecot, made, 1, 10)
    assert take_in(made) == 4 and take_in(made) == 0
    state = MailboxState.objects.get(mailbox=made)
    assert 32_000 < state.downloaded <= 40_000 and state.backlog == 6
    assert state.failing_since is None and state.paced_until is not None
    assert timedelta(hours=23) < state.paced_until - timezone.now() <= timedelta(hours=24)
    assert "The first fetch waits until" in told(made) and "To do: nothing, it goes on by itself." in told(
        made
    )
    a_day_passes()
    assert take_in(made) == 4
    a_day_passes()
    assert take_in(made) == 2 and take_in(made) == 0
    state.refresh_from_db()
    assert (told(made), state.paced_until, state.backlog) == ("", None, 0)
    assert InboundMessage.objects.count() == 10
    subjects = sorted(InboundMessage.objects.values_list("uid", flat=True))
    assert len(set(subjects)) == 10, "each once"


@pytest.mark.usefixtures("at_gmail")
@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_new_mail_does_not_wait_for_the_first_fetch(dovecot: Dovecot, protocol: str) -> None:
    made = box(dovecot, protocol)
    deliver(dovecot, made, 1, 6)
    assert take_in(made) == 4
    deliver(dovecot, made, 7, 8)
    assert take_in(made) == 2, "the two new ones"
    assert MailboxState.objects.get(mailbox=made).backlog == 2
    a_day_passes()
    assert take_in(made) == 2
    assert InboundMessage.objects.count() == 8


@pytest.mark.usefixtures("at_gmail")
def test_two_mailboxes_of_one_account_share_its_day(dovecot: Dovecot) -> None:
    made = box(dovecot)
    deliver(dovecot, made, 1, 5)
    other = mailbox(
        "Another folder", port=dovecot.imap, username=made.username.upper(), password=PASSWORD, fetching=False
    )
    MailboxState.objects.filter(mailbox=other).update(downloaded=30_000, downloading_since=timezone.now())
    pace = pacing.of(made)
    pace.start = Start(None, None, old_until="9")
    assert pace.takes("1", 1_000)
    MailboxState.objects.filter(mailbox=other).update(downloaded=40_000)  # it is fetched at the same time
    pace.count(1_000)
    assert not pace.takes("2", 1_000)
    MailboxState.objects.filter(mailbox=other).update(downloaded=30_000)
    MailboxState.objects.filter(mailbox=made).update(downloaded=0)
    assert take_in(made) == 1


@pytest.mark.usefixtures("at_gmail")
def test_the_page_says_that_the_first_fetch_waits(dovecot: Dovecot) -> None:
    made = box(dovecot)
    deliver(dovecot, made, 1, 6)
    take_in(made)
    row = row_of(standing(Mailbox.objects.select_related("state").get(pk=made.pk), timezone.now()))
    assert (row.state, row.pill.words) == ("fetching", "First fetch waits")
    assert "50 kB" not in row.says and "0 MB a day by IMAP" in row.says and "2 mails behind" in row.says
    assert row.act == "stop" and not row.to_do


def test_elsewhere_nothing_is_counted(dovecot: Dovecot) -> None:
    made = box(dovecot)
    deliver(dovecot, made, 1, 6)
    assert take_in(made) == 6
    assert MailboxState.objects.get(mailbox=made).downloaded == 0


def test_the_limits_are_google_s() -> None:
    assert pacing.DAILY == {"imap": 2_500_000_000, "pop": 1_250_000_000} and 0 < pacing.SHARE < 1
    assert {"imap.gmail.com", "pop.gmail.com"} <= pacing.HOSTS
