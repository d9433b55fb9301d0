"""`deskpost run`, and what a command says when it cannot do its work."""

import contextlib
import re
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded
from tests.command_line import AS_A_PLAIN_USER, Running, deskpost, eventually, free_port, is_a_sentence

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
        eventually(lambda: [one for one in children(run, "worker") if one.pid != killed.pid])

        assert run.end() < 30
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


LOOK_ONLY = (
    ("deliver", "--dry-run", "--mailbox", "Help"),
    ("trace", "1"),
    ("requests",),
    ("show", "RE-1"),
    ("outbox",),
    ("mailboxes",),
    ("settings", "apply", "--dry-run", "desk.yaml"),
    ("settings", "export"),
    ("doctor",),
)


@pytest.mark.parametrize("command", LOOK_ONLY, ids=" ".join)
def test_a_command_that_only_looks_tells_of_a_mistyped_data_folder_and_makes_nothing_there(command, tmp_path):
    typo, without = tmp_path / "typo", tmp_path / "other"
    without.mkdir()
    (without / "letter.txt").touch()
    for folder in (typo, without):
        ran = deskpost(*command, "--data", folder, **EMBEDDED)
        assert ran.code == (75 if command[0] == "deliver" else 1)
        is_a_sentence(ran.err)
        assert f"The data folder {folder} holds no installation of Deskpost." in ran.err
    assert not typo.exists()
    assert [item.name for item in without.iterdir()] == ["letter.txt"]


def test_a_script_that_begins_with_its_settings_makes_the_installation_with_them(tmp_path):
    file = tmp_path / "desk.yaml"
    file.write_text("accounts: [{name: Acme, domains: [acme.example]}]\n")
    data = tmp_path / "new" / "data"
    applied = deskpost("settings", "apply", file, "--data", data, **EMBEDDED)
    assert applied.code == 0, applied.err
    assert "acme.example" in deskpost("settings", "export", "--data", data, **EMBEDDED).out


@pytest.mark.parametrize(
    "command",
    [
        ("settings", "apply", "desk.yaml"),
        ("deliver", "--mailbox", "Help"),
        ("drain",),
        ("sql", "-c", "SELECT 1"),
        ("worker",),
        ("web",),
    ],
    ids=" ".join,
)
def test_a_command_that_works_would_begin_an_installation_where_there_is_none(command, tmp_path):
    """Seen from where none can be made: beginning one takes a quarter of a minute."""
    tmp_path.chmod(0o555)
    ran = deskpost(*command, "--data", tmp_path / "data", before=AS_A_PLAIN_USER, **EMBEDDED)
    assert ran.code == (75 if command[0] == "deliver" else 1)
    is_a_sentence(ran.err)
    assert "may not write there" in ran.err


def test_a_data_folder_that_may_not_be_read_or_has_an_odd_name_is_told_in_a_sentence(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)
    for folder in (shut, shut / "below", bytes(tmp_path) + b"/\xff"):
        ran = deskpost("requests", "--data", folder, before=AS_A_PLAIN_USER, **EMBEDDED)
        assert ran.code == 1
        is_a_sentence(ran.err)
        assert "data folder" in ran.err


@pytest.mark.parametrize(
    "address",
    [
        "mysql://desk:secretword@127.0.0.1/desk",
        "sqlite:///secretword.db",
        "host=127.0.0.1 password=secretword",
        "postgresql://desk:secretword@127.0.0.1",
        "postgresql://desk:secretword@127.0.0.1:port/desk",
    ],
)
def test_an_address_of_no_postgresql_is_told_with_what_to_write(address, tmp_path):
    for command in (("requests",), ("worker",), ("run", "--port", str(free_port()))):
        ran = deskpost(*command, "--data", tmp_path, DESKPOST_DATABASE_URL=address)
        assert ran.code == 1, command
        is_a_sentence(ran.err)
        assert "postgresql://USER:PASSWORD@HOST/NAME" in ran.err
        assert "secretword" not in ran.err
    held = deskpost("deliver", "--mailbox", "Help", "--data", tmp_path, DESKPOST_DATABASE_URL=address)
    assert held.code == 75, "an MTA keeps the mail until that is mended"


def test_a_host_that_nobody_knows_is_told_without_numbers_of_the_system(tmp_path):
    ran = deskpost("requests", "--data", tmp_path, DESKPOST_DATABASE_URL="postgresql://x@nowhere.test/none")
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
    both = deskpost("sql", "-c", "SELECT 'first'", "-c", "SELECT 'second'", "--data", folder, **EMBEDDED)
    assert both.out.index("first") < both.out.index("second")
    stopped = deskpost("sql", "-c", "SELECT nothing", "-c", "SELECT 'second'", "--data", folder, **EMBEDDED)
    assert stopped.code != 0 and "second" not in stopped.out
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


def test_settings_without_a_command_lists_its_commands_on_lines_of_their_own():
    ran = deskpost("settings")
    assert (ran.code, ran.err) == (2, "")
    listed = [line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == ["apply", "export"]


def test_the_version_is_the_packages():
    ran = deskpost("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"Deskpost {version('deskpost')}\n", "")


@pytest.mark.usefixtures("database")
def test_pages_and_workers_say_at_their_start_what_they_do(tmp_path):
    port = free_port()
    with Running("web", "--port", str(port), log=tmp_path / "web") as web:
        eventually(lambda: web.said)
        assert web.said == f"The pages are at http://127.0.0.1:{port}\n"
        assert _status(f"http://127.0.0.1:{port}/sign-in/") == 200, "they can be opened once they are named"
        web.end()
    with Running("worker", "--queues", "fetch,send", "--concurrency", "3", log=tmp_path / "worker") as worker:
        eventually(lambda: worker.said)
        assert worker.said == "This worker fetches (3 at a time) and sends (3 at a time).\n"
        worker.end()


def test_an_outage_of_postgresql_is_a_line_a_part_and_the_end_after_it_is_silent(folder, tmp_path):
    port = free_port()
    page = f"http://127.0.0.1:{port}/sign-in/"
    with Running("run", "--port", str(port), "--data", folder, log=tmp_path / "log", **EMBEDDED) as run:
        eventually(lambda: _status(page) == 200)
        eventually(lambda: "This worker" in run.said)
        with _postgresql_away(folder):
            before = len(run.said)
            eventually(lambda: _status(page) == 503)
            asked = 1 + sum(_status(page) == 503 for _ in range(2))
            eventually(lambda: run.said[before:].count("deskpost.tick") >= 3)
            while_away = run.said[before:].splitlines()
        eventually(lambda: _status(page) == 200)
        eventually(lambda: "The database answers again" in run.said)
        eventually(lambda: deskpost("doctor", "--data", folder, **EMBEDDED).code == 0)
        at_the_end = len(run.said)
        assert run.end() < 30
        assert run.process.returncode == 0
        assert "WARNING" not in run.said[at_the_end:] and "ERROR" not in run.said[at_the_end:], run.said
    assert all("The database cannot be used." in line for line in while_away), while_away
    assert sum("GET /sign-in/" in line for line in while_away) <= asked


@contextlib.contextmanager
def _postgresql_away(folder: Path):
    """Kill the folder's server, and keep its keeper from starting it again for a while."""
    server = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))
    keeper = server.parent()
    keeper.suspend()
    try:
        server.kill()
        yield
    finally:
        keeper.resume()


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
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
