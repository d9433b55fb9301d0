"""The pages of incoming mail in a real browser: in both themes and three widths, by keys alone, without JavaScript."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from tests.browser import incoming_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/mail-server-settings/incoming/"
SIZES = {"": DESKTOP, "-phone": PHONE, "-narrow": {"width": 320, "height": 700}}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve mailboxes in every state."""
    with serve(template_database, django_db_blocker, incoming_scene.build) as serving:
        yield serving


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]:visible").fill(value)


def test_every_page_in_every_width_and_theme(site: Site, opens: Opens) -> None:
    scene = site.scene
    stopped, on = (scene.boxes[name].pk for name in ("Projects", "Harbour Dental"))
    places = {
        "incoming": URL,
        "mailbox": f"{URL}{stopped}/",
        "mailbox-locked": f"{URL}{on}/",
        "mailbox-remove": f"{URL}{stopped}/remove/",
    }
    page = opens(URL, scene.priya)
    for suffix, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for name, path in places.items():
            page.goto(path)
            for fold in page.locator("details.more").all():
                fold.evaluate("it => { it.open = true }")
            if suffix == "-narrow":
                settle(page)
                assert overflow(page) <= 0, name
            else:
                look_at(page, f"{name}{suffix}")


def test_mistakes_are_summed_up_with_links_and_the_summary_has_the_focus(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}new/", site.scene.priya)
    fill(page, server="outlook.office365.com", username="it@vantage.example", addresses="it@vantage.example")
    fill(page, password="four horses", fetch_every_number="5")
    page.locator("[name=fetch_every_unit]").select_option("1")
    page.locator("#id_username").press("Enter")  # the form's own act is Save
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("[name=server]")).to_have_value("outlook.office365.com")
    look_at(page, "mailbox-wrong")
    page.locator("#error-summary").get_by_role("link", name="Fetch mails every").click()
    page.locator("[name=fetch_every_number]").fill("60")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="the page about it in the handbook").first.click()
    page.wait_for_url("**/help/microsoft-365/**")


@pytest.mark.requirement("R6")
def test_another_protocol_swaps_its_fields_and_keeps_focus_and_what_was_typed(
    site: Site, opens: Opens
) -> None:
    page = opens(f"{URL}new/", site.scene.priya)
    fill(page, server="mail.example", username="anna")
    assert page.locator("[name=tls]").count() == 0 or not page.locator("#id_tls_0").is_visible()
    page.locator("[name=protocol][value=imaps]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#id_tls_0")
    expect(page.locator("[name=port]")).to_have_value("143")
    expect(page.locator("[name=protocol][value=imap]")).to_be_focused()
    expect(page.locator("[name=server]")).to_have_value("mail.example")
    page.locator("[name=port]").fill("1143")
    page.keyboard.press("Tab")
    page.locator("[name=protocol][value=imap]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[name=after_pop]:not([type=hidden])", state="attached")
    expect(page.locator("[name=port]")).to_have_value("1143")
    page.get_by_text("Disable new request creation by email").click()
    expect(page.locator("[name=allowed_domains]")).to_be_visible()


def test_a_sample_is_told_beside_the_form_and_a_changed_secret_can_be_discarded(
    site: Site, opens: Opens
) -> None:
    page = opens(f"{URL}{site.scene.boxes['Projects'].pk}/", site.scene.priya)
    page.get_by_text("Change", exact=True).click()
    page.locator("#id_password").fill("typed")
    page.get_by_text("Discard", exact=False).locator("visible=true").last.click()
    expect(page.locator("#id_password")).to_have_value("")
    fill(page, server="127.0.0.1", port="1")
    page.get_by_text("Change", exact=True).click()
    page.locator("#id_password").fill("typed")
    page.get_by_role("button", name="Fetch a sample mail").click()
    expect(page.locator("#sample .banner")).to_contain_text("refused the connection")
    expect(page.locator("[name=port]")).to_have_value("1")
    look_at(page, "mailbox-sample")


@pytest.mark.requirement("R87")
@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_fetching_that_somebody_started_meanwhile_is_caught(site: Site, opens: Opens, script: bool) -> None:
    scene = site.scene
    box = Mailbox.objects.get(pk=scene.boxes["Projects"].pk)
    page = opens(f"{URL}{box.pk}/", scene.priya, java_script_enabled=script)
    interval = "7" if script else "8"
    fill(page, fetch_every_number=interval)
    start_fetching(scene.marco, "page", box)
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Stop fetching to save?")
    expect(dialog).to_contain_text("Marco Bianchi started fetching at")
    if script:
        look_at(page, "mailbox-asks")
        page.keyboard.press("Escape")
        page.wait_for_selector("[role=alertdialog]", state="detached")
        expect(page.locator("[name=fetch_every_number]")).to_have_value(interval)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(dialog.get_by_role("button", name="Stop fetching and save")).to_be_focused()
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Stop fetching and save").click()
    page.get_by_text("Saved. Fetching is off until somebody starts it.").wait_for()
    box.refresh_from_db()
    assert (box.fetching, box.fetch_every) == (False, int(interval) * 60)


