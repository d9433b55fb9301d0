"""A token that is taken and a mailbox that is not opened for it: tried again by itself, and lost when it goes on so."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.connectivity import closed, needs_consent
from deskpost.inbound.describe import mailboxes_json
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState, due
from deskpost.outbound.bell import BellNotice
from deskpost.transports.errors import MailboxClosed, ServerUnreachable
from tests.access import rows
from tests.access.conftest import MailServers
from tests.inbound.builders import mail
from tests.outbound import builders as make
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.scripted import Line, Script, ScriptedServer

WORDS = "User is authenticated but not connected"
STOPPED = "fetching_stopped"


def by_imap(line: Line) -> None:
    """Take any token as Exchange Online does, and do not open the mailbox."""
    line.say(b"* OK The Microsoft Exchange IMAP4 service is ready.")
    line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR")
    line.answer_imap(b"AUTHENTICATE")
    line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4 IMAP4rev1")
    line.answer_imap(b"SELECT", status=f"BAD {WORDS}.".encode())


def by_pop(line: Line) -> None:
    """Do the same by POP, where the words come once the token was taken."""
    line.say(b"+OK The Microsoft Exchange POP3 service is ready.")
    line.hear()
    line.say(b"+OK", b"UIDL", b"SASL XOAUTH2", b".")
    line.hear_until(b"AUTH XOAUTH2")
    line.say(b"+ ")
    line.hear()
    line.say(f"-ERR {WORDS}.".encode())


class Exchange:
    """What stands before a mailbox: Exchange Online's front, which opens it or does not, and a real server behind."""

    def __init__(self, relay: CuttingProxy, front: ScriptedServer, behind: int) -> None:
        self.relay, self._front, self._behind = relay, front, behind
        self.fails(True)

    def fails(self, does: bool) -> None:
        """Lead to the front that opens nothing, or to the mailbox."""
        self.relay.lead_to(self._front.port if does else self._behind)

    def tokens(self) -> list[str]:
        """Give the tokens that the front was shown, in order."""
        sent = [line.split()[-1] for line in self._front.heard if len(line) > 100]
        return [base64.b64decode(one).split(b"Bearer ")[1].rstrip(b"\x01").decode() for one in sent]


@pytest.fixture
def exchange(
    request: pytest.FixtureRequest, servers: MailServers, scripted: Callable[[Script], ScriptedServer]
) -> Iterator[tuple[Exchange, Mailbox]]:
    """A mailbox whose consent is good, at an Exchange that does not open it."""
    protocol = getattr(request, "param", "imap")
    front = scripted(by_imap if protocol == "imap" else by_pop)
    with CuttingProxy(servers.dovecot.ports[protocol]) as relay:
        box = servers.mailbox(protocol)
        Mailbox.objects.update(tls="none", port=relay.port)
        rows.consented(servers.there, box)
        yield Exchange(relay, front, servers.dovecot.ports[protocol]), box


@pytest.fixture(autouse=True)
def database_of_its_own(database: str) -> None:
    """Fetching commits."""


def state() -> str:
    return str(mailboxes_json()[0]["state"])


def longer_ago(minutes: int) -> None:
    """Let the first of the row be that long ago."""
    MailboxState.objects.update(closed_since=F("closed_since") - timedelta(minutes=minutes))


@pytest.mark.parametrize("exchange", ["imap", "pop"], indirect=True)
def test_a_mailbox_that_exchange_does_not_open_for_once_is_tried_again_with_a_fresh_token(
    servers: MailServers, exchange: tuple[Exchange, Mailbox]
) -> None:
    there, box = exchange
    for tries in (1, 2, 3):
        found = fetch(box.pk)
        assert type(found.failure) is MailboxClosed and WORDS in found.failure.words
        assert state() == "failing" and WORDS in mailboxes_json()[0]["reason"]
        assert mailboxes_json()[0]["consecutive_failures"] == tries
    first, second, third = there.tokens()
    assert first != second == third, "one forced refresh"
    assert servers.there.cloud.tokens.find(second) is not None
    assert MailboxConsent.objects.get().lost_at is None and not BellNotice.objects.filter(kind=STOPPED)
    MailboxState.objects.update(next_fetch_at=timezone.now())
    assert due() == [box.pk], "by itself"

    there.fails(False)
    servers.dovecot.deliver("desk", mail())
    found = fetch(box.pk)
    assert (found.failure, found.collected, state()) == (None, 1, "fetching")
    kept = MailboxState.objects.get()
    assert (kept.closed_since, kept.closed_tries) == (None, 0)


def test_a_mailbox_that_stays_closed_needs_consent_after_some_tries_over_some_time(
    servers: MailServers, exchange: tuple[Exchange, Mailbox]
) -> None:
    there, box = exchange
    make.Grant.objects.create(person=make.technician("Priya"), role=make.Role.objects.get(name="SDAdmin"))
    for _ in range(closed.TRIES + 1):  # tries alone are not enough
        fetch(box.pk)
    assert state() == "failing"
    there.relay.refuse()
    longer_ago(60)
    assert isinstance(fetch(box.pk).failure, ServerUnreachable)
    there.relay.accept_again()
    for _ in range(closed.TRIES - 1):  # something else was between, and time alone is not enough
        fetch(box.pk)
        longer_ago(60)
    assert state() == "failing" and MailboxConsent.objects.get().lost_at is None
    fetch(box.pk)
    assert state() == "needs_consent" and due() == []
    lost = MailboxConsent.objects.get()
    assert WORDS in lost.lost_reason and "Add-MailboxPermission" in lost.lost_reason
    assert BellNotice.objects.filter(kind=STOPPED).count() == 1, "told once"

    there.fails(False)
    rows.consented(servers.there, box)
    needs_consent.regained(box)
    assert fetch(box.pk).failure is None and state() == "fetching"
    there.fails(True)
    fetch(box.pk)
    assert state() == "failing", "counted anew"
