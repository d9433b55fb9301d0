"""`instances`: service desks, and who hears of every new request there."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import address
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.named import addresses_of, technician_with
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import each, text

KEY = "instances"


def apply(instances: Sequence[Row], applying: Applying) -> None:
    """Make instances, and their technicians to alert those of the file."""
    for row in instances:
        instance = Instance.objects.filter(name=row["name"]).first() or Instance(name=row["name"])
        applying.save(KEY, instance.name, instance, {}, row.line)
        if "technicians_to_alert" not in row:
            continue
        people = [technician_with(one, row, "technicians_to_alert") for one in row["technicians_to_alert"]]
        present = {alert.person: alert for alert in instance.alerts.select_related("person")}
        applying.replace(
            KEY,
            instance.name,
            "technicians_to_alert",
            present,
            people,
            partial(_alert, instance),
            row.line_of("technicians_to_alert"),
        )


def _alert(instance: Instance, person: Person) -> InstanceAlert:
    return InstanceAlert(instance=instance, person=person)


def export() -> list[dict[str, Any]]:
    """Give all instances."""
    return [
        {
            "name": instance.name,
            "technicians_to_alert": addresses_of(
                instance.alerts.order_by("pk").values_list("person_id", flat=True)
            ),
        }
        for instance in Instance.objects.order_by("pk")
    ]


SECTION = Section(
    KEY,
    rows("instances", {"name": text, "technicians_to_alert": each(address)}, required=("name",)),
    apply,
    export,
)
