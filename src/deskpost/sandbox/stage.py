"""Setting the demo's stage: its settings, its welcome, its opening. Needs Django and the demo's database."""

import http.client
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from string import Template
from zoneinfo import available_timezones

from django.db import connections

from deskpost import settings_file
from deskpost.commands.output import complain, write
from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.inbound.push.subscription import GraphSubscription
from deskpost.sandbox import opening
from deskpost.sandbox.cast import ADMINISTRATOR, BY_EWS, BY_IMAP, DESK, FETCHING, PROVIDER, SENDING
from deskpost.sandbox.outside import LOOPBACK, Outside

_PATIENCE = 60.0  # seconds for web and mail servers to answer
_LOOK_EVERY = 0.05
_NAMES = {"fetching": FETCHING, "sending": SENDING, "desk": DESK, "by_ews": BY_EWS, "by_imap": BY_IMAP}
log = logging.getLogger(__name__)


class Stage:
    """One demo on its way up."""

    def __init__(self, outside: Outside, host: str, port: int) -> None:
        self._outside = outside
        self._host = host
        self._port = port
        self._ended = threading.Event()
        self._password = _secret(outside.folder / "technicians.password", None)

    @contextmanager
    def prepared(self, last_words: str) -> Iterator[None]:
        """Settle who is at the desk; while the caller runs the parts, welcome the visitor and play the opening."""
        self._name_provider()
        self._apply("desk.yaml", once=True)
        thread = threading.Thread(target=self._begin, args=[last_words], name="opening", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join(1.0)

    def _begin(self, last_words: str) -> None:
        try:
            servers = self._outside.servers()
            self._wait_for(servers.imap, servers.cloud)
            self._apply("servers.yaml")
            GraphSubscription.objects.all().delete()  # the cloud began anew, and knows of none
            opening.wake_desk()
            self._wait_for_pages()
            write(self._welcome() + last_words)
            self._play_once()
        except opening.Late:
            complain("A mail of the demo's opening has not arrived yet. What is there can be used.")
        except Exception:
            if not self._ended.is_set():  # at the end the database may be gone already
                log.exception("The demo's opening could not be played")
        finally:
            connections.close_all()

    def _welcome(self) -> str:
        base = f"http://{self._host}:{self._port}"
        return (
            f"\nDeskpost demo: {base}/outside/\n"
            f"  Sign in as {ADMINISTRATOR.address}, password {self._password}, to see the whole desk at {base}/\n"
            "  Whoever opens the page of the outside world acts as customers and technicians without signing in,\n"
            "  so it answers on this machine alone.\n"
        )

    def _name_provider(self) -> None:
        """Give the account that every installation begins with the name that the demo's settings know it by."""
        if not Account.objects.filter(name=PROVIDER).exists():
            settings.change(None, "cli", Account.objects.order_by("pk")[0], {"name": PROVIDER})

    def _play_once(self) -> None:
        """Play the opening, unless this demo was played before."""
        played = self._outside.folder / "opening was played"
        if not played.exists():
            played.touch()
            opening.play(self._outside, self._ended.is_set)

    def _apply(self, scene: str, once: bool = False) -> None:
        """Apply a settings file of the demo, its blanks filled in."""
        file = self._outside.folder / scene
        if once and file.exists():
            return
        servers = self._outside.servers()
        for name in ("password", "fetching_secret", "sending_secret"):
            _secret(self._outside.folder / f"mailbox.{name}", getattr(servers, name))
        text = files("deskpost.sandbox").joinpath("scenes", scene).read_text("utf-8")
        filled = Template(text).substitute(
            host=self._host,
            port=self._port,
            imap=servers.imap,
            cloud=servers.base,
            ca_file=self._outside.ca_file,
            **_NAMES,
            time_zone=local_time_zone(),
        )
        draft = file.with_suffix(".new")
        draft.write_text(filled, "utf-8")
        settings_file.apply(settings_file.read(draft))
        draft.rename(file)

    def _wait_for(self, *ports: int) -> None:
        """Wait until something listens at each port."""
        end = time.monotonic() + _PATIENCE
        for port in ports:
            while not _listens(port):
                if self._ended.wait(_LOOK_EVERY) or time.monotonic() > end:
                    raise opening.Late

    def _wait_for_pages(self) -> None:
        self._wait_for(self._port)
        end = time.monotonic() + _PATIENCE
        while not _answers(self._host, self._port):
            if self._ended.wait(_LOOK_EVERY) or time.monotonic() > end:
                raise opening.Late


def local_time_zone() -> str:
    """Give the name of this machine's time zone, UTC when it does not say."""
    named = os.environ.get("TZ", "").lstrip(":") or "/".join(Path("/etc/localtime").resolve().parts[-2:])
    return named if named in available_timezones() else "UTC"


def _secret(file: Path, value: str | None) -> str:
    """Give what a file for this user alone holds; it is made, with a drawn password unless one is given."""
    if value is not None or not file.exists():
        file.touch(mode=0o600)
        file.write_text(value or secrets.token_urlsafe(9))
    return file.read_text()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/outside/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
