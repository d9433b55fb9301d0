"""IMAP against a real Dovecot."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from deskpost.transports.connection import Connection, Tls
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.imap import open_imap
from deskpost.transports.imap_dialogue import ImapDialogue
from deskpost.transports.logins import Login
from tests.servers.dovecot import Dovecot
from tests.transports.builders import imap_server, login, mail, mail_below

LIMIT = 50_000_000


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_mail_is_fetched_by_imap_with_every_kind_of_tls(dovecot: Dovecot, tls: Tls) -> None:
    user = dovecot.new_user()
    sent = [mail(number, 4000) for number in range(5)]
    dovecot.deliver_many(user, sent)
    with open_imap(imap_server(dovecot, tls), login(user)) as source:
        uids = source.list(None, None)
        fetched = list(source.fetch(uids, LIMIT))
    assert [one.content for one in fetched] == sent
    assert [one.uid for one in fetched] == uids
    assert not any(one.truncated for one in fetched)
    assert {one.size for one in fetched} == {len(one) for one in sent}


def test_fetching_leaves_the_mails_unread(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        assert len(list(source.fetch(source.list(None, None), LIMIT))) == 2
    assert dovecot.unseen(user) == 2


def test_marking_as_read_sets_the_read_mark_of_these_mails_only(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        source.mark_read(source.list(None, None)[:2])
    assert dovecot.unseen(user) == 1


def test_only_mails_after_the_bookmark_are_listed(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        bookmark = source.newest()
        assert bookmark == source.list(None, None)[-1]
        assert source.list(bookmark, None) == []
    dovecot.deliver(user, mail(3))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        (new,) = source.list(bookmark, None)
        (fetched,) = source.fetch([new], LIMIT)
    assert fetched.content == mail(3)


def test_the_bookmark_of_an_empty_folder_lets_the_first_mail_through(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        bookmark = source.newest()
        assert source.list(None, None) == []
        assert source.oldest() is None
    dovecot.deliver(user, mail(1))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        assert len(source.list(bookmark, None)) == 1


def test_mail_that_somebody_read_before_is_listed_all_the_same(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1), seen=True)
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        assert len(source.list(None, None)) == 1


def test_mails_received_before_a_date_are_left_out_to_the_second(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    maildir = dovecot.folder / "mail" / user / "Maildir" / "cur"
    now = datetime.now(UTC).replace(microsecond=0)
    for file, age in zip(sorted(maildir.iterdir()), (3600, 60), strict=True):
        os.utime(file, (now.timestamp() - age, now.timestamp() - age))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        first, second = source.list(None, None)
        assert source.list(None, now - timedelta(hours=2)) == [first, second]
        assert source.list(None, now - timedelta(hours=1)) == [first, second]
        assert source.list(None, now - timedelta(seconds=3599)) == [second]
        assert source.list(None, now) == []


def test_a_mail_over_the_limit_comes_with_its_header_alone(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2, 300_000), mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        small, large, last = source.fetch(source.list(None, None), 100_000)
    assert (small.truncated, large.truncated, last.truncated) == (False, True, False)
    assert large.content == mail(2, 300_000).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert large.size == len(mail(2, 300_000))


def test_a_mail_expunged_meanwhile_is_left_out_and_its_neighbours_come_once(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        dovecot.expunge(user, uids[1])
        fetched = list(source.fetch(uids, LIMIT))
        assert source.sizes(uids).keys() == {uids[0], uids[2]}
    assert [one.content for one in fetched] == [mail(1), mail(3)]


def test_a_mail_expunged_between_size_and_content_is_left_out(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        source.sizes(uids)
        dovecot.expunge(user, uids[1])
        assert [one.content for one in source.fetch(uids, LIMIT)] == [mail(1), mail(3)]


def test_a_large_mail_expunged_between_size_and_header_is_left_out(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1, 3000), mail(2, 3000)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        source.sizes(uids)
        dovecot.expunge(user, uids[0])
        assert [(one.uid, one.refusal) for one in source.fetch(uids, 1000)] == [(uids[1], "")]


def test_thousands_of_mails_come_in_order_over_several_commands(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, (mail(number) for number in range(1300)))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        uids = source.list(None, None)
        fetched = [one.content for one in source.fetch(uids, LIMIT)]
    assert fetched == [mail(number) for number in range(1300)]


def test_scattered_uids_are_fetched_in_the_order_asked(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, (mail(number) for number in range(3000)))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        some = source.list(None, None)[::2]
        assert [one.uid for one in source.fetch(some, LIMIT)] == some


def test_a_changed_uidvalidity_is_seen(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        before = source.validity
    dovecot.change_uid_validity(user)
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        assert source.validity != before


@pytest.mark.parametrize("extensions", [True, False])
def test_deleting_removes_these_mails_and_no_other(dovecot: Dovecot, extensions: bool) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        if not extensions:
            source._dialogue.capabilities = frozenset()
        source.delete(source.list(None, None)[1:2])
    assert dovecot.mails(user) == [mail(1), mail(3)]


def test_without_uidplus_mails_that_another_client_marked_deleted_stay(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2), mail(3)])
    dovecot.doveadm("flags", "add", "-u", user, "\\Deleted", "mailbox", "INBOX", "1")
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        source._dialogue.capabilities = frozenset()
        with pytest.raises(ActRefused, match='other mails in the folder "INBOX" are marked as deleted'):
            source.delete(source.list(None, None)[1:2])
        assert source._marked_deleted() == {"1"}, "of a mail that stays, nobody is told that it is deleted"
        source.delete(source.list(None, None)[:2])
    assert dovecot.mails(user) == [mail(3)]


@pytest.mark.parametrize("extensions", [True, False])
def test_moving_takes_the_mail_into_the_folder_once(dovecot: Dovecot, extensions: bool) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    dovecot.make_folder(user, "Erledigt/März")
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        if not extensions:
            source._dialogue.capabilities = frozenset()
        source.move(source.list(None, None)[:1], "Erledigt/März")
    assert dovecot.mails(user) == [mail(2)]
    assert dovecot.mails(user, "Erledigt/März") == [mail(1)]


def test_another_folder_is_looked_into_from_where_it_ended(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(1), mail(2)])
    dovecot.deliver(user, mail(7), "Erledigt")
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        assert not source.moves_by_copy
        end = source.end_of("Erledigt")
        assert end is not None
        assert source.arrived_since("Erledigt", end) == ()
        source.move(["1"], "Erledigt")
        (arrived,) = source.arrived_since("Erledigt", end)
        assert (arrived.uid, arrived.size) == (end.next_uid, len(mail(1)))
        assert b"<1@client.example>" in arrived.message_id_header
        assert source.list(None, None) == ["2"]
        assert [one.content for one in source.fetch(["2"], LIMIT)] == [mail(2)]
        source.delete(["2"])
    assert dovecot.count(user) == 0


def test_a_folder_with_other_numbers_since_has_nothing_that_is_known_to_have_come(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1), "Done")
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        end = source.end_of("Done")
        assert end is not None
        dovecot.change_uid_validity(user, "Done")
        dovecot.deliver(user, mail(2), "Done")
        assert source.arrived_since("Done", end) == ()


def test_moving_into_a_folder_that_is_not_there_says_so_and_moves_nothing(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    opening = open_imap(imap_server(dovecot, "none"), login(user))
    with opening as source, pytest.raises(MailboxMissing, match='"No such" cannot be opened'):
        source.move(source.list(None, None), "No such")
    assert dovecot.count(user) == 1


def test_of_thousands_of_message_ids_in_one_mail_the_first_are_asked_for(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.make_folder(user, "Done")
    large = mail_below("Message-ID", 3)
    dovecot.deliver_many(user, [large, mail(3)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        end = source.end_of("Done")
        assert end is not None
        dovecot.deliver_many(user, [large, mail(3)], "Done")
        here = [*source.message_id_headers(source.list(None, None)).values()]
        there = source.arrived_since("Done", end)
    assert [one.size for one in there] == [len(large), len(mail(3))]
    for headers in (here, [one.message_id_header for one in there]):
        assert headers == [large[:65_536], b"Message-ID: <3@client.example>\r\n\r\n"]


def test_a_folder_with_a_name_beyond_ascii_is_opened(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1), 'Störung & "Co"')
    with open_imap(imap_server(dovecot, "none"), login(user), 'Störung & "Co"') as source:
        assert len(source.list(None, None)) == 1


@pytest.mark.parametrize("folder", ["Not there", "", "with\r\nA1 LOGOUT", "a\0b", "\ud800"])
def test_a_folder_that_cannot_be_opened_is_named(dovecot: Dovecot, folder: str) -> None:
    opening = open_imap(imap_server(dovecot, "none"), login("anna"), folder)
    with pytest.raises(MailboxMissing, match="To do:") as caught, opening:
        pass
    assert "cannot be opened" in caught.value.words
    assert caught.value.mend == "administrator"


def test_a_sample_shows_the_oldest_mail_and_changes_nothing(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(7), mail(8)])
    with open_imap(imap_server(dovecot, "none"), login(user), read_only=True) as source:
        sample = source.oldest()
        source.mark_read(source.list(None, None))
    assert sample is not None
    assert (sample.count, sample.size) == (2, len(mail(7)))
    assert ("Subject", "mail 7") in sample.headers
    assert dovecot.unseen(user) == 2


def test_after_stopping_midway_the_connection_is_not_used_again(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver_many(user, [mail(number, 50_000) for number in range(50)])
    with open_imap(imap_server(dovecot, "none"), login(user)) as source:
        fetching = source.fetch(source.list(None, None), LIMIT)
        next(fetching)
        fetching.close()
        assert source._dialogue.connection.closed


@pytest.mark.parametrize("way", [b"AUTH=PLAIN", b"LOGIN"])
def test_a_password_with_every_kind_of_letter_logs_in(dovecot: Dovecot, way: bytes) -> None:
    password = 'pä"ss\\wörd {5} %s €'
    user = dovecot.add_user(f"umlaut{way[0]}", password)
    with Connection(imap_server(dovecot, "none"), "IMAP") as connection:
        dialogue = _Limited(connection, login(user, password), frozenset({way}))
    assert dialogue.completion.fine


class _Limited(ImapDialogue):
    """A dialogue that believes the server offers only this."""

    def __init__(self, connection: Connection, login: Login, offered: frozenset[bytes]) -> None:
        self._offered = offered
        super().__init__(connection, login)

    def _ask_capabilities(self) -> None:
        self.capabilities = self._offered
