"""Forms that say what to do where something is missing."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

_WORDS = {
    "required": _("This is empty. To do: fill it in."),
    "invalid_choice": _("That cannot be chosen here. To do: choose from the list."),
    "null_characters_not_allowed": _("This holds a sign that cannot be stored. To do: type it anew."),
    "max_length": _("This has %(show_value)d characters. To do: shorten it to %(limit_value)d."),
}
_NOT_WHOLE = _(
    "Nothing was done: the form did not come whole, or its page was too old. "
    "To do: look through what stands here, then send it again."
)


class WordedForm(forms.Form):
    """A form of ours: no colon after labels, own words for what Django checks, the browser's own checks off.

    `carried`: fields that nobody sees, so that what is wrong in one cannot stand beside it.
    """

    use_required_attribute = False
    carried: ClassVar[tuple[str, ...]] = ()

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
                code = getattr(validator, "code", "")
                if code in ("max_length", "null_characters_not_allowed"):
                    validator.message = _WORDS[code]

    def tell_carried(self) -> None:
        """Say on top when something that the page carried along was wrong; sent again, the form has a fresh token."""
        wrong = [name for name in self.carried if self.errors.pop(name, None)]
        if wrong:
            self.add_error(None, _NOT_WHOLE)
        if "token" in wrong:
            self.renew("token", str(uuid4()))

    def renew(self, name: str, value: str) -> None:
        """Let a field of the bound form hold another value when it is shown again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[name] = value
        self.data = data
