"""The fields of a request that an administrator fills with values: status, priority, group."""

import pghistory
from django.db import models

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person


@pghistory.track()
class Status(models.Model):
    """Where a request stands. Its kind is what the rules act on."""

    class Kind(models.TextChoices):
        """What a status means to threading, closing and the lists."""

        OPEN = "open"
        WAITING = "waiting"
        RESOLVED = "resolved"
        CLOSED = "closed"

    name = models.TextField(unique=True)
    kind = models.TextField(choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "status"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Priority(models.Model):
    """How much a request matters. The level is 1 to 4, and drawn as bars."""

    name = models.TextField(unique=True)
    level = models.PositiveSmallIntegerField(default=2)

    class Meta:
        db_table = "priority"
        ordering = ["level", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Group(models.Model):
    """Technicians who share work: of one account, or (no account) of all."""

    name = models.TextField()
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    members: "models.ManyToManyField[Person, GroupMember]" = models.ManyToManyField(
        Person, through="GroupMember", related_name="work_groups"
    )

    class Meta:
        db_table = "technician_group"
        constraints = [
            models.UniqueConstraint(fields=["name", "account"], nulls_distinct=False, name="group_name_once")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class GroupMember(models.Model):
    """One technician's place in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "technician_group_member"
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"
