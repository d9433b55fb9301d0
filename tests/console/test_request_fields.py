"""The fields of a request on its page: who is shown what, what may be set, and what closing asks for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.console import properties
from deskpost.console.properties import seen_of
from deskpost.desk import describe
from deskpost.desk.accounts import Site
from deskpost.desk.assets import Asset
from deskpost.desk.attachments import Attachment
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Level
from deskpost.desk.editing import Made, insert_fields, present_of, template_of
from deskpost.desk.fields import Group, GroupMember, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes, text_of
from deskpost.desk.templates import Template
from tests.console import builders
from tests.console.conftest import Desk
from tests.desk import field_builders as build


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request that came in by mail, on a desk with categories, a site and assets."""
    build.categories()
    site = Site.objects.create(account=desk.kestrel, name="Rotterdam")
    for account, name in ((desk.kestrel, "LT-7450"), (desk.kestrel, "PRN-04"), (desk.vantage, "Theirs")):
        Asset.objects.create(account=account, name=name, site=site if account == desk.kestrel else None)
    return builders.request_by_mail(desk.box)


def has(record: Record) -> dict[str, str]:
    """Give what the request has beyond its first state."""
    record = Record.objects.get(pk=record.pk)
    return {name: text_of(value) for name, value in present_of(record).fields.items() if value}


def post(client: Client, record: Record, seen: str = "", htmx: bool = True, **values: Any) -> Any:
    """Post fields as the page does; values may be several."""
    record = Record.objects.get(pk=record.pk)
    url = reverse("request_properties", args=[record.number])
    form = {name.replace("_", "-"): value for name, value in values.items()}
    return client.post(
        url, {"seen": seen or seen_of(record), **form}, headers=builders.htmx() if htmx else {}
    )


def page_of(client: Client, record: Record) -> str:
    return client.get(reverse("request", args=[record.number])).content.decode()


def test_every_field_that_the_template_offers_is_set_on_the_page(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.dana)
    rows = [
        build.additional("Cost Centre"),
        build.additional("Floors", "number"),
        build.additional("Due", "date"),
    ]
    colour = build.additional("Colour", "choice", ("Red", "Green"))
    page = page_of(client, record)
    names = ("status", "technician", "priority", "urgency", "impact", "impactdetails", "category")
    places = [
        page.index(f'id="property-{name}"')
        for name in (*names, "requesttype", "level", "mode", "site", "asset")
    ]
    assert places == sorted(places)
    assert page.index("More fields") < page.index('name="urgency"')
    assert 'name="subcategory"' not in page  # there is no category yet
    assert "Theirs" not in page
    printing = Category.objects.get(name="Printing")
    part = post(client, record, category=printing.pk).content.decode()
    assert part.index('name="category"') < part.index("More fields")
    assert ">Queue</option>" in part
    assert ">VPN</option>" not in part
    queue = Subcategory.objects.get(name="Queue")
    assert ">Stuck</option>" in post(client, record, subcategory=queue.pk).content.decode()
    assets = Asset.objects.filter(account=desk.kestrel)
    texts = {
        f"additional_{row.pk}": text
        for row, text in zip(rows, ("4410", "3", "2026-11-23 14:30"), strict=True)
    }
    answer = post(
        client,
        record,
        item=Item.objects.get(name="Stuck").pk,
        site=Site.objects.get().pk,
        asset=["", *(asset.pk for asset in assets)],
        resolution="Driver 6.2\r\nreplaced.",
        **texts,
        **{f"additional_{colour.pk}": "Green"},
    )
    assert answer.status_code == 200
    assert has(record) == {
        "Requester": "Tom Achterberg",
        "Status": "Open",
        "Category": "Printing",
        "SubCategory": "Queue",
        "Item": "Stuck",
        "Site": "Rotterdam",
        "Asset": "LT-7450, PRN-04",
        "Resolution": "Driver 6.2\nreplaced.",
    }
    assert sorted(present_of(record).additional.values()) == ["2026-11-23T14:30+00:00", "3", "4410", "Green"]
    assert "Driver 6.2\nreplaced.</textarea>" in page_of(client, record)
    entries = HistoryEntry.objects.count()
    carried = {
        f"additional_{row.pk}": text
        for row, text in zip(rows, ("4410", "3", "2026-11-23 14:30"), strict=True)
    }
    post(client, record, resolution="Driver 6.2\r\nreplaced.", asset=["", *(a.pk for a in assets)], **carried)
    assert HistoryEntry.objects.count() == entries  # what the page only carried along is no change
    wrong = post(client, record, **{f"additional_{rows[1].pk}": "many"})
    assert wrong.status_code == 422
    assert "Floors was not saved: not a number such as 42 or 3.5. To do:" in wrong.content.decode()
    assert 'value="many"' in wrong.content.decode()  # what was typed is there still
    before = seen_of(Record.objects.get(pk=record.pk))
    post(client, record, asset=[""])
    assert "Asset" not in has(record)
    late = post(builders.signed_in(desk.sam), record, seen=before, asset=["", assets[0].pk])
    assert late.status_code == 422
    assert "Dana Whitfield set Assets to none at" in late.content.decode()
    post(client, record, category=Category.objects.get(name="Network").pk, subcategory=queue.pk)
    assert {"SubCategory", "Item"} & set(has(record)) == set()


