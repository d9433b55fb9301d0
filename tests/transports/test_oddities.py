"""Servers that do things their own way, each within or just beside its protocol."""

import socket
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpost.transports import dial
from deskpost.transports.errors import ServerUnreachable, Throttled
from deskpost.transports.imap import open_imap
from deskpost.transports.pop3 import open_pop3
from deskpost.transports.pop3_dialogue import Pop3Dialogue
from deskpost.transports.source import FolderEnd
from tests.servers.dovecot import PASSWORD
from tests.servers.scripted import Line, Script, ScriptedServer
from tests.transports.builders import login, mail, mail_below, server

LIMIT = 1_000_000
Start = Callable[[Script], ScriptedServer]
SELECTED = (b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] x", b"* OK [UIDNEXT 4] x")


def imap_until_selected(line: Line, *capabilities: bytes, selected: tuple[bytes, ...] = SELECTED) -> None:
    able = b" ".join((b"* CAPABILITY IMAP4REV1", *capabilities))
    line.say(b"* OK ready")
    line.answer_imap(b"CAPABILITY", able)
    line.answer_imap(b"LOGIN")
    line.answer_imap(b"CAPABILITY", able)
    line.answer_imap(b"SELECT", *selected)


def say_mail(line: Line, number: int, content: bytes) -> None:
    line.say_raw(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (number, number, len(content), content))


