"""`fields` and `assets` of a settings file: whole lists in their order, what requests have stays, lines of mistakes."""

import pytest
import yaml
from django.db import connection

from deskpost import settings_file
from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.fields import Status
from deskpost.desk.request_details import AdditionalValue, RequestDetails
from deskpost.desk.templates import Template
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")
FIELDS = """\
fields:
  levels: [One, Two]
  modes: [Pigeon]
  urgencies: [Soon, Now]
  impacts: [All]
  request_types: []
  categories:
    - {name: Printer, subcategories: [{name: Laser, items: [Toner, Drum]}, {name: Ink, items: []}]}
    - {name: Network, subcategories: []}
  additional:
    - {label: Cost Centre, kind: text}
    - {label: Floor, kind: choice, options: [Ground, First]}
"""
LISTS = {
    Level: ["One", "Two"],
    Mode: ["Pigeon"],
    Urgency: ["Soon", "Now"],
    Impact: ["All"],
    RequestType: [],
    Category: ["Printer", "Network"],
    Subcategory: ["Laser", "Ink"],
    Item: ["Toner", "Drum"],
}


@pytest.fixture
def apply(tmp_path):
    """Gives a function that applies a text and gives what changed, one line each."""

    def apply(text: str) -> list[str]:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        return [str(change) for change in settings_file.apply(settings_file.read(file)).changes]

    return apply


@pytest.fixture
def refused(apply):
    """Gives a function that applies a text with a mistake and gives the words of all."""

    def refused(text: str) -> str:
        with pytest.raises(settings_file.SettingsMistaken) as caught:
            apply(text)
        return caught.value.words

    return refused


def names(model):
    return list(model.objects.values_list("name", flat=True))


def labels():
    return list(AdditionalField.objects.filter(deleted_at=None).values_list("label", flat=True))


def test_each_list_becomes_what_the_file_says_and_its_export_changes_nothing(apply):
    account("Acme")
    Site.objects.create(account=make.Account.objects.get(name="Acme"), name="Berlin")
    assets = "assets: [{name: PC-1, account: Acme, site: Berlin}, {name: PC-1, account: MSP, site: null}]\n"
    changed = apply(FIELDS + assets)
    assert "fields levels One: created" in changed
    assert "fields categories > Toner" not in changed and "fields items Printer > Laser > Toner: created" in (
        changed
    )
    for model, wanted in LISTS.items():
        assert names(model) == wanted, model
    assert labels() == ["Cost Centre", "Floor"]
    exported = settings_file.export()
    assert yaml.safe_load(exported)["fields"]["categories"] == yaml.safe_load(FIELDS)["fields"]["categories"]
    assert {"name": "PC-1", "account": "Acme", "site": "Berlin"} in yaml.safe_load(exported)["assets"]
    assert apply(exported) == []

    apply(
        "fields:\n  levels: [two, One]\n  categories: [{name: Network}, {name: Printer, subcategories: "
        "[{name: Ink}, {name: LASER, items: [Drum, Toner]}]}]\n  additional: [{label: Floor, kind: choice}]\n"
    )
    assert (names(Level), names(Category), names(Item)) == (
        ["two", "One"],
        ["Network", "Printer"],
        ["Drum", "Toner"],
    )
    assert names(Subcategory) == ["Ink", "LASER"] and labels() == ["Floor"]
    assert AdditionalField.objects.get(label="Floor").options == ["Ground", "First"], (
        "it did not say otherwise"
    )
    apply("assets: [{name: pc-1, account: Acme, site: null}]")
    assert [(one.name, one.site) for one in Asset.objects.filter(account__name="Acme")] == [("pc-1", None)]
    assert Asset.objects.count() == 2, "what is not named stays"
    for name in ("Straße 5", "STRASSE 5", "İzmir", "izmır"):
        Asset.objects.create(account=make.Account.objects.get(name="Acme"), name=name)
    assert apply(yaml.safe_dump({"assets": yaml.safe_load(settings_file.export())["assets"]})) == []


def test_what_requests_have_stays_and_a_field_comes_back_with_its_values(apply, refused):
    apply(FIELDS)
    record = make.record(make.person("Al"))
    printer, laser = Category.objects.get(name="Printer"), Subcategory.objects.get(name="Laser")
    RequestDetails.objects.create(
        record=record,
        account=record.account,
        category=printer,
        subcategory=laser,
        level=Level.objects.get(name="One"),
    )
    floor = AdditionalField.objects.get(label="Floor")
    AdditionalValue.objects.create(record=record, account=record.account, field=floor, value="First")
    for text, said in (
        ("levels: [Two]", "line 1, key levels: One is not in the list, and requests have it."),
        ("categories: [{name: Network}]", "Printer is not in the list, and requests have it."),
        (
            "\n  categories:\n  - name: Printer\n    subcategories: [{name: Ink}]\n  - {name: Network}",
            "line 4, key subcategories: Laser is not in the list, and requests have it.",
        ),
        ("additional: [{label: Floor, kind: text}]", "so its kind stays"),
        ("additional: [{label: Floor, kind: choice, options: [Ground]}]", "1 request has First"),
        ("statuses: [{name: Open, kind: closed}, {name: New, kind: open}]", "would end or open again"),
    ):
        indented = text if text.startswith("\n") else f" {{{text}}}"
        words = refused(f"fields:{indented}\n")
        assert said in words and "Nothing was changed." in words
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    apply("fields: {additional: []}")
    assert labels() == [] and AdditionalValue.objects.get().field == floor
    apply("fields: {additional: [{label: floor, kind: choice}]}")
    assert labels() == ["floor"] and AdditionalField.objects.get(label="floor").pk == floor.pk


