"""A stored password whose key is gone: the pages open, say so, and take a new one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.urls import reverse

from deskpost import secret_field, settings_file
from deskpost.desk import settings, settings_history
from deskpost.inbound.mailboxes import Mailbox, start_fetching
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import SecretUnreadable
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_form import send, typed
from tests.console.test_outgoing import form, url

SAID = "The stored password cannot be read any more"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


@pytest.fixture
def lose_the_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Give what puts another key in the place of the one that the passwords were encrypted with."""

    def lose() -> None:
        monkeypatch.setenv("DESKPOST_KEYS", Fernet.generate_key().decode())
        secret_field.keys.cache_clear()

    yield lose
    monkeypatch.undo()
    secret_field.keys.cache_clear()


@pytest.fixture
def box(desk: Desk, lose_the_key: Callable[[], None]) -> Mailbox:
    """Give the mailbox, its password and that of the server no longer readable."""
    settings.change(
        desk.admin, "page", desk.server, {"username": "desk", "password": "x y z", "authentication": "basic"}
    )
    lose_the_key()
    return Mailbox.objects.get()


def test_the_row_can_be_read_and_only_its_secret_cannot(desk: Desk, box: Mailbox) -> None:
    assert box.name == "Support"
    with pytest.raises(SecretUnreadable, match="To do: put back the keys"):
        _ = box.password
    cipher = "SELECT password FROM mailbox"
    with connection.cursor() as cursor:
        before = cursor.execute(cipher).fetchone()
        box.save()
        assert cursor.execute(cipher).fetchone() == before, "it goes back as it came"
    version = settings_history.versions(settings_history.Wanted(("mailbox",)), 1)[0]
    with pytest.raises(SecretUnreadable):
        settings_history.secret("mailbox", version.id, "password")


def test_every_page_that_shows_it_opens(desk: Desk, box: Mailbox) -> None:
    client = builders.signed_in(desk.admin)
    start_fetching(desk.admin, "page", box)
    for name in ("incoming", "incoming_new", "outgoing", "outbox", "delimiters", "all_settings", "trace"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get(reverse("settings_history"), {"kind": "mailbox"}).status_code == 200
    for address in (reverse("incoming_mailbox", args=[box.pk]), reverse("outgoing")):
        page = client.get(address).content.decode()
        assert SAID in page and "type the password anew" in page


def test_the_banner_names_the_secret_that_cannot_be_read(
    desk: Desk, lose_the_key: Callable[[], None]
) -> None:
    oauth = {"authentication": "oauth", "client_id": "desk", "client_secret": "its value", "password": ""}
    settings.change(desk.admin, "page", desk.box, oauth)
    settings.change(desk.admin, "page", desk.server, oauth)
    lose_the_key()
    client = builders.signed_in(desk.admin)
    for address in (reverse("incoming_mailbox", args=[desk.box.pk]), reverse("outgoing")):
        page = client.get(address).content.decode()
        assert "The stored client secret cannot be read any more" in page, address
        assert "type the client secret anew" in page and SAID not in page


def test_a_mailbox_is_not_saved_without_a_new_password_and_with_one_it_is(desk: Desk, box: Mailbox) -> None:
    client, address = builders.signed_in(desk.admin), reverse("incoming_mailbox", args=[box.pk])
    values = typed(server=box.server, port="143", tls="starttls")
    status, page = send(client, address, {**values, "password": ""})
    assert status == 422 and f"{SAID}. To do: type it anew." in page
    _, page = send(client, address, {**values, "password": "", "act": "sample"}, headers=builders.htmx())
    assert "Not tried" in page and SAID in page
    status, page = send(client, address, {**values, "password": "typed anew"})
    assert status == 302, page
    assert Mailbox.objects.get().password == "typed anew"
    assert SAID not in client.get(address).content.decode()


def test_an_outgoing_server_gets_a_new_password_or_signs_in_no_more(desk: Desk, box: Mailbox) -> None:
    client = builders.signed_in(desk.admin)
    page = client.post(url(), form(password="")).content.decode()
    assert f"{SAID}. To do: type it anew." in page
    test = client.post(url(act="test"), headers=builders.htmx()).content.decode()
    assert "A stored secret cannot be read" in test and "To do:" in test
    assert client.post(url(), form(password="typed anew")).status_code == 303
    assert OutgoingServer.objects.get().password == "typed anew"


def test_a_locked_mailbox_says_it_at_the_sample_and_one_can_be_removed(desk: Desk, box: Mailbox) -> None:
    client, address = builders.signed_in(desk.admin), reverse("incoming_mailbox", args=[box.pk])
    start_fetching(desk.admin, "page", box)
    sample = client.post(address, {"act": "sample"}, headers=builders.htmx()).content.decode()
    assert "A stored secret cannot be read with the keys of this data folder" in sample
    assert "troubleshooting/#a-stored-secret" in sample
    assert client.post(reverse("incoming_remove", args=[box.pk])).status_code == 302
    assert not Mailbox.objects.exists()


def test_a_settings_file_gives_it_a_new_one_and_the_export_goes_on(
    desk: Desk, box: Mailbox, tmp_path: Path
) -> None:
    assert settings_file.export().count("password:") >= 2
    (tmp_path / "pw").write_text("typed anew")
    file = tmp_path / "settings.yml"
    file.write_text(
        "mailboxes: [{name: Support, password: {file: pw}}]\n"
        "outgoing: [{name: Outgoing, password: {file: pw}}]\n"
    )
    applied = settings_file.apply(settings_file.read(file))
    assert len(applied.changes) == 2
    assert Mailbox.objects.get().password == OutgoingServer.objects.get().password == "typed anew"


def test_a_version_whose_password_cannot_be_read_is_not_brought_back(desk: Desk, box: Mailbox) -> None:
    settings.change(desk.admin, "page", box, {"port": 1993})
    newest = settings_history.versions(settings_history.Wanted(("mailbox",)), 1)[0]
    form = {"version": f"mailbox-{newest.old_id}", "newest": str(newest.id)}
    page = (
        builders.signed_in(desk.admin).post(reverse("settings_restore"), form, follow=True).content.decode()
    )
    assert "Not brought back. A stored secret cannot be read" in page
    assert Mailbox.objects.get().port == 1993
