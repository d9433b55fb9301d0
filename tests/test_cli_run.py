"""`deskpost run`, and what a command says when it cannot do its work."""

import re
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded
from tests.command_line import Running, deskpost, eventually, free_port, is_a_sentence

COMMANDS = {
    "run",
    "web",
    "worker",
    "migrate",
    "drain",
    "deliver",
    "parse",
    "trace",
    "requests",
    "show",
    "outbox",
    "mailboxes",
    "settings",
    "sql",
    "doctor",
    "demo",
}
EMBEDDED = {"DESKPOST_DATABASE_URL": "", "DESKPOST_KEYS": ""}


@pytest.fixture(scope="module")
def folder() -> Path:
    """A data folder with a migrated embedded database."""
    path = Path(tempfile.mkdtemp(prefix="deskpost-run-"))
    assert deskpost("migrate", "--data", path, **EMBEDDED).code == 0
    yield path
    shutil.rmtree(path, ignore_errors=True)


def children(run: Running, what: str) -> list[psutil.Process]:
    """Give the supervised processes of a kind."""
    return [one for one in psutil.Process(run.process.pid).children() if what in _command(one)]


def test_run_serves_pages_and_works_ends_in_time_and_names_the_first_administrator(folder, tmp_path):
    port = free_port()
    with Running("run", "--port", str(port), "--data", folder, log=tmp_path / "log", **EMBEDDED) as run:
        link = eventually(lambda: re.search(rf"http://127.0.0.1:{port}/\S+", run.said.partition("link")[2]))
        eventually(lambda: children(run, "web") and children(run, "worker"))
        eventually(lambda: _status(link[0]) == 200)

        second = deskpost("run", "--port", str(free_port()), "--data", folder, **EMBEDDED)
        assert second.code == 1
        is_a_sentence(second.err)

        joined = deskpost(
            "sql", "-c", "SELECT count(*) FROM process WHERE kind = 'worker'", "--data", folder, **EMBEDDED
        )
        assert joined.code == 0
        eventually(lambda: deskpost("doctor", "--data", folder, **EMBEDDED).code == 0)

        (killed,) = children(run, "worker")
        killed.send_signal(signal.SIGKILL)
        eventually(lambda: [one for one in children(run, "worker") if one.pid != killed.pid], 10)

        assert run.end() < 10
        assert run.process.returncode == 0
    assert not [one for one in psutil.process_iter() if str(folder) in " ".join(_command(one))]


def test_a_port_in_use_is_told_in_a_sentence(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("run", "web"):
            ran = deskpost(command, "--port", port, "--data", folder, **EMBEDDED)
            assert ran.code == 1
            is_a_sentence(ran.err)
            assert port in ran.err


def test_a_data_folder_without_rights_is_told_in_a_sentence(tmp_path):
    file = tmp_path / "file"
    file.touch()
    for command in (("migrate",), ("run",), ("requests", "--json"), ("sql", "-c", "SELECT 1"), ("drain",)):
        ran = deskpost(*command, "--data", file / "below", **EMBEDDED)
        assert ran.code == 1
        is_a_sentence(ran.err)


@pytest.mark.parametrize(
    "address", ["postgresql://x@/none?host=/nowhere", "postgresql://x@127.0.0.1:{port}/none"]
)
def test_a_database_that_is_gone_is_told_in_a_sentence_without_its_password(address, tmp_path):
    url = address.format(port=free_port()).replace("x@", "x:secretword@")
    for command in (
        ("requests",),
        ("drain",),
        ("worker",),
        ("web", "--port", str(free_port())),
        ("settings", "export"),
    ):
        ran = deskpost(*command, "--data", tmp_path, DESKPOST_DATABASE_URL=url)
        assert ran.code == 1, command
        is_a_sentence(ran.err)
        assert "secretword" not in ran.err


def test_a_database_of_a_newer_version_is_left_alone(folder, monkeypatch):
    statement = "INSERT INTO django_migrations (app, name, applied) VALUES ('desk', '9999_future', now())"
    assert deskpost("sql", "-c", statement, "--data", folder, **EMBEDDED).code == 0
    try:
        ran = deskpost("requests", "--data", folder, **EMBEDDED)
        assert ran.code == 1
        is_a_sentence(ran.err)
        assert "newer" in ran.err
    finally:
        monkeypatch.delenv("DESKPOST_DATABASE_URL")
        with embedded(DataFolder(folder)) as address, psycopg.connect(address) as connection:
            connection.execute("DELETE FROM django_migrations WHERE name = '9999_future'")


def test_sql_is_psql_as_the_applications_user(folder):
    ran = deskpost(
        "sql", "-c", "SELECT current_user || '/' || count(*) FROM account", "--data", folder, **EMBEDDED
    )
    assert (ran.code, "deskpost/1" in ran.out) == (0, True)
    piped = deskpost("sql", "--data", folder, stdin=b"SELECT 'by pipe';", **EMBEDDED)
    assert "by pipe" in piped.out
    assert deskpost("sql", "-c", "SELECT nothing", "--data", folder, **EMBEDDED).code != 0


@pytest.mark.parametrize(
    "arguments", [("--nope",), ("requets",), ("requests", "--last", "0"), ("worker", "--queues", "x")]
)
def test_a_wrong_command_line_is_told_in_a_sentence(arguments):
    ran = deskpost(*arguments)
    assert ran.code == 2
    is_a_sentence(ran.err)


def test_without_a_command_the_commands_are_listed():
    ran = deskpost()
    assert ran.code == 2
    listed = {line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()}
    assert listed >= COMMANDS


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
