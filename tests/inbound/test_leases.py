"""Leases: held, renewed, lost and taken over, by PostgreSQL's clock."""

import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from deskpost.inbound import leases


@pytest.fixture(autouse=True)
def short_leases(database, monkeypatch):
    """Let leases last four seconds, renewed every half."""
    monkeypatch.setattr(leases, "LASTS", 4)
    monkeypatch.setattr(leases, "RENEWED_EVERY", 0.5)


def expire(url: str, thing: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("UPDATE lease SET until = now() - interval '1 s' WHERE thing = %s", [thing])


def test_what_is_held_is_held_by_one_alone_and_free_again_afterwards():
    with leases.take("a") as first, leases.take("a") as second:
        assert first is not None
        assert second is None
    with leases.take("a") as again:
        assert again is not None


def test_a_long_transaction_under_one_lease_loses_no_other():
    with leases.take("a") as one, leases.take("b") as two:
        with transaction.atomic():
            one.confirm()
            time.sleep(6)
        with transaction.atomic():
            two.confirm()
            one.confirm()


def test_a_lost_lease_is_not_confirmed(database):
    with leases.take("a") as held:
        leases._renewer.discard(held)
        expire(database, "a")
        with leases.take("a") as other:
            assert other is not None
        with pytest.raises(leases.LeaseLost), transaction.atomic():
            held.confirm()


def test_nobody_takes_over_while_a_commit_under_the_lease_is_under_way(database):
    confirmed, go_on, seen = threading.Event(), threading.Event(), []

    def commit() -> None:
        with leases.take("a") as held:
            leases._renewer.discard(held)
            with transaction.atomic():
                held.confirm()
                confirmed.set()
                go_on.wait(60)
        connection.close()

    worker = threading.Thread(target=commit)
    worker.start()
    assert confirmed.wait(60)
    time.sleep(4.2)  # the lease has run out, and was not renewed
    with leases.take("a") as other:
        seen.append(other)
    go_on.set()
    worker.join()
    assert seen == [None]
    with leases.take("a") as other:
        assert other is not None


def test_the_leases_of_a_dead_process_are_free_at_once(database):
    with psycopg.connect(database) as other:
        other.execute("INSERT INTO lease VALUES ('a', 'host/1/2/x', now() + interval '1 hour')")
    assert leases.release_dead("host/1/2/") == 1
    with leases.take("a") as held:
        assert held is not None
