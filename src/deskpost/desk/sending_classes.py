"""The classes in which mail leaves: events name theirs, the outbox and the lanes keep to their order."""

from django.db.models import IntegerChoices


class SendingClass(IntegerChoices):
    """The smaller goes first, always."""

    SECURITY = 1
    PEOPLE = 2
    NOTIFICATION = 3
    BULK = 4
