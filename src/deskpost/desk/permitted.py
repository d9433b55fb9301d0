"""Who can be given a request: the technicians and groups of its account and site."""

from django.db.models import Q, QuerySet

from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.people import Person


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


def of_group(technicians: QuerySet[Person], group: Group, who: Person) -> QuerySet[Person]:
    """Give those of technicians who are in a group, and who asks; all of them where the group has no members."""
    members = GroupMember.objects.filter(group=group)
    if not members.exists():
        return technicians
    return technicians.filter(Q(pk__in=members.values("person")) | Q(pk=who.pk))
