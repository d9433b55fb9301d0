"""Spam rules in a settings file: made, changed, put in order, and printed so that they can be applied again."""

import pytest
import yaml

from deskpost import settings_file
from deskpost.desk import settings_history
from deskpost.desk.installation import Instance
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule

pytestmark = pytest.mark.usefixtures("database")
AWAY = (
    "{name: Away, match: any, criteria: [{field: subject, condition: contains, values: [Out of office, 7]}]}"
)
BULK = "{name: Bulk, criteria: [{field: 'header:X-Mailer', condition: begins with, values: [bulk]}], enabled: false}"
LARGE = "{name: Large, criteria: [{field: size, condition: greater than, values: [40 MB]}]}"


@pytest.fixture
def apply(tmp_path):
    def apply_text(*rules: str) -> settings_file.Applied:
        path = tmp_path / "desk.yaml"
        path.write_text("spam_rules:\n" + "".join(f"  - {rule}\n" for rule in rules))
        return settings_file.apply(settings_file.read(path))

    return apply_text


def in_order() -> list[str]:
    return [rule.name for rule in spam_rules.in_order(Instance.objects.order_by("pk")[0])]


def test_rules_are_made_in_the_order_of_the_file_and_in_use(apply):
    apply(AWAY, BULK, LARGE)
    assert in_order() == ["Away", "Bulk", "Large"]
    (rules,) = spam_rules.load().values()
    assert len(rules) == 2, "one is off"
    assert SpamRule.objects.get(name="Away").criteria[0]["values"] == ["Out of office", "7"]
    (version,) = settings_history.versions(
        Wanted(("spamrule",), via="file", row=SpamRule.objects.get(name="Away").pk), 9
    )
    assert version.act == "insert"


def test_what_is_printed_changes_nothing_when_it_is_applied(apply, tmp_path):
    apply(AWAY, BULK, LARGE)
    other = Instance.objects.create(name="Facilities")
    apply(
        "{name: Theirs, instance: Facilities, criteria: [{field: to, condition: is, values: [a@b.example]}]}"
    )
    assert SpamRule.objects.get(instance=other).position == 1
    path = tmp_path / "printed.yaml"
    path.write_text(settings_file.export())
    assert not settings_file.apply(settings_file.read(path)).changes
    printed = yaml.safe_load(path.read_text())["spam_rules"]
    assert printed[0] == {
        "name": "Away",
        "match": "any",
        "criteria": [{"field": "subject", "condition": "contains", "values": ["Out of office", "7"]}],
    }


def test_rules_that_a_file_names_take_its_order_and_others_stay_where_they_are(apply):
    apply(AWAY, BULK, LARGE)
    apply("{name: large}", "{name: AWAY}")
    assert in_order() == ["large", "Bulk", "AWAY"]
    applied = apply("{name: AWAY, enabled: false}")
    assert in_order() == ["large", "Bulk", "AWAY"]
    (change,) = applied.changes
    assert [(one.field, one.old, one.new) for one in change.fields] == [("enabled", True, False)]


def test_a_rule_stays_in_its_instance(apply):
    apply(AWAY)
    Instance.objects.create(name="Facilities")
    with pytest.raises(settings_file.SettingsMistaken, match="Away is a rule of IT Help Desk"):
        apply("{name: Away, instance: Facilities}")
