"""Running the command line as people do: as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from tests.servers.started import free_ports

COMMAND = (sys.executable, "-P", "-m", "deskpost")
_FREE_OF_RIGHTS = "-dac_override,-dac_read_search"
AS_A_PLAIN_USER = (
    ("setpriv", "--inh-caps", _FREE_OF_RIGHTS, "--bounding-set", _FREE_OF_RIGHTS) if os.geteuid() == 0 else ()
)
"""What makes root heed the modes of files, as everybody else must."""
CONTRACTS = Path(__file__).parent / "contract"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def deskpost(
    *arguments: str | bytes | Path,
    stdin: bytes = b"",
    timeout: float = 300,
    before: Sequence[str] = (),
    **environment: str,
) -> Ran:
    """Run a command to its end, by `before` if given. Environment by keyword; an empty value unsets."""
    ended = subprocess.run(
        [*before, *COMMAND, *(one if isinstance(one, bytes) else str(one) for one in arguments)],
        input=stdin,
        capture_output=True,
        env=_environment(environment),
        timeout=timeout,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


class Running:
    """A command that goes on until it is told to end."""

    def __init__(self, *arguments: str | Path, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(environment),
                start_new_session=True,
            )

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> float:
        """Send SIGTERM, wait for the end, and give how many seconds it took: 10 at most where nothing else goes on."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - began

    @property
    def said(self) -> str:
        return self.log.read_text()


def eventually(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for a condition to give something true, and give that."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not true within {seconds} s"
        time.sleep(0.1)
    return found


def follows(contract: str, value: Any) -> None:
    """Check a value against a contract's schema."""
    schema = json.loads((CONTRACTS / f"{contract}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(value)


def is_a_sentence(text: str) -> None:
    """Check that what people are told is one sentence or two in plain words, with what to do."""
    assert text.strip(), "nothing was said"
    for word in ("Traceback", "Errno", "Error:", "Exception", "invalid", "oops", "please", "!"):
        assert word not in text, text
    assert "To do:" in text, text


def free_port() -> int:
    """Give a port of the loopback that nobody uses now."""
    return free_ports(1)[0]


def _environment(changes: dict[str, str]) -> dict[str, str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **changes}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return {name: value for name, value in environment.items() if value != ""}
