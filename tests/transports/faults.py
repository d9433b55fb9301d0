"""The faults that each transport is put to, how each is caused, and which error comes of it."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from deskpost.transports.connection import Server, Tls
from deskpost.transports.errors import (
    CertificateRefused,
    ConsentLost,
    LoginRefused,
    MailboxClosed,
    MailboxMissing,
    MessageDelayed,
    MessageRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TlsRefused,
    TokenRefused,
    TransportError,
)
from deskpost.transports.logins import BearerLogin, Credentials
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.smtp import Envelope
from deskpost.transports.target import Target
from tests.servers.certificates import CertificateAuthority
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Line, ScriptedServer
from tests.servers.smtp_sink import SmtpSink
from tests.servers.started import free_ports
from tests.transports.builders import login, mail

LIMIT = 50_000_000
LARGE = 1_000_000


@dataclass(frozen=True)
class Transport:
    """A protocol with a kind of TLS."""

    protocol: str
    tls: Tls

    @property
    def name(self) -> str:
        return PROTOCOLS[self.protocol].label + (" + STARTTLS" if self.tls == "starttls" else "")

    @property
    def family(self) -> str:
        return self.protocol.removesuffix("s")


TRANSPORTS = [
    Transport(key, tls) for key, one in PROTOCOLS.items() if not one.address for tls in one.tls_kinds
]


class World:
    """Servers for one case; everything started here ends with it."""

    def __init__(self, authority: CertificateAuthority, dovecot: Dovecot, transport: Transport) -> None:
        self.authority = authority
        self.dovecot = dovecot
        self.transport = transport
        self.stack = ExitStack()
        self.login: Credentials | None = login("anna")
        self.folder = "INBOX"
        self.content = mail()
        self.behaviour: dict[str, object] = {}

    def good(self, **options: object) -> Server:
        """A server that does all it should."""
        return self.at(self.good_port(**options))

    def good_port(self, **options: object) -> int:
        if self.transport.family == "smtp":
            logins = options.pop("logins", {"anna": PASSWORD})
            tls = options.pop("tls", self.transport.tls)
            certificate = options.pop("certificate", self.authority.good)
            sink = self.stack.enter_context(
                SmtpSink(tls=tls, certificate=certificate, logins=logins)  # type: ignore[arg-type]
            )
            for name, value in self.behaviour.items():
                setattr(sink.behaviour, name, value)
            return sink.port
        dovecot = self.stack.enter_context(Dovecot(self.authority, **options)) if options else self.dovecot
        return dovecot.ports[self.transport.protocol]

    def at(self, port: int, host: str = "localhost", step: float = 20.0) -> Server:
        tls = self.transport.tls
        return Server(
            host, port, tls, True, str(self.authority.ca_file), connect_timeout=20, step_timeout=step
        )

    def scripted(self, script: Callable[[Line], None]) -> Server:
        """A fake server; TLS from the first byte is made for it."""

        def secured(line: Line) -> None:
            if self.transport.tls == "implicit":
                line.secure(self.authority.good)
            script(line)

        return self.at(self.stack.enter_context(ScriptedServer(secured)).port)

    def scripted_secret(self, script: Callable[[Line], None]) -> Server:
        """A fake server whose script begins when the connection is secret; STARTTLS is made for it too."""

        def secured(line: Line) -> None:
            if self.transport.tls == "starttls":
                _take_starttls(self.transport.family, line)
                line.secure(self.authority.good)
            script(line)

        return self.scripted(secured)

    def raw_scripted(self, script: Callable[[Line], None], step: float = 20.0) -> Server:
        return self.at(self.stack.enter_context(ScriptedServer(script)).port, step=step)

    def proxied(self, fault: Fault, step: float = 20.0) -> Server:
        proxy = self.stack.enter_context(CuttingProxy(self.good_port()))
        proxy.arm(fault)
        return self.at(proxy.port, step=step)

    def use(self, server: Server) -> TransportError | None:
        """Do what the transport is there for and give the error it ends with."""
        protocol = PROTOCOLS[self.transport.protocol]
        try:
            if protocol.open_source is not None and self.login is not None:
                with protocol.open_source(Target(server, self.login), self.folder) as source:
                    list(source.fetch(source.list(None, None), LIMIT))
            elif protocol.open_sender is not None:
                with protocol.open_sender(Target(server, self.login)) as sender:
                    envelope = Envelope("desk@msp.example", ("customer@client.example",), self.content)
                    delivery = sender.send(envelope)
                    if delivery.unknown:
                        return TransportError(delivery.words)
                    return delivery.error_for("customer@client.example")
        except TransportError as error:
            return error
        return None


Cause = Callable[[World], Server]
ALL = ("imap", "pop", "smtp")
SECRET = ("starttls", "implicit")
EVERY = ("none", "starttls", "implicit")


@dataclass(frozen=True)
class Case:
    """A fault: where it can happen, how it is caused, what comes of it."""

    name: str
    error: type[TransportError]
    cause: Cause
    families: tuple[str, ...] = ALL
    kinds: tuple[str, ...] = EVERY


def _refused(world: World) -> Server:
    return world.at(free_ports(1)[0])


def _silent(world: World) -> Server:
    wait = threading.Event()
    world.stack.callback(wait.set)
    return world.raw_scripted(lambda line: _until(wait), step=0.3)


def _until(wait: threading.Event) -> None:
    wait.wait(30)


def _certificate(name: str) -> Cause:
    return lambda world: world.good(certificate=getattr(world.authority, name))


def _no_starttls(world: World) -> Server:
    return world.good(tls="none" if world.transport.family == "smtp" else False)


def _another_protocol(world: World) -> Server:
    other = {"imap": "pop", "pop": "imap", "smtp": "imap"}[world.transport.family]
    return world.at(world.dovecot.ports[other + ("s" if world.transport.tls == "implicit" else "")])


def _no_tls_at_all(world: World) -> Server:
    if world.transport.family == "smtp":
        return world.good(tls="none")
    return world.at(world.dovecot.ports[world.transport.family])


def _wrong_password(world: World) -> Server:
    world.login = login("anna", "wrong")
    return world.good()


def _no_folder(world: World) -> Server:
    world.folder = "No such folder"
    return world.good()


def _folder_without_numbers(world: World) -> Server:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        line.answer_imap(b"LOGIN")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        line.answer_imap(b"SELECT", b"* 1 EXISTS")

    return world.scripted(script)


def _busy(world: World) -> Server:
    greeting = {
        "imap": b"* BYE [UNAVAILABLE] the disk is being repaired",
        "pop": b"-ERR [SYS/TEMP] the disk is being repaired",
        "smtp": b"421 4.3.2 Service shutting down",
    }[world.transport.family]
    return world.scripted(lambda line: line.say(greeting))


def _too_many_connections(world: World) -> Server:
    if world.transport.family == "smtp":
        answer = "432 4.3.2 Concurrent connections limit exceeded"
        world.behaviour = {"senders": {"desk@msp.example": answer}}
        return world.good()
    port = world.good_port(connections_per_user=1)
    opener = PROTOCOLS[world.transport.protocol].open_source
    assert opener is not None
    first: AbstractContextManager[object] = opener(Target(world.at(port), login("anna")), "INBOX")
    world.stack.enter_context(first)
    return world.at(port)


def backoff_named(world: World) -> Server:
    said = b"Request is throttled. Suggested Backoff Time: 92405 milliseconds"
    return world.scripted(lambda line: line.say(b"* BYE " + said))


def _login_needs_tls(world: World) -> Server:
    def imap(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 LOGINDISABLED")
        line.hear()

    def pop(line: Line) -> None:
        line.say(b"+OK ready")
        line.hear_until(b"CAPA")
        line.say(b"-ERR what")
        line.hear_until(b"USER")
        line.say(b"-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.")

    return world.scripted(imap if world.transport.family == "imap" else pop)


def _garbled(world: World) -> Server:
    return world.proxied(Fault("garble", after_commands=2))


def _reset_in_content(world: World) -> Server:
    if world.transport.family == "smtp":
        world.content = mail(1, 20 * LARGE)  # more than fits between here and there
        return world.proxied(Fault("reset", after_commands=1000, swallow=True))
    world.login = login(world.dovecot.new_user())
    world.dovecot.deliver(world.login.username, mail(1, LARGE))
    return world.proxied(Fault("reset", after_bytes=LARGE // 2))


def _stalled_in_content(world: World) -> Server:
    world.login = login(world.dovecot.new_user())
    world.dovecot.deliver(world.login.username, mail(1, LARGE))
    return world.proxied(Fault("stall", after_bytes=LARGE // 2), step=1.0)


def _take_starttls(family: str, line: Line) -> None:
    if family == "imap":
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 STARTTLS")
        line.answer_imap(b"STARTTLS")
    elif family == "pop":
        line.say(b"+OK ready")
        line.hear_until(b"CAPA")
        line.say(b"+OK", b"STLS", b".")
        line.hear_until(b"STLS")
        line.say(b"+OK go on")
    else:
        line.say(b"220 ready")
        line.hear_until(b"EHLO")
        line.say(b"250-hello", b"250 STARTTLS")
        line.hear_until(b"STARTTLS")
        line.say(b"220 go on")


def _token_answered(imap: bytes = b"", pop: bytes = b"", smtp: bytes = b"", select: bytes = b"") -> Cause:
    """A server that offers XOAUTH2 and says this to a token; `select` is what it says to SELECT after "yes"."""

    def cause(world: World) -> Server:
        world.login = BearerLogin("anna", PASSWORD)
        greeted = world.transport.tls == "starttls"
        script = {"imap": _imap, "pop": _pop, "smtp": _smtp}[world.transport.family]
        return world.scripted_secret(lambda line: script(line, greeted))

    def _imap(line: Line, greeted: bool) -> None:
        if not greeted:
            line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 SASL-IR AUTH=XOAUTH2")
        line.answer_imap(b"AUTHENTICATE", status=imap)
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        line.answer_imap(b"SELECT", status=select)

    def _pop(line: Line, greeted: bool) -> None:
        if not greeted:
            line.say(b"+OK ready")
        line.hear_until(b"CAPA")
        line.say(b"+OK", b"SASL XOAUTH2", b".")
        line.hear_until(b"AUTH")
        line.say(b"+ ")
        line.hear()
        line.say(pop)

    def _smtp(line: Line, greeted: bool) -> None:
        if not greeted:
            line.say(b"220 ready")
        line.hear_until(b"EHLO")
        line.say(b"250-hello", b"250 AUTH LOGIN XOAUTH2")
        line.hear_until(b"AUTH")
        line.say(b"334 ")
        line.hear()
        line.say(smtp)

    return cause


def _token_not_offered(world: World) -> Server:
    world.login = BearerLogin("anna", PASSWORD)
    return world.good()


def _token_in_clear(world: World) -> Server:
    world.login = BearerLogin("anna", PASSWORD)
    return world.at(25, "mail.msp.example")


def _login_not_offered(world: World) -> Server:
    return world.good(logins={})


def _closes_before_its_answer(world: World) -> Server:
    world.behaviour = {"close_before_250": 1}
    return world.good()


def _answered(recipient: str = "", data: str = "") -> Cause:
    def cause(world: World) -> Server:
        world.behaviour = {"data": data}
        if recipient:
            world.behaviour["recipients"] = {"customer@client.example": recipient}
        return world.good()

    return cause


CASES = [
    Case("server name not found", ServerUnreachable, lambda world: world.at(25, "mail.nowhere.invalid")),
    Case("impossible port", ServerUnreachable, lambda world: world.at(99_999)),
    Case("connection refused", ServerUnreachable, _refused),
    Case("reset at connect", ServerUnreachable, lambda world: world.raw_scripted(Line.reset)),
    Case("says nothing", ServerUnreachable, _silent, kinds=("none", "starttls")),
    Case("stalls in mid-mail", ServerUnreachable, _stalled_in_content, families=("imap", "pop")),
    Case("reset in mid-mail", ServerUnreachable, _reset_in_content),
    Case("closes after the whole mail", TransportError, _closes_before_its_answer, families=("smtp",)),
    Case("another protocol at this port", ProtocolViolated, _another_protocol),
    Case("no TLS at this port", TlsRefused, _no_tls_at_all, kinds=("implicit",)),
    Case("self-signed certificate", CertificateRefused, _certificate("self_signed"), kinds=SECRET),
    Case("certificate for another host", CertificateRefused, _certificate("wrong_name"), kinds=SECRET),
    Case("expired certificate", CertificateRefused, _certificate("expired"), kinds=SECRET),
    Case("STARTTLS not offered", TlsRefused, _no_starttls, kinds=("starttls",)),
    Case("login refused", LoginRefused, _wrong_password),
    Case("login needs TLS", LoginRefused, _login_needs_tls, families=("imap", "pop"), kinds=("none",)),
    Case("login not offered", LoginRefused, _login_not_offered, families=("smtp",)),
    Case(
        "token refused",
        TokenRefused,
        _token_answered(
            imap=b"NO AUTHENTICATE failed.",
            pop=b"-ERR Authentication failure: unknown user name or bad password.",
            smtp=b"535 5.7.3 Authentication unsuccessful",
        ),
    ),
    Case("login by token not offered", LoginRefused, _token_not_offered),
    Case("token over an open connection", LoginRefused, _token_in_clear, kinds=("none",)),
    Case(
        "mailbox closed to the token",
        MailboxClosed,
        _token_answered(imap=b"OK done", select=b"BAD User is authenticated but not connected."),
        families=("imap",),
    ),
    Case(
        "sending switched off at Microsoft",
        ConsentLost,
        _token_answered(
            smtp=b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
        ),
        families=("smtp",),
    ),
    Case("folder missing", MailboxMissing, _no_folder, families=("imap",)),
    Case(
        "folder without UIDVALIDITY",
        ProtocolViolated,
        _folder_without_numbers,
        families=("imap",),
        kinds=("none",),
    ),
    Case("too many connections", Throttled, _too_many_connections),
    Case(
        "asks to wait for a named time",
        Throttled,
        backoff_named,
        families=("imap",),
        kinds=("none", "implicit"),
    ),
    Case("out of service for now", ServerUnreachable, _busy, kinds=("none", "implicit")),
    Case(
        "rubbish as greeting",
        ProtocolViolated,
        lambda world: world.scripted(lambda line: line.say(b"\x00\xffhm")),
    ),
    Case("rubbish in mid-conversation", ProtocolViolated, _garbled, kinds=("none",)),
    Case(
        "recipient refused (5xx)",
        MessageRefused,
        _answered("550 5.1.1 No such person here"),
        families=("smtp",),
    ),
    Case("recipient delayed (4xx)", MessageDelayed, _answered("450 4.2.0 Mailbox busy"), families=("smtp",)),
    Case("mail refused (5xx)", MessageRefused, _answered(data="554 5.7.1 This is spam"), families=("smtp",)),
    Case("mail delayed (4xx)", MessageDelayed, _answered(data="452 4.3.1 Disk full"), families=("smtp",)),
    Case(
        "421 instead of an answer",
        ServerUnreachable,
        _answered(data="421 4.3.2 Shutting down"),
        families=("smtp",),
    ),
]

CELLS = [
    (case, transport)
    for case in CASES
    for transport in TRANSPORTS
    if transport.family in case.families
    and transport.tls in case.kinds
    # A fake server speaks no STARTTLS unless it is taught; its faults come before it.
    and not (transport.tls == "starttls" and case.cause in (backoff_named,))
]
