"""The cloud as a program: `deskpost sandbox serve`."""

import json
import secrets
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from deskpost.sandbox.cloud import admin, ews, graph, sign_in
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.connect_proxy import proxying
from deskpost.sandbox.cloud.exchange import Served
from deskpost.sandbox.cloud.server import serving

KEPT = "sandbox.json"


@dataclass
class SandboxUnusable(Exception):
    """The sandbox cannot be served. `words` are for people."""

    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sandbox is found, the same at each start on one data folder. A port of 0 is any that is free."""

    port: int = 0
    proxy_port: int = 0
    admin_token: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What `deskpost sandbox serve` prints."""

    base: str
    graph: str
    ews: str
    authority: str
    authorization_url: str
    token_url: str
    proxy: str
    ca_file: str
    admin: str
    admin_token: str


def services(cloud: Cloud, admin_token: str) -> list[Served]:
    """Give all services of a cloud."""
    return [admin.served(cloud, admin_token), sign_in.served(cloud), graph.served(cloud), ews.served(cloud)]


@contextmanager
def sandbox(cloud: Cloud, folder: Path, place: Place) -> Iterator[Addresses]:
    """Serve a cloud with its proxy until the block ends. The folder gets its certificates.

    Raises SandboxUnusable.
    """
    admin_token = place.admin_token or secrets.token_urlsafe(32)
    authority = _authority(folder)
    try:
        with (
            serving(cloud, services(cloud, admin_token), place.port, authority=authority) as server,
            proxying(server.server_port, place.proxy_port) as proxy,
        ):
            yield _addresses(server.base, cloud.tenant, proxy.address, authority.ca_file, admin_token)
    except OSError as taken:
        raise SandboxUnusable(
            f"The sandbox cannot listen: {taken.strerror}. To do: name another port with --port, or stop what has it."
        ) from taken


def run(port: int, data: Path | None, time_scale: float, tell: Callable[[Mapping[str, str]], None]) -> None:
    """Serve an empty cloud until SIGTERM or SIGINT, and tell its addresses once it answers."""
    told = threading.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: told.set())
    cloud = Cloud.new(time_scale=time_scale)
    with _folder(data) as folder:
        kept = _read(folder)
        place = Place(port or kept.port, kept.proxy_port, kept.admin_token)
        with sandbox(cloud, folder, place) as addresses:
            _keep(folder, addresses)
            tell(asdict(addresses))
            told.wait()


def _addresses(base: str, tenant: str, proxy: str, ca_file: Path, admin_token: str) -> Addresses:
    authority = f"{base}/{tenant}"
    return Addresses(
        base,
        f"{base}/v1.0",
        f"{base}/EWS/Exchange.asmx",
        authority,
        f"{authority}/oauth2/v2.0/authorize",
        f"{authority}/oauth2/v2.0/token",
        proxy,
        str(ca_file),
        f"{base}/admin",
        admin_token,
    )


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        with tempfile.TemporaryDirectory(prefix="deskpost-sandbox-") as folder:
            yield Path(folder)
        return
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise SandboxUnusable(
            f"The folder {data} cannot be used: {trouble.strerror}. To do: name another one with --data."
        ) from trouble
    yield data.resolve()


def _authority(folder: Path) -> Authority:
    try:
        return Authority(folder)
    except (OSError, ValueError) as trouble:
        raise SandboxUnusable(
            f"The certificates in {folder} cannot be used: {trouble}. To do: name another folder with --data."
        ) from trouble


def _read(folder: Path) -> Place:
    try:
        return Place(**json.loads((folder / KEPT).read_text()))
    except FileNotFoundError:
        return Place()
    except (OSError, ValueError, TypeError) as trouble:
        raise SandboxUnusable(
            f"{folder / KEPT} cannot be read: {trouble}. To do: delete it, or name another folder with --data."
        ) from trouble


def _keep(folder: Path, addresses: Addresses) -> None:
    port, proxy_port = (int(one.rpartition(":")[2]) for one in (addresses.base, addresses.proxy))
    file = folder / KEPT
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(Place(port, proxy_port, addresses.admin_token))))
