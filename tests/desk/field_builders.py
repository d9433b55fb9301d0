"""Small builders of what the tests of requests' fields need."""

from collections.abc import Mapping
from typing import Any

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.editing import By, template_of, write
from deskpost.desk.events import Event
from deskpost.desk.field_values import Asked, Judged, judge, scene_of
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.desk.templates import Question, Resource, Template

TREE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Printing": {"Queue": ("Stuck",), "Toner": ()},
    "Hardware": {"Laptop": ("Battery", "Screen"), "Dock": ()},
    "Network": {"VPN": ("Client profile",)},
}


def categories() -> None:
    """Make three categories with subcategories and items."""
    for name, parts in TREE.items():
        category = Category.objects.create(name=name)
        for part, items in parts.items():
            subcategory = Subcategory.objects.create(category=category, name=part)
            for item in items:
                Item.objects.create(subcategory=subcategory, name=item)


def additional(
    label: str, kind: str = "text", options: tuple[str, ...] = (), offer: bool = True
) -> AdditionalField:
    """Make an additional field, offered by the default template to all unless told otherwise."""
    field = AdditionalField.objects.create(label=label, kind=kind, options=list(options))
    if offer:
        template = template_of(None)
        template.requester_fields.append(label)
        template.technician_fields.append(label)
        template.save()
    return field


def laptop_order() -> Template:
    """Make a service template with one resource and a question of each kind, as the picture of resources has them."""
    fields = {
        "requester_fields": ["Priority", "Category"],
        "technician_fields": ["Priority", "Category", "Status"],
    }
    template = Template.objects.create(name="New starter kit", kind="service", **fields)
    resource = Resource.objects.create(template=template, name="Laptop", api_key="res_301")
    questions: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("Model", "select", "qstn_select_302", {"options": ["compaq", "latitude 7450", "thinkpad x1"]}),
        ("Keyboard", "radio", "qstn_radio_303", {"options": ["US", "UK", "DE", "PT"]}),
        (
            "Software to install",
            "check",
            "qstn_check_305",
            {"options": ["Office", "Visio", "Adobe Acrobat", "AutoCAD, full"]},
        ),
        ("Name on the label", "text", "qstn_string_306", {"max_length": 40, "for_requester": False}),
    )
    for text, kind, key, more in questions:
        Question.objects.create(resource=resource, text=text, kind=kind, api_key=key, **more)
    return template


def give(person: Person, role: str, **where: Any) -> None:
    """Give a person a role: one that is shipped, or a new one with just this permission."""
    row, _ = Role.objects.get_or_create(name=role, defaults={"permissions": [role]})
    Grant.objects.create(person=person, role=row, **where)


def asks(person: Person, record: Record, _answers: Mapping[str, str] | None = None, **asked: Asked) -> Judged:
    """Let a person ask for fields of a request, and for answers by their dotted keys."""
    return asks_for(person, record, asked, _answers or {})


def asks_for(
    person: Person,
    record: Record,
    asked: Mapping[str, Asked],
    answers: Mapping[str, str] | None = None,
    **acts: bool,
) -> Judged:
    """Let a person ask for fields whose names no Python name can be."""
    record.refresh_from_db()
    keys = {(key.partition(".")[0], key.partition(".")[2]): value for key, value in (answers or {}).items()}
    return judge(asked, keys, scene_of(visible(person), record), **acts)


def sets(
    person: Person, record: Record, _answers: Mapping[str, str] | None = None, **asked: Asked
) -> list[Event]:
    """Let a person set fields, and give what is to be told of it."""
    return write(record, asks(person, record, _answers, **asked).changes, By(person, "page"))


def words(judged: Judged) -> dict[str, str]:
    """Give the verdicts in words, by what they are on."""
    return {one.name: one.why for one in judged.verdicts}
