"""A request made by a template: its fields and questions as each person gets them, and its answers on its page."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.categories import Category, Subcategory
from deskpost.desk.editing import By, present_of, template_of, write
from deskpost.desk.fields import Group, Priority
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.templates import Question, Template, TemplateAccount
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_templates import starter

__all__ = ["starter"]
URL = "/requests/new/"


@pytest.fixture
def asked(starter: Template) -> dict[str, str]:
    """Give the names of the form's fields that ask the questions of the starter kit, by their text."""
    return {one.text: f"question_{one.pk}" for one in Question.objects.all()}


def form(desk: Desk, template: Template, **values: Any) -> dict[str, Any]:
    """Give what a technician types for a request by a template."""
    return {
        "account": str(desk.kestrel.pk),
        "requester": "Tom Achterberg <tom@kestrel.example>",
        "template": str(template.pk),
        "subject": "New starter Jonas Keller",
        "text": "Begins on Monday.",
        "token": str(uuid.uuid4()),
        **values,
    }


def named(page: str) -> set[str]:
    """Give the names of all fields in a page."""
    return set(re.findall(r'name="([a-z_]+[0-9]*)"', page))


def fields_of(client: Client, values: dict[str, Any]) -> str:
    """Ask for the part of the form that hangs on what is chosen."""
    answer = client.post(f"{URL}fields/", values, headers=builders.htmx())
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_technician_makes_a_request_by_a_template(
    desk: Desk, starter: Template, asked: dict[str, str]
) -> None:
    client = builders.signed_in(desk.dana)
    page = client.get(URL).content.decode()
    assert "New starter kit" in page and "resolution" in named(page), (
        "the default template has its own fields"
    )
    part = fields_of(client, form(desk, starter))
    assert {"priority", "group", "technician", *asked.values()} <= named(part)
    assert "resolution" not in named(part) and "This is empty" not in part
    high = Priority.objects.order_by("level").last()
    assert high is not None
    values = form(
        desk,
        starter,
        priority=str(high.pk),
        technician=str(desk.sam.pk),
        **{
            asked["Model"]: "compaq",
            asked["Software"]: ["Visio", "AutoCAD, full"],
            asked["Name on the label"]: "JK, 2",
        },
    )
    assert client.post(URL, values).status_code == 302
    record = Record.objects.get()
    assert (record.technician, record.priority, template_of(record)) == (desk.sam, high, starter)
    answers = {Question.objects.get(pk=pk).text: value for pk, value in present_of(record).answers.items()}
    assert answers == {
        "Model": ("compaq",),
        "Software": ("Visio", "AutoCAD, full"),
        "Name on the label": ("JK, 2",),
    }
    page = client.get(f"/requests/{record.number}/").content.decode()
    assert "New starter kit" in page and "Visio; AutoCAD, full" in page and "JK, 2" in page
    own = builders.signed_in(desk.tom).get(f"/requests/{record.number}/").content.decode()
    assert "Visio; AutoCAD, full" in own and "JK, 2" not in own and "Change answers" not in own


def test_what_was_typed_is_kept_where_something_is_wrong(
    desk: Desk, starter: Template, asked: dict[str, str]
) -> None:
    client = builders.signed_in(desk.dana)
    printer = Category.objects.create(name="Printer")
    other = Subcategory.objects.create(category=Category.objects.create(name="Network"), name="VPN")
    starter.technician_fields = ["Category", "SubCategory", "Cost Centre", "Group"]
    starter.save()
    AdditionalField.objects.create(label="Cost Centre", kind="number")
    strange = Group.objects.create(name="Theirs", account=desk.vantage)
    cost = f"additional_{AdditionalField.objects.get().pk}"
    values = form(
        desk,
        starter,
        category=str(printer.pk),
        subcategory=str(other.pk),
        group=str(strange.pk),
        **{cost: "many", asked["Software"]: ["Office"], asked["Model"]: "abacus"},
    )
    answer = client.post(URL, values)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Record.objects.exists()
    errors = answer.context["form"].errors
    assert {"subcategory", "group", cost, asked["Model"]} == set(errors)
    assert "Theirs" not in page and 'value="many"' in page
    assert re.search(rf'name="{asked["Software"]}" value="Office"[^>]* checked', page)
    part = fields_of(client, {**values, "category": str(other.category_id)})
    assert re.search(rf'<option value="{other.pk}" selected>VPN', part), "of the category that is chosen now"


def test_a_requester_gets_what_the_template_gives_requesters(
    desk: Desk, starter: Template, asked: dict[str, str]
) -> None:
    client = builders.signed_in(desk.tom)
    values = {**form(desk, starter), "account": "", "requester": ""}
    part = fields_of(client, values)
    assert {"priority", asked["Model"], asked["Software"]} <= named(part)
    assert not {"group", "technician", asked["Name on the label"]} & named(part)
    sent = {
        **values,
        "technician": str(desk.sam.pk),
        asked["Name on the label"]: "mine",
        asked["Model"]: "compaq",
    }
    assert client.post(URL, sent).status_code == 302
    record = Record.objects.get()
    assert (record.technician, record.requester) == (None, desk.tom)
    assert list(present_of(record).answers.values()) == [("compaq",)]


