"""What somebody wants to set in a request, judged: what is kept, what is skipped, and the words on each."""

import pytest

from deskpost.desk.editing import By, present_of, write
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import text_of
from tests.desk import field_builders as build
from tests.desk.field_builders import asks, asks_for, words
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> Person:
    """Give a technician of all accounts."""
    return make.technician("Sam Okafor", "sam@msp.example", at=None)


@pytest.fixture
def record(db: None) -> Record:
    """Give a request of somebody of Acme, under Printing, Queue."""
    build.categories()
    tom = make.person("Tom Achterberg")
    build.give(tom, "SDRequester", account=tom.account)
    return make.record(tom)


def now(record: Record, name: str) -> str:
    record.refresh_from_db()
    return text_of(present_of(record).fields[name])


def test_the_table_of_a_command_reads_as_drawn(record: Record, sam: Person) -> None:
    build.sets(
        sam, record, Category="Printing", SubCategory="Queue", Technician="Sam Okafor", Priority="Medium"
    )
    field = Group.objects.create(name="Field")
    marco = make.technician("Marco Bianchi")
    GroupMember.objects.create(group=field, person=marco)
    build.sets(sam, record, Group="Field")
    asked = {
        "Priority": "Urgent",
        "Category": "Hardware",
        "Technician": "Marco Bianchi",
        "Resolution": "Driver 6.2 replaced by 6.4,\nspooler restarted",
        "SubCategory": "VPN",
        "CostCentre": "4410",
    }
    judged = asks_for(sam, record, asked)
    assert [
        (one.name, one.now, one.then.partition(",")[0], one.kept, one.why) for one in judged.verdicts
    ] == [
        ("Priority", "Medium", "Urgent", True, "Set"),
        ("Category", "Printing", "Hardware", True, "Set"),
        ("Technician", "Sam Okafor", "Marco Bianchi", True, "Set, in group Field"),
        ("Resolution", "", "Driver 6.2 replaced by 6.4", True, "Set"),
        ("SubCategory", "Queue", "", False, "Skipped, not under Hardware"),
        ("CostCentre", "", "", False, "Skipped, no such field"),
    ]
    write(record, judged.changes, By(sam, "mail"))
    assert [now(record, name) for name in ("Category", "SubCategory")] == ["Hardware", ""]


@pytest.mark.parametrize(
    ("name", "value"),
    [("Level", "Tier 2"), ("Mode", "Phone Call"), ("Priority", "High"), ("Urgency", "Urgent")]
    + [("Impact", "Affects Group"), ("ImpactDetails", "Three sites.\nNo fax."), ("RequestType", "Incident")]
    + [("Resolution", "One.\n\nTwo."), ("Status", "On hold")],
)
def test_each_field_takes_a_value_of_its_list_or_a_text(
    record: Record, sam: Person, name: str, value: str
) -> None:
    build.sets(sam, record, **{name.lower(): f" {value} "})
    assert now(record, name) == value
    assert words(asks(sam, record, **{name: value})) == {name: "Already so"}
    if name not in ("ImpactDetails", "Resolution"):
        assert words(asks(sam, record, **{name: "Nonsense"})) == {name: "Skipped, no such value"}
        build.sets(sam, record, **{name: value.upper()})
        assert now(record, name) == value
