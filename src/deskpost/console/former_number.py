"""The number that a record had in a former system, as forms of new records ask for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Viewer
from deskpost.desk import former_tokens


class FormerNumber(forms.IntegerField):
    """A number of the former system; empty: the record gets the next one of its module."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"})
        super().__init__(
            label=_("Number in the former system"),
            required=False,
            min_value=1,
            max_value=former_tokens.LARGEST,
            widget=widget,
            help_text=_("Mails that bear its token of the former system join this record then."),
            **options,
        )


def takes_former_numbers(viewer: Viewer, module: str) -> bool:
    """Tell whether a form offers the field: a token of the module is mapped, and the person works in all accounts.

    To make requests is not enough: requesters may do that, everywhere.
    """
    mapped = any(one.module == module for one in former_tokens.present())
    return mapped and all(viewer.desk.everywhere(one) for one in ("request.view", "request.create"))
