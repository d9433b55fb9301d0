"""IDLE: told of new mail without waiting for it, over every kind of connection and with every kind of server."""

import selectors
import time
from dataclasses import replace

import pytest

from deskpost.transports.errors import (
    ActRefused,
    ProtocolViolated,
    ProxyRefused,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.imap_idle import IdleFolder, open_idle
from deskpost.transports.logins import BearerLogin
from tests.servers.introspection import Introspection
from tests.servers.proxies import RealProxy, missing
from tests.transports.builders import imap_server, login, mail, server


def told(folder: IdleFolder, seconds: float = 60.0) -> bool:
    """Wait for the server to tell of new mail, as the watcher does."""
    ends = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(folder, selectors.EVENT_READ)
        while time.monotonic() < ends:
            if folder.arrived():
                return True
            folder.tend(time.monotonic())
            selector.select(max(0.0, min(ends, folder.due) - time.monotonic()))
    return False


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_new_mail_is_told_of_and_nothing_in_the_folder_changes(dovecot, tls):
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    folder = open_idle(imap_server(dovecot, tls), login(user))
    assert not told(folder, 0.2)  # what was there before is not new
    dovecot.deliver(user, mail(2))
    assert told(folder)
    dovecot.expunge(user, "1")
    dovecot.deliver(user, mail(3))
    assert told(folder), "a mail that comes as another goes"
    folder.close()
    assert dovecot.unseen(user) == 2


def test_a_mailbox_is_listened_to_with_a_token(dovecot_with):
    with Introspection() as issuer:
        dovecot = dovecot_with(introspection=issuer.url)
        stale = BearerLogin("desk", "refused", renew=lambda: BearerLogin("desk", issuer.token("desk")))
        folder = open_idle(imap_server(dovecot, "implicit"), stale)
        dovecot.deliver("desk", mail())
        assert told(folder)
        folder.close()


def test_a_mailbox_is_listened_to_through_a_proxy_that_wants_a_login(dovecot):
    if why := missing("http"):
        pytest.skip(why)
    user = dovecot.new_user()
    with RealProxy("http", login=True, ports=(dovecot.imaps,)) as real:
        there = replace(imap_server(dovecot, "implicit"), proxy=real.proxy)
        folder = open_idle(there, login(user), renewed_every=0.2)
        dovecot.deliver(user, mail())
        assert told(folder)
        folder.close()
        assert real.led_to() == [there.place]
        with pytest.raises(ProxyRefused):
            open_idle(replace(there, proxy=replace(real.proxy, password="another")), login(user))


def test_idle_is_ended_and_begun_again_before_the_server_ends_it(dovecot):
    user = dovecot.new_user()
    folder = open_idle(imap_server(dovecot, "implicit"), login(user), renewed_every=0.2)
    assert not told(folder, 1.0)
    dovecot.deliver(user, mail())
    assert told(folder)
    folder.close()


def open_scripted(scripted, script, capabilities=b"IMAP4rev1 IDLE", **options):
    """Listen to a server that lets in, opens INBOX with two mails and then follows the script."""

    def serve(line):
        line.say(b"* OK hello")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY " + capabilities)
        line.answer_imap(b"LOGIN")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY " + capabilities)
        line.answer_imap(b"EXAMINE", b"* 2 EXISTS", b"* OK [UIDVALIDITY 7] x")
        script(line)
        line.hear()

    there = server(scripted(serve).port, step_timeout=options.pop("step_timeout", 20.0))
    return open_idle(there, login("anna"), **options)


def test_a_server_without_idle_is_told_from_one_that_refuses_it(scripted):
    with pytest.raises(ActRefused, match="does not offer IDLE") as missing:
        open_scripted(scripted, lambda line: None, b"IMAP4rev1")
    assert missing.value.answer is None
    folder = open_scripted(scripted, lambda line: line.answer_imap(b"IDLE", status=b"NO not for you"))
    with pytest.raises(ActRefused, match="not for you"):
        told(folder)


def test_a_mail_that_is_told_of_while_idle_is_renewed_is_not_missed(scripted):
    def script(line):
        tag = line.hear().split(b" ")[0]
        line.say(b"+ idling")
        assert line.hear() == b"DONE"
        line.say(b"* 1 EXPUNGE", b"* 2 EXISTS", tag + b" OK done")

    assert told(open_scripted(scripted, script, renewed_every=0.05))


ENDS = {
    "BYE": (lambda line: line.say(b"* BYE going down"), ServerUnreachable, "going down"),
    "too many": (lambda line: line.say(b"* BYE Too many simultaneous connections"), Throttled, "Too many"),
    "closed": (lambda line: line.link.shutdown(2), ServerUnreachable, "broke off"),
    "reset": (lambda line: line.reset(), ServerUnreachable, "broke off"),
    "rubbish": (lambda line: line.say(b"250 ok"), ProtocolViolated, "does not allow"),
    "endless line": (lambda line: line.say_raw(b"* " + b"x" * 100_000), ProtocolViolated, "without end"),
}


@pytest.mark.parametrize(("script", "kind", "words"), ENDS.values(), ids=ENDS)
def test_a_connection_that_ends_while_it_idles_says_how(scripted, script, kind, words):
    def serve(line):
        line.hear()
        line.say(b"+ idling")
        script(line)

    with pytest.raises(TransportError, match=words) as ended:
        told(open_scripted(scripted, serve))
    assert type(ended.value) is kind


def test_a_connection_that_is_dead_is_found_when_it_is_renewed(scripted):
    def script(line):
        line.hear()
        line.say(b"+ idling")
        line.hear_until(b"NEVER")

    folder = open_scripted(scripted, script, renewed_every=0.05, step_timeout=2.0)
    with pytest.raises(ServerUnreachable, match="stopped answering"):
        told(folder)
