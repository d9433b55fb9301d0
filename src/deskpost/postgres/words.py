"""What people are told when PostgreSQL does not start."""

import os
import re

from deskpost.data_folder import DataFolder, DataFolderUnusable
from deskpost.postgres.places import OUTPUT

_COMPLAINT = re.compile(r"(?:FATAL|PANIC|ERROR|error|fatal):\s*(.+)")


def not_started(folder: DataFolder, output: str) -> DataFolderUnusable:
    """Give the error for what one of PostgreSQL's programs printed before it gave up."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return DataFolderUnusable(
            f"The database of {folder.path} did not start: the disk is full. "
            "To do: free some space, then start again; nothing is lost."
        )
    if re.search(r'extension "\w+" is not available|could not (access file|open extension)', output):
        return DataFolderUnusable(
            "The PostgreSQL of this machine lacks its extensions pg_trgm, unaccent and pg_stat_statements. "
            "To do: install its package of extensions (often named postgresql-contrib), then start again."
        )
    complaints = _COMPLAINT.findall(output) or [line for line in output.splitlines() if line.strip()]
    told = complaints[-1].strip().rstrip(".") if complaints else "nothing"
    return DataFolderUnusable(
        f"The database of {folder.path} did not start. PostgreSQL said: {told}. "
        f"To do: mend that; the whole story is in {folder.path / OUTPUT} and in the folder "
        f"{folder.path / 'postgres' / 'log'}."
    )


def said(refused: Exception) -> str:
    """Give the system's own words for a program that could not even be run."""
    number = refused.errno if isinstance(refused, OSError) else None
    return os.strerror(number) if number else "the system does not let it run as its own user"
