"""Mail is fetched and sent by OAuth 2.0: every e-mail protocol against a real Dovecot and a real Postfix."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.messages import InboundMessage
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from tests.access import rows
from tests.access.conftest import MailServers, serving_mail
from tests.inbound.builders import mail
from tests.oauth.world import DESK, OTHER, World
from tests.outbound import builders as make
from tests.servers.certificates import CertificateAuthority

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module", params=["OAUTHBEARER", "XOAUTH2"])
def by_mechanism(
    request: pytest.FixtureRequest,
    mail_servers: MailServers,
    certificate_authority: CertificateAuthority,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, MailServers]]:
    """Servers that take tokens by every mechanism, of which OAUTHBEARER goes first, and some with XOAUTH2 alone.

    XOAUTH2 is all that Microsoft's have.
    """
    if request.param == "OAUTHBEARER":
        yield request.param, mail_servers
        return
    folder = tmp_path_factory.mktemp("issuers")
    alone = "auth_mechanisms = plain login xoauth2"
    with serving_mail(mail_servers.there, certificate_authority, folder, alone) as servers:
        yield request.param, servers


@pytest.mark.requirement("R104", "R53")
@pytest.mark.parametrize("protocol", ["pop", "pops", "imap", "imaps"])
def test_a_mailbox_is_fetched_with_a_token_by_every_email_protocol(
    there: World, by_mechanism: tuple[str, MailServers], protocol: str
) -> None:
    mechanism, servers = by_mechanism
    servers.dovecot.expunge("desk", "1:*")
    box = servers.mailbox(protocol, after_fetching="delete")
    old = rows.consented(there, box, lasts=timedelta(minutes=1))
    before = len(servers.dovecot.log_text())
    servers.dovecot.deliver("desk", mail(message_id=f"<{protocol}@acme.example>"))
    found = fetch(box.pk)
    assert (found.failure, found.collected) == (None, 1)
    assert InboundMessage.objects.get().mailbox == box
    service = "pop3" if protocol.startswith("pop") else "imap"
    said = rf"{service}-login: Info: Login: user=<desk>, method={mechanism}, .*TLS"
    make.wait_until(lambda: bool(re.search(said, servers.dovecot.log_text()[before:])))
    assert old.access_token not in servers.dovecot.log_text()


@pytest.mark.requirement("R105", "R53")
@pytest.mark.parametrize("protocol", ["smtp", "smtps"])
def test_a_mail_is_sent_with_a_token_by_smtp_and_smtps(
    there: World, by_mechanism: tuple[str, MailServers], protocol: str
) -> None:
    mechanism, servers = by_mechanism
    out = servers.server(protocol)
    old = rows.consented(there, out)
    postfix, address = servers.postfix, f"{protocol}@client.example"
    make.queue_mails(out, [address])
    assert postfix is not None
    before = len(postfix.log_text())
    assert send_due(out.pk).sent == 1
    assert len(postfix.mails(address, wait_for=1)) == 1
    assert OutboxMail.objects.get().state == "sent"
    said = f"sasl_method={mechanism}, sasl_username=desk\n"
    make.wait_until(lambda: said in postfix.log_text()[before:])
    assert old.access_token not in postfix.log_text()


@pytest.mark.pain("shared-mailbox")
@pytest.mark.requirement("R104")
@pytest.mark.parametrize("protocol", ["pop", "pops", "imap", "imaps"])
def test_a_shared_mailbox_is_fetched_with_the_token_of_a_person_who_may_open_it(
    servers: MailServers, protocol: str
) -> None:
    box = servers.mailbox(protocol, username=OTHER, mailbox_to_open=DESK, after_fetching="delete")
    rows.consented(servers.there, box, who=OTHER)
    servers.dovecot.deliver("desk", mail(message_id=f"<shared-{protocol}@acme.example>"))
    servers.tokens.shared[OTHER] = DESK
    found = fetch(box.pk)
    assert (found.failure, found.collected) == (None, 1)
    servers.tokens.shared.clear()
    words = str(fetch(box.pk).failure)
    assert f'refused a fresh token for "{DESK}" too' in words and "whoever authorised it may open" in words


@pytest.mark.pain("shared-mailbox")
@pytest.mark.requirement("R105")
@pytest.mark.parametrize("protocol", ["smtp", "smtps"])
def test_a_mail_leaves_a_shared_mailbox_with_the_token_of_a_person_who_may_open_it(
    servers: MailServers, protocol: str
) -> None:
    out = servers.server(protocol, username=OTHER, mailbox_to_open=DESK)
    rows.consented(servers.there, out, who=OTHER)
    servers.tokens.shared[OTHER] = DESK
    address = f"shared-{protocol}@client.example"
    make.queue_mails(out, [address])
    assert servers.postfix is not None
    before = len(servers.postfix.log_text())
    assert send_due(out.pk).sent == 1
    assert len(servers.postfix.mails(address, wait_for=1)) == 1
    log = servers.postfix.log_text()[before:]
    assert "sasl_username=desk\n" in log and "sasl_username=ute" not in log