def test_by_keys_alone_a_mailbox_is_opened_stopped_and_started(site: Site, opens: Opens) -> None:
    scene = site.scene
    box = Mailbox.objects.get(pk=scene.boxes["Orchard & Pine"].pk)
    page = opens("/requests/", scene.priya)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(f"**{URL}")
    page.locator(f"#mailbox-{box.pk}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop fetching and edit").press("Enter")
    page.get_by_text("is off until somebody starts it").wait_for()
    page.get_by_role("button", name="Start fetching").press("Enter")
    page.get_by_text("Fetching is on, so this form is locked").wait_for()
    stop_fetching(scene.priya, "page", box)


def test_without_javascript_the_fields_are_shown_by_a_button(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}new/", site.scene.priya, java_script_enabled=False)
    fill(page, server="mail.example")
    page.locator("label", has_text="POPS").click()
    page.get_by_role("button", name="Show its fields").click()
    expect(page.locator("[name=port]")).to_have_value("995")
    expect(page.locator("[name=server]")).to_have_value("mail.example")
    expect(page.locator("#error-summary")).to_have_count(0)
    page.goto(URL)
    page.get_by_role("link", name="Kestrel Logistics", exact=True).click()
    expect(page.get_by_role("heading", name="Kestrel Logistics")).to_be_visible()


def test_the_list_is_live_and_keeps_the_focus(site: Site, opens: Opens) -> None:
    scene = site.scene
    page = opens(URL, scene.priya)
    box = Mailbox.objects.get(pk=scene.boxes["Alerts"].pk)
    page.locator(f"#act-{box.pk}").focus()
    stop_fetching(scene.marco, "page", box)
    expect(page.locator(f"#act-{box.pk}")).to_contain_text("Start fetching")
    expect(page.locator(f"#act-{box.pk}")).to_be_focused()
    start_fetching(scene.priya, "page", box)


def test_what_a_provider_says_at_length_makes_no_row_tall_or_wide(site: Site, opens: Opens) -> None:
    """AADSTS sentences with ids in them: the list says what they mean, the form what they say."""
    box = site.scene.boxes["Alerts"]
    ids = "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40-" * 6
    said = f"Application with identifier '{ids}' was not found in the directory."
    words = (
        "login.microsoftonline.com gave no token: no application with this client id is in the organisation "
        f'(AADSTS700016). It answered: "{said}". To do: copy Application (client) ID from the overview of the '
        "application at Microsoft's portal into Client ID, and check the tenant in both URLs."
    )
    state = MailboxState.objects.filter(mailbox=box)
    before = state.values("failing_since", "consecutive_failures", "reason", "next_fetch_at").get()
    later = timezone.now() + timedelta(minutes=9)
    state.update(failing_since=timezone.now(), consecutive_failures=3, reason=words, next_fetch_at=later)
    try:
        page = opens(URL, site.scene.priya)
        for suffix, size in SIZES.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(URL)
            row = page.locator("tr", has=page.locator(f"#mailbox-{box.pk}"))
            assert "no application with this client id" in row.inner_text() and "71de" not in row.inner_text()
            assert "To do: copy Application (client) ID" in row.inner_text()
            settle(page)
            assert overflow(page) <= 0, suffix
            assert row.bounding_box()["height"] < (180 if not suffix else 340), suffix  # type: ignore[index]
            if suffix != "-narrow":
                look_at(page, f"incoming-long-answer{suffix}")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(f"{URL}{box.pk}/")
        page.get_by_text("The server’s full answer").click()
        expect(page.get_by_text("5f0c9a52-71de").first).to_be_visible()
        look_at(page, "mailbox-full-answer-phone")
    finally:
        state.update(**before)


@pytest.mark.requirement("R2")
def test_where_no_password_works_one_button_changes_to_oauth(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}new/", site.scene.priya)
    fill(page, server="outlook.office365.com", username="it@vantage.example", addresses="it@vantage.example")
    fill(page, password="four horses")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("#error-summary")
    look_at(page, "mailbox-no-password-here")
    page.get_by_role("button", name="Change to OAuth now").click()
    expect(page.locator("[name=token_url]")).to_have_value(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    )
    assert page.locator("#error-summary").count() == 0
    assert page.locator("#id_username").input_value() == "it@vantage.example"
    assert page.evaluate("document.activeElement.id") == "id_client_id", "what is typed next has the focus"
    look_at(page, "mailbox-changed-to-oauth")
