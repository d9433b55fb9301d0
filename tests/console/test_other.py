"""The tab Other: when people are told of a mailbox that cannot be reached."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from deskpost import settings_file
from deskpost.desk import settings_history
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from tests.console import builders
from tests.console.conftest import Desk

URL = "/admin/mail-server-settings/other/"


def form(**values: str) -> dict[str, str]:
    return {"threshold": "5", "enabled": "on", "seen": connectivity.state(), **values}


def page(desk: Desk) -> str:
    return builders.signed_in(desk.admin).get(URL).content.decode()


def stored(parameter: str, value: str) -> None:
    """Write a value as SQL does."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailconfig SET paramvalue = %s WHERE parameter = %s", [value, parameter])


def test_it_is_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    assert builders.signed_in(desk.admin).get(URL).status_code == 200
    for who in (desk.dana, desk.tom):
        client = builders.signed_in(who)
        assert (client.get(URL).status_code, client.post(URL, form(threshold="2")).status_code) == (403, 403)
    assert connectivity.read().threshold == 5


def test_both_values_are_saved_and_all_settings_say_so(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    assert "Told after 5 failed tries" in client.get(reverse("all_settings")).content.decode()
    answer = client.post(URL, form(threshold="1"), follow=True).content.decode()
    assert "Saved. It holds from the next try on." in answer and 'value="1"' in answer
    assert connectivity.read() == connectivity.Connectivity(1, True, {})
    assert "Told after 1 failed try" in client.get(reverse("all_settings")).content.decode()
    values = form(threshold="1")
    del values["enabled"]
    client.post(URL, values)
    assert connectivity.read() == connectivity.Connectivity(1, False, {})
    assert "Nobody is told" in client.get(reverse("all_settings")).content.decode()
    values["seen"] = connectivity.state()
    assert "Nothing was changed" in client.post(URL, values, follow=True).content.decode()


@pytest.mark.parametrize("typed", ["", "0", "-1", "five", "2.5", "1000001", "9" * 40])
def test_what_is_no_number_of_tries_is_told_beside_the_field_and_kept(desk: Desk, typed: str) -> None:
    values = form(threshold=typed)
    del values["enabled"]
    answer = builders.signed_in(desk.admin).post(URL, values)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'id="id_threshold_error">.*To do:', words, re.DOTALL)
    assert f'value="{typed}"' in words or not typed
    assert connectivity.read() == connectivity.Connectivity(5, True, {}), "nothing is half saved"


def test_blanks_around_the_number_do_no_harm(desk: Desk) -> None:
    builders.signed_in(desk.admin).post(URL, form(threshold=" 7 "))
    assert connectivity.read().threshold == 7


def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    values = form(threshold="7")
    connectivity.change(desk.sam, "page", threshold=3)
    client = builders.signed_in(desk.admin)
    answer = client.post(URL, values)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Sam Okafor saved other values" in words and 'value="7"' in words
    assert connectivity.read().threshold == 3
    seen = answer.context["form"]["seen"].value()
    assert client.post(URL, {**values, "seen": seen}).status_code == 302
    assert connectivity.read().threshold == 7


def test_a_form_that_did_not_come_whole_is_told_so(desk: Desk) -> None:
    answer = builders.signed_in(desk.admin).post(URL, form(seen="a\0b", threshold="7"))
    assert "the form did not come whole" in answer.content.decode()
    assert connectivity.read().threshold == 5


def test_a_value_that_makes_no_sense_is_reported_until_it_is_saved_anew(desk: Desk) -> None:
    assert "makes no sense" not in page(desk)
    stored("CONSECUTIVE_RETRY_THRESHOLD", "<many>")
    stored("NOTIFICATION_ENABLED", "perhaps")
    words = page(desk)
    assert "CONSECUTIVE_RETRY_THRESHOLD makes no sense, so 5 holds" in words
    assert "stands “&lt;many&gt;”" in words
    assert "NOTIFICATION_ENABLED makes no sense, so true holds" in words
    assert 'value="5"' in words
    builders.signed_in(desk.admin).post(URL, form())
    assert "makes no sense" not in page(desk)
    assert connectivity.state() == "CONSECUTIVE_RETRY_THRESHOLD=5 NOTIFICATION_ENABLED=true"


def test_a_row_that_sql_removed_is_reported_and_comes_back_by_save(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM mailconfig")
    assert "Its row is gone" in page(desk)
    builders.signed_in(desk.admin).post(URL, form(threshold="6"))
    assert connectivity.read() == connectivity.Connectivity(6, True, {})


def test_an_empty_error_list_is_warned_of(desk: Desk) -> None:
    assert "Nobody gets the e-mail" in page(desk)
    rule = NotificationRule.objects.create(event="application_error", enabled=False)
    RuleTechnician.objects.create(rule=rule, person=desk.dana)
    assert "Nobody gets the e-mail" not in page(desk)


def test_page_file_and_sql_are_in_the_history_with_old_and_new(desk: Desk, tmp_path) -> None:
    builders.signed_in(desk.admin).post(URL, form(threshold="11"))
    file = tmp_path / "desk.yaml"
    file.write_text("connectivity: {consecutive_retry_threshold: 12}")
    settings_file.apply(settings_file.read(file))
    stored("CONSECUTIVE_RETRY_THRESHOLD", "13")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        user = cursor.fetchone()[0]
    found = settings_history.versions(settings_history.Wanted(("mailconfig",)), 3)
    told = [(one.who, one.via, one.old["paramvalue"], one.new["paramvalue"]) for one in found if one.old]
    assert told == [(user, "sql", "12", "13"), ("", "file", "11", "12"), ("Priya Raman", "page", "5", "11")]
    history = builders.signed_in(desk.admin).get(reverse("settings_history") + "?kind=mailconfig")
    words = history.content.decode()
    for part in (
        "CONSECUTIVE_RETRY_THRESHOLD",
        user,
        "by SQL",
        "by file",
        "by page",
        "Priya Raman",
        "12",
        "13",
    ):
        assert part in words
    assert reverse("settings_history") + "?kind=mailconfig" in page(desk)


def restore(desk: Desk, place: int) -> str:
    """Bring back a version, counted from the newest."""
    found = settings_history.versions(settings_history.Wanted(("mailconfig",)), 9)
    values = {"version": f"mailconfig-{found[place].id}", "newest": str(found[0].id)}
    client = builders.signed_in(desk.admin)
    return client.post(reverse("settings_restore"), values, follow=True).content.decode()


def test_an_earlier_version_is_brought_back_but_one_that_makes_no_sense(desk: Desk) -> None:
    stored("CONSECUTIVE_RETRY_THRESHOLD", "3")
    stored("CONSECUTIVE_RETRY_THRESHOLD", "many")
    stored("CONSECUTIVE_RETRY_THRESHOLD", "4")
    assert "many is no value for CONSECUTIVE_RETRY_THRESHOLD" in restore(desk, 1)
    assert "Brought back" in restore(desk, 2)
    assert connectivity.read().threshold == 3
