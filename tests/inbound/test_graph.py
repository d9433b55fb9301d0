"""A mailbox of Microsoft Graph from the sign-in to the request: fetched by the collector, as a worker does it."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deskpost.access import lanes
from deskpost.desk.records import Record
from deskpost.inbound.collecting import first_fetch
from deskpost.inbound.collecting.collect import Fetched, fetch
from deskpost.inbound.collecting.sources import open_source, sample
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import InboundMessage, Present, Unacknowledged, Undecided
from deskpost.inbound.process import process
from deskpost.sandbox.cloud.cloud import Asked, Fault, Habits, Limits
from deskpost.sandbox.cloud.store import Item
from deskpost.transports.errors import (
    AnsweredBetween,
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    ServerUnreachable,
    Throttled,
)
from tests.access import rows
from tests.access.conftest import served
from tests.inbound.builders import mail
from tests.inbound.fetchers import Fetcher
from tests.oauth.world import CLIENT, DESK, World

__all__ = ["served"]

pytestmark = pytest.mark.usefixtures("database")

READ = "Mail.ReadWrite,offline_access"


@pytest.fixture
def there(served: World) -> Iterator[World]:
    """The cloud with an empty mailbox."""
    desk = served.cloud.store.mailbox(DESK)
    assert desk is not None
    desk.items.clear()
    yield served
    served.cloud.faults.clear()
    served.cloud.habits = Habits()
    served.cloud.limits.filtered_delta = Limits().filtered_delta


def deliver(there: World, number: int, *, is_read: bool = False) -> Item:
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    raw = mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}", text=f"Text {number}")
    return there.cloud.store.deliver(desk, raw, is_read=is_read)


def graph(there: World, **settings: Any) -> Mailbox:
    """Make a mailbox of Graph to which a person has consented."""
    base = there.application.token_url.split("/", 3)
    values = {
        **{"protocol": "graph", "server": "", "port": 443, "tls": "implicit", "scope": READ},
        **{"graph_endpoint": f"https://{base[2]}", "after_fetching": "leave", **settings},
    }
    made = rows.mailbox(there, **values)
    if made.by_consent:
        rows.consented(there, made)
    return made


def fault(there: World, do: str, value: object = None, path: str = "", times: int | None = 1) -> None:
    there.cloud.faults.append(Fault("graph", do, value, path=path, times=times))


def graph_asked(there: World) -> list[Asked]:
    return [one for one in there.cloud.asked[-20:] if one.service == "graph" and one.method == "GET"][-2:]


def fetched(made: Mailbox) -> Fetched:
    found = fetch(made.pk)
    process(made.pk)
    return found


def take_in(made: Mailbox) -> int:
    found = fetched(made)
    assert found.failure is None, found.failure
    return found.collected


def subjects() -> list[str]:
    return list(Record.objects.order_by("number").values_list("subject", flat=True))


def place_of(there: World, item: Item) -> str:
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    return desk.folders[item.folder].name


@pytest.mark.requirement("R107")
def test_each_mail_becomes_a_request_once(there: World) -> None:
    made = graph(there)
    for number in range(1, 6):
        deliver(there, number)
    assert take_in(made) == 5 and take_in(made) == 0
    deliver(there, 6)
    assert take_in(made) == 1
    assert subjects() == [f"Number {number}" for number in range(1, 7)]
    stored = InboundMessage.objects.order_by("id").first()
    assert stored is not None and stored.validity == "graph" and not Unacknowledged.objects.exists()


@pytest.mark.pain("read-in-outlook-first")
def test_a_mail_that_somebody_read_in_outlook_first_becomes_a_request_all_the_same(there: World) -> None:
    made = graph(there)
    deliver(there, 1, is_read=True)
    assert take_in(made) == 1
    deliver(there, 2, is_read=True)
    assert (take_in(made), take_in(made)) == (1, 0)
    assert subjects() == ["Number 1", "Number 2"]


@pytest.mark.requirement("R100")
def test_a_mailbox_is_fetched_one_request_at_a_time_however_many_workers_there_are(there: World) -> None:
    """Two workers that never leave it alone: the sandbox's log shows no second request beside another."""
    made = graph(there, after_fetching="mark_read")
    for number in range(1, 9):
        deliver(there, number)
    there.cloud.limits.service_time = (0.1, 0.1)
    before = len(there.cloud.asked)
    found: list[dict[str, Any]] = []

    def work(worker: Fetcher) -> None:
        while not over.is_set():
            found.append(worker.fetch(made.pk))

    over = threading.Event()
    with Fetcher() as one, Fetcher() as other:
        threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in (one, other)]
        for thread in threads:
            thread.start()
        for number in (9, 10):
            wait_until(lambda so_far=number - 1: sum(each["collected"] for each in found) >= so_far)
            deliver(there, number)
        wait_until(lambda: sum(each["collected"] for each in found) >= 10)
        over.set()
        for thread in threads:
            thread.join(60)
    there.cloud.limits.service_time = Limits().service_time
    asked = [each for each in there.cloud.asked[before:] if each.service == "graph"]
    assert not [each["failure"] for each in found if each["failure"]]
    assert any(each["elsewhere"] for each in found), "both wanted it at the same time"
    assert InboundMessage.objects.count() == sum(each["collected"] for each in found) == 10
    assert len(asked) > 20 and {each.concurrent for each in asked} == {1}


