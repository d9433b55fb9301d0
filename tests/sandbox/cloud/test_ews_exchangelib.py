"""exchangelib, unchanged, against the simulated EWS over TLS."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from exchangelib import (
    DELEGATE,
    IMPERSONATION,
    OAUTH2,
    Account,
    Configuration,
    Credentials,
    FileAttachment,
    Folder,
    HTMLBody,
    Identity,
    ItemAttachment,
    Message,
    OAuth2AuthorizationCodeCredentials,
    OAuth2Credentials,
)
from exchangelib.errors import ErrorAccessDenied, ErrorItemNotFound, ErrorServerBusy, MalformedResponseError
from exchangelib.protocol import FaultTolerance
from oauthlib.oauth2 import OAuth2Token

from deskpost.sandbox.cloud.cloud import Fault
from deskpost.sandbox.cloud.serve import Place, sandbox
from deskpost.sandbox.cloud.server import CloudServer, serving
from deskpost.sandbox.cloud.tokens import Application
from tests.sandbox.cloud.ews_world import ANN, BOB, CYD, PASSWORD, World, mail, new_world

SCOPE = "https://outlook.office365.com/"


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def server(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudServer]:
    with serving(world.cloud, [world.service]) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


@pytest.fixture
def account(server: CloudServer) -> Account:
    return opened(server, ANN)


def opened(server: CloudServer, address: str, **more: object) -> Account:
    """Open a mailbox with Ann's password."""
    url = f"{server.base}/EWS/Exchange.asmx"
    known = Configuration(service_endpoint=url, credentials=Credentials(ANN, PASSWORD), **more)
    return Account(address, config=known, autodiscover=False, access_type=DELEGATE)


def with_token(server: CloudServer, token: str, address: str, access_type: str) -> Account:
    """Open a mailbox with an access token."""
    identity = Identity(primary_smtp_address=address) if access_type == IMPERSONATION else None
    credentials = OAuth2AuthorizationCodeCredentials(
        access_token=OAuth2Token({"access_token": token, "token_type": "Bearer"}), identity=identity
    )
    url = f"{server.base}/EWS/Exchange.asmx"
    known = Configuration(service_endpoint=url, credentials=credentials, auth_type=OAUTH2)
    return Account(address, config=known, autodiscover=False, access_type=access_type)


def test_it_finds_the_version_and_the_tree_of_folders(account: Account) -> None:
    assert str(account.version.build) == "15.2.1258.12"
    tree = account.root.tree()
    names = ("Inbox", "Sent Items", "Drafts", "Deleted Items", "Junk Email", "Outbox", "Calendar", "Contacts")
    assert all(name in tree for name in names)


def test_it_fetches_mails_byte_by_byte_and_marks_them_read(world: World, account: Account) -> None:
    raw = mail("Übergröße".encode().decode("latin-1"))
    item = world.cloud.store.deliver(world.ann, raw)
    world.cloud.store.deliver(world.ann, mail("Read already"), is_read=True)
    (found,) = account.inbox.filter(is_read=False)
    assert found.mime_content == raw
    assert found.author.email_address == "customer@far.example"
    assert found.datetime_sent == datetime(2026, 11, 30, 10, tzinfo=UTC)
    found.is_read = True
    found.save(update_fields=["is_read"])
    assert item.is_read
    assert account.inbox.filter(is_read=False).count() == 0


def test_its_restrictions_and_orders_are_understood(world: World, account: Account) -> None:
    for subject in ("Printer on fire", "printer quiet", "Phone"):
        world.cloud.store.deliver(world.ann, mail(subject))
    inbox = account.inbox

    def subjects(**asked: object) -> list[str]:
        return [one.subject for one in inbox.filter(**asked).order_by("subject").only("subject")]

    assert subjects() == ["Phone", "Printer on fire", "printer quiet"]
    assert subjects(subject__icontains="PRINTER") == ["Printer on fire", "printer quiet"]
    assert subjects(subject__startswith="Printer") == ["Printer on fire"]
    assert subjects(subject="Phone") == ["Phone"]
    assert subjects(message_id="<phone@far.example>") == ["Phone"]
    assert subjects(datetime_received__gt=datetime(2030, 1, 1, tzinfo=UTC)) == []
    assert inbox.exclude(subject="Phone").count() == 2
    assert inbox.filter("subject:quiet").count() == 1


