"""The error folder on pages: in a mailbox's form, and the tab that lists error mails by reason."""

import io
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from deskpost import settings_file
from deskpost.inbound import leases, pipeline
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder.gone import VANISHED
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching
from deskpost.inbound.messages import MailAct, MailOutcome
from deskpost.inbound.process import process
from deskpost.outbound.rules import NotificationRule
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_incoming_form import URL, make, send, typed
from tests.inbound.builders import mail
from tests.inbound.test_error_folder import POISON, fail_on_poison, letter
from tests.servers.dovecot import Dovecot

TAB = "/admin/mail-server-settings/error-folder/"
ON = {"error_folder": "on", "error_folder_name": "Errors", "error_notify": "on"}


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    first, *rest = pipeline.STEPS
    monkeypatch.setattr(pipeline, "STEPS", (first, ("test step", fail_on_poison), *rest))
    return monkeypatch


def take_in(box: Mailbox) -> None:
    fetch(box.pk)
    process(box.pk)
    fetch(box.pk)


def with_errors(desk: Desk, dovecot: Dovecot, count: int = 2, **values: str) -> Mailbox:
    """Make a mailbox by its page and let mails in it fail."""
    box = make(desk, **typed(dovecot, **ON, **values))
    start_fetching(None, "page", box)
    dovecot.deliver_many(box.username, [letter(n, POISON) for n in range(count)])
    take_in(box)
    box.refresh_from_db()
    return box


