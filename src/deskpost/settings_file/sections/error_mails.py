"""`error_mails`: whom people of this installation ask for help with them."""

from typing import Any

from deskpost.inbound.error_folder import settings as error_folder_settings
from deskpost.inbound.error_folder.settings import ErrorFolderSettings
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import address
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import or_null

KEY = "error_mails"


def apply(row: Row, applying: Applying) -> None:
    """Set what the file names."""
    if "support_address" in row:
        present = ErrorFolderSettings.objects.select_for_update().get()
        applying.save(KEY, "", present, {"support_address": row["support_address"]}, row.line)


def export() -> dict[str, Any]:
    """Give what is set."""
    return {"support_address": error_folder_settings.load().support_address or None}


SECTION = Section(KEY, mapping(KEY, {"support_address": or_null(address, "")}), apply, export)
