"""IMAP against a real Cyrus: a second opinion beside Dovecot's."""

from datetime import UTC, datetime, timedelta

import pytest

from deskpost.transports.connection import Server, Tls
from deskpost.transports.errors import LoginRefused, MailboxMissing
from deskpost.transports.imap import ImapSource, open_imap
from deskpost.transports.imap_idle import open_idle
from tests.servers.cyrus import Cyrus
from tests.transports.builders import login, mail, server
from tests.transports.test_imap_idle import told

LIMIT = 50_000_000


def there(cyrus: Cyrus, tls: Tls = "none") -> Server:
    return server(cyrus.imaps if tls == "implicit" else cyrus.imap, tls, cyrus.ca_file)


def contents(source: ImapSource, uids: list[str]) -> list[bytes]:
    return [one.content for one in source.fetch(uids, LIMIT)]


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_mail_is_fetched_from_cyrus_whole_in_order_and_left_unread(cyrus: Cyrus, tls: Tls) -> None:
    user = cyrus.new_user()
    sent = [mail(number, 4000) for number in range(5)]
    cyrus.deliver(user, sent)
    with open_imap(there(cyrus, tls), login(user)) as source:
        uids = source.list(None, None)
        fetched = [*source.fetch(uids, LIMIT)]
    assert [one.content for one in fetched] == sent and [one.uid for one in fetched] == uids
    assert {one.size for one in fetched} == {len(one) for one in sent}
    assert cyrus.mails(user, having="UNSEEN") == sent


def test_only_what_came_after_the_bookmark_and_the_date_is_listed_by_cyrus(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    with open_imap(there(cyrus), login(user)) as source:
        empty = source.newest()
        assert source.list(None, None) == [] and source.oldest() is None
    cyrus.deliver(user, [mail(1), mail(2)])
    now = datetime.now(UTC)
    with open_imap(there(cyrus), login(user)) as source:
        both = source.list(empty, now - timedelta(hours=1))
        assert len(both) == 2 and source.list(empty, now + timedelta(hours=1)) == []
        assert source.newest() == both[-1] and source.list(both[-1], None) == []
        cyrus.deliver(user, [mail(3)])
        assert contents(source, source.list(both[-1], None)) == [mail(3)]


def test_a_mail_over_the_limit_comes_from_cyrus_with_its_header_alone(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1), mail(2, 300_000), mail(3)])
    with open_imap(there(cyrus), login(user)) as source:
        _, large, last = source.fetch(source.list(None, None), 100_000)
    assert large.truncated and large.content == mail(2, 300_000).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert (large.size, last.content) == (len(mail(2, 300_000)), mail(3))


def test_a_mail_that_another_client_deletes_at_cyrus_keeps_no_other_back(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1), mail(2), mail(3)])
    with open_imap(there(cyrus), login(user)) as source:
        uids = source.list(None, None)
        source.sizes(uids)
        cyrus.expunge(user, uids[1])
        # Cyrus keeps what is deleted for a while, and gives it to whom it has not told yet.
        assert [one for one in contents(source, uids) if one != mail(2)] == [mail(1), mail(3)]
        source.mark_read(uids)
        source.move(uids, "Done")
        assert contents(source, uids) == []
    assert cyrus.mails(user) == []
    assert cyrus.mails(user, "Done") == [mail(1), mail(3)]


def test_marking_as_read_at_cyrus_is_seen_by_other_clients(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1), mail(2)])
    with open_imap(there(cyrus), login(user)) as source:
        source.mark_read(source.list(None, None)[:1])
    assert cyrus.mails(user, having="SEEN") == [mail(1)]


def test_deleting_at_cyrus_hits_no_mail_that_another_client_marked(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1), mail(2), mail(3)])
    with cyrus.client(user) as other:
        other.select("INBOX")
        other.store("1", "+FLAGS", "(\\Deleted)")
    with open_imap(there(cyrus), login(user)) as source:
        source.delete(source.list(None, None)[1:2])
    assert cyrus.mails(user) == [mail(1), mail(3)]


