"""The table of protocols: what forms, command line, settings file and handbook know about each."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal
from typing import Protocol as Interface

from deskpost.transports.connection import Server, Tls
from deskpost.transports.imap import open_imap
from deskpost.transports.logins import Credentials
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.smtp import SmtpConnection, open_smtp
from deskpost.transports.source import Source


class OpenSource(Interface):
    """How an incoming protocol opens a mailbox; `read_only` for a look that changes nothing at all."""

    def __call__(
        self, server: Server, login: Credentials, folder: str, *, read_only: bool = False
    ) -> AbstractContextManager[Source]: ...


class OpenSender(Interface):
    """How an outgoing protocol connects; without a login it sends no AUTH."""

    def __call__(self, server: Server, login: Credentials | None) -> SmtpConnection: ...


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol. `ports` holds the port proposed for each kind of TLS that it allows."""

    key: str
    label: str
    direction: Literal["incoming", "outgoing"]
    ports: Mapping[Tls, int]
    folders: bool = False  # other folders than the inbox, moving between them
    read_flag: bool = False
    uidl: bool = False  # mails are known by the list of all uids, not by a bookmark
    open_source: OpenSource | None = None
    open_sender: OpenSender | None = None

    @property
    def tls_kinds(self) -> tuple[Tls, ...]:
        """The kinds of TLS this protocol allows, the proposed one first."""
        return tuple(self.ports)


def _imap(
    server: Server, login: Credentials, folder: str, *, read_only: bool = False
) -> AbstractContextManager[Source]:
    return open_imap(server, login, folder, read_only=read_only)


def _pop(
    server: Server, login: Credentials, folder: str, *, read_only: bool = False
) -> AbstractContextManager[Source]:
    return open_pop3(server, login)


_ALL = (
    Protocol(
        "imap",
        "IMAP",
        "incoming",
        {"starttls": 143, "none": 143},
        folders=True,
        read_flag=True,
        open_source=_imap,
    ),
    Protocol(
        "imaps",
        "IMAPS",
        "incoming",
        {"implicit": 993},
        folders=True,
        read_flag=True,
        open_source=_imap,
    ),
    Protocol("pop", "POP", "incoming", {"starttls": 110, "none": 110}, uidl=True, open_source=_pop),
    Protocol("pops", "POPS", "incoming", {"implicit": 995}, uidl=True, open_source=_pop),
    Protocol("smtp", "SMTP", "outgoing", {"starttls": 587, "none": 25}, open_sender=open_smtp),
    Protocol("smtps", "SMTPS", "outgoing", {"implicit": 465}, open_sender=open_smtp),
)

PROTOCOLS: dict[str, Protocol] = {protocol.key: protocol for protocol in _ALL}
