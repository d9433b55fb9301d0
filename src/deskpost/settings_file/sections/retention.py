"""`retention`: for how long what came in is kept."""

from typing import Any

from deskpost.inbound.retention import settings as retention_settings
from deskpost.inbound.retention.settings import LONGEST_DAYS, RetentionSettings
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import or_null, whole

KEY = "retention"


def apply(row: Row, applying: Applying) -> None:
    """Set what the file names."""
    if "dropped_days" in row:
        present = RetentionSettings.objects.select_for_update().get()
        applying.save(KEY, "", present, {"dropped_days": row["dropped_days"]}, row.line)


def export() -> dict[str, Any]:
    """Give what is set."""
    return {"dropped_days": retention_settings.load().dropped_days}


SECTION = Section(
    KEY, mapping(KEY, {"dropped_days": or_null(whole(1, LONGEST_DAYS, " days"))}), apply, export
)