def test_assets_of_sites_that_one_does_not_see_stay_and_of_many_assets_the_names_are_typed(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    oslo = Site.objects.create(account=desk.kestrel, name="Oslo")
    crane = Asset.objects.create(account=desk.kestrel, name="Crane", site=oslo)
    Person.objects.filter(pk=record.requester_id).update(site=oslo)
    build.sets(desk.dana, record, Asset="LT-7450, Crane")
    local = builders.person("Ola", "ola@northgate-it.example", "SDTechnician", within=desk.kestrel, at=oslo)
    door = Asset.objects.create(account=desk.kestrel, name="Door", site=oslo)
    client = builders.signed_in(local)
    assert post(client, record, asset=["", door.pk, crane.pk]).status_code == 200
    assert has(record)["Asset"] == "Crane, Door, LT-7450"
    assert post(client, record, asset=[""]).status_code == 200
    assert has(record)["Asset"] == "LT-7450"
    foreign = Asset.objects.get(name="PRN-04")
    assert post(client, record, asset=["", foreign.pk]).status_code == 422

    monkeypatch.setattr(properties, "MOST_TICKED", 1)
    typed = '<input id="property-asset"'
    assert typed in page_of(client, record)
    assert post(client, record, asset="crane, Door").status_code == 200
    assert has(record)["Asset"] == "Crane, Door, LT-7450"
    entries = HistoryEntry.objects.count()
    assert post(client, record, asset="Crane, Door", resolution="Done.").status_code == 200
    assert [change[0] for change in HistoryEntry.objects.latest("pk").changes] == ["Resolution"]
    assert HistoryEntry.objects.count() == entries + 1
    wrong = post(client, record, asset="Crane, Dor")
    assert wrong.status_code == 422 and 'value="Crane, Dor"' in wrong.content.decode()
    assert "There is no asset Dor here. Nothing was saved. To do:" in wrong.content.decode()
    assert post(client, record, asset="").status_code == 200
    assert has(record)["Asset"] == "LT-7450"


def test_what_the_template_does_not_offer_is_shown_and_not_set(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.dana)
    high = Category.objects.get(name="Network")
    post(client, record, category=high.pk)
    Template.objects.filter(default=True).update(technician_fields=["Priority"])
    page = page_of(client, record)
    assert 'name="priority"' in page
    assert 'name="category"' not in page
    assert ">Network</span>" in page
    refused = post(client, record, category=Category.objects.get(name="Printing").pk)
    assert refused.status_code == 422
    assert "Category was not saved: not offered to you." in refused.content.decode()
    assert has(record)["Category"] == "Network"


def test_a_technician_of_the_group_is_chosen(desk: Desk, record: Record) -> None:
    group = Group.objects.create(name="Field")
    GroupMember.objects.create(group=group, person=desk.sam)
    part = post(builders.signed_in(desk.dana), record, group=group.pk).content.decode()
    assert ">Sam Okafor</option>" in part
    assert ">Dana Whitfield</option>" in part  # who looks may take it
    assert ">Priya Raman</option>" not in part
    refused = post(builders.signed_in(desk.dana), record, technician=desk.admin.pk)
    assert "Technician was not saved: not in group Field." in refused.content.decode()


@pytest.mark.requirement("R147")
def test_closing_says_what_is_missing_and_where_to_fill_it_in(desk: Desk, record: Record) -> None:
    template = template_of(None)
    template.closing_fields = ["Resolution", "Category"]
    template.save()
    client = builders.signed_in(desk.dana)
    closed = Status.objects.get(name="Closed")
    page = page_of(client, record)
    assert page.index('name="resolution"') < page.index(
        "More fields"
    )  # what closing asks for does not fold away
    button = post(client, record, htmx=False, status=closed.pk)
    assert button.status_code == 409
    words = "It was not closed: its template asks for Category, Resolution first. To do: fill in Category, Resolution"
    assert words in button.content.decode()
    assert words in post(client, record, status=closed.pk).content.decode()
    form = {
        "mode": "note",
        "text": "Done.",
        "status": closed.pk,
        "token": "6f1c2b7e-0f4e-4c5e-9a57-2b8f6a8c9d10",
    }
    reply = client.post(reverse("request_reply", args=[record.number]), form)
    assert reply.status_code == 422
    assert f"{words} under Details of the request, then close it. Nothing was sent." in reply.content.decode()
    assert "Done.</textarea>" in reply.content.decode()
    assert not record.conversations.filter(direction="note").exists()
    build.give(desk.tom, "request.close", account=desk.kestrel)
    tom = builders.signed_in(desk.tom)
    assert "It works now" not in page_of(tom, record)
    form |= {"mode": "reply", "text": "", "token": "6f1c2b7e-0f4e-4c5e-9a57-2b8f6a8c9d11"}
    works_now = tom.post(reverse("request_reply", args=[record.number]), form)
    assert (
        "The desk has something to fill in first. Nothing was sent. To do: write"
        in works_now.content.decode()
    )
    category = Category.objects.get(name="Network").pk
    assert (
        post(client, record, category=category, resolution="New cable.", status=closed.pk).status_code == 200
    )
    assert has(record)["Status"] == "Closed"


def test_a_requester_is_shown_what_was_offered_and_is_set(desk: Desk, record: Record) -> None:
    tier = build.additional("Cost Centre")
    dana = builders.signed_in(desk.dana)
    network, level = Category.objects.get(name="Network").pk, Level.objects.get(name="Tier 1").pk
    post(dana, record, category=network, level=level, **{f"additional_{tier.pk}": "4410"})
    page = page_of(builders.signed_in(desk.tom), record)
    for shown in ("<dt>Category</dt>", "Network", "<dt>Cost Centre</dt>", "4410"):
        assert shown in page
    for hidden in ("Tier 1", "Subcategory", "More fields", 'name="category"'):
        assert hidden not in page


@pytest.mark.requirement("R136")
def test_the_files_of_a_mail_that_changed_a_request_stand_at_the_change(desk: Desk, record: Record) -> None:
    post(builders.signed_in(desk.dana), record, category=Category.objects.get(name="Network").pk)
    entry = HistoryEntry.objects.latest("pk")
    for name, kind in (("photo.png", "image/png"), ("log.txt", "text/plain")):
        Attachment.objects.create(
            history_entry=entry,
            account=record.account,
            name=name,
            content_type=kind,
            size=3,
            sha256="0" * 64,
            content=b"abc",
        )
    url = reverse("attachment", args=[Attachment.objects.get(name="photo.png").pk])
    page = page_of(builders.signed_in(desk.dana), record)
    assert f'<img src="{url}"' in page
    assert "log.txt" in page
    given = builders.signed_in(desk.dana).get(url)
    assert (given.status_code, given.content, given["Content-Type"]) == (200, b"abc", "image/png")
    assert builders.signed_in(desk.tom).get(url).status_code == 404
    stranger = builders.person("Vera", "vera@vantage.example", "SDRequester", account=desk.vantage)
    assert builders.signed_in(stranger).get(url).status_code == 404
    told = describe.show_json(record)["history"][-1]
    assert [file["name"] for file in told["attachments"]] == ["photo.png", "log.txt"]


def test_the_json_has_every_field_and_the_answers(desk: Desk, record: Record) -> None:
    build.additional("Cost Centre")
    build.additional("Due", "date")
    ordered = builders.request_by_mail(desk.box, message_id="<2@kestrel.example>", subject="A laptop")
    template = build.laptop_order()
    insert_fields([Made(ordered.pk, ordered.account_id, Changes(), template)])
    build.sets(desk.dana, ordered, {"res_301.qstn_check_305": "Visio, Office"}, Category="Hardware")
    assets = {"Asset": "PRN-04, LT-7450", "SubCategory": "VPN", "Category": "Network", "Cost Centre": "42"}
    judged = build.asks_for(desk.dana, record, assets)
    build.write(record, judged.changes, build.By(desk.dana, "cli"))
    told = {one["number"]: one for one in describe.requests_json(Record.objects.order_by("number"))}
    assert told[ordered.number]["resources"] == {"res_301": {"qstn_check_305": ["Office", "Visio"]}}
    assert told[record.number]["resources"] == {}
    fields = told[record.number]["fields"]
    assert {name: value for name, value in fields.items() if value} == {
        "Category": "Network",
        "SubCategory": "VPN",
        "Asset": "LT-7450, PRN-04",
        "Cost Centre": "42",
    }
    assert {"ImpactDetails", "Priority", "Resolution", "Due"} <= set(fields)
    assert not {"Status", "Group", "Technician", "Requester"} & set(fields)
    text = describe.as_text(describe.show_json(record))
    assert "SubCategory: VPN\n" in text


def test_addresses_to_notify_are_set_on_the_page_and_the_requester_does_not_see_them(
    desk: Desk, record: Record
) -> None:
    client = builders.signed_in(desk.dana)
    assert 'name="emailstonotify"' in page_of(client, record)
    wrong = post(client, record, emailstonotify="boss@bolt")
    assert wrong.status_code == 422
    assert (
        "E-mails to notify was not saved: \u201cboss@bolt\u201d is no address such as ann@company.example. To do:"
        in wrong.content.decode()
    )
    assert 'value="boss@bolt"' in wrong.content.decode(), "what was typed is there still"
    assert post(client, record, emailstonotify="Boss <boss@Bolt.example>").status_code == 200
    assert has(record)["EmailsToNotify"] == "boss@bolt.example"
    entries = HistoryEntry.objects.filter(record=record)
    assert entries.latest("pk").changes == [["EmailsToNotify", None, "boss@bolt.example"]]
    carried = entries.count()
    post(client, record, emailstonotify="boss@bolt.example")
    assert entries.count() == carried
    page = page_of(client, record)
    assert 'value="boss@bolt.example"' in page and page.count("E-mails to notify") > 1, "and in the history"
    tom = builders.signed_in(desk.tom)
    assert "boss@bolt" not in page_of(tom, record)
    post(tom, record, emailstonotify="tom@bolt.example")
    assert has(record)["EmailsToNotify"] == "boss@bolt.example"
