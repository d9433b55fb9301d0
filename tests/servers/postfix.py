"""A real Postfix in a temporary folder: plain, STARTTLS, SMTPS, with and without SASL. Needs root."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from tests.servers.certificates import Certificate, CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.started import (
    STARTED,
    ServerDidNotStart,
    am_root,
    free_ports,
    give_to_server_user,
    program,
    tail,
    wait_for_ports,
)

_DAEMONS = "/usr/lib/postfix/sbin"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mail.test.example
mydestination =
mynetworks = 127.0.0.0/8, [::1]/128
inet_interfaces = loopback-only
inet_protocols = all
alias_maps =
alias_database =
local_recipient_maps =
biff = no
append_dot_mydomain = no
smtputf8_enable = yes
message_size_limit = 60000000
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/recipients, permit
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_sasl_auth_enable = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_client_recipient_rate_limit = 0
smtpd_client_auth_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
in_flow_delay = 0
anvil_status_update_time = 600s
virtual_mailbox_domains = static:ok
virtual_transport = {transport}
virtual_mailbox_base = /
virtual_mailbox_maps = texthash:{folder}/mailboxes, static:{mail}/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
default_process_limit = 50
service_throttle_time = 1s
"""

_QUEUES = "active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace"
_AUTH = "-o smtpd_sasl_auth_enable=yes"
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd {auth}
127.0.0.1:{plain} inet n - n - - smtpd {auth} -o smtpd_tls_security_level=none
127.0.0.1:{no_login} inet n - n - - smtpd -o smtpd_tls_security_level=none
127.0.0.1:{submission} inet n - n - - smtpd {auth} -o smtpd_tls_security_level=encrypt {must}
127.0.0.1:{smtps} inet n - n - - smtpd {auth} -o smtpd_tls_wrappermode=yes {must}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_MUST_LOG_IN = "-o smtpd_client_restrictions=permit_sasl_authenticated,reject"


