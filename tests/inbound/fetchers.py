"""Worker processes that fetch mailboxes when told to."""

import json
import os
import subprocess
import sys
from typing import Any, Self

_FETCHER = """
import sys, json
import django; django.setup()
from deskpost.inbound.collecting.collect import fetch
print("ready", flush=True)
for line in sys.stdin:
    found = fetch(int(line))
    failure = found.failure and found.failure.words
    print(json.dumps({"collected": found.collected, "elsewhere": found.held_elsewhere, "failure": failure}), flush=True)
"""


class Fetcher:
    """A process of its own, as a worker is one, until the block ends."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _FETCHER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ.copy(),
        )
        assert self._answer() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)

    def fetch(self, mailbox_id: int) -> dict[str, Any]:
        """Fetch a mailbox, and give what came of it."""
        assert self.process.stdin
        print(mailbox_id, file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._answer())
        return answer

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()
