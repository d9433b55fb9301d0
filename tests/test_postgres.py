"""The embedded database: started by the first who needs it, stopped by the last, whatever befalls them."""

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from deskpost.data_folder import SYSTEM_USER, DataFolder
from deskpost.postgres import database_url, embedded, psql_command
from tests.command_line import deskpost
from tests.holder import (
    IS_ROOT,
    NOBODY,
    Refused,
    as_nobody,
    copy_source,
    holding,
    needs_root,
    open_folder,
    plain_python,
)

ON_MACHINE = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests may have told their database's address."""
    monkeypatch.delenv("DESKPOST_DATABASE_URL", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def url(folder: DataFolder) -> Iterator[str]:
    with embedded(folder) as address:
        yield address


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DataFolder, str]]:
    """A folder and its running database, for tests that only look."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("DESKPOST_DATABASE_URL", raising=False)
        folder = DataFolder(tmp_path_factory.mktemp("shared") / "data")
        with embedded(folder) as address:
            yield folder, address


def postmaster(folder: DataFolder) -> psutil.Process:
    """Give the running server's process."""
    return psutil.Process(int((folder.path / "postgres/postmaster.pid").read_text().split()[0]))


def ask(url: str, question: str) -> object:
    """Give the one value that a question has for an answer."""
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def is_dead(process: psutil.Process) -> bool:
    """Tell whether a process has ended, reaped by its parent or not."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def runs(folder: DataFolder) -> bool:
    return (folder.path / "postgres/postmaster.pid").exists()


def wait_for_answer(url: str) -> None:
    """Wait until the database answers."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            ask(url, "SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("no answer within a minute")


