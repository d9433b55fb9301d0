"""A real Cyrus IMAP in a temporary folder: IMAP with STARTTLS, IMAPS, IDLE, a folder of junk by special use."""

import imaplib
import itertools
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from imapclient import imap_utf7

from tests.servers.certificates import CertificateAuthority
from tests.servers.started import (
    STARTED,
    ServerDidNotStart,
    free_ports,
    give_to_server_user,
    stop_group,
    user_of_servers,
    wait_for_ports,
)

PASSWORD = "a-long-password-for-tests"
_ROOT = Path(__file__).parents[2] / "build" / "cyrus"  # where tools/cyrus lays it
_PROGRAMS = _ROOT / "usr" / "lib" / "cyrus" / "bin"
_NAMES = ("conf/db", "conf/lock", "conf/log", "conf/proc", "conf/socket", "conf/user", "spool")
_CONFIG = """
configdirectory: {folder}/conf
defaultpartition: default
partition-default: {folder}/spool
servername: localhost
altnamespace: yes
unixhierarchysep: yes
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Unwanted | Done
xlist-junk: Unwanted
failedloginpause: 0s
tls_server_cert: {certificate}
tls_server_key: {key}
"""
_SERVICES = """
START {{
}}
DAEMON {{
  idled cmd="{programs}/idled -C {folder}/imapd.conf"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {folder}/imapd.conf" listen="127.0.0.1:{imap}" prefork=1
  imaps cmd="{programs}/imapd -s -C {folder}/imapd.conf" listen="127.0.0.1:{imaps}" prefork=0
}}
"""


class Cyrus:
    """Starts when made (or entered) and stops at `close`.

    Ports: `imap` (offers STARTTLS) and `imaps`. `new_user` gives a mailbox with the folders INBOX, Done and
    Unwanted, which is the one for junk. Mail is put in and looked at by a second client, imaplib.
    """

    def __init__(self, authority: CertificateAuthority) -> None:
        self.ca_file = str(authority.ca_file)
        self._temporary = tempfile.TemporaryDirectory(prefix="deskpost-cyrus-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._log = self.folder / "output"
        self._process: subprocess.Popen[bytes] | None = None
        self._users = itertools.count(1)
        for name in _NAMES:
            (self.folder / name).mkdir(parents=True)
        self._certificate = authority.good
        for attempt in range(3):
            try:
                self._start()
                break
            except ServerDidNotStart:
                self.stop()
                if attempt == 2:
                    self.close()
                    raise
        STARTED[f"Cyrus IMAP {self._version()}"] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """Stop and keep the mail."""
        if self._process:
            stop_group(self._process)

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        self._temporary.cleanup()

    def new_user(self) -> str:
        """A user with an empty mailbox of its own, for one test."""
        name = f"user{next(self._users)}"
        database = self.folder / "sasldb2"
        command = [_ROOT / "usr/sbin/saslpasswd2", "-c", "-p", "-f", database, "-u", "localhost", name]
        subprocess.run(command, input=PASSWORD.encode(), env=_environment(), check=True)
        give_to_server_user(database)
        with self.client(name):  # Cyrus makes a mailbox when its user first comes
            return name

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Another client at the mailbox of this user."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=15) as link:
            link.login(user, PASSWORD)
            yield link

    def deliver(self, user: str, mails: Iterable[bytes], folder: str = "INBOX") -> None:
        """Put mails into a folder, in this order."""
        with self.client(user) as link:
            for mail in mails:
                self._done(link.append(_name(folder), "", "", mail))

    def make_folder(self, user: str, folder: str) -> None:
        """Make an empty folder."""
        with self.client(user) as link:
            self._done(link.create(_name(folder)))

    def mails(self, user: str, folder: str = "INBOX", having: str = "ALL") -> list[bytes]:
        """The mails of a folder that a SEARCH for this finds, oldest first."""
        with self.client(user) as link:
            self._done(link.select(_name(folder), readonly=True))
            numbers = link.search(None, having)[1][0].split()
            return [link.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index]

    def expunge(self, user: str, uid: str) -> None:
        """Remove one mail from the inbox, as another client would."""
        with self.client(user) as link:
            self._done(link.select("INBOX"))
            self._done(link.uid("STORE", uid, "+FLAGS", "(\\Deleted)"))
            self._done(link.uid("EXPUNGE", uid))

    def _done(self, answer: tuple[str, object]) -> None:
        if answer[0] != "OK":
            raise RuntimeError(f"Cyrus: {answer}")

    def _start(self) -> None:
        self.imap, self.imaps = free_ports(2)
        options = {
            "folder": self.folder,
            "programs": _PROGRAMS,
            "imap": self.imap,
            "imaps": self.imaps,
            "certificate": self._certificate.certificate,
            "key": self._certificate.key,
        }
        (self.folder / "imapd.conf").write_text(_CONFIG.format(**options))
        (self.folder / "cyrus.conf").write_text(_SERVICES.format(**options))
        give_to_server_user(*self.folder.rglob("*"), self.folder)
        own = self.folder
        command = [
            _PROGRAMS / "master",
            "-D",
            "-p",
            own / "pid",
            "-C",
            own / "imapd.conf",
            "-M",
            own / "cyrus.conf",
        ]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=_environment(),
                start_new_session=True,
                **(
                    {"user": user_of_servers(), "group": "nogroup", "extra_groups": []}
                    if os.geteuid() == 0
                    else {}
                ),
            )
        wait_for_ports(self._process, [self.imap, self.imaps], self._log)

    def _version(self) -> str:
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=15) as link:
            found = re.search(rb"Cyrus IMAP ([\d.]+)", link.welcome)
        return found[1].decode() if found else ""


def missing() -> str | None:
    """Why Cyrus cannot be started here, or None."""
    if not (_PROGRAMS / "imapd").is_file():
        return "Cyrus IMAP is not unpacked in build/cyrus (tools/cyrus does it, from Debian's packages)"
    return None


def _name(folder: str) -> str:
    return '"' + imap_utf7.encode(folder).decode() + '"'


def _environment() -> dict[str, str]:
    libraries = [*_ROOT.glob("usr/lib/*-linux-gnu*"), *_ROOT.glob("lib/*-linux-gnu*")]
    return {
        "PATH": os.environ.get("PATH", ""),
        "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        "CYRUS_USER": user_of_servers(),
    }
