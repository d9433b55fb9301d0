"""Which names a command can have: those of the installation, and what could be one that it lacks."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from deskpost.desk import option_names
from deskpost.desk.request_fields import BY_ADDRESS, BY_COMMAND, folded

OPERATION, REQUEST, TEMPLATE = "Operation", "RequestID", "RequestTemplate"
_OF_FIELDS: Mapping[str, str] = MappingProxyType(
    {**{folded(name): name for name in (*BY_COMMAND, *BY_ADDRESS)}, "assets": "Asset"}
)
OF_COMMANDS: Mapping[str, str] = MappingProxyType(
    {**{folded(name): name for name in (OPERATION, REQUEST, TEMPLATE)}, **_OF_FIELDS}
)
"""What commands name by itself, by its folded name."""
_PROSE = re.compile(r"[,;:!?…。，！？]|\.(?:\s|$)")


def label(written: str) -> str:
    """Give what all spellings of an additional field's label share."""
    return option_names.plain(written).casefold()


def is_field(name: str, labels: frozenset[str]) -> bool:
    """Tell whether requests have a field of this name. `labels`: additional fields' own, as `label` gives them."""
    return folded(name) in _OF_FIELDS or label(name) in labels


def is_known(name: str, labels: frozenset[str]) -> bool:
    """Tell whether a command can have this name here."""
    return folded(name) in OF_COMMANDS or label(name) in labels


def is_plausible(name: str) -> bool:
    """Tell whether somebody could have meant this as a field's name: it begins with a letter and is no sentence."""
    return name[:1].isalpha() and not _PROSE.search(name)
