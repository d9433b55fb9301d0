"""Merges: which request was merged into which, by whom, and what it was before."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.fields import Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record


class Merge(models.Model):
    """A request that is merged, with what is given back when the merge is taken back. It goes with that.

    Where the request leads is its `merged_into`; which conversations came from it they say themselves (`came_from`).
    """

    # One composite foreign key of the migration guards record and account.
    record = models.OneToOneField(
        Record, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="merge"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    by = models.TextField()  # the person's name, as it was then
    status_before = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_before = models.DateTimeField(null=True)  # None: it was open
    mails = ArrayField(  # incoming mails that waited at it or told of it, and are none of its conversations
        models.BigIntegerField(), default=list
    )

    class Meta:
        db_table = "record_merge"

    def __str__(self) -> str:
        return f"{self.record_id} by {self.by}"
