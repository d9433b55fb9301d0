"""Attachment Settings: which files of incoming mails stay. One row for the installation."""

import re

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Regex

from deskpost.mime.file_checks import FileRules

LARGEST_MB = 2_000  # megabytes: more than any mail has
_EXTENSION = r"[a-z0-9][a-z0-9_+-]{0,19}"


def denied_at_first() -> list[str]:
    """Give what runs on Windows when it is opened: denied until an administrator says otherwise."""
    names = "bat cmd com cpl exe hta js jse lnk msi pif ps1 reg scr vbe vbs wsf wsh"
    return names.split()


@pghistory.track()
class AttachmentSettings(models.Model):
    """Which extensions are denied, or are all that is allowed, and how large a file may be."""

    class Mode(models.TextChoices):
        """What the list of extensions is."""

        DENIED = "denied"
        ALLOWED = "allowed"

    id = models.SmallIntegerField(primary_key=True, default=1)
    mode = models.TextField(choices=Mode.choices, default=Mode.DENIED)
    extensions = ArrayField(models.TextField(), default=denied_at_first, blank=True)  # in order, no dot
    max_mb = models.PositiveIntegerField(default=10)  # megabytes of one file

    class Meta:
        db_table = "attachment_settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="attachment_settings_one_row"),
            models.CheckConstraint(
                condition=Q(max_mb__gte=1, max_mb__lte=LARGEST_MB), name="attachment_settings_max_mb"
            ),
            models.CheckConstraint(
                condition=Q(mode="denied") | Q(mode="allowed") & ~Q(extensions=[]),
                name="attachment_settings_allows_something",
            ),
            models.CheckConstraint(
                condition=Regex(
                    Func(
                        F("extensions"),
                        Value(","),
                        function="array_to_string",
                        output_field=models.TextField(),
                    ),
                    Value(f"^({_EXTENSION}(,{_EXTENSION})*)?$"),
                ),
                name="attachment_settings_extensions",
            ),
        ]

    def __str__(self) -> str:
        return "Attachment settings"


def load() -> AttachmentSettings:
    """Give what is set; one query."""
    return AttachmentSettings.objects.get()


def rules_of(row: AttachmentSettings) -> FileRules:
    """Give the settings as the check of a file needs them."""
    return FileRules(row.mode == row.Mode.ALLOWED, frozenset(row.extensions), row.max_mb)


def is_extension(written: str) -> bool:
    """Tell whether this is an extension as the table takes one: small letters, digits, _ + -, no dot."""
    return re.fullmatch(_EXTENSION, written, re.ASCII) is not None
