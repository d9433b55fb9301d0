"""Writing what a file says, through the one writer of settings, and noting what that changed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models

from deskpost.desk import settings
from deskpost.secret_field import SecretField
from deskpost.settings_file.changes import Change, FieldChange
from deskpost.settings_file.mistakes import Mistake

VIA = "file"


class Applying:
    """One run of applying a file, inside the caller's transaction."""

    def __init__(self, fetching: Mapping[int, bool] | None = None) -> None:
        """Begin. `fetching` tells of mailboxes that were stopped for this run whether they had been on."""
        self.changes: dict[tuple[str, str], Change] = {}
        self.warnings: list[str] = []
        self.fetching: Mapping[int, bool] = fetching or {}
        self.changed_mailboxes: list[int] = []

    def warn(self, line: int, words: str) -> None:
        """Note something that is allowed and better known."""
        self.warnings.append(f"line {line}: {words}")

    def save(
        self, section: str, name: str, row: models.Model, values: Mapping[str, Any], line: int
    ) -> tuple[str, ...]:
        """Set fields of a settings row, new or old, and give the names of those that changed."""
        created = row._state.adding
        old = {field: _readable(getattr(row, field)) for field in values} if not created else {}
        try:
            changed = settings.change(None, VIA, row, values)
        except IntegrityError as refused:
            raise Mistake(line, _words(refused)) from refused
        if created:
            self._change(section, name).created = True
            return tuple(values)
        for field in changed:
            secret = isinstance(row._meta.get_field(field), SecretField) or field == "password"
            new = None if secret else _readable(getattr(row, field))
            self._note(section, name, FieldChange(field, None if secret else old[field], new, secret))
        return changed

    def replace(
        self,
        section: str,
        name: str,
        field: str,
        present: Mapping[Any, models.Model],
        wanted: Sequence[Any],
        make: Callable[[Any], models.Model],
        line: int,
    ) -> None:
        """Make the rows of a list those of `wanted` (by key): remove what is not in it, add what is missing."""
        gone = [key for key in present if key not in wanted]
        new = [key for key in wanted if key not in present]
        try:
            for key in gone:
                settings.remove(None, VIA, present[key])
            for key in new:
                row = make(key)
                settings.change(None, VIA, row, {})
        except (IntegrityError, models.ProtectedError) as refused:
            raise Mistake(line, _words(refused)) from refused
        if gone or new:
            self.note(section, name, field, [str(key) for key in present], [str(key) for key in wanted])

    def note(self, section: str, name: str, field: str, old: Any, new: Any) -> None:
        """Note a change that was written elsewhere."""
        self._note(section, name, FieldChange(field, old, new))

    def _note(self, section: str, name: str, field: FieldChange) -> None:
        self._change(section, name).fields.append(field)

    def _change(self, section: str, name: str) -> Change:
        return self.changes.setdefault((section, name), Change(section, name))


def _readable(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value


_BY_CONSTRAINT = {
    "person_address_once_per_account": "Somebody else of the same account has this e-mail address.",
    "person_sign_in_name": "Somebody else signs in with this e-mail address.",
    "delimiter_code_one_module": "This code belongs, or belonged, to another module. To do: choose another code.",
    "outgoing_server_once_per_scope": "Another outgoing server has this scope. Each scope has one.",
}


def _words(refused: Exception) -> str:
    said = str(refused)
    known = next((words for name, words in _BY_CONSTRAINT.items() if name in said), None)
    if known:
        return known
    if isinstance(refused, models.ProtectedError):
        return "Something still uses what this would remove. To do: leave it in the list, or change what uses it."
    detail = next((line for line in said.splitlines() if line.startswith("DETAIL:")), said.splitlines()[0])
    return f"The database does not allow this: {detail.removeprefix('DETAIL:').strip().rstrip('.')}."