def wait_until(so: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if so():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to that within a minute")


def on_its_own(there: World) -> Mailbox:
    """Make a mailbox that an application opens without a person."""
    default = "https://graph.microsoft.com/.default"
    return graph(there, grant="client_credentials", username="", mailbox_to_open=DESK, scope=default)


def refuse(there: World) -> None:
    """Let Graph deny access from now on, in its own words."""
    body = '{"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}}'
    fault(there, "status", {"status": 403, "body": body}, times=None)


def is_consented(made: Mailbox) -> bool:
    return not MailboxConsent.objects.filter(mailbox=made).exclude(lost_at=None).exists()


@pytest.mark.parametrize("status", [401, 403])
def test_a_web_filter_is_not_taken_for_the_loss_of_consent(there: World, status: int) -> None:
    made = graph(there)
    deliver(there, 1)
    page = "<html><title>Blocked by policy</title></html>"
    fault(there, "status", {"status": status, "body": page}, times=None)
    failure = fetched(made).failure
    assert isinstance(failure, AnsweredBetween) and is_consented(made)
    state = MailboxState.objects.get(mailbox=made)
    assert state.failing_since is not None and f'(status {status}): "Blocked by policy".' in state.reason
    assert "Something between Deskpost and 127.0.0.1" in state.reason
    there.cloud.faults.clear()
    assert take_in(made) == 1, "by itself, once the page is gone"


def test_a_page_in_place_of_one_mail_is_no_mail_and_holds_up_no_other(there: World) -> None:
    made = graph(there)
    bad = deliver(there, 1)
    deliver(there, 2)
    page = {"status": 404, "body": "<html><title>Virus found</title></html>"}
    fault(there, "status", page, path=f"{bad.immutable_id}/.value$", times=None)
    for _ in range(3):
        assert isinstance(fetched(made).failure, AnsweredBetween)
    assert take_in(made) == 2
    assert InboundMessage.objects.get(uid=bad.immutable_id).refusal
    assert subjects() == ["Number 2"]


def test_an_application_on_its_own_that_lacks_a_right_is_tried_again_by_itself(there: World) -> None:
    made = on_its_own(there)
    deliver(there, 1)
    refuse(there)
    failure = fetched(made).failure
    assert isinstance(failure, ApplicationRefused) and is_consented(made)
    for told in ("application permission Mail.ReadWrite", "admin consent", "RBAC", "Scope stays as it is"):
        assert told in failure.words
    state = MailboxState.objects.get(mailbox=made)
    assert state.failing_since is not None and state.reason == failure.words
    for since, least, most in ((timedelta(hours=2), 1500, 1801), (timedelta(days=3), 3500, 3601)):
        MailboxState.objects.update(failing_since=timezone.now() - since)
        fetched(made)
        state.refresh_from_db()
        assert least < (state.next_fetch_at - timezone.now()).total_seconds() < most
    there.cloud.faults.clear()
    assert take_in(made) == 1, "with nobody's help"


def test_a_right_that_was_given_just_now_is_in_the_fresh_token_that_is_asked_for(there: World) -> None:
    made = on_its_own(there)
    deliver(there, 1)
    old = there.cloud.tokens.grant(CLIENT, None, ["https://graph.microsoft.com/User.Read.All"])[0].token
    ends = timezone.now() + timedelta(hours=1)
    MailboxConsent.objects.create(mailbox=made, access_token=old, expires_at=ends)
    assert take_in(made) == 1
    assert MailboxConsent.objects.get(mailbox=made).access_token != old


def test_an_application_on_its_own_fetches_the_mailbox_that_is_named(there: World) -> None:
    made = on_its_own(there)
    deliver(there, 1)
    assert take_in(made) == 1
    assert made.mailbox_opened == DESK and {one.path.split("/")[2] for one in graph_asked(there)} == {"users"}


def test_a_token_that_expired_is_renewed_on_the_way(there: World) -> None:
    made = graph(there)
    deliver(there, 1)
    there.cloud.tokens.access.clear()
    assert take_in(made) == 1


def test_a_consent_that_was_taken_back_is_lost_and_the_mail_waits(there: World) -> None:
    made = graph(there)
    deliver(there, 1)
    there.cloud.tokens.access.clear()
    there.cloud.tokens.refresh.clear()
    assert isinstance(fetched(made).failure, ConsentLost)
    rows.consented(there, made)
    assert take_in(made) == 1


# An answer of the sign-in that is cut takes a rotated token with it where the old one is good no more: not here.
@pytest.mark.pain("throttling-taken-for-bad-password")
@pytest.mark.parametrize(
    ("service", "fault"),
    [
        *(("graph", fault) for fault in (429, 503, "reset", "half_answer")),
        *(("sign_in", fault) for fault in (429, 500, "reset")),
    ],
)
def test_throttling_or_a_broken_answer_is_not_taken_for_a_bad_password(
    there: World, service: str, fault: int | str
) -> None:
    made = graph(there)
    deliver(there, 1)
    if service == "sign_in":  # the token has ended, so that it is asked for another
        MailboxConsent.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    does = ("status", fault) if isinstance(fault, int) else (fault, None)
    there.cloud.faults.append(Fault(service, *does, times=None))
    for _ in range(3):
        failure = fetched(made).failure
        assert failure is not None and not isinstance(failure, LoginRefused), failure
    made.refresh_from_db()
    assert made.fetching and MailboxConsent.objects.get().lost_at is None
    there.cloud.faults.clear()
    lanes.GraphPause.objects.all().delete()  # the time that was asked for has passed
    assert take_in(made) == 1


@pytest.mark.parametrize(
    ("after", "place", "read"),
    [("mark_read", "Inbox", True), ("move", "Archive", False), ("delete", "Deleted Items", False)],
)
def test_after_fetching_the_mail_is_where_the_settings_say(
    there: World, after: str, place: str, read: bool
) -> None:
    made = graph(there, after_fetching=after, **({"move_to": "Archive"} if after == "move" else {}))
    items = [deliver(there, number) for number in range(1, 4)]
    assert take_in(made) == 3
    assert take_in(made) == 0  # what is moved or deleted has its outcome by now
    assert {(place_of(there, item), item.is_read) for item in items} == {(place, read)}
    assert not Unacknowledged.objects.exists() and take_in(made) == 0
    assert len(subjects()) == 3


def test_a_mail_that_somebody_flagged_meanwhile_is_moved_all_the_same(there: World) -> None:
    made = graph(there, after_fetching="move", move_to="Archive")
    item = deliver(there, 1)
    assert fetch(made.pk).collected == 1
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    there.cloud.store.update(desk, item, raw=item.raw + b"what Exchange adds\r\n")
    process(made.pk)
    assert take_in(made) == 0 and place_of(there, item) == "Archive"


def test_a_mail_that_somebody_filed_meanwhile_is_left_where_it_is(there: World) -> None:
    made = graph(there, after_fetching="delete")
    item = deliver(there, 1)
    assert take_in(made) == 1
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    there.cloud.store.move(desk, item, "archive")
    assert take_in(made) == 0
    assert place_of(there, item) == "Archive" and not Unacknowledged.objects.exists()


def test_a_folder_to_move_to_that_is_missing_is_told_and_tried_again(there: World) -> None:
    made = graph(there, after_fetching="move", move_to="Done/Old")
    item = deliver(there, 1)
    assert take_in(made) == 1 and take_in(made) == 0
    waiting = Unacknowledged.objects.get()
    assert 'The folder "Done/Old" cannot be opened' in waiting.reason
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    above = there.cloud.store.add_folder(desk, "Done", desk.folder("msgfolderroot").id)  # type: ignore[union-attr]
    there.cloud.store.add_folder(desk, "old", above.id)
    assert take_in(made) == 0 and place_of(there, item) == "old" and len(subjects()) == 1


# The first fetch


def test_only_new_mail_leaves_what_was_there_before(there: World) -> None:
    made = graph(there, first_fetch="new")
    old = deliver(there, 1)
    assert take_in(made) == 0
    deliver(there, 2)
    assert take_in(made) == 1
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    there.cloud.store.update(desk, old, is_read=True)  # somebody reads it: it is listed again
    assert take_in(made) == 0
    there.cloud.habits.expire_delta = True
    assert take_in(made) == 0 and subjects() == ["Number 2"]


def test_mail_since_a_day_is_taken_and_older_mail_not_even_when_the_token_expires(there: World) -> None:
    old, new = deliver(there, 1), deliver(there, 2)
    old.received -= timedelta(days=30)
    day = (timezone.now() - timedelta(days=3)).date().isoformat()
    made = graph(there, first_fetch=day)
    with open_source(made) as source:
        assert first_fetch.count(made, source) == first_fetch.Count(1, 2)
    assert take_in(made) == 1
    there.cloud.habits.expire_delta = True
    assert take_in(made) == 0 and subjects() == ["Number 2"]
    assert new.received > old.received


def test_mail_since_a_day_is_counted_and_taken_however_much_there_is(there: World) -> None:
    """With a $filter Graph tells of 5,000 mails and says nothing of the rest: here of two."""
    there.cloud.limits.filtered_delta = 2
    deliver(there, 1).received -= timedelta(days=30)
    for number in range(2, 7):
        deliver(there, number)
    made = graph(there, first_fetch=(timezone.now() - timedelta(days=3)).date().isoformat())
    with open_source(made) as source:
        assert first_fetch.count(made, source) == first_fetch.Count(5, 6)
    assert take_in(made) == 5
    assert subjects() == [f"Number {number}" for number in range(2, 7)]


def test_everything_marks_what_was_there_before_as_old(there: World) -> None:
    made = graph(there)
    old = deliver(there, 1)
    assert fetch(made.pk).collected == 1
    deliver(there, 2)
    assert fetch(made.pk).collected == 1
    assert list(Undecided.objects.order_by("mail").values_list("old", flat=True)) == [True, False]
    assert Present.objects.get().uid == old.immutable_id


# What goes wrong


def test_a_first_fetch_that_breaks_in_the_middle_goes_on_and_takes_no_mail_twice(there: World) -> None:
    made = graph(there)
    items = [deliver(there, number) for number in range(1, 8)]
    fault(there, "reset", path=f"{items[4].immutable_id}/.value$")
    assert isinstance(fetched(made).failure, ServerUnreachable)
    state = MailboxState.objects.get(mailbox=made)
    assert state.bookmark is None and InboundMessage.objects.count() == 4
    assert take_in(made) == 3
    assert subjects() == [f"Number {number}" for number in range(1, 8)]
    assert not Undecided.objects.exists()


def test_a_later_fetch_that_breaks_loses_no_mail(there: World) -> None:
    made = graph(there)
    deliver(there, 1)
    assert take_in(made) == 1
    before = MailboxState.objects.get(mailbox=made).bookmark
    items = [deliver(there, number) for number in (2, 3, 4)]
    fault(there, "half_answer", path=f"{items[1].immutable_id}/.value$")
    assert isinstance(fetched(made).failure, ServerUnreachable)
    assert MailboxState.objects.get(mailbox=made).bookmark == before
    assert take_in(made) == 2 and len(subjects()) == 4


def test_half_a_mail_without_a_length_is_neither_stored_nor_acknowledged(there: World) -> None:
    made = graph(there)
    item = deliver(there, 1)
    fault(there, "half_unframed", path=f"{item.immutable_id}/.value$")
    failure = fetched(made).failure
    assert isinstance(failure, ServerUnreachable) and "broke off the connection" in failure.words
    assert InboundMessage.objects.count() == 0 and not item.is_read
    assert take_in(made) == 1 and subjects() == ["Number 1"]
    assert InboundMessage.objects.get().size == len(item.raw)


def test_a_delta_token_that_expired_stores_nothing_twice(there: World) -> None:
    made = graph(there)
    for number in (1, 2, 3):
        deliver(there, number)
    assert take_in(made) == 3
    there.cloud.habits.expire_delta = True
    deliver(there, 4)
    assert take_in(made) == 1
    assert take_in(made) == 0 and len(subjects()) == 4


def test_a_mail_at_which_graph_breaks_off_holds_up_no_other(there: World) -> None:
    made = graph(there)
    bad = deliver(there, 1)
    deliver(there, 2)
    fault(there, "status", 500, path=f"{bad.immutable_id}/.value$", times=None)
    for _ in range(3):
        assert isinstance(fetched(made).failure, ServerUnreachable)
    assert take_in(made) == 2
    assert "Number 2" in subjects() and take_in(made) == 0


def test_a_mail_that_was_to_come_last_is_not_lost_when_all_others_vanish(there: World) -> None:
    made = graph(there)
    bad = deliver(there, 1)
    fault(there, "status", 500, path=f"{bad.immutable_id}/.value$", times=None)
    for _ in range(3):
        assert isinstance(fetched(made).failure, ServerUnreachable)
    other = deliver(there, 2)
    fault(there, "status", 404, path=f"{other.immutable_id}/.value$", times=None)
    assert take_in(made) == 1
    stored = InboundMessage.objects.get()
    assert stored.uid == bad.immutable_id and stored.refusal


def test_throttling_is_patience_and_no_failure(there: World) -> None:
    made = graph(there, fetch_every=60)
    deliver(there, 1)
    fault(there, "status", {"status": 429, "headers": {"Retry-After": "30"}}, path="delta")
    found = fetch(made.pk)
    assert isinstance(found.failure, Throttled)
    state = MailboxState.objects.get(mailbox=made)
    assert state.failing_since is None and state.next_fetch_at is not None
    asked = len(there.cloud.asked)
    assert isinstance(fetch(made.pk).failure, Throttled) and len(there.cloud.asked) == asked


def test_a_mail_over_the_limit_is_not_downloaded(there: World) -> None:
    made = graph(there, max_size_mb=1)
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    item = there.cloud.store.deliver(desk, mail(text="x" * 1_200_000))
    assert take_in(made) == 1
    stored = InboundMessage.objects.get()
    assert stored.truncated and stored.size == len(item.raw)


# A look


def test_the_oldest_mail_is_shown_to_who_sets_it_up(there: World) -> None:
    made = graph(there)
    deliver(there, 1)
    deliver(there, 2)
    found = sample(made)
    assert found is not None and found.count == 2 and ("Subject", "Number 1") in found.headers


def test_of_many_mails_the_first_are_stored_and_marked_before_the_last_are_asked_for(there: World) -> None:
    for number in range(45):
        deliver(there, number)
    box = graph(there, after_fetching="mark_read", acknowledge_old=True, first_fetch="everything")
    there.cloud.asked.clear()
    assert fetch(box.pk).collected == 45
    asked = [(one.method, one.path.rsplit("/", 1)[-1]) for one in there.cloud.asked]
    fetched = [at for at, (_, last) in enumerate(asked) if last == "$value"]
    marked = [at for at, (method, _) in enumerate(asked) if method == "PATCH"]
    assert (len(fetched), len(marked)) == (45, 45)
    assert fetched[19] < marked[0] < marked[19] < fetched[20]
    assert InboundMessage.objects.count() == 45
