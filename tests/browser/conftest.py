"""A real browser before the real pages: Chromium, an own web server, an own database."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from deskpost.desk.people import Person
from tests.browser import scene
from tests.console import builders
from tests.database import django_on, own

OUTPUT = Path(__file__).parents[1] / "output"
CHROMIUM = "/usr/bin/chromium-headless-shell"  # its own windows and panels cost more than the pages
PATIENCE = 60_000  # milliseconds that a page may take on a machine that does much else; what is there is seen at once
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Site:
    """A running desk, and what was built in it."""

    url: str
    scene: Any


@contextlib.contextmanager
def serve(template: str, blocker: Any, build: Callable[[], Any]) -> Iterator[Site]:
    """Serve a desk from a database of its own."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    with own(name, template), blocker.unblock(), django_on(name):
        server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}", build())
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene from a database that the tests of one file share."""
    with serve(template_database, django_db_blocker, scene.build) as serving:
        yield serving


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the driver that speaks to the browser."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread; we wait for it
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start the browser once."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


Opens = Callable[..., Page]


@contextlib.contextmanager
def opening(chromium: Browser, site: Site) -> Iterator[Opens]:
    """Give a function that opens a page of the site as somebody (None: nobody signed in)."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, who: Person | None = None, **options: object) -> Page:
        context = chromium.new_context(**{"viewport": DESKTOP, "base_url": site.url, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if who is not None:
            cookie = builders.signed_in(who).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def opens(chromium: Browser, site: Site) -> Iterator[Opens]:
    """Give a function that opens a page of the site as somebody (None: nobody signed in)."""
    with opening(chromium, site) as open_page:
        yield open_page
