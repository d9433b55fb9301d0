"""The page of the delimiters, All settings, and View history."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from deskpost.desk import delimiters, settings, settings_history, settings_words
from deskpost.desk.fields import Group
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk

URL = "/admin/mail-server-settings/delimiters/"


def form(**values: str) -> dict[str, str]:
    present = delimiters.current()
    base = present.pop("")
    return {"base": base, "seen": delimiters.state(), **present, **values}


def test_the_settings_are_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    for name in ("all_settings", "delimiters", "settings_history"):
        assert builders.signed_in(desk.admin).get(reverse(name)).status_code == 200
        for who in (desk.dana, desk.tom, limited):
            client = builders.signed_in(who)
            assert client.get(reverse(name)).status_code == 403
            assert f'href="{reverse("all_settings")}"' not in client.get("/requests/").content.decode()
    assert builders.signed_in(desk.dana).post(URL, form(base="@@")).status_code == 403
    assert builders.signed_in(desk.dana).post(reverse("settings_restore"), {}).status_code == 403
    assert delimiters.current()[""] == "##"


@pytest.mark.requirement("R165")
def test_a_star_is_refused_in_words_and_kept_as_typed(desk: Desk) -> None:
    response = builders.signed_in(desk.admin).post(URL, form(base="#*"))
    page = response.content.decode()
    assert response.status_code == 422
    assert (
        "The base delimiter cannot have *. The allowed special characters are !, @, #, $, %, ^, &amp;."
        in page
    )
    assert 'value="#*"' in page
    assert delimiters.current()[""] == "##"


def test_blanks_around_a_base_are_no_part_of_it_and_one_within_is_named(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.post(URL, form(base="# #")).content.decode()
    assert "cannot have a blank." in page and "To do: use these alone." in page
    assert client.post(URL, form(base=" @@ ")).status_code == 302
    assert delimiters.current()[""] == "@@"


@pytest.mark.requirement("R166")
def test_ten_characters_are_saved_and_eleven_refused(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    assert client.post(URL, form(base="@" * 10)).status_code == 302
    assert delimiters.current()[""] == "@" * 10
    response = client.post(URL, form(base="@" * 11))
    assert "has 11 characters; the maximum is 10" in response.content.decode()
    assert delimiters.current()[""] == "@" * 10


def test_a_changed_code_is_in_the_next_subject_and_the_earlier_one_still_threads(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    response = builders.signed_in(desk.admin).post(URL, form(RE="RQ"), follow=True)
    page = response.content.decode()
    assert "code of Request" in page
    newer = builders.request_by_mail(desk.box, message_id="<2@kestrel.example>")
    assert OutboxMail.objects.filter(subject__contains=f"##RQ-{newer.number}##").exists()
    for code in ("RE", "RQ"):
        joined = builders.request_by_mail(
            desk.box, subject=f"Re: ##{code}-{record.number}## VPN", message_id=f"<{code}@kestrel.example>"
        )
        assert joined == record
    assert re.search(r"Last in a subject", builders.signed_in(desk.admin).get(URL).content.decode())


def test_nothing_is_half_saved(desk: Desk) -> None:
    response = builders.signed_in(desk.admin).post(URL, form(base="@@", RE="TA", TA="RE"))
    assert response.status_code == 422
    assert "TA is the code of TA" in response.content.decode()
    assert delimiters.current()[""] == "##"


def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    client, values = builders.signed_in(desk.admin), form(base="@@")
    delimiters.change(desk.dana, "page", "RE", "RQ")
    response = client.post(URL, values)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Dana Whitfield saved other delimiters" in page
    assert 'name="base" value="@@"' in page
    assert delimiters.current()[""] == "##"
    assert f'name="seen" value="{delimiters.state()}"' in page


def test_the_preview_saves_nothing(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for headers in ({}, builders.htmx()):
        page = client.post(URL, form(base="@@", preview="1"), headers=headers).content.decode()
        assert "@@RE-1@@" in page
    assert delimiters.current()[""] == "##"


def test_every_tracked_setting_has_words() -> None:
    assert set(settings_history.kinds()) == set(settings_words.KINDS)
    for kind in settings_history.kinds():
        assert set(settings_history._columns(kind)) <= set(settings_words.FIELDS), kind


@pytest.mark.requirement("R101")
@pytest.mark.requirement("R102")
def test_the_history_shows_who_when_old_and_new_and_no_secret(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.server, {"port": 587, "password": "hunter2 and more"})
    client = builders.signed_in(desk.admin)
    assert reverse("settings_history") + "?kind=delimiter" in client.get(URL).content.decode()
    page = client.get(reverse("settings_history") + "?kind=outgoingserver").content.decode()
    for words in ("Priya Raman", "by page", "25", "587", "changed"):
        assert words in page
    settings.change(desk.admin, "page", desk.server, {"password": "another one"})
    page = client.get(reverse("settings_history")).content.decode()
    assert "hunter2" not in page and "another one" not in page and "gAAAA" not in page


def test_what_sql_changed_bears_the_name_of_the_database_user(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outgoing_server SET port = 2525")
        cursor.execute("SELECT current_user")
        user = cursor.fetchone()[0]
    page = builders.signed_in(desk.admin).get(reverse("settings_history") + "?by=sql").content.decode()
    assert "2525" in page and user in page and "by SQL" in page


def restore(desk: Desk, kind: str) -> str:
    client = builders.signed_in(desk.admin)
    page = client.get(reverse("settings_history") + f"?kind={kind}").content.decode()
    version, newest = (
        re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("version", "newest")
    )
    values = {"version": version, "newest": newest}
    return client.post(reverse("settings_restore"), values, follow=True).content.decode()


def test_an_earlier_version_is_brought_back_with_its_secret(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.box, {"server": "imap2.example", "password": "new one"})
    assert "Brought back" in restore(desk, "mailbox")
    box = Mailbox.objects.get()
    assert (box.server, box.password, box.source_number) == ("imap.northgate-it.example", "secret", 2)


def test_a_version_whose_group_is_gone_is_refused_in_words(desk: Desk) -> None:
    group = Group.objects.create(name="Network")
    settings.change(desk.admin, "page", desk.box, {"default_group": group})
    settings.change(desk.admin, "page", desk.box, {"default_group": None})
    group.delete()
    assert "Group of new requests of this version is gone" in restore(desk, "mailbox")


def test_a_version_is_not_brought_back_over_a_newer_one(desk: Desk) -> None:
    delimiters.change(desk.admin, "page", "", "@@")
    newest = settings_history.versions(settings_history.Wanted(("delimiter",)), 1)[0]
    values = {"version": f"delimiter-{newest.id}", "newest": "1"}
    page = (
        builders.signed_in(desk.admin).post(reverse("settings_restore"), values, follow=True).content.decode()
    )
    assert "saved again meanwhile" in page
