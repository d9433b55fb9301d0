"""Attachments of mails: what is dropped, who is told, and what SQL changes of that."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound import global_config
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.deliver import deliver, rehearse
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage
from deskpost.mime.file_checks import WHYS
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import send_due
from tests.command_line import deskpost
from tests.inbound.builders import account, mailbox
from tests.mime.files import PNG, ZIP
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

HANDBOOK = Path(__file__).parents[2] / "docs" / "attachments.md"
SENDER, LIST = "attachment_dropped_sender", "attachment_dropped"
FIVE = {
    "name": ("in#valid?.txt", b"hello"),
    "extension": ("tool.exe", b"hello"),
    "type": ("Alter.txt", PNG),
    "empty": ("nothing.txt", b""),
    "size": ("large.bin", bytes(1_100_000)),
}
SEED = {  # the sentences of the documentation that this is measured by
    "name": "Attachment file name is invalid",
    "extension": "Attachment files contain invalid extensions",
    "type": "Attachment files contain invalid content type",
    "empty": "Attachment contains empty files",
    "size": "Attachment size exceeds the configured limit",
}


@pytest.fixture
def box() -> Mailbox:
    """A mailbox, an account whose people write to it, and a technician on the error-notification list."""
    account("Acme", "acme.example")
    rule = NotificationRule.objects.create(event="application_error", enabled=False)
    dana = make.technician("Dana", "dana@desk.example")
    RuleTechnician.objects.create(rule=rule, person=dana)
    AttachmentSettings.objects.update(max_mb=1)
    return mailbox()


def mail(*files: tuple[str, bytes], number: int = 1, text: str = "See the files.", **headers: str) -> bytes:
    """Give a mail with these files, declared as bytes whatever they are."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Ute Brandt <ute@acme.example>")
    message["To"] = "help@desk.example"
    message["Subject"] = headers.pop("subject", "Printer on fire")
    message["Message-ID"] = f"<{number}@acme.example>"
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


def kept() -> list[str]:
    return list(Attachment.objects.order_by("pk").values_list("name", flat=True))


def dropped() -> dict[str, str]:
    return dict(DroppedFile.objects.order_by("pk").values_list("name", "why"))


def told() -> list[tuple[str, list[str]]]:
    """Give who was told of dropped files, by which mail."""
    rows = OutboxMail.objects.filter(event__in=(SENDER, LIST)).order_by("event")
    return [(one.event, [address for _, address in one.to]) for one in rows]


def step(way: dict) -> dict:
    return next(one for one in way["steps"] if one["step"] == "attachments")


@pytest.mark.requirement(
    "R180", "R181", "R182", "R184", "R186", "R188", "R190", "R191", "R192", "R193", "R194"
)
def test_five_mails_lose_five_files_and_both_mails_of_each_name_file_reason_and_solution(
    box: Mailbox, smtp_sink: SmtpSink
) -> None:
    server = make.server(smtp_sink.port)
    for number, why in enumerate(WHYS, 1):
        file = FIVE[why]
        way = deliver(box, mail(file, ("report 1.pdf", b"%PDF-1.7"), number=number, subject=f"About {why}"))
        assert way["outcome"]["record"] == f"RE-{number}"
        assert step(way)["verdict"] == "remark"
        assert f"dropped 1 of 2: {file[0]}: {SEED[why]}" in step(way)["reason"]
        record = Record.objects.get(number=number)
        assert record.subject == f"About {why}"
        assert record.conversations.get().text.strip() == "See the files.", "the rest is whole"
        assert dropped() == {FIVE[one][0]: one for one in WHYS[:number]}
    assert kept() == ["report 1.pdf"] * 5
    send_until_sent(server.pk)
    for why in WHYS:
        mails = [said(one.content) for one in smtp_sink.received if SEED[why] in said(one.content)]
        assert len(mails) == 2, "one to the sender, one to the list"
        for text in mails:
            for part in (FIVE[why][0], f"Reason: {FILE_ERRORS[why].reason}"):
                assert part in text
            assert f"Solution: {FILE_ERRORS[why].solution}" in text
    to = {recipient for one in smtp_sink.received for recipient in one.recipients}
    assert to == {"ute@acme.example", "dana@desk.example"}


