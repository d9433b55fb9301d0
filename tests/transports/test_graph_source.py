"""A mailbox folder in Microsoft Graph, against the sandbox: what is listed, fetched, marked, moved and refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from deskpost.transports.errors import (
    AddressRefused,
    AnsweredBetween,
    ConsentLost,
    LoginRefused,
    MailboxMissing,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.graph.source import GraphSource
from deskpost.transports.logins import BearerLogin, Login

from .graph_world import Gate, World, cloud_served, fresh, mail

MOST = 50_000_000
PLAIN = {"Content-Type": "text/plain"}
HTML = "<html><body>Sign in to the hotel's network</body></html>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("graph")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def subjects(source: GraphSource, uids: list[str]) -> list[str]:
    return [str(message_from_bytes(one.content)["subject"]) for one in source.fetch(uids, MOST)]


# Listing


def test_all_mails_are_listed_page_by_page_in_the_order_of_arrival(world: World) -> None:
    items = [world.deliver(mail(f"Mail {number}")) for number in range(450)]
    with world.open() as source:
        uids = source.list(None, None)
        assert uids == [item.immutable_id for item in items]
        assert source.bookmark(uids[0]) is None and source.bookmark(None)
        assert (source.newest(), source.listed(uids), source.validity) == (None, set(), "graph")
    assert sum("/delta" in one.path for one in world.asked) == 3


def test_after_the_bookmark_only_what_came_or_changed_is_listed(world: World) -> None:
    first, second = world.deliver(), world.deliver()
    with world.open() as source:
        source.list(None, None)
        bookmark = source.bookmark(None)
    store = world.cloud.store
    store.update(world.desk, first, is_read=True)
    store.delete(world.desk, second)
    new = world.deliver()
    with world.open() as source:
        assert source.list(bookmark, None) == [first.immutable_id, new.immutable_id]
        later = source.bookmark(None)
        assert later != bookmark and source.list(later, None) == []
        assert source.list(bookmark, None) == [first.immutable_id, new.immutable_id]  # repetitions are normal


def test_a_mail_that_moved_away_and_back_keeps_its_id(world: World) -> None:
    item = world.deliver()
    with world.open() as source:
        (uid,) = source.list(None, None)
        source.move([uid], "Archive")
        assert source.list(source.bookmark(None), None) == [] and source.sizes([uid]) == {}
        archive = world.desk.folder("archive")
        assert archive is not None and item.folder == archive.id
    with world.open("Archive") as source:
        assert source.list(None, None) == [uid]
        source.move([uid], "inbox")
    with world.open() as source:
        assert source.list(None, None) == [uid]


def test_only_what_was_received_since_a_moment_is_listed(world: World) -> None:
    old, new = world.deliver(), world.deliver()
    old.received -= timedelta(days=9)
    with world.open() as source:
        since = datetime.now(UTC) - timedelta(days=1)
        assert source.list(None, since) == [new.immutable_id]
        bookmark = source.bookmark(None)
        world.cloud.store.update(world.desk, old, is_read=True)
        assert source.list(bookmark, since) == []


def test_a_delta_token_that_is_good_no_more_lists_everything_anew(world: World) -> None:
    old, item = world.deliver(), world.deliver()
    old.received -= timedelta(days=9)
    with world.open() as source:
        source.list(None, None)
        bookmark = source.bookmark(None)
        world.cloud.habits.expire_delta = True
        assert source.list(bookmark, None) == [old.immutable_id, item.immutable_id]
        world.cloud.habits.expire_delta = True
        assert source.list(bookmark, datetime.now(UTC) - timedelta(days=1)) == [item.immutable_id]
        elsewhere = str(bookmark).replace("127.0.0.1", "127.0.0.2")
        assert source.list(elsewhere, None) == [old.immutable_id, item.immutable_id]


def test_a_mailbox_that_was_made_anew_at_the_provider_is_listed_anew(world: World) -> None:
    world.deliver()
    with world.open() as source:
        source.list(None, None)
        bookmark = source.bookmark(None)
    world.desk.folders.clear()
    world.desk.items.clear()
    world.cloud.store.add_mailbox(world.desk.address)
    item = world.deliver()
    with world.open() as source:
        assert source.list(bookmark, None) == [item.immutable_id]


@pytest.mark.parametrize("code", ["resyncRequired", "syncStateNotFound"])
def test_graph_may_ask_for_a_full_round_in_the_middle_of_one(world: World, code: str) -> None:
    items = [world.deliver() for _ in range(250)]
    with world.open() as source:
        source.list(None, None)
        bookmark = source.bookmark(None)
        body = f'{{"error": {{"code": "{code}", "message": "Resync required."}}}}'
        world.fault("latency", 0, path="delta")
        world.fault("status", {"status": 400, "body": body}, path="delta")
        assert source.list(bookmark, None) == [item.immutable_id for item in items]


def test_ids_are_told_apart_by_their_letter_case(world: World) -> None:
    one, two = world.deliver(mail("One")), world.deliver(mail("Two"))
    one.immutable_id, two.immutable_id = "AAMkIabc", "AAMkIABC"
    with world.open() as source:
        assert subjects(source, source.list(None, None)) == ["One", "Two"]


def test_a_list_that_may_not_tell_sizes_is_asked_for_without_them(world: World) -> None:
    item = world.deliver()
    body = '{"error": {"code": "BadRequest", "message": "$expand is not supported with change tracking."}}'
    world.fault("status", {"status": 400, "body": body}, path="delta")
    with world.open() as source:
        uids = source.list(None, None)
        assert source.sizes(uids) == {item.immutable_id: 1_000_000}
        (fetched,) = source.fetch(uids, MOST)
        assert (fetched.content, fetched.size) == (item.raw, len(item.raw))


# Fetching


def test_a_mail_comes_byte_by_byte_as_it_is_and_stays_unread(world: World) -> None:
    raw = mail("Grüße", "Ümläut\n" * 2000, message_id="<abc@customer.example>")
    item = world.deliver(raw)
    with world.open() as source:
        uids = source.list(None, None)
        assert source.sizes(uids) == {item.immutable_id: len(raw)}
        (fetched,) = source.fetch(uids, MOST)
        assert (fetched.content, fetched.size, fetched.truncated) == (raw, len(raw), False)
        assert fetched.listed is None and not item.is_read
        headers = source.message_id_headers(uids)
        assert headers == {item.immutable_id: b"Message-ID: <abc@customer.example>\r\n"}


def test_of_a_mail_over_the_limit_the_header_alone_is_fetched(world: World) -> None:
    large = world.deliver(mail("Large", "x" * 200_000))
    small = world.deliver(mail("Small"))
    with world.open() as source:
        first, second = source.fetch(source.list(None, None), 100_000)
        assert first.truncated and first.size == len(large.raw) and second.content == small.raw
        assert b"Subject: Large\r\n" in first.content and len(first.content) < 1000
    assert not any("$value" in one.path and large.immutable_id in one.path for one in world.asked)


def test_a_mail_that_is_larger_than_it_was_said_to_be_is_cut_off_at_the_limit(world: World) -> None:
    world.deliver(mail("Small"))
    with world.open() as source:
        uids = source.list(None, None)
        item = world.deliver(mail("Grows", "x" * 300_000))
        source.list(source.bookmark(None), None)
        uid = item.immutable_id
        source._listed[uid] = replace(source._listed[uid], size=10)
        (fetched,) = source.fetch([uid], 100_000)
        assert fetched.truncated and fetched.size == 100_001 and b"Subject: Grows" in fetched.content
        assert len(subjects(source, uids)) == 1


def test_a_mail_that_vanishes_meanwhile_is_left_out(world: World) -> None:
    gone, item = world.deliver(), world.deliver()
    with world.open() as source:
        uids = source.list(None, None)
        world.cloud.store.delete(world.desk, gone)
        assert [one.uid for one in source.fetch(uids, MOST)] == [item.immutable_id]
        source.mark_read(uids)
        assert item.is_read
        source.delete(uids)
        source.move(uids, "Archive")
    with world.open() as source:
        assert source.sizes(uids) == {} and source.message_id_headers(uids) == {}


def test_a_mail_that_exchange_cannot_give_keeps_no_other_back(world: World) -> None:
    world.deliver(mail("Broken"))
    world.deliver(mail("Whole"))
    body = '{"error": {"code": "ErrorMimeContentConversionFailed", "message": "Conversion failed."}}'
    world.fault("status", {"status": 500, "body": body}, path="value$")
    with world.open() as source:
        broken, whole = source.fetch(source.list(None, None), MOST)
        assert "Conversion failed" in broken.refusal and broken.content == b""
        assert b"Subject: Whole" in whole.content


def test_a_mail_without_a_message_id_is_compared_by_its_size(world: World) -> None:
    world.deliver(b"From: ute@customer.example\r\nSubject: Bare\r\n\r\nHello\r\n")
    with world.open() as source:
        uids = source.list(None, None)
        (fetched,) = source.fetch(uids, MOST)
        assert fetched.listed == source.sizes(uids)[uids[0]]
        assert source.message_id_headers(uids) == {uids[0]: b""}


def test_the_oldest_mail_is_shown_and_nothing_changed(world: World) -> None:
    with world.open() as source:
        assert source.oldest() is None
    first = world.deliver(mail("First", X_Kind="a sample"))
    world.deliver(mail("Second"))
    with world.open() as source:
        sample = source.oldest()
        assert sample is not None and (sample.uid, sample.count) == (first.immutable_id, 2)
        assert sample.size == len(first.raw)
        assert {("Subject", "First"), ("X-Kind", "a sample")} <= set(sample.headers)
    assert {one.method for one in world.asked} == {"GET"}


# Folders


def test_a_folder_is_found_by_its_path_in_any_letters(world: World) -> None:
    store = world.cloud.store
    root = world.desk.folder("msgfolderroot")
    assert root is not None
    above = store.add_folder(world.desk, "Büro & O'Hara", root.id)
    below = store.add_folder(world.desk, "Erledigt (50%)", above.id)
    item = store.deliver(world.desk, mail(), below.id)
    with world.open("büro & o'hara/Erledigt (50%)") as source:
        assert source.list(None, None) == [item.immutable_id]
        source.move([item.immutable_id], "INBOX")
    with world.open("inbox") as source:
        assert source.list(None, None) == [item.immutable_id]
        for absent in ("Nowhere", "Büro & O'Hara/Nowhere", "INBOX/", ""):
            with pytest.raises(MailboxMissing, match="cannot be opened"):
                source.move([item.immutable_id], absent)


def test_new_mail_in_the_folder_of_junk_is_counted(world: World) -> None:
    world.deliver(folder="junkemail").received -= timedelta(minutes=5)
    with world.open() as source:
        junk = source.junk_folder()
        assert junk is not None
        end = source.end_of(junk)
        assert end is not None and source.count_since(junk, end) == 0
        for _ in range(3):
            world.deliver(folder="junkemail")
        assert source.count_since(junk, end) == 3


# Whose mailbox


@pytest.mark.requirement("R108")
@pytest.mark.parametrize("ending", ["", "/", "/v1.0", "/v1.0/"])
def test_the_endpoint_is_taken_with_and_without_its_version(world: World, ending: str) -> None:
    world.deliver()
    with world.open(address=world.server.base + ending) as source:
        assert len(source.list(None, None)) == 1


def test_a_shared_mailbox_is_opened_by_its_address(world: World) -> None:
    shared = world.cloud.store.add_mailbox("billing@contoso.example", shared_with=[world.desk.address])
    item = world.cloud.store.deliver(shared, mail())
    with world.open(mailbox=shared.address) as source:
        assert source.list(None, None) == [item.immutable_id]
    login = world.login(token=world.token(scopes=("Mail.ReadWrite",)))
    with (
        pytest.raises(ConsentLost, match=r"the permission Mail\.ReadWrite\.Shared may be missing"),
        world.open(mailbox=shared.address, login=login),
    ):
        pass


def test_an_application_on_its_own_opens_the_mailbox_that_is_named(world: World) -> None:
    item = world.deliver()
    login = world.login(token=world.token(None, (".default",)), on_its_own=True)
    with world.open(login=login) as source:
        assert source.list(None, None) == [item.immutable_id]
    with world.open(login=replace(login, username="robot"), mailbox=world.desk.address) as source:
        assert source.list(None, None) == [item.immutable_id]
    with (
        pytest.raises(MailboxMissing, match="write the address of the mailbox"),
        world.open(login=replace(login, username="")),
    ):
        pass
    with (
        pytest.raises(MailboxMissing, match='has no mailbox "nobody@contoso.example"'),
        world.open(login=login, mailbox="nobody@contoso.example"),
    ):
        pass


# Refusals


def test_a_token_that_expired_is_renewed_once_and_the_fetch_goes_on(world: World) -> None:
    item = world.deliver()
    renewals: list[int] = []

    def renew() -> BearerLogin:
        renewals.append(1)
        return world.login(renew=renew)

    login = world.login(token=world.token(lasts=-1), renew=renew)
    with world.open(login=login) as source:
        assert source.list(None, None) == [item.immutable_id]
        assert len(subjects(source, [item.immutable_id])) == 1
    assert len(renewals) == 1


def test_a_fresh_token_that_is_refused_too_is_a_lost_consent(world: World) -> None:
    stale = world.token(lasts=-1)
    login = world.login(token=stale, renew=lambda: BearerLogin(world.desk.address, stale))
    with pytest.raises(ConsentLost, match="refused a fresh token") as lost, world.open(login=login):
        pass
    assert stale not in lost.value.words and stale not in str(lost.value.answer)


def test_a_missing_permission_is_named(world: World) -> None:
    login = world.login(token=world.token(scopes=("Mail.Send",)))
    with (
        pytest.raises(ConsentLost, match=r"Mail\.ReadWrite may be missing.*ErrorAccessDenied"),
        world.open(login=login),
    ):
        pass


def test_a_password_is_never_sent_to_graph(world: World) -> None:
    with (
        pytest.raises(LoginRefused, match="takes no user name and password"),
        world.open(login=Login("desk", "secret-password")),
    ):
        pass
    assert not world.asked


@pytest.mark.parametrize(
    ("fault", "value", "kind", "said"),
    [
        ("status", {"status": 429, "headers": {"Retry-After": "7"}}, Throttled, "asks for patience"),
        ("status", {"status": 429}, Throttled, "asks for patience"),
        ("status", {"status": 503, "headers": {"Retry-After": "0"}}, Throttled, "asks for patience"),
        ("status", {"status": 504}, ServerUnreachable, "does not serve at the moment"),
        (
            "status",
            {"status": 302, "headers": {"Location": "https://127.0.0.1/"}},
            ProtocolViolated,
            "has moved",
        ),
        ("status", {"status": 200, "body": HTML}, ProtocolViolated, "answered with a page"),
        (
            "status",
            {"status": 200, "body": '{"value": [{"id": "AAMk'},
            ProtocolViolated,
            "answered with a page",
        ),
        ("status", {"status": 200, "body": '{"value": 7}'}, ProtocolViolated, "as Microsoft Graph does"),
        ("status", {"status": 200, "body": '{"value": [{"id": 7}]}'}, ProtocolViolated, "as Microsoft Graph"),
        ("status", {"status": 200, "body": '{"value": []}'}, ProtocolViolated, "as Microsoft Graph does"),
        ("status", {"status": 200, "body": "[]"}, ProtocolViolated, "as Microsoft Graph does"),
        ("status", {"status": 200, "body": "x" * 1_100_000}, ProtocolViolated, "stopped reading"),
        ("status", {"status": 403}, ConsentLost, "may be missing"),
        ("status", {"status": 401, "body": HTML}, AnsweredBetween, "Something between Deskpost and"),
        ("status", {"status": 403, "body": HTML}, AnsweredBetween, "answered with a web page"),
        (
            "status",
            {"status": 403, "body": "No.", "headers": PLAIN},
            AnsweredBetween,
            "words that are none of its",
        ),
        ("status", {"status": 404, "body": HTML}, AnsweredBetween, "answered with a web page"),
        ("status", {"status": 410, "body": HTML}, AnsweredBetween, "answered with a web page"),
        ("status", {"status": 451, "body": HTML}, AnsweredBetween, "answered with a web page"),
        ("reset", None, ServerUnreachable, "broke off the connection"),
        ("half_answer", None, ServerUnreachable, "broke off the connection"),
        ("half_unframed", None, ServerUnreachable, "broke off the connection"),
    ],
)
def test_what_goes_wrong_while_mails_are_listed_is_told_in_words(
    world: World, fault: str, value: object, kind: type[TransportError], said: str
) -> None:
    item = world.deliver()
    with world.open() as source:
        world.fault(fault, value, path="delta")
        with pytest.raises(kind, match=said) as trouble:
            source.list(None, None)
        assert "To do: " in trouble.value.words and source.bookmark(None) is None
        assert source.list(None, None) == [item.immutable_id]  # the next time it is well again


def test_graph_says_how_long_to_wait_and_its_own_limit_is_met_with_patience(world: World) -> None:
    world.fault("status", {"status": 429, "headers": {"Retry-After": "7"}})
    with pytest.raises(Throttled) as throttled, world.open():
        pass
    assert throttled.value.retry_after == 7.0
    world.cloud.limits.requests_per_10_minutes = 0
    with pytest.raises(Throttled, match="RequestCount") as throttled, world.open():
        pass
    assert throttled.value.retry_after


def test_a_mail_that_is_cut_off_or_a_page_is_not_taken_for_the_mail(world: World) -> None:
    world.deliver()
    with world.open() as source:
        uids = source.list(None, None)
        for fault, value, kind in (
            ("half_answer", None, ServerUnreachable),
            ("half_unframed", None, ServerUnreachable),
            ("status", {"status": 200, "body": HTML}, ProtocolViolated),
            (
                "status",
                {"status": 206, "body": "From: a", "headers": {"Content-Type": "text/plain"}},
                ProtocolViolated,
            ),
            ("status", {"status": 500}, ServerUnreachable),
            (
                "status",
                {"status": 404, "body": HTML},
                AnsweredBetween,
            ),  # it is not gone: somebody keeps it back
        ):
            world.fault(fault, value, path="value$")
            with pytest.raises(kind):
                [*source.fetch(uids, MOST)]
        world.fault(
            "status", {"status": 200, "body": "", "headers": {"Content-Type": "text/plain"}}, "value$"
        )
        assert [one.refusal for one in source.fetch(uids, MOST)] == ["it answered without the mail"]


@pytest.mark.parametrize("name", ["@odata.nextLink", "@odata.deltaLink"])
@pytest.mark.parametrize(
    "link", ["https://evil.example/v1.0/me", "//evil.example", "http://127.0.0.1/v1.0", "7"]
)
def test_a_link_to_another_server_gets_no_token(world: World, name: str, link: str) -> None:
    body = f'{{"value": [], "{name}": "{link}"}}'
    with world.open() as source:
        world.fault("status", {"status": 200, "body": body}, path="delta")
        with pytest.raises(ProtocolViolated, match="led on to another server"):
            source.list(None, None)


def test_a_list_that_goes_round_in_circles_ends(world: World) -> None:
    with world.open() as source:
        address = f"{world.server.base}/v1.0/me/mailFolders/inbox/messages/delta?$skiptoken=a"
        body = f'{{"value": [], "@odata.nextLink": "{address}"}}'
        world.fault("status", {"status": 200, "body": body}, path="delta", times=None)
        with pytest.raises(ProtocolViolated, match="as Microsoft Graph does"):
            source.list(None, None)


def test_an_endpoint_that_is_none_is_told_before_anything_is_sent(world: World) -> None:
    for address in ("https://graph.microsoft.com/v1.0?x=1", "graph.microsoft.com", ""):
        with pytest.raises(AddressRefused, match="To do: write"), world.open(address=address):
            pass
    with (
        pytest.raises(LoginRefused, match="begin the address with https"),
        world.open(address="http://graph.microsoft.com"),
    ):
        pass


# Limits


def test_a_connection_asks_one_thing_at_a_time_each_through_the_gate(world: World) -> None:
    for _ in range(5):
        world.deliver()
    gate = Gate()
    with world.open(gate=gate) as source:
        uids = source.list(None, None)
        assert len(subjects(source, uids)) == 5
        source.mark_read(uids)
        source.move(uids, "Archive")
    assert (gate.most, gate.held, gate.times) == (1, 0, len(world.asked))
    assert {one.concurrent for one in world.asked} == {1}


def test_every_request_asks_for_immutable_ids(world: World) -> None:
    item = world.deliver()
    with world.open() as source:
        uids = source.list(None, None)
        source.sizes([item.immutable_id])
        source.mark_read(uids)
        source.move(uids, "Archive")
    assert not any(item.id in one.path for one in world.asked)
    assert any(item.immutable_id in one.path for one in world.asked)
