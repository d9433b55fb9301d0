"""How a command ends when it cannot do its work: one sentence for people, and an exit code."""

import sys
from dataclasses import dataclass

from deskpost.database_words import database_words

FAILED = 1
USAGE = 2
MTA_USAGE = 64  # EX_USAGE of sysexits.h
DATA_ERROR = 65  # EX_DATAERR: what came is no mail
NO_INPUT = 66  # EX_NOINPUT: the file cannot be read
INTERRUPTED = 130  # as a shell tells that Ctrl-C ended a program
TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h


@dataclass
class Stop(Exception):
    """The command cannot go on. `words` goes to standard error, `code` to the shell."""

    words: str
    code: int = FAILED

    def __str__(self) -> str:
        return self.words


def foreseen(trouble: BaseException) -> Stop | None:
    """Give the sentence for a trouble that was foreseen, None for one that was not.

    Looks at loaded modules alone: a command that did not touch the database has not imported Django.
    """
    if isinstance(trouble, Stop):
        return trouble
    words = getattr(trouble, "words", None)
    if isinstance(words, str):  # DataFolderUnusable, TransportError, SettingsMistakes: they bring their own
        return Stop(words)
    secrets = sys.modules.get("deskpost.secret_field")
    if secrets and isinstance(trouble, secrets.SecretUnreadable):
        return Stop(str(trouble))
    database = sys.modules.get("django.db")
    if database and isinstance(trouble, database.DatabaseError | database.InterfaceError):
        return Stop(database_words(trouble))
    procrastinate = sys.modules.get("procrastinate.exceptions")
    if procrastinate and isinstance(trouble, procrastinate.ConnectorException):
        return Stop(database_words(trouble))
    return None
