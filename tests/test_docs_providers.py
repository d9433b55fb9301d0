"""The pages about providers: what their tables say is typed into the form, which fills it up as they say."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django import forms
from django.urls import reverse

from deskpost.console.mail_settings.mailbox_fields import MailboxFields
from deskpost.console.mail_settings.server_form import ServerForm
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_form import typed
from tests.console.test_incoming_sign_in import fields
from tests.console.test_outgoing import form, url

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("microsoft-365", "national-clouds", "google", "exchange-on-premises", "any-imap-server")
_TABLE = re.compile(
    r"^### (?P<heading>(?P<way>Incoming|Outgoing) .+)\n\n"
    r"\| Field \| You write \| It is filled with \|\n.+\n(?P<rows>(?:\|.+\n)+)",
    re.MULTILINE,
)
_CODE, _CHOICE = re.compile(r"`([^`]+)`"), re.compile(r"\*\*(.+?)\*\*")
_STANDS_IN = {"client_secret_ends": "2028-11-24"}


@dataclass(frozen=True)
class Table:
    """A table of fields: `incoming` or not, and (label, what to write, what is filled in) of each row."""

    incoming: bool
    rows: tuple[tuple[str, str, str], ...]

    @property
    def known(self) -> dict[str, tuple[str, forms.Field]]:
        """The name and the field of the form by its label."""
        shown = MailboxFields.base_fields if self.incoming else ServerForm.base_fields
        found = {str(field.label): (name, field) for name, field in shown.items()}
        return {**found, "ends on": found["Client secret ends on"]}

    @property
    def written(self) -> dict[str, str]:
        """What the table has people write, by the names of the fields."""
        found = {}
        for label, write, _ in self.rows:
            name, field = self.known[label]
            if write:
                found[name] = _value(name, field, write)
        return found

    @property
    def filled(self) -> dict[str, str]:
        """What the table says is filled in, by the names of the fields."""
        return {self.known[label][0]: text.strip("`") for label, _, text in self.rows if text}


def _value(name: str, field: forms.Field, write: str) -> str:
    if choices := dict(getattr(field, "choices", ())):
        chosen = _CHOICE.search(write)
        return next(str(key) for key, label in choices.items() if chosen and str(label) == chosen[1])
    if isinstance(field, forms.BooleanField):
        return "on"
    code = _CODE.search(write)
    if code is None and write.startswith("empty"):
        return ""
    return code[1] if code else _STANDS_IN.get(name, "what the provider gave")


def tables() -> Iterator[object]:
    for page in PAGES:
        for found in _TABLE.finditer((DOCS / f"{page}.md").read_text()):
            cells = [
                tuple(cell.strip() for cell in row.split("|")[1:-1]) for row in found["rows"].splitlines()
            ]
            rows = tuple((label, write, filled) for label, write, filled in cells)
            yield pytest.param(Table(found["way"] == "Incoming", rows), id=f"{page}: {found['heading']}")


def test_each_page_about_a_provider_has_such_tables() -> None:
    told = [str(table.id) for table in tables()]  # type: ignore[attr-defined]
    for page in PAGES:
        assert any(one.startswith(f"{page}: Incoming") for one in told), page
        assert any(one.startswith(f"{page}: Outgoing") for one in told), page


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: nothing is connected here."""
    return build_desk()


@pytest.mark.requirement("R109", "R110", "R111", "R59", "R79", "R84")
@pytest.mark.parametrize("table", list(tables()))
def test_what_a_page_has_people_write_is_filled_up_as_it_says_and_saved(desk: Desk, table: Table) -> None:
    client, address = builders.signed_in(desk.admin), url()
    empty = dict.fromkeys(("server", "port", "username", "password", "graph_endpoint", "connect_url"), "")
    if table.incoming:
        address = reverse("incoming_new")
        start = {**typed(), **empty, "source_folder": "INBOX", "addresses": "", "name": "Told by a page"}
    else:
        start = {**form(), **empty, "reply_to": "", "grant": "authorization_code"}
        start.pop("requires_authentication", None)
    opened = fields(client.get(address).content.decode())
    start = {**start, "cloud": opened["cloud"], "cloud_proposed": opened["cloud_proposed"]}
    typed_in = {**start, **table.written}
    if "protocol" in table.written and not table.incoming:  # as a browser asks when the protocol is chosen
        port_row = client.get(reverse("outgoing_port"), {**typed_in, "proposed": ""}).content.decode()
        typed_in |= {name: value for name, value in fields(port_row).items() if name in ("port", "proposed")}
    page = client.post(address, {**typed_in, "act": "switch"}).content.decode()
    words = html.unescape(page)
    for label, _, _ in table.rows:
        assert re.search(rf">\s*{re.escape(label)}\s*<", words), f"the form does not show {label}"
    now = fields(page)
    assert {name: now[name] for name in table.filled} == table.filled
    saved = client.post(address, {**opened, **typed_in, **table.filled, "seen": opened["seen"]})
    wrong = re.findall(r'class="wrong"[^>]*>.*?<span>(.*?)</span>', saved.content.decode(), re.DOTALL)
    assert saved.status_code in (302, 303), wrong
