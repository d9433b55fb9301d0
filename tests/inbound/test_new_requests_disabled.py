"""Where new requests by mail are disabled, no mail makes one, and the page still does; alerts of machines make some."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.console.builders import person, signed_in
from tests.inbound import test_ews, test_fetch
from tests.inbound.builders import mail
from tests.outbound import builders as make
from tests.servers.dovecot import Dovecot
from tests.transports.ews_world import World, cloud_served, fresh

pytestmark = pytest.mark.usefixtures("database")
Arrives = Callable[[bytes], None]
STRANGER = "eve@elsewhere.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


def kinds() -> list[str]:
    """Give what became of the mails, in their order."""
    return list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True))


def nothing_new_by_mail(made: Mailbox, arrives: Arrives, take_in: Callable[[Mailbox], int]) -> None:
    """Let mails come by all ways that could open a request."""
    ute = make.person("Ute", "ute@acme.example")
    about = make.record(ute)
    priya = person("Priya", "priya@msp.example", "SDAdmin")
    arrives(mail(message_id="<1@x>", subject="Plain"))
    arrives(mail(message_id="<2@x>", subject=f"##RE-{about.number}## mine", sender=STRANGER))
    arrives(
        mail(message_id="<3@x>", subject="Alert", sender="zabbix@x.example", Auto_Submitted="auto-generated")
    )
    assert take_in(made) == 3
    assert kinds() == ["refused", "held", "refused"]
    assert Record.objects.count() == 1 and about.conversations.count() == 0
    refused = MailOutcome.objects.order_by("pk")[0]
    assert made.name in refused.reason and "makes no new requests from mail" in refused.reason

    Installation.objects.update(who_may_join="strict")
    arrives(mail(message_id="<4@x>", subject=f"##RE-{about.number}## again", sender=STRANGER))
    arrives(mail(message_id="<5@x>", subject=f"##RE-{about.number}## it burns"))
    assert take_in(made) == 2
    assert kinds()[3:] == ["refused", "conversation"], "a reply of Ute's still joins"
    assert Record.objects.count() == 1

    form = {
        "requester": "ute@acme.example",
        "subject": "By hand",
        "text": "She called.",
        "token": str(uuid.uuid4()),
    }
    answer = signed_in(priya).post("/requests/new/", {"account": str(about.account_id), **form})
    assert answer.headers["Location"].startswith("/requests/")
    assert Record.objects.latest("pk").subject == "By hand"


@pytest.mark.requirement("R12")
def test_an_imap_mailbox_makes_no_new_request_by_any_mail(dovecot: Dovecot) -> None:
    made = test_fetch.box(dovecot, new_requests_disabled=True)

    def arrives(raw: bytes) -> None:
        dovecot.deliver(made.username, raw)

    nothing_new_by_mail(made, arrives, test_fetch.take_in)


@pytest.mark.requirement("R16")
def test_an_ews_mailbox_makes_no_new_request_by_any_mail(served: World) -> None:
    world = fresh(served)
    made = test_ews.box(world, new_requests_disabled=True)

    def arrives(raw: bytes) -> None:
        world.deliver(raw)

    nothing_new_by_mail(made, arrives, test_ews.take_in)


@pytest.mark.requirement("R162")
def test_a_monitoring_alert_becomes_a_request_and_is_not_answered(dovecot: Dovecot) -> None:
    made = test_fetch.box(dovecot)
    alert = mail(
        message_id="<a1@mon.example>",
        subject="PROBLEM: disk /var 95 % on app-03",
        sender="zabbix@mon.example",
        Auto_Submitted="auto-generated",
        Precedence="bulk",
    )
    dovecot.deliver(made.username, alert)
    assert test_fetch.take_in(made) == 1
    opened = Record.objects.get()
    assert opened.subject == "PROBLEM: disk /var 95 % on app-03"
    recovery = mail(
        message_id="<a2@mon.example>",
        subject=f"Re: ##RE-{opened.number}## OK: disk /var",
        sender="zabbix@mon.example",
        Auto_Submitted="auto-generated",
    )
    dovecot.deliver(made.username, recovery)
    assert test_fetch.take_in(made) == 1
    assert kinds() == ["request", "conversation"] and opened.conversations.count() == 2
    answered = [one for one in OutboxMail.objects.all() if "zabbix@mon.example" in str(one.to)]
    assert not answered, "a machine gets no receipt"
