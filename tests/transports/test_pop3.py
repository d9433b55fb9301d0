"""POP against a real Dovecot."""

import hashlib

import pytest

from deskpost.transports import pop3
from deskpost.transports.connection import Tls
from deskpost.transports.errors import ActRefused
from deskpost.transports.pop3 import open_pop3
from tests.servers.dovecot import Dovecot
from tests.transports.builders import login, mail, mail_below, pop_server

LIMIT = 50_000_000


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_mail_is_fetched_by_pop_with_every_kind_of_tls(dovecot: Dovecot, tls: Tls) -> None:
    user = dovecot.new_user()
    sent = [mail(number, 4000) for number in range(120)]
    dovecot.deliver_many(user, sent)
    with open_pop3(pop_server(dovecot, tls), login(user)) as source:
        uids = source.list(None, None)
        fetched = list(source.fetch(uids, LIMIT))
    assert [one.content for one in fetched] == sent
    assert [one.uid for one in fetched] == uids
    assert {one.size for one in fetched} == {len(one) for one in sent}
    assert dovecot.count(user) == 120


def test_the_list_holds_the_same_uidls_at_every_visit(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        first = source.list(None, None)
        assert source.newest() is None
        assert source.validity == ""
    dovecot.deliver(user, mail(3))
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        assert source.list(first[-1], None)[:2] == first


def test_dots_at_line_starts_and_lines_of_any_length_come_as_they_were(dovecot: Dovecot) -> None:
    bodies = [
        b".",
        b"..",
        b".\r\n.\r\n..\r\n...x\r\n",
        b"x" * 300_000 + b"\r\n." + b"y" * 70_000,
        b"",
        b"\r\n\r\n.\r\n\r\n",
    ]
    sent = [mail(number) + body + b"\r\n" for number, body in enumerate(bodies)]
    user = dovecot.new_user()
    dovecot.deliver_many(user, sent)
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        assert [one.content for one in source.fetch(source.list(None, None), LIMIT)] == sent


def test_deleting_takes_effect_when_the_connection_ends_well(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        source.delete(source.list(None, None)[1:2])
    assert dovecot.mails(user) == [mail(1), mail(3)]


def test_nothing_is_deleted_when_an_error_ends_the_connection(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    opening = open_pop3(pop_server(dovecot, "none"), login(user))
    with pytest.raises(RuntimeError), opening as source:
        source.delete(source.list(None, None))
        raise RuntimeError
    assert dovecot.count(user) == 1


def test_a_mail_over_the_limit_comes_with_its_header_alone(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2, 300_000), mail(3)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        small, large, last = source.fetch(source.list(None, None), 100_000)
    assert (small.truncated, large.truncated, last.truncated) == (False, True, False)
    assert large.content == mail(2, 300_000).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert large.size == len(mail(2, 300_000))


def test_a_header_of_megabytes_is_shown_by_its_start_and_keeps_no_other_mail_back(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    large = mail_below("X-Pad", 6)
    dovecot.deliver_many(user, [large, mail(3)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        shown, last = source.fetch(uids, 1_000_000)
        headers = source.message_id_headers(uids)
        sample = source.oldest()
        source.delete(uids)
    assert (shown.truncated, shown.size) == (True, len(large))
    assert large.startswith(shown.content)
    assert large.startswith(headers[uids[0]])
    assert all(65_536 <= len(start) < 1_000_000 for start in (shown.content, headers[uids[0]]))
    assert last.content == mail(3)
    assert headers[uids[1]] == mail(3).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert sample is not None
    assert sample.size == len(large)
    assert dovecot.count(user) == 0


def test_a_sample_shows_the_oldest_mail(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(7), mail(8)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        sample = source.oldest()
        assert sample is not None
        assert sample.uid == source.list(None, None)[0]
    assert (sample.count, sample.size) == (2, len(mail(7)))
    assert ("Subject", "mail 7") in sample.headers


def test_an_empty_maildrop_has_no_mail_and_no_sample(dovecot: Dovecot) -> None:
    with open_pop3(pop_server(dovecot, "none"), login(dovecot.new_user())) as source:
        assert source.list(None, None) == []
        assert source.oldest() is None
        assert list(source.fetch([], LIMIT)) == []


def test_folders_and_read_marks_are_refused_in_words(dovecot: Dovecot) -> None:
    with open_pop3(pop_server(dovecot, "none"), login(dovecot.new_user())) as source:
        with pytest.raises(ActRefused, match="knows neither folders nor read marks"):
            source.mark_read(["1"])
        with pytest.raises(ActRefused, match="cannot move mails. To do: use IMAP"):
            source.move(["1"], "Done")


def test_without_uidl_a_mail_is_known_by_its_content(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(1)])
    monkeypatch.setattr(pop3.Pop3Source, "_ask_uidls", lambda _: {1: "same", 2: "same"})
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        assert uids == [f"sha256:{hashlib.sha256(mail(number)).hexdigest()}" for number in (1, 2)]
        assert [one.content for one in source.fetch(uids, LIMIT)] == [mail(1), mail(2)]
        source.delete(uids[:1])
    assert dovecot.mails(user) == [mail(2)]


def test_after_stopping_midway_the_connection_is_not_used_again(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(number, 50_000) for number in range(50)])
    with open_pop3(pop_server(dovecot, "none"), login(user)) as source:
        fetching = source.fetch(source.list(None, None), LIMIT)
        next(fetching)
        fetching.close()
        assert source._dialogue.connection.closed
