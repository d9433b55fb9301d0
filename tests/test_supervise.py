"""`deskpost run` keeps its parts running, and ends all of them when it is told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deskpost.process import start_time
from deskpost.supervise import PATIENCE, PortUnusable, require_port
from tests.holder import SOURCE, as_nobody, copy_source, needs_root, open_folder, plain_python

# A supervisor with the children that a test names: each a Python program, told where to leave its pid.
_RUN = """
import sys
from pathlib import Path
from deskpost import supervise
from deskpost.supervise import Child, Supervisor
place, supervise.PATIENCE = Path(sys.argv[1]), float(sys.argv[2])
def on_death(pid, started):
    if (place / "down").exists():
        raise OSError("the database is down")
    with (place / "deaths").open("a") as deaths:
        deaths.write(f"{pid} {started}\\n")
children = [Child(p.stem, [sys.executable, str(p)], {"PLACE": str(place)}) for p in sorted(place.glob("*.py"))]
Supervisor(children, on_death, sys.stdout).run()
"""
_BEGIN = """
import os, signal, subprocess, sys, time
from pathlib import Path
place, name = Path(os.environ["PLACE"]), Path(__file__).stem
with (place / f"{name}.pids").open("a") as pids:
    pids.write(f"{os.getpid()}\\n")