def wait_until(true) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def remember(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('acknowledged')")


def test_the_first_process_on_a_folder_starts_the_database_and_the_last_one_stops_it(folder):
    with holding(folder.path) as first:
        remember(first.url)
        server = postmaster(folder)
        with embedded(folder) as url:
            assert url == first.url == database_url(folder)
            first.leave()
            assert ask(url, "SELECT word FROM kept") == "acknowledged"
            assert postmaster(folder) == server
        assert not runs(folder)
        assert not server.is_running()
    with embedded(folder) as url:
        assert ask(url, "SELECT word FROM kept") == "acknowledged"


def test_processes_that_start_at_once_share_one_server(folder):
    found = []

    def hold() -> None:
        with holding(folder.path) as held:
            found.append(ask(held.url, "SELECT pg_postmaster_start_time()"))
            barrier.wait(30)

    barrier = threading.Barrier(4)
    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_killed_process_counts_as_gone(folder):
    with holding(folder.path) as held:
        held.kill()
        wait_until(lambda: not runs(folder))


def test_a_killed_server_is_up_again_with_all_it_had_committed(folder, url):
    remember(url)
    for _ in range(3):
        postmaster(folder).kill()
        wait_for_answer(url)
        assert ask(url, "SELECT word FROM kept") == "acknowledged"


def test_a_backend_that_outlives_its_killed_server_does_not_hold_up_the_next(folder, url):
    busy = psycopg.connect(url, autocommit=True)
    backend = psutil.Process(busy.info.backend_pid)
    endless = threading.Thread(
        target=lambda: pytest.raises(psycopg.Error, busy.execute, "DO 'BEGIN LOOP END LOOP; END'")
    )
    endless.start()
    wait_until(lambda: ask(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'") == 1)
    postmaster(folder).kill()
    wait_for_answer(url)
    endless.join(60)
    assert not backend.is_running()


def test_a_killed_keeper_is_replaced(folder, url):
    remember(url)
    keeper = postmaster(folder).parent()
    keeper.kill()
    wait_until(lambda: runs(folder) and postmaster(folder).parent() not in (None, keeper))
    wait_for_answer(url)
    assert ask(url, "SELECT word FROM kept") == "acknowledged"


def test_after_everything_was_killed_at_once_the_next_start_has_all_that_was_committed(folder):
    with holding(folder.path) as held:
        remember(held.url)
        server = postmaster(folder)
        killed = (server.parent(), server, psutil.Process(held.process.pid))
        for process in killed:
            process.kill()
        wait_until(lambda: all(is_dead(process) for process in killed))
    with embedded(folder) as url:
        assert ask(url, "SELECT word FROM kept") == "acknowledged"


def test_the_server_is_the_keepers_own_child_so_that_its_end_is_seen(shared):
    folder, _ = shared
    keeper = postmaster(folder).parent()
    assert "deskpost.postgres.keeper" in keeper.cmdline()
    assert keeper.parent() == psutil.Process()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(folder):
    with embedded(folder):
        user = postmaster(folder).uids().real
        stale = (folder.path / "postgres/postmaster.pid").read_text()
    stranger = subprocess.Popen(["sleep", "60"], user=user)
    try:
        left = folder.path / "postgres/postmaster.pid"
        left.write_text(re.sub(r"\A\d+", str(stranger.pid), stale))
        os.chown(left, user, -1)
        with embedded(folder) as url:
            assert ask(url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_database_is_made_anew(folder):
    half = folder.create() / "postgres.new"
    half.mkdir(mode=0o700)
    (half / "PG_VERSION").write_text("18\n")
    with embedded(folder) as url:
        assert ask(url, "SELECT 1") == 1
    assert not half.exists()


def test_nothing_of_it_is_open_to_anybody_else_or_to_the_network(shared):
    folder, url = shared
    assert ask(url, "SHOW listen_addresses") == ""
    assert not postmaster(folder).net_connections("inet")
    for name in ("", "postgres", "socket"):
        assert (folder.path / name).stat().st_mode & 0o777 == 0o700
    with pytest.raises(psycopg.OperationalError, match="role|Peer"):
        ask(url.replace("deskpost@", "nobody@"), "SELECT 1")


def test_the_applications_role_is_no_superuser_and_has_the_extensions_in_every_database(shared):
    _, url = shared
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
    with psycopg.connect(url.replace("/deskpost?", "/another?")) as connection:
        for name in ("pg_trgm", "unaccent", "pg_stat_statements"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        connection.execute("SELECT pg_stat_statements_reset()")
        found = connection.execute("SELECT similarity('mail', 'mails') > 0.5, unaccent('Ärger')").fetchone()
        assert found == (True, "Arger")


def test_text_is_utf8_in_code_point_order_and_lower_knows_more_than_ascii(shared):
    _, url = shared
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SELECT lower('ÄÖÜ ÇŁ ПРИВЕТ')") == "äöü çł привет"
    assert ask(url, "SELECT 'ÄRGER' ILIKE 'ärger'") is True
    assert ask(url, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{a,B,ä}'::text[]) x") == "Baä"


def test_what_is_committed_is_on_the_disk(shared):
    _, url = shared
    assert {ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")} == {
        "on"
    }


def test_the_log_holds_neither_statements_nor_values(shared):
    folder, url = shared
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE secrets (word text UNIQUE)")
        connection.execute("INSERT INTO secrets VALUES ('hunter2')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO secrets VALUES ('hunter2')")
    logs = written_logs(folder, until="duplicate key")
    assert "hunter2" not in logs


def written_logs(folder: DataFolder, *, until: str) -> str:
    """PostgreSQL's log files once they hold a sentence: its collector writes them after the answer."""
    for _ in range(300):
        logs = "".join(log.read_text() for log in (folder.path / "postgres/log").iterdir())
        if until in logs:
            return logs
        time.sleep(0.1)
    raise AssertionError(f"PostgreSQL did not log {until!r}: {logs[-2000:]}")


@pytest.mark.parametrize("name", ["far/" * 30 + "away", "with, comma"])
def test_where_the_sockets_path_would_not_do_it_lies_in_a_closed_folder_under_tmp(tmp_path, name):
    folder = DataFolder(tmp_path / name)
    with embedded(folder) as url:
        assert ask(url, "SELECT 1") == 1
        sockets = Path(re.search(r"host=(.*)", url)[1])
        assert sockets.parent == Path("/tmp")
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


@pytest.mark.parametrize("name", ['quo"te', "blank and %41 and ünïcode", "it's"])
def test_the_data_folder_may_have_any_name(tmp_path, name):
    with embedded(DataFolder(tmp_path / name)) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_folder_under_tmp_that_somebody_else_put_there_is_not_used(tmp_path):
    folder = DataFolder(tmp_path / ("far/" * 30))
    squatted = Path("/tmp") / f"deskpost-{folder.installation_id()}"
    squatted.mkdir(mode=0o777)
    squatted.chmod(0o777)
    try:
        with pytest.raises(Refused, match="To do: remove it"), holding(folder.path):
            pass
    finally:
        squatted.rmdir()


def test_with_another_database_named_nothing_is_started(folder, monkeypatch):
    monkeypatch.setenv("DESKPOST_DATABASE_URL", "postgresql://db.example/deskpost")
    with embedded(folder) as url:
        assert url == database_url(folder) == "postgresql://db.example/deskpost"
    assert not folder.path.exists()


def test_psql_works_on_the_installations_database(shared):
    folder, _ = shared
    command, environment = psql_command(folder)
    told = subprocess.run(
        [*command, "-Atc", "SELECT current_user"], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout == "deskpost\n"


def test_psql_gets_no_password_on_its_command_line(folder, monkeypatch):
    monkeypatch.setenv(
        "DESKPOST_DATABASE_URL", "postgresql://ann:p%40ss@db.example:5433/desk?sslmode=require"
    )
    command, environment = psql_command(folder)
    assert command[1] == "postgresql://ann@db.example:5433/desk?sslmode=require"
    assert environment["PGPASSWORD"] == "p@ss"


def test_psql_gets_an_address_without_a_host_as_it_stands(folder, monkeypatch):
    monkeypatch.setenv("DESKPOST_DATABASE_URL", "postgresql:///desk?host=/run/postgresql&user=ann")
    command, _ = psql_command(folder)
    assert command[1] == "postgresql:///desk?host=/run/postgresql&user=ann"


def test_a_database_of_another_postgresql_is_left_alone_and_told_of(folder):
    with embedded(folder):
        pass
    (folder.path / "postgres/PG_VERSION").write_text("99\n")
    with pytest.raises(Refused, match="was made by PostgreSQL 99, and only 18.*To do:"), holding(folder.path):
        pass


def test_what_postgresql_says_when_it_does_not_start_is_passed_on(folder):
    with embedded(folder):
        pass
    with (folder.path / "postgres/postgresql.conf").open("a") as settings:
        settings.write("max_connections = many\n")
    with (
        pytest.raises(Refused, match="did not start. PostgreSQL said: .*To do: mend that"),
        holding(folder.path),
    ):
        pass


@pytest.mark.parametrize("place", ON_MACHINE, ids=lambda place: f"PostgreSQL {place.parent.name}")
def test_a_postgresql_of_the_machine_serves_as_well(folder, place, monkeypatch):
    monkeypatch.setenv("DESKPOST_POSTGRES_BIN", str(place))
    with embedded(folder) as url:
        assert str(ask(url, "SHOW server_version")).split(".")[0] == place.parent.name
        assert ask(url, "SELECT lower('ÄÖÜ')") == "äöü"
        assert ask(url, "SELECT count(*) > 0 FROM pg_stat_statements") is True
        assert deskpost("migrate", "--data", folder.path).code == 0
        assert ask(url, "SELECT count(*) FROM role") == 5
        server = postmaster(folder)
        server.kill()
        wait_for_answer(url)


@pytest.mark.skipif(not ON_MACHINE, reason="needs Debian's package postgresql")
def test_without_the_package_the_machines_postgresql_is_found():
    with open_folder(0o777) as place:
        source = copy_source(place / "source", with_postgres=False)
        bare = {"python": plain_python(), "path": [source], "before": as_nobody()}
        with holding(place / "data", **bare) as held:
            assert int(str(ask(held.url, "SHOW server_version")).split(".")[0]) >= 15


def test_a_plain_user_needs_nobody_elses_rights():
    with open_folder(0o777) as place:
        source = copy_source(place / "source", with_postgres=True)
        with holding(place / "data", python=plain_python(), path=[source], before=as_nobody()) as held:
            server = postmaster(DataFolder(place / "data"))
            assert server.uids().real == (NOBODY.pw_uid if IS_ROOT else os.getuid())
            assert ask(held.url, "SHOW server_version_num") >= "180000"


@needs_root
def test_for_root_the_server_runs_as_a_system_user(shared):
    folder, _ = shared
    assert postmaster(folder).username() == SYSTEM_USER
    assert (folder.path / "postgres").owner() == SYSTEM_USER


@needs_root
def test_a_folder_beneath_closed_ones_works_and_leaves_their_permissions_alone(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents]
    before = [(item.stat().st_mode, item.stat().st_uid, item.stat().st_gid) for item in parents]
    folder = DataFolder(closed / "data")
    with embedded(folder) as url:
        assert ask(url, "SELECT 1") == 1
        assert capabilities(postmaster(folder)) == 1 << 2  # CAP_DAC_READ_SEARCH
    assert before == [(item.stat().st_mode, item.stat().st_uid, item.stat().st_gid) for item in parents]


@needs_root
def test_the_server_has_no_capability_where_it_needs_none():
    with open_folder() as place:
        folder = DataFolder(place / "data")
        with embedded(folder) as url:
            assert ask(url, "SELECT 1") == 1
            assert capabilities(postmaster(folder)) == 0
            assert folder.path.stat().st_mode & 0o777 == 0o700


@needs_root
def test_where_that_capability_is_not_allowed_a_sentence_says_so(tmp_path):
    without = ["setpriv", "--bounding-set=-dac_read_search"]
    with pytest.raises(Refused) as refused, holding(tmp_path / "data", before=without):
        pass
    closed = next(parent for parent in reversed(tmp_path.parents) if parent.stat().st_mode & 0o001 == 0)
    assert str(refused.value) == (
        f"The database of {tmp_path / 'data'} cannot run: PostgreSQL runs as the system user deskpost, "
        f"who may not enter {closed}, and this system does not let Deskpost give it that right. "
        "To do: name a data folder with --data that lies elsewhere, such as /var/lib/deskpost."
    )


@needs_root
def test_without_that_capability_a_folder_of_ours_in_an_open_place_works_all_the_same():
    without = ["setpriv", "--bounding-set=-dac_read_search"]
    with open_folder() as place, holding(place / "data", before=without) as held:
        assert ask(held.url, "SELECT 1") == 1


@needs_root
def test_programs_that_the_system_user_cannot_reach_are_copied_beside_the_data(tmp_path):
    source = copy_source(tmp_path / "closed", with_postgres=True)
    tmp_path.chmod(0o700)
    with open_folder() as place, holding(place / "data", path=[source]) as held:
        assert ask(held.url, "SELECT similarity('a', 'a')") == 1
        program = Path(postmaster(DataFolder(place / "data")).exe())
        assert program.is_relative_to(place / "data")
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_and_data_may_both_lie_beneath_closed_folders(tmp_path):
    source = copy_source(tmp_path / "source", with_postgres=True)
    tmp_path.chmod(0o700)
    folder = DataFolder(tmp_path / "closed" / "data")
    with holding(folder.path, path=[source]) as held:
        assert ask(held.url, "SELECT similarity('a', 'a')") == 1
        assert Path(postmaster(folder).exe()).is_relative_to(folder.path)
        assert capabilities(postmaster(folder)) == 1 << 2


@needs_root
def test_a_persons_folder_used_by_root_stays_usable_for_the_person():
    with open_folder(0o777) as place:
        source = copy_source(place / "source", with_postgres=True)
        person = {"python": plain_python(), "path": [source], "before": as_nobody()}
        with holding(place / "data", **person) as held:
            remember(held.url)
        with embedded(DataFolder(place / "data")) as url:
            assert postmaster(DataFolder(place / "data")).username() == "nobody"
            with holding(place / "data", **person) as held:
                assert held.url == url
        with holding(place / "data", **person) as held:
            assert ask(held.url, "SELECT word FROM kept") == "acknowledged"


@needs_root
def test_a_full_disk_is_told_of_and_loses_nothing(tmp_path):
    with small_disk(tmp_path / "disk", "size=24m") as disk:
        with pytest.raises(Refused, match="disk.* full.*To do: free some space"), holding(disk / "data"):
            pass
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        with holding(disk / "data") as held:
            assert ask(held.url, "SELECT 1") == 1


@needs_root
def test_a_disk_that_cannot_be_written_is_told_of(tmp_path):
    with small_disk(tmp_path / "disk", "size=1m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(Refused, match="its disk is read-only.*To do:"), holding(disk / "data"):
            pass


def capabilities(process: psutil.Process) -> int:
    """Give the effective capabilities of a process as bits."""
    return int(re.search(r"CapEff:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())[1], 16)


class small_disk:
    """A mounted disk of its own, for as long as a test runs."""

    def __init__(self, place: Path, options: str) -> None:
        self.place, self.options = place, options

    def __enter__(self) -> Path:
        self.place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", self.options, "deskpost-test", self.place]
        refused = subprocess.run(mount, capture_output=True, text=True, check=False)
        if refused.returncode:
            pytest.skip(f"this system lets nobody mount: {refused.stderr.strip()}")
        return self.place

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self.place], check=True)
