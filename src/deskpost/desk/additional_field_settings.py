"""Additional fields as settings: added, changed, ordered, removed with their values kept, and brought back."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from deskpost.desk import settings
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.people import Person
from deskpost.desk.request_details import AdditionalValue
from deskpost.desk.request_fields import folded, is_reserved
from deskpost.desk.search import Count
from deskpost.desk.templates import Template
from deskpost.desk.value_lists import shown

LONGEST_LABEL = 100  # characters
LONGEST_OPTION = 200
MOST = 200  # fields that are not removed
MOST_OPTIONS = 500
LISTS_OF_TEMPLATES = ("requester_fields", "technician_fields", "closing_fields")
"""The columns of a template that name fields, an additional one by its label."""
COMMANDED = "command_delimiter_in_no_label"
"""What the database says where a label holds the delimiter of Email Command while that is on."""
COMMANDED_WORDS = (
    "The label holds the command delimiter of Email Command, so that no command could name the field. "
    "To do: leave it out, or change that delimiter first."
)
_ANSWERS = "@@"  # within which commands answer the questions of resources, whatever the delimiter is


class FieldRefused(Exception):
    """A field cannot be so. `field`: the column that it is about; `words` say why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


def in_order() -> list[AdditionalField]:
    """Give the fields that are not removed, in their order."""
    return list(AdditionalField.objects.filter(deleted_at=None))


def requests_with(field: AdditionalField, option: str | None = None) -> Count:
    """Give how many requests have a value in a field, or this option of it, counted up to 10,000."""
    rows = AdditionalValue.objects.filter(field=field)
    return Count.of((rows if option is None else rows.filter(value=option)).values("pk"))


@transaction.atomic
def save(
    actor: Person | None, via: str, field: AdditionalField, label: str, kind: str, options: Sequence[str]
) -> tuple[str, ...]:
    """Save a field, a new one behind the others, and give what changed. Raises FieldRefused.

    Templates go on with the field under its new label; the default one offers a new field to technicians.
    """
    old = AdditionalField.objects.select_for_update().filter(pk=field.pk).first()
    for name, words in refusals(old, label, kind, options):
        raise FieldRefused(name, words)
    values: dict[str, Any] = {"label": label, "kind": kind, "options": list(options)}
    new = old is None and field._state.adding
    if new:
        if AdditionalField.objects.filter(deleted_at=None).count() >= MOST:
            words = gettext("There are %(n)s additional fields already. To do: remove one first.")
            raise FieldRefused("label", words % {"n": MOST})
        values["position"] = _behind()
    try:
        with transaction.atomic():
            changed = settings.change(actor, via, field, values)
    except IntegrityError as refused:
        raise _refused(label, refused) from refused
    if old is not None and old.label != label:
        rename_in_templates(actor, via, old.label, label)
    if new:
        offer_to_technicians(actor, via, label)
    return changed


