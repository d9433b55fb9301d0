"""Admin > Proxy: set, tried, removed, in the history and in a settings file; the password is shown nowhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from deskpost import settings_file
from deskpost.access import proxy
from deskpost.access.proxy import ProxySettings
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Wanted
from deskpost.settings_file.mistakes import SettingsMistaken
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.servers.proxies import PASSWORD, RealProxy
from tests.servers.smtp_sink import SmtpSink

URL = "/admin/proxy/"
TYPED = {
    "kind": "http",
    "host": "proxy.msp.example",
    "port": "3128",
    "username": "",
    "password": "",
    "reason": "",
}


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction."""
    return build_desk()


def seen(desk: Desk) -> str:
    page = builders.signed_in(desk.admin).get(URL).content.decode()
    found = re.search(r'name="seen" value="(\d*)"', page)
    return found[1] if found else ""


def save(desk: Desk, **values: str) -> str:
    form = {**TYPED, "seen": seen(desk), **values}
    return builders.signed_in(desk.admin).post(URL, form, follow=True).content.decode()


def test_it_is_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    assert builders.signed_in(desk.admin).get(URL).status_code == 200
    for who in (desk.dana, desk.tom):
        client = builders.signed_in(who)
        assert (client.get(URL).status_code, client.post(URL, TYPED).status_code) == (403, 403)
    assert proxy.settings() is None


@pytest.mark.requirement("R62")
def test_the_proxy_is_set_changed_and_removed_and_the_history_tells(desk: Desk) -> None:
    admin = builders.signed_in(desk.admin)
    assert "None: every server is reached straight" in admin.get(reverse("all_settings")).content.decode()
    assert "Saved. It holds from the next connection on." in save(desk, username="desk", password=PASSWORD)
    row = ProxySettings.objects.get()
    assert (row.kind, row.host, row.port, row.username, row.password) == (
        *("http", "proxy.msp.example", 3128, "desk"),
        PASSWORD,
    )
    listed = admin.get(reverse("all_settings")).content.decode()
    assert "HTTP CONNECT, proxy.msp.example:3128" in listed
    assert "Nothing was changed" in save(desk, username="desk")
    assert "Saved." in save(desk, username="desk", kind="socks5", port="1080")
    assert ProxySettings.objects.get().password == PASSWORD
    assert "The proxy is removed" in save(desk, act="remove")
    assert not ProxySettings.objects.exists()
    told = [(one.act, one.who, one.via) for one in settings_history.versions(Wanted(("proxysettings",)), 9)]
    assert told == [(act, "Priya Raman", "page") for act in ("delete", "update", "insert")]
    newest = settings_history.versions(Wanted(("proxysettings",)), 1)[0]
    history = admin.get(f"/admin/history/?kind=proxysettings&open=proxysettings-{newest.id}").content.decode()
    assert "proxy.msp.example" in history and PASSWORD not in history
    assert "Saved." in save(desk)  # set anew under the same number


def test_what_is_typed_wrong_is_told_beside_its_field(desk: Desk) -> None:
    page = save(desk, host="http://proxy.msp.example:3128", port="70000", kind="ftp")
    assert "is not a host name or an IP address" in page and "no whole number from 1 to 65535" in page
    assert not ProxySettings.objects.exists()


def test_a_stored_password_goes_to_no_other_proxy(desk: Desk) -> None:
    save(desk, username="desk", password=PASSWORD)
    for act in ("save", "test"):
        page = save(
            desk, username="desk", host="evil.example", act=act, test_host="localhost", test_port="25"
        )
        assert "is not sent to another server" in page and PASSWORD not in page
    assert "Saved." in save(desk, host="other.example")
    assert ProxySettings.objects.get().password == ""


def test_two_who_save_are_told_of_each_other(desk: Desk) -> None:
    first = seen(desk)
    save(desk)
    page = save(desk, seen=first, port="8080")
    assert "Not saved: Priya Raman saved these settings" in page
    assert ProxySettings.objects.get().port == 3128


def test_the_proxy_stays_while_something_uses_it(desk: Desk) -> None:
    save(desk)
    desk.box.proxy = True
    desk.box.save()
    page = save(desk, act="remove")
    assert "Not removed: Support use it" in page and "Used by Support" in page
    assert ProxySettings.objects.exists()
    ProxySettings.objects.all().delete()
    assert (
        "these are to go by it, so they reach nothing"
        in builders.signed_in(desk.admin).get(URL).content.decode()
    )


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_test_goes_the_whole_way_with_what_is_typed(
    kind: str, desk: Desk, real_proxies: Callable[..., RealProxy], smtp_sink: SmtpSink
) -> None:
    real = real_proxies(kind, login=True).proxy
    typed = {
        **{"act": "test", "kind": kind, "host": real.host, "port": str(real.port), "username": real.username},
        **{"password": real.password, "test_host": "localhost", "test_port": str(smtp_sink.port)},
    }
    page = save(desk, **typed)
    assert f"The proxy leads to localhost:{smtp_sink.port}, after" in page and PASSWORD not in page
    assert not ProxySettings.objects.exists()
    wrong = save(desk, **{**typed, "password": "quite-wrong"})
    assert "or its password" in wrong and "/help/troubleshooting/" in wrong and "quite-wrong" not in wrong
    assert "This is empty" in save(desk, **{**typed, "test_host": ""})
    refused = save(desk, **{**typed, "test_host": "169.254.169.254"})
    assert "metadata service" in refused


def apply(folder: Path, text: str) -> list[str]:
    file = folder / "settings.yaml"
    file.write_text(text)
    return [str(change) for change in settings_file.apply(settings_file.read(file)).changes]


def test_a_settings_file_has_the_proxy_and_export_masks_its_password(desk: Desk, tmp_path: Path) -> None:
    line = "proxy: {kind: http, host: 127.0.0.1, port: 8888, username: null, password: null}\n"
    assert apply(tmp_path, line) == ["proxy: created"]
    assert apply(tmp_path, line) == []
    changed = apply(tmp_path, f"proxy: {{kind: socks5, port: 1080, username: desk, password: {PASSWORD}}}\n")
    assert changed == [
        "proxy: kind: http -> socks5; port: 8888 -> 1080; username: none -> desk; password changed"
    ]
    exported = settings_file.export()
    assert "host: 127.0.0.1" in exported and PASSWORD not in exported
    assert apply(tmp_path, exported) == []
    assert ProxySettings.objects.get().password == PASSWORD
    for mistaken, told in (
        ("proxy: {kind: ftp}", "ftp is not known here"),
        ("proxy: {port: 0}", "from 1 to 65535"),
        ('proxy: {host: other.example, password: "********"}', "keeps the password for 127.0.0.1 alone"),
    ):
        with pytest.raises(SettingsMistaken, match=told):
            apply(tmp_path, mistaken)
    desk.box.proxy = True
    desk.box.save()
    with pytest.raises(SettingsMistaken, match="The proxy is used by Support"):
        apply(tmp_path, "proxy: null\n")
    desk.box.proxy = False
    desk.box.save()
    assert apply(tmp_path, "proxy: null\n") == ["proxy: proxy: 127.0.0.1:1080 -> none"]
    with pytest.raises(SettingsMistaken, match="A new proxy needs the key kind, host"):
        apply(tmp_path, "proxy: {port: 1}\n")
