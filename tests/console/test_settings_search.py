"""Finding a single setting on All settings."""

import pytest
from django.urls import reverse

from deskpost.console import admin, settings_search
from deskpost.console.settings_form import SettingsForm
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = reverse("all_settings")


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


def asked(desk: Desk, words: str) -> str:
    response = builders.signed_in(desk.admin).get(URL, {"q": words})
    assert response.status_code == 200
    return response.content.decode()


def test_a_field_is_found_by_its_label_or_its_help_and_links_to_itself(desk: Desk) -> None:
    box = reverse("incoming_mailbox", args=[desk.box.pk])
    assert f'href="{box}#id_fetch_every_0"' in asked(desk, "FETCH mails")
    assert f'href="{reverse("connectivity")}#id_threshold"' in asked(desk, "CONSECUTIVE_RETRY_THRESHOLD")
    assert f'href="{reverse("delimiters")}#id_base"' in asked(desk, "base delim")
    scope = reverse("outgoing_server", args=[f"instance-{desk.server.instance_id}"])
    assert f'href="{scope}#id_alternate_server"' in asked(desk, "alternate")
    assert f'href="{reverse("notification_rules")}"' in asked(desk, "notification rules")


def test_what_a_link_names_is_on_the_page_it_leads_to(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    found, more = settings_search.find("e", admin.GROUPS)
    assert len(found) > 30 or more
    pages: dict[str, str] = {}
    missing = set()
    for one in found:
        address, _, anchor = one.url.partition("#")
        page = pages.setdefault(address, client.get(address).content.decode())
        if anchor and f'id="{anchor}"' not in page:
            missing.add(anchor)
    assert missing <= {"id_tls_0"}, "of IMAPS there is nothing to choose"


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("application error", reverse("notification_rule", args=["application_error"])),
        ("Request received", reverse("notification_rule", args=["request_received"])),
        ("request_created", reverse("notification_rule", args=["request_created"])),
        ("error-notification list", reverse("notification_rule", args=["application_error"])),
        ("connectivity lost", f"{reverse('connectivity')}#id_enabled"),
        ("mailconfig", reverse("connectivity")),
        ("MSP details", reverse("incoming")),
        ("failover", "#id_alternate_server"),
    ],
)
def test_rules_groups_and_what_people_call_a_setting_are_found(desk: Desk, words: str, url: str) -> None:
    assert f'{url}"' in asked(desk, words).partition("No setting fits")[0].partition('role="status"')[2]


def test_with_several_mailboxes_each_is_named_and_without_any_the_new_one(desk: Desk) -> None:
    names = [builders.mailbox(f"Box {number}").name for number in range(6)]
    page = asked(desk, "largest mail")
    assert all(name in page for name in names[:3]) and "and 3 more" in page
    Mailbox.objects.all().delete()
    assert f'href="{reverse("incoming_new")}#id_max_size_mb"' in asked(desk, "largest mail")


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "x" * 5000, "%00 \x00", "a " * 500, "'\"&"])
def test_whatever_is_looked_for_there_is_an_answer(desk: Desk, words: str) -> None:
    page = asked(desk, words)
    assert "<script>alert" not in page and len(page) < 200_000
    assert "No setting fits" in page or "fit" in page


def test_nothing_that_is_hidden_or_a_secret_is_found(desk: Desk) -> None:
    assert "No setting fits" in asked(desk, "id_seen")
    assert "No setting fits" in asked(desk, "secret hunter")


def test_every_form_of_settings_is_searched() -> None:
    listed = {form for _, entries in admin.GROUPS for entry in entries for form in entry.forms}

    def kinds(form: type) -> set[type]:
        return {form, *(one for sub in form.__subclasses__() for one in kinds(sub))}

    leaves = {
        one for one in kinds(SettingsForm) if not one.__subclasses__() and one.__module__[:8] == "deskpost"
    }
    assert leaves <= listed