def test_a_template_is_chosen_by_those_it_is_offered_to_alone(desk: Desk, starter: Template) -> None:
    TemplateAccount.objects.create(template=starter, account=desk.vantage)
    tom, dana = builders.signed_in(desk.tom), builders.signed_in(desk.dana)
    assert "New starter kit" not in tom.get(URL).content.decode()
    sent = {**form(desk, starter), "account": "", "requester": ""}
    assert tom.post(URL, sent).status_code == 302
    assert template_of(Record.objects.get()).default, "what is not offered is not there"
    assert "New starter kit" not in fields_of(dana, form(desk, starter))
    assert "New starter kit" in fields_of(dana, form(desk, starter, account=str(desk.vantage.pk)))


def test_without_scripts_a_button_shows_the_fields(
    desk: Desk, starter: Template, asked: dict[str, str]
) -> None:
    answer = builders.signed_in(desk.dana).post(URL, form(desk, starter, act="fields", subject=""))
    page = answer.content.decode()
    assert answer.status_code == 200 and set(asked.values()) <= named(page) and "This is empty" not in page
    assert "Begins on Monday." in page and not Record.objects.exists()


def test_answers_are_given_anew_and_noted_in_the_history(
    desk: Desk, starter: Template, asked: dict[str, str]
) -> None:
    client = builders.signed_in(desk.dana)
    client.post(URL, form(desk, starter, **{asked["Model"]: "compaq", asked["Software"]: ["Office"]}))
    record = Record.objects.get()
    url = f"/requests/{record.number}/answers/"
    assert f'href="{url}"' in client.get(f"/requests/{record.number}/").content.decode()
    seen = client.get(url).context["form"]["seen"].value()
    sent = {
        "seen": seen,
        asked["Model"]: "latitude 7450",
        asked["Software"]: [],
        asked["Name on the label"]: "J",
    }
    assert client.post(url, {**sent, asked["Model"]: "abacus"}).status_code == 422
    assert client.post(url, sent).status_code == 303
    assert sorted(present_of(record).answers.values()) == [("J",), ("latitude 7450",)]
    noted = HistoryEntry.objects.order_by("-pk")[0]
    assert noted.via == "page" and ["Laptop: Model", "compaq", "latitude 7450"] in noted.changes
    assert ["Laptop: Software", "Office", None] in noted.changes
    late = client.post(url, {**sent, asked["Model"]: "compaq"})
    assert late.status_code == 422 and "somebody answered meanwhile" in late.content.decode()
    Question.objects.filter(text="Model").update(options=["compaq"])  # as nobody can but with SQL
    Question.objects.filter(text="Software").update(options=["Visio", "Teams"])
    write(record, Changes(answers={Question.objects.get(text="Software"): ("Office",)}), By(None, "page"))
    page = client.get(url)
    assert "latitude 7450 (no longer offered)" in page.content.decode()
    begun = page.context["form"]
    kept = {name: begun[name].value() for name in ("seen", *asked.values())}
    assert client.post(url, {**kept, asked["Software"]: ["Office", "Visio"]}).status_code == 303
    assert sorted(present_of(record).answers.values()) == [("J",), ("Visio", "Office"), ("latitude 7450",)]
    seen = client.get(url).context["form"]["seen"].value()
    client.post(url, {**kept, "seen": seen, asked["Model"]: "compaq", asked["Software"]: ["Visio"]})
    page = client.get(url)
    assert "no longer offered" not in page.content.decode()
    kept["seen"] = page.context["form"]["seen"].value()
    assert client.post(url, kept).status_code == 422, "only what is answered now can stay"
    assert builders.signed_in(desk.tom).get(url).status_code == 403
    stranger = Person.objects.create(account=desk.vantage, name="Helen", sign_in_name="helen@vantage.example")
    assert builders.signed_in(stranger).get(url).status_code == 404


def test_who_is_named_in_a_new_request_gets_a_receipt_of_their_own(desk: Desk) -> None:
    default = template_of(None)
    assert "notify" not in named(builders.signed_in(desk.tom).get(URL).content.decode())
    client = builders.signed_in(desk.dana)
    wrong = client.post(URL, form(desk, default, notify="boss@bolt"))
    assert wrong.status_code == 422 and not Record.objects.exists()
    assert "\u201cboss@bolt\u201d is no address" in str(wrong.context["form"].errors["notify"])
    sent = form(desk, default, notify="boss@bolt.example; dana@northgate-it.example")
    assert client.post(URL, sent).status_code == 302
    record = Record.objects.get()
    assert present_of(record).fields["EmailsToNotify"] == "boss@bolt.example, dana@northgate-it.example"
    opened = HistoryEntry.objects.filter(record=record).earliest("pk")
    assert ["EmailsToNotify", None, "boss@bolt.example, dana@northgate-it.example"] in opened.changes
    told = OutboxMail.objects.filter(event="request_received").order_by("pk").values_list("to", flat=True)
    assert [[address for _, address in to] for to in told] == [["tom@kestrel.example"], ["boss@bolt.example"]]
