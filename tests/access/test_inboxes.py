"""A mailbox of Microsoft Graph is known by its Inbox, and its four lanes count for all its names."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection

from deskpost.access import inboxes, lanes
from deskpost.access.inboxes import GraphInbox, Named
from deskpost.access.lanes import GraphLane, GraphPause
from deskpost.access.places import places
from deskpost.transports.errors import Throttled

pytestmark = pytest.mark.usefixtures("database")

GRAPH = "https://graph.example"
DESK, ALIAS, CLIENT = "desk@contoso.example", "help@contoso.example", "7c3b2d1e-0000-4000-8000-000000000001"
INBOX = "AAMkADhAAAAAAEMAAA="


@contextmanager
def held(name: str = DESK, many: int = 1, client: str = CLIENT) -> Iterator[None]:
    """Hold lanes of a mailbox by one of its names, each as a request of its own would."""
    with ExitStack() as all_held:
        for _ in range(many):
            all_held.enter_context(places(Named(GRAPH, name), client)())
        yield


def taken(key: str, client: str = CLIENT) -> int:
    """Give how many lanes are held by a name or an id."""
    return GraphLane.objects.filter(mailbox=key, client_id=client).exclude(owner="").count()


def test_what_was_told_is_known_to_everybody_at_this_cloud_and_by_this_name() -> None:
    Named(f"{GRAPH}/v1.0/", f" {DESK.upper()} ").told(INBOX)
    assert Named(GRAPH, DESK).id() == INBOX
    assert (Named("https://graph.microsoft.us", DESK).id(), Named(GRAPH, ALIAS).id()) == ("", "")
    assert inboxes.names(GRAPH, [DESK.upper(), ALIAS]) == {DESK, ALIAS, INBOX}


def test_ids_are_compared_with_letter_case() -> None:
    Named(GRAPH, DESK).told(INBOX)
    Named(GRAPH, ALIAS).told(INBOX.lower())
    with held(DESK, 4), held(ALIAS, 4):
        assert (taken(INBOX), taken(INBOX.lower())) == (4, 4)


def test_one_asks_and_not_again_before_it_is_due() -> None:
    name = Named(GRAPH, "asked@contoso.example")
    assert name.wanted() and not name.wanted() and not Named(GRAPH, name.name).wanted(), (
        "no answer yet, or none"
    )
    name.told(INBOX)
    assert not Named(GRAPH, name.name).wanted(), "it is known"
    _days_ago(2)
    assert Named(GRAPH, name.name).wanted(), "the name may have been given to another mailbox"


def test_a_name_given_to_another_mailbox_leads_there() -> None:
    Named(GRAPH, DESK).told(INBOX)
    Named(GRAPH, DESK).told("another")
    assert Named(GRAPH, DESK).id() == "another" and GraphInbox.objects.count() == 1


def test_what_no_mailbox_can_be_known_by_is_not_kept() -> None:
    for rubbish in ("", "A" * 501, "A\x00B"):
        Named(GRAPH, DESK).told(rubbish)
    assert not GraphInbox.objects.exists()


def test_names_that_nobody_uses_any_more_are_forgotten() -> None:
    Named(GRAPH, DESK).told(INBOX)
    _days_ago(31)
    Named(GRAPH, ALIAS).told(INBOX)
    assert list(GraphInbox.objects.values_list("mailbox", flat=True)) == [ALIAS]


@pytest.mark.requirement("R92")
def test_all_names_of_a_mailbox_share_four_lanes_once_they_are_known() -> None:
    for name in (DESK, ALIAS):
        Named(GRAPH, name).told(INBOX)
    got = threading.Event()

    def ask() -> None:
        with held(ALIAS):
            got.set()

    with held(DESK, 2):
        with held(ALIAS, 2):
            waiting = threading.Thread(target=ask, daemon=True)
            waiting.start()
            assert not got.wait(0.5) and taken(INBOX) == 4
        assert got.wait(10)
    waiting.join(10)


@pytest.mark.requirement("R92")
def test_what_is_under_way_by_a_name_counts_when_it_becomes_known() -> None:
    """Getting to know a mailbox is no moment at which a fifth request comes in."""
    with held(DESK, 3):
        Named(GRAPH, DESK).told(INBOX)
        assert (taken(DESK), taken(INBOX)) == (0, 3)
        with held(DESK):
            assert lanes.take(INBOX, CLIENT, "other/lane-1", "other", 2).number is None
    assert taken(INBOX) == 0, "and is given back"


def test_who_waited_by_the_name_goes_on_by_what_is_known() -> None:
    got, then = threading.Event(), []

    def ask() -> None:
        with held(DESK):
            then.append((taken(DESK), taken(INBOX)))
            got.set()

    with held(DESK, 3):
        with held(DESK):
            waiting = threading.Thread(target=ask, daemon=True)
            waiting.start()
            time.sleep(0.3)
            Named(GRAPH, DESK).told(INBOX)
            assert not got.wait(0.5)
        assert got.wait(10) and then == [(0, 4)]
        waiting.join(10)


def test_who_has_not_heard_yet_takes_no_lane_by_the_name() -> None:
    assert lanes.take(DESK, CLIENT, "one/lane-1", "one", 2, GRAPH).number == 1
    Named(GRAPH, DESK).told(INBOX)
    assert lanes.take(DESK, CLIENT, "one/lane-2", "one", 2, GRAPH).known
    assert lanes.take(DESK, CLIENT, "one/lane-2", "one", 2, "https://graph.microsoft.us").number == 1


def test_each_application_s_lanes_move_to_free_places_and_what_finds_none_lasts() -> None:
    Named(GRAPH, DESK).told(INBOX)
    with held(DESK, 3), held(ALIAS, 2), held(ALIAS, 2, "another"):
        Named(GRAPH, ALIAS).told(INBOX)
        assert (taken(INBOX), taken(ALIAS)) == (4, 1), "it came in before anybody knew"
        assert (taken(INBOX, "another"), taken(ALIAS, "another")) == (2, 0)
    assert GraphLane.objects.exclude(owner="").count() == 0


def test_a_pause_counts_for_all_names_and_is_told_by_the_one_that_was_asked_for() -> None:
    with pytest.raises(Throttled), held(DESK):
        raise Throttled("slow down", retry_after=60)
    for name in (DESK, ALIAS):
        Named(GRAPH, name).told(INBOX)
    assert GraphPause.objects.get().mailbox == INBOX
    with pytest.raises(Throttled, match=f"asked for patience with {ALIAS}"), held(ALIAS):
        pass


def test_a_pause_met_by_a_name_that_became_known_meanwhile_counts() -> None:
    with pytest.raises(Throttled), held(DESK):
        Named(GRAPH, DESK).told(INBOX)
        raise Throttled("slow down", retry_after=60)
    assert GraphPause.objects.get().mailbox == INBOX


def _days_ago(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE graph_inbox SET told_at = told_at - make_interval(days => %s)", [days])
