"""Templates of requests as settings: made, changed, removed; which of them somebody is offered, and their use."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_fields import FIELDS, OFFERED
from deskpost.desk.search import Count
from deskpost.desk.templates import Template, TemplateAccount

LONGEST_NAME = 100
NEVER_EMPTY = ("Status",)
"""Fields that every request has filled, so that no closing rule asks for them."""


class NameTaken(Exception):
    """Another template, or resource of the template, has this name."""


class DefaultStays(Exception):
    """The default template serves every request that names none: it is not removed, and is offered everywhere."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold all templates in one transaction: of two who write them the second waits. Whoever reads does not.

    So a key is drawn while nobody else gives one, and the default has one successor.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE request_template IN SHARE ROW EXCLUSIVE MODE")
        yield


def in_use() -> QuerySet[Template]:
    """Give the templates that are not removed, in their order."""
    return Template.objects.filter(deleted_at=None)


def default() -> Template:
    """Give the template of requests that name none."""
    return Template.objects.get(default=True)


def offered_at(account_id: int | None, works: bool) -> QuerySet[Template]:
    """Give the templates offered for requests of an account (None: of any), to who works there or to requesters.

    The default one is offered to all, whatever else is set.
    """
    offered = in_use()
    if account_id is not None:
        named = TemplateAccount.objects.values("template")
        here = TemplateAccount.objects.filter(account=account_id).values("template")
        offered = offered.filter(Q(default=True) | ~Q(pk__in=named) | Q(pk__in=here))
    return offered if works else offered.filter(for_requesters=True)


def offerable() -> dict[str, str]:
    """Give every field of which a template says who gets it, by its name, with its label."""
    labels = AdditionalField.objects.filter(deleted_at=None).values_list("label", flat=True)
    return {**{name: str(FIELDS[name].label) for name in OFFERED}, **{label: label for label in labels}}


def beside_removed(chosen: Sequence[str], before: Sequence[str], offerable: Mapping[str, str]) -> list[str]:
    """Give a template's list of fields as it is to be: what was chosen, and what it has of fields that are removed.

    They keep their places where nothing else was chosen than before.
    """
    if [one for one in before if one in offerable] == list(chosen):
        return list(before)
    return [*chosen, *(one for one in before if one not in offerable)]


def save(actor: Person | None, via: str, template: Template, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Set fields of a template, new or old, and give those that changed. Raises NameTaken."""
    if template.pk is None:
        last = in_use().aggregate(last=Max("position"))["last"]
        values = {**values, "position": 0 if last is None else last + 1}
    try:
        with transaction.atomic():
            return settings.change(actor, via, template, values)
    except IntegrityError as refused:
        if "template_name_once" in str(refused):
            raise NameTaken from refused
        raise


def hand_over(to: Template) -> list[tuple[Template, bool]]:
    """Give who must stop being the default template, and then who becomes it: there is never more than one."""
    return [*((one, False) for one in Template.objects.filter(default=True)), (to, True)]


def make_default(actor: Person | None, via: str, template: Template) -> tuple[str, ...]:
    """Let a template serve every request that names none. Raises DefaultStays where it is not offered to all."""
    if template.default:
        return ()
    if not serves_all(template):
        raise DefaultStays
    for one, is_default in hand_over(template):
        settings.change(actor, via, one, {"default": is_default})
    return ("default",)


def serves_all(template: Template) -> bool:
    """Tell whether a template could be the default one: an incident, offered to everybody of every account."""
    some = template.pk is not None and template.offered_to.exists()
    return template.kind == Template.Kind.INCIDENT and template.for_requesters and not some


def offer(
    actor: Person | None, via: str, template: Template, accounts: Sequence[Account], for_requesters: bool
) -> tuple[str, ...]:
    """Say where a template is offered: in these accounts (none: in all), and whether to requesters.

    Raises DefaultStays for the default one.
    """
    if template.default and (accounts or not for_requesters):
        raise DefaultStays
    changed = settings.change(actor, via, template, {"for_requesters": for_requesters})
    wanted = {one.pk for one in accounts}
    present = {one.account_id: one for one in template.offered_to.all()}
    for id in sorted(present.keys() - wanted):
        settings.remove(actor, via, present[id])
    for id in sorted(wanted - present.keys()):
        settings.change(actor, via, TemplateAccount(template=template, account_id=id), {})
    return (*changed, "accounts") if present.keys() != wanted else changed


def move(actor: Person | None, via: str, template: Template, by: int) -> None:
    """Move a template up (-1) or down (1) by one place. To be called with `alone` held."""
    for position, one in enumerate(settings.moved(in_use(), template, by) or ()):
        settings.change(actor, via, one, {"position": position})


def remove(actor: Person | None, via: str, template: Template) -> None:
    """Remove a template: it is offered no more, and its requests keep it. Raises DefaultStays."""
    if template.default:
        raise DefaultStays
    settings.change(actor, via, template, {"deleted_at": timezone.now()})


def used_since(template: Template, since: datetime) -> Count:
    """Count the requests made by a template since then; by the default one also those that name none."""
    of_it = Q(details__template=template)
    if template.default:
        of_it |= Q(details=None) | Q(details__template=None)
    return Count.of(Record.objects.filter(of_it, module="RE", created_at__gte=since).values("pk"))
