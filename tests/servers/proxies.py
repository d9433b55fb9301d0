"""Real proxies in temporary folders: tinyproxy for HTTP CONNECT and microsocks for SOCKS5, with and without a login."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, Self

from deskpost.transports.proxy import Proxy
from tests.servers.started import (
    STARTED,
    ServerDidNotStart,
    free_ports,
    give_to_server_user,
    program,
    stop_group,
    user_of_servers,
    wait_for_ports,
)

Kind = Literal["http", "socks5"]
USERNAME, PASSWORD = "deskpost", "Pr0xy-s3cret-passw0rd"  # tinyproxy knows letters, digits and a few signs

_TINYPROXY = """
Listen 127.0.0.1
Port {port}
Timeout 60
LogLevel Connect
MaxClients 100
Allow 127.0.0.1
{login}
{rules}
"""


def missing(kind: Kind) -> str | None:
    """Why no such proxy can be started here, None when one can."""
    name = _PROGRAMS[kind]
    return None if program(name) else f"{name} is not installed; To do: apt-get install {_PACKAGES[kind]}"


_PROGRAMS: dict[Kind, str] = {"http": "tinyproxy", "socks5": "microsocks"}
_PACKAGES: dict[Kind, str] = {"http": "tinyproxy-bin", "socks5": "microsocks"}


class RealProxy:
    """Starts when made and stops at `close`. `login`: it asks for USERNAME and PASSWORD.

    `ports`: those it leads to (tinyproxy only), all when empty.
    """

    def __init__(self, kind: Kind, *, login: bool = False, ports: tuple[int, ...] = ()) -> None:
        self.kind: Kind = kind
        self._login = login
        self._ports = ports
        self._temporary = tempfile.TemporaryDirectory(prefix="deskpost-proxy-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self.log = self.folder / "proxy.log"
        for attempt in range(3):
            (self.port,) = free_ports(1)
            try:
                self._start()
                break
            except ServerDidNotStart:
                if attempt == 2:
                    self.close()
                    raise
        STARTED[_PROGRAMS[kind]] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def proxy(self) -> Proxy:
        """How it is asked, with its login where it wants one."""
        login = (USERNAME, PASSWORD) if self._login else ("", "")
        return Proxy(self.kind, "127.0.0.1", self.port, *login)

    def led_to(self) -> list[str]:
        """The places, host:port, that it was asked for and led to, in order."""
        text = self.log.read_text(errors="replace")
        if self.kind == "http":
            return re.findall(r"CONNECT (\S+) HTTP/1", text)
        return re.findall(r"connected to (\S+)", text)

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            stop_group(self._process)
        self._temporary.cleanup()

    def _start(self) -> None:
        give_to_server_user(self.folder)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=user_of_servers(),
            )
        wait_for_ports(self._process, [self.port], self.log)
        self._begun_with = len(self.led_to())

    def _command(self) -> list[str]:
        name = program(_PROGRAMS[self.kind])
        assert name is not None
        if self.kind == "socks5":
            login = ["-u", USERNAME, "-P", PASSWORD] if self._login else []
            return [name, "-i", "127.0.0.1", "-p", str(self.port), *login]
        config = self.folder / "tinyproxy.conf"
        login_line = f"BasicAuth {USERNAME} {PASSWORD}" if self._login else ""
        rules = "\n".join(f"ConnectPort {port}" for port in self._ports)
        config.write_text(_TINYPROXY.format(port=self.port, login=login_line, rules=rules))
        give_to_server_user(config)
        return [name, "-d", "-c", str(config)]
