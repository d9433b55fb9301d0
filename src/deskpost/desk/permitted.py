"""Who may change which field of a request, and what a field may be set to."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Visible

Value = Status | Priority | Group | Person | None


def missing(desk: Visible, record: Record, values: Mapping[str, Value]) -> str | None:
    """Give the permission that setting these fields needs and the person has not; None when all may be set."""
    for name, value in values.items():
        if getattr(record, name) == value:
            continue
        needed = _needed(desk.person, record, name, value)
        if not any(desk.may(permission, record) for permission in needed):
            return needed[0]
    return None


def _needed(actor: Person, record: Record, name: str, value: Value) -> tuple[str, ...]:
    """Give the permissions of which one is enough to set a field to a value."""
    if name == "status":
        assert isinstance(value, Status)
        closes = Status.Kind.CLOSED in (value.kind, record.status.kind)
        return ("request.close",) if closes else ("request.edit",)
    if name == "technician":
        picks_up = value == actor and record.technician is None
        return ("request.pickup", "request.assign") if picks_up else ("request.assign",)
    return ("request.assign",) if name == "group" else ("request.edit",)


def technicians_for(account_id: int, site_id: int | None) -> QuerySet[Person]:
    """Give the technicians who work for a site of an account, and can therefore be given its requests."""
    at = Q(grants__site=None) | Q(grants__site=site_id)
    works = Q(grants__account=None) | Q(at, grants__account_id=account_id)
    viewers = Person.objects.filter(works, grants__role__permissions__contains=["request.view"])
    return Person.objects.filter(pk__in=viewers.values("pk"), technician=True, deleted_at=None).order_by(
        "name"
    )


def groups_for(account_id: int) -> QuerySet[Group]:
    """Give the groups that can be given a request of an account."""
    return Group.objects.filter(Q(account=None) | Q(account_id=account_id))


def statuses_for(desk: Visible, record: Record) -> list[Status]:
    """Give the statuses that the person may set now, the present one among them."""
    return [
        status
        for status in Status.objects.all()
        if status == record.status or missing(desk, record, {"status": status}) is None
    ]
