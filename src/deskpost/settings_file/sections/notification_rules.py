"""`notification_rules`: which events are told by mail, and the technicians on a rule's list."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from deskpost.desk.events import EVENTS, RULES
from deskpost.desk.people import Person
from deskpost.outbound import rule_settings
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import address
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.named import addresses_of, technician_with
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, switch

KEY = "notification_rules"


def apply(rules: Sequence[Row], applying: Applying) -> None:
    """Make the rules those of the file."""
    for row in rules:
        event = row["event"]
        rule = rule_settings.rule(event)
        if (
            rule.pk is None
            and row.get("enabled", rule.enabled) == rule.enabled
            and not row.get("technicians")
        ):
            continue  # what holds without a rule
        applying.save(KEY, event, rule, {"enabled": row["enabled"]} if "enabled" in row else {}, row.line)
        present = {
            one.person: one for one in RuleTechnician.objects.filter(rule=rule).select_related("person")
        }
        if "technicians" in row:
            people = [technician_with(one, row, "technicians") for one in row["technicians"]]
            applying.replace(
                KEY,
                event,
                "technicians",
                present,
                people,
                partial(_on_list, rule),
                row.line_of("technicians"),
            )
        if EVENTS[event].audience == "error_list" and rule.enabled and not row.get("technicians", present):
            applying.warn(
                row.line,
                f"{event} is on and nobody is on its list, so nobody is told. To do: name technicians.",
            )


def _on_list(rule: NotificationRule, person: Person) -> RuleTechnician:
    return RuleTechnician(rule=rule, person=person)


def export() -> list[dict[str, Any]]:
    """Give every event, with its rule or its default."""
    rules = {rule.event: rule for rule in NotificationRule.objects.all()}
    return [_export_one(event, rules.get(event)) for event in RULES]


def _export_one(event: str, rule: NotificationRule | None) -> dict[str, Any]:
    listed = (
        RuleTechnician.objects.filter(rule=rule).order_by("pk") if rule else RuleTechnician.objects.none()
    )
    people = addresses_of(listed.values_list("person_id", flat=True))
    enabled = rule.enabled if rule else EVENTS[event].enabled
    return {"event": event, "enabled": enabled, **({"technicians": people} if people else {})}


SECTION = Section(
    KEY,
    rows(
        "notification_rules",
        {"event": choice(*RULES), "enabled": switch, "technicians": each(address)},
        required=("event",),
        name="event",
    ),
    apply,
    export,
)