def test_it_makes_folders_and_moves_copies_and_deletes(world: World, account: Account) -> None:
    item = world.cloud.store.deliver(world.ann, mail())
    old = item.id
    done = Folder(parent=account.inbox, name="Done")
    done.save()
    found = account.inbox.get()
    found.move(done)
    assert [one.subject for one in done.all()] == ["Printer"]
    assert found.id == item.id != old
    with pytest.raises(ErrorItemNotFound):
        account.inbox.get(id=old)
    found.copy(account.inbox)
    found.move_to_trash()
    assert (account.inbox.all().count(), done.all().count(), account.trash.all().count()) == (1, 0, 1)
    done.name = "Finished"
    done.save(update_fields=["name"])
    assert [one.name for one in account.inbox.children] == ["Finished"]
    done.delete()
    assert all(folder.name != "Finished" for folder in world.ann.folders.values())


def test_it_syncs_what_came_what_was_read_and_what_went(world: World, account: Account) -> None:
    store = world.cloud.store
    first, second = store.deliver(world.ann, mail("one")), store.deliver(world.ann, mail("two"))
    inbox = account.inbox
    assert [kind for kind, _ in inbox.sync_items(max_changes_returned=1)] == ["create", "create"]
    state = inbox.item_sync_state
    store.update(world.ann, first, is_read=True)
    store.move(world.ann, second, "archive")
    store.deliver(world.ann, mail("three"))
    changes = list(inbox.sync_items(sync_state=state, only_fields=["subject"]))
    assert [kind for kind, _ in changes] == ["read_flag_change", "delete", "create"]
    assert list(inbox.sync_items(sync_state=inbox.item_sync_state)) == []


def test_it_sends_fields_and_mime_with_attachments(world: World, account: Account) -> None:
    fields = Message(
        account=account,
        folder=account.sent,
        subject="Grüße",
        body=HTMLBody("<p>Hello</p>"),
        to_recipients=[BOB],
        bcc_recipients=[CYD],
    )
    fields.attach(FileAttachment(name="a.bin", content=b"\0\1\2"))
    fields.send_and_save()
    raw = mail("From MIME", From=ANN, To=BOB)
    Message(account=account, folder=account.sent, mime_content=raw).send_and_save()
    got, as_mime = world.inbox(world.bob)
    assert str(got.message["subject"]) == "Grüße" and got.message["bcc"] is None
    assert len(world.inbox(world.cyd)) == 1
    assert as_mime.raw == raw
    saved = account.sent.get(subject="Grüße")
    assert [one.content for one in saved.attachments] == [b"\0\1\2"]
    assert [one.email_address for one in saved.bcc_recipients] == [CYD]
    assert saved.message_id == str(got.message["message-id"])


def test_it_attaches_to_a_draft_and_sends_it(world: World, account: Account) -> None:
    draft = Message(account=account, folder=account.drafts, subject="Draft", body="Soon", to_recipients=[BOB])
    draft.save()
    draft.attach(FileAttachment(name="b.txt", content=b"late"))
    draft.subject = "Done"
    draft.save(update_fields=["subject"])
    draft.send()
    (got,) = world.inbox(world.bob)
    assert str(got.message["subject"]) == "Done"
    assert b"b.txt" in got.raw
    assert account.drafts.all().count() == 0
    assert [one.subject for one in account.sent.all()] == ["Done"]


def test_files_and_mails_attached_to_a_mail_are_fetched(world: World, account: Account) -> None:
    inner = EmailMessage()
    inner["Subject"] = "Inside"
    inner.set_content("Within.")
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["To"] = "Outside", ANN, BOB
    outer.set_content("See these.")
    outer.add_attachment(b"\0\1", "application", "pdf", filename="übersicht.pdf")
    outer.add_attachment(inner)
    world.cloud.store.deliver(world.ann, outer.as_bytes())
    found = account.inbox.get()
    assert found.has_attachments and found.text_body.strip() == "See these."
    by_kind = {type(one): one for one in found.attachments}
    file = by_kind[FileAttachment]
    assert (file.name, file.content, file.content_type) == ("übersicht.pdf", b"\0\1", "application/pdf")
    attached = by_kind[ItemAttachment].item
    assert attached.subject == "Inside" and attached.text_body.strip() == "Within."
    assert b"Subject: Inside" in attached.mime_content


def test_what_no_mime_holds_is_kept_categories_and_properties_of_mapi(world: World, account: Account) -> None:
    world.cloud.store.deliver(world.ann, mail())
    found = account.inbox.get()
    found.categories = ["Urgent", "VIP"]
    found.save(update_fields=["categories"])
    assert account.inbox.get().categories == ["Urgent", "VIP"]
    assert account.inbox.filter(categories__contains=["VIP"]).count() == 1


