"""What people are told when the database cannot be used."""

import os
import re
import shutil

from deskpost.data_folder import DataFolder
from deskpost.postgres.places import address

_NUMBER = re.compile(r"\[Errno -?\d+\] ")  # what the system's words come with, and tells nobody anything
_GONE = ("08", "57P")  # SQLSTATE: connection trouble, PostgreSQL shutting down or starting
_LEAST_ROOM = 17 << 20  # bytes; without room for its next 16 MB of log PostgreSQL stops


def database_words(trouble: BaseException) -> str:
    """Give the sentence for a database that cannot be used, with PostgreSQL's own words."""
    said = str(trouble.__cause__ or trouble).strip() or "nothing"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in reversed(lines) if "FATAL" in line or "error" in line.lower()), lines[0])
    if is_full(trouble):
        return (
            "The disk that holds the database is full. To do: free some space, then run this again; "
            "nothing is lost."
        )
    return (
        f"The database cannot be used. PostgreSQL said: {_NUMBER.sub('', told).rstrip('.')}. "
        "To do: see that it runs and that DESKPOST_DATABASE_URL, where set, names it; nothing is lost."
    )


def is_full(trouble: BaseException) -> bool:
    """Tell whether the disk of the database is full."""
    said = str(trouble.__cause__ or trouble)
    return (
        "No space left on device" in said or "disk full" in said.lower() or _stopped_for_want_of_room(trouble)
    )


def _stopped_for_want_of_room(trouble: BaseException) -> bool:
    """Tell whether the database of the data folder is gone, and its disk is so full that this must be why."""
    state = getattr(trouble.__cause__ or trouble, "sqlstate", None)
    if state is not None and not state.startswith(_GONE):
        return False
    folder = DataFolder(os.environ.get("DESKPOST_DATA"))
    if not folder.path.is_dir() or os.environ.get("DESKPOST_DATABASE_URL") != address(folder):
        return False
    return shutil.disk_usage(folder.path).free < _LEAST_ROOM
