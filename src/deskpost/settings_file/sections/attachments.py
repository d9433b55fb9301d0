"""`attachments`: which files of incoming mails stay, and whether people are told of those that do not.

One list of extensions holds: naming one that is not empty makes it the one.
"""

from typing import Any

from yaml import Node

from deskpost.desk import settings
from deskpost.inbound import attachment_settings, global_config
from deskpost.inbound.attachment_settings import LARGEST_MB, AttachmentSettings
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.mistakes import Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import each, line_of, switch, text, whole

KEY = "attachments"
_LISTS = {"allowed_extensions": "allowed", "denied_extensions": "denied"}


def apply(row: Row, applying: Applying) -> None:
    """Set what the file names."""
    present = AttachmentSettings.objects.select_for_update().get()
    before, held = export(), global_config.PARAMETERS.read()
    values: dict[str, Any] = {"max_mb": row["max_mb"]} if "max_mb" in row else {}
    settings.change(None, VIA, present, {**values, **list_of(row, present)})
    after = export()
    for key in ("max_mb", *_LISTS):
        if after[key] != before[key]:
            applying.note(KEY, "", key, before[key], after[key])
    if "notify" in row and global_config.send_notices(None, VIA, row["notify"]):
        old = held.senseless.get(global_config.NOTICE, before["notify"])
        applying.note(KEY, "", "notify", old, row["notify"])


def list_of(row: Row, present: AttachmentSettings) -> dict[str, Any]:
    """Give the columns of the one list that holds by what a file names. Raises Mistake."""
    named = {mode: sorted(row[key]) for key, mode in _LISTS.items() if key in row}
    full = [mode for mode, extensions in named.items() if extensions]
    if len(full) > 1:
        words = "Either the allowed extensions are listed, or the denied ones. To do: leave one of the lists empty."
        raise row.mistake("denied_extensions", words)
    if full:
        return {"mode": full[0], "extensions": named[full[0]]}
    if present.mode in named:  # emptied: all extensions stay
        return {"mode": "denied", "extensions": []}
    return {}


def export() -> dict[str, Any]:
    """Give what is set; of the notice its default in place of a value that makes no sense."""
    row = attachment_settings.load()
    return {
        "max_mb": row.max_mb,
        **{key: row.extensions if row.mode == mode else [] for key, mode in _LISTS.items()},
        "notify": global_config.notices_are_sent(),
    }


def _extension(node: Node) -> str:
    extension = text(node).removeprefix(".").lower()
    if not attachment_settings.is_extension(extension):
        words = f"{extension[:40]} is no file extension. To do: write what stands behind the last dot, such as pdf."
        raise Mistake(line_of(node), words)
    return extension


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            "max_mb": whole(1, LARGEST_MB),
            "allowed_extensions": each(_extension),
            "denied_extensions": each(_extension),
            "notify": switch,
        },
    ),
    apply,
    export,
)
