"""A mail at which the server breaks off holds up neither the mails before it nor those behind it."""

from collections.abc import Iterator

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.collecting.stuck import PATIENCE
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from tests.inbound.builders import mail
from tests.inbound.test_fetch import box
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")

POISON = b"POISONBODY"
protocols = pytest.mark.parametrize("protocol", ["imap", "pop"])


@pytest.fixture
def proxy(dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[CuttingProxy]:
    with CuttingProxy(getattr(dovecot, request.getfixturevalue("protocol"))) as made:
        made.arm(Fault("close", upon=POISON, times=None))
        yield made


def made_of(dovecot: Dovecot, protocol: str, proxy: CuttingProxy, texts: list[str]) -> Mailbox:
    made = box(dovecot, protocol, port=proxy.port)
    deliver(dovecot, made, texts)
    return made


def deliver(dovecot: Dovecot, made: Mailbox, texts: list[str]) -> None:
    content = [mail(message_id=f"<{text}@acme.example>", subject=text, text=text) for text in texts]
    dovecot.deliver_many(made.username, content)


def subjects() -> list[str]:
    return list(Record.objects.order_by("number").values_list("subject", flat=True))


@protocols
def test_what_came_whole_before_the_line_broke_is_stored(dovecot, proxy, protocol):
    made = made_of(dovecot, protocol, proxy, ["a", "b", "POISONBODY", "c"])
    found = fetch(made.pk)
    process(made.pk)
    assert (found.collected, subjects()) == (2, ["a", "b"])
    assert found.failure is not None


@protocols
def test_after_some_fetches_the_others_pass_it_and_it_is_set_aside_as_an_error_mail(dovecot, proxy, protocol):
    made = made_of(dovecot, protocol, proxy, ["a", "POISONBODY", "b", "c"])
    for _ in range(PATIENCE):
        fetch(made.pk)
    assert MailboxState.objects.get(mailbox=made).consecutive_failures == PATIENCE
    assert fetch(made.pk).failure is None, "it is left out now"
    process(made.pk)
    assert subjects() == ["a", "b", "c"]
    error = MailOutcome.objects.get(kind="error")
    assert "the connection broke off at it" in error.reason and "still there" in error.reason
    assert MailboxState.objects.get(mailbox=made).consecutive_failures == 0
    deliver(dovecot, made, ["d"])
    assert fetch(made.pk).collected == 1


@protocols
def test_a_server_that_breaks_off_at_every_mail_sets_none_aside(dovecot, proxy, protocol):
    made = made_of(dovecot, protocol, proxy, ["POISONBODY1", "POISONBODY2", "POISONBODY3"])
    for _ in range(2 * PATIENCE):
        assert fetch(made.pk).failure is not None
    proxy.disarm()
    fetch(made.pk)
    process(made.pk)
    assert subjects() == ["POISONBODY1", "POISONBODY2", "POISONBODY3"]
    assert not MailOutcome.objects.filter(kind="error").exists()
