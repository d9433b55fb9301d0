"""Logins with a bearer token against a real Dovecot and a real Postfix, which ask a token server about it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from deskpost.transports.connection import Server, Tls
from deskpost.transports.errors import ConsentLost, LoginRefused, ServerUnreachable, TokenRefused
from deskpost.transports.logins import BearerLogin
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.smtp import Envelope, open_smtp
from deskpost.transports.target import Target
from tests.servers import dovecot as dovecot_server
from tests.servers import postfix as postfix_server
from tests.servers.certificates import CertificateAuthority
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import Dovecot
from tests.servers.introspection import Introspection
from tests.servers.postfix import Postfix
from tests.transports.builders import mail, server

LIMIT = 1_000_000
FAMILIES = ("imap", "pop", "smtp")


@dataclass
class World:
    """A Dovecot that takes tokens by one mechanism, a Postfix that asks it, and whom it asks itself."""

    mechanism: str
    tokens: Introspection
    dovecot: Dovecot
    postfix: Postfix | None

    def login(self, *, seconds: float = 3600) -> BearerLogin:
        user = self.dovecot.new_user()
        return BearerLogin(user, self.tokens.token(user, seconds=seconds))

    def server(self, protocol: str, tls: Tls = "none") -> Server:
        ports = dict(self.dovecot.ports)
        if protocol.startswith("smtp"):
            if self.postfix is None:
                pytest.skip(str(postfix_server.missing()))
            submission = self.postfix.plain if tls == "none" else self.postfix.submission
            ports |= {"smtp": submission, "smtps": self.postfix.smtps}
        return server(ports[protocol], tls, self.dovecot.ca_file)


@pytest.fixture(scope="module", params=["OAUTHBEARER", "XOAUTH2"])
def world(request: pytest.FixtureRequest, certificate_authority: CertificateAuthority) -> Iterator[World]:
    """One world for each mechanism."""
    if reason := dovecot_server.missing():
        pytest.skip(reason)
    with ExitStack() as stack:
        tokens = stack.enter_context(Introspection())
        extra = f"auth_mechanisms = plain {request.param.lower()}"
        dovecot = stack.enter_context(Dovecot(certificate_authority, introspection=tokens.url, extra=extra))
        postfix = (
            None if postfix_server.missing() else stack.enter_context(Postfix(certificate_authority, dovecot))
        )
        yield World(request.param, tokens, dovecot, postfix)


def use(where: Server, login: BearerLogin, protocol: str) -> None:
    """Connect, log in, and leave again."""
    opener = PROTOCOLS[protocol].open_source
    opening = opener(Target(where, login), "INBOX") if opener else open_smtp(where, login)
    with opening:
        pass


@pytest.mark.requirement("R104", "R53")
@pytest.mark.parametrize(
    ("protocol", "tls"),
    [
        ("imap", "none"),
        ("imap", "starttls"),
        ("imaps", "implicit"),
        ("pop", "starttls"),
        ("pops", "implicit"),
    ],
)
def test_a_good_token_opens_the_mailbox(world: World, protocol: str, tls: Tls) -> None:
    login = world.login()
    world.dovecot.deliver(login.username, mail(7))
    opener = PROTOCOLS[protocol].open_source
    assert opener is not None
    with opener(Target(world.server(protocol, tls), login), "INBOX") as source:
        assert [one.content for one in source.fetch(source.list(None, None), LIMIT)] == [mail(7)]
    said = f"user=<{login.username}>, method={world.mechanism}"
    ends = time.monotonic() + 60
    while said not in world.dovecot.log_text():  # Dovecot's log is written by another of its processes
        assert time.monotonic() < ends, world.dovecot.log_text()
        time.sleep(0.01)


@pytest.mark.requirement("R105", "R53")
@pytest.mark.parametrize(("protocol", "tls"), [("smtp", "starttls"), ("smtps", "implicit")])
def test_a_mail_is_sent_with_a_good_token(world: World, protocol: str, tls: Tls) -> None:
    login = world.login()
    address = f"{login.username}@client.example"
    with open_smtp(world.server(protocol, tls), login) as smtp:
        delivery = smtp.send(Envelope("desk@msp.example", (address,), mail()))
    assert delivery.data is not None and delivery.data.accepted
    assert world.postfix is not None
    assert len(world.postfix.mails(address, wait_for=1)) == 1
    assert f"sasl_method={world.mechanism}, sasl_username={login.username}" in world.postfix.log_text()


@pytest.mark.parametrize("protocol", FAMILIES)
def test_an_expired_token_is_refused_with_what_the_server_says_of_it(world: World, protocol: str) -> None:
    login = world.login(seconds=0)
    with pytest.raises(TokenRefused, match=f'refused the token for "{login.username}"') as caught:
        use(world.server(protocol), login, protocol)
    told = {"OAUTHBEARER": "(status invalid_token)", "XOAUTH2": "(status 401, schemes bearer, scope mail)"}
    assert told[world.mechanism] in caught.value.words
    assert not caught.value.fails_over
    assert login.token not in caught.value.words + repr(login)


@pytest.mark.requirement("R53")
def test_a_token_opens_no_other_mailbox(world: World) -> None:
    login = BearerLogin(world.dovecot.new_user(), world.login().token)
    with pytest.raises(TokenRefused):
        use(world.server("imap"), login, "imap")


@pytest.mark.parametrize("protocol", ["imap", "pop"])  # Postfix 3.7 says 535 to this as well
def test_a_token_that_nobody_can_judge_now_is_not_refused(world: World, protocol: str) -> None:
    world.tokens.fails = True
    try:
        with pytest.raises(ServerUnreachable, match="does not serve at the moment"):
            use(world.server(protocol), world.login(), protocol)
    finally:
        world.tokens.fails = False


@pytest.mark.parametrize(("protocol", "commands"), [("imap", 2), ("pop", 3), ("smtp", 3)])
def test_a_connection_cut_while_logging_in_is_no_refusal(
    world: World, cutting_proxy: Callable[[int], CuttingProxy], protocol: str, commands: int
) -> None:
    proxy = cutting_proxy(world.server(protocol).port)
    proxy.arm(Fault("reset", after_commands=commands))
    with pytest.raises(ServerUnreachable, match="broke off the connection while logging in"):
        use(server(proxy.port), world.login(), protocol)


def test_a_refused_token_is_replaced_once_and_then_somebody_is_asked(world: World) -> None:
    old, where = world.login(seconds=0), world.server("imap", "starttls")
    fresh = BearerLogin(old.username, world.tokens.token(old.username))
    use(where, replace(old, renew=lambda: fresh), "imap")
    with pytest.raises(ConsentLost, match=f'a fresh token for "{old.username}" too') as caught:
        use(where, replace(old, renew=lambda: old), "imap")
    assert caught.value.mend == "provider"


@pytest.mark.parametrize("protocol", FAMILIES)
def test_a_server_that_takes_no_tokens_is_told_with_what_it_offers(
    dovecot: Dovecot, postfix: Postfix, protocol: str
) -> None:
    port = {**dovecot.ports, "smtp": postfix.plain}[protocol]
    with pytest.raises(LoginRefused, match=r"no login by a token \(it offers (LOGIN, PLAIN|PLAIN, LOGIN)\)"):
        use(server(port), BearerLogin("anna", "token"), protocol)
