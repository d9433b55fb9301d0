"""The disk of the database fills up while mail comes in: it is said in words, and no mail is lost or doubled."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres.places import address
from tests.command_line import eventually
from tests.inbound.builders import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.soak.killing import environment_of_its_own, running

MAILS = 60
TEXT = ("y" * 70 + "\n") * 14_000  # 1 MB
FULL = "The disk that holds the database is full. To do: free some space"
SETTINGS = """
mailboxes:
  - {{name: By IMAP, instance: IT Help Desk, protocol: imap, server: 127.0.0.1, port: {imap}, tls: none,
     username: {user}, password: {password}, addresses: [help@desk.example], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, fetching: true}}
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")


@pytest.mark.long
@needs_root
def test_a_disk_that_fills_up_during_a_fetch_loses_and_doubles_no_mail(tmp_path, dovecot):
    user = dovecot.new_user()
    dovecot.deliver_many(user, [numbered(number) for number in range(MAILS)])
    with small_disk(tmp_path / "disk", "400m") as disk:
        data = disk / "data"
        data.mkdir()
        apply_settings(tmp_path, data, dovecot, user)
        url = address(DataFolder(data))
        with running(data, environment_of_its_own(), tmp_path / "run.log") as deskpost:
            eventually(lambda: stored(url), 60)
            with filled(disk):
                eventually(lambda: FULL in deskpost.said(), 60)
                in_the_middle = stored(url)
                told = command("doctor", data)
            eventually(lambda: outcomes(url) == [("request", MAILS)], 90)
            assert eventually(deskpost.ask, 30), "the pages did not come back"
            assert subjects(url) == sorted(f"Number {number}" for number in range(MAILS))
            eventually(lambda: not dovecot.unseen(user), 30)
    print(
        f"\n{in_the_middle} of {MAILS} mails were stored when the disk was full; in the end each is one request"
    )
    assert in_the_middle is None or in_the_middle < MAILS, "the fetch was over before the disk was full"
    assert told.returncode and "disk" in told.stdout + told.stderr, told
    for words in (deskpost.said(), told.stdout, told.stderr):
        assert "Traceback" not in words and "Errno" not in words, words


def numbered(number: int) -> bytes:
    """Give a mail of 1 MB."""
    return mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}", text=TEXT)


def apply_settings(folder: Path, data: Path, dovecot: Dovecot, user: str) -> None:
    """Give an installation its mailbox."""
    settings = folder / "settings.yaml"
    settings.write_text(SETTINGS.format(imap=dovecot.imap, user=user, password=PASSWORD))
    for words in (("migrate",), ("settings", "apply", settings)):
        ended = command(*words, data)
        assert ended.returncode == 0, ended.stderr


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command on the data folder that is the last word."""
    line = [sys.executable, "-m", "deskpost", *map(str, words[:-1]), "--data", str(words[-1])]
    return subprocess.run(
        line, env=environment_of_its_own(), capture_output=True, text=True, timeout=120, check=False
    )


def ask(url: str, statement: str) -> list[tuple] | None:
    """Ask the database; None while it cannot be asked."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3) as connection:
        return connection.execute(statement).fetchall()
    return None


def stored(url: str) -> int | None:
    """Count the mails that are stored; None while the database cannot be asked."""
    counted = ask(url, "SELECT count(*) FROM inbound_message")
    return counted[0][0] if counted else None


def outcomes(url: str) -> list[tuple] | None:
    """Give what became of the mails, with how many each."""
    return ask(url, "SELECT kind, count(*) FROM mail_outcome GROUP BY kind")


def subjects(url: str) -> list[str]:
    """Give the subjects of all requests, sorted."""
    return sorted(subject for (subject,) in ask(url, "SELECT subject FROM record") or [])


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Leave no room on a disk, for as long as this lasts: what others free meanwhile is taken as well."""
    filler = disk / "filler"
    over = threading.Event()

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(1 << 20 if shutil.disk_usage(disk).free > 1 << 20 else 4096))
                except OSError:
                    if over.wait(0.05):
                        return

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        yield
    finally:
        over.set()
        filling.join()
        filler.unlink()


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a file system of its own with so little room."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)]
    refused = subprocess.run(mount, capture_output=True, text=True, check=False)
    if refused.returncode:
        pytest.skip(f"this system lets nobody mount a file system: {refused.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
