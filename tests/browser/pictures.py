"""The pictures of the handbook and of README. Not a test of `make test`; taken anew by:

.venv/bin/python -m pytest tests/browser/pictures.py
"""

from pathlib import Path

from tests.browser.accessible import settle
from tests.browser.conftest import PHONE, Opens, Site

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
