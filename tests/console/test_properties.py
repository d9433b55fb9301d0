"""Changing the fields of a request."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.console.properties import seen_of
from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.records import Record
from deskpost.desk.roles import Role
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request that came in by mail."""
    return builders.request_by_mail(desk.box)


def change(client: Client, record: Record, part: bool = False, **values: object) -> Any:
    """Post fields of a request; `seen` is what the page showed."""
    url = reverse("request_properties", args=[record.number])
    form = {name: str(value) for name, value in values.items()}
    return client.post(url, form, headers=builders.htmx() if part else {})


def seen(record: Record) -> str:
    record.refresh_from_db()
    return seen_of(record)


def status(name: str) -> int:
    return Status.objects.get(name=name).pk


def test_a_change_is_written_and_stands_in_the_history(desk: Desk, record: Record) -> None:
    high = Priority.objects.get(name="High")
    response = change(builders.signed_in(desk.dana), record, priority=high.pk, seen=seen(record))
    assert response.status_code == 303
    record.refresh_from_db()
    assert record.priority == high
    page = builders.signed_in(desk.sam).get(reverse("request", args=[record.number])).content.decode()
    assert "History, 2 entries" in page
    assert "Dana Whitfield" in page


def test_htmx_gets_the_fields_and_the_head_anew(desk: Desk, record: Record) -> None:
    page = change(builders.signed_in(desk.dana), record, True, status=status("On hold"), seen=seen(record))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'id="properties"' in text
    assert 'id="request-facts" hx-swap-oob="true"' in text
    assert "Saved" in text


def test_two_people_may_change_different_fields_at_once(desk: Desk, record: Record) -> None:
    page_of_both = seen(record)
    change(builders.signed_in(desk.dana), record, status=status("On hold"), seen=page_of_both)
    low = Priority.objects.get(name="Low")
    response = change(
        builders.signed_in(desk.sam), record, status=status("Open"), priority=low.pk, seen=page_of_both
    )
    assert response.status_code == 303
    record.refresh_from_db()
    assert (record.status.name, record.priority) == ("On hold", low)


def test_the_second_change_of_one_field_is_refused_in_words(desk: Desk, record: Record) -> None:
    page_of_both = seen(record)
    change(builders.signed_in(desk.dana), record, status=status("On hold"), seen=page_of_both)
    response = change(builders.signed_in(desk.sam), record, status=status("Resolved"), seen=page_of_both)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Dana Whitfield set Status to On hold at" in page
    record.refresh_from_db()
    assert record.status.name == "On hold"
    part = change(builders.signed_in(desk.sam), record, True, status=status("Resolved"), seen=page_of_both)
    assert part.status_code == 422
    assert "Dana Whitfield set Status to On hold at" in part.content.decode()


def test_a_new_mail_is_no_conflict(desk: Desk, record: Record) -> None:
    before = seen(record)
    builders.request_by_mail(
        desk.box, subject=f"Re: ##RE-{record.number}##", message_id="<2@kestrel.example>"
    )
    response = change(builders.signed_in(desk.dana), record, status=status("On hold"), seen=before)
    assert response.status_code == 303


def test_picking_up_takes_what_nobody_has(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.sam)
    assert "Pick up" in client.get(reverse("request", args=[record.number])).content.decode()
    before = seen(record)
    assert change(client, record, technician=desk.sam.pk, seen=before).status_code == 303
    late = change(builders.signed_in(desk.dana), record, technician=desk.dana.pk, seen=before)
    assert "Sam Okafor set Technician to Sam Okafor at" in late.content.decode()
    record.refresh_from_db()
    assert record.technician == desk.sam


def test_who_is_given_a_request_is_told_and_who_takes_it_is_not(desk: Desk, record: Record) -> None:
    change(builders.signed_in(desk.dana), record, technician=desk.sam.pk, seen=seen(record))
    told = OutboxMail.objects.get(record=record, event="request_assigned")
    assert told.to == [["Sam Okafor", "sam@northgate-it.example"]]
    change(builders.signed_in(desk.dana), record, technician=desk.dana.pk, seen=seen(record))
    assert OutboxMail.objects.filter(record=record, event="request_assigned").count() == 1


def test_closing_and_reopening_need_their_permission(desk: Desk, record: Record) -> None:
    Role.objects.create(name="Editor", permissions=["request.view", "request.edit"])
    editor = builders.signed_in(builders.person("Ed Ito", "ed@northgate-it.example", "Editor"))
    refused = change(editor, record, status=status("Closed"), seen=seen(record))
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "request.close" in page
    assert "Priya Raman can give it to you" in page
    assert change(editor, record, status=status("On hold"), seen=seen(record)).status_code == 303
    assert ">Closed</option>" not in editor.get(reverse("request", args=[record.number])).content.decode()


def test_picking_up_does_not_allow_to_assign(desk: Desk, record: Record) -> None:
    Role.objects.create(name="Picker", permissions=["request.view", "request.pickup"])
    picker = builders.person("Pia Pick", "pia@northgate-it.example", "Picker")
    client = builders.signed_in(picker)
    assert change(client, record, technician=desk.sam.pk, seen=seen(record)).status_code == 403
    assert change(client, record, technician=picker.pk, seen=seen(record)).status_code == 303
    assert change(client, record, technician="", seen=seen(record)).status_code == 403


def test_a_requester_changes_nothing(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.tom)
    assert change(client, record, status=status("Closed"), seen=seen(record)).status_code == 403
    record.refresh_from_db()
    assert record.status.name == "Open"


def test_values_that_do_not_exist_are_not_taken(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.dana)
    foreign = Group.objects.create(name="Vantage only", account=desk.vantage)
    for values in ({"status": "987654"}, {"status": "x"}, {"group": foreign.pk}, {"technician": desk.tom.pk}):
        refused = change(client, record, part=True, seen=seen(record), **values)
        assert refused.status_code == 422, values
        assert "not in the list any more. To do: choose" in refused.content.decode()


def test_close_and_reopen_are_buttons(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.dana)
    url = reverse("request", args=[record.number])
    assert "Close</button>" in client.get(url).content.decode()
    change(client, record, status=status("Closed"), seen=seen(record))
    record.refresh_from_db()
    assert record.closed_at is not None
    assert "Reopen</button>" in client.get(url).content.decode()
    change(client, record, status=status("Open"), seen=seen(record))
    record.refresh_from_db()
    assert record.closed_at is None
