"""The machine-readable part of a delivery report: message/delivery-status (RFC 3464 section 2)."""

import re
from dataclasses import dataclass, field

from deskpost.mime.bounces import addresses

RECIPIENTS = 1_000
"""Recipients of one report that are read; servers take at most about as many in one transaction."""

_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{0,60})[ \t]*+:[ \t]*+(.*)")
_NAMES = ("original-recipient", "final-recipient", "x-actual-recipient")
_KNOWN = frozenset((*_NAMES, "action", "status", "diagnostic-code", "remote-mta", "last-attempt-date"))
_LINES = 20_000
_VALUE = 4_000  # characters


@dataclass(slots=True)
class Group:
    """The fields about one recipient, by their names in lower case; of a field met twice all values, in lines."""

    fields: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Give the address that the mail was sent to, or the one where it ended."""
        for name in _NAMES:
            if name in self.fields:
                found = addresses.of_field(self.fields[name])
                if found:
                    return found
        return ""

    @property
    def diagnostic(self) -> str:
        """Give the words of Diagnostic-Code without its type ("smtp;")."""
        value = self.fields.get("diagnostic-code", "")
        kind, semicolon, words = value.partition(";")
        return words.strip() if semicolon and len(kind) <= 20 and " " not in kind.strip() else value


def read(text: str) -> list[Group]:
    """Give the groups of fields that are about recipients; what has no recipient is of the mail as a whole."""
    groups: list[Group] = []
    group = Group()
    last = ""
    for line in text.split("\n", _LINES)[:_LINES]:
        if not line.strip():
            group = _closed(group, groups)
            last = ""
        elif line[0] in " \t" and last:
            _add(group, last, line.strip())
        else:
            found = _FIELD.match(line)
            name = found[1].lower() if found else ""
            if found is None or (last == "diagnostic-code" and name not in _KNOWN and "-" not in name):
                if last:  # a long line that was broken without being folded
                    _add(group, last, line.strip())
                continue
            if _begins_another(group, name):
                group = _closed(group, groups)
            last = name
            _add(group, name, found[2].strip())
        if len(groups) >= RECIPIENTS:
            return groups
    _closed(group, groups)
    return groups


def _begins_another(group: Group, name: str) -> bool:
    """Tell whether the empty line before the next recipient is missing."""
    return name in group.fields and name in ("final-recipient", "original-recipient")


def _add(group: Group, name: str, value: str) -> None:
    before = group.fields.get(name)
    if before is None:
        group.fields[name] = value[:_VALUE]
    elif len(before) < _VALUE:
        group.fields[name] = f"{before}\n{value[:_VALUE]}"


def _closed(group: Group, groups: list[Group]) -> Group:
    """Keep a group about a recipient; fields that follow after an empty line too many belong to the one before."""
    if any(name in group.fields for name in _NAMES):
        groups.append(group)
    elif groups and ("status" in group.fields or "diagnostic-code" in group.fields):
        for name, value in group.fields.items():
            groups[-1].fields.setdefault(name, value)
    return Group()
