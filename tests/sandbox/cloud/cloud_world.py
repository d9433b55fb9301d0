"""A sandbox for the tests of what is around its mail services: mailboxes, applications, and a browser."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.serve import Addresses, Place, sandbox
from deskpost.sandbox.cloud.tokens import Application

HELP, SALES = "help@msp.example", "sales@msp.example"
DESK, DESK_SECRET = "11111111-0000-4000-8000-000000000001", "desk's secret ~.%"
PUBLIC, ROBOT = "11111111-0000-4000-8000-000000000002", "11111111-0000-4000-8000-000000000003"
REDIRECT = "https://desk.example/oauth/back"


@dataclass
class World:
    """The sandbox, where it is, and a client on its way through the proxy."""

    cloud: Cloud
    at: Addresses
    browser: requests.Session  # also what msal asks with: it knows the real host names only
    direct: requests.Session

    def approve(self, address: str, mailbox: str = HELP, answer: str = "approve") -> dict[str, str]:
        """Open the consent page as a person does, answer it, and give what the application is told."""
        page = self.browser.get(address)
        assert page.status_code == 200, page.text
        form = re.search(r'<form method="post" action="([^"]*)"', page.text)
        assert form is not None and f'value="{mailbox}"' in page.text
        place = urlsplit(address)._replace(path="", query="").geturl() + html.unescape(form[1])
        said = {"mailbox": mailbox, "answer": answer}
        back = self.browser.post(place, data=said, allow_redirects=False)
        assert back.status_code == 303 and back.headers["Location"].startswith(REDIRECT)
        return dict(parse_qsl(urlsplit(back.headers["Location"]).query))

    def admin(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call the admin API."""
        token = {"Authorization": f"Bearer {self.at.admin_token}"}
        return self.direct.request(method, f"{self.at.admin}{path}", headers=token, **more)


@contextmanager
def world(folder: Path, time_scale: float = 1.0) -> Iterator[World]:
    """Serve a sandbox with two mailboxes and three applications."""
    cloud = Cloud.new(time_scale=time_scale)
    cloud.store.add_mailbox(HELP, "Help Desk", "secret")
    cloud.store.add_mailbox(SALES, "Sales", "secret")
    cloud.tokens.register(Application(DESK, {DESK_SECRET}, {REDIRECT}))
    cloud.tokens.register(Application(PUBLIC, set(), {REDIRECT}))
    cloud.tokens.register(Application(ROBOT, {"robot's"}, set(), app_only=True))
    with sandbox(cloud, folder, Place()) as at, requests.Session() as browser, requests.Session() as direct:
        for session in (browser, direct):
            session.trust_env, session.verify = False, at.ca_file
        browser.proxies = {"https": at.proxy}
        yield World(cloud, at, browser, direct)
