"""Fields that an administrator adds to requests: text, number, date, or a choice of options."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


@pghistory.track()
class AdditionalField(models.Model):
    """One field, known by its label. One that is removed keeps the values that requests have of it."""

    class Kind(models.TextChoices):
        """What values it takes."""

        TEXT = "text"
        NUMBER = "number"
        DATE = "date"  # a day, or a moment
        CHOICE = "choice"  # one of its options

    label = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    options = ArrayField(models.TextField(), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "additional_field"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("label"), condition=Q(deleted_at=None), name="additional_field_label_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("text", "number", "date", "choice")),
                name="additional_field_kind_exists",
            ),
            models.CheckConstraint(
                condition=Q(kind="choice", options__len__gt=0) | (~Q(kind="choice") & Q(options=[])),
                name="additional_field_options_of_a_choice",
            ),
            # no name of a field or command, however it is written: the migration's constraint has the list
        ]

    def __str__(self) -> str:
        return self.label
