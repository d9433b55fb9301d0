"""Runs `deskpost demo` in a process of its own, until it prints the address of its page."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.servers.started import free_ports


def free_port() -> int:
    """Give a port that nobody listened on a moment ago."""
    return free_ports(1)[0]


@contextlib.contextmanager
def demo_page(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    through_make: bool = False,
    patience: float = 120,
) -> Iterator[str]:
    """Run the demo on a free port and give the address it prints; then end it."""
    port = free_port()
    more = [f"ARGS=--port {port}"] if through_make else ["--port", str(port)]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*command, *more],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
        try:
            yield _address(process, output.fileno(), port, patience)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to make, and to what it runs
            process.wait(30)
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), 1):
            pass


def _address(process: subprocess.Popen[bytes], output: int, port: int, patience: float) -> str:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        said = os.pread(output, 1_000_000, 0).decode()
        found = re.search(rf"http://\S*:{port}\S*", said)
        if found:
            return found[0]
        assert process.poll() is None, f"the demo ended with {process.returncode}:\n{said}"
        time.sleep(0.1)
    raise AssertionError(f"no address within {patience} s:\n{os.pread(output, 1_000_000, 0).decode()}")
