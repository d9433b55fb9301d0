"""When people are told of a mailbox that cannot be reached: the table that administrators know, and may change by SQL.

Its values are read at each use, so that what SQL changed holds at once.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pghistory
from django.db import models, transaction

from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.desk.settings_event import SettingsEvent

CATEGORY = "FETCHING_MAILBOX_CONNECTIVITY"
THRESHOLD = "CONSECUTIVE_RETRY_THRESHOLD"
ENABLED = "NOTIFICATION_ENABLED"
DEFAULTS: Mapping[str, str] = {THRESHOLD: "5", ENABLED: "true"}
MOST_TRIES = 1_000_000
_NUMBER = re.compile(r"\s*0*[1-9][0-9]{0,6}\s*", re.ASCII)


class MailConfig(models.Model):
    """One parameter. Columns and their names are those of the documented statements."""

    pk = models.CompositePrimaryKey("category", "parameter")
    category = models.TextField()
    parameter = models.TextField()
    paramvalue = models.TextField()

    class Meta:
        db_table = "mailconfig"

    def __str__(self) -> str:
        return self.parameter


class MailConfigEvent(SettingsEvent):
    """One version of a parameter. Declared here, for pghistory itself makes none for a key of two columns."""

    pgh_trackers = (  # type: ignore[assignment]
        *(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()),
    )
    pgh_tracked_model = MailConfig  # type: ignore[assignment]
    pgh_context = models.ForeignKey(
        "pghistory.Context", null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    category = models.TextField()
    parameter = models.TextField()
    paramvalue = models.TextField()
    id = models.GeneratedField(  # which parameter it is, as a number, for those who read versions
        expression=models.Func(
            "category", "parameter", arg_joiner=" || ' ' || ", template="hashtextextended(%(expressions)s, 0)"
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        db_table = "mailconfig_version"

    def __str__(self) -> str:
        return f"{self.parameter} at {self.pgh_created_at}"


@dataclass(frozen=True, slots=True)
class Connectivity:
    """What holds now. `senseless`: what stands in the table and is no value, None where the row is gone."""

    threshold: int
    enabled: bool
    senseless: Mapping[str, str | None]


def read() -> Connectivity:
    """Give what holds now; in place of a value that makes no sense its default holds."""
    stored = _stored()
    senseless = {name: stored.get(name) for name in DEFAULTS if not makes_sense(name, stored.get(name))}
    holds = {name: stored[name] if name not in senseless else DEFAULTS[name] for name in DEFAULTS}
    return Connectivity(int(holds[THRESHOLD]), holds[ENABLED].strip().lower() == "true", senseless)


def makes_sense(parameter: str, value: str | None) -> bool:
    """Tell whether a parameter may have this value: a whole number from 1, or true or false."""
    if value is None:
        return False
    if parameter == THRESHOLD:
        return bool(_NUMBER.fullmatch(value)) and int(value) <= MOST_TRIES
    return value.strip().lower() in ("true", "false")


def state() -> str:
    """Give what stands in the table as one text, by which two writers notice each other."""
    stored = _stored()
    return " ".join(f"{name}={stored.get(name)}" for name in DEFAULTS)


@transaction.atomic
def change(
    actor: Person | None, via: str, threshold: int | None = None, enabled: bool | None = None
) -> list[str]:
    """Set what is given, and give the parameters that were written.

    A value that means the same already is left as it is written.
    """
    lock()
    before, wanted = read(), {}
    if threshold is not None and (threshold != before.threshold or THRESHOLD in before.senseless):
        wanted[THRESHOLD] = str(threshold)
    if enabled is not None and (enabled != before.enabled or ENABLED in before.senseless):
        wanted[ENABLED] = "true" if enabled else "false"
    for name, value in wanted.items():
        write(actor, via, name, value)
    return list(wanted)


def lock() -> None:
    """Let nobody else change these until the caller's transaction ends."""
    list(_rows(DEFAULTS).select_for_update())


def write(actor: Person | None, via: str, parameter: str, value: str) -> None:
    """Set one parameter to a value that makes sense."""
    row = _rows([parameter]).first() or MailConfig(category=CATEGORY, parameter=parameter)
    settings.change(actor, via, row, {"paramvalue": value})


def _stored() -> dict[str, str]:
    return dict(_rows(DEFAULTS).values_list("parameter", "paramvalue"))


def _rows(parameters: Iterable[str]) -> models.QuerySet[MailConfig]:
    return MailConfig.objects.filter(category=CATEGORY, parameter__in=parameters).order_by("parameter")
