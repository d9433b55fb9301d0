"""Roles: named sets of permissions, and which rows a person may see."""

from dataclasses import dataclass
from functools import cached_property

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet

from deskpost.desk.accounts import Account, Site
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record

PERMISSIONS: tuple[str, ...] = (
    "request.view",
    "request.create",
    "request.edit",
    "request.assign",
    "request.pickup",
    "request.close",
    "request.delete",
    "conversation.reply",
    "conversation.forward",
    "settings.mail",
    "settings.desk",
    "directory.manage",
    "outbox.manage",
    "trace.view",
)

_WORKS_REQUESTS = tuple(p for p in PERMISSIONS if p.startswith(("request.", "conversation.")))
SHIPPED_ROLES: dict[str, tuple[str, ...]] = {
    "SDAdmin": PERMISSIONS,
    "SDAccountAdmin": (*_WORKS_REQUESTS, "settings.desk", "trace.view"),
    "SDCoordinator": (*_WORKS_REQUESTS, "outbox.manage", "trace.view"),
    "SDTechnician": tuple(p for p in (*_WORKS_REQUESTS, "trace.view") if p != "request.delete"),
    "SDRequester": ("request.create", "conversation.reply"),
}


@pghistory.track()
class Role(models.Model):
    """A named set of permissions."""

    name = models.TextField(unique=True)
    permissions = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "role"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Grant(models.Model):
    """A role given to a person: everywhere (no account), in one account, or at one of its sites."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "account", "site"], nulls_distinct=False, name="role_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(site=None) | ~Q(account=None), name="role_grant_site_needs_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} has {self.role_id}"


@dataclass(frozen=True)
class Visible:
    """The rows one person may see. Pages, command line and mail read the desk through this alone."""

    person: Person

    @cached_property
    def _grants(self) -> tuple[tuple[frozenset[str], int | None, int | None], ...]:
        rows = self.person.grants.values_list("role__permissions", "account_id", "site_id")
        return tuple((frozenset(permissions), account, site) for permissions, account, site in rows)

    def _scope(self, permission: str, prefix: str = "") -> Q:
        """Give the condition on rows with `account` and `requester__site` under which the permission holds."""
        condition = Q(pk__in=[])
        for permissions, account, site in self._grants:
            if permission not in permissions:
                continue
            if account is None:
                return ~Q(pk__in=[])  # every row; an empty Q would vanish beside another condition
            within = Q(**{f"{prefix}account_id": account})
            if site is not None:
                within &= Q(**{f"{prefix}requester__site_id": site})
            condition |= within
        return condition

    def may(self, permission: str, record: Record | None = None) -> bool:
        """Tell whether the person has a permission: anywhere, or where this record is."""
        for permissions, account, site in self._grants:
            if permission not in permissions:
                continue
            if record is None or account is None:
                return True
            if account == record.account_id and (
                site is None or (record.requester is not None and record.requester.site_id == site)
            ):
                return True
        if permission == "conversation.reply" and record is not None:
            return record.requester_id == self.person.pk
        return False

    def everywhere(self, permission: str) -> bool:
        """Tell whether the person has a permission in every account."""
        return any(permission in permissions and account is None for permissions, account, _ in self._grants)

    def works_on(self, record: Record) -> bool:
        """Tell whether the person sees this record as a technician does: notes, traces, everybody's mail."""
        return self.may("request.view", record)

    @property
    def records(self) -> QuerySet[Record]:
        """Records that are not deleted: those in scope, and the person's own requests."""
        own = Q(requester_id=self.person.pk)
        return Record.objects.filter(self._scope("request.view") | own, deleted_at=None)

    @property
    def conversations(self) -> QuerySet[Conversation]:
        """Conversations of visible records; of one's own requests without the notes."""
        worked = self._scope("request.view", "record__")
        own = Q(record__requester_id=self.person.pk) & ~Q(direction=Conversation.Direction.NOTE)
        return Conversation.objects.filter(worked | own, record__deleted_at=None)

    @property
    def attachments(self) -> QuerySet[Attachment]:
        """Attachments of visible conversations."""
        return Attachment.objects.filter(conversation__in=self.conversations)

    @property
    def history(self) -> QuerySet[HistoryEntry]:
        """History of the records in scope. One's own requests show none: it names technicians."""
        return HistoryEntry.objects.filter(self._scope("request.view", "record__"), record__deleted_at=None)

    @property
    def accounts(self) -> QuerySet[Account]:
        """Accounts in which the person may view requests, and the person's own."""
        return self._accounts("request.view", {self.person.account_id})

    def accounts_with(self, permission: str) -> QuerySet[Account]:
        """Accounts in which the person has a permission."""
        return self._accounts(permission, set())

    def _accounts(self, permission: str, limited: set[int]) -> QuerySet[Account]:
        accounts = Account.objects.filter(deleted_at=None)
        for permissions, account, _ in self._grants:
            if permission in permissions:
                if account is None:
                    return accounts
                limited.add(account)
        return accounts.filter(pk__in=limited)

    @property
    def technicians(self) -> QuerySet[Person]:
        """Technicians whom the person works with: who work everywhere, or in an account that is visible here."""
        technicians = Person.objects.filter(technician=True, deleted_at=None)
        if self.everywhere("request.view"):
            return technicians
        accounts = self.accounts_with("request.view")
        near = Grant.objects.filter(Q(account=None) | Q(account__in=accounts))
        return technicians.filter(pk__in=near.values("person"))

    @property
    def people(self) -> QuerySet[Person]:
        """People of the visible accounts; without any request.view only oneself."""
        everybody = Person.objects.filter(deleted_at=None)
        if not self.may("request.view"):
            return everybody.filter(pk=self.person.pk)
        return everybody.filter(account__in=self.accounts)


def visible(person: Person) -> Visible:
    """Give what this person may see: the only way to rows of the desk."""
    return Visible(person)
