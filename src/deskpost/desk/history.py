"""History: every change of a record, who made it and by what."""

from django.db import models

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.desk.records import Record


class HistoryEntry(models.Model):
    """One change of a record: the fields with their old and new values."""

    class Via(models.TextChoices):
        """By what the change was made."""

        PAGE = "page"
        MAIL = "mail"
        API = "api"
        RULE = "rule"
        IMPORT = "import"
        CLI = "cli"

    # One composite foreign key of the migration guards both of these.
    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="history"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    by = models.TextField()  # address or name, as it was then
    via = models.TextField(choices=Via.choices)
    changes = models.JSONField(default=list)  # [[field, old, new], ...]
    mail_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "history_entry"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(via__in=("page", "mail", "api", "rule", "import", "cli")),
                name="history_via_exists",
            ),
            models.UniqueConstraint(fields=["id", "account"], name="history_and_account"),
        ]
        indexes = [models.Index(fields=["record", "at"], name="history_of_record")]

    def __str__(self) -> str:
        return f"{self.by} via {self.via}"
