"""Forms that say what to do where something is missing."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

_WORDS = {
    "required": _("This is empty. To do: fill it in."),
    "invalid_choice": _("That cannot be chosen here. To do: choose from the list."),
    "max_length": _("This has %(show_value)d characters. To do: shorten it to %(limit_value)d."),
}


class WordedForm(forms.Form):
    """A form of ours: no colon after labels, own words for what Django checks, the browser's own checks off."""

    use_required_attribute = False

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, label_suffix="")
        for field in self.fields.values():
            field.error_messages.update(
                {name: words for name, words in _WORDS.items() if name in field.error_messages}
            )
            for validator in getattr(field, "validators", ()):
                if getattr(validator, "code", "") == "max_length":
                    validator.message = _WORDS["max_length"]
