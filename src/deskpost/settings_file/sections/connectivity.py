"""`connectivity`: after how many failed tries people are told of a mailbox that cannot be reached."""

from typing import Any

from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import switch, whole

KEY = "connectivity"
_PARAMETERS = {
    "consecutive_retry_threshold": connectivity.THRESHOLD,
    "notification_enabled": connectivity.ENABLED,
}


def apply(row: Row, applying: Applying) -> None:
    """Set what the file names."""
    was = connectivity.read()
    held = {"consecutive_retry_threshold": was.threshold, "notification_enabled": was.enabled}
    written = connectivity.change(None, VIA, *(row.get(key) for key in _PARAMETERS))
    for key, parameter in _PARAMETERS.items():
        if parameter in written:
            applying.note(KEY, "", key, was.senseless.get(parameter, held[key]), row[key])


def export() -> dict[str, Any]:
    """Give what holds now; in place of a value that makes no sense that is its default."""
    now = connectivity.read()
    return {"consecutive_retry_threshold": now.threshold, "notification_enabled": now.enabled}


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            "consecutive_retry_threshold": whole(1, connectivity.MOST_TRIES),
            "notification_enabled": switch,
        },
    ),
    apply,
    export,
)
