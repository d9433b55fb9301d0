"""Fixtures that start real servers, and the closing list of servers started and tests skipped."""

from collections.abc import Callable, Iterator

import pytest

from tests.servers import cyrus as cyrus_server
from tests.servers import dovecot as dovecot_server
from tests.servers import oidc_provider as oidc_server
from tests.servers import postfix as postfix_server
from tests.servers.certificates import CertificateAuthority
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot
from tests.servers.oidc_provider import OidcProvider
from tests.servers.postfix import Postfix
from tests.servers.proxies import Kind, RealProxy
from tests.servers.proxies import missing as missing_proxy
from tests.servers.scripted import Script, ScriptedServer
from tests.servers.smtp_sink import SmtpSink
from tests.servers.started import STARTED


@pytest.fixture(scope="session")
def certificate_authority() -> Iterator[CertificateAuthority]:
    """Our own issuer with good and bad certificates; `ca_file` is what a server setting names to trust it."""
    authority = CertificateAuthority()
    yield authority
    authority.close()


@pytest.fixture(scope="session")
def dovecot(certificate_authority: CertificateAuthority) -> Iterator[Dovecot]:
    """One Dovecot for all tests; take `dovecot.new_user()` for a mailbox of your own."""
    _skip_when(dovecot_server.missing())
    with Dovecot(certificate_authority) as server:
        yield server


@pytest.fixture(scope="session")
def cyrus(certificate_authority: CertificateAuthority) -> Iterator[Cyrus]:
    """One Cyrus for all tests, as a second opinion; take `cyrus.new_user()` for a mailbox of your own."""
    _skip_when(cyrus_server.missing())
    with Cyrus(certificate_authority) as server:
        yield server


@pytest.fixture
def dovecot_with(certificate_authority: CertificateAuthority) -> Iterator[Callable[..., Dovecot]]:
    """Starts further Dovecots with options of `Dovecot`, which end with the test."""
    _skip_when(dovecot_server.missing())
    servers: list[Dovecot] = []

    def start(**options: object) -> Dovecot:
        servers.append(Dovecot(certificate_authority, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def postfix(certificate_authority: CertificateAuthority, dovecot: Dovecot) -> Iterator[Postfix]:
    """One Postfix for all tests; read what came in for an address of your own by `postfix.mails(address)`."""
    _skip_when(postfix_server.missing())
    with Postfix(certificate_authority, dovecot) as server:
        yield server


@pytest.fixture
def postfix_pair(
    certificate_authority: CertificateAuthority, dovecot: Dovecot
) -> Iterator[Callable[..., list[Postfix]]]:
    """Starts Postfixes (two unless told) that a test may kill and start again; they end with the test."""
    _skip_when(postfix_server.missing())
    servers: list[Postfix] = []

    def start(count: int = 2, **options: object) -> list[Postfix]:
        fresh = [Postfix(certificate_authority, dovecot, **options) for _ in range(count)]  # type: ignore[arg-type]
        servers.extend(fresh)
        return fresh

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def oidc_provider(certificate_authority: CertificateAuthority) -> Iterator[OidcProvider]:
    """One authorization server written by others, for all the long tests; its access tokens last a minute."""
    _skip_when(oidc_server.missing())
    with oidc_server.oidc_provider(certificate_authority) as running:
        yield running


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A receiving server in this process without TLS and login."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def smtp_sink_with(certificate_authority: CertificateAuthority) -> Iterator[Callable[..., SmtpSink]]:
    """Starts receiving servers with options of `SmtpSink`, with a good certificate unless told."""
    sinks: list[SmtpSink] = []

    def start(**options: object) -> SmtpSink:
        options.setdefault("certificate", certificate_authority.good)
        sinks.append(SmtpSink(**options))  # type: ignore[arg-type]
        return sinks[-1]

    yield start
    for sink in sinks:
        sink.close()


@pytest.fixture
def cutting_proxy() -> Iterator[Callable[[int], CuttingProxy]]:
    """Starts a proxy in front of a loopback port."""
    proxies: list[CuttingProxy] = []

    def start(target: int) -> CuttingProxy:
        proxies.append(CuttingProxy(target))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.close()


@pytest.fixture(scope="session")
def real_proxies() -> Iterator[Callable[..., RealProxy]]:
    """Gives a real proxy by `RealProxy`'s options, each started once for all tests."""
    proxies: dict[tuple[object, ...], RealProxy] = {}

    def give(kind: Kind, **options: object) -> RealProxy:
        _skip_when(missing_proxy(kind))
        key = (kind, *sorted(options.items()))
        if key not in proxies:
            proxies[key] = RealProxy(kind, **options)  # type: ignore[arg-type]
        return proxies[key]

    yield give
    for proxy in proxies.values():
        proxy.close()


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], ScriptedServer]]:
    """Starts a server that follows a script."""
    servers: list[ScriptedServer] = []

    def start(script: Script) -> ScriptedServer:
        servers.append(ScriptedServer(script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary what this one has started, when tests run in several."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["started"] = dict(STARTED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take in what a process that ran tests has started."""
    STARTED.update(getattr(node, "workeroutput", {}).get("started", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with the servers started and every test skipped, each with its reason."""
    if STARTED:
        terminalreporter.section("servers started")
        for name, times in sorted(STARTED.items()):
            terminalreporter.write_line(f"{name}{f', {times} times' if times > 1 else ''}")
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.section("tests skipped")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
    if not skipped:
        terminalreporter.write_line("none")


def _skip_when(reason: str | None) -> None:
    if reason:
        pytest.skip(reason)
