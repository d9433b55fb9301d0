"""The demo plays in folders of its own."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_demo_is_not_played_in_the_folder_of_a_real_installation(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKPOST_")}
    command = [sys.executable, "-m", "deskpost"]
    data = ["--data", str(tmp_path / "real")]
    subprocess.run([*command, "migrate", *data], env=environment, check=True, timeout=120)
    told = subprocess.run(
        [*command, "demo", "--keep", *data],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode != 0
    assert "no demo's" in told.stderr
    assert "To do: name another folder" in told.stderr
    assert "Traceback" not in told.stderr
