"""The admin API of the demo's cloud, as whoever writes to the desk uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from deskpost.sandbox.outside import Outside
from deskpost.transports.connection import Server
from deskpost.transports.errors import TransportError
from deskpost.transports.http import Http

_PATIENCE = 20.0  # seconds


class NotTaken(Exception):
    """The cloud did not take a mail. `said` is its answer."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class CloudAdmin:
    """Delivers mails into the cloud's mailboxes."""

    def __init__(self, outside: Outside, http: Http) -> None:
        self._http = http
        servers = outside.servers()
        self._base = f"{servers.base}/admin/mailboxes"
        self._headers = {"Authorization": f"Bearer {servers.admin_token}"}

    def deliver(self, address: str, content: bytes) -> None:
        """Put a mail into an inbox. Raises NotTaken."""
        there = f"{self._base}/{quote(address)}/messages"
        try:
            answer = self._http.ask("POST", there, self._headers, content)
            if not answer.fine:
                raise NotTaken(_error(answer.json(), answer.status))
        except TransportError as trouble:
            raise NotTaken(trouble.words) from trouble


@contextmanager
def cloud_admin(outside: Outside) -> Iterator[CloudAdmin]:
    """Give the admin API, over a connection that stays open until the block ends."""
    reach = Server("", 443, ca_file=str(outside.ca_file), connect_timeout=_PATIENCE, step_timeout=_PATIENCE)
    with Http(outside.servers().base, reach) as http:
        yield CloudAdmin(outside, http)


def _error(told: object, status: int) -> str:
    return str(told.get("error")) if isinstance(told, dict) else str(status)
