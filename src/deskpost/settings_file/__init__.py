"""Settings as code: a YAML file that says what the settings shall be, by name, as often as one likes.

read(path) -> Document          every mistake with its line; touches no database
apply(document) -> Applied      one transaction: all of it, or nothing
export() -> str                 the present settings as such a file, secrets masked
"""

from deskpost.settings_file.apply import Applied, apply
from deskpost.settings_file.changes import Change, FieldChange
from deskpost.settings_file.document import Document, read
from deskpost.settings_file.export import export
from deskpost.settings_file.mistakes import Mistake, SettingsMistaken

__all__ = [
    "Applied",
    "Change",
    "Document",
    "FieldChange",
    "Mistake",
    "SettingsMistaken",
    "apply",
    "export",
    "read",
]
