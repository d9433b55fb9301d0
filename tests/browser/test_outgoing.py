"""The page of outgoing servers in a real browser: beside its picture, by keys, without scripts, when something ends."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from deskpost.desk import settings_history
from deskpost.outbound import failover, health, service_ended
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import ews_words
from tests.browser import outgoing_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.servers.smtp_sink import SmtpSink

URL = "/admin/mail-server-settings/outgoing/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 05 to the tests of this file."""
    with serve(template_database, django_db_blocker, outgoing_scene.build) as serving:
        yield serving


def at(scope: object) -> str:
    return f"{URL}account-{scope.pk}/"  # type: ignore[attr-defined]


def wrong(page: Page) -> None:
    """Save what cannot be saved, in the fold too."""
    page.get_by_label("Server name / IP address", exact=True).fill("https://smtp1.northgate-it.example")
    page.get_by_label("Port", exact=True).fill("99999")
    page.get_by_text("More settings").click()
    page.get_by_label("Connections at once").fill("0")
    page.locator(".server-head .server-save").click()
    page.wait_for_selector("#error-summary")


def failed_sample(page: Page) -> None:
    """Send a sample mail to where nothing listens."""
    page.get_by_label("Server name / IP address", exact=True).fill("127.0.0.1")
    page.get_by_label("Port", exact=True).fill("1")
    page.locator(".sample button").click()
    page.wait_for_selector("#sample-result .banner")


Act = Callable[[Page], None]
PAGES: dict[str, tuple[str, Act | None]] = {
    "outgoing": (URL, None),
    "outgoing-wrong": (URL, wrong),
    "outgoing-sample": (URL, failed_sample),
    "outgoing-account": (URL + "account-{kestrel}/", None),
    "outgoing-new": (URL + "account-{kestrel}/?new", None),
    "outgoing-remove": (URL + "directory/remove/", None),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_of_outgoing_servers_are_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, size: str
) -> None:
    for name, (path, act) in PAGES.items():
        page = opens(path.format(kestrel=site.scene.kestrel.pk), site.scene.priya, viewport=SIZES[size])
        if act:
            act(page)
        look_at(page, f"{name}{size}")
        page.context.close()


def test_the_list_says_in_short_why_a_server_sends_nothing(site: Site, opens: Opens) -> None:
    """One that fails with a long answer of its provider, and one that asked for patience."""
    own = OutgoingServer.objects.get(name="Vantage Legal")
    directory = OutgoingServer.objects.get(name="ESM Directory")
    ids = "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40-" * 6
    words = (
        "login.microsoftonline.com gave no token: the client secret has expired (AADSTS7000222). "
        f'It answered: "{ids}". '
        "To do: make a new client secret at Microsoft's portal and copy its Value into Client secret."
    )
    health.note_failing(own.pk, words, 900)
    health.note_failing(
        directory.pk, "smtp4.northgate-it.example asks for patience. To do: nothing.", 900, asked=True
    )
    try:
        page = opens(URL, site.scene.priya)
        for suffix, size in {**SIZES, "-narrow": {"width": 320, "height": 700}}.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{URL}directory/")
            listed = page.locator(".servers").inner_text()
            assert "the client secret has expired (AADSTS7000222)." in listed and "71de" not in listed
            assert "To do: make a new client secret" in listed and "Asked for patience" in listed
            assert "there is nothing to do" in listed
            settle(page)
            assert overflow(page) <= 0, suffix
            if suffix != "-narrow":
                look_at(page, f"outgoing-waits{suffix}")
        page.goto(at(site.scene.vantage))
        expect(page.get_by_text("5f0c9a52-71de").first).to_be_visible()
    finally:
        for one in (own, directory):
            failover.back_to_primary(one)


def test_the_warning_of_a_password_that_will_end_changes_a_saved_server_to_oauth(
    site: Site, opens: Opens
) -> None:
    directory = OutgoingServer.objects.filter(name="ESM Directory")
    before = directory.values("server", "port", "tls", "protocol", "authentication", "username").get()
    login = {"authentication": "basic", "username": "a@msp.example"}
    directory.update(server="smtp.office365.com", port=587, tls="starttls", protocol="smtp", **login)
    try:
        page = opens(f"{URL}directory/", site.scene.priya)
        page.get_by_role("button", name="Change to OAuth now").click()
        expect(page.locator("[name=token_url]")).to_have_value(re.compile("login.microsoftonline.com"))
        expect(page.locator("[name=server]")).to_have_value("smtp.office365.com")
    finally:
        directory.update(**before)


