"""Spam rules: which mails are dropped before anything comes of them. Each instance has its own, in their order."""

from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q
from django.db.models.functions import Lower

from deskpost.desk import settings
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.inbound.outcome import Setting
from deskpost.inbound.rules import ALL, ANY, Criterion, Rule, Ruleset

KIND = "spamrule"  # as View history knows them
LONGEST_NAME = 100  # characters
MOST = 500  # rules of an instance


class NameTaken(Exception):
    """Another rule has this name."""


class TooMany(Exception):
    """The instance has as many rules as there can be."""


@pghistory.track()
class SpamRule(models.Model):
    """One rule. What `criteria` holds, a check of the database knows: see migration 0019."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    position = models.PositiveIntegerField()  # in the order of its instance
    match = models.TextField(default=ALL)  # all or any of its criteria
    criteria = models.JSONField(default=list)  # [{"field", "condition", "values": [...]}, ...]
    enabled = models.BooleanField(default=True)

    class Meta:
        db_table = "spam_rule"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="spam_rule_name_once"),
            models.UniqueConstraint(
                fields=["instance", "position"],
                name="spam_rule_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~Q(name=""), name="spam_rule_has_a_name"),
            models.CheckConstraint(condition=Q(match__in=(ALL, ANY)), name="spam_rule_match_exists"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        """The rule as a value."""
        criteria = tuple(Criterion.of(one) for one in self.criteria)
        return Rule(self.name, self.match, criteria, self.position, self.enabled, self.pk or 0)


def load() -> Mapping[int, Ruleset]:
    """Give the rules that are on, compiled, by instance; an instance without rules is not in it. One query."""
    by_instance: dict[int, list[Rule]] = {}
    for row in SpamRule.objects.filter(enabled=True):
        by_instance.setdefault(row.instance_id, []).append(row.rule)
    return {instance: Ruleset(rules) for instance, rules in by_instance.items()}


def named(rule: Rule) -> Setting:
    """Give a rule as the setting that decided, with what it says now."""
    return Setting(KIND, rule.id, rule.name, f"Match {rule.match.upper()}: {rule.words}")


def in_order(instance: Instance) -> list[SpamRule]:
    """Give the rules of an instance, in their order."""
    return list(SpamRule.objects.filter(instance=instance))


@transaction.atomic
def save(actor: Person | None, via: str, row: SpamRule, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Save a rule, new ones behind the others, and give what changed. Raises NameTaken, TooMany."""
    if row._state.adding:
        held = _held(row.instance_id)
        if len(held) >= MOST:
            raise TooMany
        last = SpamRule.objects.filter(instance=row.instance_id).aggregate(last=Max("position"))["last"]
        values = {"position": (last or 0) + 1, **values}
    try:
        with transaction.atomic():
            return settings.change(actor, via, row, values)
    except IntegrityError as refused:
        if "spam_rule_name_once" in str(refused):
            raise NameTaken from refused
        raise


@transaction.atomic
def move(actor: Person | None, via: str, row: SpamRule, by: int) -> bool:
    """Move a rule up (-1) or down (1) by one place; False where it stands there already."""
    held = _held(row.instance_id)
    place = next((n for n, one in enumerate(held) if one.pk == row.pk), None)
    if place is None or not 0 <= place + by < len(held):
        return False
    one, other = held[place], held[place + by]
    mine, theirs = one.position, other.position
    settings.change(actor, via, one, {"position": theirs})
    settings.change(actor, via, other, {"position": mine})
    return True


@transaction.atomic
def arrange(actor: Person | None, via: str, rows: list[SpamRule]) -> bool:
    """Put rules of an instance into this order, before those that are not named; False: they stood so."""
    if not rows:
        return False
    held = {one.pk: one for one in _held(rows[0].instance_id)}
    wanted = [held.pop(row.pk) for row in rows]
    changed = False
    for position, one in enumerate([*wanted, *held.values()], 1):
        changed |= bool(settings.change(actor, via, one, {"position": position}))
    return changed


def remove(actor: Person | None, via: str, row: SpamRule) -> None:
    """Remove a rule; the trace of what it dropped keeps its name and what it said."""
    settings.remove(actor, via, row)


def _held(instance_id: int) -> list[SpamRule]:
    """Lock the rules of an instance in their order; one who waits here sees what the other has made of it."""
    Instance.objects.select_for_update(no_key=True).get(
        pk=instance_id
    )  # mails that come in refer to it meanwhile
    return list(SpamRule.objects.select_for_update(of=("self",)).filter(instance=instance_id))
