"""Notification rules: which events are told by mail, and to whom beyond those concerned."""

import pghistory
from django.db import models

from deskpost.desk.people import Person


@pghistory.track()
class NotificationRule(models.Model):
    """Whether an event of the events table is told by mail."""

    event = models.TextField(unique=True)
    enabled = models.BooleanField(default=True)
    technicians: "models.ManyToManyField[Person, RuleTechnician]" = models.ManyToManyField(
        Person, through="RuleTechnician", related_name="+"
    )

    class Meta:
        db_table = "notification_rule"

    def __str__(self) -> str:
        return self.event


@pghistory.track()
class RuleTechnician(models.Model):
    """A technician on a rule's list, such as the error-notification list."""

    rule = models.ForeignKey(NotificationRule, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "notification_rule_technician"
        constraints = [models.UniqueConstraint(fields=["rule", "person"], name="rule_technician_once")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.rule_id}"