def test_a_server_whose_service_ended_says_the_remedy_and_is_tried_now(site: Site, opens: Opens) -> None:
    own = OutgoingServer.objects.get(name="Vantage Legal")
    service_ended.note(own, ews_words.service_ended("outlook.office365.com", "EWS is disabled."))
    try:
        page = opens(at(site.scene.vantage), site.scene.priya)
        for suffix, size in {**SIZES, "-narrow": {"width": 320, "height": 700}}.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(at(site.scene.vantage))
            assert "Service ended" in page.locator(".servers").inner_text()
            expect(page.get_by_text("Set-OrganizationConfig -EwsAllowedAppIDs").first).to_be_visible()
            settle(page)
            assert overflow(page) <= 0, suffix
            if suffix != "-narrow":
                look_at(page, f"outgoing-ended{suffix}")
        page.get_by_role("button", name="Try now").click()
        expect(page.get_by_text("Vantage Legal is tried now.")).to_be_visible()
    finally:
        service_ended.over(own)
        failover.back_to_primary(own)


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0


@pytest.mark.requirement("R56")
def test_by_keys_alone_the_port_follows_and_the_form_is_saved(site: Site, opens: Opens) -> None:
    page = opens(at(site.scene.kestrel) + "?new", site.scene.priya)
    keys = page.keyboard
    page.get_by_label("SMTP", exact=True).focus()
    keys.press("ArrowRight")
    expect(page.get_by_label("Port", exact=True)).to_have_value("465")
    expect(page.get_by_text("465 is proposed for SMTPS.")).to_be_visible()
    expect(page.get_by_label("No", exact=True)).to_be_hidden()
    keys.press("ArrowLeft")
    expect(page.get_by_label("Port", exact=True)).to_have_value("587")
    page.get_by_label("Yes", exact=True).focus()
    keys.press("ArrowRight")
    expect(page.get_by_label("Port", exact=True)).to_have_value("25")
    keys.press("Tab")
    expect(page.get_by_label("Port", exact=True)).to_be_focused()
    keys.press("Control+A")
    keys.type("2525")
    page.get_by_label("Yes", exact=True).check(force=True)
    expect(page.get_by_text("587 is proposed for SMTP with TLS.")).to_be_visible()
    expect(page.get_by_label("Port", exact=True)).to_have_value("2525")
    expect(page.get_by_label("User name")).to_be_hidden()
    page.get_by_label("Requires authentication").focus()
    keys.press("Space")
    expect(page.get_by_label("User name")).to_be_visible()
    keys.press("Tab")
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type("kestrel")
    keys.press("Tab")
    keys.type("a password")
    page.get_by_label("Server name / IP address", exact=True).focus()
    keys.type("smtp.kestrel.example")
    page.get_by_label("Reply to").focus()
    keys.type("it@kestrel.example")
    keys.press("Enter")
    expect(page.get_by_text("Saved. The next mail leaves by these settings.")).to_be_visible()
    row = OutgoingServer.objects.get(account=site.scene.kestrel)
    assert (row.port, row.tls, row.username, row.password) == (2525, "starttls", "kestrel", "a password")
    OutgoingServer.objects.filter(pk=row.pk).delete()


