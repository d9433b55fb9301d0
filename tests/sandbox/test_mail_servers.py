"""The mail servers of the outside world: the simulated cloud, one of its mailboxes by IMAP, and mails in a folder."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deskpost.mime.parse import parse
from deskpost.oauth import flow
from deskpost.oauth.application import Application
from deskpost.sandbox import customer
from deskpost.sandbox.cast import ADDRESSES, BY_EWS, BY_IMAP, CUSTOMERS, DESK, FETCHING, SENDING
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.outside import Outside, Servers
from deskpost.sandbox.post_office import PostOffice
from deskpost.transports.connection import Server
from deskpost.transports.envelope import Delivery, Envelope
from deskpost.transports.errors import ServerUnreachable, Throttled, TransportError
from deskpost.transports.logins import BearerLogin, Login
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.source import RawMail
from deskpost.transports.target import Target

UTE = CUSTOMERS[0]
ODD = b"Subject: broken\xff\r\nno colon here\r\n\r\n.dot\r\n\xe4\x00" + b"a" * 20_000 + b"\r\n"


class World:
    """The mail servers in their process."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.outside = Outside(data)
        self.servers: Servers = self.outside.create(ADDRESSES)
        Authority(self.outside.certificates)
        self.reach = Server("", 443, ca_file=str(self.outside.ca_file), step_timeout=60.0)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "deskpost.sandbox.mail_servers", str(self.data)]
        self.process = subprocess.Popen(command)
        for port in (self.servers.cloud, self.servers.imap):
            until(lambda port=port: listens(port))

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def deliver(self, content: bytes, to: str = DESK) -> None:
        customer.send(self.outside, UTE.address, content, to)

    def graph(self, client: str, secret: str) -> Target:
        """Give the desk's mailbox as one of its applications opens it."""
        token_url = f"{self.servers.base}/northgate-it.example/oauth2/v2.0/token"
        scope = "https://graph.microsoft.com/.default"
        application = Application("microsoft", client, secret, "", token_url, "", scope, self.reach)
        token = flow.client_credentials(application).access_token
        return Target(self.reach, BearerLogin(DESK, token, on_its_own=True), self.servers.base, DESK)

    def target(self, protocol: str) -> Target:
        if protocol == "graph":
            return self.graph(FETCHING, self.servers.fetching_secret)
        if protocol == "ews":
            login = Login(BY_EWS, self.servers.password)
            return Target(self.reach, login, f"{self.servers.base}/EWS/Exchange.asmx")
        return Target(Server("127.0.0.1", self.servers.imap), Login(BY_IMAP, self.servers.password))

    def fetched(self, protocol: str = "graph") -> tuple[str, list[RawMail]]:
        """Give validity and all mails of one of the desk's mailboxes, as Deskpost fetches them."""
        opened = PROTOCOLS[protocol].open_source
        assert opened is not None
        with opened(self.target(protocol), "Inbox") as source:
            return source.validity, list(source.fetch(source.list(None, None), 1_000_000))

    def answer(self, content: bytes, *to: str) -> Delivery:
        """Send a mail as Deskpost does."""
        opened = PROTOCOLS["graph"].open_sender
        assert opened is not None
        with opened(self.graph(SENDING, self.servers.sending_secret)) as sender:
            return sender.send(Envelope(DESK, to, content))


ADDRESS_OF = {"graph": DESK, "ews": BY_EWS, "imap": BY_IMAP}
ANSWER = (
    f"From: Desk <{DESK}>\r\nTo: Ute <{UTE.address}>, <nobody@kestrel.example>\r\nSubject: It is done\r\n"
    "Message-ID: <done@northgate-it.example>\r\n\r\nIt is done.\r\n"
).encode()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def is_taken(world: World) -> bool:
    """Send a mail of the desk, and tell whether it was taken."""
    with contextlib.suppress(TransportError):
        return world.answer(ANSWER, UTE.address).data is not None
    return False


def is_open(world: World, protocol: str) -> bool:
    with contextlib.suppress(TransportError):
        world.fetched(protocol)
        return True
    return False


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    running = World(tmp_path)
    yield running
    running.stop()