def test_it_replies_and_forwards(world: World, account: Account) -> None:
    raw = mail(Cc=BOB, To=f"{ANN}, {CYD}", From=f"Bob <{BOB}>")
    world.cloud.store.deliver(world.ann, raw)
    account.inbox.get().reply("RE: Printer", "On my way.")
    account.inbox.get().reply_all("RE: all", HTMLBody("<b>All</b>"))
    account.inbox.get().forward("FW: Printer", "See below.", [CYD])
    reply, to_all = (one.message for one in world.inbox(world.bob))
    assert str(reply["in-reply-to"]) == str(reply["references"]) == "<printer@far.example>"
    body = reply.get_content()
    assert body.startswith("On my way.") and "It is on fire." in body
    assert to_all.get_content_type() == "text/html"
    assert [str(one.message["subject"]) for one in world.inbox(world.cyd)] == ["RE: all", "FW: Printer"]


def test_a_shared_mailbox_is_opened_and_another_is_not(world: World, server: CloudServer) -> None:
    world.cloud.store.deliver(world.bob, mail("Shared"))
    assert [one.subject for one in opened(server, BOB).inbox.all()] == ["Shared"]
    with pytest.raises(ErrorAccessDenied):
        opened(server, CYD).inbox.all().count()


def test_tokens_open_the_own_mailbox_and_applications_those_they_impersonate(
    world: World, server: CloudServer
) -> None:
    world.cloud.store.deliver(world.ann, mail("Mine"))
    world.cloud.store.deliver(world.cyd, mail("Yours"))
    own = world.cloud.tokens.grant("app", ANN, [SCOPE + "EWS.AccessAsUser.All"])[0].token
    all_of_them = world.cloud.tokens.grant("app", None, [SCOPE + "full_access_as_app"])[0].token
    assert [one.subject for one in with_token(server, own, ANN, DELEGATE).inbox.all()] == ["Mine"]
    impersonating = with_token(server, all_of_them, CYD, IMPERSONATION)
    assert [one.subject for one in impersonating.inbox.all()] == ["Yours"]
    assert {one.mailbox for one in world.cloud.asked if one.client_id == "app"} == {ANN, CYD}


def test_an_application_gets_its_token_and_the_mail_under_microsofts_own_names(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cloud.store.deliver(world.cyd, mail("Yours"))
    world.cloud.tokens.register(Application("app", {"secret"}, set(), app_only=True))
    with sandbox(world.cloud, tmp_path, Place()) as found:
        monkeypatch.setenv("HTTPS_PROXY", found.proxy)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", found.ca_file)
        identity = Identity(primary_smtp_address=CYD)
        credentials = OAuth2Credentials("app", "secret", tenant_id=world.cloud.tenant, identity=identity)
        known = Configuration(server="outlook.office365.com", credentials=credentials, auth_type=OAUTH2)
        account = Account(CYD, config=known, autodiscover=False, access_type=IMPERSONATION)
        assert [one.subject for one in account.inbox.all()] == ["Yours"]


def test_the_habits_of_exchange_are_seen_by_its_clients(world: World, account: Account) -> None:
    habits = world.cloud.habits
    habits.keep_message_id = habits.keep_auto_submitted = habits.keep_x_headers = habits.keep_from = False
    fields = {"Auto_Submitted": "auto-replied", "X_Own": "1"}
    raw = mail("Hello", From="Other <other@desk.example>", To=BOB, **fields)
    Message(account=account, folder=account.sent, mime_content=raw).send_and_save()
    (got,) = world.inbox(world.bob)
    assert got.message["auto-submitted"] is None and got.message["x-own"] is None
    assert ANN in str(got.message["from"])
    sent = account.sent.get()
    assert sent.message_id == str(got.message["message-id"]) != "<hello@far.example>"


def test_a_busy_server_is_left_alone_as_long_as_it_says(world: World, server: CloudServer) -> None:
    patient = opened(server, ANN, retry_policy=FaultTolerance(max_wait=30))
    assert patient.inbox.all().count() == 0
    world.cloud.faults = [Fault("ews", "busy", 0.4)]
    began = datetime.now(UTC)
    assert patient.inbox.all().count() == 0
    assert (datetime.now(UTC) - began).total_seconds() >= 0.35
    assert [one.status for one in world.cloud.asked[-2:]] == [500, 200]


def test_a_server_that_is_busy_or_blocked_is_told_to_the_caller(world: World, account: Account) -> None:
    assert account.inbox.all().count() == 0
    world.cloud.faults = [Fault("ews", "busy", 3)]
    with pytest.raises(ErrorServerBusy) as busy:
        account.inbox.all().count()
    assert busy.value.back_off == 3
    world.cloud.faults = [Fault("ews", "policy", "disabled")]
    with pytest.raises(MalformedResponseError, match="EWS is disabled for this user or tenant"):
        account.inbox.all().count()


def test_it_resolves_names(account: Account) -> None:
    assert account.protocol.version.build is not None  # it asks nothing before it knows this
    (found,) = account.protocol.resolve_names(["Bob"])
    assert found.email_address == BOB
