"""The faults that every way of mail is put to: how each is caused, which state it leads to, and who ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deskpost import clock
from deskpost.access import consents
from deskpost.access.proxy import ProxySettings
from deskpost.outbound.failover import Process
from deskpost.tick import find_late
from tests.faults.ways import HALF, Incoming, Outgoing
from tests.servers import cutting_proxy
from tests.servers.scripted import Line

Any_way = Incoming | Outgoing
Cause = Callable[[Any], None]
ALL = ("imaps", "pops", "smtps", "ews", "graph")
HTTP = ("ews", "graph")
MAIL = ("imaps", "pops", "smtps")


@dataclass(frozen=True)
class Fault:
    """A fault: how it is caused, and the state of a mailbox and of an outgoing server with its mail.

    `person`: what somebody has to do before mail goes on; empty: nobody has to do anything. `graph_in`, `graph_out`:
    the state of a mailbox and of a server of Graph, where it is another.
    """

    name: str
    cause: Cause
    incoming: str
    outgoing: str
    protocols: tuple[str, ...] = ALL
    person: str = ""
    graph_in: str = ""
    graph_out: str = ""

    def state_of(self, kind: type, protocol: str) -> str:
        """Give the state that it leads to, empty where it cannot happen."""
        if protocol not in self.protocols:
            return ""
        if kind is Outgoing:
            return (protocol == "graph" and self.graph_out) or self.outgoing
        return (protocol == "graph" and self.graph_in) or self.incoming


def _in_the_middle(act: str) -> Cause:
    def cause(way: Any_way) -> None:
        fault = (
            {"after_bytes": HALF} if isinstance(way, Incoming) else {"after_commands": 300, "swallow": True}
        )
        way.proxy.arm(cutting_proxy.Fault(act, times=None, **fault))  # type: ignore[arg-type]

    return cause


def _no_tls(way: Any_way) -> None:
    def script(line: Line) -> None:
        line.say(b"220 mail.example speaks in clear")
        while line.link.recv(4096):  # else what was not read would reset the connection
            pass

    way.lead_to(script)


def _wrong_certificate(way: Any_way) -> None:
    def script(line: Line) -> None:
        line.secure(way.servers.authority.wrong_name)

    way.lead_to(script)


def _throttled(way: Any_way) -> None:
    if way.protocol == "smtps":
        answer = "432 4.3.2 Concurrent connections limit exceeded"
        way.servers.sink.behaviour.senders = {"desk@contoso.example": answer}
    elif way.protocol == "ews":
        way.cloud_fault("busy", 300)
    elif way.protocol == "graph":
        way.cloud_fault("status", {"status": 429, "headers": {"Retry-After": "300"}})
    else:
        wait = b"Request is throttled. Suggested Backoff Time: 300000 milliseconds"
        way.said(b"* BYE " + wait if way.protocol == "imaps" else b"-ERR [LOGIN-DELAY] " + wait)


def _out_of_service(way: Any_way) -> None:
    if way.protocol in HTTP:
        way.cloud_fault("status", 503)
    else:
        greeting = {"imaps": b"* BYE [UNAVAILABLE] repairing", "pops": b"-ERR [SYS/TEMP] repairing"}
        way.said(greeting.get(way.protocol, b"421 4.3.2 Service shutting down"))


def _refused_mail(way: Any_way) -> None:
    way.servers.sink.behaviour.data = "452 4.3.1 Insufficient system storage"


def _database(does: str, times: int = 2) -> Cause:
    """PostgreSQL fails so many times in the middle of storing: a sequence counts, for it is never rolled back."""

    def cause(way: Any_way) -> None:
        table = "inbound_message" if isinstance(way, Incoming) else "outbox_attempt"
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP SEQUENCE IF EXISTS fault_left; DROP FUNCTION IF EXISTS fault CASCADE; "
                f"CREATE SEQUENCE fault_left; CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN IF nextval('fault_left') <= {times} THEN {does}; END IF; RETURN NULL; END $$; "
                f"CREATE TRIGGER fault AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fault()"
            )

    return cause


_DISK_FULL = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'"
_GONE = "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1)"


def _half_an_answer(way: Any_way) -> None:
    way.cloud_fault("half_answer", path="" if isinstance(way, Incoming) else "CreateItem|sendMail|/send$")


def _clock_set_back(way: Any_way) -> None:
    way.age(-timedelta(hours=1))
    seen = timezone.now() + timedelta(hours=1)
    beat = {"kind": "worker", "seen_at": seen}
    Process.objects.update_or_create(host="here", pid=1, started="", defaults=beat)


def _clock_set_forward(way: Any_way) -> None:
    """Let all moments be an hour ago, and this process know the hour before; then its two seconds' look comes."""
    hour = timedelta(hours=1)
    clock.follow()
    way.age(hour)
    assert clock.last.there is not None
    clock.last.there -= hour
    clock.follow()
    find_late()


