"""A fresh installation in a browser: the printed link, the first administrator's form, and the desk behind it."""

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessible import complaints
from tests.browser.conftest import DESKTOP
from tests.command_line import Running, eventually, free_port

NAME = "Priya Raman"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.usefixtures("database")
def test_whoever_fills_in_the_page_of_the_printed_link_is_signed_in(
    chromium: Browser, tmp_path: Path
) -> None:
    port = free_port()
    with Running("run", "--port", str(port), "--workers", "1", log=tmp_path / "log") as run:
        link = eventually(lambda: re.search(rf"http://127.0.0.1:{port}/first/\S+", run.said))[0]
        eventually(lambda: _listens(port))
        context = chromium.new_context(viewport=DESKTOP)
        page = context.new_page()
        page.goto(link)
        expect(page.get_by_role("heading", name="Who looks after this desk?")).to_be_visible()
        assert complaints(page) == []
        page.get_by_label("Name", exact=True).fill(NAME)
        page.get_by_label("E-mail address").fill("priya@northgate-it.example")
        page.get_by_label("Password").fill("a long and good one")
        expect(page.get_by_label("Address of this desk")).to_have_value(f"http://127.0.0.1:{port}/")
        page.get_by_label("Time zone").select_option("Europe/Berlin")
        page.get_by_role("button", name="Start").click()
        expect(page).to_have_url(f"http://127.0.0.1:{port}/requests/")
        expect(page.locator("#person-menu")).to_contain_text("priya@northgate-it.example")
        page.goto(f"http://127.0.0.1:{port}/admin/")
        expect(page.locator("#main")).to_be_visible()

        stranger = chromium.new_context().new_page()
        stranger.goto(link)
        expect(stranger.get_by_role("heading", name="This link does not work")).to_be_visible()
        stranger.context.close()
        context.close()
        run.end()
