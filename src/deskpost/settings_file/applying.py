"""Writing what a file says, through the one writer of settings, and noting what that changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models

from deskpost.access.sign_in_rules import (
    GRAPH_CLIENT,
    GRAPH_CLIENT_WORDS,
    SENDER_POOL,
    SENDER_POOL_WORDS,
)
from deskpost.desk import settings
from deskpost.desk.additional_field_settings import COMMANDED, COMMANDED_WORDS
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
        told = [field for field in values if not _is_secret(row, field)]
        old = {field: _readable(getattr(row, field)) for field in told} if not created else {}
        try:
            changed = settings.change(None, VIA, row, values)
        except IntegrityError as refused:
            raise _mistake(line, section, refused) from refused
        if created:
            self._change(section, name).created = True
            return tuple(values)
        for field in changed:
            secret = _is_secret(row, field)
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
        named: Callable[[Any], str] = str,
    ) -> None:
        """Make the rows of a list those of `wanted` (by key): remove what is not in it, add what is missing.

        `named` gives a key as people read it.
        """
        gone = [key for key in present if key not in wanted]
        new = [key for key in wanted if key not in present]
        with self.writing(field, line):
            for key in gone:
                settings.remove(None, VIA, present[key])
            for key in new:
                row = make(key)
                settings.change(None, VIA, row, {})
        if gone or new:
            self.note(section, name, field, [named(key) for key in present], [named(key) for key in wanted])

    @contextmanager
    def writing(self, field: str, line: int) -> Iterator[None]:
        """Tell what the database refuses meanwhile as a mistake of this line."""
        try:
            yield
        except (IntegrityError, models.ProtectedError) as refused:
            raise _mistake(line, field, refused) from refused

    def note(self, section: str, name: str, field: str, old: Any, new: Any) -> None:
        """Note a change that was written elsewhere."""
        self._note(section, name, FieldChange(field, old, new))

    def _note(self, section: str, name: str, field: FieldChange) -> None:
        self._change(section, name).fields.append(field)

    def _change(self, section: str, name: str) -> Change:
        return self.changes.setdefault((section, name), Change(section, name))


def _is_secret(row: models.Model, field: str) -> bool:
    return isinstance(row._meta.get_field(field), SecretField) or field == "password"


def _readable(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value


_BY_CONSTRAINT = {  # the key it is about, and the words
    GRAPH_CLIENT: ("client_id", GRAPH_CLIENT_WORDS),
    SENDER_POOL: ("sender_pool", SENDER_POOL_WORDS),
    COMMANDED: ("label", COMMANDED_WORDS),
    "person_address_once_per_account": (
        "email",
        "Somebody else of the same account has this e-mail address. To do: take it from one of the two.",
    ),
    "person_address_one_preferred": (
        "preferred",
        "Mail of this address belongs to somebody of another account already. To do: say preferred of one of the two.",
    ),
    "account_name_once": (
        "name",
        "Another account has this name; letter case does not tell accounts apart. To do: choose another name.",
    ),
    "person_sign_in_name": (
        "email",
        "Somebody else signs in with this e-mail address. To do: use another one here.",
    ),
    "delimiter_code_one_module": (
        "modules",
        "This code belongs, or belonged, to another module. To do: choose another code.",
    ),
    "outgoing_server_once_per_scope": (
        "scope",
        "Another outgoing server has this scope. Each scope has one. To do: change the scope of one of the two.",
    ),
    "outgoing_server_overflow_to_smtp": (
        "overflow_to",
        "What a Graph server overflows to sends by SMTP and is of no account. To do: name another server, or null.",
    ),
    "outbox_mail_server_of_its_account": (
        "scope",
        "Mails of others still wait to leave by this server, so it cannot be of this account alone yet. "
        "To do: wait until they have left, or set up another server for this account.",
    ),
}


def _mistake(line: int, key: str, refused: Exception) -> Mistake:
    """Give what the database refused as a mistake: of the key its constraint is about, else of this one."""
    said = f"{refused} {_constraint(refused)}"
    for name, (about, words) in _BY_CONSTRAINT.items():
        if name in said:
            return Mistake(line, words, about)
    if isinstance(refused, models.ProtectedError):
        words = "Something still uses what this would remove. To do: leave it in the list, or change what uses it."
        return Mistake(line, words, key)
    detail = next((line for line in said.splitlines() if line.startswith("DETAIL:")), said.splitlines()[0])
    words = (
        f"The database does not allow this: {detail.removeprefix('DETAIL:').strip().rstrip('.')}. "
        "To do: change what the file says here."
    )
    return Mistake(line, words, key)


def _constraint(refused: Exception) -> str:
    """Give the name of the constraint, which a trigger does not say in its words."""
    name = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
    return str(name or "")