def _spent(way: Any_way) -> None:
    """Let the token end, and the mailbox or server sign in by one."""
    way.sign_in_by_oauth()
    consent = consents.consent_of(way.row)
    assert consent is not None
    type(consent).objects.filter(pk=consent.pk).update(expires_at=timezone.now() - timedelta(minutes=1))


def _html(way: Any_way) -> None:
    _spent(way)
    page = {"status": 200, "body": "<html><h1>Sign in to the guest network</h1></html>"}
    way.cloud_fault("status", page, "/token$", "sign_in")


def _revoked(way: Any_way) -> None:
    _spent(way)
    way.servers.there.cloud.tokens.revoke("desk@contoso.example")


def _secret_s_id(way: Any_way) -> None:
    _spent(way)
    way.change(client_secret="0c9a5f21-71de-4e0b-9a86-2c7f1d3e8b40")  # noqa: S106


def _provider_s_clock(way: Any_way) -> None:
    _spent(way)
    way.servers.there.cloud.habits.clock_ahead = 3600.0


def _proxy_wants_credentials(way: Any_way) -> None:
    def script(line: Line) -> None:
        while line.hear():
            pass
        line.say(b"HTTP/1.1 407 Proxy Authentication Required", b'Proxy-Authenticate: Basic realm="x"', b"")

    way.lead_to(script)
    ProxySettings.objects.all().delete()
    ProxySettings.objects.create(host="127.0.0.1", port=way.proxy.port)
    way.change(proxy=True)


BROKEN = "sending, mail queued"
FAULTS = [
    Fault("connection refused", lambda way: way.proxy.refuse(), "failing", "failing, mail queued"),
    Fault(
        "reset at connect",
        lambda way: way.proxy.arm(cutting_proxy.Fault("reset", after_bytes=0, times=None)),
        "failing",
        "failing, mail queued",
    ),
    Fault("reset in the middle of a mail", _in_the_middle("reset"), "failing", BROKEN),
    Fault("stall in the middle of a mail", _in_the_middle("stall"), "failing", BROKEN),
    Fault("no TLS there", _no_tls, "failing", "failing, mail queued"),
    Fault("certificate for another host", _wrong_certificate, "failing", "failing, mail queued"),
    Fault(
        "login refused",
        lambda way: way.change(password="wrong"),  # noqa: S106
        "failing",
        "failing, mail queued",
        ("imaps", "pops", "smtps", "ews"),
        person="the right password is saved",
    ),
    Fault("throttled", _throttled, "waiting as asked", "waiting as asked, mail queued"),
    Fault(
        "out of service (5xx)",
        _out_of_service,
        "failing",
        "failing, mail queued",
        graph_in="waiting as asked",  # Microsoft means the same by 503 as by 429
        graph_out="waiting as asked, mail queued",
    ),
    Fault("the server's disk is full", _refused_mail, "", BROKEN, ("smtps",)),
    Fault("the disk of the database is full", _database(_DISK_FULL), "failing", "sending, mail sent"),
    Fault("the database goes away", _database(_GONE), "fetching", "sending, mail sent"),
    Fault("the clock is set back an hour", _clock_set_back, "fetching", "sending, mail sent"),
    Fault("the clock is set forward an hour", _clock_set_forward, "fetching", "sending, mail sent"),
    Fault("an answer is cut in the middle", _half_an_answer, "failing", BROKEN, HTTP),
    Fault(
        "SOAP fault",
        lambda way: way.cloud_fault("error", "ErrorInternalServerError"),
        "failing",
        "failing, mail queued",
        ("ews",),
    ),
    Fault(
        "the provider ends the service",
        lambda way: way.cloud_fault("policy", "blocked"),
        "stopped",
        "ended, mail queued",
        ("ews",),
        person="fetching is started again",
    ),
    Fault(
        "a proxy wants credentials",
        _proxy_wants_credentials,
        "failing",
        "failing, mail queued",
        person="the proxy's user and password are saved",
    ),
    Fault("the token endpoint answers HTML", _html, "failing", "failing, mail queued"),
    Fault(
        "the refresh token was revoked",
        _revoked,
        "needs consent",
        "needs consent, mail queued",
        person="somebody presses Reconnect",
    ),
    Fault(
        "the secret's id in place of the secret",
        _secret_s_id,
        "failing",
        "failing, mail queued",
        person="the secret's value is saved",
    ),
    Fault("the provider's clock is an hour off", _provider_s_clock, "fetching", "sending, mail sent"),
]
CELLS = [
    pytest.param(fault, kind, protocol, id=f"{fault.name}-{kind.__name__.lower()}-{protocol}")
    for fault in FAULTS
    for kind, protocols in (
        (Incoming, ("imaps", "pops", "ews", "graph")),
        (Outgoing, ("smtps", "ews", "graph")),
    )
    for protocol in protocols
    if fault.state_of(kind, protocol)
]
