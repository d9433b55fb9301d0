"""Templates in a settings file: made by name and key, idempotent, exported as they are, each mistake with its line."""

from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk.accounts import Account
from deskpost.desk.templates import Question, Resource, Template, new_key
from tests.inbound.builders import mailbox

pytestmark = pytest.mark.usefixtures("database")

EXAMPLE = """\
accounts:
  - {name: Acme}
templates:
  - name: Laptop order
    kind: service
    requester_fields: [Priority, Category]
    technician_fields: [Priority, Category, Group, Technician, Status, EmailsToNotify]
    closing_fields: [Resolution]
    accounts: [Acme]
    resources:
      - api_key: res_301
        name: Device
        questions:
          - {api_key: qstn_select_302, kind: select, text: Brand, options: [compaq, lenovo]}
          - {kind: text, text: Name on the label, max_length: 40, requester: false}
"""


@pytest.fixture
def apply(tmp_path: Path):
    """Gives a function that applies a text and gives what changed, one line each."""

    def apply(text: str) -> list[str]:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        return [str(change) for change in settings_file.apply(settings_file.read(file)).changes]

    return apply


@pytest.fixture
def refused(apply):
    """Gives a function that applies a text with a mistake and gives line and words of the first."""

    def refused(text: str) -> tuple[int, str]:
        with pytest.raises(settings_file.SettingsMistaken) as mistaken:
            apply(text)
        return mistaken.value.mistakes[0].line, str(mistaken.value.mistakes[0].said)

    return refused


def exported() -> list[dict]:
    """Give the templates as a file says them."""
    return list(yaml.safe_load(settings_file.export())["templates"])


def test_a_template_of_the_file_is_made_once_and_its_export_is_the_same_again(apply) -> None:
    assert "templates Laptop order: created" in apply(EXAMPLE)
    assert apply(EXAMPLE) == []
    template = Template.objects.get(name="Laptop order")
    assert (template.kind, template.for_requesters, template.closing_fields) == (
        "service",
        True,
        ["Resolution"],
    )
    brand, label = Question.objects.order_by("position")
    assert (brand.api_key, brand.options, brand.for_requester) == (
        "qstn_select_302",
        ["compaq", "lenovo"],
        True,
    )
    assert (label.kind, label.max_length, label.for_requester, label.for_technician) == (
        "text",
        40,
        False,
        True,
    )
    before = exported()
    assert before[1]["resources"][0]["questions"][1]["api_key"] == label.api_key
    assert apply(yaml.safe_dump({"templates": before})) == []
    assert exported() == before


def test_a_template_of_a_removed_account_is_offered_to_nobody_else_by_applying_the_export(apply) -> None:
    apply(EXAMPLE.replace("{name: Acme}", "{name: Acme}\n  - {name: Birch}"))
    acme, birch = Account.objects.get(name="Acme"), Account.objects.get(name="Birch")
    template = Template.objects.get(name="Laptop order")

    def offered() -> set[str]:
        return set(template.accounts.values_list("name", flat=True))

    apply("templates: [{name: Laptop order, accounts: [Acme, Birch]}]")
    Account.objects.filter(pk=acme.pk).update(deleted_at=timezone.now())
    assert apply(yaml.safe_dump({"templates": exported()})) == [] and offered() == {"Acme", "Birch"}
    Account.objects.filter(pk=birch.pk).update(deleted_at=timezone.now())
    assert "Laptop order" not in {one["name"] for one in exported()}, "an empty list would offer it to all"
    assert apply(yaml.safe_dump({"templates": exported()})) == [] and offered() == {"Acme", "Birch"}
    apply("templates: [{name: Laptop order, accounts: []}]")
    assert offered() == set(), "who writes so means all accounts"


def test_a_template_keeps_the_fields_that_are_removed_and_a_mailbox_a_template_that_it_does_not_give(
    apply,
) -> None:
    fields = "fields: {additional: [{label: Cost, kind: text}]}\n"
    apply(fields + EXAMPLE.replace("[Resolution]", "[Cost, Resolution]"))
    template = Template.objects.get(name="Laptop order")
    box = mailbox("Orders", account=Account.objects.get(name="Acme"), default_template=template)
    apply("fields: {additional: []}")

    def again() -> list[str]:
        said = yaml.safe_load(settings_file.export())
        return apply(yaml.safe_dump({key: said[key] for key in ("templates", "mailboxes")}))

    def now() -> tuple[list[str], int | None]:
        template.refresh_from_db()
        box.refresh_from_db()
        return template.closing_fields, box.default_template_id

    assert again() == [] and now() == (["Cost", "Resolution"], template.pk)
    apply("templates: [{name: Laptop order, closing_fields: [Category]}]")
    assert now()[0] == ["Category", "Cost"]
    apply("accounts: [{name: Birch}]\ntemplates: [{name: Laptop order, accounts: [Birch]}]")
    assert again() == [] and now()[1] == template.pk, "offered elsewhere"
    Template.objects.filter(pk=template.pk).update(deleted_at=timezone.now())
    assert again() == [] and now()[1] == template.pk, "removed"


