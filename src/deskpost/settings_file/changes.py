"""What applying a settings file changed, for people and as values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, what it was and what it is now. Of a secret both are None."""

    field: str
    old: Any
    new: Any
    secret: bool = False

    def __str__(self) -> str:
        if self.secret:
            return f"{self.field} changed"
        return f"{self.field}: {_shown(self.old)} -> {_shown(self.new)}"


@dataclass(slots=True)
class Change:
    """One thing that was made or changed."""

    section: str
    name: str
    created: bool = False
    fields: list[FieldChange] = field(default_factory=list)

    def __str__(self) -> str:
        place = f"{self.section} {self.name}".strip()
        if self.created:
            return f"{place}: created"
        return f"{place}: {'; '.join(map(str, self.fields))}"

    def as_json(self) -> dict[str, Any]:
        """Give the change as `settings apply --json` prints it."""
        return {
            "section": self.section,
            "name": self.name,
            "action": "created" if self.created else "changed",
            "changes": [
                {"field": one.field, "old": one.old, "new": one.new, "secret": one.secret}
                for one in self.fields
            ],
        }


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