def test_a_mail_the_server_cannot_give_does_not_keep_the_others_back(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        sizes = [b"* %d FETCH (UID %d RFC822.SIZE 300)" % (one, one) for one in (1, 2, 3)]
        line.answer_imap(b"RFC822.SIZE", *sizes)
        tag = line.hear().split(b" ")[0]
        say_mail(line, 1, mail(1))
        line.say(tag + b" NO [SERVERBUG] one of them is broken")
        tag = line.hear().split(b" ")[0]
        line.say(tag + b" NO this one is broken")
        line.answer_imap(b"UID FETCH 2", sizes[1])
        tag = line.hear_until(b"UID FETCH 3").split(b" ")[0]
        say_mail(line, 3, mail(3))
        line.say(tag + b" OK done")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        first, second, third = source.fetch(["1", "2", "3"], LIMIT)
    assert (first.content, third.content) == (mail(1), mail(3))
    assert (second.uid, second.size, second.content) == ("2", 300, b"")
    assert second.refusal == "this one is broken"


def test_a_no_about_a_mail_that_is_gone_leaves_it_out(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 300)")
        for _ in range(2):
            line.answer_imap(b"BODY.PEEK", status=b"NO [EXPUNGEISSUED] gone")
        line.answer_imap(b"RFC822.SIZE")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert list(source.fetch(["1"], LIMIT)) == []


def test_after_a_no_a_mail_that_is_neither_given_nor_refused_is_told_of(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        sizes = [b"* %d FETCH (UID %d RFC822.SIZE 300)" % (one, one) for one in (1, 2)]
        line.answer_imap(b"RFC822.SIZE", *sizes)
        line.answer_imap(b"BODY.PEEK", status=b"NO one of them is broken")
        line.answer_imap(b"UID FETCH 1 (BODY.PEEK")
        line.answer_imap(b"UID FETCH 1 (RFC822.SIZE", sizes[0])
        tag = line.hear_until(b"UID FETCH 2 (BODY.PEEK").split(b" ")[0]
        say_mail(line, 2, mail(2))
        line.say(tag + b" OK done")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        first, second = source.fetch(["1", "2"], LIMIT)
    assert (first.uid, first.refusal) == ("1", "it answered without the mail")
    assert second.content == mail(2)


def test_a_large_mail_without_its_header_is_told_of_unless_it_is_gone(scripted: Start) -> None:
    sizes = {one: b"* %d FETCH (UID %d RFC822.SIZE 2000000)" % (one, one) for one in range(1, 6)}

    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", *sizes.values())
        for number, status, again in (
            (1, b"NO it is damaged", True),
            (2, b"OK done", True),
            (3, b"NO [EXPUNGEISSUED] gone", False),
            (4, b"OK done", False),
        ):
            line.answer_imap(b"UID FETCH %d (BODY.PEEK[HEADER]" % number, status=status)
            line.answer_imap(b"UID FETCH %d (RFC822.SIZE" % number, *([sizes[number]] if again else []))
        tag = line.hear_until(b"UID FETCH 5 (BODY.PEEK[HEADER]").split(b" ")[0]
        line.say(b"* 5 FETCH (UID 5 BODY[HEADER]<0> {12}\r\nSubject: x\r\n)", tag + b" OK done")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        refused, without, whole = source.fetch(["1", "2", "3", "4", "5"], LIMIT)
    assert (refused.uid, refused.refusal, refused.size) == ("1", "it is damaged", 2_000_000)
    assert (without.uid, without.refusal, without.size) == ("2", "it answered without the mail", 2_000_000)
    assert (whole.uid, whole.refusal, whole.content) == ("5", "", b"Subject: x\r\n")
    assert refused.truncated
    assert without.truncated
    assert whole.truncated


def test_a_server_that_asks_for_patience_instead_of_a_header_is_waited_for(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 2000000)")
        line.answer_imap(b"BODY.PEEK[HEADER]", status=b"NO [THROTTLED] slow down")

    opening = open_imap(server(scripted(script).port), login("anna"))
    with opening as source, pytest.raises(Throttled):
        list(source.fetch(["1"], LIMIT))


def test_a_mail_without_uidl_that_pop_refuses_to_give_keeps_no_other_back(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"+OK ready")
        while word := line.hear().upper():
            if word == b"LIST":
                line.say(b"+OK", b"1 300", b"2 300", b".")
            elif word in (b"CAPA", b"UIDL", b"RETR 1"):
                line.say(b"-ERR not this")
            elif word in (b"RETR 2", b"TOP 1 0"):
                line.say(b"+OK")
                line.say_raw(mail(int(word[5:6]) if word[:4] == b"RETR" else 1) + b".\r\n")
            else:
                line.say(b"+OK")

    with open_pop3(server(scripted(script).port), login("anna")) as source:
        uids = source.list(None, None)
        refused, given = source.fetch(uids, LIMIT)
    assert uids[0].startswith("header-sha256:")
    assert (refused.refusal, given.content) == ("not this", mail(2))


def test_a_pop_mail_known_by_a_large_header_is_the_same_however_the_header_comes(scripted: Start) -> None:
    large = mail_below("X-Pad", 1)

    def script(line: Line) -> None:
        line.say(b"+OK ready")
        while word := line.hear().upper():
            if word == b"LIST":
                line.say(b"+OK", b"1 %d" % len(large), b"2 %d" % len(large), b".")
            elif word in (b"CAPA", b"UIDL") or word[:4] == b"RETR":
                line.say(b"-ERR not this")
            elif word == b"TOP 1 0":
                line.say_raw(b"+OK\r\n" + large + b".\r\n")
            elif word == b"TOP 2 0":
                for part in (b"+OK\r\n", large[:65_000], large[65_000:65_700], large[65_700:] + b".\r\n"):
                    line.say_raw(part)
                    time.sleep(0.1)
            else:
                line.say(b"+OK")

    with open_pop3(server(scripted(script).port), login("anna")) as source:
        assert len(source.list(None, None)) == 1


def test_a_pop_mail_of_which_nothing_is_given_is_told_apart_by_its_size(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"+OK ready")
        while word := line.hear().upper():
            if word == b"LIST":
                line.say(b"+OK", b"1 300", b"2 300", b"3 400", b".")
            elif word in (b"CAPA", b"UIDL") or word[:4] in (b"RETR", b"TOP "):
                line.say(b"-ERR it is damaged")
            else:
                line.say(b"+OK")

    with open_pop3(server(scripted(script).port), login("anna")) as source:
        uids = source.list(None, None)
        assert uids == ["unread:300:1", "unread:300:2", "unread:400:1"]
        assert [(one.refusal, one.size) for one in source.fetch(uids, LIMIT)] == [
            ("it is damaged", 300),
            ("it is damaged", 300),
            ("it is damaged", 400),
        ]


def test_other_news_between_the_mails_is_passed_over(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(
            b"RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 9)", b"* 2 FETCH (RFC822.SIZE 9 UID 2)"
        )
        tag = line.hear_until(b"BODY.PEEK").split(b" ")[0]
        line.say(b"* 4 EXISTS", b"* 3 FETCH (FLAGS (\\Seen))", b"* OK still here")
        line.say_raw(b"* 1 FETCH (FLAGS (\\Seen) BODY[] {5}\r\n1234) UID 1)\r\n")
        line.say(b'* 2 FETCH (UID 2 BODY[] "a \\"quoted\\" mail")', b"* 5 EXPUNGE", tag + b" OK done")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert [one.content for one in source.fetch(["1", "2"], LIMIT)] == [b"1234)", b'a "quoted" mail']


def test_a_folder_that_is_renumbered_while_another_is_looked_into_ends_the_fetch(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"STATUS", b'* STATUS "Done" (UIDNEXT 5 UIDVALIDITY 8)')
        line.answer_imap(b"EXAMINE", b"* OK [UIDVALIDITY 8] x")
        line.answer_imap(b"UID FETCH 2:4", b"* 1 FETCH (UID 3 RFC822.SIZE 300)")
        line.answer_imap(b"SELECT", b"* OK [UIDVALIDITY 9] x")

    opening = open_imap(server(scripted(script).port), login("anna"))
    with opening as source, pytest.raises(ServerUnreachable, match="other numbers"):
        source.arrived_since("Done", FolderEnd("8", 2))


def test_a_server_that_tells_no_uidnext_still_has_a_bookmark(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line, selected=SELECTED[:2])
        line.answer_imap(b"UID SEARCH", b"* SEARCH 12 5", b"* SEARCH 9")
        line.answer_imap(b"UID SEARCH", b"* SEARCH 12")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert source.newest() == "12"
        assert source.list("12", None) == []


def test_a_server_that_wants_the_password_in_a_second_line_gets_it(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 AUTH=PLAIN LOGINDISABLED")
        tag = line.hear_until(b"AUTHENTICATE PLAIN").split(b" ")[0]
        line.say(b"+ ")
        line.hear()
        line.say(b"* CAPABILITY IMAP4REV1", tag + b" OK in")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        line.answer_imap(b"SELECT", *SELECTED)

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert source.validity == "7"


def test_a_server_that_repeats_the_password_does_not_get_it_shown(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        command = line.hear()
        line.say(command.split(b" ")[0] + b" NO what do you mean by " + command)

    opening = open_imap(server(scripted(script).port), login("anna"))
    with pytest.raises(Exception, match="hidden") as caught, opening:
        pass
    assert PASSWORD not in str(caught.value)


def test_pop_logs_in_by_sasl_where_user_is_not_offered(scripted: Start) -> None:
    def script(line: Line) -> None:
        line.say(b"+OK ready")
        line.hear_until(b"CAPA")
        line.say(b"+OK", b"SASL PLAIN LOGIN", b"UIDL", b".")
        line.hear_until(b"AUTH PLAIN")
        line.say(b"+OK in")
        line.hear_until(b"CAPA")
        line.say(b"-ERR")
        line.hear_until(b"LIST")
        line.say(b"+OK", b"1 10", b"2 20", b".")
        line.hear_until(b"UIDL")
        line.say(b"+OK", b"1 a", b"2 b", b".")
        line.hear()

    with open_pop3(server(scripted(script).port), login("anna")) as source:
        assert source.sizes(source.list(None, None)) == {"a": 10, "b": 20}


@given(
    bodies=st.lists(
        st.lists(st.sampled_from([b"a", b".", b"\r", b"\n", b"\r\n", b"..", b"long line"]), max_size=12)
    ),
    cuts=st.lists(st.integers(1, 7), min_size=1, max_size=20),
)
def test_dotted_content_is_read_alike_however_it_is_cut(bodies: list[list[bytes]], cuts: list[int]) -> None:
    contents = [b"".join(pieces) + b"\r\n" for pieces in bodies]
    wire = b"".join((b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n" for content in contents)
    reader = Pop3Dialogue.__new__(Pop3Dialogue)
    reader.connection = _Cut(wire, cuts)  # type: ignore[assignment]
    assert [b"".join(reader.read_content()) for _ in contents] == contents


class _Cut:
    """Gives bytes in pieces of these lengths."""

    def __init__(self, data: bytes, cuts: list[int]) -> None:
        self._data = data
        self._cuts = cuts

    def read_some(self) -> bytes:
        self._cuts = [*self._cuts[1:], self._cuts[0]]
        piece, self._data = self._data[: self._cuts[0]], self._data[self._cuts[0] :]
        assert piece
        return piece

    def put_back(self, data: bytes) -> None:
        self._data = data + self._data


def test_a_name_service_that_never_answers_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    wait, ended = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    def stalled(host: str, *arguments: object, **options: object) -> object:
        if options.get("flags"):
            return real(host, *arguments, **options)  # type: ignore[arg-type]
        wait.wait(60)
        ended.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", stalled)
    with pytest.raises(ServerUnreachable, match="the name service gave no answer within 0.3 s"):
        dial.dial("mail.example", 25, "mail.example:25", 0.3)
    assert not ended.is_set(), "its answer was not waited for"
    wait.set()


def test_an_address_that_swallows_packets_leaves_time_for_the_next(
    scripted: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = scripted(lambda line: line.say(b"hello")).port
    stream = socket.SOCK_STREAM
    full = socket.create_server(("127.0.0.2", 0), backlog=0)
    waiting = [socket.socket() for _ in range(4)]  # fill the queue, so that the next connection hangs
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(full.getsockname())
    monkeypatch.setattr(
        dial,
        "_addresses",
        lambda *_: [
            (socket.AF_INET, stream, 6, "", full.getsockname()),
            (socket.AF_INET, stream, 6, "", ("127.0.0.1", port)),
        ],
    )
    link = dial.dial("mail.example", port, "mail.example", 1.0)
    assert link.getpeername()[1] == port
    for one in (link, full, *waiting):
        one.close()


@pytest.mark.parametrize(
    ("listed", "junk"),
    [
        ((rb'* LIST (\HasNoChildren) "." INBOX.Spam',), "INBOX.Spam"),
        ((rb'* LIST (\HasNoChildren) "/" "Archive/Junk"', rb'* LIST () "/" "JUNK E-Mail"'), "JUNK E-Mail"),
        ((rb'* LIST (\Noselect) "/" Junk', rb'* LIST () "\\" Spam'), "Spam"),
        ((rb'* LIST (\Junk \Marked) "/" "[Gmail]/Spam"', rb'* LIST () "/" Junk'), "[Gmail]/Spam"),
        ((rb'* LIST (\HasNoChildren \Junk) "/" "Unerw&APw-nscht"', rb"* LIST () NIL Junk"), "Unerwünscht"),
        ((b'* LIST (\\Junk) "/" {10}\r\nquo"ted\\me',), 'quo"ted\\me'),
        ((rb'* LIST (\Junk) "/" "quo\"ted\\me"',), 'quo"ted\\me'),
        ((rb'* LIST () "/" INBOX', rb"* LIST rubbish", rb'* LIST () "/" "Junkyard"'), None),
    ],
)
def test_the_folder_of_junk_is_found_however_it_is_listed(
    scripted: Start, listed: tuple[bytes, ...], junk: str | None
) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line)
        line.answer_imap(b"LIST", *listed)

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert source.junk_folder() == junk


def test_a_server_that_does_not_list_its_folders_has_none_of_junk(scripted: Start) -> None:
    def script(line: Line) -> None:
        imap_until_selected(line, b"SPECIAL-USE")
        for _ in range(2):
            line.answer_imap(b"LIST", status=b"NO you may not")

    with open_imap(server(scripted(script).port), login("anna")) as source:
        assert source.junk_folder() is None
