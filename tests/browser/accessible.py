"""What every page must hold: axe-core finds nothing, nothing is wider than the screen, and a picture is kept."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OUTPUT

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_AXE = Axe().axe_script  # half a megabyte: put into a page once, and asked for what it finds alone
_STANDARD = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# A scheme changes colours and nothing else.
_RULES = {"light": _STANDARD, "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def look_at(page: Page, name: str) -> None:
    """Keep a picture of the page in light and dark, and let axe and the width of the screen judge it."""
    OUTPUT.mkdir(exist_ok=True)
    settle(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.screenshot(path=OUTPUT / f"{name}-{scheme}.png")
        found = complaints(page, _RULES[scheme])
        assert not found, f"{name}-{scheme}:\n" + "\n".join(found)
    assert overflow(page) <= 0, f"{name} scrolls sideways by {overflow(page)} px"


def settle(page: Page) -> None:
    """Wait until a form that was sent led to its page, and the page and the mails in its frames have been drawn."""
    page.wait_for_function("() => !document.querySelector('main form[aria-busy]')")
    page.wait_for_load_state("load")
    page.wait_for_function(
        "() => [...document.querySelectorAll('iframe')].every((it) => it.contentDocument?.readyState === 'complete')"
    )
    page.wait_for_timeout(100)  # the height of a frame follows its content


def complaints(page: Page, rules: dict[str, object] = _STANDARD) -> list[str]:
    """Give what axe-core finds, each with the place it found it at."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    violations = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
    return [
        f"{found['id']}: {node['html'][:160]} | {node.get('failureSummary', '')[:200]}"
        for found in violations
        for node in found["nodes"]
    ]


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
