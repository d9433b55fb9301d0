"""Attachment Settings: which files stay and whether people are told, saved, refused, and kept in the history."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from deskpost.console.attachment_settings import state
from deskpost.desk import settings_history
from deskpost.inbound import attachment_settings, global_config
from deskpost.mime.file_checks import FileRules
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from tests.console import builders
from tests.console.conftest import Desk

URL = "/admin/attachment-settings/"


def form(**values: str) -> dict[str, str]:
    given = {"mode": "denied", "extensions": "exe, bat", "max_mb": "10", "notify": "on", "seen": state()}
    return {**given, **values}


def rules() -> FileRules:
    return attachment_settings.rules_of(attachment_settings.load())


def page(desk: Desk) -> str:
    return str(builders.signed_in(desk.admin).get(URL).content.decode())


def test_it_is_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    assert builders.signed_in(desk.admin).get(URL).status_code == 200
    before = rules()
    for who in (desk.dana, desk.tom):
        client = builders.signed_in(who)
        assert (client.get(URL).status_code, client.post(URL, form(max_mb="2")).status_code) == (403, 403)
    assert rules() == before


@pytest.mark.requirement("R189", "R193")
def test_it_is_found_by_its_words_and_what_is_saved_holds(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    words = client.get(reverse("all_settings")).content.decode()
    group = words[words.index("General Settings") : words.index("Users &amp; roles")]
    assert f'href="{URL}"' in group and "Attachment Settings" in group
    for asked in ("Attachments Settings", "maximum attachment size", "globalconfig", "attachment dropped"):
        found = client.get(reverse("all_settings"), {"q": asked}).content.decode()
        assert f'href="{URL}' in found, asked
    answer = client.post(URL, form(extensions=".PDF; *.Txt png", mode="allowed", max_mb="2"), follow=True)
    assert "Saved. It holds from the next mail on." in answer.content.decode()
    assert rules() == FileRules(True, frozenset(("pdf", "txt", "png")), 2)
    assert "pdf, png, txt</textarea>" in page(desk)
    assert "Only pdf, png, txt, 2 MB at most" in client.get(reverse("all_settings")).content.decode()
    values = form(mode="allowed", extensions="pdf, png, txt", max_mb="2")
    assert "Nothing was changed" in client.post(URL, values, follow=True).content.decode()


def test_the_notice_has_its_checkbox(desk: Desk) -> None:
    assert re.search(r'name="notify"[^>]* checked', page(desk))
    values = form()
    del values["notify"]
    builders.signed_in(desk.admin).post(URL, values)
    assert not global_config.notices_are_sent()
    assert not re.search(r'name="notify"[^>]* checked', page(desk))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"max_mb": "0"}, "max_mb"),
        ({"max_mb": "2001"}, "max_mb"),
        ({"max_mb": "many"}, "max_mb"),
        ({"extensions": "exe, a.b"}, "extensions"),
        ({"extensions": "exe, <b>"}, "extensions"),
        ({"extensions": "ex\0e"}, "extensions"),
        ({"extensions": " ".join(f"e{n}" for n in range(1_001))}, "extensions"),
        ({"mode": "allowed", "extensions": ""}, "extensions"),
        ({"mode": "some"}, "mode"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_is_saved(
    desk: Desk, values: dict[str, str], field: str
) -> None:
    before = rules()
    answer = builders.signed_in(desk.admin).post(URL, form(**values))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}_error">.*To do:', words, re.DOTALL)
    assert rules() == before


def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    mine = form(max_mb="7")
    builders.signed_in(desk.admin).post(URL, form(max_mb="3"))
    client = builders.signed_in(desk.admin)
    answer = client.post(URL, mine)
    assert answer.status_code == 422
    assert "Priya Raman saved other values" in answer.content.decode()
    assert 'value="7"' in answer.content.decode()
    assert rules().max_mb == 3
    seen = answer.context["form"]["seen"].value()
    assert client.post(URL, {**mine, "seen": seen}).status_code == 302
    assert rules().max_mb == 7


def stored(value: str | None) -> None:
    """Write the switch as SQL does, or remove its row."""
    with connection.cursor() as cursor:
        if value is None:
            cursor.execute("DELETE FROM globalconfig")
        else:
            cursor.execute("UPDATE globalconfig SET paramvalue = %s", [value])


def test_a_switch_that_makes_no_sense_is_reported_until_it_is_saved_anew(desk: Desk) -> None:
    assert "makes no sense" not in page(desk)
    stored("<perhaps>")
    words = page(desk)
    assert "sendAttachmentStrippedNotification makes no sense, so true holds" in words
    assert "In the table globalconfig stands “&lt;perhaps&gt;”" in words
    stored(None)
    assert "Its row is gone from the table globalconfig" in page(desk)
    builders.signed_in(desk.admin).post(URL, form())
    assert "makes no sense" not in page(desk)
    assert global_config.PARAMETERS.state() == "sendAttachmentStrippedNotification=true"


def test_an_empty_error_list_is_warned_of(desk: Desk) -> None:
    assert "No technician gets the e-mail" in page(desk)
    rule = NotificationRule.objects.create(event="application_error", enabled=False)
    RuleTechnician.objects.create(rule=rule, person=desk.dana)
    assert "No technician gets the e-mail" not in page(desk)


def test_page_and_sql_are_in_the_history_with_old_and_new_and_can_be_brought_back(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    client.post(URL, form(max_mb="11", reason="Larger scans"))
    client.post(URL, form(max_mb="12"))
    stored("false")
    kinds = ("attachmentsettings", "globalconfig")
    found = settings_history.versions(settings_history.Wanted(kinds), 3)
    assert [(one.kind, one.via, one.changed) for one in found] == [
        ("globalconfig", "sql", ("paramvalue",)),
        ("attachmentsettings", "page", ("max_mb",)),
        ("attachmentsettings", "page", ("extensions", "max_mb")),
    ]
    address = reverse("settings_history") + "?kind=attachmentsettings,globalconfig"
    assert address in page(desk)
    words = client.get(address).content.decode()
    for part in ("Attachment Settings", "Notice of dropped attachments", "by SQL", "Maximum attachment size"):
        assert part in words
    opened = client.get(address, {"open": f"attachmentsettings-{found[2].id}"}).content.decode()
    assert "Larger scans" in opened
    values = {"version": f"attachmentsettings-{found[2].id}", "newest": str(found[1].id)}
    assert "Brought back" in client.post(reverse("settings_restore"), values, follow=True).content.decode()
    assert rules().max_mb == 11
    first = settings_history.versions(settings_history.Wanted(("globalconfig",)), 9)
    values = {"version": f"globalconfig-{first[1].id}", "newest": str(first[0].id)}
    assert "Brought back" in client.post(reverse("settings_restore"), values, follow=True).content.decode()
    assert global_config.notices_are_sent()