def test_a_customers_mail_is_in_each_of_the_desks_mailboxes_byte_by_byte(world: World) -> None:
    for protocol, address in ADDRESS_OF.items():
        world.deliver(ODD, address)
        until(lambda protocol=protocol: world.fetched(protocol)[1] != [])
        _, (mail,) = world.fetched(protocol)
        assert mail.content == ODD, protocol
    assert [one.read() for one in world.outside.post.mails(UTE.address)] == [ODD] * 3


def test_after_a_restart_each_mailbox_has_the_same_mails_with_the_same_ids(world: World) -> None:
    for number in range(5):
        for address in ADDRESS_OF.values():
            world.deliver(b"Subject: %d\r\n\r\ntext\r\n" % number, address)
    until(lambda: len(world.fetched("imap")[1]) == 5)
    seen = {protocol: ids(world.fetched(protocol)) for protocol in ("graph", "imap")}
    assert len(seen["graph"][1]) == len(world.fetched("ews")[1]) == 5
    assert world.stop() == 0
    world.start()
    assert {protocol: ids(world.fetched(protocol)) for protocol in ("graph", "imap")} == seen
    world.deliver(b"Subject: new\r\n\r\ntext\r\n", BY_IMAP)
    until(lambda: len(world.fetched("imap")[1]) == 6)
    assert [mail.uid for mail in world.fetched("imap")[1]] == [str(n) for n in range(1, 7)]


def ids(fetched: tuple[str, list[RawMail]]) -> tuple[str, set[tuple[str, bytes]]]:
    return fetched[0], {(mail.uid, mail.content) for mail in fetched[1]}


def test_mails_that_come_at_once_are_seen_in_the_order_of_their_uids(world: World) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: world.deliver(b"Subject: %d\r\n\r\n" % number, BY_IMAP), range(40)))
    until(lambda: len(world.fetched("imap")[1]) == 40)
    _, mails = world.fetched("imap")
    assert [int(mail.uid) for mail in mails] == list(range(1, 41))


def test_what_the_desk_sends_is_with_whoever_has_a_mailbox_and_the_desk_is_told_who_has_none(
    world: World,
) -> None:
    assert world.answer(ANSWER, UTE.address, "nobody@kestrel.example").data is not None
    (got,) = world.outside.post.mails(UTE.address)
    assert parse(got.read()).message_id == "<done@northgate-it.example>"
    assert not world.outside.post.knows("nobody@kestrel.example")
    assert sorted(one.box for one in world.outside.post.mails(DESK)) == ["inbox", "sent"]
    _, (told,) = world.fetched()
    assert parse(told.content).in_reply_to == ("<done@northgate-it.example>",)
    assert b"Final-Recipient: rfc822;nobody@kestrel.example" in told.content


def test_while_the_desks_mail_is_not_taken_its_mailbox_is_open(world: World) -> None:
    world.deliver(b"Subject: x\r\n\r\n")
    world.outside.break_down("outgoing")
    with pytest.raises(Throttled) as refused:
        until(lambda: world.answer(ANSWER, UTE.address) is None)
    assert refused.value.retry_after == 2
    got = len(world.outside.post.mails(UTE.address))
    assert not is_taken(world)
    assert len(world.fetched()[1]) == 1
    assert len(world.outside.post.mails(UTE.address)) == got
    world.outside.mend("outgoing")
    until(lambda: is_taken(world))
    assert len(world.outside.post.mails(UTE.address)) == got + 1


def test_a_mail_whose_answer_is_lost_was_sent_and_lies_under_sent(world: World) -> None:
    world.outside.break_down("answers")
    until(lambda: world.answer(ANSWER, UTE.address).unknown)
    got = len(world.outside.post.mails(UTE.address))
    assert world.answer(ANSWER, UTE.address).data is None
    assert len(world.outside.post.mails(UTE.address)) == len(world.outside.post.mails(DESK)) == got + 1
    world.outside.mend("answers")
    until(lambda: is_taken(world))


