"""A worker that lost its lease writes nothing: neither what it fetched, nor what it decided, nor how it went."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from deskpost.inbound import leases
from deskpost.inbound.batches import begin, decide_batch, next_cases
from deskpost.inbound.collecting import collect, junk
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.collecting.first_fetch import begin_source
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.leases import LeaseLost
from deskpost.inbound.mailboxes import MailboxState
from deskpost.inbound.messages import Unacknowledged, Undecided
from deskpost.inbound.settle import settle
from deskpost.inbound.standing import Settings, facts_of
from tests.inbound.test_fetch import box, mails, take_in

pytestmark = pytest.mark.usefixtures("database")

Loses = Callable[[str], None]
ways = pytest.mark.parametrize("loses", ["expired", "taken"], indirect=True)


@pytest.fixture
def loses(request: pytest.FixtureRequest) -> Iterator[Loses]:
    """Give a function that has the lease of a thing run out; with `taken` another worker has it then."""
    with ExitStack() as others:

        def lose(thing: str) -> None:
            assert leases.Lease.objects.filter(thing=thing).update(until=Now()) == 1
            if request.param == "taken":
                assert others.enter_context(leases.take(thing)) is not None

        yield lose


def written() -> dict[str, Any]:
    """Give how many rows each table holds, but leases, and how fetching stands."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "lease"]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return {**dict(cursor.fetchall()), "state": list(MailboxState.objects.values())}


@contextmanager
def fetches(after: str, then: Callable[[], None]) -> Iterator[None]:
    """Let something happen in mid-fetch, after a function that `collect` uses was called."""
    place, _, name = after.rpartition(".")
    where = getattr(collect, place) if place else collect
    original = getattr(where, name)

    def and_then(*arguments: object, **named: object) -> object:
        given = original(*arguments, **named)
        then()
        return given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, and_then)
        yield


@ways
def test_a_batch_that_was_read_under_a_lost_lease_is_not_stored(dovecot, loses):
    made = box(dovecot)
    take_in(made)
    dovecot.deliver_many(made.username, mails(3))
    before = written()
    with fetches("begin_source", partial(loses, f"fetch:{made.pk}")):
        assert fetch(made.pk) == collect.Fetched(0, None, held_elsewhere=True)
    assert written() == before
    assert dovecot.unseen(made.username) == 3, "and none is acknowledged"
    leases.Lease.objects.all().delete()
    assert take_in(made) == 3, "whoever holds the lease takes in all of it"


@ways
def test_the_bookmark_is_not_moved_under_a_lost_lease(dovecot, loses):
    made = box(dovecot)
    take_in(made)
    dovecot.deliver_many(made.username, mails(3))
    stored: list[dict[str, Any]] = []

    def lose() -> None:
        loses(f"fetch:{made.pk}")
        stored.append(written())

    with fetches("acknowledge.mark", lose):
        assert fetch(made.pk) == collect.Fetched(3, None, held_elsewhere=True)
    assert [written()] == stored


@ways
@pytest.mark.parametrize("after", ["open_source", "acknowledge._act"])
def test_what_was_acknowledged_is_not_noted_under_a_lost_lease(dovecot, loses, after):
    made = box(dovecot, after_fetching="delete")
    take_in(made)
    dovecot.deliver_many(made.username, mails(3))
    assert take_in(made) == 3, "and the next fetch deletes them, now that they have their outcomes"
    before = written()
    with fetches(after, partial(loses, f"fetch:{made.pk}")):
        assert fetch(made.pk) == collect.Fetched(0, None, held_elsewhere=True)
    assert written() == before
    assert dovecot.count(made.username) == (3 if after == "open_source" else 0)
    leases.Lease.objects.all().delete()
    assert take_in(made) == 0
    assert dovecot.count(made.username) == 0
    assert not Unacknowledged.objects.exists(), "whoever holds the lease finds what is gone, and is done"


@ways
def test_how_a_fetch_went_is_not_noted_under_a_lost_lease(dovecot, loses):
    well, failing = box(dovecot), box(dovecot, password="wrong")
    take_in(well)
    before = written()
    lost = collect.Fetched(0, None, held_elsewhere=True)
    with fetches("junk.look", partial(loses, f"fetch:{well.pk}")):
        assert fetch(well.pk) == lost
    with fetches("open_source", partial(loses, f"fetch:{failing.pk}")):
        assert fetch(failing.pk) == lost
    assert written() == before


@ways
def test_what_was_stored_before_the_lease_was_lost_is_counted(dovecot, loses):
    made = box(dovecot)
    take_in(made)
    dovecot.deliver_many(made.username, mails(3))
    with fetches("junk.look", partial(loses, f"fetch:{made.pk}")):
        assert fetch(made.pk) == collect.Fetched(3, None, held_elsewhere=True)


@ways
def test_what_was_decided_under_a_lost_lease_is_not_settled(dovecot, loses):
    made = box(dovecot, acknowledge_old=True)
    dovecot.deliver_many(made.username, mails(3))
    assert fetch(made.pk).collected == 3
    settings = Settings()
    thing = f"process:{made.pk}"
    with leases.take(thing) as lease:
        decided = decide_batch([begin(case) for case in next_cases(facts_of(made))], settings.constants)
        assert len(decided) == 3
        loses(thing)
        before = written()
        with pytest.raises(LeaseLost):
            settle(decided, lease, settings.rulebook, settings.defaults)
        assert written() == before
    assert Undecided.objects.count() == 3, "whoever holds the lease decides them"


def test_who_holds_no_lease_notes_no_beginning_and_no_junk(dovecot):
    fresh, restored = box(dovecot), box(dovecot)
    take_in(restored)
    dovecot.change_uid_validity(restored.username)
    MailboxState.objects.update(junk_looked_at=None)
    dovecot.make_folder(fresh.username, "Junk")
    for made in (fresh, restored):
        lost = leases.Held(f"fetch:{made.pk}", "somebody")
        with open_source(made) as source, pytest.raises(LeaseLost):
            begin_source(made, source, lost)
    assert MailboxState.objects.get(mailbox=fresh).first_started_at is None
    with open_source(fresh) as source, pytest.raises(LeaseLost):
        junk.look(fresh, source, leases.Held(f"fetch:{fresh.pk}", "somebody"))
