"""Mail flow as picture 06 has it: every state, an hour of mail with throttling, lanes in use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from deskpost.access.lanes import GraphLane
from deskpost.access.throttles import GraphThrottle
from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.inbound.minutes import MailboxMinute
from deskpost.outbound import failover
from deskpost.outbound.minutes import ServerMinute
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent
from tests.console import builders
from tests.outbound import builders as outbound
from tests.outbound.builders import queue_mails

IN = "3444433433544433434344354454456681299912107655445445544355444"
OUT = (
    8,
    10,
    9,
    11,
    8,
    9,
    8,
    9,
    11,
    10,
    9,
    10,
    9,
    11,
    8,
    9,
    9,
    8,
    10,
    11,
    9,
    8,
    9,
    10,
    9,
    9,
    11,
    12,
    11,
    14,
    19,
    20,
) + (
    *(
        34,
        26,
        25,
        33,
        27,
        21,
        15,
        11,
        9,
        12,
        9,
        10,
        10,
        11,
        9,
        11,
        10,
        9,
        10,
        11,
        10,
        9,
        9,
        10,
        10,
        13,
        18,
        22,
        27,
        21,
    ),
)
THROTTLED = range(28, 15, -1)  # minutes ago


@dataclass(frozen=True)
class Flow:
    """Who looks: at everything, and at one account's alone."""

    priya: Person
    ann: Person
    box: Mailbox


def build() -> Flow:
    """Make the scene in the present database."""
    priya = builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")
    dana = builders.person("Dana Whitfield", "dana@northgate-it.example", "SDTechnician")
    vantage, kestrel = (builders.account(name) for name in ("Vantage Legal", "Kestrel Logistics"))
    ann = builders.person("Ann Berg", "ann@vantage.example", "SDAdmin", account=vantage, within=vantage)
    now = timezone.now()
    support = _mailboxes(kestrel, now)
    _servers(vantage, dana, now)
    return Flow(priya, ann, support)


def box_named(name: str) -> Mailbox:
    """Give a mailbox of the scene."""
    return Mailbox.objects.get(name=name)


def _mailboxes(kestrel: Account, now: datetime) -> Mailbox:
    on = {"last_fetch_at": now, "next_fetch_at": now + timedelta(hours=1), "backlog": 0}
    support = _box(
        "Support", "0", protocol="graph", authentication="oauth", port=443, server="", **_graph("support")
    )
    _state(support, **{**on, "last_fetch_at": now - timedelta(minutes=5)})
    MailboxConsent.objects.create(
        mailbox=support, access_token="old", lost_at=now - timedelta(minutes=5), lost_reason="Revoked."
    )
    theirs = _box("Kestrel Logistics", "471", account=kestrel)
    _state(
        theirs,
        failing_since=now - timedelta(minutes=48),
        last_fetch_at=now - timedelta(minutes=49),
        next_fetch_at=now + timedelta(minutes=9),
        reason="imap.kestrel.example:993 did not answer.",
        consecutive_failures=4,
    )
    alerts = _box(
        "Alerts", "4544343253425", error_folder=True, error_folder_name="Errors", error_stop_after=25
    )
    Mailbox.objects.filter(pk=alerts.pk).update(fetching=False)
    _state(alerts, held_at_limit=True, last_fetch_at=now - timedelta(minutes=22))
    for place in range(88):
        mail = InboundMessage.objects.create(
            mailbox=alerts, source_number=1, folder="INBOX", validity="1", uid=str(place), size=4000, sha256=b"0",
            received_at=now - timedelta(minutes=22, seconds=-place),
        )  # fmt: skip
        Undecided.objects.create(mail=mail, mailbox=alerts)
    for name in ("Brightwater service desk", "Harbour Dental", "Orchard & Pine", "St Alban’s"):
        _state(_box(name, "66550033443504433333"), **on)
    present = now.replace(second=0, microsecond=0)
    brightwater = Mailbox.objects.get(name="Brightwater service desk")
    for ago, count in enumerate(reversed(IN), 1):
        _in(brightwater, present - timedelta(minutes=ago), int(count))
    _in(brightwater, present, round(4 * now.second / 60))
    _in(support, present - timedelta(minutes=5), 1, "consent")
    for ago in (40, 30, 20, 10):
        _in(theirs, present - timedelta(minutes=ago), 1, "connection")
    _in(alerts, present - timedelta(minutes=23), 25, "error")
    return support


