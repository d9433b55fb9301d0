"""What the form of an outgoing server asks for by Microsoft Graph alone."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import Addresses

OF_GRAPH = ("certain", "sender_pool")


class _EachNamed(Addresses):
    """Addresses as they were typed, one that stands there twice included: the rules say so."""

    def to_python(self, value: Any) -> Any:
        """Give the list."""
        parts = value if isinstance(value, list | tuple) else re.split(r"[,;\s]+", str(value or ""))
        return [self.read(part) for part in parts if part]


class GraphFields(forms.Form):
    """Whether mails leave in two steps, and from which further mailboxes."""

    certain = forms.BooleanField(
        label=_("Certain of what was sent"),
        required=False,
        help_text=_("Each mail is a draft first, whose id tells later: two requests in place of one."),
    )
    sender_pool = _EachNamed(
        label=_("Sender pool"),
        required=False,
        help_text=_("By commas: further mailboxes that may send as this address. For notifications alone."),
    )


def columns_of_graph(data: Mapping[str, Any], protocol: str) -> dict[str, Any]:
    """Give what is to be saved: nothing of another protocol than Graph."""
    if protocol != "graph":
        return {"certain": False, "sender_pool": []}
    return {"certain": bool(data.get("certain")), "sender_pool": data.get("sender_pool") or []}
