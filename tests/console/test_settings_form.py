"""What forms of settings share: fields, widgets, rows, and the second of two who save."""

import re
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from deskpost.console import settings_form as parts
from deskpost.desk import settings
from deskpost.inbound.mailboxes import Mailbox
from deskpost.secret_field import encrypt
from tests.console.conftest import Desk, build_desk


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


class Sample(parts.SettingsForm):
    acts = ("fetching",)
    protocol = forms.ChoiceField(
        choices=[("pop", "POP"), ("imap", "IMAP")],
        widget=parts.Segments(live={"hx-get": "/x"}),
        label="Protocol",
        help_text="Choose.",
    )
    server = parts.Line(written=True, label="Server name / IP address", max_length=20)
    password = parts.Secret(label="Password")
    addresses = parts.Addresses(label="E-mail address")
    domains = parts.Domains(label="Domains", required=False)
    port = parts.Whole(1, 65535, label="Port")
    fetch_every = parts.Interval(10, 86400, "From 10 seconds to 24 hours. To do: type one.", label="Every")


GOOD = {
    "protocol": "imap",
    "server": "  imap.example ",
    "addresses": "Help@Desk.example, it@desk.example,help@desk.example",
    "domains": "@Kestrel.example",
    "port": " 993 ",
    "fetch_every_number": "2",
    "fetch_every_unit": "60",
}


def form(row: Mailbox, **values: str) -> Sample:
    data = QueryDict(mutable=True)
    data.update({**GOOD, **values})
    return Sample(row, data)


def row_of(form: Sample, name: str) -> str:
    return render_to_string("console/components/_setting_row.html", {"field": form[name]})


def test_blanks_around_are_trimmed_and_values_are_as_the_settings_hold_them(desk: Desk) -> None:
    good = form(desk.box)
    assert good.is_valid(), good.errors
    assert good.cleaned_data == {
        "protocol": "imap",
        "server": "imap.example",
        "password": "",
        "addresses": ["help@desk.example", "it@desk.example"],
        "domains": ["kestrel.example"],
        "port": 993,
        "fetch_every": 120,
        "seen": "",
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("server", "", "This is empty"),
        ("server", "x" * 21, "This has 21 characters. To do: shorten it to 20."),
        ("server", "a\nb", "line break or an unseen sign"),
        ("server", "a\0b", "line break or an unseen sign"),
        ("password", "a\rb", "line break or an unseen sign"),
        ("port", "", "This is empty"),
        ("port", "0", "no whole number from 1 to 65535"),
        ("port", "65536", "no whole number from 1 to 65535"),
        ("port", "imap", "no whole number from 1 to 65535"),
        ("addresses", "help", "help is not an e-mail address"),
        ("domains", "local", "local is not a mail domain"),
        ("fetch_every_number", "", "From 10 seconds"),
        ("fetch_every_number", "-1", "From 10 seconds"),
        ("fetch_every_number", "1.5", "From 10 seconds"),
        ("fetch_every_number", "9" * 30, "From 10 seconds"),
        ("fetch_every_unit", "x", "From 10 seconds"),
        ("protocol", "smtp", "cannot be chosen here"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_tied_to_it(
    desk: Desk, name: str, value: str, said: str
) -> None:
    wrong = form(desk.box, **{name: value})
    field = name.removesuffix("_number").removesuffix("_unit")
    assert list(wrong.errors) == [field]
    html = row_of(wrong, field)
    assert said in html and 'aria-invalid="true"' in html and f"id_{field}_error" in html
    summary = render_to_string("console/components/_error_summary.html", {"form": wrong})
    aim = re.search(r'href="#([^"]+)"', summary)
    assert aim and f'id="{aim[1]}"' in html


def test_a_stored_secret_is_dots_and_a_typed_one_is_carried_on_sealed(desk: Desk) -> None:
    assert "Change" in row_of(Sample(desk.box), "password")
    assert "Change" not in row_of(Sample(Mailbox()), "password")
    settings.change(desk.admin, "page", desk.box, {"password": "a lamp in the corner"})
    html = row_of(form(desk.box, password="four horses", port="0"), "password")
    assert "four horses" not in html and "lamp" not in html
    sealed = re.search(r'name="password_typed" value="([^"]+)"', html)
    assert sealed
    assert form(desk.box, password_typed=sealed[1])["password"].value() == "four horses"
    again = form(desk.box, password_typed=sealed[1], password="another")
    assert again.is_valid() and again.cleaned_data["password"] == "another"


@pytest.mark.parametrize("typed", ["rubbish", "ü", "gAAAAA"])
def test_what_the_form_has_not_sealed_is_no_secret(desk: Desk, typed: str) -> None:
    for sealed in (typed, encrypt("a secret of the database")):
        assert form(desk.box, password_typed=sealed)["password"].value() == ""


def test_the_second_of_two_who_save_is_told_who_saved_what(desk: Desk) -> None:
    opened = str(Sample(desk.box).initial["seen"])
    settings.change(desk.sam, "page", desk.box, {"fetching": True})
    assert not form(desk.box, seen=opened).saved_meanwhile()
    settings.change(desk.sam, "page", desk.box, {"port": 1993, "username": "other"})
    settings.change(desk.sam, "page", desk.box, {"fetching": False})
    second = form(desk.box, seen=opened)
    assert second.is_valid() and second.saved_meanwhile()
    (words,) = second.non_field_errors()
    assert "Sam Okafor saved these settings" in words and "Port" in words and "User name" in words
    assert second["server"].value() == "  imap.example "
    newer: Any = second["seen"].value()
    assert not form(desk.box, seen=newer).saved_meanwhile()
