"""The mail servers of the outside world: real IMAP and SMTP over one folder of mails."""

import contextlib
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deskpost.mime.parse import parse
from deskpost.sandbox import customer
from deskpost.sandbox.cast import CUSTOMERS, DESK
from deskpost.sandbox.outside import Outside, Servers
from deskpost.sandbox.post_office import PostOffice
from deskpost.transports.connection import Server
from deskpost.transports.errors import ServerUnreachable
from deskpost.transports.imap import open_imap
from deskpost.transports.logins import Login
from deskpost.transports.source import RawMail

UTE = CUSTOMERS[0]
ODD = b"Subject: broken\xff\r\nno colon here\r\n\r\n.dot\r\n\xe4\x00" + b"a" * 20_000 + b"\r\n"


class World:
    """The mail servers in their process."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.outside = Outside(data)
        self.servers: Servers = self.outside.create([DESK, UTE.address])
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "deskpost.sandbox.mail_servers", str(self.data)]
        self.process = subprocess.Popen(command)
        for port in (self.servers.submission, self.servers.smtp, self.servers.imap):
            until(lambda port=port: listens(port))

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)

    def send(self, content: bytes, to: str = DESK) -> None:
        with smtplib.SMTP("127.0.0.1", self.servers.smtp, timeout=10) as server:
            server.sendmail(UTE.address, [to], content)

    def fetched(self) -> tuple[str, list[RawMail]]:
        """Give UIDVALIDITY and all mails of the desk's mailbox, as Deskpost fetches them."""
        login = Login(DESK, self.servers.password)
        with open_imap(Server("127.0.0.1", self.servers.imap), login, "INBOX") as source:
            return source.validity, list(source.fetch(source.list(None, None), 1_000_000))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    running = World(tmp_path)
    yield running
    running.stop()


def test_a_mail_is_in_the_mailbox_byte_by_byte_below_the_headers_of_its_way(world: World) -> None:
    world.send(ODD)
    _, (mail,) = world.fetched()
    way, whole = mail.content[: -len(ODD)], mail.content
    assert whole.endswith(ODD)
    assert way.startswith(
        b"Return-Path: <ute@orchardpine.example>\r\nDelivered-To: support@northgate-it.example\r\n"
    )


def test_after_a_restart_the_mailbox_is_the_same_with_the_same_uids(world: World) -> None:
    for number in range(5):
        world.send(b"Subject: %d\r\n\r\ntext\r\n" % number)
    before = world.fetched()
    assert world.stop() == 0
    world.start()
    assert world.fetched() == before
    world.send(b"Subject: new\r\n\r\ntext\r\n")
    validity, mails = world.fetched()
    assert (validity, [mail.uid for mail in mails]) == (before[0], [str(n) for n in range(1, 7)])


def test_mails_that_come_at_once_are_seen_in_the_order_of_their_uids(world: World) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: world.send(b"Subject: %d\r\n\r\n" % number), range(40)))
    _, mails = world.fetched()
    assert [int(mail.uid) for mail in mails] == list(range(1, 41))


def test_who_has_no_mailbox_is_refused_as_unknown(world: World) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        world.send(b"Subject: x\r\n\r\n", to="nobody@kestrel.example")
    assert refused.value.recipients == {"nobody@kestrel.example": (550, b"5.1.1 There is no such user here")}


@pytest.mark.parametrize("what", ["smtp", "imap"])
def test_a_server_that_is_broken_cuts_its_connections_and_comes_back(world: World, what: str) -> None:
    port = getattr(world.servers, what)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as open_one:
        open_one.recv(1000)  # the greeting
        world.outside.break_down(what)
        until(lambda: not listens(port))
        with contextlib.suppress(ConnectionResetError):
            assert open_one.recv(1000) == b""
    if what == "imap":
        with pytest.raises(ServerUnreachable):
            world.fetched()
    world.outside.mend(what)
    until(lambda: listens(port))
    world.send(b"Subject: again\r\n\r\n")
    assert len(world.fetched()[1]) == 1


def test_a_customers_answer_names_the_mail_that_it_answers(world: World) -> None:
    answered = parse(b"Message-ID: <b@x>\r\nReferences: <a@x>\r\nSubject: ##RE-7## Plotter\r\n\r\nHello")
    letter = customer.answer_to(answered, "Thank you.\nUte")
    sent = customer.send(world.outside, UTE.address, customer.write(UTE, letter))
    _, (mail,) = world.fetched()
    message = parse(mail.content)
    assert (message.in_reply_to, message.references) == (("<b@x>",), ("<a@x>", "<b@x>"))
    assert message.subject == "Re: ##RE-7## Plotter"
    assert message.text.strip() == "Thank you.\nUte"
    assert world.outside.post.find(UTE.address, "sent-1") == sent


def test_a_mail_that_is_not_taken_is_told_in_a_sentence(world: World) -> None:
    world.stop()
    with pytest.raises(customer.NotHandedOver) as refused:
        customer.send(world.outside, UTE.address, b"Subject: x\r\n\r\n")
    assert "did not take the mail, so it was not sent" in refused.value.words
    assert "To do:" in refused.value.words
    assert world.outside.post.mails(UTE.address) == []
    world.start()


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
