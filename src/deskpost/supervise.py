"""`deskpost run`: starts the parts of Deskpost as child processes and keeps every one of them running."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import TextIO

from deskpost.linux import adopt_orphans, die_with_parent
from deskpost.process import start_time

PATIENCE = 6.5  # seconds for the children to end; with the database's 3 s all is over within 10
_LOOK_EVERY = 0.05  # seconds
_LIVED_LONG = 5.0  # seconds, after which a death counts as the first again
_PAUSES = (0.0, 0.5, 1.0, 2.0, 2.5, 2.5, 5.0, 15.0, 30.0)  # before each restart of a child that dies at once
_HOOK_PATIENCE = 30.0  # seconds; a lease has long run out by then


class PortUnusable(Exception):
    """The web server's port cannot be had. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Child:
    """A part to keep running: its name in the log, its command, and what its environment has beside ours.

    `orphaned` is the signal it gets from the kernel when the supervisor itself is killed.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    orphaned: signal.Signals = signal.SIGTERM


def require_port(host: str, port: int) -> None:
    """Check that a web server could listen there; before anything starts. Raises PortUnusable."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError as refused:
            raise PortUnusable(
                f"This user may not open port {port}; below 1024 only root may. "
                "To do: choose another with --port."
            ) from refused
        except OSError as refused:
            said = os.strerror(refused.errno) if refused.errno else "nothing more"
            raise PortUnusable(
                f"Port {port} of {host} cannot be used; the system says: {said}. "
                "To do: end the program that uses it, or choose another with --port."
            ) from refused


class Supervisor:
    """Keeps children running until it is told to end.

    `on_death(pid, start_time)` is called in a thread of its own for each child that died (start time as in
    `deskpost.process`), and again for a while when it raises: the database may be down just then.
    What children print goes to `output`, each line after the child's name.
    """

    def __init__(
        self,
        children: Sequence[Child],
        on_death: Callable[[int, str], None] | None = None,
        output: TextIO | None = None,
    ) -> None:
        self._output = output or sys.stderr
        self._parts = [_Part(child, self._print) for child in children]
        self._deaths: queue.Queue[tuple[int, str]] = queue.Queue()
        self._on_death = on_death
        self._told_to_end = 0

    def run(self) -> None:
        """Start all children, and return when SIGTERM or SIGINT came and every one of them has ended.

        For the main thread. A second signal kills them without waiting.
        """
        adopt_orphans()
        before = {kind: signal.signal(kind, self._end) for kind in (signal.SIGTERM, signal.SIGINT)}
        if self._on_death:
            threading.Thread(target=self._tell_deaths, args=(self._on_death,), daemon=True).start()
        try:
            while not self._told_to_end:
                self._reap()
                for part in self._parts:
                    self._look_after(part)
                time.sleep(_LOOK_EVERY)
        finally:
            self._stop()
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _look_after(self, part: "_Part") -> None:
        """Start a part that is not running, once its pause is over."""
        if part.is_running():
            return
        if part.process:
            self._deaths.put((part.process.pid, part.started))
            self._print("run", part.note_death())
        if time.monotonic() >= part.next_start:
            try:
                part.start()
            except OSError as refused:
                self._print("run", part.note_refusal(refused))

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_end += 1

    def _stop(self) -> None:
        """End all children: by SIGTERM, and those that stay, and what they leave behind, by SIGKILL."""
        signals_seen = self._told_to_end
        for part in self._parts:
            part.signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while any(part.is_running() for part in self._parts):
            self._reap()
            if time.monotonic() > end or self._told_to_end > max(signals_seen, 1):
                break
            time.sleep(_LOOK_EVERY)
        for part in self._parts:
            part.kill()
        self._reap()

    def _reap(self) -> None:
        """Take note of ended children, and of the orphans that they left to us."""
        by_pid = {part.process.pid: part.process for part in self._parts if part.process}
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid in by_pid:
                    by_pid[pid].returncode = os.waitstatus_to_exitcode(status)

    def _tell_deaths(self, on_death: Callable[[int, str], None]) -> None:
        while True:
            pid, started = self._deaths.get()
            end = time.monotonic() + _HOOK_PATIENCE
            while True:
                try:
                    on_death(pid, started)
                    break
                except Exception as failed:  # whatever it is, the children must be kept running
                    if time.monotonic() > end:
                        self._print("run", f"What process {pid} held could not be freed: {failed}")
                        break
                    time.sleep(0.5)

    def _print(self, name: str, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a terminal that is gone stops nobody
            self._output.write(f"{name} | {line}\n")
            self._output.flush()


class _Part:
    """A child and the process that it is now."""

    def __init__(self, child: Child, say: Callable[[str, str], None]) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self.started = ""
        self.next_start = 0.0
        self._say = say
        self._since = 0.0
        self._quick_deaths = 0

    def start(self) -> None:
        """Start the child in a process group of its own, which ends with it as a whole."""
        self._since = time.monotonic()
        orphaned = self.child.orphaned
        self.process = subprocess.Popen(
            list(self.child.argv),
            env={"PYTHONUNBUFFERED": "1", **os.environ, **self.child.env},  # what is printed comes at once
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(orphaned),
        )
        self.started = start_time(self.process.pid)
        threading.Thread(target=self._forward, args=(self.process,), daemon=True).start()

    def is_running(self) -> bool:
        """Tell whether the child lives."""
        return self.process is not None and self.process.poll() is None

    def note_death(self) -> str:
        """Settle when to start again after a death, clear up behind it, and give words for the log."""
        assert self.process is not None
        how = self.process.returncode
        self.kill()
        self.process = None
        ended = f"was killed by signal {-how}" if how < 0 else f"ended with exit code {how}"
        return f"{self.child.name} {ended} and is started again{self._pause()}."

    def note_refusal(self, refused: OSError) -> str:
        """Settle when to try again after the system refused the start, and give words for the log."""
        said = os.strerror(refused.errno) if refused.errno else "nothing more"
        return f"{self.child.name} could not be started; the system says: {said}. Next try{self._pause()}."

    def _pause(self) -> str:
        """Settle when to start again, and give that in words."""
        lived = time.monotonic() - self._since
        self._quick_deaths = 0 if lived >= _LIVED_LONG else min(self._quick_deaths + 1, len(_PAUSES))
        pause = _PAUSES[max(self._quick_deaths - 1, 0)]
        self.next_start = time.monotonic() + pause
        return f" in {pause:g} s" if pause else " at once"

    def signal(self, kind: signal.Signals) -> None:
        """Send a signal to the child, if it lives."""
        if self.process and self.is_running():
            self.process.send_signal(kind)

    def kill(self) -> None:
        """End whatever is left of the child's process group."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            if self.process.returncode is None:
                self.process.wait()

    def _forward(self, process: subprocess.Popen[bytes]) -> None:
        """Pass on what the child prints."""
        assert process.stdout is not None
        with process.stdout as lines:
            for line in iter(lambda: lines.readline(65_536), b""):
                self._say(self.child.name, line.decode(errors="replace").rstrip("\n"))
