"""The table of protocols: what forms, command line, settings file and handbook know about each."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal
from typing import Protocol as Interface

from deskpost.transports.connection import Tls
from deskpost.transports.ews import open_ews, open_ews_sender
from deskpost.transports.graph.sender import open_graph_sender
from deskpost.transports.graph.source import open_graph
from deskpost.transports.imap import open_imap
from deskpost.transports.logins import Credentials
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.sender import Sender
from deskpost.transports.smtp import open_smtp
from deskpost.transports.source import Source
from deskpost.transports.target import Target

Authentication = Literal["none", "basic", "oauth"]


class OpenSource(Interface):
    """How an incoming protocol opens a mailbox; `read_only` for a look that changes nothing at all."""

    def __call__(
        self, target: Target, folder: str, *, read_only: bool = False
    ) -> AbstractContextManager[Source]: ...


class OpenSender(Interface):
    """How an outgoing protocol connects; without a login it sends no AUTH."""

    def __call__(self, target: Target) -> Sender: ...


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol. `ports` holds the port proposed for each kind of TLS that it allows.

    `address`: the column with the URL by which it is found; empty where server name and port say it. `push`: how its
    servers tell of new mail by themselves (IMAP IDLE, Graph's change notifications); empty where they do not.
    `most_requests`: how many at a time one application may have under way to one mailbox, over all processes; 0 where
    no such limit is.
    """

    key: str
    label: str
    ports: Mapping[Tls, int]
    logins: tuple[Authentication, ...] = ("basic", "oauth")
    address: Literal["", "connect_url", "graph_endpoint"] = ""
    folders: bool = False  # other folders than the inbox, moving between them
    read_flag: bool = False
    push: Literal["", "idle", "notifications"] = ""
    most_requests: int = 0
    at_once: int = 0  # mails that are fetched before they are stored, where each is a request of its own
    uidl: bool = False  # mails are known by the list of all uids, not by a bookmark
    keeps_copies: bool = False  # its mailbox shows what was sent, as its Sender.keeps_copies says
    open_source: OpenSource | None = None
    open_sender: OpenSender | None = None

    @property
    def one_by_one(self) -> bool:
        """Whether each mail that is sent is a request of its own: EWS, Graph."""
        return bool(self.address)

    @property
    def tls_kinds(self) -> tuple[Tls, ...]:
        """The kinds of TLS this protocol allows, the proposed one first."""
        return tuple(self.ports)


def _imap(target: Target, folder: str, *, read_only: bool = False) -> AbstractContextManager[Source]:
    return open_imap(target.server, _login(target), folder, read_only=read_only)


def _pop(target: Target, folder: str, *, read_only: bool = False) -> AbstractContextManager[Source]:
    return open_pop3(target.server, _login(target))


def _smtp(target: Target) -> Sender:
    return open_smtp(target.server, target.login)


def _login(target: Target) -> Credentials:
    assert target.login is not None, "a mailbox is opened as somebody"
    return target.login


_SMTP_LOGINS: tuple[Authentication, ...] = ("none", "basic", "oauth")
_ALL = (
    Protocol(
        "imap",
        "IMAP",
        {"starttls": 143, "none": 143},
        folders=True,
        read_flag=True,
        push="idle",
        open_source=_imap,
    ),
    Protocol(
        "imaps", "IMAPS", {"implicit": 993}, folders=True, read_flag=True, push="idle", open_source=_imap
    ),
    Protocol("pop", "POP", {"starttls": 110, "none": 110}, uidl=True, open_source=_pop),
    Protocol("pops", "POPS", {"implicit": 995}, uidl=True, open_source=_pop),
    Protocol("smtp", "SMTP", {"starttls": 587, "none": 25}, _SMTP_LOGINS, open_sender=_smtp),
    Protocol("smtps", "SMTPS", {"implicit": 465}, _SMTP_LOGINS, open_sender=_smtp),
    Protocol(
        "ews",
        "EWS",
        {"implicit": 443, "none": 80},  # which of them, the address says; "none" lets http:// be one
        address="connect_url",
        folders=True,
        read_flag=True,
        keeps_copies=True,
        open_source=open_ews,
        open_sender=open_ews_sender,
    ),
    Protocol(
        "graph",
        "Microsoft Graph",
        {"implicit": 443},
        ("oauth",),
        address="graph_endpoint",
        folders=True,
        read_flag=True,
        push="notifications",
        most_requests=4,  # MailboxConcurrency
        at_once=20,
        keeps_copies=True,
        open_source=open_graph,
        open_sender=open_graph_sender,
    ),
)

PROTOCOLS: dict[str, Protocol] = {protocol.key: protocol for protocol in _ALL}
INCOMING = tuple(protocol.key for protocol in _ALL if protocol.open_source is not None)
OUTGOING = tuple(protocol.key for protocol in _ALL if protocol.open_sender is not None)
