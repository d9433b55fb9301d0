"""Mailboxes in every state, as picture 03 has them, for the pages of incoming mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from deskpost.inbound.messages import InboundMessage
from tests.console import builders

# name, address, protocol, server, mails of each 3 minutes of the last hour
BOXES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Kestrel Logistics", "kestrel@northgate-it.example", "imaps", "imap.kestrel.example", "2451"),
    (
        "Harbour Dental",
        "help@harbourdental.example",
        "imap",
        "mail.harbour.example",
        "01200003000000010200040",
    ),
    ("St Alban’s", "ict@stalbans.example", "pops", "pop.stalbans.example", "1100001111200012301"),
    (
        "Orchard & Pine",
        "studio-it@orchardpine.example",
        "imaps",
        "imap.orchard.example",
        "00500000000550000000",
    ),
    ("Alerts", "alerts@northgate-it.example", "imap", "mx2.northgate-it.example", "45343243425"),
    ("Projects", "projects@northgate-it.example", "imap", "mx2.northgate-it.example", ""),
)


@dataclass(frozen=True)
class Scene:
    """Who looks, and the mailboxes by name."""

    priya: Person
    marco: Person
    boxes: dict[str, Mailbox]


def build() -> Scene:
    """Make the mailboxes in the present database."""
    priya = builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")
    marco = builders.person("Marco Bianchi", "marco@northgate-it.example", "SDAdmin")
    now = timezone.now()
    boxes = {}
    for name, address, protocol, server, bars in BOXES:
        tls, port = {"imap": ("starttls", 143), "imaps": ("implicit", 993), "pops": ("implicit", 995)}[
            protocol
        ]
        after = "leave" if protocol == "pops" else "mark_read"
        box = builders.mailbox(
            name,
            addresses=[address],
            protocol=protocol,
            server=server,
            tls=tls,
            port=port,
            after_fetching=after,
        )
        _mails(box, bars, now)
        boxes[name] = box
    for name in ("Harbour Dental", "St Alban’s", "Orchard & Pine", "Kestrel Logistics", "Alerts", "Projects"):
        start_fetching(priya, "page", boxes[name])
    for name, seconds in (("Harbour Dental", 22), ("St Alban’s", 180), ("Orchard & Pine", 9), ("Alerts", 40)):
        _state(boxes[name], next_fetch_at=now + timedelta(seconds=seconds + 60), last_fetch_at=now, backlog=0)
    _state(boxes["Orchard & Pine"], junk_new=2)
    _state(boxes["Alerts"], backlog=88)
    _state(
        boxes["Kestrel Logistics"],
        failing_since=now - timedelta(minutes=46),
        last_fetch_at=now - timedelta(minutes=48),
        consecutive_failures=4,
        next_fetch_at=now + timedelta(seconds=98),
        reason="imap.kestrel.example:993 did not answer the connection within 20 s. To do: check server name and "
        "port, and that no firewall between this machine and the server swallows the connection.",
    )
    stop_fetching(marco, "page", boxes["Projects"])
    _state(boxes["Projects"], last_fetch_at=now - timedelta(days=1))
    return Scene(priya, marco, boxes)


def _state(box: Mailbox, **values: Any) -> None:
    MailboxState.objects.filter(mailbox=box).update(**values)


def _mails(box: Mailbox, bars: str, now: datetime) -> None:
    rows = [
        InboundMessage(
            mailbox=box,
            source_number=1,
            folder="INBOX",
            validity="1",
            uid=f"{place}-{number}",
            size=4000,
            sha256=b"0",
            received_at=now - timedelta(minutes=58) + timedelta(minutes=3 * place),
        )
        for place, count in enumerate(bars[:20])
        for number in range(int(count))
    ]
    InboundMessage.objects.bulk_create(rows)
