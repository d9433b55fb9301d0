"""npm's oidc-provider: an authorization server written by others, over TLS, with one application registered."""

import json
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from deskpost.oauth.application import Application
from deskpost.transports.connection import Server
from tests.servers.certificates import CertificateAuthority
from tests.servers.started import STARTED, ServerDidNotStart, free_ports, program, stop_group, wait_for_ports

CLIENT, SECRET = "deskpost at a provider", 's3cret: with + and % and "'
REDIRECT = "https://desk.example/oauth/back"
SCOPES = "openid, email, mail, offline_access"
_SERVER = Path(__file__).parent / "oidc" / "server.js"
_INSTALLED = Path(__file__).parents[2] / "build" / "oidc"  # where tools/oidc-provider lays it


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """A running server; `application` fits what is registered."""

    base: str
    application: Application

    def consent(self, address: str, mailbox: str, answer: str = "approve") -> dict[str, str]:
        """Give the values with which the browser comes back after a person answered the page of consent."""
        browser = _browser(self.application.server.ca_file)
        page = _landed(browser, Request(address))
        if page.startswith(REDIRECT):
            return _values(page)  # the provider asked nobody
        form = urlencode({"mailbox": mailbox, "answer": answer}).encode()
        return _values(_landed(browser, Request(page, form)))

    def revoke(self, token: str) -> None:
        """Take a token back, and with a refresh token the whole consent. RFC 7009."""
        form = urlencode({"token": token, "client_id": CLIENT, "client_secret": SECRET}).encode()
        with _browser(self.application.server.ca_file).open(
            f"{self.base}/token/revocation", form, 15
        ) as answer:
            assert answer.status == 200


@contextmanager
def oidc_provider(authority: CertificateAuthority, lasts: int = 60) -> Iterator[OidcProvider]:
    """Serve until the block ends; access tokens last so many seconds."""
    with tempfile.TemporaryDirectory(prefix="deskpost-oidc-", ignore_cleanup_errors=True) as folder:
        for attempt in range(3):
            try:
                process, port = _start(authority, Path(folder) / "log", lasts)
                break
            except ServerDidNotStart:
                if attempt == 2:
                    raise
        STARTED[f"oidc-provider {_version()}"] += 1
        base = f"https://localhost:{port}"
        reach = Server("", 443, ca_file=str(authority.ca_file), step_timeout=10.0)
        try:
            yield OidcProvider(
                base,
                Application(
                    "other", CLIENT, SECRET, f"{base}/auth", f"{base}/token", REDIRECT, SCOPES, reach
                ),
            )
        finally:
            stop_group(process)


def missing() -> str | None:
    """Why oidc-provider cannot be started here, or None."""
    if not (program("node") and program("npm")):
        return "Node or npm is not installed (apt-get install nodejs npm)"
    if not (_INSTALLED / "installed.json").is_file():
        return "oidc-provider is not installed in build/oidc (tools/oidc-provider does it)"
    return None


def _start(authority: CertificateAuthority, log: Path, lasts: int) -> tuple[subprocess.Popen[bytes], int]:
    (port,) = free_ports(1)
    told = {
        "port": port,
        "certificate": str(authority.good.certificate),
        "key": str(authority.good.key),
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_url": REDIRECT,
        "lasts": lasts,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [program("node") or "node", _SERVER, json.dumps(told)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=_INSTALLED,
            start_new_session=True,
        )
    try:
        wait_for_ports(process, [port], log, seconds=60)
    except BaseException:
        stop_group(process)
        raise
    return process, port


def _version() -> str:
    return str(json.loads((_INSTALLED / "node_modules/oidc-provider/package.json").read_text())["version"])


class _NoRedirects(HTTPRedirectHandler):
    """Shows each redirect instead of following it: the last one leads to Deskpost, which is not there."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _browser(ca_file: str | None) -> OpenerDirector:
    trusting = HTTPSHandler(context=ssl.create_default_context(cafile=ca_file))
    return build_opener(trusting, HTTPCookieProcessor(CookieJar()), _NoRedirects())


def _landed(browser: OpenerDirector, request: Request) -> str:
    """Follow redirects up to a page, or to Deskpost's; give that address."""
    for _ in range(10):
        try:
            browser.open(request, timeout=15).close()
            return request.full_url
        except HTTPError as moved:
            if moved.code not in (302, 303):
                raise AssertionError(f"{moved.code} {moved.read().decode()[:2000]}") from None
            address = urljoin(request.full_url, moved.headers["Location"])
        if address.startswith(REDIRECT):
            return address
        request = Request(address)
    raise AssertionError("redirects without end")


def _values(address: str) -> dict[str, str]:
    assert address.startswith(REDIRECT), address
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
