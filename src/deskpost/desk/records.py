"""Records: requests and the other kinds of the modules' table, each with a number of its own."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.installation import Instance
from deskpost.desk.modules import MODULES, REQUEST, TASK
from deskpost.desk.people import Person

LISTED = Q(module="RE", deleted_at=None)
"""What lists of requests show."""
LISTED_OTHERS = Q(deleted_at=None) & ~Q(module=REQUEST)
"""What lists of the other modules' records show."""


class Record(models.Model):
    """A request, or another kind of record. (module, number) names one in the whole installation."""

    module = models.TextField(default="RE")
    number = models.BigIntegerField()
    # Foreign keys without an index of their own: the lists' indexes below begin with them, or hold only the
    # rows that have one, since every new request pays for each.
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="records", db_index=False)
    subject = models.TextField()
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.ForeignKey(
        Priority, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    technician = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Requester and merged_into are of the record's own account: composite foreign keys of the migration say so.
    requester = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.PROTECT,
        related_name="requests",
        db_index=False,
        db_constraint=False,
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    linked_to = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # The request that a task belongs to: of the same account, a constraint says, and a request, as a trigger does.
    belongs_to = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="tasks",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    last_mail_at = models.DateTimeField(db_default=Now())
    last_mail_direction = models.TextField(default="in")
    preview = models.TextField(default="", db_default="")  # start of the last mail

    class Meta:
        db_table = "record"
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="record_number_once"),
            models.UniqueConstraint(fields=["id", "account"], name="record_and_account"),
            models.CheckConstraint(condition=Q(module__in=list(MODULES)), name="record_module_exists"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="record_not_into_itself"),
            models.CheckConstraint(  # and it leads to no request that leads to it: a trigger of the migration says so
                condition=Q(merged_into=None) | Q(closed_at__isnull=False), name="record_merged_is_closed"
            ),
            models.CheckConstraint(condition=Q(belongs_to=None) | Q(module=TASK), name="record_tasks_belong"),
            models.CheckConstraint(
                condition=Q(last_mail_direction__in=("in", "out")), name="record_direction_exists"
            ),
        ]
        indexes = [  # those of the lists hold just what lists show, so that counting reads nothing but them
            models.Index(fields=["-last_mail_at", "-id"], condition=LISTED, name="record_newest"),
            models.Index(
                fields=["account", "-last_mail_at", "-id"], condition=LISTED, name="record_newest_of_account"
            ),
            models.Index(fields=["requester", "-last_mail_at"], name="record_of_requester"),
            models.Index(
                fields=["status", "-last_mail_at", "-id"], condition=LISTED, name="record_newest_of_status"
            ),
            models.Index(
                fields=["-last_mail_at", "-id"],
                condition=LISTED & Q(closed_at=None),
                name="record_newest_open",
            ),
            models.Index(
                fields=["technician", "-last_mail_at", "-id"],
                condition=LISTED & Q(closed_at=None),
                name="record_open_of_technician",
            ),
            models.Index(
                fields=["technician", "-last_mail_at", "-id"],
                condition=LISTED & ~Q(technician=None),
                name="record_of_technician",
            ),
            models.Index(
                fields=["priority", "-last_mail_at", "-id"],
                condition=LISTED & ~Q(priority=None),
                name="record_of_priority",
            ),
            models.Index(fields=["group"], condition=~Q(group=None), name="record_of_group"),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="record_merged_into"),
            models.Index(fields=["belongs_to"], condition=~Q(belongs_to=None), name="record_belongs_to"),
            models.Index(
                fields=["module", "-last_mail_at", "-id"],
                condition=LISTED_OTHERS,
                name="record_newest_of_module",
            ),
            models.Index(fields=["linked_to"], condition=~Q(linked_to=None), name="record_linked_to"),
        ]

    def __str__(self) -> str:
        return f"{self.module}-{self.number}"


class RecordSeen(models.Model):
    """When a person last looked at a record: newer mail shows as unread."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="seen")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "record_seen"
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="record_seen_once")]

    def __str__(self) -> str:
        return f"{self.person_id} saw {self.record_id}"
