"""A server that sends without end, or claims to, neither fills the memory nor holds the caller."""

import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from deskpost.transports.errors import ProtocolViolated, ServerUnreachable, TransportError
from deskpost.transports.imap import open_imap
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.smtp import Envelope, open_smtp
from tests.servers.scripted import Line, Script, ScriptedServer
from tests.transports.builders import login, mail, server

MEGABYTE = 1024 * 1024
LIMIT = 10 * MEGABYTE
Start = Callable[[Script], ScriptedServer]


@contextmanager
def memory_under(megabytes: int) -> Iterator[None]:
    """Fails when Python held more than this at any time within."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGABYTE


def imap_until_selected(line: Line) -> None:
    line.say(b"* OK ready")
    line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
    line.answer_imap(b"LOGIN")
    line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 UIDPLUS")
    line.answer_imap(b"SELECT", b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] x", b"* OK [UIDNEXT 4] x")


def pop_until_listed(line: Line, size: int = 100) -> None:
    line.say(b"+OK ready")
    for _ in range(2):
        line.hear_until(b"CAPA")
        line.say(b"-ERR what")
        if line is not None and not line.heard.count(b"USER anna"):
            line.hear_until(b"USER")
            line.say(b"+OK")
            line.hear_until(b"PASS")
            line.say(b"+OK")
    line.hear_until(b"LIST")
    line.say(b"+OK", b"1 %d" % size, b".")


def forever(line: Line, data: bytes) -> None:
    block = data * max(1, 65_536 // len(data))
    while True:
        line.say_raw(block)


def fetch_all(port: int) -> list[int]:
    with open_imap(server(port), login("anna")) as source:
        return [len(one.content) for one in source.fetch(["1", "2", "3"], LIMIT)]


@pytest.mark.parametrize("start", [b"", b"* OK ready, and then "])
def test_a_line_without_end_is_not_read_to_its_end(scripted: Start, start: bytes) -> None:
    def script(line: Line) -> None:
        line.say_raw(start)
        forever(line, b"x")

    fake = scripted(script)
    for opening in (
        open_imap(server(fake.port), login("anna")),
        open_pop3(server(fake.port), login("anna")),
        open_smtp(server(fake.port)),
    ):
        with memory_under(4), pytest.raises(ProtocolViolated, match="without end"), opening:
            pass


def test_a_literal_of_four_gigabytes_is_refused_when_it_is_announced(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 1000)")
        line.hear_until(b"BODY.PEEK")
        line.say(b"* 1 FETCH (UID 1 BODY[] {4294967296}")
        forever(line, b"x" * 1000)

    fake = scripted(script)
    with memory_under(4), pytest.raises(ProtocolViolated, match="without end"):
        fetch_all(fake.port)


def test_mails_that_were_not_asked_for_are_not_read_for_ever(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 1000)")
        line.hear_until(b"BODY.PEEK")
        forever(line, b"* 9 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n")

    fake = scripted(script)
    with memory_under(4), pytest.raises(ProtocolViolated, match="without end"):
        fetch_all(fake.port)


@pytest.mark.parametrize("answer", [b"* LIST {9999999999}", b"* CAPABILITY {99999999}"])
def test_a_huge_literal_where_none_belongs_is_refused(scripted: Start, answer: bytes) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear_until(b"CAPABILITY")
        line.say(answer)
        forever(line, b"x" * 1000)

    with memory_under(4), pytest.raises(ProtocolViolated):
        fetch_all(scripted(script).port)


def test_answers_without_end_are_given_up(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear_until(b"CAPABILITY")
        forever(line, b"* CAPABILITY " + b"x" * 5000 + b"\r\n")

    with memory_under(150), pytest.raises(ProtocolViolated, match="without end"):
        fetch_all(scripted(script).port)


def test_a_mail_larger_than_it_was_announced_is_skimmed_and_shown_by_its_header(scripted: Start) -> None:
    large = mail(2, 12 * MEGABYTE)

    def script(line: Line) -> None:
        imap_until_selected(line)
        sizes = [b"* %d FETCH (UID %d RFC822.SIZE 1000)" % (one, one) for one in (1, 2, 3)]
        line.answer_imap(b"RFC822.SIZE", *sizes)
        tag = line.hear_until(b"BODY.PEEK").split(b" ")[0]
        for number, content in ((1, mail(1)), (2, large), (3, mail(3))):
            line.say_raw(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, number, len(content)))
            line.say_raw(content)
            line.say(b")")
        line.say(tag + b" OK done")

    with memory_under(30), open_imap(server(scripted(script).port), login("anna")) as source:
        first, second, third = source.fetch(["1", "2", "3"], LIMIT)
    assert (first.content, third.content) == (mail(1), mail(3))
    assert (second.truncated, second.size) == (True, len(large))
    assert second.content == large.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_a_mail_without_end_by_pop_is_given_up(scripted: Start) -> None:
    def script(line: Line) -> None:
        pop_until_listed(line)
        line.hear_until(b"UIDL")
        line.say(b"+OK", b"1 one", b".")
        line.hear_until(b"RETR")
        line.say(b"+OK")
        forever(line, mail())

    opening = open_pop3(server(scripted(script).port), login("anna"))
    with memory_under(60), pytest.raises(ProtocolViolated, match="without end"), opening as source:
        list(source.fetch(["one"], LIMIT))


def test_a_header_without_end_by_pop_is_given_up(scripted: Start) -> None:
    def script(line: Line) -> None:
        pop_until_listed(line)
        line.hear_until(b"UIDL")
        line.say(b"+OK", b"1 one", b".")
        line.hear_until(b"TOP")
        line.say(b"+OK")
        forever(line, b"X-Pad: x\r\n")

    opening = open_pop3(server(scripted(script).port), login("anna"))
    with memory_under(4), pytest.raises(ProtocolViolated, match="without end"), opening as source:
        source.message_id_headers(["one"])


def test_an_smtp_answer_without_end_is_given_up(scripted: Start) -> None:
    fake = scripted(lambda line: forever(line, b"220-more\r\n"))
    with memory_under(4), pytest.raises(ProtocolViolated, match="without end"), open_smtp(server(fake.port)):
        pass


def _trickle(line: Line, data: bytes, pause: float = 0.05) -> None:
    for place in range(len(data)):
        line.say_raw(data[place : place + 1])
        time.sleep(pause)


@pytest.mark.parametrize("protocol", ["imap", "pop", "smtp"])
def test_a_server_that_trickles_single_bytes_counts_as_silent(scripted: Start, protocol: str) -> None:
    whole: list[bool] = []
    fake = scripted(lambda line: whole.append(not _trickle(line, b"* OK +OK 220 " + b"x" * 500)))
    opening = {
        "imap": lambda where: open_imap(where, login("anna")),
        "pop": lambda where: open_pop3(where, login("anna")),
        "smtp": open_smtp,
    }[protocol](server(fake.port, step_timeout=0.4))
    with pytest.raises(ServerUnreachable, match=r"0\.4 s"), opening:
        pass
    assert not whole, "it was waited for to the end"


def test_a_literal_that_trickles_counts_as_silent(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 100000)")
        line.hear_until(b"BODY.PEEK")
        line.say(b"* 1 FETCH (UID 1 BODY[] {100000}")
        _trickle(line, b"x" * 500)

    fake = scripted(script)
    fetching = open_imap(server(fake.port, step_timeout=2.0), login("anna"))
    with pytest.raises(ServerUnreachable, match="stopped answering when asked for mails"), fetching as source:
        list(source.fetch(["1"], LIMIT))


def test_a_slow_server_that_makes_progress_is_waited_for(scripted: Start) -> None:
    content = mail(1, 400_000)

    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 400000)")
        tag = line.hear_until(b"BODY.PEEK").split(b" ")[0]
        line.say(b"* 1 FETCH (UID 1 BODY[] {%d}" % len(content))
        for start in range(0, len(content), 20_000):
            line.say_raw(content[start : start + 20_000])
            time.sleep(0.15)
        line.say(b")", tag + b" OK done")

    fake = scripted(script)
    with open_imap(server(fake.port, step_timeout=2.0), login("anna")) as source:
        (fetched,) = source.fetch(["1"], LIMIT)
    assert fetched.content == content


def test_a_server_that_stops_reading_is_given_up(scripted: Start) -> None:
    wait = threading.Event()

    def script(line: Line) -> None:
        line.say(b"220 ready")
        line.hear_until(b"EHLO")
        line.say(b"250 hello")
        for word in (b"MAIL", b"RCPT"):
            line.hear_until(word)
            line.say(b"250 ok")
        line.hear_until(b"DATA")
        line.say(b"354 go on")
        wait.wait(30)

    fake = scripted(script)
    content = mail(1, 60 * MEGABYTE)
    opening = open_smtp(server(fake.port, step_timeout=1.0))
    with pytest.raises(TransportError, match="stopped taking data"), opening as smtp:
        smtp.send(Envelope("desk@msp.example", ("customer@client.example",), content))
    wait.set()


def test_a_caller_that_takes_its_time_between_mails_does_not_make_the_server_slow(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", *(b"* %d FETCH (UID %d RFC822.SIZE 300)" % (n, n) for n in (1, 2)))
        tag = line.hear_until(b"BODY.PEEK").split(b" ")[0]
        for number in (1, 2):
            line.say(b"* %d FETCH (UID %d BODY[] {300}" % (number, number))
            line.say_raw(b"x" * 300)
            line.say(b")")
        time.sleep(2.3)
        line.say(tag + b" OK done")

    fake = scripted(script)
    with open_imap(server(fake.port, step_timeout=2.0), login("anna")) as source:
        for _ in source.fetch(["1", "2"], LIMIT):
            time.sleep(1.2)
