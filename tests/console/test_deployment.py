"""Django's own check of a deployment finds nothing, once people come by TLS."""

import os
import subprocess
import sys


def test_the_check_of_a_deployment_finds_nothing() -> None:
    environment = {**os.environ, "DESKPOST_HTTPS": "1"}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set by browser tests that ran before in this process
    told = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "deskpost.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
