"""What the page Outgoing shows by Microsoft Graph alone, in a real browser: fields in the fold, a fault of a pool."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from deskpost.outbound import pool
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import graph_words
from tests.browser import outgoing_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

FIRST, SECOND = "notices-1@kestrel-logistics.example", "notices-2@kestrel-logistics.example"
SIZES = {"": DESKTOP, "-phone": PHONE}
DENIED = graph_words.send_as_denied(
    "graph.microsoft.com:443", "it@kestrel-logistics.example", FIRST, "ErrorSendAsDenied: Not allowed."
)
REASON = pool.may_not_send_as(DENIED, FIRST, "it@kestrel-logistics.example")


def build() -> outgoing_scene.Outgoing:
    """Make the scene of picture 05, and a Graph server with a pool, one mailbox of which may not send."""
    scene = outgoing_scene.build()
    server = OutgoingServer.objects.create(
        name="Kestrel",
        account=scene.kestrel,
        protocol="graph",
        authentication="oauth",
        grant="client_credentials",
        graph_endpoint="https://graph.microsoft.com",
        mailbox_to_open="it@kestrel-logistics.example",
        reply_to="it@kestrel-logistics.example",
        client_id="8d2e4f11-0b6a-4c7e-a3d5-91f07be26c58",
        client_secret="a secret",
        token_url="https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
        scope="https://graph.microsoft.com/.default",
        port=443,
        tls="implicit",
        sender_pool=[FIRST, SECOND],
    )
    pool.note_failing(server.pk, FIRST, REASON, 120.0)
    return scene


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene to the tests of this file."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


def opened(site: Site, opens: Opens, **more: object) -> Page:
    path = f"/admin/mail-server-settings/outgoing/account-{site.scene.kestrel.pk}/"
    page = opens(path, site.scene.priya, **more)
    page.get_by_text("More settings").click()
    return page


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_fields_of_graph_and_a_fault_of_the_pool_are_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, size: str
) -> None:
    page = opened(site, opens, viewport=SIZES[size])
    fault = page.get_by_text(f"{FIRST}, of the sender pool, sends nothing since")
    fault.scroll_into_view_if_needed()
    expect(fault).to_be_visible()
    look_at(page, f"outgoing-pool-fault{size}")
    expect(page.get_by_label("Sender pool")).to_have_value(f"{FIRST}, {SECOND}")
    page.get_by_label("When the queue takes longer than").scroll_into_view_if_needed()
    look_at(page, f"outgoing-graph{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opened(site, opens, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0


def test_by_keys_alone_a_pool_is_written_and_what_is_wrong_is_said_at_its_field(
    site: Site, opens: Opens
) -> None:
    page = opened(site, opens)
    page.get_by_label("Certain of what was sent").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Sender pool")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(", it@kestrel-logistics.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is the server's own mailbox, which sends anyway").first).to_be_visible()
    page.get_by_label("Sender pool").fill(SECOND)
    page.keyboard.press("Enter")
    expect(page.get_by_text("of the sender pool, sends nothing since")).to_have_count(0)
    server = OutgoingServer.objects.get(name="Kestrel")
    assert (server.certain, server.sender_pool) == (True, [SECOND])
