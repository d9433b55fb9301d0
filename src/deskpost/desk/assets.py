"""What an account has that requests are about: computers, printers, licences."""

import pghistory
from django.db import models
from django.db.models.functions import Lower

from deskpost.desk.accounts import Account, Site


@pghistory.track()
class Asset(models.Model):
    """One thing of an account. Within it, letter case does not tell two names apart."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assets", db_index=False)
    # Of the asset's own account: a composite foreign key of the migration says so.
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.RESTRICT, related_name="+", db_constraint=False
    )
    name = models.TextField()

    class Meta:
        db_table = "asset"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("account", Lower("name"), name="asset_name_once_per_account"),
            models.UniqueConstraint(fields=["id", "account"], name="asset_and_account"),
            models.CheckConstraint(condition=~models.Q(name=""), name="asset_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
