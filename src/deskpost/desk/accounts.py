"""Accounts: the client organisations that the provider serves, their domains and sites."""

import pghistory
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Now


@pghistory.track()
class Account(models.Model):
    """A client organisation. Everything a mail makes belongs to exactly one, which is not removed then."""

    name = models.TextField()  # letter case does not tell two accounts apart
    default = models.BooleanField(default=False)  # takes the senders nobody knows
    time_zone = models.TextField(default="UTC")  # IANA name
    language = models.TextField(default="en")
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "account"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="account_name_once"),
            models.UniqueConstraint(
                fields=["default"], condition=Q(default=True), name="account_one_default"
            ),
            models.CheckConstraint(
                condition=Q(default=False) | Q(deleted_at=None), name="account_default_not_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, name: str) -> "Account | None":
        """Give the account of this name, removed ones too; letter case is ignored, as the database does."""
        rows = cls.objects.annotate(folded=Lower("name")).filter(folded=Lower(Value(name)))
        found: Account | None = rows.first()
        return found


@pghistory.track()
class Domain(models.Model):
    """A mail domain whose senders belong to an account. One domain, one account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    name = models.TextField(unique=True)  # lower case

    class Meta:
        db_table = "account_domain"
        constraints = [
            models.CheckConstraint(condition=Q(name=Lower("name")), name="account_domain_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Site(models.Model):
    """A place of an account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sites")
    name = models.TextField()

    class Meta:
        db_table = "site"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="site_once_per_account"),
            models.UniqueConstraint(fields=["id", "account"], name="site_and_account"),
        ]

    def __str__(self) -> str:
        return self.name