def test_a_mistake_names_its_line_and_says_what_to_do(refused):
    for text, line, said in (
        ("fields:\n  levels: [One, one]\n", 2, "letter case does not tell two apart. To do: remove one"),
        ("fields:\n  categories:\n  - {name: A}\n  - {name: a}\n", 4, "a stands in line 3 already"),
        ("fields:\n  categories:\n  - {name: A, items: []}\n", 3, "items is not a key of categories"),
        ("fields:\n  additional:\n  - {label: Sub Category, kind: text}\n", 3, "reads like a field"),
        ("fields:\n  additional:\n  - {label: Merged Into, kind: text}\n", 3, "an entry of the history"),
        ("fields:\n  additional:\n  - {label: " + "x" * 101 + ", kind: text}\n", 3, "up to 100 characters"),
        (
            "fields:\n  additional: ["
            + ", ".join(f"{{label: L{n}, kind: text}}" for n in range(201))
            + "]\n",
            2,
            "more than 200 fields",
        ),
        ("fields:\n  additional:\n  - {label: A, kind: list}\n", 3, "Allowed: text, number, date, choice"),
        (
            "fields:\n  additional:\n  - {label: A, kind: text, options: [x]}\n",
            3,
            "Only a choice has options",
        ),
        ("fields:\n  additional:\n  - {label: A, kind: choice}\n", 3, "A choice needs options"),
        ("fields:\n  levels:\n  - " + "x" * 101 + "\n", 3, "longer than 100 characters"),
        ("fields: {priorities: []}\n", 1, "At least one priority is needed"),
        ("assets:\n- {name: A, account: MSP}\n- {name: a, account: MSP}\n", 3, "stands in line 2 already"),
        ("assets:\n- {name: A, account: Nobody}\n", 2, "There is no account with the name Nobody"),
        ("assets:\n- {name: A, account: MSP, site: Mars}\n", 2, "There is no site of MSP with the name Mars"),
        ("assets:\n- {name: A}\n", 2, "needs the key account"),
    ):
        words = refused(text)
        assert said in words and f"line {line}" in words and "To do:" in words, words
    assert Status.objects.count() == 6 and Level.objects.count() == 4


def test_a_mailbox_gives_new_requests_its_template_category_and_site(apply, refused):
    acme, bolt = account("Acme", "acme.example"), account("Bolt", "bolt.example")
    bonn = Site.objects.create(account=acme, name="Bonn")
    apply(FIELDS)
    move = Template.objects.create(name="Move", kind="service")
    box = mailbox()
    line = f"mailboxes: [{{name: {box.name}, account: %s, defaults: {{%s}}}}]\n"
    changed = apply(line % ("Acme", "template: Move, category: Printer, site: Bonn"))
    assert changed == [
        f"mailboxes {box.name}: account: none -> Acme; default_site: none -> Bonn; "
        "default_category: none -> Printer; default_template: none -> Move"
    ]
    assert apply(settings_file.export()) == []
    for value, said in (("category: Paper", "There is no category Paper"), ("template: X", "no template X")):
        assert said in refused(line % ("Acme", value))
    move.offered_to.create(account=bolt)
    assert "The template Move is not offered to Acme" in refused(line % ("Acme", "template: Move"))

    Mailbox.objects.update(account=None)
    for number, sender in enumerate(("ute@acme.example", "b@bolt.example")):
        deliver(Mailbox.objects.get(), mail(message_id=f"<{number}@x>", sender=sender))
    printer = Category.objects.get(name="Printer")
    found = RequestDetails.objects.order_by("pk").values_list("account", "template", "category", "site")
    assert list(found) == [(acme.pk, None, printer.pk, bonn.pk), (bolt.pk, move.pk, printer.pk, None)]

    apply(line % ("null", "template: null, category: null, site: null"))
    deliver(Mailbox.objects.get(), mail(message_id="<3@x>", sender="ute@acme.example", subject="Other"))
    assert RequestDetails.objects.count() == 2, "no row where there is nothing to say"
