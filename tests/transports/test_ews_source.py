"""A mailbox folder in EWS, against the sandbox: what is listed, fetched, marked, moved and refused."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from deskpost.sandbox.cloud.ews import BLOCKED, DISABLED, sync
from deskpost.sandbox.cloud.store import Change
from deskpost.transports.errors import (
    ActRefused,
    AddressRefused,
    AnsweredBetween,
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    MailboxMissing,
    ProtocolViolated,
    ServerUnreachable,
    ServiceEnded,
    Throttled,
    TransportError,
)
from deskpost.transports.ews import soap
from deskpost.transports.ews import source as source_module
from deskpost.transports.ews.source import EwsSource
from deskpost.transports.logins import BearerLogin, Login

from .ews_world import APP_ONLY, Gate, World, cloud_served, fresh, numbered
from .test_http import raw

MOST = 50_000_000
HTML = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>"
XML = {"Content-Type": "text/xml; charset=utf-8"}
BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><b>&b;</b>'
EMPTY_SYNC = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R><ResponseMessages><M>'
    "<ResponseCode>NoError</ResponseCode><SyncState>{state}</SyncState>"
    "<IncludesLastItemInRange>false</IncludesLastItemInRange></M></ResponseMessages></R></s:Body></s:Envelope>"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def subjects(source: EwsSource, uids: list[str]) -> list[str]:
    return [str(message_from_bytes(one.content)["subject"]) for one in source.fetch(uids, MOST)]


def assert_is_a_sentence(trouble: TransportError) -> None:
    assert "To do: " in trouble.words and trouble.words.endswith(".")


# Listing


def test_all_mails_are_listed_in_the_order_of_arrival_whatever_the_page_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [world.deliver() for _ in range(23)]
    monkeypatch.setattr(sync, "MOST", 7)
    with world.open() as source:
        assert source.list(None, None) == [item.id for item in items]
        assert (source.newest(), source.listed([items[0].id]), source.validity) == (None, set(), "ews")
        assert source.bookmark(items[0].id) is None and source.bookmark(None)
    assert world.operations().count("SyncFolderItems") == 4


def test_a_server_that_lists_the_newest_first_gives_the_order_of_arrival_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [world.deliver() for _ in range(5)]
    for number, item in enumerate(items):
        item.received = datetime(2026, 11, 30, 10, 0, number // 2, tzinfo=UTC)
    forwards = sync._window

    def backwards(changes: list[Change], most: int) -> tuple[dict[str, list[Change]], bool]:
        window, more = forwards(changes, most)
        return dict(reversed(window.items())), more

    monkeypatch.setattr(sync, "_window", backwards)
    with world.open() as source:
        assert source.list(None, None) == [item.id for item in items]


def test_after_the_bookmark_only_what_came_is_listed(world: World) -> None:
    first, second = world.deliver(), world.deliver()
    with world.open() as source:
        source.list(None, None)
        bookmark = source.bookmark(None)
    third = world.deliver()
    world.cloud.store.update(world.desk, first, is_read=True)
    world.cloud.store.update(world.desk, second, raw=numbered())
    moved = world.cloud.store.move(world.desk, world.deliver(folder="archive"), "inbox")
    with world.open() as source:
        assert source.list(bookmark, None) == [third.id, moved.id]
        assert source.list(source.bookmark(None), None) == []


@pytest.mark.parametrize("state", ["rubbish", ""])
def test_a_state_that_holds_no_more_lists_everything_anew(world: World, state: str) -> None:
    items = [world.deliver(), world.deliver()]
    with world.open() as source:
        source.list(None, None)
        bookmark = state or source.bookmark(None)
        world.cloud.habits.expire_delta = not state
        assert source.list(bookmark, None) == [item.id for item in items]
        assert source.list(source.bookmark(None), None) == []


def test_what_was_received_before_a_moment_is_not_listed(world: World) -> None:
    old, new = world.deliver(), world.deliver()
    old.received = datetime(2026, 11, 1, 12, tzinfo=UTC)
    new.received = datetime(2026, 11, 2, 12, 0, 0, 700_000, tzinfo=UTC)
    with world.open() as source:
        assert source.list(None, datetime(2026, 11, 2, 12, 0, 0, 900_000, tzinfo=UTC)) == [new.id]
        assert source.list(None, datetime(2026, 11, 3, tzinfo=UTC)) == []


def test_a_server_whose_list_never_ends_is_told(world: World) -> None:
    body = EMPTY_SYNC.format(state="same")
    world.fault("status", {"status": 200, "body": body, "headers": XML}, "SyncFolderItems", times=None)
    with world.open() as source, pytest.raises(ProtocolViolated, match="does not go on") as trouble:
        source.list(None, None)
    assert_is_a_sentence(trouble.value)


@pytest.mark.parametrize(("state", "id"), [("s" * 1_000_001, "AAMk"), ("state", "AAMk" * 300)])
def test_what_could_not_be_kept_is_not_taken(world: World, state: str, id: str) -> None:
    created = f'<Changes><Create><Message><ItemId Id="{id}"/></Message></Create></Changes>'
    body = EMPTY_SYNC.format(state=state).replace("false", "true").replace("</M>", f"{created}</M>")
    world.fault("status", {"status": 200, "body": body, "headers": XML}, "SyncFolderItems")
    with world.open() as source, pytest.raises(ProtocolViolated):
        source.list(None, None)
    fine = EMPTY_SYNC.format(state="state").replace("false", "true").replace("</M>", f"{created}</M>")
    world.fault(
        "status", {"status": 200, "body": fine.replace(id, "AAMk"), "headers": XML}, "SyncFolderItems"
    )
    with world.open() as source:
        assert source.list(None, None) == ["AAMk"]


# Fetching


def test_mails_come_byte_by_byte_and_unread_as_they_were(world: World) -> None:
    raws = [numbered(text="Grüße\r\n.\r\n" * n) for n in (1, 40, 3)]
    items = [world.deliver(raw) for raw in raws]
    with world.open() as source:
        uids = source.list(None, None)
        assert source.sizes(uids) == {item.id: len(item.raw) for item in items}
        found = [*source.fetch(uids, MOST)]
    assert [(one.uid, one.content, one.size, one.listed) for one in found] == [
        (item.id, item.raw, len(item.raw), None) for item in items
    ]
    assert not any(one.truncated or one.refusal for one in found)
    assert not any(item.is_read for item in items)


def test_small_mails_share_a_request_and_a_large_one_has_its_own(world: World) -> None:
    items = [world.deliver() for _ in range(60)] + [world.deliver(numbered("x" * 5_000_000))]
    with world.open() as source:
        uids = [item.id for item in items]
        assert [len(mail.content) for mail in source.fetch(uids, MOST)] == [len(item.raw) for item in items]
    assert world.operations() == ["GetFolder", "GetItem", "GetItem", "GetItem", "GetItem"]


def test_of_a_mail_over_the_limit_the_header_comes_alone(world: World) -> None:
    small = world.deliver()
    large = world.deliver(numbered("x" * 200_000, X_Note="=?utf-8?q?Gr=C3=BC=C3=9Fe?="))
    with world.open() as source:
        first, second = source.fetch([small.id, large.id], 100_000)
    assert (first.truncated, second.truncated) == (False, True)
    assert (second.size, second.listed) == (len(large.raw), None)
    assert second.content == large.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_mails_that_are_larger_than_estimated_come_one_by_one_and_the_largest_as_header(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_FETCH_LARGEST", 150_000)
    items = [world.deliver(numbered("x" * size)) for size in (80_000, 90_000, 400_000)]
    with world.open() as source:
        uids = source.list(None, None)
        source.sizes(uids)
        source._sizes.update(dict.fromkeys(uids, 1_000))  # what Exchange says, who only estimates
        found = [*source.fetch(uids, 100_000)]
    assert [(one.uid, one.truncated) for one in found] == [
        (items[0].id, False),
        (items[1].id, False),
        (items[2].id, True),
    ]
    assert found[1].content == items[1].raw
    assert found[2].content == items[2].raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_what_is_gone_is_left_out_and_what_is_refused_is_said(world: World) -> None:
    items = [world.deliver() for _ in range(4)]
    uids = [item.id for item in items]
    with world.open() as source:
        source.sizes(uids)
        world.cloud.store.delete(world.desk, items[1])
        assert [one.uid for one in source.fetch(uids, MOST)] == [uids[0], uids[2], uids[3]]
        assert [*source.sizes(uids)] == [uids[0], uids[2], uids[3]]
        world.fault("refuse", "ErrorContentConversionFailed", "GetItem")
        (refused,) = source.fetch([uids[0]], MOST)
    assert refused.refusal.startswith("ErrorContentConversionFailed") and not refused.content


def test_a_mail_that_vanishes_while_it_is_fetched_is_left_out(world: World) -> None:
    item, other = world.deliver(), world.deliver()
    with world.open() as source:
        uids = source.list(None, None)
        source.sizes(uids)
        world.fault("drop_item", operation="GetItem")
        assert [one.uid for one in source.fetch(uids, MOST)] == [other.id]
    assert item.id not in world.desk.items


def test_a_mail_whose_size_is_refused_is_there_all_the_same(world: World) -> None:
    item = world.deliver()
    with world.open() as source:
        world.fault("refuse", "ErrorItemCorrupt", "GetItem")
        assert source.sizes([item.id]) == {}
        assert source.listed([item.id, "another"]) == {item.id}


def test_the_letter_case_of_an_id_counts(world: World) -> None:
    item = world.deliver()
    with world.open() as source:
        assert source.sizes([item.id.swapcase(), item.id]) == {item.id: len(item.raw)}


def test_message_ids_are_read_without_the_mails(world: World) -> None:
    with_id, without = world.deliver(), world.deliver(b"From: a@b.example\r\nSubject: x\r\n\r\ny\r\n")
    with world.open() as source:
        found = source.message_id_headers([with_id.id, without.id, "AAMkgone"])
    expected = message_from_bytes(with_id.raw)["message-id"]
    assert found == {with_id.id: f"Message-ID: {expected}\r\n".encode(), without.id: b""}


def test_the_oldest_mail_shows_its_header_and_nothing_changes(world: World) -> None:
    with world.open() as source:
        assert source.oldest() is None
    newer, older = world.deliver(), world.deliver(numbered(Subject="The first\r\n one"))
    older.received -= timedelta(days=3)
    with world.open() as source:
        sample = source.oldest()
    assert sample is not None
    assert (sample.uid, sample.size, sample.count) == (older.id, len(older.raw), 2)
    assert dict(sample.headers)["Subject"] == "The first one"
    assert not older.is_read and not newer.is_read


def test_signs_that_xml_forbids_hold_up_nobody(world: World) -> None:
    body = soap.read(b"<a b='1'>x&#x1F;y&#0;&#11;z&#9;&#x41;\x02</a>")
    assert body.text == "xyz\tA"
    with pytest.raises(soap.Unreadable):
        soap.read(b"<a>&nbsp;</a>")


# Acts


def test_mails_are_marked_read_and_what_is_gone_is_done_with(world: World) -> None:
    items = [world.deliver() for _ in range(3)]
    with world.open() as source:
        uids = source.list(None, None)
        world.cloud.store.delete(world.desk, items[1])
        source.mark_read([*uids, "AAMkgone"])
        source.mark_read(uids)
    assert items[0].is_read and items[2].is_read


def test_a_mail_is_marked_read_by_somebody_who_has_not_listed_it(world: World) -> None:
    item = world.deliver()
    with world.open() as source:
        source.mark_read([item.id])
    assert item.is_read


def test_deleted_mails_are_gone_and_no_other(world: World) -> None:
    items = [world.deliver() for _ in range(3)]
    with world.open() as source:
        source.delete([items[0].id, items[2].id, items[2].id])
    assert [*world.desk.items.values()] == [items[1]]


@pytest.mark.parametrize("path", ["Archive", "Erledigt/Größe & <mehr>", "inbox/Done", "INBOX"])
def test_mails_move_to_a_folder_and_back(world: World, path: str) -> None:
    world.folder("Größe & <mehr>", world.folder("Erledigt"))
    world.folder("Done", "inbox")
    item = world.deliver(folder="junkemail" if path == "INBOX" else "inbox")
    home = "Junk Email" if path == "INBOX" else "INBOX"
    with world.open(home) as source:
        source.move([item.id], path)
        assert source.list(None, None) == []
    with world.open(path) as source:
        (uid,) = source.list(None, None)
        source.move([uid], home)
    with world.open(home) as source:
        (uid,) = source.list(None, None)
        assert [one.content for one in source.fetch([uid], MOST)] == [item.raw]
        assert not source.moves_by_copy and not source.arrived_since(home, source.end_of(home))  # type: ignore[arg-type]


def test_a_refused_act_is_told_once_all_were_tried(world: World) -> None:
    items = [world.deliver() for _ in range(2)]
    with world.open() as source:
        uids = source.list(None, None)
        world.fault("refuse", "ErrorAccessDenied", "UpdateItem")
        with pytest.raises(ActRefused, match="refused to mark mails as read") as trouble:
            source.mark_read(uids[:1])
        assert_is_a_sentence(trouble.value)
        assert "ErrorAccessDenied" in str(trouble.value.answer)
        with pytest.raises(MailboxMissing, match="Nowhere/Else"):
            source.move(uids, "Nowhere/Else")
        source.mark_read(uids)
    assert all(item.is_read for item in items)


def test_mail_in_the_folder_of_junk_is_counted_since_a_moment(world: World) -> None:
    with world.open() as source:
        folder = source.junk_folder()
        assert folder == "Junk Email"
        end = source.end_of(folder)
        assert end is not None and end.validity == "ews"
        world.deliver(folder="junkemail").received -= timedelta(hours=1)
        assert source.count_since(folder, end) == 0
        world.deliver(folder="junkemail").received += timedelta(minutes=1)
        assert source.count_since(folder, end) == 1


@pytest.mark.parametrize("path", ["Nowhere", "Archive/Nowhere", "", "/", "a\0b"])
def test_a_folder_that_is_not_there_is_told(world: World, path: str) -> None:
    with pytest.raises(MailboxMissing, match="cannot be opened") as trouble, world.open(path):
        pass
    assert_is_a_sentence(trouble.value)


# Who may open it


def test_each_way_to_sign_in_opens_the_mailbox_and_every_request_holds_its_place(world: World) -> None:
    item = world.deliver()
    for login in (world.basic(), world.bearer(), world.on_its_own()):
        gate = Gate()
        with world.open(login=login, gate=gate) as source:
            assert source.list(None, None) == [item.id]
        assert (gate.held, gate.times) == (0, 2)


def test_a_shared_mailbox_is_opened_by_whom_it_is_shared_with(world: World) -> None:
    item = world.deliver(into=world.shared)
    there = world.folder("Done", of=world.shared)
    for login in (world.basic(), world.bearer(), world.on_its_own()):
        with world.open(login=login, mailbox=world.shared.address) as source:
            (uid,) = source.list(None, None)
            assert [one.content for one in source.fetch([uid], MOST)] == [item.raw]
            source.mark_read([uid])
            source.move([uid], "Done")
        with world.open("Done", login=login, mailbox=world.shared.address) as source:
            source.move(source.list(None, None), "INBOX")
    assert item.is_read and item.folder != there and not world.desk.items
    alone = world.cloud.store.add_mailbox(f"alone-{world.desk.address}", "Alone", "x")
    with (
        pytest.raises(MailboxMissing, match="Add-MailboxPermission") as trouble,
        world.open(mailbox=alone.address),
    ):
        pass
    assert_is_a_sentence(trouble.value)


def test_a_mailbox_that_is_not_there_is_told(world: World) -> None:
    for login in (world.basic(), world.on_its_own()):
        with (
            pytest.raises(MailboxMissing, match='knows no mailbox "nobody@msp.example"'),
            world.open(login=login, mailbox="nobody@msp.example"),
        ):
            pass


def test_impersonation_that_is_denied_names_the_right_that_is_missing(world: World) -> None:
    world.fault("error", "ErrorImpersonateUserDenied")
    with (
        pytest.raises(LoginRefused, match="full_access_as_app") as trouble,
        world.open(login=world.on_its_own()),
    ):
        pass
    assert_is_a_sentence(trouble.value)


def test_a_wrong_password_is_a_refused_login(world: World) -> None:
    for login in (Login(world.desk.address, "wrong"), Login("nobody", "x"), Login("ünknown", "pässword")):
        with pytest.raises(LoginRefused, match="refused the login") as trouble, world.open(login=login):
            pass
        assert (
            type(trouble.value) is LoginRefused
            and login.password not in trouble.value.words.partition("do:")[0]
        )


def test_a_server_without_basic_authentication_says_what_to_switch_on(world: World) -> None:
    for offered in ("Negotiate, NTLM", 'Bearer realm="x", error="y"'):
        answer = {"status": 401, "headers": {"WWW-Authenticate": offered}, "body": ""}
        world.fault("status", answer)
        with pytest.raises(LoginRefused, match="Set-WebServicesVirtualDirectory"), world.open():
            pass


def test_a_refused_token_is_renewed_once_and_then_somebody_has_to_consent(world: World) -> None:
    item = world.deliver()
    renewed: list[int] = []

    def renew() -> BearerLogin:
        renewed.append(1)
        return world.bearer()

    stale = BearerLogin(world.desk.address, "eyJstale-token-of-nobody", renew)
    with world.open(login=stale) as source:
        assert source.list(None, None) == [item.id] and source.sizes([item.id])
    assert renewed == [1]
    refused = replace(stale, renew=lambda: replace(stale, renew=None))
    with pytest.raises(ConsentLost, match="refused a fresh token") as trouble, world.open(login=refused):
        pass
    assert "eyJstale" not in trouble.value.words + repr(trouble.value)
    assert "not valid for this resource" in str(trouble.value.answer)


def test_what_a_server_offers_instead_is_named_though_it_stands_in_several_lines(world: World) -> None:
    offers = b"WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
    with raw(b"HTTP/1.1 401 Unauthorized\r\n" + offers + b"Content-Length: 0\r\n\r\n") as address:
        with pytest.raises(LoginRefused, match="it offers Negotiate, NTLM"):
            world.open(address=address + "/EWS/Exchange.asmx").__enter__()
        with pytest.raises(LoginRefused, match="refused the token"):
            world.open(login=world.bearer(), address=address + "/EWS/Exchange.asmx").__enter__()


def test_a_token_for_graph_is_refused_here(world: World) -> None:
    login = BearerLogin(world.desk.address, world.token(scope="https://graph.microsoft.com/Mail.ReadWrite"))
    with pytest.raises(LoginRefused, match="refused the token"), world.open(login=login):
        pass


def test_an_application_that_names_no_mailbox_is_told(world: World) -> None:
    login = BearerLogin(world.desk.address, world.token(None, APP_ONLY))  # as if a person had consented
    with pytest.raises(LoginRefused, match="ApplicationImpersonation"), world.open(login=login):
        pass


def test_a_token_goes_over_https_only_and_a_password_where_the_settings_let_it(world: World) -> None:
    address = "http://mail.invalid/EWS/Exchange.asmx"
    open_way = replace(world.reach, tls="none")
    for login in (world.bearer(), world.on_its_own()):
        with pytest.raises(LoginRefused, match="only over a secret connection"):
            world.open(login=login, address=address, server=open_way).__enter__()
    with pytest.raises(LoginRefused, match="only over a secret connection"):
        world.open(address=address).__enter__()
    with pytest.raises(ServerUnreachable, match="mail.invalid"):  # it was looked up
        world.open(address=address, server=open_way).__enter__()


# What goes wrong


@pytest.mark.parametrize("reason", [DISABLED, BLOCKED])
def test_the_end_of_ews_is_told_with_its_dates_and_the_remedy(world: World, reason: str) -> None:
    for login in (world.basic(), world.bearer()):
        world.fault("policy", reason)
        with pytest.raises(ServiceEnded) as trouble, world.open(login=login):
            pass
        assert trouble.value.mend == "provider" and trouble.value.answer == reason
        for told in (
            reason,
            "2027-04-01",
            "Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy",
            "-EwsAllowedAppIDs",
            "-EwsEnabled $true",
        ):
            assert told in trouble.value.words
        assert_is_a_sentence(trouble.value)


def test_a_403_without_that_reason_is_a_refused_login(world: World) -> None:
    for login, kind in ((world.basic(), LoginRefused), (world.bearer(), ConsentLost)):
        world.fault("status", 403)
        with pytest.raises(LoginRefused, match="Set-CASMailbox") as trouble, world.open(login=login):
            pass
        assert type(trouble.value) is kind


@pytest.mark.parametrize("status", [401, 403])
def test_a_page_of_a_web_filter_says_nothing_of_passwords_tokens_and_rights(
    world: World, status: int
) -> None:
    page = "<html><head><title>Blocked by the &quot;Watchdog&quot; filter</title></head></html>"
    for login in (world.basic(), world.bearer(), world.on_its_own()):
        world.fault("status", {"status": status, "body": page})
        with pytest.raises(AnsweredBetween) as trouble, world.open(login=login):
            pass
        assert "Something between Deskpost and 127.0.0.1" in trouble.value.words
        assert f"a web page (status {status}): \"Blocked by the 'Watchdog' filter\"." in trouble.value.words
        assert_is_a_sentence(trouble.value)
    asks = {"WWW-Authenticate": 'Basic realm="Watchdog"'}  # of who has a token it can be none of Exchange's
    world.fault("status", {"status": 401, "body": page, "headers": asks})
    with pytest.raises(AnsweredBetween), world.open(login=world.bearer()):
        pass


def test_an_application_on_its_own_that_is_kept_out_needs_nobody_to_consent(world: World) -> None:
    world.fault("status", 403)
    with pytest.raises(ApplicationRefused, match="Set-CASMailbox"), world.open(login=world.on_its_own()):
        pass


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(world: World) -> None:
    for value, wait in ((12.5, 12.5), (0, None)):
        world.fault("busy", value)
        with pytest.raises(Throttled, match="asks for patience") as trouble, world.open():
            pass
        assert trouble.value.retry_after == wait
    with world.open() as source:
        item = world.deliver()
        world.fault("refuse", "ErrorServerBusy", "GetItem")
        with pytest.raises(Throttled):
            source.sizes([item.id])
        world.fault("status", {"status": 429, "headers": {"Retry-After": "7"}})
        with pytest.raises(Throttled) as late:
            source.list(None, None)
    assert late.value.retry_after == 7


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ErrorMailboxStoreUnavailable", ServerUnreachable),
        ("ErrorInternalServerError", ServerUnreachable),
        ("ErrorNonExistentMailbox", MailboxMissing),
        ("ErrorAccessDenied", MailboxMissing),
        ("ErrorPasswordExpired", LoginRefused),
        ("ErrorQuotaExceeded", ActRefused),
        ("ErrorSchemaValidation", ProtocolViolated),
        ("ErrorNobodyHasSeenYet", ProtocolViolated),
    ],
)
def test_each_fault_has_its_words(world: World, code: str, kind: type[TransportError]) -> None:
    world.fault("error", code)
    with pytest.raises(kind) as trouble, world.open():
        pass
    assert type(trouble.value) is kind and code in trouble.value.words
    assert_is_a_sentence(trouble.value)


@pytest.mark.parametrize(
    ("do", "value", "kind", "words"),
    [
        ("reset", None, ServerUnreachable, "broke off"),
        ("half_answer", None, ServerUnreachable, "broke off"),
        ("half_unframed", None, ServerUnreachable, "broke off"),
        ("status", 500, ServerUnreachable, "does not serve"),
        ("status", 503, ServerUnreachable, "does not serve"),
        ("status", 404, ProtocolViolated, "ends in /EWS/Exchange.asmx"),
        ("status", 302, ProtocolViolated, "has moved"),
        ("status", {"status": 200, "body": HTML}, ProtocolViolated, "answered with a page"),
        ("status", {"status": 200, "body": HTML, "headers": XML}, ProtocolViolated, "a document type"),
        ("status", {"status": 200, "body": BOMB, "headers": XML}, ProtocolViolated, "a document type"),
        ("status", {"status": 200, "body": "<a><b>", "headers": XML}, ProtocolViolated, "does not allow"),
        ("status", {"status": 200, "body": "<a/>", "headers": XML}, ProtocolViolated, "no SOAP"),
        ("status", {"status": 200, "body": "", "headers": XML}, ProtocolViolated, "does not allow"),
        ("status", {"status": 200, "body": "<a>" * 101, "headers": XML}, ProtocolViolated, "too many"),
        (
            "status",
            {"status": 200, "body": "<a>" + "<b/>" * 200_001, "headers": XML},
            ProtocolViolated,
            "too many",
        ),
        ("status", {"status": 200, "body": " " * 1_100_000, "headers": XML}, ProtocolViolated, "more than"),
    ],
)
def test_broken_and_hostile_answers_are_told_in_words(
    world: World, do: str, value: object, kind: type[TransportError], words: str
) -> None:
    world.fault(do, value)
    with pytest.raises(kind, match=words) as trouble, world.open():
        pass
    assert_is_a_sentence(trouble.value)
    assert "haha" not in trouble.value.words
    with world.open() as source:
        assert source.list(None, None) == []


def test_no_secret_is_in_what_people_read(world: World) -> None:
    world.desk.password = "only-for-the-desk"
    secret = base64.b64encode(f"{world.desk.address}:only-for-the-desk".encode()).decode()
    token = world.bearer()
    for login in (Login(world.desk.address, world.desk.password), token):
        world.fault("policy", f"you sent only-for-the-desk and {secret} and {token.token}")
        with pytest.raises(ServiceEnded) as trouble, world.open(login=login):
            pass
        said = trouble.value.words + str(trouble.value.answer) + repr(trouble.value)
        hidden = (secret, "only-for") if isinstance(login, Login) else (token.token[:20],)
        assert not any(one in said for one in hidden) and "(hidden)" in said


def test_answers_about_other_mails_are_not_taken_for_these(world: World) -> None:
    items = [world.deliver() for _ in range(2)]
    with world.open() as source:
        world.fault("refuse", "ErrorItemNotFound", "GetItem")  # one answer, for two mails
        with pytest.raises(ProtocolViolated, match="1 answers to 2 items"):
            source.sizes([item.id for item in items])


def test_an_address_that_is_none_is_told(world: World) -> None:
    for address in ("", "mail.example.com", "ftp://mail.example.com/EWS/Exchange.asmx"):
        with pytest.raises(AddressRefused):
            world.open(address=address).__enter__()
