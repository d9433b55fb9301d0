"""Every way that mail comes in and goes out, each behind a proxy that can cut it off, all on real servers."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, models
from django.utils import timezone

from deskpost import clock, jobs
from deskpost.access.lanes import GraphPause
from deskpost.inbound.describe import mailboxes_json
from deskpost.inbound.mailboxes import Mailbox, MailboxState, due
from deskpost.inbound.messages import InboundMessage
from deskpost.outbound import server_look
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from deskpost.outbound.upkeep import due_servers
from deskpost.sandbox.cloud.cloud import Fault, Habits
from deskpost.sandbox.cloud.store import Mailbox as Stored
from tests.access import rows
from tests.access.conftest import OfCloud
from tests.inbound.builders import mail
from tests.oauth.world import DESK, OTHER, World
from tests.outbound import builders as make
from tests.servers.certificates import CertificateAuthority
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Line, ScriptedServer
from tests.servers.smtp_sink import SmtpSink

LARGE = "The printer burns, and so does the shelf behind it.\n" * 5_000  # 260 kB
HALF = 120_000  # bytes of that
SCOPES = {
    "imaps": "https://outlook.office365.com/IMAP.AccessAsUser.All,offline_access",
    "pops": "https://outlook.office365.com/POP.AccessAsUser.All,offline_access",
    "smtps": "https://outlook.office365.com/SMTP.Send,offline_access",
    "graph": "Mail.ReadWrite,Mail.Send,offline_access",
    "ews": "https://outlook.office365.com/EWS.AccessAsUser.All,offline_access",
}


@dataclass
class Servers:
    """What the ways lead to; `proxies` by protocol, `issuers` of all certificates in one file."""

    there: World
    authority: CertificateAuthority
    dovecot: Dovecot
    sink: SmtpSink
    issuers: str
    proxies: dict[str, CuttingProxy]
    ports: dict[str, int]


def _whose(tokens: OfCloud) -> Callable[[str], str | None]:
    return lambda token: str(tokens.told(token).get("username") or "") or None


@contextmanager
def served(there: World, authority: CertificateAuthority, folder: Path) -> Iterator[Servers]:
    """Start the servers and their proxies, until the block ends."""
    there.cloud.limits.sent_per_minute = 10_000
    issuers = folder / "all.pem"
    provider = Path(there.application.server.ca_file or "").read_text()
    issuers.write_text(Path(authority.ca_file).read_text() + provider)
    with ExitStack() as stack:
        tokens = stack.enter_context(OfCloud(there.cloud))
        dovecot = stack.enter_context(Dovecot(authority, introspection=tokens.url))
        logins = {DESK: PASSWORD}
        sink = stack.enter_context(
            SmtpSink(tls="implicit", certificate=authority.good, logins=logins, whose=_whose(tokens))
        )
        cloud = int(there.application.token_url.split("/")[2].rpartition(":")[2])
        ports = {
            "imaps": dovecot.imaps,
            "pops": dovecot.pops,
            "smtps": sink.port,
            "ews": cloud,
            "graph": cloud,
        }
        proxies = {name: stack.enter_context(CuttingProxy(port)) for name, port in ports.items()}
        yield Servers(there, authority, dovecot, sink, str(issuers), proxies, ports)


@dataclass
class _Base:
    protocol: str
    servers: Servers
    settings: dict[str, Any] = field(default_factory=dict)
    left_open: ExitStack = field(default_factory=ExitStack)

    @property
    def proxy(self) -> CuttingProxy:
        return self.servers.proxies[self.protocol]

    @property
    def desk(self) -> Stored:
        found = self.servers.there.cloud.store.mailbox(DESK)
        assert found is not None
        return found

    def values(self) -> dict[str, Any]:
        """Give the columns that lead through the proxy."""
        port, web = self.proxy.port, f"https://127.0.0.1:{self.proxy.port}"
        found = {"protocol": self.protocol, "tls": "implicit", "ca_file": self.servers.issuers}
        if self.protocol == "graph":
            return {**found, "server": "", "port": 443, "graph_endpoint": web, "scope": SCOPES["graph"]}
        found |= {"authentication": "basic", "password": PASSWORD}
        if self.protocol == "ews":
            address = {"connect_url": f"{web}/EWS/Exchange.asmx", "server": "", "port": 443}
            return {**found, **address, "scope": SCOPES["ews"], "password": "secret"}
        return {**found, "server": "127.0.0.1", "port": port, "scope": SCOPES[self.protocol]}

    def change(self, **values: Any) -> None:
        """Change columns of the row as the settings page does, and keep what they were."""
        self.settings |= {name: getattr(self.row, name) for name in values if name not in self.settings}  # type: ignore[attr-defined]
        self._write(values)

    def sign_in_by_oauth(self) -> None:
        """Have it sign in by a token from now on, also once the fault is over."""
        if self.row.authentication != "oauth":  # type: ignore[attr-defined]
            self._write({"authentication": "oauth", "password": ""})
            rows.consented(self.servers.there, self.row)  # type: ignore[attr-defined]

    def _write(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self.row, name, value)  # type: ignore[attr-defined]
        self.row.save(update_fields=list(values))  # type: ignore[attr-defined]

    def lead_to(self, script: Any) -> None:
        """Let the proxy lead to a server that follows a script."""
        self.proxy.lead_to(self.left_open.enter_context(ScriptedServer(script)).port)

    def said(self, line: bytes) -> None:
        """Let the server greet with this, in TLS."""

        def script(connection: Line) -> None:
            connection.secure(self.servers.authority.good)
            connection.say(line)

        self.lead_to(script)

    def cloud_fault(self, do: str, value: object = None, path: str = "", service: str = "") -> None:
        """Let the cloud fail until it is mended."""
        self.servers.there.cloud.faults.append(
            Fault(service or self.protocol, do, value, path=path, times=None)
        )

    def mend(self) -> None:
        """Take every fault away."""
        cloud = self.servers.there.cloud
        cloud.faults.clear()
        cloud.habits = Habits()
        clock.last.leapt_at = None
        self.servers.sink.behaviour.data = ""
        self.servers.sink.behaviour.senders = {}
        self.proxy.disarm()
        if self.proxy.refuses:
            self.proxy.accept_again()
        self.proxy.lead_to(self.servers.ports[self.protocol])
        self.left_open.close()
        self.left_open = ExitStack()
        with connection.cursor() as cursor:
            cursor.execute(
                "DROP SEQUENCE IF EXISTS fault_left CASCADE; DROP FUNCTION IF EXISTS fault CASCADE"
            )
        self._write(self.settings)


def _clear() -> None:
    """Remove what the cells before left: what fetches a mailbox by Graph may not send for it."""
    OutboxMail.objects.all().delete()
    OutgoingServer.objects.all().delete()
    GraphPause.objects.all().delete()
    gone = {"fetching": False, "password": "", "client_secret": "", "removed_at": timezone.now()}
    Mailbox.objects.all().update(**gone)


@dataclass
class Incoming(_Base):
    """A mailbox with one large mail at its server."""

    def __post_init__(self) -> None:
        self.name = f"in by {NAMES[self.protocol]}"
        _clear()
        made = rows.mailbox(self.servers.there, **{**self.values(), "name": f"Box {Mailbox.every.count()}"})
        self.row: Mailbox = made
        if made.authentication == "oauth":
            rows.consented(self.servers.there, made)
        self.before = InboundMessage.objects.count()
        self.desk.items.clear()
        number = Mailbox.every.count()
        raw = mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}", text=LARGE)
        if self.protocol in ("imaps", "pops"):
            self.servers.dovecot.expunge("desk", "1:*")
            self.servers.dovecot.deliver("desk", raw)
        else:
            self.servers.there.cloud.store.deliver(self.desk, raw)

    def go(self) -> None:
        """Let the mail go its way, as a worker's job does it."""
        clock.follow()  # as each process does every two seconds
        if self.row.pk in due():
            jobs.fetch(mailbox_id=self.row.pk)

    def state(self) -> tuple[str, str]:
        """Give the state as the pages tell it, and its words."""
        (found,) = [one for one in mailboxes_json() if one["name"] == self.row.name]
        waits = MailboxState.objects.get(mailbox=self.row).next_fetch_at - timezone.now()
        patient = found["state"] == "fetching" and found["reason"] and waits > timedelta(0)
        return ("waiting as asked" if patient else found["state"].replace("_", " ")), found["reason"] or ""

    def age(self, by: timedelta) -> None:
        """Let so much time pass; where it is negative, the clock was set back."""
        state = MailboxState.objects.filter(mailbox=self.row)
        GraphPause.objects.update(not_before=models.F("not_before") - by)
        state.update(
            next_fetch_at=models.F("next_fetch_at") - by, last_fetch_at=models.F("last_fetch_at") - by
        )

    def arrived(self) -> int:
        """Give how many times the mail has arrived."""
        return InboundMessage.objects.count() - self.before


