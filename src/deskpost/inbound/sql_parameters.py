"""Tables of parameters that administrators know and may change by SQL: category, parameter, paramvalue.

Values are read at each use, so that what SQL changed holds at once. In place of a value that makes no sense its
default holds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pghistory
from django.db import models

from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.desk.settings_event import SettingsEvent


class Parameter(models.Model):
    """One parameter. Columns and their names are those of the documented statements."""

    pk = models.CompositePrimaryKey("category", "parameter")
    category = models.TextField()
    parameter = models.TextField()
    paramvalue = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.parameter


class ParameterEvent(SettingsEvent):
    """One version of a parameter. Declared here, for pghistory itself makes none for a key of two columns."""

    pgh_trackers = (  # type: ignore[assignment]
        *(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()),
    )
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
        abstract = True

    def __str__(self) -> str:
        return f"{self.parameter} at {self.pgh_created_at}"


@dataclass(frozen=True, slots=True)
class Held:
    """What holds now. `senseless`: what stands in the table and is no value, None where the row is gone."""

    values: Mapping[str, str]
    senseless: Mapping[str, str | None]

    def is_on(self, parameter: str) -> bool:
        """Tell whether a switch is on."""
        return self.values[parameter].strip().lower() == "true"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one category of a table, with their defaults and what each may be."""

    model: type[Parameter]
    category: str
    defaults: Mapping[str, str]
    fits: Callable[[str, str], bool]

    @property
    def table(self) -> str:
        """The table's name, as SQL writes it."""
        return self.model._meta.db_table

    def read(self) -> Held:
        """Give what holds now."""
        stored = self._stored()
        senseless = {
            name: stored.get(name) for name in self.defaults if not self.makes_sense(name, stored.get(name))
        }
        holds = {
            name: stored[name] if name not in senseless else default
            for name, default in self.defaults.items()
        }
        return Held(holds, senseless)

    def makes_sense(self, parameter: str, value: str | None) -> bool:
        """Tell whether a parameter may have this value."""
        return parameter in self.defaults and value is not None and self.fits(parameter, value)

    def state(self) -> str:
        """Give what stands in the table as one text, by which two writers notice each other."""
        stored = self._stored()
        return " ".join(f"{name}={stored.get(name)}" for name in self.defaults)

    def lock(self) -> None:
        """Let nobody else change these until the caller's transaction ends."""
        list(self._rows(self.defaults).select_for_update())

    def write(self, actor: Person | None, via: str, parameter: str, value: str) -> None:
        """Set one parameter to a value that makes sense."""
        row = self._rows([parameter]).first() or self.model(category=self.category, parameter=parameter)
        settings.change(actor, via, row, {"paramvalue": value})

    def _stored(self) -> dict[str, str]:
        return dict(self._rows(self.defaults).values_list("parameter", "paramvalue"))

    def _rows(self, parameters: Iterable[str]) -> "models.QuerySet[Parameter]":
        rows = self.model._default_manager.filter(category=self.category, parameter__in=parameters)
        return rows.order_by("parameter")


def is_switch(value: str) -> bool:
    """Tell whether a value is true or false."""
    return value.strip().lower() in ("true", "false")
