"""The pictures of the handbook and of README. Not a test of `make test`; taken anew by:

.venv/bin/python -m pytest tests/browser/pictures.py
"""

from pathlib import Path

from playwright.sync_api import Browser

from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.outbound.servers import OutgoingServer
from tests.browser import accounts_scene, incoming_scene, outbox_scene, outgoing_scene, people_scene
from tests.browser.accessible import settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WIDE = {"width": 1200, "height": 750}


def test_take_the_pictures(site: Site, opens: Opens) -> None:
    scene, number = site.scene, site.scene.vpn.number
    page = opens("/requests/", scene.priya, viewport=WIDE)
    settle(page)
    page.screenshot(path=PICTURES / "requests.png")
    page = opens(f"/requests/{number}/?view=open", scene.priya, viewport=WIDE)
    settle(page)
    page.locator(".way-button").last.click()
    page.wait_for_selector("#way li")
    page.wait_for_timeout(400)  # it fades in
    page.screenshot(path=PICTURES / "request.png")
    page = opens(f"/requests/{number}/?view=open", scene.priya, viewport=PHONE, color_scheme="dark")
    settle(page)
    page.screenshot(path=PICTURES / "request-phone-dark.png")
    for path, name in (
        ("mail-server-settings/delimiters/", "delimiters"),
        ("notification-rules/request_received/", "notification-rules"),
    ):
        page = opens(f"/admin/{path}", scene.priya, viewport=WIDE)
        settle(page)
        page.screenshot(path=PICTURES / f"{name}.png")


def test_take_the_pictures_of_outgoing_servers_and_the_bell(site: Site, opens: Opens) -> None:
    marco, account = Person.objects.get(name="Marco Bianchi"), Account.objects.get(name="Vantage Legal")
    outgoing_scene.servers(site.scene.priya, marco, account)
    page = opens("/admin/mail-server-settings/outgoing/", site.scene.priya, viewport=DESKTOP)
    settle(page)
    page.screenshot(path=PICTURES / "outgoing.png")
    with settings.reasoned("second relay moved to the new rack"):
        values = {"alternate_server": "smtp3.northgate-it.example", "port": 25, "password": "another one"}
        settings.change(site.scene.priya, "page", OutgoingServer.objects.order_by("pk")[0], values)
    page = opens("/admin/history/?kind=outgoingserver", site.scene.priya, viewport=DESKTOP)
    settle(page)
    page.screenshot(path=PICTURES / "settings-history.png")
    page = opens("/requests/", site.scene.priya, viewport=WIDE)
    page.locator("button.bell:visible").click()
    page.wait_for_selector("#bell .notice")
    page.wait_for_timeout(400)  # it fades in
    page.screenshot(path=PICTURES / "bell.png")


def test_take_the_pictures_of_incoming_mail(
    template_database: str, django_db_blocker: object, chromium: Browser
) -> None:
    with serve(template_database, django_db_blocker, incoming_scene.build) as site:
        context = chromium.new_context(viewport=WIDE, base_url=site.url)
        cookie = builders.signed_in(site.scene.priya).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto("/admin/mail-server-settings/incoming/")
        settle(page)
        page.screenshot(path=PICTURES / "incoming.png")
        page.goto(f"/admin/mail-server-settings/incoming/{site.scene.boxes['Projects'].pk}/")
        settle(page)
        page.locator("#id_server").fill("127.0.0.1")
        page.locator("#id_port").fill("1")
        page.get_by_text("Change").click()
        page.locator("#id_password").fill("typed anew")
        page.get_by_role("button", name="Fetch a sample mail").click()
        page.wait_for_selector("#sample .banner")
        page.screenshot(path=PICTURES / "mailbox.png")
        context.close()


def test_take_the_pictures_of_the_outbox(
    template_database: str, django_db_blocker: object, chromium: Browser
) -> None:
    with serve(template_database, django_db_blocker, outbox_scene.build) as site:
        context = chromium.new_context(viewport=WIDE, base_url=site.url)
        cookie = builders.signed_in(site.scene.priya).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto(f"/outbox/{site.scene.trying.pk}/")
        settle(page)
        page.screenshot(path=PICTURES / "outbox.png")
        page.goto("/outbox/?tab=held")
        settle(page)
        for box in page.locator(".choose input").all()[1:4]:
            box.check()
        page.wait_for_timeout(400)  # its colour fades in
        page.screenshot(path=PICTURES / "outbox-lapsed.png")
        context.close()


def test_take_the_picture_of_people_and_roles(
    template_database: str, django_db_blocker: object, chromium: Browser
) -> None:
    with serve(template_database, django_db_blocker, people_scene.build) as site:
        context = chromium.new_context(viewport=DESKTOP, base_url=site.url)
        cookie = builders.signed_in(site.scene.priya).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto(f"/admin/people/{site.scene.dana.pk}/")
        settle(page)
        page.screenshot(path=PICTURES / "people-and-roles.png")
        context.close()


def test_take_the_picture_of_the_mail_trace(site: Site, opens: Opens) -> None:
    page = opens(f"/trace/{site.scene.mail.mail_id}/", site.scene.priya)
    settle(page)
    page.screenshot(path=PICTURES / "mail-trace.png")


def test_take_the_picture_of_connectivity(site: Site, opens: Opens) -> None:
    path = "/admin/mail-server-settings/other/"
    page = opens(path, site.scene.priya, viewport={"width": 1200, "height": 520})
    settle(page)
    page.screenshot(path=PICTURES / "connectivity.png")


def test_take_the_picture_of_accounts(
    template_database: str, django_db_blocker: object, chromium: Browser
) -> None:
    with serve(template_database, django_db_blocker, accounts_scene.build) as site:
        context = chromium.new_context(viewport=WIDE, base_url=site.url)
        cookie = builders.signed_in(site.scene.priya).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto(f"/admin/accounts/{Account.objects.get(name='Kestrel Logistics').pk}/")
        settle(page)
        page.screenshot(path=PICTURES / "accounts.png")
        context.close()
