"""`spam_rules`: which mails are dropped. Rules that a file names stand in its order; others stay where they are."""

from collections.abc import Sequence
from typing import Any

from yaml import Node

from deskpost.desk.installation import Instance
from deskpost.inbound.rules import ALL, ANY, Criterion
from deskpost.inbound.rules.conditions import CONDITIONS
from deskpost.inbound.rules.mistakes import MOST_CRITERIA, wrong_with
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import LONGEST_NAME, SpamRule
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.mistakes import Collected, Mistake
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.sections.named import instance_named
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, elements, line_of, switch, text

KEY = "spam_rules"


def apply(wanted: Sequence[Row], applying: Applying) -> None:
    """Make these rules what the file says, in its order among themselves."""
    by_instance: dict[int, list[SpamRule]] = {}
    for row in wanted:
        rule = _apply_one(row, applying)
        by_instance.setdefault(rule.instance_id, []).append(rule)
    for instance_id, named in by_instance.items():
        _arrange(instance_id, named, wanted, applying)


def _apply_one(row: Row, applying: Applying) -> SpamRule:
    name = row["name"]
    instance = instance_named(row["instance"], row, "instance") if "instance" in row else None
    found = SpamRule.objects.select_related("instance").filter(name__iexact=name).first()
    rule, new = found or SpamRule(instance=instance or _first()), found is None
    if instance is not None and rule.instance != instance:
        raise row.mistake(
            "instance",
            f"{name} is a rule of {rule.instance.name}, and a rule stays where it is. To do: choose another name.",
        )
    if new and "criteria" not in row:
        raise row.mistake(
            "name", f"There is no rule {name} yet, and a new one needs criteria. To do: add them."
        )
    values: dict[str, Any] = {"name": name, **{key: row[key] for key in ("match", "enabled") if key in row}}
    if "criteria" in row:
        values["criteria"] = [one.as_stored() for one in row["criteria"]]
    if new:
        present = spam_rules.in_order(rule.instance)
        if len(present) >= spam_rules.MOST:
            raise row.mistake("name", f"There are {spam_rules.MOST} rules, and no more are possible.")
        values["position"] = present[-1].position + 1 if present else 1
    applying.save(KEY, name, rule, values, row.line)
    return rule


def _arrange(instance_id: int, named: Sequence[SpamRule], wanted: Sequence[Row], applying: Applying) -> None:
    """Give these rules the places that they have together, in the order of the file."""
    places = sorted(rule.position for rule in named)
    for rule, place in zip(named, places, strict=True):
        if rule.position != place:
            applying.save(KEY, rule.name, rule, {"position": place}, wanted[0].line)


def export() -> list[dict[str, Any]]:
    """Give the rules in their order."""
    first = _first()
    return [
        {
            "name": rule.name,
            **({} if rule.instance_id == first.pk else {"instance": rule.instance.name}),
            "match": rule.match,
            "criteria": rule.criteria,
            **({} if rule.enabled else {"enabled": False}),
        }
        for rule in SpamRule.objects.select_related("instance").order_by("instance_id", "position")
    ]


def _first() -> Instance:
    return Instance.objects.order_by("pk")[0]


_read_one = mapping(
    "criteria",
    {"field": text, "condition": choice(*CONDITIONS), "values": each(text)},
    required=("field", "condition", "values"),
)


def _criteria(node: Node) -> tuple[Criterion, ...]:
    found, collected = [], Collected()
    for element in elements(node):
        with collected.here():
            row = _read_one(element)
            criterion = Criterion(row["field"], row["condition"], tuple(dict.fromkeys(row["values"])))
            words = next(wrong_with(criterion), None)
            if words:
                raise Mistake(row.line, words)
            found.append(criterion)
    collected.raise_if_any()
    if not 1 <= len(found) <= MOST_CRITERIA:
        raise Mistake(
            line_of(node), f"A rule has 1 to {MOST_CRITERIA} criteria. To do: write them, or make two rules."
        )
    return tuple(found)


def _name(node: Node) -> str:
    value = " ".join(text(node).split())
    if not 1 <= len(value) <= LONGEST_NAME:
        raise Mistake(line_of(node), f"A name has 1 to {LONGEST_NAME} characters. To do: choose another.")
    return value


SECTION = Section(
    KEY,
    rows(
        KEY,
        {
            "name": _name,
            "instance": text,
            "match": choice(ALL, ANY),
            "criteria": _criteria,
            "enabled": switch,
        },
        required=("name",),
    ),
    apply,
    export,
)