def _servers(vantage: Account, dana: Person, now: datetime) -> None:
    present = now.replace(second=0, microsecond=0)
    failover.join("web")
    main = builders.outgoing()
    OutgoingServer.objects.filter(pk=main.pk).update(alternate_server="smtp3.northgate-it.example")
    OutgoingServerState.objects.create(
        server=main,
        alternate_generation=failover.current(),
        alternate_since=now,
        alternate_reason="It was away.",
    )
    graph = outbound.server(
        name="Vantage Legal", account=vantage, protocol="graph", authentication="oauth", port=443,
        reply_to="it@vantagelegal.example", connections=4, **_graph("it"),
    )  # fmt: skip
    theirs = OutgoingServer.objects.get(pk=graph.pk)
    ServerConsent.objects.create(server=theirs, access_token="good")
    _out(theirs, present, 1 + round(20 * now.second / 60), 30.0)
    for ago, count in enumerate(reversed(OUT), 1):
        _out(theirs, present - timedelta(minutes=ago), count - 5, count * 1.9)
        _out(main, present - timedelta(minutes=ago), 5, 2.0)
    for ago in THROTTLED:
        _out(theirs, present - timedelta(minutes=ago), 1, what="throttled")
    GraphThrottle.objects.create(
        mailbox=theirs.mailbox_opened.lower(), client_id=theirs.client_id, minute=present - timedelta(minutes=20),
        answers=6, longest=12,
    )  # fmt: skip
    _out(main, present - timedelta(minutes=12), 1, what="connection")
    tom = outbound.person("Tom Achterberg", "tom@vantage.example", of=vantage)
    record = outbound.record(tom, "VPN drops")
    about = {"account_id": vantage.pk, "record_id": record.pk}
    _queued(main, 13, 22, sending_class=3)
    for sending_class, count in ((2, 1), (3, 14), (4, 9)):
        _queued(theirs, count, 70, sending_class=sending_class, account_id=vantage.pk)
    for number, (sending_class, seconds) in enumerate(((2, 1.6), (3, 1.1), (3, 0.4)), 1):
        author = {"author_id": dana.pk, "automatic": False} if sending_class == 2 else {}
        (mail,) = queue_mails(theirs, ["tom@vantage.example"], sending_class=sending_class, **about, **author)
        OutboxMail.objects.filter(pk=mail.pk).update(
            state="sending", lease_owner="x", lease_until=now + timedelta(hours=1)
        )
        GraphLane.objects.create(
            mailbox=theirs.mailbox_opened.lower(), client_id=theirs.client_id, number=number, owner="x",
            until=now + timedelta(hours=1), taken_at=now - timedelta(seconds=seconds), mail_id=mail.pk,
        )  # fmt: skip


def _graph(user: str) -> dict[str, Any]:
    return {
        "username": f"{user}@vantagelegal.example",
        "client_id": "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b41",
        "graph_endpoint": "https://graph.microsoft.com/v1.0",
        "tls": "implicit",
    }


def _box(name: str, bars: str, **settings: Any) -> Mailbox:
    made = builders.mailbox(name, fetching=True, **settings)
    present = timezone.now().replace(second=0, microsecond=0)
    for place, count in enumerate(bars):
        for minute, mails in enumerate(((int(count) + 2) // 3, (int(count) + 1) // 3, int(count) // 3)):
            _in(made, present - timedelta(minutes=59 - 3 * place - minute), mails)
    return made


def _state(box: Mailbox, **values: Any) -> None:
    MailboxState.objects.filter(mailbox=box).update(**values)


def _in(box: Mailbox, minute: datetime, count: int, what: str = "in") -> None:
    if count:
        row, _ = MailboxMinute.objects.get_or_create(
            mailbox=box, minute=minute, what=what, defaults={"count": count}
        )
        MailboxMinute.objects.filter(pk=row.pk).update(count=count)


def _out(
    server: OutgoingServer, minute: datetime, count: int, seconds: float = 0.0, what: str = "sent"
) -> None:
    ServerMinute.objects.create(
        server=server, minute=minute, what=what, sending_class=3 if what == "sent" else 0, count=count,
        seconds=seconds,
    )  # fmt: skip


def _queued(server: OutgoingServer, count: int, seconds: int, **fields: Any) -> None:
    mails = [queue_mails(server, ["tom@vantage.example"], **fields)[0].pk for _ in range(count)]
    at = timezone.now() - timedelta(seconds=seconds)
    OutboxMail.objects.filter(pk__in=mails).update(created_at=at, next_try_at=at)
