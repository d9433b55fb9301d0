from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.servers import OutgoingServer
from deskpost.sandbox.cloud.cloud import Cloud
from tests.access import rows
from tests.oauth.conftest import served, there
from tests.oauth.world import World
from tests.servers import dovecot as dovecot_server
from tests.servers import postfix as postfix_server
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.introspection import Introspection
from tests.servers.postfix import Postfix

__all__ = ["mail_servers", "served", "servers", "serving_mail", "there"]


class OfCloud(Introspection):
    """Tells of the tokens that the simulated provider gave; while `refuses` is true, that none is good.

    A token opens its owner's mailbox, and the one that `shared` names for that owner.
    """

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self.refuses = False
        self.shared: dict[str, str] = {}
        self._cloud = cloud

    def told(self, token: str) -> dict[str, object]:
        access = None if self.refuses else self._cloud.tokens.find(token)
        if access is None or access.mailbox is None:
            return {"active": False}
        shared = self.shared.get(access.mailbox, access.mailbox)
        return {
            "active": True,
            "username": access.mailbox,
            "shared": shared,
            "exp": int(access.expires_at),
        }


@dataclass
class MailServers:
    """A Dovecot and a Postfix that take the provider's tokens, and the issuers of all certificates in one file."""

    there: World
    tokens: OfCloud
    dovecot: Dovecot
    postfix: Postfix | None
    ca_file: str

    def mailbox(self, protocol: str = "imap", **settings: Any) -> Mailbox:
        """Make a mailbox there that is being fetched."""
        tls = "implicit" if protocol.endswith("s") else "starttls"
        return rows.mailbox(
            self.there, **self._there(protocol, self.dovecot.ports[protocol], tls), **settings
        )

    def server(self, protocol: str = "smtp", **settings: Any) -> OutgoingServer:
        """Make an outgoing server there."""
        if self.postfix is None:
            pytest.skip(str(postfix_server.missing()))
        port, tls = (
            (self.postfix.smtps, "implicit") if protocol == "smtps" else (self.postfix.submission, "starttls")
        )
        return rows.server(self.there, **self._there(protocol, port, tls), **settings)

    def _there(self, protocol: str, port: int, tls: str) -> dict[str, Any]:
        return {
            "server": "127.0.0.1",
            "protocol": protocol,
            "port": port,
            "tls": tls,
            "ca_file": self.ca_file,
        }


@contextmanager
def serving_mail(
    there: World, authority: CertificateAuthority, folder: Path, extra: str = ""
) -> Iterator[MailServers]:
    """Serve mail until the block ends; `extra` goes into Dovecot's configuration, which offers every mechanism."""
    if reason := dovecot_server.missing():
        pytest.skip(reason)
    issuers = folder / "all.pem"
    provider = Path(there.application.server.ca_file or "").read_text()
    issuers.write_text(Path(authority.ca_file).read_text() + provider)
    with ExitStack() as stack:
        tokens = stack.enter_context(OfCloud(there.cloud))
        dovecot = Dovecot(authority, introspection=tokens.url, shared=True, extra=extra)
        stack.enter_context(dovecot)
        postfix = None if postfix_server.missing() else stack.enter_context(Postfix(authority, dovecot))
        yield MailServers(there, tokens, dovecot, postfix, str(issuers))


@pytest.fixture(scope="session")
def mail_servers(
    served: World, certificate_authority: CertificateAuthority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MailServers]:
    """One pair for all tests of this folder."""
    with serving_mail(served, certificate_authority, tmp_path_factory.mktemp("issuers")) as servers:
        yield servers


@pytest.fixture
def servers(mail_servers: MailServers, there: World) -> Iterator[MailServers]:
    """The mail servers, as good as new."""
    mail_servers.dovecot.expunge("desk", "1:*")
    yield mail_servers
    mail_servers.tokens.refuses = False
    mail_servers.tokens.shared.clear()
