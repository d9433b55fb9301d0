"""People, roles and groups: the frame of their tabs, and what their forms share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Counted
from deskpost.console.saving import SavedForm
from deskpost.desk import people_lists, settings_history
from deskpost.desk.fields import Group
from deskpost.desk.people import Person
from deskpost.desk.roles import Role
from deskpost.desk.search import Count
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import KINDS

PERMISSION = "directory.manage"
# what View history shows when it is opened from these pages: kinds of settings
HISTORY = "person,personaddress,grant,role,group,groupmember"
SHOWS: dict[str, str | Promise] = {
    people_lists.TECHNICIANS: _("Technicians"),
    people_lists.REQUESTERS: _("Requesters"),
    people_lists.NO_LOGIN: _("No login"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab, with how many there are."""

    key: str
    name: str | Promise
    url: str
    count: Counted


def tabs(text: str = "") -> list[Tab]:
    """Give the tabs. What is looked for follows into the other lists of people."""
    lists = [
        Tab(key, name, list_url(key, text), Counted(people_lists.count(key))) for key, name in SHOWS.items()
    ]
    roles = Tab("roles", _("Roles"), reverse("roles"), Counted(Count.of(Role.objects.values("pk"))))
    groups = Tab("groups", _("Groups"), reverse("groups"), Counted(Count.of(Group.objects.values("pk"))))
    return [*lists, roles, groups]


def list_url(show: str, text: str = "", place: str = "", person: Person | None = None) -> str:
    """Give the address of a list, or of a person who is opened beside it."""
    asked = {"show": show if show != people_lists.TECHNICIANS or person else "", "q": text, "place": place}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = reverse("person", args=[person.pk]) if person else reverse("people")
    return f"{path}?{query}" if query else path


def beyond_words(name: str, permissions: Iterable[str]) -> str:
    """Say that a role or a person may what the viewer may not, who therefore neither gives nor takes it over."""
    words = gettext(
        "Not done: %(name)s may %(permissions)s, which you may not everywhere yourself. "
        "To do: ask somebody who may."
    )
    return words % {"name": name, "permissions": ", ".join(permissions)}


class DirectoryForm(SavedForm):
    """A form of these pages: of two editors the second is told, whatever of the thing the first has changed.

    `parts`: kinds of settings that belong to the row, and the column that names it in them. A new thing is made once,
    however often its form arrives.
    """

    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    carried = ("seen", "token")

    def __init__(
        self, row: Any, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        token = {"token": uuid4()} if row.pk is None else {}
        super().__init__(row, data, {**(initial or {}), **token})

    def last_saved(self) -> Version | None:
        """Give the newest version of the row or of one of its parts."""
        if self.row.pk is None:
            return None
        found = settings_history.versions(Wanted((str(self.row._meta.model_name),), row=self.row.pk), 1)
        for kind, column in self.parts:
            found += settings_history.versions(Wanted((kind,), about=(column, self.row.pk)), 1)
        return max(found, key=lambda one: one.at, default=None)

    def state_of(self, newest: Version | None) -> str:
        """Give what `seen` holds: ids of several kinds may be the same."""
        return f"{newest.kind}-{newest.id}" if newest else ""

    def changed_in(self, version: Version) -> str:
        """Name what a version changed; of a part its kind."""
        parts = dict(self.parts)
        return str(KINDS[version.kind]) if version.kind in parts else super().changed_in(version)

    def first_time(self, person: Person) -> bool:
        """Note in the present transaction that the form of a new thing does its work; False: it has done so."""
        return self.row.pk is not None or super().first_time(person)


class Ticks(forms.CheckboxSelectMultiple):
    """Several choices, each with its box; they scroll when they are many."""

    template_name = "console/people/_ticks.html"
    use_fieldset = False  # the widget's own fieldset bears help and error
    grouped = True  # the visible label is no <label>
    legend: str | Promise = ""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Give the id of a box, without an index of the first: where the summary of errors leads."""
        return f"{id_}_{index or 0}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give what the template shows."""
        context = super().get_context(name, value, attrs)
        context["widget"]["legend"] = self.legend
        return context


def rows_to_tick(field: Any, legend: str | Promise) -> None:
    """Name the ticks of a field that stand for rows, and let it say in one sentence that one of them is gone."""
    field.widget.legend = legend
    gone = _("One of these is gone. To do: look through them, then Save again.")
    field.error_messages.update(dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), gone))
