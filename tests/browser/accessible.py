"""What every page must hold: axe-core finds nothing, and nothing is wider than the screen.

`make pictures` keeps a picture of each in light and dark as well, and lets the colours of dark be judged: half the
time that the pages take.
"""

import os
from collections.abc import Mapping
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, OUTPUT, PATIENCE

PICTURES = "DESKPOST_TEST_PICTURES" in os.environ
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark") if PICTURES else ("light",)
_AXE = Axe().axe_script  # half a megabyte: put into a page once, and asked for what it finds alone
_STANDARD = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
_FRAMES_CAME = """
() => [...document.querySelectorAll('iframe')].every((it) => it.contentDocument?.readyState === 'complete')
"""
# A scheme changes colours and nothing else. What a narrow page has beside a wide one is its measures. To judge colours
# takes three quarters of the time.
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_MEASURES = {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "meta-viewport"]}
_WIDE = {"light": _STANDARD, "dark": _COLOURS}


def look_at(page: Page, name: str) -> None:
    """Let axe and the width of the screen judge a page, and keep pictures of it where they are asked for."""
    settle(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if PICTURES:
            page.screenshot(path=OUTPUT / f"{name}-{scheme}.png")
        if page.evaluate("innerWidth") >= DESKTOP["width"]:
            found = complaints(page, _WIDE[scheme])
        else:
            found = complaints(page, _MEASURES) if scheme == "light" else []
        assert not found, f"{name}-{scheme}:\n" + "\n".join(found)
    assert overflow(page) <= 0, f"{name} scrolls sideways by {overflow(page)} px"


def settle(page: Page) -> None:
    """Wait until a form that was sent led to its page, and the page and the mails in its frames have been drawn."""
    expect(page.locator("main form[aria-busy]")).to_have_count(0)
    page.wait_for_load_state("load")
    frames_came(page)
    page.wait_for_timeout(100)  # the height of a frame follows its content


def frames_came(page: Page) -> None:
    """Wait until every mail in a frame is there.

    Not by wait_for_function: what does not hold at its first look it asks again by eval() within the page, which the
    page's Content Security Policy forbids.
    """
    for _ in range(PATIENCE // 50):
        if page.evaluate(_FRAMES_CAME):
            return
        page.wait_for_timeout(50)
    raise AssertionError("a frame did not come")


def nothing_is_asked(page: Page) -> None:
    """Wait until what htmx asked for is there and in its place."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def complaints(page: Page, rules: Mapping[str, object] = _STANDARD) -> list[str]:
    """Give what axe-core finds, each with the place it found it at."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"], "selectors": False}
    violations = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
    return [
        f"{found['id']}: {node['html'][:160]} | {node.get('failureSummary', '')[:200]}"
        for found in violations
        for node in found["nodes"]
    ]


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