def test_a_mistake_gets_the_focus_and_leads_to_its_field(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    wrong(page)
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_label("Connections at once")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Server name / IP address", exact=True)).to_be_focused()
    expect(page.get_by_label("Server name / IP address", exact=True)).to_have_value(
        "https://smtp1.northgate-it.example"
    )


@pytest.mark.requirement("R89")
def test_a_sample_mail_is_sent_by_what_is_typed_and_nothing_typed_is_lost(site: Site, opens: Opens) -> None:
    page = opens(at(site.scene.vantage), site.scene.priya)
    with SmtpSink() as sink:
        page.get_by_label("Server name / IP address", exact=True).fill("127.0.0.1")
        page.get_by_label("No", exact=True).check(force=True)
        expect(page.get_by_label("Port", exact=True)).to_have_value("25")
        page.get_by_label("Port", exact=True).fill(str(sink.port))
        page.get_by_label("Sender name").fill("Typed only")
        expect(page.get_by_label("To", exact=True)).to_have_value("priya@northgate-it.example")
        page.get_by_label("To", exact=True).press("Enter")
        expect(page.locator("#sample-result")).to_contain_text(
            re.compile(r"Taken by the server in \d+\.\d s")
        )
        expect(page.get_by_label("Sender name")).to_have_value("Typed only")
        assert b"Typed only" in sink.received[0].content
    page.locator(".sample button").click()
    expect(page.locator("#sample-result")).to_contain_text("refused the connection")
    page.get_by_role("link", name="More about this error").click()
    page.wait_for_url(re.compile("/help/troubleshooting/#refused-the-connection"))


def test_a_double_click_saves_once(site: Site, opens: Opens) -> None:
    row = OutgoingServer.objects.get(account=site.scene.vantage)
    page = opens(at(site.scene.vantage), site.scene.priya)
    before = len(settings_history.versions(settings_history.Wanted(("outgoingserver",), row=row.pk), 50))
    page.get_by_label("Sender name").fill("Clicked twice")
    page.locator(".server-head .server-save").dblclick()
    expect(page.get_by_text("Saved. The next mail leaves by these settings.")).to_be_visible()
    after = len(settings_history.versions(settings_history.Wanted(("outgoingserver",), row=row.pk), 50))
    assert after == before + 1


def test_a_session_that_ends_asks_for_the_password_and_what_was_typed_is_saved(
    site: Site, opens: Opens
) -> None:
    page = opens(at(site.scene.vantage), site.scene.priya)
    page.get_by_label("Sender name").fill("Typed before the session ended")
    page.context.clear_cookies(name="sessionid")
    page.locator(".server-head .server-save").click()
    dialog = page.locator("#session-ended")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=password]").fill(builders.PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    page.locator(".server-head .server-save").click()
    expect(page.get_by_text("Saved. The next mail leaves by these settings.")).to_be_visible()
    row = OutgoingServer.objects.get(account=site.scene.vantage)
    assert row.sender_name == "Typed before the session ended"


@pytest.mark.requirement("R46", "R70")
def test_everything_works_without_scripts(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, java_script_enabled=False)
    page.get_by_label("Account", exact=True).select_option(label="Vantage Legal")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile(r"/account-\d+/$"))
    expect(page.get_by_text("Has a server of its own and never falls back to IT Help Desk.")).to_be_visible()
    page.get_by_label("SMTPS", exact=True).check(force=True)
    page.locator(".server-head .server-save").click()
    expect(page.get_by_text("Saved. The next mail leaves by these settings.")).to_be_visible()
    expect(page.get_by_label("Port", exact=True)).to_have_value("465")
    with SmtpSink() as sink:
        page.get_by_label("SMTP", exact=True).check(force=True)
        page.get_by_label("No", exact=True).check(force=True)
        page.get_by_label("Server name / IP address", exact=True).fill("127.0.0.1")
        page.get_by_label("Port", exact=True).fill(str(sink.port))
        page.get_by_role("button", name="Send a sample mail").click()
        expect(page.get_by_text(re.compile("Taken by the server in")).first).to_be_visible()
        expect(page.get_by_label("Port", exact=True)).to_have_value(str(sink.port))
        assert len(sink.received) == 1
    page.get_by_role("button", name="Pause sending").click()
    expect(page.get_by_text("Sending is paused")).to_be_visible()
    page.get_by_role("button", name="Resume sending").click()
    expect(page.get_by_text("Vantage Legal sends again.")).to_be_visible()
    page.goto(URL)
    page.get_by_role("button", name="Back to primary").click()
    expect(page.get_by_text("Mail leaves by the primary server again")).to_be_visible()
    failover.use_alternate(site.scene.main, outgoing_scene.REASON)


def test_the_selector_goes_to_the_account_at_once_and_keeps_the_focus(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    page.get_by_label("Account", exact=True).focus()
    page.get_by_label("Account", exact=True).select_option(label="Kestrel Logistics")
    expect(page.get_by_text("Kestrel Logistics has no server of its own")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/account-{site.scene.kestrel.pk}/"))
    expect(page.get_by_label("Account", exact=True)).to_be_focused()