"""
STAYS = _BEGIN + "time.sleep(600)"
DEAF = _BEGIN + (
    "signal.signal(signal.SIGTERM, lambda *_: print('told to end', flush=True)); "
    "print('deaf now', flush=True); time.sleep(600)"
)
DIES = _BEGIN + "sys.exit(3)"
SPEAKS = (
    _BEGIN + "print('one line'); print('another, to stderr', file=sys.stderr, flush=True); time.sleep(600)"
)
PARENT = _BEGIN + (
    "inner = subprocess.Popen(['sleep', '600']); (place / 'inner').write_text(str(inner.pid)); inner.wait()"
)


class Run:
    """One running supervisor over programs in a folder."""

    def __init__(self, place: Path, patience: float = PATIENCE, **programs: str) -> None:
        self.place = place
        for name, program in programs.items():
            (place / f"{name}.py").write_text(program)
        self.output = (place / "output").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(place), str(patience)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def pids(self, name: str) -> list[int]:
        """Give the processes that have been this child, the latest last."""
        file = self.place / f"{name}.pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def said(self) -> str:
        return (self.place / "output").read_text()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    started = []

    def start(patience: float = PATIENCE, **programs: str) -> Run:
        started.append(Run(tmp_path, patience, **programs))
        wait_until(lambda: all(started[-1].pids(name) for name in programs))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        for program in tmp_path.glob("*.pids"):
            wait_until(lambda name=program.stem, one=one: not alive(one.pids(name)[-1]))
        one.output.close()


def wait_until(true: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < 60, "it did not come true in time"
        time.sleep(0.02)


def pauses(running: Run) -> list[str]:
    """Give how soon a child that died was started again, each time."""
    return re.findall(r"and is started again (at once|in [\d.]+ s)\.", running.said())


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_that_dies_runs_again_each_time(run):
    running = run(worker=STAYS)
    for _ in range(3):
        before = running.pids("worker")
        os.kill(before[-1], signal.SIGKILL)
        wait_until(lambda before=before: len(running.pids("worker")) > len(before))
    assert "run | worker was killed by signal 9 and is started again at once." in running.said()


def test_the_others_go_on_while_one_is_started_again(run):
    running = run(web=STAYS, worker=STAYS)
    os.kill(running.pids("worker")[0], signal.SIGKILL)
    wait_until(lambda: len(running.pids("worker")) == 2)
    assert running.pids("web") == [running.pids("web")[0]]
    assert alive(running.pids("web")[0])


def test_one_that_dies_at_once_is_given_longer_and_longer_pauses(run):
    began = time.monotonic()
    running = run(worker=DIES)
    wait_until(lambda: len(pauses(running)) > 3)
    assert time.monotonic() - began > 1.5, "the pauses that are over"
    assert pauses(running)[:4] == ["at once", "in 0.5 s", "in 1 s", "in 2 s"]
    assert len(running.pids("worker")) <= len(pauses(running)) + 1


def test_a_death_is_told_with_pid_and_start_time_so_that_leases_can_be_freed(run):
    running = run(worker=STAYS)
    pid = running.pids("worker")[0]
    started = start_time(pid)
    os.kill(pid, signal.SIGKILL)
    deaths = running.place / "deaths"
    wait_until(deaths.exists)
    assert deaths.read_text() == f"{pid} {started}\n"


def test_a_death_is_told_again_while_the_database_is_down(run):
    running = run(worker=STAYS)
    (running.place / "down").touch()
    os.kill(running.pids("worker")[0], signal.SIGKILL)
    wait_until(lambda: len(running.pids("worker")) == 2)
    time.sleep(0.7)
    (running.place / "down").unlink()
    wait_until((running.place / "deaths").exists)


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_all_children_and_returns(run, kind):
    running = run(web=STAYS, worker=STAYS)
    running.process.send_signal(kind)
    assert running.process.wait(60) == 0
    assert not any(alive(pid) for name in ("web", "worker") for pid in running.pids(name))
    assert len(running.pids("web") + running.pids("worker")) == 2


def test_a_child_that_does_not_listen_is_killed_after_a_while(run):
    assert PATIENCE < 8, "the rest of the ten seconds is the database's"
    running = run(patience=1, worker=DEAF)
    wait_until(lambda: "worker | deaf now" in running.said())
    running.process.terminate()
    assert running.process.wait(60) == 0
    assert "worker | told to end" in running.said()
    assert not alive(running.pids("worker")[0])


def test_a_second_signal_does_not_wait(run):
    running = run(patience=600, worker=DEAF)
    wait_until(lambda: "worker | deaf now" in running.said())
    running.process.terminate()
    wait_until(lambda: "worker | told to end" in running.said())
    running.process.terminate()
    assert running.process.wait(60) == 0
    assert not alive(running.pids("worker")[0])


def test_when_the_supervisor_is_killed_its_children_end(run):
    running = run(web=STAYS, worker=STAYS)
    running.process.kill()
    wait_until(lambda: not any(alive(running.pids(name)[0]) for name in ("web", "worker")))


def test_what_a_dead_child_leaves_behind_ends_with_it(run):
    running = run(web=PARENT)
    wait_until((running.place / "inner").exists)
    inner = int((running.place / "inner").read_text())
    os.kill(running.pids("web")[0], signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(inner))  # reaped as well


def test_what_children_print_comes_with_their_name(run):
    running = run(web=SPEAKS)
    wait_until(lambda: "stderr" in running.said())
    assert "web | one line\n" in running.said()
    assert "web | another, to stderr\n" in running.said()


def test_a_port_in_use_is_told_of_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(PortUnusable) as refused:
            require_port("127.0.0.1", port)
        assert refused.value.words == (
            f"Port {port} of 127.0.0.1 cannot be used; the system says: Address already in use. "
            "To do: end the program that uses it, or choose another with --port."
        )
    require_port("127.0.0.1", port)


@needs_root
def test_a_port_that_a_plain_user_may_not_open_is_told_of():
    ask = (
        "from deskpost.supervise import *\ntry: require_port('127.0.0.1', 1)\n"
        "except PortUnusable as refused: print(refused)"
    )
    with open_folder() as place:
        source = copy_source(place, with_postgres=False)
        command = [*as_nobody(), f"PYTHONPATH={source}", plain_python(), "-c", ask]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    if not told.stdout:
        pytest.skip("this system lets everybody open any port (net.ipv4.ip_unprivileged_port_start)")
    assert "only root may. To do: choose another with --port." in told.stdout