def send_until_sent(server: int) -> None:
    send_due(server)
    assert not OutboxMail.objects.exclude(state="sent").exclude(server=None).exists()


def said(content: bytes) -> str:
    read = message_from_bytes(content, policy=policy.default)
    return str(read.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


@pytest.mark.requirement("R184", "R186", "R188", "R190", "R192", "R185", "R189", "R191", "R193")
def test_the_words_of_the_five_errors_are_those_of_the_documentation() -> None:
    assert {why: told.error for why, told in FILE_ERRORS.items()} == SEED
    solutions = {why: told.solution for why, told in FILE_ERRORS.items()}
    assert "Use letters, numbers, dots, hyphens, and underscores in file names." in solutions["name"]
    assert "Admin > General Settings > Attachments Settings" in solutions["extension"]
    assert "could have been dropped due to Antivirus/Firewall configurations" in solutions["empty"]
    assert (
        "maximum attachment size (MB) under Admin > General Settings > Attachment Settings"
        in solutions["size"]
    )


@pytest.mark.requirement("R185", "R187")
def test_names_with_blanks_and_files_that_are_what_they_are_called_stay(box: Mailbox) -> None:
    files = [
        ("report 1.pdf", b"%PDF-1.7"),
        ("letter.docx", ZIP),
        ("table.csv", b"a;b\r\n"),
        ("server.log", b"started"),
        ("forwarded.eml", b"From: a@b.example\r\n\r\nhello"),
    ]
    way = deliver(box, mail(*files, ("in#valid?.txt", b"hello"), ("Alter.txt", PNG)))
    assert kept() == [name for name, _ in files]
    assert dropped() == {"in#valid?.txt": "name", "Alter.txt": "type"}
    assert step(way)["reason"].startswith("dropped 2 of 7: in#valid?.txt: ")


@pytest.mark.requirement("R183")
def test_the_printed_statement_switches_the_notices_off_and_the_check_stays(box: Mailbox) -> None:
    assert global_config.notices_are_sent()
    deliver(box, mail(FIVE["type"]))
    assert told() == [(LIST, ["dana@desk.example"]), (SENDER, ["ute@acme.example"])]
    select, off, on = re.findall(r"```sql\n(.*?)\n```", HANDBOOK.read_text(), re.DOTALL)
    assert off == (
        "update GlobalConfig set paramvalue='false' where category like 'EMAIL_PROCESSING' and parameter like "
        "'sendAttachmentStrippedNotification';"
    )
    assert "EMAIL_PROCESSING | sendAttachmentStrippedNotification | true" in sql(select)
    assert sql(off).strip() == "UPDATE 1"
    deliver(box, mail(FIVE["type"], number=2, subject="Another"))
    assert DroppedFile.objects.count() == 2 and len(told()) == 2, "dropped, and nobody is told"
    assert sql(on).strip() == "UPDATE 1"
    deliver(box, mail(FIVE["type"], number=3, subject="A third"))
    assert len(told()) == 4


def sql(statement: str) -> str:
    ran = deskpost("sql", "-c", statement)
    assert ran.code == 0, ran.err
    return ran.out


def test_the_tables_of_sql_are_real_ones_of_text_columns(box: Mailbox) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_type, column_name, data_type FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_name = 'globalconfig'"
        )
        assert set(cursor.fetchall()) == {
            ("BASE TABLE", name, "text") for name in ("category", "parameter", "paramvalue")
        }


@pytest.mark.parametrize("value", ["perhaps", "", "0"])
def test_a_switch_without_sense_is_on_and_so_is_one_that_is_gone(box: Mailbox, value: str) -> None:
    rows = global_config.GlobalConfig.objects.all()
    rows.update(paramvalue=value)
    assert global_config.notices_are_sent()
    rows.update(paramvalue=" False ")
    assert not global_config.notices_are_sent()
    rows.delete()
    assert global_config.notices_are_sent()
    global_config.send_notices(None, "cli", False)
    assert not global_config.notices_are_sent()


def test_the_sender_of_an_automatic_mail_is_not_told_and_the_list_is(box: Mailbox) -> None:
    deliver(box, mail(FIVE["type"], Auto_Submitted="auto-generated"))
    assert told() == [(LIST, ["dana@desk.example"])]


