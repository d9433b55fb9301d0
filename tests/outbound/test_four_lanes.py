"""Three workers send by a Graph mailbox from which mail is fetched at the same time."""

import threading
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db import connection

from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.inbound.messages import InboundMessage
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.inbound.builders import mail, mailbox
from tests.inbound.fetchers import Fetcher
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, Desk, desk_served
from tests.outbound.workers import Worker

pytestmark = pytest.mark.usefixtures("database")

MAILS = 32
FETCHED = 8
ALIAS = "support@contoso.example"


@pytest.mark.pain("mailbox-concurrency")
@pytest.mark.requirement("R92")
@pytest.mark.parametrize("sends_as", [DESK, ALIAS])
def test_a_mailbox_s_concurrency_limit_aborts_nothing(tmp_path: Path, sends_as: str) -> None:
    """MailboxConcurrency: never five requests at a time, and three mostly while the queue is full.

    So it is where mail leaves by another name of the mailbox than it is fetched by, from the first run of both on.
    """
    with desk_served(tmp_path) as desk:
        desk.cloud.store.add_mailbox(DESK, "Help Desk", "secret", aliases=[ALIAS])
        desk.cloud.limits.service_time = (0.5, 0.7)
        desk.cloud.limits.sent_per_minute = 1_000  # more would arrive later
        server = desk.server(mailbox_to_open=sends_as, reply_to=sends_as)
        incoming = _fetched_beside(desk, server)
        if sends_as != DESK:
            _first_runs(desk, server, incoming)
        _deliver(desk)
        make.queue_mails(server, [CUSTOMER] * MAILS, sending_class=3, automatic=True)
        workers = [Worker() for _ in range(3)]
        over = threading.Event()
        fetches: list[dict[str, Any]] = []
        with Fetcher() as fetcher:

            def fetch_all_the_while() -> None:
                while not over.is_set():
                    fetches.append(fetcher.fetch(incoming.pk))

            fetching = threading.Thread(target=fetch_all_the_while, daemon=True)
            fetching.start()
            for worker in workers:
                worker.tell(server.pk)
            results = [worker.result() for worker in workers]
            over.set()
            fetching.join(60)
        for worker in workers:
            worker.leave()
        asked, sent = list(desk.cloud.asked), [content for _, _, content in desk.sent]
        orders = sorted(desk.orders, key=lambda one: one.at)
    assert (
        sum(result["sent"] for result in results) == MAILS == OutboxMail.objects.filter(state="sent").count()
    )
    assert len({make.understood(content).message_id for content in sent}) == len(sent) == MAILS
    assert {one.status for one in asked} <= {200, 202}, "none was turned away"
    assert max(one.concurrent for one in asked) == 4
    assert not [found["failure"] for found in fetches if found["failure"]]
    assert sum(found["collected"] for found in fetches) == FETCHED == InboundMessage.objects.count()
    begins, ends = orders[0].at, orders[-1].at
    assert any(begins <= one.at <= ends and one.path.endswith("/$value") for one in asked), (
        "fetched meanwhile"
    )
    under_way = [one.concurrent for one in orders[MAILS // 8 : MAILS * 3 // 4]]
    assert median(under_way) >= 3, f"with a full queue three are under way: {under_way}"


def _first_runs(desk: Desk, server: OutgoingServer, incoming: Mailbox) -> None:
    """Fetch and send once, and forget what that left."""
    make.queue_mails(server, [CUSTOMER])
    assert (send_due(server.pk).sent, fetch(incoming.pk).failure) == (1, None)
    desk.cloud.asked.clear()
    desk.sent.clear()
    OutboxMail.objects.all().delete()


def _deliver(desk: Desk) -> None:
    stored = desk.cloud.store.mailbox(DESK)
    assert stored is not None
    for number in range(FETCHED):
        desk.cloud.store.deliver(stored, mail(message_id=f"<{number}@acme.example>", subject=f"No. {number}"))


def _fetched_beside(desk: Desk, server: OutgoingServer) -> Mailbox:
    """Make a mailbox that the server's application fetches: from before the database refused the pair (R83)."""
    values = {**desk.values(), "addresses": [DESK]}
    for only_out in ("reply_to", "connections"):
        del values[only_out]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailbox DISABLE TRIGGER mailbox_graph_client")
    made = mailbox(**values)
    consent = server.consent
    MailboxConsent.objects.create(
        mailbox=made, access_token=consent.access_token, refresh_token="r", expires_at=consent.expires_at
    )
    return made
