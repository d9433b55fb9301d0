"""What the database keeps of merged requests, whoever writes: no circle, none open, none of two accounts."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from deskpost.desk.records import Record
from tests.console import builders
from tests.console.conftest import build_desk

SUBJECTS = ("VPN drops", "VPN again", "VPN still")


@pytest.fixture
def three(database: str) -> list[Record]:
    """Give three requests of one account."""
    box = build_desk().box
    return [builders.request_by_mail(box, subject=one, message_id=f"<{one}@x>") for one in SUBJECTS]


def lead(record: Record, into: Record, **more: Any) -> None:
    values = {"merged_into": into, "closed_at": record.created_at, **more}
    with transaction.atomic():
        Record.objects.filter(pk=record.pk).update(**values)


def test_a_circle_of_merged_requests_cannot_be_written(three: list[Record]) -> None:
    first, second, third = three
    with pytest.raises(IntegrityError):
        lead(first, first)
    lead(first, second)
    with pytest.raises(IntegrityError, match="leads to itself"):
        lead(second, first)
    lead(second, third)
    with pytest.raises(IntegrityError, match="leads to itself"):
        lead(third, first)
    assert list(Record.objects.order_by("pk").values_list("merged_into", flat=True)) == [
        second.pk,
        third.pk,
        None,
    ]


def test_of_two_who_write_a_circle_at_once_one_is_refused(three: list[Record]) -> None:
    first, second, _ = three
    begun, refused = threading.Barrier(2, timeout=20), []

    def write(record: Record, into: Record) -> None:
        try:
            with transaction.atomic():
                begun.wait()
                lead(record, into)
        except Exception as trouble:
            refused.append(trouble)
        finally:
            connection.close()

    both = [threading.Thread(target=write, args=pair) for pair in ((first, second), (second, first))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    assert Record.objects.exclude(merged_into=None).count() == 1


def test_a_merged_request_cannot_be_open(three: list[Record]) -> None:
    first, second, _ = three
    with pytest.raises(IntegrityError, match="record_merged_is_closed"):
        lead(first, second, closed_at=None)
    lead(first, second)
    with pytest.raises(IntegrityError, match="record_merged_is_closed"), transaction.atomic():
        Record.objects.filter(pk=first.pk).update(closed_at=None)
