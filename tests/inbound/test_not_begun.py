"""A mailbox that is on and that nobody fetches: told as an outage, by whichever process lives, once, and of its end."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now

from deskpost import doctor
from deskpost.data_folder import DataFolder
from deskpost.desk.roles import Grant, Role
from deskpost.inbound import leases
from deskpost.inbound.connectivity import outages
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.outbound import bell
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.failover import Generation
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.tick import Pulse
from tests.inbound import builders
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Give a mailbox whose fetch has been due for an hour, in a desk that has run for as long.

    Ten seconds make an outage: the PostgreSQL of these tests may itself be young.
    """
    monkeypatch.setattr(outages, "LEAST", 0)
    connectivity.change(None, "test", threshold=1)
    priya = make.person("Priya", technician=True)
    Grant.objects.create(person=priya, role=Role.objects.get(name="SDAdmin"))
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=make.technician("Dana"))
    make.server()
    made = builders.mailbox(name="Kestrel Logistics", fetch_every=10, fetching=True)
    state, _ = MailboxState.objects.get_or_create(mailbox=made)
    MailboxState.objects.filter(pk=state.pk).update(next_fetch_at=Now() - HOUR)
    Generation.objects.update(started_at=Now() - HOUR)
    return made


def told() -> list[str]:
    return outages.tell_not_begun()


def test_the_web_process_tells_by_bell_and_mail_while_no_worker_runs(box: Mailbox) -> None:
    with Pulse("web"), Pulse("web"):
        Generation.objects.update(started_at=Now() - HOUR)  # they began one
        make.wait_until(lambda: BellNotice.objects.exists())
    (notice,) = BellNotice.objects.all()
    words = words_of(notice)
    assert words.title == "Kestrel Logistics is not fetched"
    assert words.text.startswith("Nobody has begun a fetch since ") and "every 10 s" in words.text
    (mail,) = OutboxMail.objects.all()
    assert "nobody began a fetch." in mail.text and "To do: see that a worker runs" in mail.text
    assert told() == [], "once an outage"
    assert MailboxState.objects.get().failing_since


def test_of_its_end_and_of_the_next_outage_people_are_told_anew(box: Mailbox) -> None:
    make.wait_until(lambda: told() == ["Kestrel Logistics"])
    outages.failed(box, "The server refused the sign-in. To do: look.")
    assert BellNotice.objects.count() == 1, "that it cannot be reached either is the same outage"
    outages.fetched(box, 3)
    assert [one.kind for one in BellNotice.objects.order_by("pk")] == [outages.LOST, outages.REGAINED]
    MailboxState.objects.update(next_fetch_at=Now() - HOUR)
    assert told() == ["Kestrel Logistics"]


@pytest.mark.parametrize("case", ["off", "begun", "just started", "due for a moment", "told nothing"])
def test_nobody_is_told_where_it_is_no_outage(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    make.wait_until(lambda: [one.name for one in outages.not_begun()] == [box.name])
    match case:
        case "off":
            Mailbox.objects.update(fetching=False)
        case "begun":
            with leases.take(f"fetch:{box.pk}"):
                assert told() == []
            return
        case "just started":
            Generation.objects.create()
        case "due for a moment":
            monkeypatch.setattr(outages, "LEAST", 300)
            MailboxState.objects.update(next_fetch_at=Now() - timedelta(minutes=4))
        case "told nothing":
            connectivity.change(None, "test", enabled=False)
    assert told() == []
    assert not bell.BellNotice.objects.exists()


def test_the_doctor_names_the_mailboxes_that_nobody_fetches(box: Mailbox, tmp_path: Path) -> None:
    make.wait_until(lambda: bool(outages.not_begun()))
    found = next(one for one in doctor.examine(DataFolder(tmp_path)) if one.check == "fetching")
    assert not found.ok and found.words.startswith("nobody fetches Kestrel Logistics. To do: ")
    Mailbox.objects.update(fetching=False)
    found = next(one for one in doctor.examine(DataFolder(tmp_path)) if one.check == "fetching")
    assert found.ok
