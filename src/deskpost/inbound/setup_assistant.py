"""How far somebody has come in setting up mail step by step: kept, so that they can leave and come back.

What is answered about the mailbox stands in the mailbox itself, and about sending in the outgoing server; here is the
rest. No secret is here.
"""

from django.db import models
from django.db.models import Q

from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox

DONE = 6


class SetupAssistant(models.Model):
    """One person's assistant: each has their own, so that two administrators do not answer over each other."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    question = models.PositiveSmallIntegerField(default=1)  # the furthest that may be answered; DONE: all are
    address = models.TextField(default="")
    runner = models.TextField(default="")  # a key of access.runners
    found = models.JSONField(default=dict)  # what the look-up of the domain said
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.SET_NULL, related_name="+")
    tests = models.JSONField(default=dict)  # of each test how it went, by key
    outgoing = models.TextField(default="")  # same, other, later

    class Meta:
        db_table = "setup_assistant"
        constraints = [
            models.CheckConstraint(
                condition=Q(question__gte=1, question__lte=DONE), name="setup_assistant_question"
            )
        ]

    def __str__(self) -> str:
        return f"assistant of {self.person_id} at question {self.question}"
