"""What somebody wants to set in a request, judged: what is kept, what is skipped, and the words on each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.additional_values import show_additional
from deskpost.desk.assets import Asset
from deskpost.desk.editing import By, present_of, template_of, write
from deskpost.desk.field_values import Picked, judge, scene_of_new
from deskpost.desk.fields import Group, GroupMember, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes, text_of
from deskpost.desk.roles import visible
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
        sam, record, Category="Printing", SubCategory="Queue", Technician="Sam Okafor", Priority="Normal"
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
        ("Priority", "Normal", "Urgent", True, "Set"),
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


def test_names_are_read_however_they_are_written_and_the_last_of_two_counts(
    record: Record, sam: Person
) -> None:
    asked = {"sub-category": "vpn", "CATEGORY": " network ", "priority": "Low", "Priority": "High"}
    judged = asks_for(sam, record, asked)
    assert words(judged) == {"sub-category": "Set", "CATEGORY": "Set", "Priority": "Set"}
    assert {name: text_of(value) for name, value in judged.changes.fields.items()} == {
        "Category": "Network",
        "SubCategory": "VPN",
        "Priority": "High",
    }


def test_a_child_fits_its_parent_or_goes(record: Record, sam: Person) -> None:
    build.sets(sam, record, Category="Hardware", SubCategory="Laptop", Item="Screen")
    assert [now(record, name) for name in ("Category", "SubCategory", "Item")] == [
        "Hardware",
        "Laptop",
        "Screen",
    ]
    other = asks(sam, record, SubCategory="Dock")
    assert words(other) == {"SubCategory": "Set, and Item Screen goes"}
    moved = asks(sam, record, Category="Network")
    assert words(moved) == {"Category": "Set, and SubCategory Laptop goes, and Item Screen goes"}
    wrong = asks(sam, record, Category="Nonsense", SubCategory="VPN", Item="Client profile")
    assert words(wrong) == {
        "Category": "Skipped, no such value",
        "SubCategory": "Skipped, not under Hardware",
        "Item": "Skipped, not under Laptop",
    }
    assert not wrong.changes
    build.sets(sam, record, Category="")
    assert [now(record, name) for name in ("Category", "SubCategory", "Item")] == ["", "", ""]
    build.sets(sam, record, Category="Hardware", SubCategory="Laptop", Item="Screen")
    tom, template = record.requester, template_of(None)
    assert tom is not None
    build.give(tom, "request.edit", account=tom.account)
    for offered, field, value, why in (
        ("Category", "Category", "Network", "Set"),  # not: and SubCategory Laptop goes
        ("SubCategory", "SubCategory", "VPN", "Skipped, no such value"),  # not: not under Hardware
    ):
        template.requester_fields = [offered]
        template.save()
        assert words(asks(tom, record, **{field: value})) == {field: why}, "what is hidden is not told"
    build.sets(sam, record, Category="")
    orphan = asks(sam, record, SubCategory="VPN")
    assert words(orphan) == {"SubCategory": "Skipped, there is no Category"}


def test_the_database_keeps_a_child_from_another_parent(record: Record, sam: Person) -> None:
    build.sets(sam, record, Category="Hardware")
    late = asks(sam, record, SubCategory="Laptop")  # judged, while somebody else is faster
    build.sets(sam, record, Category="Network", SubCategory="VPN")
    write(record, late.changes, By(sam, "mail"))
    assert [now(record, name) for name in ("Category", "SubCategory")] == ["Network", ""]


def test_who_gets_a_field_is_the_templates_word(record: Record, sam: Person) -> None:
    tom = record.requester
    assert tom is not None
    build.give(tom, "request.edit", account=tom.account)
    assert words(asks(tom, record, Technician="Sam Okafor", Priority="High", Level="Tier 1")) == {
        "Technician": "Skipped, not offered to you",
        "Priority": "Set",
        "Level": "Skipped, not offered to you",
    }
    template = template_of(None)
    template.requester_fields, template.technician_fields = ["Level"], ["Priority"]
    template.save()
    assert words(asks(tom, record, Priority="High", Level="Tier 1")) == {
        "Priority": "Skipped, not offered to you",
        "Level": "Set",
    }
    assert words(asks(sam, record, Priority="High", Level="Tier 1")) == {
        "Priority": "Set",
        "Level": "Skipped, not offered to you",
    }


def test_setting_needs_the_permission_where_the_request_is(record: Record) -> None:
    sites = [Site.objects.create(account=record.account, name=name) for name in ("North", "South")]
    Person.objects.filter(pk=record.requester_id).update(site=sites[0])
    ed = make.person("Ed Ito", technician=True)
    for permission in ("request.view", "request.edit"):
        build.give(ed, permission, account=record.account, site=sites[0])
    for permission in ("request.close", "request.assign", "request.pickup"):
        build.give(ed, permission, account=record.account, site=sites[1])
    record = Record.objects.get(pk=record.pk)
    assert words(asks(ed, record, Priority="High", Status="Closed", Technician="Ed Ito", Group="Any")) == {
        "Priority": "Set",
        "Status": "Skipped, needs the permission request.close",
        "Technician": "Skipped, needs the permission request.assign",
        "Group": "Skipped, needs the permission request.assign",
    }
    Person.objects.filter(pk=record.requester_id).update(site=sites[1])
    record = Record.objects.get(pk=record.pk)
    assert words(asks(ed, record, Priority="High")) == {
        "Priority": "Skipped, needs the permission request.edit"
    }


def test_a_technician_is_named_alone_works_there_and_is_in_the_group(record: Record, sam: Person) -> None:
    twins = [make.technician("Alex Doe", f"alex{number}@msp.example") for number in (1, 2)]
    away = make.technician("Vera Far", at=make.account("Vantage"))
    group = Group.objects.create(name="Field")
    GroupMember.objects.create(group=group, person=twins[0])
    assert words(asks(sam, record, Technician="Alex Doe")) == {
        "Technician": "Skipped, 2 people are called so: use TechnicianEmail"
    }
    both = asks(sam, record, Technician="Alex Doe", TechnicianEmail="ALEX2+desk@msp.example")
    assert words(both) == {"Technician": "Skipped, TechnicianEmail counts", "TechnicianEmail": "Set"}
    assert both.changes.fields == {"Technician": twins[1]}
    assert words(asks(sam, record, Technician=away.name, Group="Field")) == {
        "Technician": "Skipped, nobody here is called so",
        "Group": "Set",
    }
    foreign = asks(sam, record, TechnicianEmail="vera.far@vantage.example")
    assert words(foreign) == {"TechnicianEmail": "Skipped, no technician here has this address"}
    build.sets(sam, record, Group="Field")
    asked = {"TechnicianEmail": "alex2@msp.example"}
    assert words(asks_for(sam, record, asked)) == {"TechnicianEmail": "Skipped, not in group Field"}
    assert words(asks(sam, record, TechnicianEmail="sam@msp.example")) == {"TechnicianEmail": "Set"}
    assert words(asks(sam, record, Technician="")) == {"Technician": "Already so"}
    build.sets(sam, record, TechnicianEmail="sam@msp.example", Group="")
    stays = asks(sam, record, Group="Field")
    assert words(stays) == {"Group": f"Set; {sam.name} is not in Field"}
    assert "Technician" not in stays.changes.fields


def test_a_group_of_another_account_is_none(record: Record, sam: Person) -> None:
    for name, account in (("Field", None), ("Field", record.account), ("Vantage", make.account("Vantage"))):
        Group.objects.create(name=name, account=account)
    chosen = asks(sam, record, Group="field").changes.fields["Group"]
    assert isinstance(chosen, Group)
    assert chosen.account == record.account
    assert words(asks(sam, record, Group="Vantage")) == {"Group": "Skipped, no such value"}


def test_picking_up_and_closing_are_acts_for_which_a_role_counts_and_no_template(
    record: Record, sam: Person
) -> None:
    template = template_of(None)
    template.technician_fields, template.closing_fields = ["Resolution"], ["Resolution"]
    template.save()
    taken = asks_for(sam, record, {}, pick_up=True)
    assert [(one.name, one.then, one.why) for one in taken.verdicts] == [("Technician", "Sam Okafor", "Set")]
    dana = make.technician("Dana Whitfield")
    given = asks_for(sam, record, {"Technician": "Dana Whitfield"}, pick_up=True)
    assert given.changes.fields == {"Technician": dana}
    refused = asks_for(sam, record, {}, close=True)
    assert words(refused) == {"Status": "Skipped, first to be filled in: Resolution"}
    assert refused.missing == ("Resolution",)
    closed = asks_for(sam, record, {"Resolution": "Replaced."}, close=True)
    assert words(closed) == {"Status": "Set", "Resolution": "Set"}
    write(record, closed.changes, By(sam, "mail"))
    assert now(record, "Status") == "Closed"
    picker = make.person("Pia Pick", technician=True)
    for permission in ("request.view", "request.pickup"):
        build.give(picker, permission)
    write(record, Changes({"Status": Status.objects.get(name="Open")}), By(sam, "page"))
    assert words(asks_for(picker, record, {}, pick_up=True, close=True)) == {
        "Technician": "Set",
        "Status": "Skipped, needs the permission request.close",
    }
    write(record, given.changes, By(sam, "mail"))
    assert words(asks_for(picker, record, {}, pick_up=True)) == {
        "Technician": "Skipped, needs the permission request.assign"
    }
    tom = record.requester
    assert tom is not None
    assert words(asks_for(tom, record, {}, pick_up=True, close=True)) == {
        "Technician": "Skipped, no technician here",
        "Status": "Skipped, needs the permission request.close",
    }


def test_a_requester_is_somebody_of_the_account_whom_one_may_see(record: Record, sam: Person) -> None:
    ilse = make.person("Ilse Roth")
    make.person("Ilse Roth", "ilse@vantage.example", of=make.account("Vantage"))
    tom = record.requester
    assert tom is not None
    build.give(tom, "request.edit", account=tom.account)
    chosen = asks(sam, record, Requester="ilse roth")
    assert chosen.changes.fields == {"Requester": ilse}
    assert words(asks(tom, record, Requester="Ilse Roth")) == {
        "Requester": "Skipped, nobody here is called so"
    }
    foreign = asks(sam, record, RequesterEmail="ilse@vantage.example")
    assert words(foreign) == {"RequesterEmail": "Skipped, nobody here has this address"}
    assert foreign.unknown_requester == "ilse@vantage.example"
    assert asks(tom, record, RequesterEmail="new@acme.example").unknown_requester == ""
    assert words(asks(sam, record, Requester="")) == {"Requester": "Skipped, it cannot be empty"}
    write(record, chosen.changes, By(sam, "page"))
    assert now(record, "Requester") == "Ilse Roth"


def test_site_and_assets_are_those_of_the_account(record: Record, sam: Person) -> None:
    for name, account in (("Berlin", record.account), ("London", make.account("Vantage"))):
        site = Site.objects.create(account=account, name=name)
        for asset in ("PRN-04", "LT, 7450", name):
            Asset.objects.create(account=account, site=site, name=asset)
    build.sets(sam, record, Site="berlin", Asset="PRN-04, Berlin")
    assert [now(record, name) for name in ("Site", "Asset")] == ["Berlin", "Berlin, PRN-04"]
    assert words(asks(sam, record, Site="London")) == {"Site": "Skipped, no such value"}
    part = asks(sam, record, Asset="London, prn-04")
    assert words(part) == {"Asset": "Set, without London"}
    assert [text_of(value) for value in part.changes.fields.values()] == ["PRN-04"]
    assert text_of(asks(sam, record, Asset="lt,  7450").changes.fields["Asset"]) == "LT, 7450"
    for name in ("Straße 5", "STRASSE 5", "İzmir"):
        Asset.objects.create(account=record.account, name=name)
        for written in (name, name if name == "İzmir" else name.lower()):
            assert text_of(asks(sam, record, Asset=written).changes.fields["Asset"]) == name
    foreign = Asset.objects.get(name="London")
    assert words(asks(sam, record, Asset=Picked((foreign.pk,)))) == {"Asset": "Skipped, no such value"}
    ids = tuple(
        Asset.objects.filter(account=record.account, name__in=("PRN-04",)).values_list("pk", flat=True)
    )
    build.sets(sam, record, Asset=Picked(ids))
    assert now(record, "Asset") == "PRN-04"
    build.sets(sam, record, Asset="")
    assert now(record, "Asset") == ""


def test_who_works_at_one_site_sees_no_others_sites_and_assets(record: Record) -> None:
    sites = [Site.objects.create(account=record.account, name=name) for name in ("North", "South")]
    for site in sites:
        Asset.objects.create(account=record.account, site=site, name=f"PC {site}")
    Person.objects.filter(pk=record.requester_id).update(site=sites[0])
    nora = make.technician("Nora", at=record.account, site=sites[0])
    record = Record.objects.get(pk=record.pk)
    assert words(asks(nora, record, Site="South", Asset="PC South")) == {
        "Site": "Skipped, no such value",
        "Asset": "Skipped, no such value",
    }
    assert words(asks(nora, record, Site="North", Asset="PC North")) == {"Site": "Set", "Asset": "Set"}
    priya = make.technician("Priya")
    build.sets(priya, record, Asset="PC North, PC South")
    Asset.objects.create(account=record.account, name="Door")
    stays = "; PC South stays, of a site you do not work for"
    assert words(asks(nora, record, Asset="Door")) == {"Asset": f"Set{stays}"}
    build.sets(nora, record, Asset="Door")
    assert now(record, "Asset") == "Door, PC South"
    assert words(asks(nora, record, Asset="")) == {"Asset": f"Emptied{stays}"}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", {"Rot\nund grün": "Rot\nund grün"}, {"x" * 10_001: "longer than 10000 characters"}),
        (
            "number",
            {"42": "42", "-007.50": "-7.50", "+3": "3", "-0.0": "0.0"},
            dict.fromkeys(("1e9", "1,5", "nan", "٤٢"), "not a number such as 42 or 3.5"),
        ),
        (
            "date",
            {
                "2026-11-23": "2026-11-23",
                "2026-11-23 14:30": "2026-11-23T13:30+00:00",
                "2026-07-01T9:05": "2026-07-01T07:05+00:00",
            },
            dict.fromkeys(
                ("23.11.2026", "2026-02-30", "2026-11-23 25:00", "0000-01-01", "tomorrow"),
                "not a date such as 2026-11-23 or 2026-11-23 14:30",
            )
            | dict.fromkeys(
                ("0001-01-01 00:00", "1899-12-31", "2201-01-01", "9999-12-31 23:59"),
                "not within the years 1900 to 2200",
            ),
        ),
        ("choice", {"rot": "Rot", "Blau, hell": "Blau, hell"}, {"Grün": "no such option"}),
    ],
)
def test_an_additional_field_takes_what_its_kind_allows(
    record: Record, sam: Person, kind: str, good: dict[str, str], bad: dict[str, str]
) -> None:
    Person.objects.filter(pk=sam.pk).update(time_zone="Europe/Berlin")
    sam = Person.objects.get(pk=sam.pk)
    field = build.additional("Größe des Geräts", kind, ("Rot", "Blau, hell") if kind == "choice" else ())
    for written, kept in good.items():
        judged = asks_for(sam, record, {"größe  des geräts": written})
        assert words(judged) == {"größe  des geräts": "Set"}
        write(record, judged.changes, By(sam, "mail"))
        assert present_of(record).additional == {field.pk: kept}
    for written, why in bad.items():
        assert words(asks_for(sam, record, {field.label: written})) == {field.label: f"Skipped, {why}"}
    write(record, asks_for(sam, record, {field.label: " "}).changes, By(sam, "mail"))
    assert present_of(record).additional == {}


def test_a_moment_is_shown_in_the_time_zone_of_who_asks(record: Record, sam: Person) -> None:
    field = build.additional("Due", "date")
    Person.objects.filter(pk=sam.pk).update(time_zone="Europe/Berlin")
    sam = Person.objects.get(pk=sam.pk)
    write(record, asks_for(sam, record, {"Due": "2026-11-23 14:30"}).changes, By(sam, "mail"))
    verdict = asks_for(sam, record, {"Due": "2026-11-24 08:00"}).verdicts[0]
    assert (verdict.now, verdict.then) == ("2026-11-23 14:30", "2026-11-24 08:00")
    AdditionalField.objects.filter(pk=field.pk).update(deleted_at="2026-01-01T00:00Z")
    assert words(asks_for(sam, record, {"Due": "2026-11-24"})) == {"Due": "Skipped, no such field"}


@pytest.mark.parametrize(
    ("kept", "zone"), [("9999-12-31T23:59+00:00", "Asia/Tokyo"), ("0001-01-01T00:00+00:00", "America/Lima")]
)
def test_a_moment_beyond_all_calendars_is_shown_as_it_is_kept(kept: str, zone: str) -> None:
    due = AdditionalField(label="Due", kind=AdditionalField.Kind.DATE)
    assert show_additional(due, kept, zone) == kept


def test_an_additional_field_that_is_not_offered_is_not_set(record: Record, sam: Person) -> None:
    build.additional("Cost Centre", offer=False)
    assert words(asks_for(sam, record, {"Cost Centre": "42"})) == {
        "Cost Centre": "Skipped, not offered to you"
    }


def test_a_request_that_is_made_needs_the_permission_to_create(record: Record, sam: Person) -> None:
    tom = record.requester
    assert tom is not None
    scene = scene_of_new(visible(tom), tom.account_id, tom)
    asked = {"Priority": "High", "Category": "Network", "SubCategory": "VPN", "Technician": "Sam Okafor"}
    judged = judge(asked, {}, scene)
    assert words(judged) == {
        "Priority": "Set",
        "Category": "Set",
        "SubCategory": "Set",
        "Technician": "Skipped, not offered to you",
    }
    stranger = make.person("Nobody")
    assert words(judge({"Priority": "High"}, {}, scene_of_new(visible(stranger), tom.account_id, tom))) == {
        "Priority": "Skipped, needs the permission request.create"
    }
    template = template_of(None)
    template.closing_fields = ["Category"]
    template.save()
    made = scene_of_new(visible(sam), tom.account_id, tom)
    assert words(judge({"Status": "Closed", "Technician": "Sam Okafor"}, {}, made)) == {
        "Status": "Skipped, first to be filled in: Category",
        "Technician": "Set",
    }
    assert words(judge({"Status": "Closed", "Category": "Network"}, {}, made)) == {
        "Status": "Set",
        "Category": "Set",
    }


def test_ten_thousand_asked_fields_cost_few_queries(record: Record, sam: Person) -> None:
    asked = {f"Nonsense {number}": "x" for number in range(10_000)}
    asked |= {"Category": "Hardware", "SubCategory": "Laptop", "Asset": ",".join(map(str, range(10_000)))}
    answers = {f"res_{number}.qstn_{number}": "x" for number in range(10_000)}
    with CaptureQueriesContext(connection) as queries:
        judged = asks_for(sam, record, asked, answers)
    assert len(judged.verdicts) == 20_003
    assert len(judged.refused) == 20_001
    assert len(queries) < 25


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann <Ann@Bolt.EXAMPLE>; <bo@bolt.example>,", "Ann@bolt.example, bo@bolt.example"),
        ("a@bolt.example, A@BOLT.example, a+x@bolt.example", "a@bolt.example"),  # all one mailbox
        (
            "a@M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller.example",
            "a@m\N{LATIN SMALL LETTER U WITH DIAERESIS}ller.example",
        ),
        (" ; ", ""),
    ],
)
def test_addresses_to_notify_are_kept_bare_each_once_and_as_domains_are_spelt(
    record: Record, sam: Person, typed: str, kept: str
) -> None:
    build.sets(sam, record, EmailsToNotify=typed)
    assert now(record, "EmailsToNotify") == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("a@bolt.example, bolt", "Skipped, \u201cbolt\u201d is no address such as ann@company.example"),
        ("a@localhost", "Skipped, \u201ca@localhost\u201d is no address such as ann@company.example"),
        (
            "a@bolt.example\nBcc: b@bolt.example",
            "Skipped, \u201ca@bolt.example Bcc: b@bolt.example\u201d is no address such as",
        ),
        ("a@bolt\x0b.example", "Skipped, \u201ca@bolt .example\u201d is no address such as"),
        (f"{'a' * 250}@bolt.example", f"Skipped, \u201c{'a' * 60}\u201d is no address such as"),
        (",".join(f"a{n}@bolt.example" for n in range(21)), "Skipped, more than 20 addresses"),
    ],
)
def test_what_is_no_address_is_not_notified(record: Record, sam: Person, typed: str, why: str) -> None:
    judged = asks(sam, record, EmailsToNotify=typed)
    assert not judged.changes
    assert judged.verdicts[0].why.startswith(why)


def test_addresses_to_notify_need_the_template_and_the_permission(record: Record, sam: Person) -> None:
    asked = {"EmailsToNotify": "a@bolt.example"}
    assert record.requester is not None
    assert words(asks(record.requester, record, **asked)) == {
        "EmailsToNotify": "Skipped, not offered to you"  # requesters get it where a template says so
    }
    looks = make.person("Lee")
    build.give(looks, "request.view")
    verdict = asks(looks, record, **asked).verdicts[0]
    assert (verdict.kept, verdict.lacks) == (False, "request.edit")
    build.sets(sam, record, **asked)
    assert now(record, "EmailsToNotify") == "a@bolt.example"
    last = HistoryEntry.objects.filter(record=record).latest("pk")
    assert last.changes == [["EmailsToNotify", None, "a@bolt.example"]]
    build.sets(sam, record, EmailsToNotify="")
    last = HistoryEntry.objects.filter(record=record).latest("pk")
    assert last.changes == [["EmailsToNotify", "a@bolt.example", None]]
