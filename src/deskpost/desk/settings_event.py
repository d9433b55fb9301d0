"""What every history row of a setting has beside the setting's own columns."""

from django.db import models
from pghistory.models import Event


class SettingsEvent(Event):
    """One version of a setting, written by a trigger. Without a context it was changed by SQL, by this user."""

    pgh_db_user = models.TextField(
        db_default=models.Func(template="CURRENT_USER", output_field=models.TextField())
    )

    class Meta:
        abstract = True
