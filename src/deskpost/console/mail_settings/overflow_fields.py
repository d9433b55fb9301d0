"""By what server notifications leave while a Graph server's queue is too long, as the form asks for it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import Whole
from deskpost.outbound.overflow import PROPOSED_LIMIT
from deskpost.outbound.servers import OutgoingServer

OVERFLOW = ("overflow_to", "overflow_after_s")


class _Server(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such type when it runs
    def label_from_instance(self, one: Any) -> str:
        return str(one.scope_name)


class OverflowFields(forms.Form):
    """The server that takes notifications up, and from which delay on."""

    overflow_to = _Server(
        OutgoingServer.objects.none(),
        label=_("Overflow of notifications"),
        required=False,
        empty_label=_("None: they wait"),
        help_text=_("Through this SMTP server while the queue is too long; it must accept this sender."),
    )
    overflow_after_s = Whole(
        1,
        86_400,
        label=_("When the queue takes longer than"),
        required=False,
        help_text=_("Seconds. People’s own mails stay."),
    )


def columns_of_overflow(data: Mapping[str, Any], protocol: str) -> dict[str, Any]:
    """Give what is to be saved: nothing of another protocol than Graph, and a limit only with a server."""
    other = data.get("overflow_to") if protocol == "graph" else None
    limit = data.get("overflow_after_s") or PROPOSED_LIMIT
    return {"overflow_to": other, "overflow_after_s": limit if other else None}