def test_keys_of_the_file_are_taken_and_never_drawn(apply) -> None:
    apply(EXAMPLE.replace("api_key: res_301", "api_key: res_400"))
    numbers = {int(new_key("res").rpartition("_")[2]) for _ in range(120)}
    assert 400 not in numbers and {399, 401} <= numbers
    drawn = Question.objects.get(kind="text").api_key
    assert drawn.startswith("qstn_string_") and drawn != "qstn_select_302"


def test_what_the_list_leaves_out_is_removed_and_comes_back_by_its_key(apply) -> None:
    apply(EXAMPLE)
    only = """\
templates:
  - {name: Laptop order, resources: [{name: Device, questions: [{api_key: qstn_select_302, kind: select, text: Make}]}]}
"""
    assert apply(only) != [] and apply(only) == []
    device, make = Resource.objects.get(), Question.objects.get(deleted_at=None)
    assert (device.api_key, make.text, make.options) == ("res_301", "Make", ["compaq", "lenovo"])
    removed = Question.objects.get(text="Name on the label")
    assert removed.deleted_at is not None
    back = f"{{api_key: {removed.api_key}, kind: text, text: Label}}"
    apply(only.replace("questions: [", f"questions: [{back}, "))
    removed.refresh_from_db()
    assert (removed.deleted_at, removed.text, removed.position) == (None, "Label", 0)
    apply("templates: [{name: Laptop order, resources: []}]")
    assert Resource.objects.get().deleted_at is not None


def test_the_default_template_is_changed_by_its_name_and_handed_over(apply, refused) -> None:
    first = Template.objects.get(default=True)
    apply(f"templates: [{{name: {first.name}, requester_fields: [Priority]}}]")
    first.refresh_from_db()
    assert first.requester_fields == ["Priority"]
    both = f"""\
templates:
  - {{name: General, default: true}}
  - {{name: {first.name}, default: false, for_requesters: false}}
"""
    apply(both)
    assert apply(both) == []
    general = Template.objects.get(default=True)
    assert (general.name, general.requester_fields) == ("General", ["Priority"]), (
        "made like the default of then"
    )
    first.refresh_from_db()
    assert not first.for_requesters and [one["name"] for one in exported()] == ["General", first.name]
    for text, line, words in (
        ("templates: [{name: General, default: false}]", 1, "there must be one"),
        ("templates:\n  - {name: General, default: true}\n  - {name: B, default: true}", 3, "already"),
        ("templates: [{name: Order, kind: service, default: true}]", 1, "serves every request"),
        ("accounts: [{name: Acme}]\ntemplates:\n  - {name: General, accounts: [Acme]}", 3, "serves every"),
        ("templates: [{name: General, for_requesters: false}]", 1, "serves every request"),
    ):
        found = refused(text)
        assert found[0] == line and words in found[1], text
    assert Template.objects.get(default=True) == general and not Account.objects.filter(name="Acme").exists()


def test_mistakes_are_named_with_their_line(apply, refused) -> None:
    apply(EXAMPLE)
    rest = "resources: [{name: Device, questions: [%s]}]"
    for changed, line, words in (
        (
            EXAMPLE.replace("[Resolution]", "\n      - Resolution\n      - Resolutoin"),
            10,
            "There is no field Resolutoin. Did you mean Resolution?",
        ),
        (EXAMPLE.replace("[Resolution]", "[Status]"), 8, "Every request has a Status already"),
        (EXAMPLE.replace("kind: service", "kind: incident"), 5, "of the kind service, and stays one"),
        (EXAMPLE.replace("api_key: res_301", "api_key: res_9"), 11, "Device has the API key res_301"),
        (
            EXAMPLE.replace("api_key: res_301", "api_key: qstn_select_302"),
            11,
            "Device has the API key res_301",
        ),
        (
            EXAMPLE.replace("name: Laptop order", "name: laptop Order"),
            4,
            "letter case does not tell templates apart",
        ),
        (EXAMPLE.replace("name: Laptop order", "name: Other"), 11, "belongs to something else"),
        (
            EXAMPLE.replace("accounts: [Acme]", "accounts: [Acne]"),
            9,
            "There is no account with the name Acne",
        ),
        (EXAMPLE.replace(", options: [compaq, lenovo]", ", max_length: 4"), 14, "Only a text question"),
        (EXAMPLE.replace("qstn_select_302", "qstn select"), 14, "letters, digits and underscores"),
        (EXAMPLE.replace("kind: select", "kind: radio"), 14, "of the kind select, and stays one"),
        (EXAMPLE.replace("text: Brand", "text: Brand, color: red"), 14, "color is not a key"),
        (
            f"templates: [{{name: N, kind: service, {rest % '{kind: check, text: Which}'}}}]",
            1,
            "needs options",
        ),
        (f"templates: [{{name: N, {rest % ''}}}]", 1, "Only a template of the kind service"),
        (
            f"templates: [{{name: N, kind: service, {rest % '{kind: text, text: A}, {kind: text, text: A}'}}}]",
            1,
            "stands in line 1 already",
        ),
    ):
        found = refused(changed)
        assert found[0] == line and words in found[1], (words, found)
