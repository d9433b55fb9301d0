"""Whom people of an installation ask for help with error mails. One row for the installation."""

import pghistory
from django.db import models
from django.db.models import Q


@pghistory.track()
class ErrorFolderSettings(models.Model):
    """The address that is named beside Download; empty: none is."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    support_address = models.TextField(default="", blank=True)

    class Meta:
        db_table = "error_folder_settings"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="error_folder_settings_one_row")]

    def __str__(self) -> str:
        return "Error Folder"


def load() -> ErrorFolderSettings:
    """Give what is set; one query."""
    return ErrorFolderSettings.objects.get()
