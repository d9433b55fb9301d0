"""The form of one value of a list, and the words that each list has for its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskpost.console.people import DirectoryForm
from deskpost.console.settings_form import Line
from deskpost.desk.fields import Status
from deskpost.desk.value_lists import LONGEST_NAME

KINDS_OF_STATUS: Mapping[str, str | Promise] = {
    Status.Kind.OPEN: _("Open"),
    Status.Kind.WAITING: _("Waiting"),
    Status.Kind.RESOLVED: _("Resolved"),
    Status.Kind.CLOSED: _("Closed"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of a list say: of one value, how a new one is called, and what the list is for."""

    new: str | Promise
    about: str | Promise


WORDS: Mapping[str, Words] = {
    "priorities": Words(
        _("New priority"),
        _("How much a request matters, the least first. The first three have one, two and three bars."),
    ),
    "statuses": Words(
        _("New status"),
        _("Where a request stands. New requests begin with the first of the kind Open."),
    ),
    "levels": Words(_("New level"), _("How far up a request is handled.")),
    "modes": Words(_("New mode"), _("How a request came.")),
    "urgencies": Words(_("New urgency"), _("How soon a request must be answered.")),
    "impacts": Words(_("New impact"), _("Whom a request affects.")),
    "request_types": Words(_("New request type"), _("What kind of request it is.")),
    "categories": Words(_("New category"), _("What requests are about.")),
    "subcategories": Words(_("New subcategory"), _("A part of a category.")),
    "items": Words(_("New item"), _("A thing of a subcategory.")),
}


class ValueForm(DirectoryForm):
    """What is set of a value."""

    name = Line(
        max_length=LONGEST_NAME,
        label=_("Name"),
        help_text=_("As menus and mails name it. Requests that have it go on with the new name."),
    )

    def __init__(self, row: Any, data: QueryDict | None = None) -> None:
        super().__init__(row, data, self.initial_of(row))

    def initial_of(self, row: Any) -> dict[str, Any]:
        """Give what the form holds at first."""
        return {"name": row.name}

    @property
    def values(self) -> dict[str, Any]:
        """Give the columns that the form sets."""
        return {"name": self.cleaned_data["name"]}


class StatusForm(ValueForm):
    """What is set of a status."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=list(KINDS_OF_STATUS.items()),
        help_text=_(
            "What it means: Resolved and Closed end a request, Waiting waits for the customer. "
            "An answer by mail opens an ended one again."
        ),
    )

    def initial_of(self, row: Any) -> dict[str, Any]:
        """Give what the form holds at first."""
        return {"name": row.name, "kind": row.kind or Status.Kind.OPEN}

    @property
    def values(self) -> dict[str, Any]:
        """Give the columns that the form sets."""
        return {"name": self.cleaned_data["name"], "kind": self.cleaned_data["kind"]}