def test_an_own_mail_that_comes_back_makes_no_notice(box: Mailbox) -> None:
    loop = str(Installation.objects.get().identity)
    way = deliver(box, mail(FIVE["type"], X_Deskpost_Loop=loop))
    assert way["outcome"]["kind"] == "automatic"
    assert told() == []


def test_a_notice_answers_the_mail_and_is_marked_as_automatic(box: Mailbox) -> None:
    deliver(box, mail(FIVE["type"]))
    notice = OutboxMail.objects.get(event=SENDER)
    assert notice.automatic and notice.answers == "ute@acme.example"
    assert "##RE-1##" in notice.subject
    assert notice.in_reply_to == "<1@acme.example>"
    assert OutboxMail.objects.get(event=LIST).automatic


def test_one_address_gets_as_few_notices_as_receipts_within_an_hour(box: Mailbox) -> None:
    Installation.objects.update(automatic_answers_per_hour=3)
    for number in range(4):
        deliver(box, mail(FIVE["type"], number=number, subject=f"Mail {number}"))
    sent = OutboxMail.objects.exclude(answers=None)
    assert sent.count() == 3
    assert DroppedFile.objects.count() == OutboxMail.objects.filter(event=LIST).count() == 4


def test_a_reply_loses_its_file_too_and_its_sender_hears_of_it(box: Mailbox) -> None:
    deliver(box, mail())
    assert told() == [] and dropped() == {}
    deliver(box, mail(FIVE["type"], number=2, subject="Re: ##RE-1## Printer on fire"))
    assert Record.objects.count() == 1 and Conversation.objects.count() == 2
    assert [event for event, _ in told()] == [LIST, SENDER]


def test_a_mail_that_opens_nothing_notes_its_files_and_tells_nobody(box: Mailbox) -> None:
    deliver(box, mail())
    stranger = mail(FIVE["type"], number=2, subject="##RE-1##", sender="eve@nowhere.example")
    assert deliver(box, stranger)["outcome"]["kind"] == "held"
    assert dropped() == {"Alter.txt": "type"}
    assert told() == []


def test_the_allowed_list_and_the_limit_are_those_of_the_settings(box: Mailbox) -> None:
    AttachmentSettings.objects.update(mode="allowed", extensions=["pdf"], max_mb=2)
    deliver(box, mail(("a.pdf", b"%PDF-1.7"), ("large.pdf", bytes(1_100_000)), ("b.txt", b"hello")))
    assert kept() == ["a.pdf", "large.pdf"]
    assert DroppedFile.objects.get().detail == ".txt is not among the allowed"


@pytest.mark.parametrize(
    "values",
    [
        {"max_mb": 0},
        {"mode": "allowed", "extensions": []},
        {"mode": "some"},
        {"extensions": [".exe"]},
        {"extensions": ["EXE"]},
    ],
)
def test_the_database_refuses_settings_without_sense(values: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AttachmentSettings.objects.update(**values)


def test_names_that_strangers_write_go_out_as_no_links_and_no_lines(box: Mailbox) -> None:
    hostile = "https://evil.example/\u202egnp" + "x" * 150 + "?.txt"
    deliver(box, mail((hostile, b"hello"), *((f"{n}?.txt", b"a") for n in range(40))))
    text = OutboxMail.objects.get(event=SENDER).text
    assert "https://" not in text.replace(Installation.objects.get().public_url or "\0", "")
    assert "\u202e" not in text
    assert "- and 26 more" in text and FILE_ERRORS["name"].solution in text


def test_nothing_is_decided_by_a_declared_type_alone(box: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "ute@acme.example", "<t@acme.example>"
    message.set_content("hello")
    message.add_attachment(b"a;b", "image", "png", filename="table.csv")
    deliver(box, message.as_bytes())
    assert kept() == ["table.csv"] and dropped() == {}


def test_a_rehearsal_says_what_would_be_dropped_and_writes_nothing(box: Mailbox) -> None:
    way = rehearse(box, mail(FIVE["type"]))
    assert "Alter.txt" in step(way)["reason"]
    assert dropped() == {} and not InboundMessage.objects.exists()
