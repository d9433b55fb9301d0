"""A real Dovecot in a temporary folder: IMAP, IMAPS, POP, POPS, STARTTLS, and SASL for Postfix."""

import grp
import itertools
import os
import pwd
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from imapclient import imap_utf7

from tests.servers.certificates import Certificate, CertificateAuthority
from tests.servers.dovecot_config import CONFIG, SHARED, TOKENS, TOKENS_ASKED
from tests.servers.started import (
    STARTED,
    ServerDidNotStart,
    free_ports,
    give_to_server_user,
    program,
    stop_group,
    user_of_servers,
    wait_for_ports,
)

PASSWORD = "a-long-password-for-tests"
_USERS = ("anna", "bert", "cora", "desk", "support")
_serial = itertools.count(1)


class Dovecot:
    """Starts when made (or entered) and stops at `close`.

    Ports: `imap`, `pop` (both offer STARTTLS), `imaps`, `pops`, `sasl` (Postfix asks there). Every user
    has the password `PASSWORD`; with `introspection`, a URL, the bearer tokens that it knows open mailboxes
    too, and with `shared` also the one that it calls `shared`. Mail is put in without a protocol, by files, so
    that thousands take no time.
    """

    def __init__(
        self,
        authority: CertificateAuthority,
        *,
        users: Iterable[str] = _USERS,
        certificate: Certificate | None = None,
        tls: bool = True,
        connections_per_user: int = 100,
        extra: str = "",
        introspection: str = "",
        shared: bool = False,
    ) -> None:
        self.authority = authority
        self.ca_file = str(authority.ca_file)
        self.users = tuple(users)
        self.password = PASSWORD
        self._logins = dict.fromkeys(self.users, PASSWORD)
        self._certificate = certificate or authority.good
        self._options = {"ssl": "yes" if tls else "no", "connections_per_user": connections_per_user}
        self._extra = extra
        self._introspection = introspection
        self._shared = shared
        self._temporary = tempfile.TemporaryDirectory(prefix="deskpost-dovecot-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self.log = self.folder / "dovecot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.ports: dict[str, int] = {}
        self._make_folders()
        for attempt in range(3):
            try:
                self._choose_ports(tls)
                self.start()
                break
            except ServerDidNotStart:
                if attempt == 2:
                    self.close()
                    raise
        STARTED[f"Dovecot {version()}"] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def imap(self) -> int:
        return self.ports["imap"]

    @property
    def imaps(self) -> int:
        return self.ports["imaps"]

    @property
    def pop(self) -> int:
        return self.ports["pop"]

    @property
    def pops(self) -> int:
        return self.ports["pops"]

    @property
    def sasl(self) -> int:
        return self.ports["sasl"]

    def start(self) -> None:
        """Start, or start again after `stop`, on the same ports."""
        command = [program("dovecot") or "dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        as_user = (
            {"user": user_of_servers(), "group": _group(), "extra_groups": []} if os.geteuid() == 0 else {}
        )
        output = (self.folder / "output").open("ab")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=self.folder,
            start_new_session=True,
            **as_user,
        )
        output.close()
        wait_for_ports(self._process, list(self.ports.values()), self.log)
        # The ports listen before the login processes run, and one that starts up does not heed a stop.
        with socket.create_connection(("127.0.0.1", self.imap), timeout=15) as link:
            link.recv(100)

    def stop(self) -> None:
        """Stop and keep the mail; `start` brings it back."""
        if self._process:
            stop_group(self._process)

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        self._temporary.cleanup()

    def new_user(self) -> str:
        """A user with an empty mailbox of its own, for one test."""
        return f"user{os.getpid()}x{next(_serial)}"

    def add_user(self, name: str, password: str = PASSWORD) -> str:
        """A further user of this name. Takes a second, for so seldom does Dovecot read its file again."""
        self._logins[name] = password
        self._write_users()
        time.sleep(1.2)
        return name

    def deliver(self, user: str, mail: bytes, folder: str = "INBOX", *, seen: bool = False) -> None:
        """Put one mail into a mailbox."""
        self.deliver_many(user, [mail], folder, seen=seen)

    def deliver_many(
        self, user: str, mails: Iterable[bytes], folder: str = "INBOX", *, seen: bool = False
    ) -> int:
        """Put mails into a mailbox in this order, as maildir files; gives how many."""
        maildir = self.maildir(user, folder)
        count = 0
        # Dovecot gives UIDs in the order of file names, which therefore have to sort.
        start = time.time_ns() // 1000
        for mail in mails:
            lines = mail.count(b"\n")
            virtual = len(mail) + lines - mail.count(b"\r\n")
            flags = "S" if seen else ""
            name = f"{start // 1_000_000}.M{start % 1_000_000:06d}P{next(_serial):09d}.test"
            name += f",S={len(mail)},W={virtual}:2,{flags}"
            (maildir / "cur" / name).write_bytes(mail)
            count += 1
        return count

    def make_folder(self, user: str, folder: str) -> None:
        """Make an empty folder."""
        self.maildir(user, folder)

    def count(self, user: str, folder: str = "INBOX") -> int:
        """Mails in a folder."""
        return self._status(user, folder, "messages")

    def wait_for(self, user: str, count: int, folder: str = "INBOX", seconds: float = 60) -> int:
        """Wait until a folder holds so many mails; gives how many it holds."""
        ends = time.monotonic() + seconds
        while (found := self.count(user, folder)) < count and time.monotonic() < ends:
            time.sleep(0.05)
        return found

    def unseen(self, user: str, folder: str = "INBOX") -> int:
        """Mails without read mark in a folder."""
        return self._status(user, folder, "unseen")

    def folders(self, user: str) -> list[str]:
        """The names of all folders."""
        return sorted(self.doveadm("mailbox", "list", "-u", user).split("\n"))

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder as they lie there, oldest first, with CRLF."""
        maildir = self.maildir(user, folder)
        files = sorted(
            (file for sub in ("cur", "new") for file in (maildir / sub).iterdir()), key=lambda f: f.name
        )
        return [re.sub(rb"\r?\n", b"\r\n", file.read_bytes()) for file in files]

    def expunge(self, user: str, uid: str, folder: str = "INBOX") -> None:
        """Remove one mail, as another client would."""
        self.doveadm("expunge", "-u", user, "mailbox", folder, "uid", uid)

    def change_uid_validity(self, user: str, folder: str = "INBOX") -> None:
        """Make the server forget its UIDs, as after a restore: mails stay, UIDVALIDITY and UIDs are new."""
        self.doveadm(
            "mailbox", "update", "--uid-validity", str(int(time.time()) + next(_serial)), "-u", user, folder
        )

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm with this server's configuration and give what it prints."""
        command = [program("doveadm") or "doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments]
        as_user = (
            {"user": user_of_servers(), "group": _group(), "extra_groups": []} if os.geteuid() == 0 else {}
        )
        done = subprocess.run(command, capture_output=True, cwd=self.folder, check=False, **as_user)
        if done.returncode:
            raise RuntimeError(f"doveadm {arguments}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode().strip()

    def log_text(self) -> str:
        """What the server has logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _status(self, user: str, folder: str, field: str) -> int:
        found = re.search(rf"{field}=(\d+)", self.doveadm("mailbox", "status", "-u", user, field, folder))
        if not found:
            raise RuntimeError(f"doveadm told no {field}")
        return int(found[1])

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """The maildir of a folder, made if absent; Postfix may deliver into it (`mailboxes`)."""
        home = self.folder / "mail" / user
        maildir = home / "Maildir"
        if folder != "INBOX":
            maildir = maildir / ("." + imap_utf7.encode(folder).decode().replace("/", "."))
        if not (maildir / "cur").is_dir():
            for path in (maildir / "cur", maildir / "new", maildir / "tmp"):
                path.mkdir(parents=True, exist_ok=True)
                give_to_server_user(path)
            give_to_server_user(home, home / "Maildir", maildir)
            if folder != "INBOX":
                (maildir / "maildirfolder").touch()
                give_to_server_user(maildir / "maildirfolder")
        return maildir

    def _make_folders(self) -> None:
        self.folder.chmod(0o755)
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir()
            give_to_server_user(self.folder / name)
        give_to_server_user(self.folder)
        self._write_users()

    def _write_users(self) -> None:
        text = "".join(f"{user}:{{PLAIN}}{password}\n" for user, password in self._logins.items())
        fresh = self.folder / "users.new"
        fresh.write_text(text)
        fresh.replace(self.folder / "users")

    def _choose_ports(self, tls: bool) -> None:
        names = ["imap", "pop", "sasl"] + (["imaps", "pops"] if tls else [])
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        config = CONFIG.format(
            folder=self.folder,
            user=user_of_servers(),
            group=_group(),
            certificate=self._certificate.certificate,
            key=self._certificate.key,
            extra=self._tokens() + self._extra,
            password=PASSWORD,
            **self._options,
            **{"imaps": 0, "pops": 0, **self.ports},
        )
        (self.folder / "dovecot.conf").write_text(config)

    def _tokens(self) -> str:
        """The configuration for bearer tokens, where there is a URL to ask about them."""
        if not self._introspection:
            return ""
        asked = TOKENS_ASKED.format(url=self._introspection)
        (self.folder / "oauth2.conf").write_text(asked)
        (self.folder / "shared.conf").write_text(
            asked.replace("username_attribute = username", "username_attribute = shared")
        )
        return (TOKENS + (SHARED if self._shared else "")).format(folder=self.folder)


def version() -> str:
    """The version of the Dovecot that is installed."""
    path = program("dovecot")
    if not path:
        return ""
    return subprocess.run([path, "--version"], capture_output=True, check=True, text=True).stdout.split()[0]


def missing() -> str | None:
    """Why Dovecot cannot be started here, or None."""
    if not program("dovecot"):
        return "Dovecot is not installed (apt-get install dovecot-imapd dovecot-pop3d)"
    return None


def _group() -> str:
    return grp.getgrgid(pwd.getpwnam(user_of_servers()).pw_gid).gr_name
