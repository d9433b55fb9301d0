"""The form of a spam rule, and what its buttons do before it is saved."""

from typing import Any
from uuid import uuid4

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.mail_settings.spam.criteria_field import NEW, CriteriaField, Draft, shown
from deskpost.console.page import id_of
from deskpost.console.saving import SavedForm
from deskpost.console.settings_form import Line, Segments
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.inbound.rules import ALL, ANY, Rule, mistakes
from deskpost.inbound.rules.mistakes import MOST_CRITERIA
from deskpost.inbound.spam.rules import LONGEST_NAME, SpamRule


class RuleForm(SavedForm):
    """A rule to define or edit. A new one is made once, however often its form arrives."""

    acts = ("position", "enabled")
    carried = ("seen", "token")

    name = Line(
        max_length=LONGEST_NAME,
        label=_("Name"),
        help_text=_("The trace of a mail that it drops bears this name."),
    )
    match = forms.ChoiceField(
        choices=((ALL, _("Match ALL")), (ANY, _("Match ANY"))),
        label=_("Match"),
        widget=Segments(),
        help_text=_("Whether a mail must fulfil every line, or any one of them."),
    )
    instance = forms.ModelChoiceField(
        Instance.objects.none(),
        label=_("Instance"),
        empty_label=None,
        help_text=_("Whose mailboxes it looks at. Cannot be changed later."),
    )
    criteria = CriteriaField(
        label=_("Define rule"),
        help_text=_(
            "Criteria on sender, recipients, subject, body, headers, attachments, size and spam score. "
            "Mails that fulfil them are dropped."
        ),
    )

    def __init__(
        self, row: SpamRule, data: QueryDict | None = None, proposed: dict[str, Any] | None = None
    ) -> None:
        values = proposed or {}
        if row.pk is not None:
            values = {"name": row.name, "match": row.match, "criteria": row.rule.criteria}
        self._drafts = [Draft.of(one) for one in values.pop("criteria", ())]
        token: dict[str, Any] = {"token": uuid4()} if row.pk is None else {}
        super().__init__(row, data, {"match": ALL, **values, **token})
        instances = Instance.objects.order_by("pk")
        if row.pk is not None or len(instances) == 1:
            del self.fields["instance"]
        else:
            fields: Any = self.fields
            fields["instance"].queryset = instances
            self.initial["instance"] = instances[0].pk

    def forget_mistakes(self) -> None:
        """Say nothing of what is wrong: the form is still being filled in."""
        vars(self)["_errors"] = ErrorDict()

    @property
    def drafts(self) -> list[Draft]:
        """The rows as they stand now."""
        if not self.is_bound:
            return self._drafts
        value: list[Draft] = self["criteria"].value()
        return value

    @property
    def new(self) -> Draft:
        """The row for a new criterion as it stands now."""
        return (Draft.read(self.data, NEW) if self.is_bound else None) or Draft()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as the page draws them."""
        wrong = dict(mistakes(tuple(one.criterion for one in self.drafts))) if self.is_bound else {}
        return [shown(str(place), one, wrong.get(place, "")) for place, one in enumerate(self.drafts)]

    @property
    def wrong_on_the_whole(self) -> str:
        """What is wrong with the criteria together; what is wrong with one stands in its row."""
        if "criteria" not in self.errors:
            return ""
        return next(
            (words for place, words in mistakes(tuple(one.criterion for one in self.drafts)) if place < 0), ""
        )

    @property
    def new_row(self) -> dict[str, Any]:
        """The row for a new criterion as the page draws it; without entries it is not added."""
        empty = self.is_bound and self.data.get("act") == "add" and not self.new.written.strip()
        wrong = gettext("There is no entry. To do: press Choose, and type what to compare with.")
        asked = empty and not self.data.get("added")
        return shown(NEW, self.new, wrong if asked else "")

    @property
    def full(self) -> bool:
        """Tell whether there are as many criteria as there can be."""
        return len(self.drafts) >= MOST_CRITERIA

    def rule(self) -> Rule:
        """Give the valid form as a rule."""
        data = self.cleaned_data
        return Rule(data["name"], data["match"], data["criteria"], id=self.row.pk or 0)

    def first_time(self, person: Person) -> bool:
        """Note in the present transaction that the form of a new rule does its work; False: it has done so."""
        return self.row.pk is not None or super().first_time(person)


def edited(data: QueryDict) -> QueryDict:
    """Give what was sent as it stands after its button did its work: a row added, taken out, an entry taken out."""
    act, rows = data.get("act", ""), RuleForm(SpamRule(), data).drafts
    new, added = Draft.read(data, NEW), False
    if new is not None and new.written.strip() and act.partition(".")[0] in ("add", "save", "try"):
        rows, new, added = [*rows, new], None, True
    place, _, entry = data.get("out", "").partition(".")
    at = id_of(place)
    if at is not None and at < len(rows):
        gone = id_of(entry)
        rows[at : at + 1] = [] if gone is None else [rows[at].without(gone)]
    elif place == NEW and new is not None:
        new = new.without(id_of(entry) or 0)
    kept = _with_rows(data, rows, new)
    if added:
        kept["added"] = "1"
    return kept


def _with_rows(data: QueryDict, rows: list[Draft], new: Draft | None) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in data:
        if not name.startswith(("field-", "condition-", "values-", "header-")):
            kept.setlist(name, data.getlist(name))
    for place, row in [*enumerate(rows), *([(NEW, new)] if new else [])]:
        kept[f"field-{place}"], kept[f"condition-{place}"] = row.field, row.condition
        kept[f"values-{place}"], kept[f"header-{place}"] = row.written, row.header
    return kept
