"""For how long dropped mails are kept. One row for the installation."""

import pghistory
from django.db import models
from django.db.models import Q

LONGEST_DAYS = 3_650  # ten years


@pghistory.track()
class RetentionSettings(models.Model):
    """After how many days the bytes of a dropped mail go; None: never."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    dropped_days = models.PositiveIntegerField(null=True, blank=True, default=90)

    class Meta:
        db_table = "retention_settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="retention_settings_one_row"),
            models.CheckConstraint(
                condition=Q(dropped_days=None) | Q(dropped_days__gte=1, dropped_days__lte=LONGEST_DAYS),
                name="retention_settings_dropped_days",
            ),
        ]

    def __str__(self) -> str:
        return "Retention"


def load() -> RetentionSettings:
    """Give what is set; one query."""
    return RetentionSettings.objects.get()
