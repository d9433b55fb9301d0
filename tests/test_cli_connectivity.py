"""The database as administrators meet it: a prompt on a default installation, and values that outlast a restart."""

import os
import pty
import select
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.command_line import COMMAND, Running, deskpost, eventually, free_port

DEFAULT = {"DESKPOST_DATABASE_URL": "", "DESKPOST_KEYS": ""}
UPDATE = (
    "update mailconfig set paramvalue='7' where parameter like 'CONSECUTIVE_RETRY_THRESHOLD' "
    "and category like 'FETCHING_MAILBOX_CONNECTIVITY'"
)
SELECT = "select * from mailconfig where category like 'FETCHING_MAILBOX_CONNECTIVITY'"


@pytest.fixture(scope="module")
def folder() -> Path:
    """A data folder as a default installation has it, with its embedded database."""
    with tempfile.TemporaryDirectory(prefix="deskpost-sql-", ignore_cleanup_errors=True) as path:
        assert deskpost("migrate", "--data", path, **DEFAULT).code == 0
        yield Path(path)


@pytest.mark.requirement("R172")
def test_the_documented_command_gives_a_prompt_that_takes_the_statements(folder: Path) -> None:
    ours, its = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in DEFAULT}
    with subprocess.Popen(
        [*COMMAND, "sql", "--data", str(folder)],
        stdin=its,
        stdout=its,
        stderr=its,
        env={**environment, "PAGER": "cat", "TERM": "dumb"},
    ) as process:
        os.close(its)
        assert "=> " in said_until(ours, "=> ")
        os.write(ours, f"{SELECT};\n".encode())
        assert "CONSECUTIVE_RETRY_THRESHOLD" in said_until(ours, "(2 rows)")
        os.write(ours, b"\\q\n")
        assert process.wait(60) == 0
    os.close(ours)


def said_until(terminal: int, words: str, seconds: float = 60) -> str:
    """Give what was said on a terminal until these words came."""
    said, end = "", time.monotonic() + seconds
    while words not in said:
        assert select.select([terminal], [], [], end - time.monotonic())[0], said
        said += os.read(terminal, 4096).decode(errors="replace")
    return said


@pytest.mark.requirement("R179")
def test_what_sql_set_still_holds_after_a_restart(folder: Path, tmp_path: Path) -> None:
    for run in ("first", "second"):
        log, port = tmp_path / run, free_port()
        with Running("run", "--port", str(port), "--data", folder, log=log, **DEFAULT) as service:
            eventually(lambda service=service, port=port: f"http://127.0.0.1:{port}/" in service.said)
            if run == "first":
                assert "UPDATE 1" in deskpost("sql", "-c", UPDATE, "--data", folder, **DEFAULT).out
            shown = deskpost("sql", "-c", SELECT, "--data", folder, **DEFAULT).out
            exported = deskpost("settings", "export", "--data", folder, **DEFAULT).out
            service.end()
        assert "| CONSECUTIVE_RETRY_THRESHOLD | 7" in shown
        assert "consecutive_retry_threshold: 7" in exported