@dataclass
class Outgoing(_Base):
    """An outgoing server with one large mail in its queue."""

    def __post_init__(self) -> None:
        self.name = f"out by {NAMES[self.protocol]}"
        _clear()
        made = rows.server(self.servers.there, **{**self.values(), "connections": 1})
        if self.protocol == "smtps":
            made.username = DESK
        self.row: OutgoingServer = made
        if made.authentication == "oauth":
            rows.consented(self.servers.there, made)
        self.servers.sink.clear()
        self.servers.there.cloud.store.mailbox(OTHER).items.clear()  # type: ignore[union-attr]
        self.desk.items.clear()
        (self.mail,) = make.queue_mails(made, [OTHER], text=LARGE)

    def go(self) -> None:
        """Let the mail go its way, as a worker's job does it."""
        clock.follow()
        if self.row.pk in due_servers():
            jobs.send_mails(server_id=self.row.pk)

    def state(self) -> tuple[str, str]:
        """Give the state as the pages tell it, and its words."""
        self.mail.refresh_from_db()
        server = OutgoingServer.objects.select_related("state").get(pk=self.row.pk)
        fares = server_look.fares([server])[server.pk]
        attempt = self.mail.attempts.order_by("pk").last()
        words = fares.reason or self.mail.reason or (attempt.result if attempt else "")
        look = "waiting as asked" if fares.look == "patience" else fares.look.replace("_", " ")
        return f"{look}, mail {self.mail.state}", words

    def age(self, by: timedelta) -> None:
        """Let so much time pass; where it is negative, the clock was set back."""
        GraphPause.objects.update(not_before=models.F("not_before") - by)
        OutgoingServerState.objects.update(not_before=models.F("not_before") - by)
        OutboxMail.objects.update(next_try_at=models.F("next_try_at") - by)

    def arrived(self) -> int:
        """Give how many times the mail has arrived."""
        if self.protocol == "smtps":
            return len(self.servers.sink.received)
        return len(self.servers.there.cloud.store.mailbox(OTHER).items)  # type: ignore[union-attr]


class Logged(logging.Handler):
    """What a worker writes to its log, from WARNING on, while the block lasts."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())

    def __enter__(self) -> "Logged":
        logging.getLogger("deskpost").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("deskpost").removeHandler(self)


NAMES = {"imaps": "IMAP", "pops": "POP", "smtps": "SMTP", "ews": "EWS", "graph": "Graph"}
WAYS: list[tuple[type[Incoming | Outgoing], str]] = [
    *((Incoming, protocol) for protocol in ("imaps", "pops", "ews", "graph")),
    *((Outgoing, protocol) for protocol in ("smtps", "ews", "graph")),
]
