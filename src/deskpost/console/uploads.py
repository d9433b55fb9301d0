"""Files that people attach on a page."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from deskpost.desk.requests import Upload

MOST_MEGABYTES = 25  # of all files of one mail; more than most servers take
MOST_FILES = 50


class _Several(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Any number of files; gives a tuple of Upload."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> tuple[Upload, ...]:
        """Read the files; raises ValidationError when they are too many or too large."""
        files: list[UploadedFile] = [one for one in (data if isinstance(data, list) else [data]) if one]
        size = sum(file.size or 0 for file in files)
        if size > MOST_MEGABYTES * 1_000_000:
            raise ValidationError(
                gettext("These files have %(size)d MB together. To do: choose %(most)d MB at most.")
                % {"size": size // 1_000_000, "most": MOST_MEGABYTES}
            )
        if len(files) > MOST_FILES:
            raise ValidationError(
                gettext("These are %(n)d files. To do: choose %(most)d at most, or pack them into one.")
                % {"n": len(files), "most": MOST_FILES}
            )
        return tuple(_upload(file) for file in files)


def _upload(file: UploadedFile) -> Upload:
    content = file.read()
    name = "".join(sign for sign in file.name or "" if sign.isprintable())[:200] or "file"
    kind = file.content_type or "application/octet-stream"
    known = (
        kind.isascii()
        and kind.count("/") == 1
        and kind.replace("/", "").replace("-", "").replace(".", "").replace("+", "").isalnum()
    )
    return Upload(
        name, kind if known else "application/octet-stream", content, hashlib.sha256(content).hexdigest()
    )
