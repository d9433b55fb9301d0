"""People: requesters and technicians, and the addresses they write from."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from deskpost.desk.accounts import Account, Site
from deskpost.domain_names import one_spelling


class People(BaseUserManager["Person"]):
    """Finds the person who signs in."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Give the person with this sign-in name, letter case ignored."""
        return self.get(sign_in_name=(username or "").strip().lower(), deleted_at=None)


# Mails make people, many at once, who are no settings: who neither works here nor signs in leaves no history until
# somebody edits the person. The condition is asked before a trigger is queued, so such a row costs next to nothing.
_MADE_BY_HAND = pgtrigger.Q(new__technician=True) | pgtrigger.Q(new__sign_in_name__isnull=False)
_WAS_MADE_BY_HAND = pgtrigger.Q(old__technician=True) | pgtrigger.Q(old__sign_in_name__isnull=False)


@pghistory.track(
    pghistory.InsertEvent(condition=_MADE_BY_HAND),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(condition=_WAS_MADE_BY_HAND),
    # that the password changed, never what to
    pghistory.UpdateEvent("password", condition=pgtrigger.AnyChange("password")),
    # as a person whom mail made was before the first edit
    pghistory.ManualEvent("known"),  # type: ignore[no-untyped-call]
    exclude=["password", "last_login", "created_at"],
)
class Person(AbstractBaseUser):
    """Somebody who writes or reads mail. With a sign-in name (an e-mail address) the person may sign in."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="people")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    name = models.TextField()
    sign_in_name = models.TextField(null=True, blank=True, unique=True)  # lower case
    technician = models.BooleanField(default=False)
    time_zone = models.TextField(default="", blank=True)  # empty: the account's
    language = models.TextField(default="", blank=True)  # empty: the account's
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "sign_in_name"
    objects: ClassVar[People] = People()

    class Meta:
        db_table = "person"
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="person_and_account"),
            models.CheckConstraint(
                condition=Q(sign_in_name=None) | Q(sign_in_name=Lower("sign_in_name")),
                name="person_sign_in_name_lower_case",
            ),
        ]
        indexes = [
            models.Index(fields=["name"], condition=Q(technician=True), name="person_technicians"),
            models.Index(
                fields=["name", "id"],
                condition=Q(technician=False, deleted_at=None) & ~Q(sign_in_name=None),
                name="person_requesters_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """False once the person is deleted or may not sign in: Django then ends the sessions and refuses more."""
        return self.deleted_at is None and self.sign_in_name is not None


@pghistory.track(  # by desk/person_settings: a mail that makes a person writes no history
    *(pghistory.ManualEvent(act) for act in ("insert", "update", "delete")),  # type: ignore[no-untyped-call]
    exclude=["account", "key"],
)
class PersonAddress(models.Model):
    """An address somebody writes from. Within an account no two people share one."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    address = models.TextField()  # as shown and written to
    key = models.TextField()  # fold(address): what two spellings of one address share
    primary = models.BooleanField(default=False)
    # where several accounts know the address, its mail belongs to this person
    preferred = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "person_address"
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(preferred=True), name="person_address_one_preferred"
            ),
            models.UniqueConstraint(fields=["account", "key"], name="person_address_once_per_account"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(primary=True), name="person_address_one_primary"
            ),
            models.CheckConstraint(  # those of one_address.has_controls
                condition=~Q(address__regex=r"[\u0001-\u001f\u007f-\u009f\u2028\u2029]"),
                name="person_address_without_controls",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="person_address_key")]

    def __str__(self) -> str:
        return self.address


def fold(address: str) -> str:
    """Give what all spellings of one mailbox share: lower case, no plus-tag, and its domain in one spelling."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{one_spelling(domain)}"