@pytest.mark.parametrize(
    ("folder", "extensions"), [("Done", True), ("Done", False), ("Störung & Co/März", True)]
)
def test_a_mail_is_moved_at_cyrus_and_found_where_it_came(
    cyrus: Cyrus, folder: str, extensions: bool
) -> None:
    user = cyrus.new_user()
    if folder != "Done":
        cyrus.make_folder(user, folder)
    cyrus.deliver(user, [mail(7)], folder)
    cyrus.deliver(user, [mail(1), mail(2)])
    with open_imap(there(cyrus), login(user)) as source:
        if not extensions:
            source._dialogue.capabilities = frozenset()
        assert source.moves_by_copy is not extensions
        end = source.end_of(folder)
        assert end is not None
        source.move(source.list(None, None)[:1], folder)
        (arrived,) = source.arrived_since(folder, end)
        assert contents(source, source.list(None, None)) == [mail(2)]
    assert (arrived.uid, arrived.size) == (end.next_uid, len(mail(1)))
    assert b"<1@client.example>" in arrived.message_id_header
    with open_imap(there(cyrus), login(user), folder) as source:
        assert contents(source, source.list(None, None)) == [mail(7), mail(1)]
        source.move([str(arrived.uid)], "INBOX")
    assert cyrus.mails(user) == [mail(2), mail(1)]


def test_a_folder_that_cyrus_does_not_have_is_named_and_nothing_is_moved(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1)])
    with open_imap(there(cyrus), login(user)) as source:
        with pytest.raises(MailboxMissing, match='"No such" cannot be opened'):
            source.move(source.list(None, None), "No such")
        assert source.end_of("No such") is None  # its NO has no code that would tell why
    opening = open_imap(there(cyrus), login(user), "No such")
    with pytest.raises(MailboxMissing, match='"No such" cannot be opened.*Mailbox does not exist'), opening:
        pass
    assert cyrus.mails(user) == [mail(1)]


def test_the_folder_of_junk_is_found_at_cyrus_by_its_use_and_its_mails_are_counted(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    with open_imap(there(cyrus), login(user)) as source:
        assert source.junk_folder() == "Unwanted"
        end = source.end_of("Unwanted")
        assert end is not None and source.count_since("Unwanted", end) == 0
        cyrus.deliver(user, [mail(1), mail(2)], "Unwanted")
        assert source.count_since("Unwanted", end) == 2
        assert source.list(None, None) == []


def test_a_sample_of_cyrus_shows_the_oldest_mail_and_changes_nothing(cyrus: Cyrus) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(7), mail(8)])
    with open_imap(there(cyrus), login(user), read_only=True) as source:
        sample = source.oldest()
    assert sample is not None and (sample.count, sample.size) == (2, len(mail(7)))
    assert ("Subject", "mail 7") in sample.headers
    assert len(cyrus.mails(user, having="UNSEEN")) == 2


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_cyrus_tells_of_new_mail_while_it_is_listened_to(cyrus: Cyrus, tls: Tls) -> None:
    user = cyrus.new_user()
    cyrus.deliver(user, [mail(1)])
    folder = open_idle(there(cyrus, tls), login(user), renewed_every=0.2)
    assert not told(folder, 0.5), "what was there before is not new"
    cyrus.deliver(user, [mail(2)])
    assert told(folder)
    cyrus.expunge(user, "1")
    cyrus.deliver(user, [mail(3)])
    assert told(folder), "a mail that comes as another goes"
    folder.close()
    assert len(cyrus.mails(user, having="UNSEEN")) == 2


def test_a_wrong_password_is_refused_by_cyrus_in_its_own_words(cyrus: Cyrus) -> None:
    opening = open_imap(there(cyrus, "implicit"), login(cyrus.new_user(), "wrong"))
    with pytest.raises(LoginRefused, match="authentication failure|Login failed"), opening:
        pass
