"""The mail world of the tests: what Postfix takes can lie in a mailbox of Dovecot."""

from collections.abc import Callable

from deskpost.transports.imap import open_imap
from deskpost.transports.smtp import Envelope, open_smtp
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.transports.builders import imap_server, login, mail, server


def test_a_mail_sent_to_postfix_is_fetched_from_dovecot(
    dovecot: Dovecot, postfix_pair: Callable[..., list[Postfix]]
) -> None:
    user = dovecot.new_user()
    (postfix,) = postfix_pair(1, mailboxes={"desk@msp.example": dovecot.maildir(user)})
    with open_smtp(server(postfix.no_login)) as smtp:
        smtp.send(Envelope("customer@client.example", ("desk@msp.example",), mail()))
    dovecot.wait_for(user, 1)
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        (fetched,) = source.fetch(source.list(None, None), 1_000_000)
    assert fetched.content.endswith(mail())


def test_a_postfix_that_was_killed_comes_back_on_the_same_ports(
    postfix_pair: Callable[..., list[Postfix]],
) -> None:
    first, second = postfix_pair()
    first.kill()
    envelope = Envelope("desk@msp.example", ("customer@client.example",), mail())
    with open_smtp(server(second.no_login)) as smtp:
        assert smtp.send(envelope).data is not None
    first.start()
    with open_smtp(server(first.no_login)) as smtp:
        assert smtp.send(envelope).data is not None
    assert len(first.mails("customer@client.example", wait_for=1)) == 1
    assert len(second.mails("customer@client.example", wait_for=1)) == 1
