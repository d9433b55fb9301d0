"""Writing fields of requests: one entry of the history, the closing rules, and nothing kept that is empty."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deskpost.desk.assets import Asset
from deskpost.desk.editing import (
    By,
    ClosingRefused,
    Made,
    insert_fields,
    present_of,
    presents_of,
    template_of,
    write,
)
from deskpost.desk.fields import Priority, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import RequestDetails
from deskpost.desk.request_values import Changes, text_of
from deskpost.desk.requests import open_request
from tests.desk import field_builders as build
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def sam(db: None) -> Person:
    """Give a technician of all accounts."""
    return make.technician("Sam Okafor", "sam@msp.example")


@pytest.fixture
def record(db: None) -> Record:
    """Give a request of somebody of Acme."""
    build.categories()
    return make.record(make.person("Tom Achterberg"))


def test_all_that_changes_at_once_is_one_entry_of_the_history(record: Record, sam: Person) -> None:
    field = build.additional("Cost Centre")
    Asset.objects.create(account=record.account, name="PRN-04")
    record.refresh_from_db()
    asked = {
        "Cost Centre": "4410",
        "Resolution": "Replaced.",
        "Asset": "PRN-04",
        "SubCategory": "Queue",
        "Category": "Printing",
        "Priority": "High",
        "Technician": "Sam Okafor",
    }
    changes = build.asks_for(sam, record, asked).changes
    events = write(record, changes, By(sam, "mail", at=AT, mail_id=7))
    entry = HistoryEntry.objects.get()
    assert (entry.by, entry.person, entry.via, entry.at, entry.mail_id) == (sam.name, sam, "mail", AT, 7)
    assert entry.changes == [
        ["Technician", None, "Sam Okafor"],
        ["Priority", None, "High"],
        ["Category", None, "Printing"],
        ["SubCategory", None, "Queue"],
        ["Asset", None, "PRN-04"],
        ["Resolution", None, "Replaced."],
        ["Cost Centre", None, "4410"],
    ]
    assert [event.kind for event in events] == ["request_assigned"]
    present = present_of(Record.objects.get())
    assert present.additional == {field.pk: "4410"}
    assert Record.objects.get().updated_at == AT
    assert write(record, changes, By(sam, "mail")) == []
    assert HistoryEntry.objects.count() == 1


def test_a_request_has_a_row_of_details_only_when_something_of_it_is_set(record: Record, sam: Person) -> None:
    build.sets(sam, record, Priority="High", Status="On hold")
    assert not RequestDetails.objects.exists()
    build.sets(sam, record, Level="Tier 1")
    assert RequestDetails.objects.get().level.name == "Tier 1"


def test_closing_needs_what_the_template_says(record: Record, sam: Person) -> None:
    field = build.additional("Cost Centre")
    template = template_of(None)
    template.closing_fields = ["Resolution", "Category", "cost centre", "Gone"]
    template.save()
    closed = Status.objects.get(name="Closed")
    with pytest.raises(ClosingRefused) as refused:
        write(
            record, Changes({"Status": closed, "Priority": Priority.objects.get(name="Low")}), By(sam, "page")
        )
    assert refused.value.missing == ("Category", "Resolution", "Cost Centre")
    assert Record.objects.get().priority is None
    build.sets(sam, record, Category="Printing", Resolution="Done.")
    events = write(record, Changes({"Status": closed}, {field: "42"}), By(sam, "page", at=AT))
    assert [event.kind for event in events] == ["request_closed"]
    assert Record.objects.get().closed_at == AT
    build.sets(sam, record, Resolution="")  # a closed request may be emptied, and is not closed again
    build.sets(sam, record, Status="Open")
    assert Record.objects.get().closed_at is None
    own = build.laptop_order()
    ordered = make.record(record.requester)
    insert_fields([Made(ordered.pk, ordered.account_id, Changes(), own)])
    assert template_of(ordered) == own
    assert write(ordered, Changes({"Status": closed}), By(sam, "page"))


def test_a_request_begins_with_its_fields_and_template(sam: Person) -> None:
    build.categories()
    tom = make.person("Tom Achterberg")
    template = build.laptop_order()
    asked = make.record(tom)
    changes = build.asks(sam, asked, Category="Hardware", SubCategory="Laptop", Priority="High").changes
    record, events = open_request(
        actor=sam,
        via="page",
        instance=make.instance(),
        account=tom.account,
        requester=tom,
        subject="A laptop",
        text="For Jonas.",
        changes=changes,
        template=template,
    )
    assert [event.kind for event in events] == ["request_received", "request_created"]
    present = present_of(Record.objects.get(pk=record.pk))
    assert present.template_id == template.pk
    shown = {name: text_of(value) for name, value in present.fields.items() if value}
    assert shown == {
        "Requester": "Tom Achterberg",
        "Status": "Open",
        "Priority": "High",
        "Category": "Hardware",
        "SubCategory": "Laptop",
    }
    assert HistoryEntry.objects.get(record=record).changes == [
        ["Priority", None, "High"],
        ["Category", None, "Hardware"],
        ["SubCategory", None, "Laptop"],
    ]


def test_what_many_requests_have_is_read_in_as_many_queries_as_of_one(record: Record, sam: Person) -> None:
    build.sets(sam, record, Category="Printing", Level="Tier 2")
    others = [make.record(record.requester) for _ in range(20)]
    insert_fields(Made(one.pk, one.account_id, Changes({"Resolution": f"No {one.pk}"})) for one in others)
    rows = list(Record.objects.select_related("status", "priority", "group", "technician", "requester"))
    with CaptureQueriesContext(connection) as queries:
        presents = presents_of(rows)
    assert len(queries) == 4
    assert {presents[one.pk].fields["Resolution"] for one in others} == {f"No {one.pk}" for one in others}