def refusals(
    old: AdditionalField | None, label: str, kind: str, options: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Give (column, words) for what cannot be saved. `old`: the field as it is, None for a new one."""
    yield from _of_label(old, label)
    if kind == AdditionalField.Kind.CHOICE:
        yield from _of_options(options)
    elif options:
        yield (
            "options",
            gettext("Only a choice has options. To do: choose that kind, or take the options out."),
        )
    if old is None:
        return
    if old.kind != kind:
        if (count := requests_with(old)).number:
            words = ngettext(
                "%(n)s request has a value in this field, so its kind stays. To do: add another field.",
                "%(n)s requests have a value in this field, so its kind stays. To do: add another field.",
                count.number,
            )
            yield "kind", words % {"n": shown(count)}
        return
    for option in old.options:
        if option not in options and (count := requests_with(old, option)).number:
            words = ngettext(
                "%(n)s request has %(option)s, so it stays. To do: give it another value first.",
                "%(n)s requests have %(option)s, so it stays. To do: give them another value first.",
                count.number,
            )
            yield "options", words % {"n": shown(count), "option": option}


@transaction.atomic
def move(actor: Person | None, via: str, field: AdditionalField, by: int) -> bool:
    """Move a field up (-1) or down (1) by one place; False where it stands there already."""
    held = AdditionalField.objects.filter(deleted_at=None).select_for_update(no_key=True)
    order = settings.moved(held, field, by)
    for position, one in enumerate(order or ()):
        settings.change(actor, via, one, {"position": position})
    return order is not None


def remove(actor: Person | None, via: str, field: AdditionalField) -> bool:
    """Offer a field no more; requests keep the values that they have of it. False: it was removed before."""
    if field.deleted_at is not None:
        return False
    return bool(settings.change(actor, via, field, {"deleted_at": timezone.now()}))


@transaction.atomic
def bring_back(actor: Person | None, via: str, field: AdditionalField) -> bool:
    """Offer a removed field again, behind the others. Raises FieldRefused where another one has its label now."""
    if field.deleted_at is None:
        return False
    for name, words in _of_label(field, field.label):
        raise FieldRefused(name, words)
    try:
        with transaction.atomic():
            settings.change(actor, via, field, {"deleted_at": None, "position": _behind()})
    except IntegrityError as refused:
        raise _refused(field.label, refused) from refused
    return True


def _of_label(old: AdditionalField | None, label: str) -> Iterator[tuple[str, str]]:
    stays = old is not None and old.label == label  # what was allowed once goes on
    if not folded(label):
        yield "label", gettext("A label needs a letter or a digit. To do: write one.")
    elif "=" in label:
        yield (
            "label",
            gettext("A label holds no =, which ends the name in a mail's commands. To do: leave it out."),
        )
    elif not stays and _ANSWERS in label:
        yield (
            "label",
            gettext(
                "A label holds no @@, which encloses answers to questions in a mail's commands. To do: leave it out."
            ),
        )
    elif not stays and len(label) > LONGEST_LABEL:
        words = gettext("A label has up to %(n)s characters. To do: shorten it.")
        yield "label", words % {"n": LONGEST_LABEL}
    elif not stays and is_reserved(label):
        words = gettext(
            "%(label)s reads like a field or a command that Deskpost has already, or like an entry of the history. "
            "To do: choose another label."
        )
        yield "label", words % {"label": label}
    else:
        others = (one for one in in_order() if one != old)
        other = next((one for one in others if folded(one.label) == folded(label)), None)
        if other is not None:
            yield "label", _taken(other.label)


def _of_options(options: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not options:
        yield "options", gettext("A choice needs options. To do: write one at least, each on a line.")
    if len(options) > MOST_OPTIONS:
        words = gettext("A choice has %(n)s options at most. To do: leave some out.")
        yield "options", words % {"n": MOST_OPTIONS}
    seen: set[str] = set()
    for option in options:
        if len(option) > LONGEST_OPTION:
            words = gettext("%(option)s… is longer than %(n)s characters. To do: shorten it.")
            yield "options", words % {"option": option[:40], "n": LONGEST_OPTION}
        if option.casefold() in seen:
            words = gettext("%(option)s stands here twice; letter case does not tell two apart.")
            yield "options", f"{words % {'option': option}} {gettext('To do: remove one of the two.')}"
        seen.add(option.casefold())


def _refused(label: str, refused: IntegrityError) -> FieldRefused:
    """Say what the database has against a label: the command delimiter in it, or that somebody was quicker."""
    return FieldRefused("label", gettext(COMMANDED_WORDS) if COMMANDED in str(refused) else _taken(label))


def _taken(label: str) -> str:
    words = gettext("There is a field %(label)s already. To do: choose another label.")
    return words % {"label": label}


def _behind() -> int:
    last = AdditionalField.objects.filter(deleted_at=None).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def offer_to_technicians(actor: Person | None, via: str, label: str) -> None:
    """Let the default template offer a new field to technicians: else nobody could set it at first."""
    template = Template.objects.select_for_update().get(default=True)
    if label not in template.technician_fields:
        settings.change(actor, via, template, {"technician_fields": [*template.technician_fields, label]})


def rename_in_templates(actor: Person | None, via: str, old: str, new: str) -> None:
    """Let templates name the field by its new label: in their lists an additional field goes by it."""
    named = Q(requester_fields__contains=[old]) | Q(technician_fields__contains=[old])
    named |= Q(closing_fields__contains=[old])
    for template in Template.objects.select_for_update().filter(named):
        lists = {
            name: [new if one == old else one for one in getattr(template, name)]
            for name in LISTS_OF_TEMPLATES
        }
        settings.change(actor, via, template, lists)
