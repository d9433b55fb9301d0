"""A running Deskpost whose processes are killed at random, and what its web server answers meanwhile."""

import os
import random
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.command_line import free_port

KINDS = ("worker", "worker", "web", "postgres")
"""What may be killed; a kind named twice is drawn twice as often."""


@dataclass
class Deskpost:
    """`deskpost run` with two workers: what was killed, and how its pages were answered."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def kill_one(self, draw: random.Random) -> None:
        """Kill a process of a random kind; none when there is none of that kind just now."""
        assert self.process.poll() is None, f"deskpost run has ended: {self.said()[-3000:]}"
        self.kill(draw.choice(KINDS), draw)

    def kill(self, kind: str, draw: random.Random) -> None:
        """Kill one process of a kind; none when there is none just now."""
        found = self._victims()[kind]
        if found:
            with suppress(psutil.NoSuchProcess):
                draw.choice(found).kill()
                self.kills[kind] += 1

    def ask(self) -> bool:
        """Ask for a page, and tell whether it came."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in/", timeout=10) as answer:
                came = answer.status == 200
        except OSError:
            came = False
        self.answers["came" if came else "did not come"] += 1
        return came

    def said(self) -> str:
        """Give what it printed."""
        return self.log.read_text()

    def _victims(self) -> dict[str, list[psutil.Process]]:
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.Error):
                command = process.cmdline()
                if "worker" in command:
                    found["worker"].append(process)
                elif "web" in command or "granian" in process.name():
                    found["web"].append(process)
                elif command and Path(command[0]).name == "postgres" and "-D" in command:
                    found["postgres"].append(process)
        return found


@contextmanager
def running(data: Path, environment: dict[str, str], log: Path) -> Iterator[Deskpost]:
    """Run Deskpost, with somebody who asks for a page five times a second, and end it; `log` gets what it prints."""
    port = free_port()
    command = [sys.executable, "-m", "deskpost", "run", "--data", str(data), "--workers", "2"]
    command += ["--port", str(port)]
    over = threading.Event()
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, text=True)
        deskpost = Deskpost(process, port, log)

        def look() -> None:
            while not over.wait(0.2):
                deskpost.ask()

        reader = threading.Thread(target=look)
        reader.start()
        try:
            yield deskpost
        finally:
            over.set()
            reader.join()
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def environment_of_its_own() -> dict[str, str]:
    """Give the environment without what names another database or data folder."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DESKPOST_")}