@pytest.mark.requirement("R19")
def test_the_form_has_the_switch_off_at_first_and_saves_its_options(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(f"{URL}new/").content.decode()
    assert '<input type="checkbox" name="error_folder"' in page
    assert 'name="error_folder" id="id_error_folder" checked' not in page
    box = make(desk, **typed(**ON, error_stop="on", error_stop_after="25"))
    columns = (box.error_folder, box.error_folder_name, box.error_stop_after, box.error_notify)
    assert columns == (True, "Errors", 25, True)
    page = client.get(f"{URL}{box.pk}/").content.decode()
    for words in (
        "Stop mail fetching after",
        "Total number of mails in error folder",
        "Move mails to inbox",
        "Download",
    ):
        assert words in page


def test_an_error_folder_needs_a_name_of_its_own(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for name, words in (
        ("", "This is empty. To do: name the folder"),
        ("INBOX", "error mails would come back"),
        ("inbox/", "A level of this name is empty"),
        ("Inbox", "error mails would come back"),
    ):
        status, page = send(client, f"{URL}new/", typed(**{**ON, "error_folder_name": name}))
        assert status == 422
        assert words in page


@pytest.mark.requirement("R32")
def test_pop_has_the_switch_disabled_with_the_reason_and_saves_it_off(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    status, page = send(client, f"{URL}new/", {**typed(**ON), "protocol": "pop", "act": "switch"})
    assert '<input type="checkbox" disabled id="error-folder-off"' in page
    assert "POP knows no folders" in page
    assert not make(desk, **typed(**ON, protocol="pop", port="110")).error_folder


@pytest.mark.requirement("R32")
def test_a_settings_file_with_an_error_folder_at_pop_is_refused_naming_the_line(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "settings.yaml"
    text = (
        "mailboxes:\n  - name: Pop\n    protocol: pops\n    server: mail.example\n    username: help\n"
        "    password: pw\n    addresses: [help@x.example]\n    error_folder:\n      name: Errors\n"
    )
    file.write_text(f"{text}      enabled: true\n")
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        settings_file.apply(settings_file.read(file))
    mistake = caught.value.mistakes[0]
    assert mistake.line == 10
    assert "knows no folders" in mistake.said
    file.write_text(
        text.replace("pops", "imaps") + "      enabled: true\n      stop_after: 3\n      notify: false\n"
    )
    settings_file.apply(settings_file.read(file))
    box = Mailbox.objects.get(name="Pop")
    assert (box.error_folder, box.error_stop_after, box.error_notify) == (True, 3, False)


@pytest.mark.requirement("R25")
def test_the_form_says_when_the_rule_that_tells_of_error_mails_is_off(desk: Desk) -> None:
    box = make(desk, **typed(**ON))
    client = builders.signed_in(desk.admin)
    NotificationRule.objects.update_or_create(event="application_error", defaults={"enabled": False})
    page = client.get(f"{URL}{box.pk}/").content.decode()
    assert "Off, so nobody is told:" in page
    assert 'href="/admin/notification-rules/application_error/"' in page
    NotificationRule.objects.filter(event="application_error").update(enabled=True)
    assert "Off, so nobody is told:" not in client.get(f"{URL}{box.pk}/").content.decode()


@pytest.mark.requirement("R22", "R23", "R31")
def test_mails_are_listed_by_reason_counted_at_the_server_and_moved_back(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot, 4)
    client = builders.signed_in(desk.admin)
    page = client.get(TAB).content.decode()
    assert "The step test step failed: ValueError" in page
    assert "Poison 3" in page and "Show 1 more of this reason" in page
    assert ">4</b>" in client.get(f"{TAB}{box.pk}/total/").content.decode()
    poison.undo()
    answer = client.post(f"{TAB}{box.pk}/move/", follow=True)
    assert (
        "4 mails are back in the inbox of Help. They are processed anew by the fetch"
        in answer.content.decode()
    )
    assert ">0</b>" in client.get(f"{TAB}{box.pk}/total/").content.decode()
    take_in(box)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["request"] * 4


@pytest.mark.requirement("R28", "R29")
def test_the_zip_is_downloaded_and_the_person_is_noted(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot)
    client = builders.signed_in(desk.admin)
    assert client.head(f"{TAB}{box.pk}/download/").status_code == 200
    assert not MailAct.objects.exists()
    for address in (f"{TAB}{box.pk}/download/", f"{TAB}download/"):
        answer = client.get(address)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            assert len(file.namelist()) == 3
            assert "Subject: Poison" in file.read(file.namelist()[0]).decode()
    assert set(MailAct.objects.values_list("kind", "person")) == {("details", desk.admin.pk)}
    trace = client.get(f"/trace/{ErrorMail.objects.first().pk}/").content.decode()
    assert "downloaded its error details" in trace
    page = client.get(TAB).content.decode()
    assert "holds personal data" in page
    assert "for analysis." not in page
    assert send(client, TAB, {"support_address": "help@partner.example"})[0] == 302
    page = client.get(TAB).content.decode()
    assert "Send the files to <b>help@partner.example</b> for analysis." in page


def test_a_wrong_support_address_is_told(desk: Desk) -> None:
    answer = builders.signed_in(desk.admin).post(TAB, {"support_address": "nobody", "seen": ""})
    assert answer.status_code == 422
    assert "nobody is not an e-mail address" in answer.content.decode()


def test_error_mails_are_processed_again_from_the_page(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot, 3)
    client = builders.signed_in(desk.admin)
    poison.undo()
    one = ErrorMail.objects.first()
    answer = client.post(f"{TAB}again/", {"mail": one.pk}, follow=True)
    assert "1 mail is processed again." in answer.content.decode()
    answer = client.post(f"{TAB}again/", {"why": one.why}, follow=True)
    assert "2 mails are processed again." in answer.content.decode()
    process(one.mailbox_id)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["request"] * 3


def test_chosen_error_mails_are_processed_again_and_the_others_stay(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot, 3)
    client = builders.signed_in(desk.admin)
    poison.undo()
    one, two, three = ErrorMail.objects.order_by("pk")
    page = client.post(f"{TAB}again/", {"act": "again", "mail": [one.pk, three.pk]}, follow=True)
    assert "2 mails are processed again." in page.content.decode()
    process(one.mailbox_id)
    kinds = dict(MailOutcome.objects.values_list("pk", "kind"))
    assert kinds == {one.pk: "request", two.pk: "error", three.pk: "request"}


def test_without_a_choice_nothing_is_processed_again_and_that_is_told(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot)
    client = builders.signed_in(desk.admin)
    for act in ("again", "download"):
        page = client.post(f"{TAB}again/", {"act": act}, follow=True).content.decode()
        assert "There is no error mail to process again." in page
    assert not MailAct.objects.exists()


def test_the_zip_of_chosen_mails_holds_those_alone(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot, 3)
    one, two, _ = ErrorMail.objects.order_by("pk")
    answer = builders.signed_in(desk.admin).post(
        f"{TAB}again/", {"act": "download", "mail": [one.pk, two.pk]}
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.namelist() == [f"mail-{one.pk}.txt", f"mail-{two.pk}.txt", "error-log.txt"]
    assert set(MailAct.objects.values_list("mail", flat=True)) == {one.pk, two.pk}


def test_the_details_of_one_mail_are_read_on_the_page_and_that_is_noted(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot)
    one = ErrorMail.objects.first()
    ErrorMail.objects.filter(pk=one.pk).update(words=VANISHED)
    url, client = f"{TAB}mail/{one.pk}/", builders.signed_in(desk.admin)
    assert url in client.get(TAB).content.decode()
    assert client.head(url).status_code == 200 and not MailAct.objects.exists()
    page = client.get(url).content.decode()
    assert "Subject: Poison" in page and "Traceback" in page and "Process again" in page
    assert VANISHED in page
    act = MailAct.objects.get()
    assert (act.kind, act.person, act.mail_id) == ("details", desk.admin, one.pk)
    assert "read its error details" in client.get(f"/trace/{one.pk}/").content.decode()
    assert builders.signed_in(desk.dana).get(url).status_code == 403
    assert client.get(f"{TAB}mail/987/").status_code == 404


def test_the_list_is_narrowed_to_a_mailbox_and_to_a_step(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot, 4)
    other = with_errors(desk, dovecot, 1, name="Other")
    ErrorMail.objects.filter(mailbox=other).update(step="parse")
    client = builders.signed_in(desk.admin)
    shown = {
        "": "5 mails",
        f"?mailbox={box.pk}": "4 mails",
        f"?mailbox={other.pk}": "1 mail",
        "?step=parse": "1 mail",
        "?step=test+step": "4 mails",
        f"?mailbox={box.pk}&step=parse": "0 mails",
        "?mailbox=x&step=%00": "5 mails",
    }
    for query, count in shown.items():
        page = client.get(f"{TAB}{query}").content.decode()
        assert f'<h2 id="error-mails">{count}, ' in page, query
    assert (
        "No error mail fits these filters."
        in client.get(f"{TAB}?mailbox={box.pk}&step=parse").content.decode()
    )
    assert "1 Parse" in client.get(f"{TAB}?step=parse").content.decode()


def test_of_a_mail_that_is_too_large_the_page_leads_to_the_limit_and_offers_no_second_try(
    desk: Desk, dovecot: Dovecot
) -> None:
    box = make(desk, **typed(dovecot, **ON, max_size_mb="1"))
    start_fetching(None, "page", box)
    dovecot.deliver_many(box.username, [mail(subject="Scan", text=("y" * 70 + "\n") * 20_000)])
    take_in(box)
    page = builders.signed_in(desk.admin).get(TAB).content.decode()
    assert "Larger than the mailbox takes: over 1 MB" in page
    assert "Only the headers were fetched, the mails wait at their server." in page
    assert f'href="{URL}{box.pk}/#id_max_size_mb">Raise the limit' in page
    assert '<td role="cell" class="t-step">Collecting</td>' in page
    assert "Process again<span" not in page


def test_a_server_that_cannot_be_reached_is_told_and_the_last_number_stays(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot)
    Mailbox.objects.filter(pk=box.pk).update(port=1)
    client = builders.signed_in(desk.admin)
    part = client.get(f"{TAB}{box.pk}/total/").content.decode()
    assert ">2</b>" in part and "as of" in part
    answer = client.post(f"{TAB}{box.pk}/move/", follow=True)
    assert "127.0.0.1:1" in answer.content.decode()
    assert set(ErrorMail.objects.values_list("place", flat=True)) == {"folder"}


@pytest.mark.requirement("R21")
def test_the_stop_at_the_limit_stands_on_the_mailbox(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot, error_stop="on", error_stop_after="2")
    assert not box.fetching
    client = builders.signed_in(desk.admin)
    for address in (URL, f"{URL}{box.pk}/", TAB):
        assert "Stopped, error folder full" in client.get(address).content.decode()
    assert "holds 2 mails" in client.get(URL).content.decode()
    client.post(f"{URL}{box.pk}/start/")
    assert not MailboxState.objects.get(mailbox=box).held_at_limit


@pytest.mark.requirement("R27")
def test_the_database_holds_no_clear_word_of_the_details(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    with_errors(desk, dovecot)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM error_mail e WHERE e::text LIKE '%%Poison%%' OR e::text LIKE '%%acme%%'"
        )
        assert cursor.fetchone() == (0,)


def test_while_a_fetch_is_under_way_nothing_is_moved_and_that_is_told(
    desk: Desk, dovecot: Dovecot, poison: pytest.MonkeyPatch
) -> None:
    box = with_errors(desk, dovecot)
    poison.setattr(error_return, "PATIENCE", 0.1)
    with leases.take(f"fetch:{box.pk}"):
        answer = builders.signed_in(desk.admin).post(f"{TAB}{box.pk}/move/", follow=True)
    assert "is being fetched at this moment, and nothing was moved" in answer.content.decode()
    assert dovecot.count(box.username, "Errors") == 2
