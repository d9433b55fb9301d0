"""What others suffered of mails that could not be processed: from the notice to the request after all."""

import io
import zipfile

import pytest

from deskpost.desk.records import Record
from deskpost.inbound import pipeline
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder.mails import unsolved
from deskpost.inbound.process import process
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from tests.console.test_error_folder import TAB
from tests.inbound.test_error_folder import POISON, fail_on_poison
from tests.outbound import builders as make
from tests.pains.desk import Desk, subjects, text_of


@pytest.mark.pain("error-folder-told-to-nobody")
def test_mails_wait_in_a_folder_of_unprocessable_mails_and_nobody_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *rest = pipeline.STEPS
    monkeypatch.setattr(pipeline, "STEPS", (first, ("test step", fail_on_poison), *rest))
    browser = desk.administrator()
    priya = make.Person.objects.get(name="Priya")
    rule, _ = NotificationRule.objects.update_or_create(event="application_error", defaults={"enabled": True})
    RuleTechnician.objects.create(rule=rule, person=priya)
    box = desk.mailbox("Errors", error_folder=True, error_folder_name="Errors", error_notify=True)
    desk.deliver(desk.mail(1), desk.mail(2, subject=f"{POISON} 2"), desk.mail(3), to=box)
    desk.fetch(box)
    assert fetch(box.pk).failure is None  # the worker is woken, and moves it
    assert desk.dovecot.count(box.username, "Errors") == 1

    desk.sends()
    (told,) = desk.arrived(f"priya@{desk.tag}.desk.example")
    assert f"{POISON} 2" in text_of(told)
    page = browser.get(TAB).content.decode()
    assert f"{POISON} 2" in page
    part = browser.get(f"{TAB}{box.pk}/total/").content.decode()
    assert ">1</b>" in part, "as many as the server counts"
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{TAB}{box.pk}/download/").content)) as details:
        assert any(f"{POISON} 2" in details.read(name).decode() for name in details.namelist())

    monkeypatch.undo()
    (row,) = unsolved()
    assert browser.post(f"{TAB}again/", {"mail": row.pk}).status_code == 303
    process(box.pk)
    assert sorted(subjects()) == ["Number 1", "Number 3", f"{POISON} 2"]
    assert not unsolved().exists()
    assert Record.objects.count() == 3
