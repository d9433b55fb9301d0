"""Worker processes that send, to be killed."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

_WORKER = """
import sys, json, dataclasses, threading, time
import django; django.setup()
from django.db import connections
from deskpost.outbound import failover
from deskpost.outbound.send import send_due
failover.join(sys.argv[1])
def beats():
    while True:
        time.sleep(1); failover.beat(sys.argv[1]); connections.close_all()
threading.Thread(target=beats, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "leave":
        failover.leave(); break
    print(json.dumps(dataclasses.asdict(send_due(int(line)))), flush=True)
"""


class Worker:
    """A process that joins its generation, and sends when told to."""

    def __init__(self, kind: str = "worker") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WORKER, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ.copy(),
        )
        assert self._answer() == "ready"

    def send(self, server_id: int) -> dict[str, Any]:
        """Send what is due at a server."""
        self.tell(server_id)
        return self.result()

    def tell(self, server_id: int) -> None:
        """Begin to send, without waiting."""
        assert self.process.stdin
        print(server_id, file=self.process.stdin, flush=True)

    def result(self) -> dict[str, Any]:
        """Wait for what came of it."""
        answer: dict[str, Any] = json.loads(self._answer())
        return answer

    def stand_still(self) -> None:
        """SIGSTOP: it does nothing more, and can still be killed."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        """End in order."""
        if self.process.poll() is None:
            assert self.process.stdin
            print("leave", file=self.process.stdin, flush=True)
            self.process.wait(60)

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()
