"""The pictures of the handbook and of README. Not a test of `make test`; taken anew by:

.venv/bin/python -m pytest tests/browser/pictures.py
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from deskpost.access import consent_links
from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.templates import Template
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound.servers import OutgoingServer
from tests.browser import (
    accounts_scene,
    incoming_scene,
    mail_flow_scene,
    outbox_scene,
    outgoing_scene,
    people_scene,
    spam_scene,
    templates_scene,
)
from tests.browser import test_incoming_sign_in as sign_in_scene
from tests.browser.accessible import nothing_is_asked, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, opening, serve
from tests.console import builders

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WIDE = {"width": 1200, "height": 750}
Serving = Callable[[Callable[[], Any]], AbstractContextManager[tuple[Site, Opens]]]


@pytest.fixture
def serving(template_database: str, django_db_blocker: object, chromium: Browser) -> Serving:
    """Give a function that serves what a scene builds, for as long as its pages are looked at."""

    @contextmanager
    def serves(build: Callable[[], Any]) -> Iterator[tuple[Site, Opens]]:
        with serve(template_database, django_db_blocker, build) as site, opening(chromium, site) as opens:
            yield site, opens

    return serves


def take(page: Page, name: str, **part: Any) -> None:
    """Take the picture of a page that has come to rest, or of a part of it."""
    settle(page)
    page.screenshot(path=PICTURES / f"{name}.png", **part)


def test_take_the_pictures(site: Site, opens: Opens) -> None:
    scene, number = site.scene, site.scene.vpn.number
    page = opens("/requests/", scene.priya, viewport=WIDE)
    take(page, "requests")
    page = opens(f"/requests/{number}/?view=open", scene.priya, viewport=WIDE)
    settle(page)
    page.locator(".way-button").last.click()
    page.wait_for_selector("#way li")
    page.wait_for_timeout(400)  # it fades in
    page.screenshot(path=PICTURES / "request.png")
    page = opens(f"/requests/{number}/?view=open", scene.priya, viewport=PHONE, color_scheme="dark")
    take(page, "request-phone-dark")
    for path, name in (
        ("mail-server-settings/delimiters/", "delimiters"),
        ("notification-rules/request_received/", "notification-rules"),
    ):
        page = opens(f"/admin/{path}", scene.priya, viewport=WIDE)
        take(page, name)


def test_take_the_pictures_of_tasks(site: Site, opens: Opens) -> None:
    scene = site.scene
    of = {"by": scene.dana, "technician": scene.dana}
    for subject, text in (
        ("Order a dock for the new starter", "She begins on the first."),
        ("Move the printer to the third floor", "The socket there is free."),
    ):
        builders.record_of(scene.vpn.account, subject, text=text, **of)
    task = builders.record_of(
        scene.vpn.account,
        "Ask the provider about CGNAT",
        text="Tom's line drops every 20 minutes. Ask whether he can have an address of his own.",
        belongs_to=scene.vpn,
        **of,
    )
    take(opens("/records/ta/", scene.priya, viewport=WIDE), "tasks")
    take(opens(f"/records/ta/{task.number}/", scene.priya, viewport=WIDE), "task")


def test_take_the_pictures_of_outgoing_servers_and_the_bell(site: Site, opens: Opens) -> None:
    marco, account = Person.objects.get(name="Marco Bianchi"), Account.objects.get(name="Vantage Legal")
    outgoing_scene.servers(site.scene.priya, marco, account)
    page = opens("/admin/mail-server-settings/outgoing/", site.scene.priya, viewport=DESKTOP)
    take(page, "outgoing")
    with settings.reasoned("second relay moved to the new rack"):
        values = {"alternate_server": "smtp3.northgate-it.example", "port": 25, "password": "another one"}
        settings.change(site.scene.priya, "page", OutgoingServer.objects.order_by("pk")[0], values)
    page = opens("/admin/history/?kind=outgoingserver", site.scene.priya, viewport=DESKTOP)
    take(page, "settings-history")
    page = opens("/requests/", site.scene.priya, viewport=WIDE)
    page.locator("button.bell:visible").click()
    page.wait_for_selector("#bell .notice")
    page.wait_for_timeout(400)  # it fades in
    page.screenshot(path=PICTURES / "bell.png")


def test_take_the_pictures_of_incoming_mail(serving: Serving) -> None:
    with serving(incoming_scene.build) as (site, opens):
        page = opens("/admin/mail-server-settings/incoming/", site.scene.priya, viewport=DESKTOP)
        take(page, "incoming")
        page.set_viewport_size({"width": 1200, "height": 860})
        page.goto(f"/admin/mail-server-settings/incoming/{site.scene.boxes['Projects'].pk}/")
        settle(page)
        page.locator("#id_server").fill("127.0.0.1")
        page.locator("#id_port").fill("1")
        page.get_by_text("Change", exact=True).click()
        page.locator("#id_password").fill("typed anew")
        page.get_by_role("button", name="Fetch a sample mail").click()
        page.wait_for_selector("#sample .banner")
        page.screenshot(path=PICTURES / "mailbox.png")


def test_take_the_picture_of_mail_flow(serving: Serving) -> None:
    with serving(mail_flow_scene.build) as (site, opens):
        take(opens("/mail-flow/", site.scene.priya, viewport=DESKTOP), "mail-flow")


def test_take_the_pictures_of_the_spam_filter(serving: Serving) -> None:
    with serving(spam_scene.build) as (site, opens):
        rule = SpamRule.objects.get(name="Out-of-office mail from strangers")
        page = opens(f"/admin/mail-server-settings/spam-filter/{rule.pk}/", site.scene.admin, viewport=WIDE)
        page.locator("#values-0").evaluate("it => { it.value += ', Abwesend' }")
        page.get_by_role("button", name="Try", exact=True).click()
        page.wait_for_selector(".tried")
        take(page, "spam-rule")


def test_take_the_pictures_of_the_outbox(serving: Serving) -> None:
    with serving(outbox_scene.build) as (site, opens):
        page = opens(f"/outbox/{site.scene.trying.pk}/", site.scene.priya, viewport=WIDE)
        take(page, "outbox")
        page.goto("/outbox/?tab=held")
        settle(page)
        for box in page.locator(".choose input").all()[1:4]:
            box.check()
        page.wait_for_timeout(400)  # its colour fades in
        page.screenshot(path=PICTURES / "outbox-lapsed.png")


def test_take_the_picture_of_people_and_roles(serving: Serving) -> None:
    with serving(people_scene.build) as (site, opens):
        page = opens(f"/admin/people/{site.scene.dana.pk}/", site.scene.priya, viewport=DESKTOP)
        take(page, "people-and-roles")


def test_take_the_picture_of_a_template(serving: Serving) -> None:
    with serving(templates_scene.build) as (site, opens):
        kit = Template.objects.get(name="New starter kit")
        take(opens(f"/admin/templates/{kit.pk}/resources/", site.scene.priya, viewport=DESKTOP), "template")


def test_take_the_picture_of_the_mail_trace(site: Site, opens: Opens) -> None:
    page = opens(f"/trace/{site.scene.mail.mail_id}/", site.scene.priya)
    take(page, "mail-trace")


def test_take_the_picture_of_connectivity(site: Site, opens: Opens) -> None:
    path = "/admin/mail-server-settings/other/"
    page = opens(path, site.scene.priya, viewport={"width": 1200, "height": 520})
    take(page, "connectivity")


def test_take_the_picture_of_accounts(serving: Serving) -> None:
    with serving(accounts_scene.build) as (site, opens):
        kestrel = Account.objects.get(name="Kestrel Logistics")
        page = opens(f"/admin/accounts/{kestrel.pk}/", site.scene.priya, viewport=WIDE)
        take(page, "accounts")


def test_take_the_pictures_of_graph_and_of_connect(serving: Serving) -> None:
    with serving(sign_in_scene.build) as (site, opens):
        tall = {"width": 1200, "height": 1180}
        page = opens("/admin/mail-server-settings/incoming/new/", site.scene.priya, viewport=tall)
        page.get_by_text("Microsoft Graph", exact=True).click()
        page.locator("#id_graph_endpoint").wait_for()
        for name, value in (
            ("username", "deskpost@brightwater.example"),
            ("mailbox_to_open", "servicedesk@brightwater.example"),
            ("addresses", "servicedesk@brightwater.example, it@brightwater.example"),
            ("name", "Brightwater service desk"),
            ("client_id", "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b41"),
            ("client_secret", "the value of the secret"),
            ("client_secret_ends", "2028-11-24"),
        ):
            page.locator(f"[name={name}]:visible").fill(value)
            page.keyboard.press("Tab")
            nothing_is_asked(page)
        page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        take(page, "graph")
        page.goto(f"/admin/mail-server-settings/incoming/{site.scene.imaps.pk}/")
        take(page, "connect", clip={"x": 0, "y": 0, "width": 1200, "height": 330})
        page.goto(f"/admin/mail-server-settings/incoming/{site.scene.graph.pk}/")
        settle(page)
        first, last = (page.locator(one).bounding_box() for one in ("#redirect-url", ".sign-in-row"))
        assert first and last
        top, bottom = first["y"] - 60, last["y"] + last["height"]
        area = {"x": last["x"] - 16, "y": top, "width": last["width"] + 32, "height": bottom - top}
        page.screenshot(path=PICTURES / "connected.png", clip=area)  # type: ignore[arg-type]


def test_take_the_picture_of_a_link_to_consent(serving: Serving) -> None:
    with serving(sign_in_scene.build) as (site, opens):
        Installation.objects.update(public_url=site.url)
        Account.objects.filter(default=True).update(name="Northgate IT")
        graph = site.scene.graph
        token = consent_links.make(graph, site.scene.priya, graph.name)
        page = opens(f"/consent/{token}", viewport={"width": 760, "height": 760})
        take(page, "consent")
