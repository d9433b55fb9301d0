"""The sandbox as a process of its own, which nobody kills: mailboxes of EWS and Graph, and what lies in them."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.command_line import COMMAND

PASSWORD, SECRET = "a password", "8Q~a-client-secret"
FETCHES, SENDS = "7c3b2d1e-0000-4000-8000-00000000f37c", "7c3b2d1e-0000-4000-8000-000000005e2d"
"""Two applications: one that fetches by Graph may not send for the same mailbox."""
MAILBOXES = ("ews@cloud.example", "graph@cloud.example", "ews-out@cloud.example", "graph-out@cloud.example")
EWS_IN, GRAPH_IN, EWS_OUT, GRAPH_OUT = MAILBOXES


@dataclass
class CloudApart:
    """What `deskpost sandbox serve` told of itself, and a client of its admin API."""

    told: dict[str, str]
    client: requests.Session

    def deliver(self, address: str, mails: list[bytes]) -> None:
        """Deliver into an inbox."""
        for mail in mails:
            self._ask("POST", f"/mailboxes/{address}/messages", data=mail)

    def messages(self, address: str, folder: str) -> list[dict[str, Any]]:
        """List the mails of a folder."""
        found: list[dict[str, Any]] = self._ask(
            "GET", f"/mailboxes/{address}/messages?folder={folder}"
        ).json()
        return found

    def prepare(self) -> None:
        """Make the mailboxes and applications, and let the mailboxes send as much as they can.

        Each answer takes as long as Microsoft's, so that kills meet requests that are under way.
        """
        for address in MAILBOXES:
            self._ask("POST", "/mailboxes", json={"address": address, "password": PASSWORD})
        for client in (FETCHES, SENDS):
            asked = {"client_id": client, "client_secret": SECRET, "app_only": True}
            self._ask("POST", "/clients", json=asked)
        many = {"sent_per_minute": 1_000_000, "requests_per_10_minutes": 1_000_000}
        self._ask("PUT", "/limits", json={**many, "service_time": [0.1, 0.4]})

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        answer = self.client.request(method, self.told["admin"] + path, timeout=60, **more)
        assert answer.ok, answer.text
        return answer


@contextmanager
def cloud_apart() -> Iterator[CloudApart]:
    """Serve it until the block ends."""
    command = [*COMMAND, "sandbox", "serve", "--json"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        requests.Session() as client,
    ):
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            client.trust_env, client.verify = False, told["ca_file"]
            client.headers["Authorization"] = f"Bearer {told['admin_token']}"
            served = CloudApart(told, client)
            served.prepare()
            yield served
        finally:
            process.terminate()
