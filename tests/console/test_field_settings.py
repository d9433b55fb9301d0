"""The pages of what requests' fields can be set to: lists, categories, additional fields, and assets by account."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from deskpost.desk import settings_history, value_lists
from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Level
from deskpost.desk.fields import Priority, Status
from deskpost.desk.records import Record
from deskpost.desk.request_details import AdditionalValue, RequestAsset, RequestDetails
from deskpost.desk.settings_history import Wanted
from deskpost.desk.templates import Template
from deskpost.desk.value_lists import LISTS
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = "/admin/request-fields/"
LEVELS, FIELDS, ASSETS = f"{URL}lists/levels/", f"{URL}additional/", "/admin/assets/"


@pytest.fixture
def client(desk: Desk) -> Client:
    return builders.signed_in(desk.admin)


def save(client: Client, url: str, **values: Any) -> HttpResponse:
    """Open a form and send it with some fields typed anew."""
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = {name: "\n".join(value) if isinstance(value, list) else value for name, value in sent.items()}
    return client.post(url, {**sent, **values})  # type: ignore[return-value]


def wrong(response: HttpResponse, name: str) -> str:
    """Give what a form that was not saved says about a field."""
    assert response.status_code == 422
    errors: dict[str, list[str]] = response.context["form"].errors  # type: ignore[attr-defined]
    return " ".join(errors.get(name, []))


def text(response: Any) -> str:
    return str(response.content.decode())


def names(model: Any) -> list[str]:
    return list(model.objects.values_list("name", flat=True))


def with_details(desk: Desk, **values: Any) -> Record:
    """Give a request that has these."""
    record = builders.request_by_mail(desk.box)
    RequestDetails.objects.create(record=record, account=record.account, **values)
    return record


def restore(client: Client, kind: str, row: int, act: str = "delete") -> HttpResponse:
    """Bring back what was removed, or the first version there was."""
    versions = settings_history.versions(Wanted((kind,), row=row), 20)
    chosen = versions[0] if act == "delete" else versions[-1]
    sent = {"version": f"{kind}-{chosen.id}", "newest": versions[0].id}
    return client.post("/admin/history/restore/", sent, follow=True)  # type: ignore[return-value]


def test_a_value_is_added_renamed_ordered_and_removed_and_the_history_tells(
    desk: Desk, client: Client
) -> None:
    assert save(client, f"{LEVELS}new/", name="Tier 5").headers["Location"].startswith(LEVELS)
    tier = Level.objects.get(name="Tier 5")
    assert names(Level)[-1] == "Tier 5"
    again = save(client, f"{LEVELS}new/", name="Tier 6", again="1")
    assert again.headers["Location"] == f"{LEVELS}new/", "for another one"
    assert "stands in this list already" in wrong(save(client, f"{LEVELS}new/", name="tier 5"), "name")
    assert save(client, f"{LEVELS}{tier.pk}/", name="Vendor").status_code == 303
    for _ in range(9):
        client.post(f"{LEVELS}{tier.pk}/move/", {"by": "up"})
    assert names(Level)[0] == "Vendor"
    client.post(f"{LEVELS}{tier.pk}/move/", {"by": "down"})
    assert names(Level)[:2] == ["Tier 1", "Vendor"]
    assert "Remove Vendor?" in text(client.get(f"{LEVELS}{tier.pk}/remove/"))
    assert client.post(f"{LEVELS}{tier.pk}/remove/").status_code == 303
    assert client.post(f"{LEVELS}{tier.pk}/remove/").status_code == 303, "a double click"
    assert "Vendor" not in names(Level)
    page = text(client.get(f"/admin/history/?kind=level&row={tier.pk}"))
    assert "Level, Vendor" in page and "Removed" in page
    assert "Brought back." in text(restore(client, "level", tier.pk))
    assert names(Level)[-1] == "Vendor", "behind the others"


def test_what_requests_have_stays_and_the_page_says_how_many_have_it(desk: Desk, client: Client) -> None:
    tier = Level.objects.get(name="Tier 2")
    with_details(desk, level=tier)
    page = text(client.get(f"{LEVELS}{tier.pk}/remove/"))
    assert "1 request has Tier 2, so it stays. To do: give this request another value first" in page
    assert client.post(f"{LEVELS}{tier.pk}/remove/").headers["Location"] == f"{LEVELS}{tier.pk}/remove/"
    assert "Tier 2" in names(Level)


def test_of_two_editors_the_second_is_told(desk: Desk, client: Client) -> None:
    url = f"{LEVELS}{Level.objects.get(name='Tier 2').pk}/"
    second = {"seen": client.get(url).context["form"]["seen"].value(), "name": "Mine"}
    assert save(client, url, name="Theirs").status_code == 303
    assert "Priya Raman saved these settings" in wrong(client.post(url, second), "__all__")  # type: ignore[arg-type]


def test_the_last_open_and_the_last_closed_status_stay_and_no_kind_ends_requests_behind_their_back(
    desk: Desk, client: Client
) -> None:
    url = f"{URL}lists/statuses/"
    Status.objects.get(name="In progress").delete()
    status = Status.objects.get(kind="open")
    record = builders.request_by_mail(desk.box)
    assert "is the last status of the kind Open" in wrong(
        save(client, f"{url}{status.pk}/", kind="waiting"), "kind"
    )
    assert save(client, f"{url}new/", name="New", kind="open").status_code == 303
    assert "would end or open again" in wrong(save(client, f"{url}{status.pk}/", kind="resolved"), "kind")
    assert save(client, f"{url}{status.pk}/", kind="waiting", name="Asked").status_code == 303
    record.refresh_from_db()
    assert (record.status.name, record.status.kind, record.closed_at) == ("Asked", "waiting", None)
    new = Status.objects.get(name="New")
    page = text(client.get(f"{url}{new.pk}/remove/"))
    assert "New is the last status of the kind Open" in page and "add another one first" in page
    client.post(f"{url}{new.pk}/remove/")
    assert Status.objects.filter(pk=new.pk).exists()
    assert "Kind" in text(client.get(url)) and "Asked" in text(client.get(url))
    assert "Not brought back" not in text(restore(client, "status", status.pk, "first"))
    assert Status.objects.get(pk=status.pk).kind == "open"


def test_priorities_keep_their_order_however_many_there_are(desk: Desk, client: Client) -> None:
    url = f"{URL}lists/priorities/"
    for name in ("Fifth", "Sixth"):
        save(client, f"{url}new/", name=name)
    before = names(Priority)
    assert before[-2:] == ["Fifth", "Sixth"]
    client.post(f"{url}{Priority.objects.get(name='Sixth').pk}/move/", {"by": "up"})
    assert names(Priority) == [*before[:-2], "Sixth", "Fifth"]
    for name in before[1:]:
        value_lists.remove(None, "page", Priority.objects.get(name=name))
    (last,) = Priority.objects.all()
    assert "It is the last priority" in text(client.get(f"{url}{last.pk}/remove/"))


def test_categories_are_one_tree_whose_parts_are_kept_apart_by_their_parents(
    desk: Desk, client: Client
) -> None:
    new = f"{URL}lists/%s/new/"
    for name in ("Network", "Printer"):
        save(client, new % "categories", name=name)
    network, printer = Category.objects.order_by("position")
    for above in (network, printer):
        url = f"{new % 'subcategories'}?in={above.pk}"
        assert save(client, url, name="Cables").status_code == 303
    assert "stands in this list already" in wrong(save(client, url, name="cables"), "name")
    sub = Subcategory.objects.get(category=network)
    save(client, f"{new % 'items'}?in={sub.pk}", name="Patch cable")
    page = text(client.get(URL))
    assert page.index("Network") < page.index("Cables") < page.index("Patch cable") < page.index("Printer")
    assert client.get(new % "items").status_code == 404, "of no subcategory"
    client.post(f"{URL}lists/categories/{printer.pk}/move/", {"by": "up"})
    assert names(Category) == ["Printer", "Network"]

    Mailbox.objects.update(default_category=network)
    page = text(client.get(f"{URL}lists/categories/{network.pk}/remove/"))
    assert "1 part of it goes too" in page and "The mailbox Support gives it to new requests no more" in page
    record = builders.request_by_mail(desk.box)
    assert "1 request has Network" in text(client.get(f"{URL}lists/categories/{network.pk}/remove/"))
    RequestDetails.objects.filter(record=record).delete()
    client.post(f"{URL}lists/categories/{network.pk}/remove/")
    assert not Item.objects.exists() and Mailbox.objects.get().default_category is None
    assert "is gone" in text(restore(client, "subcategory", sub.pk))
    for kind, row in (("category", network), ("subcategory", sub)):
        assert "Brought back." in text(restore(client, kind, row.pk))
    assert Subcategory.objects.get(pk=sub.pk).category == network


def test_a_large_tree_opens_one_category_at_a_time(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.console.request_fields.tree.MOST_OPEN", 0)
    one = Category.objects.create(name="Network")
    sub = Subcategory.objects.create(category=one, name="Cables")
    assert "Cables" not in text(client.get(URL)) and "Show its parts" in text(client.get(URL))
    assert "Cables" in text(client.get(f"{URL}?open={one.pk}"))
    moved = client.post(f"{URL}lists/subcategories/{sub.pk}/move/", {"by": "up"})
    assert f"open={one.pk}" in moved.headers["Location"]


def test_an_additional_field_has_a_label_of_its_own_a_kind_and_options(desk: Desk, client: Client) -> None:
    new = f"{FIELDS}new/"
    for field, values, words in (
        ("label", {"label": "Sub-Category"}, "reads like a field or a command"),
        ("label", {"label": "a=b"}, "holds no ="),
        ("label", {"label": "!?"}, "needs a letter or a digit"),
        ("options", {"label": "Floor", "kind": "choice"}, "needs options"),
        ("options", {"label": "Floor", "kind": "choice", "options": "one\nOne"}, "stands here twice"),
    ):
        assert words in wrong(save(client, new, **values), field)
    assert save(client, new, label="Floor", kind="choice", options="Ground\n\n First ").status_code == 303
    floor = AdditionalField.objects.get()
    assert floor.options == ["Ground", "First"]
    assert "There is a field Floor already" in wrong(save(client, new, label="f.l.o.o.r"), "label")

    template = Template.objects.create(name="Move", technician_fields=["Status", "Floor"])
    record = builders.request_by_mail(desk.box)
    AdditionalValue.objects.create(record=record, account=record.account, field=floor, value="First")
    url = f"{FIELDS}{floor.pk}/"
    assert "so its kind stays" in wrong(save(client, url, kind="text"), "kind")
    assert "1 request has First" in wrong(save(client, url, options="Ground"), "options")
    assert save(client, url, label="Storey", options="First\nSecond").status_code == 303
    template.refresh_from_db()
    assert template.technician_fields == ["Status", "Storey"], "templates go on with it"

    assert "1 request has a value in it, which is kept" in text(client.get(f"{url}remove/"))
    client.post(f"{url}remove/")
    assert client.get(url).status_code == 404
    page = text(client.get(FIELDS))
    assert "Removed fields" in page and "1 request has a value" in page
    save(client, new, label="Storey", kind="text")
    back = f"{url}bring-back/"
    assert "There is a field Storey already" in text(client.post(back, follow=True))
    AdditionalField.objects.get(kind="text").delete()
    assert "Storey is back." in text(client.post(back, follow=True))
    assert AdditionalValue.objects.get().field.deleted_at is None
    assert "Not brought back. 1 request" not in text(restore(client, "additionalfield", floor.pk, "first"))
    assert AdditionalField.objects.get().label == "Floor"
    template.refresh_from_db()
    assert template.technician_fields == ["Status", "Floor"]


def test_assets_are_found_by_name_and_place_page_by_page_and_stay_while_requests_are_about_them(
    desk: Desk, client: Client
) -> None:
    bonn = Site.objects.create(account=desk.kestrel, name="Bonn")
    Asset.objects.bulk_create(Asset(account=desk.vantage, name=f"PC-{n:04}") for n in range(120))
    place = f"{desk.kestrel.pk}-{bonn.pk}"
    assert "choose from the list" in wrong(save(client, f"{ASSETS}new/", name="X", place="98765"), "place")
    assert save(client, f"{ASSETS}new/", name="Printer-1", place=place).status_code == 303
    printer = Asset.objects.get(name="Printer-1")
    assert (printer.account, printer.site) == (desk.kestrel, bonn)
    taken = save(client, f"{ASSETS}new/", name="PRINTER-1", place=str(desk.kestrel.pk))
    assert "Kestrel Logistics has an asset called PRINTER-1 already" in wrong(taken, "name")
    assert save(client, f"{ASSETS}new/", name="Printer-1", place=str(desk.vantage.pk)).status_code == 303

    pages = client.get(ASSETS)
    assert pages.context["total"] == 122 and len(pages.context["rows"]) == 50
    assert client.get(pages.context["next_url"]).context["rows"][0].name == "PC-0050"
    for query, found in (("?q=printer", 2), (f"?place={place}", 1), ("?q=nothing", 0), ("?q=%00", 122)):
        assert client.get(f"{ASSETS}{query}").context["total"] == found
    url = f"{ASSETS}{printer.pk}/"
    assert save(client, url, name="Printer-2", place=str(desk.kestrel.pk)).status_code == 303
    assert "choose from the list" in wrong(save(client, url, place=str(desk.vantage.pk)), "place")
    page = text(client.get(url))
    assert "What was changed" in page and "Bonn" in page and "Printer-1" in page

    record = builders.request_by_mail(desk.box)
    RequestAsset.objects.create(record=record, account=desk.kestrel, asset=printer)
    assert "1 request is about Printer-2" in text(client.get(f"{url}remove/"))
    assert client.post(f"{url}remove/").headers["Location"] == f"{url}remove/"
    RequestAsset.objects.all().delete()
    assert client.post(f"{url}remove/").headers["Location"] == ASSETS
    assert "Brought back." in text(restore(client, "asset", printer.pk))


def test_who_keeps_one_account_or_one_site_keeps_its_assets_alone(desk: Desk) -> None:
    bonn, oslo = (Site.objects.create(account=desk.kestrel, name=name) for name in ("Bonn", "Oslo"))
    for name, account, site in (
        ("Theirs", desk.vantage, None),
        ("Of all", desk.kestrel, None),
        ("In Bonn", desk.kestrel, bonn),
        ("In Oslo", desk.kestrel, oslo),
    ):
        Asset.objects.create(name=name, account=account, site=site)
    of_account = {"account": desk.kestrel, "within": desk.kestrel}
    kept = builders.person("Kim", "kim@kestrel.example", "SDAccountAdmin", **of_account)
    local = builders.person("Bo", "bo@kestrel.example", "SDAccountAdmin", **of_account, at=bonn)
    for who, seen in ((kept, ["In Bonn", "In Oslo", "Of all"]), (local, ["In Bonn"])):
        client = builders.signed_in(who)
        page = client.get(ASSETS)
        assert [one.name for one in page.context["rows"]] == seen
        assert "Vantage" not in text(page) and 'href="/admin/assets/" aria-current="page"' in text(page)
        place = str(desk.vantage.pk)
        assert "choose from the list" in wrong(save(client, f"{ASSETS}new/", name="X", place=place), "place")
        for url in (URL, LEVELS, FIELDS, "/admin/", "/admin/history/?kind=asset"):
            assert client.get(url).status_code == 403, url
    client = builders.signed_in(local)
    new = client.get(f"{ASSETS}new/").context["form"].fields["place"].choices
    assert [words for _, words in new] == ["Kestrel Logistics, Bonn"]
    mine = Asset.objects.get(name="In Bonn")
    away = save(client, f"{ASSETS}{mine.pk}/", place=f"{desk.kestrel.pk}-{oslo.pk}")
    assert "choose from the list" in wrong(away, "place")
    assert client.post(f"{ASSETS}{Asset.objects.get(name='In Oslo').pk}/remove/").status_code == 404


def test_every_list_has_its_page_its_entry_in_all_settings_and_is_found_there(db: None) -> None:
    desk = build_desk()
    client = builders.signed_in(desk.admin)
    page = text(client.get("/admin/"))
    for key in (*LISTS, "nothing"):
        code = 200 if key not in ("categories", "subcategories", "items", "nothing") else 404
        assert client.get(f"{URL}lists/{key}/").status_code == code
        if code == 200:
            assert f'href="{URL}lists/{key}/"' in page
            assert f'href="{URL}lists/{key}/"' in text(client.get(f"/admin/?q={LISTS[key].name}"))
    for words, url in (("subcategories", URL), ("custom field", FIELDS), ("asset", ASSETS)):
        assert f'href="{url}"' in text(client.get(f"/admin/?q={words}"))
    tabs = client.get(URL).context["tabs"]
    assert {"/admin/groups/", "/admin/accounts/"} <= {tab.url for tab in tabs}


def test_who_sets_the_desk_and_nothing_else_sees_these_settings_and_their_history(desk: Desk) -> None:
    who = builders.person("Des", "des@northgate-it.example", "SDAccountAdmin")
    client = builders.signed_in(who)
    page = text(client.get("/admin/"))
    assert f'href="{URL}"' in page and "Mail server settings" not in page and "/admin/people/" not in page
    save(client, f"{LEVELS}new/", name="Tier 5")
    assert "Level, Tier 5" in text(client.get("/admin/history/"))
    assert client.get("/admin/history/?kind=mailbox").status_code == 200
    assert "Incoming" not in text(client.get("/admin/history/?kind=mailbox"))
    dana = builders.signed_in(desk.dana)
    assert {dana.get(url).status_code for url in (URL, LEVELS, FIELDS, ASSETS, f"{ASSETS}new/")} == {403}
