"""Roles: named sets of permissions, and which rows a person may see."""

from dataclasses import dataclass
from functools import cached_property

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet

from deskpost.desk.accounts import Account, Site
from deskpost.desk.assets import Asset
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import own_lead_to
from deskpost.desk.own_mails import written_by_or_to
from deskpost.desk.people import Person
from deskpost.desk.reach import reaches
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

# What makes somebody more than a requester: who has none of these, anywhere, sees the requester portal.
_DESK_WORK = frozenset(
    ("request.view", "settings.mail", "settings.desk", "directory.manage", "outbox.manage", "trace.view")
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

    def scope(self, permission: str, prefix: str = "", site_column: str = "requester__site_id") -> Q:
        """Give the condition on rows with `account` and a site under which the permission holds."""
        condition = Q(pk__in=[])
        for permissions, account, site in self._grants:
            if permission not in permissions:
                continue
            if account is None:
                return ~Q(pk__in=[])  # every row; an empty Q would vanish beside another condition
            within = Q(**{f"{prefix}account_id": account})
            if site is not None:
                within &= Q(**{f"{prefix}{site_column}": site})
            condition |= within
        return condition

    def may(self, permission: str, record: Record | None = None) -> bool:
        """Tell whether the person has a permission: anywhere, or where this record is."""
        if record is None:
            return any(permission in permissions for permissions, _, _ in self._grants)
        if self.may_at(permission, record.account_id, record.requester.site_id if record.requester else None):
            return True
        return permission == "conversation.reply" and record.requester_id == self.person.pk

    def may_at(self, permission: str, account_id: int, site_id: int | None) -> bool:
        """Tell whether the person has a permission for what somebody of this account and site asks."""
        return any(
            reaches(account, site, account_id, site_id)
            for permissions, account, site in self._grants
            if permission in permissions
        )

    def sites_with(self, permission: str, account_id: int) -> list[int]:
        """Give the sites of an account to which a permission is limited there."""
        return [
            site
            for permissions, account, site in self._grants
            if permission in permissions and account == account_id and site is not None
        ]

    def everywhere(self, permission: str) -> bool:
        """Tell whether the person has a permission in every account."""
        return any(permission in permissions and account is None for permissions, account, _ in self._grants)

    @cached_property
    def only_asks(self) -> bool:
        """Whether the person works for the desk nowhere: the requester portal is all they see."""
        return not any(_DESK_WORK & permissions for permissions, _, _ in self._grants)

    def works_on(self, record: Record) -> bool:
        """Tell whether the person sees this record as a technician does: notes, traces, everybody's mail."""
        return self.may("request.view", record)

    @property
    def records(self) -> QuerySet[Record]:
        """Records that are not deleted: those in scope, and the person's own requests."""
        own = Q(requester_id=self.person.pk)
        return Record.objects.filter(self.scope("request.view") | own, deleted_at=None)

    @property
    def worked_records(self) -> QuerySet[Record]:
        """Records in scope: of them the person sees everything."""
        return Record.objects.filter(self.scope("request.view"), deleted_at=None)

    @property
    def own_records(self) -> QuerySet[Record]:
        """The person's own requests that are not in scope: of them only `own_mails` are seen."""
        return Record.objects.filter(
            ~self.scope("request.view"), requester_id=self.person.pk, deleted_at=None
        )

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The person's own addresses, folded."""
        return tuple(self.person.addresses.order_by("pk").values_list("key", flat=True))

    @property
    def own_mails(self) -> Q:
        """The condition on the conversations of one's own requests: one wrote them, or they went to oneself."""
        return written_by_or_to(self.person.pk, self.addresses)

    @property
    def conversations(self) -> QuerySet[Conversation]:
        """Conversations of the records in scope; of one's own requests what one wrote and what went to oneself.

        One's own request that is merged has them at the request that it leads to, be that whose it may.
        """
        seen = self.scope("request.view", "record__")
        if not self.everywhere("request.view"):
            own = Q(record__requester_id=self.person.pk)
            if self._led_to:
                own |= Q(record__in=self._led_to)
            seen |= own & self.own_mails
        return Conversation.objects.filter(seen, record__deleted_at=None)

    @cached_property
    def _led_to(self) -> list[int]:
        return own_lead_to(self.person.pk)

    @property
    def attachments(self) -> QuerySet[Attachment]:
        """Attachments of visible conversations."""
        return Attachment.objects.filter(conversation__in=self.conversations)

    @property
    def files_of_changes(self) -> QuerySet[Attachment]:
        """Attachments of mails that made visible changes."""
        return Attachment.objects.filter(history_entry__in=self.history)

    @property
    def kept_assets(self) -> QuerySet[Asset]:
        """Assets that the person may change: those of the accounts and sites where settings.desk holds."""
        where = self.scope("settings.desk", site_column="site_id")
        return Asset.objects.filter(where, account__deleted_at=None)

    @property
    def history(self) -> QuerySet[HistoryEntry]:
        """History of the records in scope. One's own requests show none: it names technicians."""
        return HistoryEntry.objects.filter(self.scope("request.view", "record__"), record__deleted_at=None)

    @property
    def accounts(self) -> QuerySet[Account]:
        """Accounts in which the person may view requests, and the person's own."""
        return self._accounts("request.view", {self.person.account_id})

    def accounts_with(self, permission: str) -> QuerySet[Account]:
        """Accounts in which the person has a permission."""
        return self._accounts(permission, set())

    def whole_accounts(self, permission: str) -> list[int]:
        """Give the accounts where the person has a permission at every site: what is of no request is of no site."""
        return [
            account
            for permissions, account, site in self._grants
            if permission in permissions and account is not None and site is None
        ]

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
        """Technicians whom the person works with: everywhere, in an account, or at a site where both work."""
        technicians = Person.objects.filter(technician=True, deleted_at=None)
        if self.everywhere("request.view"):
            return technicians
        where = Q(account=None)
        for permissions, account, site in self._grants:
            if "request.view" in permissions:
                at = Q() if site is None else Q(site=None) | Q(site=site)
                where |= Q(account=account) & at
        near = Grant.objects.filter(where)
        return technicians.filter(pk__in=near.values("person"))


def permitted_everywhere(permission: str) -> QuerySet[Person]:
    """Give the people who have a permission in every account."""
    grants = Grant.objects.filter(account=None, role__permissions__contains=[permission])
    return Person.objects.filter(pk__in=grants.values("person"), deleted_at=None)


def visible(person: Person) -> Visible:
    """Give what this person may see: the only way to rows of the desk."""
    return Visible(person)