class Postfix:
    """Starts when made (or entered) and stops at `close`.

    Ports: `smtp` (STARTTLS and login offered, neither demanded), `submission` (both demanded), `smtps` (TLS
    from the first byte, login demanded), `plain` (no TLS, login offered), `no_login` (neither is offered).
    Takes mail for every address, except `refused@...` (550) and `later@...` (450). Logins are Dovecot's
    users. With `discard` mails vanish after they were taken.
    `mailboxes` leads addresses into maildirs, for instance those of a Dovecot.
    """

    def __init__(
        self,
        authority: CertificateAuthority,
        dovecot: Dovecot,
        *,
        certificate: Certificate | None = None,
        discard: bool = False,
        mailboxes: Mapping[str, Path] | None = None,
    ) -> None:
        self.authority = authority
        self.ca_file = str(authority.ca_file)
        self.dovecot = dovecot
        self._certificate = certificate or authority.good
        self._discard = discard
        self._mailboxes = dict(mailboxes or {})
        self._temporary = tempfile.TemporaryDirectory(prefix="deskpost-postfix-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self.log = self.folder / "postfix.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.ports: dict[str, int] = {}
        self._make_folders()
        for attempt in range(3):
            try:
                self._choose_ports()
                self.start()
                break
            except ServerDidNotStart:
                self.kill()  # one that hangs would keep the next from its folder
                if attempt == 2:
                    self.close()
                    raise
        STARTED[f"Postfix {version()}"] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def smtp(self) -> int:
        return self.ports["smtp"]

    @property
    def plain(self) -> int:
        return self.ports["plain"]

    @property
    def no_login(self) -> int:
        return self.ports["no_login"]

    @property
    def submission(self) -> int:
        return self.ports["submission"]

    @property
    def smtps(self) -> int:
        return self.ports["smtps"]

    def start(self) -> None:
        """Start, or start again after `stop` or `kill`, on the same ports."""
        with (self.folder / "output").open("ab") as output:
            # Its own session, so that the group can be killed as a whole; -d keeps it our direct child.
            self._process = subprocess.Popen(
                [f"{_DAEMONS}/master", "-c", str(self.folder / "config"), "-d"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
            )
        try:
            wait_for_ports(self._process, list(self.ports.values()), self.log, seconds=20)
            self._wait_for_greeting()
        except ServerDidNotStart as error:
            raise ServerDidNotStart(f"{error}\n{tail(self.folder / 'output')}") from None

    def _wait_for_greeting(self) -> None:
        """Wait until it speaks: its ports take connections before anybody serves them."""
        for _ in range(30):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.no_login), timeout=2) as one:
                if one.recv(4) == b"220 ":
                    return
        raise ServerDidNotStart(f"Postfix gave no greeting.\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop in order; `start` brings it back."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it with all its parts, as when the machine loses power; `start` brings it back."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        self._temporary.cleanup()

    def mails(self, recipient: str | None = None, *, wait_for: int = 0, seconds: float = 60) -> list[bytes]:
        """The mails delivered so far (for one recipient), oldest first, with Postfix's delivery header lines.

        Waits until there are `wait_for` of them.
        """
        ends = time.monotonic() + seconds
        while True:
            files = sorted((self._mail / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
            mails = [file.read_bytes() for file in files]
            if recipient:
                mark = f"\nX-Original-To: {recipient}\n".encode()
                mails = [mail for mail in mails if mark in b"\n" + mail.split(b"\n\n", 1)[0] + b"\n"]
            if len(mails) >= wait_for or time.monotonic() > ends:
                return mails
            time.sleep(0.05)

    def log_text(self) -> str:
        """What the server has logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def sessions(self, *, wait_for: int = 0, seconds: float = 60) -> list[str]:
        """Postfix's count of the commands of each finished session ("ehlo=1 auth=1 ... commands=7")."""
        ends = time.monotonic() + seconds
        while True:
            found = re.findall(r"disconnect from \S+ (.*[eh][he]lo=.*)", self.log_text())
            if len(found) >= wait_for or time.monotonic() > ends:
                return found
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        parts = psutil.Process(process.pid).children(recursive=True)
        try:
            if how is signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                process.send_signal(how)  # master ends its children itself
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)
        _wait_for_end(
            parts
        )  # each has the listening sockets open: until then connections are taken, not refused
        (self.folder / "queue" / "pid" / "master.pid").unlink(missing_ok=True)

    def _make_folders(self) -> None:
        self.folder.chmod(0o755)
        self._mail = self.folder / "mail"
        for name in ("queue", "data", "config", "mail"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        give_to_server_user(self._mail)
        for name in ("new", "cur", "tmp"):
            (self._mail / name).mkdir()
            give_to_server_user(self._mail / name)
        # What `postfix check` would make, which takes seconds for it.
        for name in _QUEUES.split():
            (self.folder / "queue" / name).mkdir(mode=0o700)
            shutil.chown(self.folder / "queue" / name, "postfix")
        for name, mode in (("maildrop", 0o730), ("public", 0o710)):
            shutil.chown(self.folder / "queue" / name, "postfix", "postdrop")
            (self.folder / "queue" / name).chmod(mode)
        (self.folder / "queue" / "pid").mkdir()
        (self.folder / "recipients").write_text(
            "refused@ 550 5.1.1 No such person here\nlater@ 450 4.2.0 Mailbox busy, come back later\n"
        )
        (self.folder / "mailboxes").write_text(
            "".join(f"{address} {maildir}/\n" for address, maildir in self._mailboxes.items())
        )

    def _choose_ports(self) -> None:
        names = ("smtp", "plain", "no_login", "submission", "smtps")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        owner = self._mail.stat()
        main = _MAIN.format(
            folder=self.folder,
            daemons=_DAEMONS,
            certificate=self._certificate.certificate,
            key=self._certificate.key,
            sasl=self.dovecot.sasl,
            transport="discard:" if self._discard else "virtual:",
            mail=self._mail,
            uid=owner.st_uid,
            gid=owner.st_gid,
        )
        (self.folder / "config" / "main.cf").write_text(main)
        (self.folder / "config" / "master.cf").write_text(
            _MASTER.format(auth=_AUTH, must=_MUST_LOG_IN, **self.ports)
        )


def _wait_for_end(processes: list[psutil.Process], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while any(map(_lives, processes)) and time.monotonic() < ends:
        time.sleep(0.01)


def _lives(process: psutil.Process) -> bool:
    """Tell whether it has its sockets still; one that nobody asked after its end has not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def version() -> str:
    """The version of the Postfix that is installed."""
    path = program("postconf")
    if not path:
        return ""
    asked = subprocess.run([path, "-d", "-h", "mail_version"], capture_output=True, check=False, text=True)
    return asked.stdout.strip()


def missing() -> str | None:
    """Why Postfix cannot be started here, or None."""
    if not Path(_DAEMONS, "master").exists():
        return "Postfix is not installed (apt-get install postfix)"
    if not am_root():
        return "Postfix needs root; the same cases run against smtp_sink"
    return None
