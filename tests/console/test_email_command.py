"""The tab Email Command: its settings, the warning while senders can be forged, and trying a command."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from deskpost import settings_file
from deskpost.desk import additional_field_settings as fields
from deskpost.desk import delimiters, settings_history
from deskpost.desk.additional_field_settings import FieldRefused
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.delimiters import DelimiterRefused
from deskpost.desk.history import HistoryEntry
from deskpost.desk.records import Record
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.settings import CommandRefused, EmailCommand
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxMail
from deskpost.settings_file.sections import email_command
from tests.console import builders
from tests.console.conftest import Desk

URL = "/admin/mail-server-settings/email-command/"
TRY = f"{URL}try/"


def form(**values: str) -> dict[str, str]:
    newest = settings_history.versions(settings_history.Wanted(("emailcommand",)), 1)
    typed = {"subject_contains": "@@desk", "delimiter": "$", "enabled": "on", "seen": str(newest[0].id)}
    return {name: value for name, value in {**typed, **values}.items() if value}


@pytest.mark.requirement("R120")
@pytest.mark.requirement("R121")
@pytest.mark.requirement("R123")
def test_the_settings_are_shown_in_a_line_and_changed(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(URL).content.decode()
    assert 'aria-checked="false"' in page and "not set yet" in page
    page = client.post(URL, {"switch": "on", "seen": form()["seen"]}).content.decode()
    assert "the subject must contain something" in page and EmailCommand.objects.get().enabled is False

    refused = client.post(URL, form())  # no mailbox has a source of verdicts: nothing is chosen for anybody
    assert refused.status_code == 422 and not EmailCommand.objects.get().enabled
    assert client.post(URL, form(authenticity="refuse_fail")).status_code == 303
    row = EmailCommand.objects.get()
    assert (row.enabled, row.subject_contains, row.delimiter) == (True, "@@desk", "$")
    page = client.get(URL).content.decode()
    assert "Senders can be forged" in page and "must not fail" in page
    assert client.post(URL, form(authenticity="require_pass")).status_code == 303
    assert "No command is obeyed" in client.get(URL).content.decode()
    Mailbox.objects.update(own_check=True)
    page = client.get(URL).content.decode()
    assert "No command is obeyed" not in page and "Senders can be forged" not in page
    for sign, words in (
        ("a", "cannot have a"),
        ("$ ", ""),
        ("1$", "cannot have 1"),
        ("$=", "cannot have ="),
        ("ä", "ä"),
    ):
        response = client.post(URL, form(authenticity="ignore", delimiter=sign))
        assert response.status_code == (303 if sign.strip() == "$" else 422), sign
        assert words in response.content.decode()
    assert client.post(URL, {"switch": "off", "seen": form()["seen"]}).status_code == 303
    assert not EmailCommand.objects.get().enabled
    assert client.post(URL, {"switch": "on", "seen": form()["seen"]}).status_code == 303
    history = client.get("/admin/history/?kind=emailcommand").content.decode()
    assert "Enable Email Command" in history and "Priya Raman" in history
    assert "Email Command" in client.get("/admin/?q=command").content.decode()


def test_the_command_delimiter_and_every_base_are_apart_both_ways(desk: Desk) -> None:
    row = EmailCommand.objects.get()
    for sign in ("#", "##", "###"):
        with pytest.raises(CommandRefused, match="which is the base delimiter of subjects"):
            command_settings.change(desk.admin, "page", row, {"delimiter": sign})
        row.refresh_from_db()
    delimiters.change(desk.admin, "page", "", "@@")
    with pytest.raises(CommandRefused, match="which was the base delimiter"):
        command_settings.change(desk.admin, "page", row, {"delimiter": "#"})
    row.refresh_from_db()
    with pytest.raises(DelimiterRefused, match="cannot be told from the delimiter of Email Command"):
        delimiters.change(desk.admin, "page", "", "$$")
    assert delimiters.current()[""] == "@@"
    for column, value in (
        ("delimiter", "a"),
        ("delimiter", ""),
        ("delimiter", "=" * 3),
        ("delimiter", "@@"),
        ("enabled", True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailCommand.objects.update(**{column: value})


def test_no_label_of_a_field_holds_the_delimiter_while_commands_are_read(desk: Desk, tmp_path: Path) -> None:
    def save(label: str, field: AdditionalField | None = None) -> AdditionalField:
        field = field or AdditionalField()
        fields.save(desk.admin, "page", field, label, "text", [])
        return field

    def switch(on: bool, **values: object) -> None:
        values |= {"enabled": on, "subject_contains": "@@desk"}
        command_settings.change(desk.admin, "page", EmailCommand.objects.get(), values)

    with pytest.raises(FieldRefused, match="holds no @@"):
        save("Cost @@ x")
    cost = save("Cost $ x")  # off: nobody reads a mail for it
    client = builders.signed_in(desk.admin)
    page = client.post(URL, form(authenticity="ignore")).content.decode()
    assert "$ stands in labels of additional fields" in page and "“Cost $ x”. To do" in page
    switch(True, delimiter="%")
    for label in ("Share in %", "%"):
        with pytest.raises(FieldRefused, match="holds the command delimiter"):
            save(f"a {label}")
    other = save("Other")
    with pytest.raises(FieldRefused, match="holds the command delimiter"):
        save("Other %", other)
    path = tmp_path / "desk.yaml"
    for text, words in (
        ('email_command: {delimiter: "$"}', "“Cost [$] x”"),
        ('fields: {additional: [{label: "5 %", kind: text}]}', "holds the command delimiter"),
    ):
        path.write_text(f"{text}\n")
        with pytest.raises(Exception, match=words):
            settings_file.apply(settings_file.read(path))
    cost.refresh_from_db()
    fields.remove(desk.admin, "page", cost)
    switch(True, delimiter="$")
    with pytest.raises(FieldRefused, match="holds the command delimiter"):
        fields.bring_back(desk.admin, "page", cost)
    switch(False)
    cost.refresh_from_db()
    assert fields.bring_back(desk.admin, "page", cost)
    with pytest.raises(CommandRefused, match="stands in labels"):
        switch(True)
    cost.refresh_from_db()
    save("Cost", cost)
    switch(True)


def test_the_settings_file_has_the_section_and_gives_it_out_again(desk: Desk, tmp_path: Path) -> None:
    def apply(text: str) -> settings_file.Applied:
        path = tmp_path / "desk.yaml"
        path.write_text(text)
        return settings_file.apply(settings_file.read(path))

    on = 'email_command: {enabled: true, subject_contains: "@@desk", delimiter: "%"'
    with pytest.raises(Exception, match="No mailbox has a source of verdicts"):
        apply(f"{on}}}\n")
    apply(f"{on}, authenticity: ignore}}\n")
    exported = email_command.export()
    assert exported == {
        "enabled": True,
        "subject_contains": "@@desk",
        "delimiter": "%",
        "authenticity": "ignore",
    }
    for wrong, words in (
        ('delimiter: "x"', "no letter"),
        ('delimiter: "##"', "base delimiter"),
        ("subject_contains: null", "the subject must contain something"),
        ("authenticity: maybe", "Allowed"),
    ):
        with pytest.raises(Exception, match=words):
            apply(f"email_command: {{{wrong}}}\n")
    assert email_command.export() == exported


def test_a_command_is_tried_and_nothing_is_written(desk: Desk) -> None:
    EmailCommand.objects.update(subject_contains="@@desk")
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.admin)
    page = client.get(URL).content.decode()
    assert "Sam Okafor, technician" in page and "Nothing is sent or changed" in page
    before = (HistoryEntry.objects.count(), OutboxMail.objects.count(), Record.objects.count())
    text = "Hi\n$Operation=EditRequest$\n$Priority=High$ $CostCentre=4410$ $Priority=Urgent$\n-- \nSam"
    typed = {
        "sender": str(desk.sam.pk),
        "authenticity": "pass",
        "subject": f"@@desk ##RE-{record.number}##",
        "text": text,
    }
    page = client.post(TRY, typed).content.decode()
    assert f"RE-{record.number} would be edited" in page and "1 field set, 1 skipped." in page
    assert '<span class="over">' in page and '<span class="skip">' in page and '<span class="read">' in page
    assert "Set, the last of 2 counts" in page and "Skipped, no such field" in page
    assert "One mail to sam@northgate-it.example" in page and "not read" in page
    for change, words in (
        ({"authenticity": "fail"}, "It would be refused"),
        ({"subject": "Printer"}, "It would go on as an ordinary mail"),
        ({"subject": "@@desk", "text": "$Operation=AddRequest$"}, "A request would be opened"),
        ({"sender": str(desk.tom.pk)}, "you may not change"),
        ({"text": "$Operation=EditRequest$\n$Mode Phone$"}, "skipped: </span>$Mode Phone$</span>"),
    ):
        assert words in client.post(TRY, {**typed, **change}).content.decode()
    nobody = builders.person("No Login", "no@kestrel.example", account=desk.kestrel, signs_in=False)
    assert client.post(TRY, {**typed, "sender": str(nobody.pk)}).status_code == 422
    assert before == (HistoryEntry.objects.count(), OutboxMail.objects.count(), Record.objects.count())
    assert builders.signed_in(desk.dana).post(TRY, typed).status_code == 403

    mail_id = builders.last_conversation(record).mail_id
    assert "VPN drops" in client.get(f"{URL}?mail={mail_id}").content.decode()
    EmailCommand.objects.update(subject_contains="VPN")
    assert f"?mail={mail_id}#try" in client.get(f"{URL}?load=1").content.decode()


def test_a_trial_says_what_the_real_mail_meets(desk: Desk) -> None:
    EmailCommand.objects.update(enabled=True, subject_contains="@@desk", authenticity="ignore")
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.admin)
    about = f"@@desk ##RE-{record.number}##"
    html = (
        "<p>$Operation=EditRequest$</p><p>$Priority=High$</p><div style='display:none'>$Priority=Low$</div>"
        "<blockquote type=cite><p>$Resolution=Old$</p></blockquote>"
    )

    def comes(who: str, number: int) -> tuple[MailOutcome, dict[str, str]]:
        """Let a mail that has only HTML come, and give its outcome and the form of a trial that it fills."""
        head = (
            f"From: {who}\r\nTo: {builders.HELP}\r\nSubject: {about}\r\nMessage-ID: <t{number}@x.example>\r\n"
        )
        deliver(desk.box, f"{head}Content-Type: text/html\r\n\r\n{html}\r\n".encode())
        outcome = MailOutcome.objects.latest("pk")
        filled = client.get(f"{URL}?mail={outcome.pk}").context["trial"].initial
        return outcome, {name: str(value) for name, value in filled.items()}

    real, typed = comes("sam@northgate-it.example", 1)
    assert (real.kind, typed["sender"]) == ("command", str(desk.sam.pk)) and "Set: Priority." in real.reason
    page = client.post(TRY, typed).content.decode()
    assert "1 field set, 0 skipped." in page and ">High<" in page
    assert "Old" not in typed["text"] and "Low" not in typed["text"]

    builders.person("Ute Brandt", "ute@kestrel.example", account=desk.kestrel, signs_in=False)
    real, typed = comes("ute@kestrel.example", 2)
    assert (real.kind, typed["sender"]) == ("conversation", ""), "nobody is proposed in her place"
    refused = client.post(TRY, typed)
    assert refused.status_code == 422 and "without a login is an ordinary mail" in refused.content.decode()

    here = builders.person("Kim Here", "kim@other.example", "SDTechnician")
    there = builders.person("Kim There", "kim@other.example", account=desk.vantage, signs_in=False)
    there.sign_in_name = "kim.there@other.example"
    there.save()
    real, typed = comes("kim@other.example", 3)
    assert real.kind == "held"
    for one in (here, there):
        page = client.post(TRY, {**typed, "sender": str(one.pk)}).content.decode()
        assert "It would be held" in page and "is known in 2 accounts" in page and "1 field set" not in page
    there.addresses.update(preferred=True)
    real, typed = comes("kim@other.example", 4)
    assert real.kind == "refused"
    page = client.post(TRY, {**typed, "sender": str(here.pk)}).content.decode()
    assert "It would be the mail of Kim There, Vantage Legal" in page and "1 field set" not in page
    page = client.post(TRY, {**typed, "sender": str(there.pk)}).content.decode()
    assert "It would be refused" in page and "names no request that you may change" in page
