"""`email_command`: whether mails command, by which words, and whose."""

from typing import Any

from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.settings import (
    LONGEST_IDENTIFIER,
    CommandRefused,
    EmailCommand,
    delimiter_refusal,
    has_source,
)
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.mistakes import Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, line_of, or_null, switch, text

KEY = "email_command"
_KEYS = ("enabled", "subject_contains", "delimiter", "authenticity")
_CHOICE = (
    "No mailbox has a source of verdicts on senders, so Email Command is not switched on without a choice: "
    "require_pass obeys no mail until one has, refuse_fail and ignore obey mail whose sender may be forged. "
    "To do: add authenticity with one of these."
)


def apply(row: Row, applying: Applying) -> None:
    """Set what the file names."""
    present = EmailCommand.objects.select_for_update().get()
    before = export()
    if row.get("enabled") and not present.enabled and "authenticity" not in row and not has_source():
        raise row.mistake("authenticity", _CHOICE)
    try:
        changed = command_settings.change(None, VIA, present, {key: row[key] for key in _KEYS if key in row})
    except CommandRefused as refused:
        raise row.mistake(refused.field, refused.words) from refused
    for key in changed:
        applying.note(KEY, "", key, before[key], export()[key])


def export() -> dict[str, Any]:
    """Give what is set."""
    row = command_settings.load()
    return {**{key: getattr(row, key) for key in _KEYS}, "subject_contains": row.subject_contains or None}


def _delimiter(node: Any) -> str:
    value = text(node)
    if words := delimiter_refusal(value):
        raise Mistake(line_of(node), words)
    return value


def _identifier(node: Any) -> str:
    value = text(node)
    if len(value) > LONGEST_IDENTIFIER:
        words = f"This has more than {LONGEST_IDENTIFIER} characters. To do: shorten it."
        raise Mistake(line_of(node), words)
    return value


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            "enabled": switch,
            "subject_contains": or_null(_identifier, ""),
            "delimiter": _delimiter,
            "authenticity": choice(*EmailCommand.Authenticity.values),
        },
    ),
    apply,
    export,
)
