"""The fields of a request: one table for pages, mail, command line and settings.

The names are those of an Email Command and of the JSON; an additional field goes by its label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from unicodedata import normalize

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request.

    `column`: where it is kept, of a Record or of its RequestDetails (`in_details`); "" for what is kept in rows of
    its own. `offered`: whether a template says who gets it; the others everybody has who may make a request.
    `by_mail`: whether a command of a mail can set it.
    """

    name: str
    label: str | Promise
    column: str
    in_details: bool = True
    offered: bool = True
    by_mail: bool = True


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("Requester", _("Requester"), "requester", in_details=False, offered=False),
            Field("Status", _("Status"), "status", in_details=False),
            Field("Technician", _("Technician"), "technician", in_details=False),
            Field("Group", _("Group"), "group", in_details=False),
            Field("Priority", _("Priority"), "priority", in_details=False),
            Field("Urgency", _("Urgency"), "urgency"),
            Field("Impact", _("Impact"), "impact"),
            Field("ImpactDetails", _("Impact details"), "impact_details"),
            Field("Category", _("Category"), "category"),
            Field("SubCategory", _("Subcategory"), "subcategory"),
            Field("Item", _("Item"), "item"),
            Field("RequestType", _("Request type"), "request_type"),
            Field("Level", _("Level"), "level"),
            Field("Mode", _("Mode"), "mode"),
            Field("Site", _("Site"), "site"),
            Field("Asset", _("Assets"), ""),
            Field("Resolution", _("Resolution"), "resolution"),
            Field("EmailsToNotify", _("E-mails to notify"), "notify", by_mail=False),
        )
    }
)
"""Every field that a request has by itself, in the order in which pages show them."""

BY_ADDRESS: Mapping[str, str] = MappingProxyType(
    {"TechnicianEmail": "Technician", "RequesterEmail": "Requester"}
)
"""Names under which a mail gives somebody's address in place of a name, and the field that it sets."""

NOT_A_FIELD = ("Operation", "RequestID", "RequestTemplate", "Subject", "Description")
"""What else commands name, or pages call so: no additional field may have such a label."""


OF_HISTORY = ("Merged into", "Merged request", "Spam", "Mail", "Attachment", "Files")
"""What the history of requests names beside fields: an additional field so called would read like it there."""


def folded(name: str) -> str:
    """Give what all spellings of a field's name share: its letters and digits, composed (NFC), in lower case."""
    return "".join(letter for letter in normalize("NFC", name).casefold() if letter.isalnum())


OFFERED: tuple[str, ...] = tuple(name for name, field in FIELDS.items() if field.offered)
"""The fields of which a template says who gets them."""
BY_COMMAND: tuple[str, ...] = tuple(name for name, field in FIELDS.items() if field.by_mail)
"""The fields that commands of mails can set."""
_RESERVED = frozenset(folded(name) for name in (*FIELDS, *BY_ADDRESS, *NOT_A_FIELD, *OF_HISTORY, "Assets"))


def is_reserved(label: str) -> bool:
    """Tell whether a label reads like a name that fields, commands or the history have, such as "Sub-category"."""
    return folded(label) in _RESERVED
