"""IMAP IDLE: a folder whose server tells of new mail by itself, read without ever waiting. RFC 2177.

Signing in may wait and is for a thread; what is opened then belongs into a selector, with thousands of others.
"""

import re
import time

from deskpost.transports import words
from deskpost.transports.bearer import refuse_in_clear
from deskpost.transports.connection import Server
from deskpost.transports.errors import ActRefused, ServerUnreachable
from deskpost.transports.imap import logged_in
from deskpost.transports.imap_dialogue import ImapDialogue
from deskpost.transports.imap_folders import open_folder
from deskpost.transports.logins import Credentials
from deskpost.transports.renewal import renewed_once

RENEWED_EVERY = (
    540.0  # seconds; servers end an IDLE after 30 minutes, and routers forget a silent connection sooner
)
_DOING = "while waiting for new mail"
_EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS\b", re.IGNORECASE)
_EXPUNGE = re.compile(rb"\* \d{1,10} EXPUNGE\b", re.IGNORECASE)


def open_idle(
    server: Server, login: Credentials, folder: str = "INBOX", *, renewed_every: float = RENEWED_EVERY
) -> "IdleFolder":
    """Open a folder so that nothing changes in it, and ask to be told. To be closed by the caller.

    Raises as `open_imap` does, and ActRefused where the server knows no IDLE.
    """
    refuse_in_clear(server, login)
    dialogue = renewed_once(lambda credentials: logged_in(server, credentials), login)
    try:
        if b"IDLE" not in dialogue.capabilities:
            raise ActRefused(words.idle_not_offered(dialogue.place))
        return IdleFolder(dialogue, open_folder(dialogue, folder, read_only=True).count, renewed_every)
    except BaseException:
        dialogue.connection.close()
        raise


class IdleFolder:
    """A folder that is being listened to. After an error its connection is closed."""

    def __init__(self, dialogue: ImapDialogue, count: int, renewed_every: float) -> None:
        """Begin to listen; `count` is how many mails the folder holds."""
        self._dialogue = dialogue
        self._connection = dialogue.connection
        self._count = count
        self._renewed_every = renewed_every
        self._ending = False
        self._begin()

    @property
    def due(self) -> float:
        """When `tend` has something to do, by time.monotonic()."""
        return self._due

    @property
    def place(self) -> str:
        """host:port of the server."""
        return self._dialogue.place

    def fileno(self) -> int:
        """The socket's number, for a selector."""
        return self._connection.fileno()

    def close(self) -> None:
        """Close at once; an idle connection is owed no farewell."""
        self._connection.close()

    def arrived(self) -> bool:
        """Read what the server has said, and tell whether mail has come. Never waits.

        To be asked once after opening too: the first words may have come already. Raises ServerUnreachable,
        Throttled, ActRefused, ProtocolViolated.
        """
        before = self._count
        more = False
        for line in self._connection.come():
            self._read(line)
            more = more or self._count > before
            before = min(before, self._count)
        return more

    def tend(self, now: float) -> None:
        """At `due`: renew what the server would end soon. Raises ServerUnreachable where it does not answer."""
        if now < self._due:
            return
        if self._answer_due:
            self.close()
            patience = self._connection.server.step_timeout
            raise ServerUnreachable(words.silent(self._dialogue.place, patience, _DOING))
        self._ending = True
        self._connection.write_at_once(b"DONE\r\n")
        self._expect_answer()

    def _begin(self) -> None:
        self._tag = self._dialogue.send(b"IDLE", _DOING)
        self._expect_answer()

    def _expect_answer(self) -> None:
        self._answer_due = True
        self._due = time.monotonic() + self._connection.server.step_timeout

    def _read(self, line: bytes) -> None:
        if line.startswith(self._tag):
            self._ended(line[len(self._tag) :])
        elif line[:1] == b"+":
            self._answer_due = False
            self._due = time.monotonic() + self._renewed_every
        elif line[:2] == b"* ":
            self._dialogue.watch_for_bye(line)
            self._count_by(line)
        else:
            raise self._dialogue.rubbish(line)

    def _count_by(self, line: bytes) -> None:
        if exists := _EXISTS.match(line):
            self._count = int(exists[1])
        elif _EXPUNGE.match(line):
            self._count = max(0, self._count - 1)

    def _ended(self, rest: bytes) -> None:
        """Begin again after our DONE; an end that we did not ask for is a refusal."""
        self._dialogue.completion = self._dialogue.completed(rest)
        if not (self._ending and self._dialogue.completion.fine):
            self.close()
            raise self._dialogue.trouble(
                lambda said: ActRefused(words.idle_refused(self._dialogue.place, said), answer=said)
            )
        self._ending = False
        self._begin()
