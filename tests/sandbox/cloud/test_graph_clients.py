"""Graph's clients, written by others and unchanged, against the simulated Graph: O365."""

import io
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.connect_proxy import proxying
from deskpost.sandbox.cloud.server import CloudServer, serving

from .graph_world import ALL, CUSTOMER, DESK, SHARED, World, mail

LARGE = 3 * 1024 * 1024 + 500_000


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudServer]:
    """The cloud under Microsoft's own host names: a proxy leads to it."""
    authority = Authority(tmp_path)
    with (
        serving(world.cloud, [world.served], authority=authority) as server,
        proxying(server.server_port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca_file))
        yield server


@pytest.fixture
def account(world: World, server: CloudServer) -> Account:
    backend = MemoryTokenBackend()
    backend.add(
        {
            "client_id": "app",
            "scope": [f"https://graph.microsoft.com/{scope}" for scope in ALL],
            "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "response": {"access_token": world.token, "expires_in": 3_599, "token_type": "Bearer"},
        }
    )
    protocol = MSGraphProtocol(timezone="UTC")
    return Account(
        ("app", "secret"), token_backend=backend, protocol=protocol, requests_delay=1, request_retries=0
    )


def test_o365_lists_reads_moves_and_marks_mails(world: World, account: Account) -> None:
    raws = [mail(f"Mail {number}", text="Grüße.") for number in range(12)]
    for raw in raws:
        world.cloud.store.deliver(world.desk, raw)
    inbox = account.mailbox().inbox_folder()
    messages = list(inbox.get_messages(limit=12, batch=5, query="isRead eq false"))
    assert [one.subject for one in messages] == [f"Mail {number}" for number in reversed(range(12))]
    assert messages[-1].get_mime_content() == raws[0]
    assert messages[0].sender.address == CUSTOMER and "Grüße." in messages[0].body
    assert messages[0].mark_as_read()
    assert len(list(inbox.get_messages(limit=50, query="isRead eq false"))) == 11
    done = inbox.create_child_folder("Done")
    assert messages[0].move(done)
    assert [one.subject for one in done.get_messages()] == ["Mail 11"]
    assert inbox.get_folder(folder_name="Done").folder_id == done.folder_id
    assert done.get_message(messages[0].object_id).is_read
    assert messages[1].delete()
    assert len(list(account.mailbox().deleted_folder().get_messages())) == 1


def test_o365_sends_answers_and_opens_a_shared_mailbox(world: World, account: Account) -> None:
    shared = world.cloud.store.add_mailbox(SHARED, "Billing", shared_with=[DESK])
    message = account.new_message()
    message.to.add([CUSTOMER, SHARED])
    message.subject = "Maintenance tonight"
    message.body = "<p>Nothing <b>works</b> from 22:00.</p>"
    message.attachments.add([(io.BytesIO(b"plan"), "plan.txt")])
    assert message.send()
    assert world.sent[0][:2] == (DESK, [CUSTOMER])
    [arrived] = account.mailbox(SHARED).inbox_folder().get_messages(download_attachments=True)
    assert [one.name for one in arrived.attachments] == ["plan.txt"] and "works" in arrived.body
    answer = arrived.reply(to_all=False)
    assert answer.subject == "RE: Maintenance tonight"
    assert [one.address for one in answer.to] == [DESK]
    answer.body = "<p>Thank you.</p>"
    assert answer.send()
    [received] = account.mailbox().inbox_folder().get_messages()
    assert received.sender.address == SHARED and "Thank you" in received.body
    assert received.conversation_id == arrived.conversation_id
    assert [one.is_draft for one in shared.items.values()].count(True) == 0


def test_o365_uploads_a_large_attachment_to_another_host_without_a_token(
    world: World, account: Account
) -> None:
    content = secrets.token_bytes(LARGE)
    draft = account.new_message()
    draft.to.add(CUSTOMER)
    draft.subject = "Large"
    assert draft.save_draft()
    draft.attachments.add([(io.BytesIO(content), "large.bin")])
    assert draft.save_draft() and draft.send()
    asked = [one for one in world.cloud.asked if "/AttachmentSessions(" in one.path]
    assert [(one.method, one.status, one.mailbox) for one in asked] == [
        ("PUT", 200, DESK),
        ("PUT", 201, DESK),
    ]
    [copy] = account.mailbox().sent_folder().get_messages(download_attachments=True)
    assert copy.attachments[0].size == LARGE
    [item] = world.desk.in_folder(world.desk.folder("sentitems").id)
    [part] = item.message.iter_attachments()
    assert part.get_content() == content and part.get_filename() == "large.bin"