def test_while_the_mailboxes_are_closed_mail_is_taken_for_them_and_sent(world: World) -> None:
    world.outside.break_down("incoming")
    until(lambda: not listens(world.servers.imap))
    for protocol, address in ADDRESS_OF.items():
        with pytest.raises(ServerUnreachable):
            world.fetched(protocol)
        world.deliver(b"Subject: again\r\n\r\n", address)
    assert world.answer(ANSWER, UTE.address).data is not None
    world.outside.mend("incoming")
    for protocol in ADDRESS_OF:
        until(lambda protocol=protocol: is_open(world, protocol))
        assert len(world.fetched(protocol)[1]) == 1, protocol


def test_a_customers_answer_names_the_mail_that_it_answers(world: World) -> None:
    answered = parse(
        f"From: {BY_EWS}\r\nMessage-ID: <b@x>\r\nReferences: <a@x>\r\nSubject: ##RE-7## Plotter\r\n\r\nHello".encode()
    )
    letter = customer.answer_to(answered, "Thank you.\nUte")
    assert letter.to == BY_EWS
    sent = customer.send(world.outside, UTE.address, customer.write(UTE, letter), letter.to)
    _, (mail,) = world.fetched("ews")
    message = parse(mail.content)
    assert (message.in_reply_to, message.references) == (("<b@x>",), ("<a@x>", "<b@x>"))
    assert message.subject == "Re: ##RE-7## Plotter"
    assert message.text.strip() == "Thank you.\nUte"
    assert world.outside.post.find(UTE.address, "sent-1") == sent


def test_a_mail_that_is_not_taken_is_told_in_a_sentence(world: World) -> None:
    with pytest.raises(customer.NotHandedOver) as refused:
        world.deliver(b" \r\n")
    assert "The body is empty" in refused.value.words
    world.stop()
    with pytest.raises(customer.NotHandedOver) as refused:
        world.deliver(b"Subject: x\r\n\r\n")
    assert "did not take the mail, so it was not sent" in refused.value.words
    assert "To do:" in refused.value.words
    assert world.outside.post.mails(UTE.address) == []
    world.start()


def test_a_folder_of_a_version_with_servers_of_its_own_is_taken_up_with_its_mails(tmp_path: Path) -> None:
    before = Outside(tmp_path)
    before.create(ADDRESSES)
    before.post.put(DESK, b"Subject: from before\r\n\r\ntext\r\n")
    old = {"smtp": 1, "submission": 2, "imap": 3, "uid_validity": 7, "password": "of before"}
    (before.folder / "servers.json").write_text(json.dumps(old))
    world = World(tmp_path)
    try:
        assert (world.servers.uid_validity, world.servers.password) == (7, "of before")
        first = world.fetched()
        assert [mail.content for mail in first[1]] == [b"Subject: from before\r\n\r\ntext\r\n"]
        world.stop()
        world.start()
        assert ids(world.fetched()) == ids(first)
    finally:
        world.stop()


def test_every_mail_of_a_mailbox_has_a_number_of_its_own_whoever_writes(tmp_path: Path) -> None:
    post = PostOffice(tmp_path / "post")
    post.open_mailbox(UTE.address)
    with ThreadPoolExecutor(8) as threads:
        stored = list(threads.map(lambda number: post.put(UTE.address, b"%d" % number, "sent"), range(50)))
    assert sorted(one.uid for one in stored) == list(range(1, 51))
    assert {one.read() for one in stored} == {b"%d" % number for number in range(50)}


@pytest.mark.parametrize(
    "key", ["", "inbox", "inbox-", "inbox-x", "other-1", "sent-٣", "inbox-999999999", "../sent-1"]
)
def test_a_key_that_names_no_mail_finds_none(tmp_path: Path, key: str) -> None:
    post = PostOffice(tmp_path / "post")
    post.open_mailbox(UTE.address)
    post.put(UTE.address, b"x")
    assert post.find(UTE.address, key) is None


def test_no_address_leads_out_of_the_post_office(tmp_path: Path) -> None:
    post = PostOffice(tmp_path / "post")
    post.open_mailbox(UTE.address)
    (tmp_path / "secret").mkdir()
    assert not post.knows("../secret")
    assert not post.knows("..")
    assert not post.knows("")
    assert not post.knows("ä" * 300 + "@kestrel.example")
