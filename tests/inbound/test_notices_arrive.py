"""Notices of mails that did not go as their senders meant: they arrive by a real Postfix, at whom they are for."""

import os
import re
from email import message_from_bytes, policy

import pytest

from deskpost.desk.accounts import Domain
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.inbound.messages import MailOutcome
from deskpost.mime.file_checks import WHYS
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.inbound import test_attachments as files
from tests.inbound.builders import mail
from tests.inbound.test_error_folder import POISON, letter, poison, take_in, with_folder
from tests.inbound.test_fetch import box
from tests.outbound import builders as make
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

__all__ = ["poison"]

pytestmark = pytest.mark.usefixtures("database")


def nobody_else(name: str, domain: str) -> str:
    """Give an address to which no other test writes: the tests of a process share one Postfix."""
    return f"{name}-{os.urandom(4).hex()}@{domain}"


def listed(enabled: bool) -> list[str]:
    """Put two technicians on the error-notification list, and give their addresses."""
    rule = NotificationRule.objects.create(event="application_error", enabled=enabled)
    addresses = [nobody_else(name, "desk.example") for name in ("dana", "sam")]
    for address in addresses:
        person: Person = make.technician(address.split("-")[0].title(), address)
        RuleTechnician.objects.create(rule=rule, person=person)
    return addresses


def send_all(postfix: Postfix) -> None:
    """Send all that waits, and see that Postfix took it."""
    send_due(OutgoingServer.objects.get(port=postfix.no_login).pk)
    assert not OutboxMail.objects.exclude(state="sent").exists()


def texts(postfix: Postfix, address: str, count: int) -> list[str]:
    """Give what arrived for an address, and that it was so many mails."""
    mails = postfix.mails(address, wait_for=count)
    assert len(mails) == count
    read = (message_from_bytes(one, policy=policy.default) for one in mails)
    return [f"{one['Subject']}\n{one.get_body(('plain',)).get_content()}" for one in read]


@pytest.mark.requirement("R24", "R25")
def test_of_three_error_mails_three_notices_arrive_at_each_on_the_list(
    dovecot: Dovecot, postfix: Postfix, poison: pytest.MonkeyPatch
) -> None:
    addresses = listed(enabled=True)
    make.server(postfix.no_login)
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(3)])
    take_in(made)
    send_all(postfix)
    for address in addresses:
        arrived = texts(postfix, address, 3)
        for number in range(3):
            assert sum(f"{POISON} {number}" in text for text in arrived) == 1, arrived
        assert all(made.name in text for text in arrived)


@pytest.mark.requirement("R24", "R25")
@pytest.mark.parametrize(("ticked", "rule"), [(False, True), (True, False)], ids=["unticked", "rule off"])
def test_where_it_is_not_wanted_no_notice_of_an_error_mail_arrives(
    dovecot: Dovecot, postfix: Postfix, poison: pytest.MonkeyPatch, ticked: bool, rule: bool
) -> None:
    addresses = listed(rule)
    make.server(postfix.no_login)
    made = with_folder(dovecot, error_notify=ticked)
    take_in(made)  # nobody is answered whose mail was there before
    customer = nobody_else("ute", "acme.example")
    Domain.objects.create(account=make.account("Acme"), name="acme.example")
    good = letter(9).replace(b"ute@acme.example", customer.encode())
    dovecot.deliver_many(made.username, [letter(n, POISON) for n in range(3)] + [good])
    take_in(made)
    send_all(postfix)
    assert len(texts(postfix, customer, 1)) == 1, "what is to be sent does arrive"
    for address in addresses:
        assert texts(postfix, address, 0) == []


@pytest.mark.requirement("R162")
def test_a_person_s_mail_is_answered_and_a_monitoring_alert_beside_it_is_not(
    dovecot: Dovecot, postfix: Postfix
) -> None:
    Domain.objects.create(account=make.account("Acme"), name="acme.example")
    person, machine = nobody_else("ute", "acme.example"), nobody_else("zabbix", "acme.example")
    make.server(postfix.no_login)
    made = box(dovecot)
    take_in(made)  # nobody is answered whose mail was there before
    alert = {"Auto_Submitted": "auto-generated", "subject": "PROBLEM: disk /var 95 %"}
    dovecot.deliver(made.username, mail(sender=machine, message_id="<a@mon.example>", **alert))
    dovecot.deliver(made.username, mail(sender=person))
    take_in(made)
    assert set(Record.objects.values_list("subject", flat=True)) == {alert["subject"], "Printer on fire"}
    send_all(postfix)
    assert len(texts(postfix, person, 1)) == 1
    assert texts(postfix, machine, 0) == []


@pytest.mark.requirement("R180", "R181", "R182", "R184", "R186", "R188", "R190", "R191", "R192", "R194")
def test_of_a_dropped_file_two_mails_arrive_that_name_file_reason_and_solution(
    dovecot: Dovecot, postfix: Postfix
) -> None:
    Domain.objects.create(account=make.account("Acme"), name="acme.example")
    customer = nobody_else("ute", "acme.example")
    dana, sam = listed(enabled=False)
    AttachmentSettings.objects.update(max_mb=1)
    make.server(postfix.no_login)
    made = box(dovecot)
    take_in(made)  # nobody is answered whose mail was there before
    for number, why in enumerate(WHYS):
        raw = files.mail(files.FIVE[why], number=number, sender=f"Ute <{customer}>", subject=f"About {why}")
        dovecot.deliver(made.username, raw)
    take_in(made)
    assert dict(DroppedFile.objects.values_list("name", "why")) == {files.FIVE[why][0]: why for why in WHYS}
    assert not Attachment.objects.exists()
    rest = Conversation.objects.filter(record__subject__startswith="About ")
    assert [one.text.strip() for one in rest] == ["See the files."] * 5
    for one in MailOutcome.objects.all():
        why = one.subject.removeprefix("About ")
        assert any(files.SEED[why] in line[2] for line in one.trace), "the trace has the words too"
    send_all(postfix)
    receipts = OutboxMail.objects.filter(event="request_received").count()
    arrived = {address: texts(postfix, address, 5) for address in (dana, sam)}
    arrived[customer] = texts(postfix, customer, 5 + receipts)
    for address, mails in arrived.items():
        for why in WHYS:
            parts = (files.SEED[why], files.FIVE[why][0], FILE_ERRORS[why].reason, FILE_ERRORS[why].solution)
            about = [text for text in mails if files.SEED[why] in text]
            assert len(about) == 1, (address, why)
            assert all(part in about[0] for part in parts), about[0]


@pytest.mark.requirement("R183")
def test_after_the_printed_statement_no_notice_of_a_dropped_file_arrives(
    dovecot: Dovecot, postfix: Postfix
) -> None:
    Domain.objects.create(account=make.account("Acme"), name="acme.example")
    customer = nobody_else("ute", "acme.example")
    dana, sam = listed(enabled=False)
    make.server(postfix.no_login)
    made = box(dovecot)
    take_in(made)  # nobody is answered whose mail was there before
    _, off, on = re.findall(r"```sql\n(.*?)\n```", files.HANDBOOK.read_text(), re.DOTALL)
    notice = files.SEED["type"]
    arrived = 0
    for number, statement in enumerate((None, off, on)):
        if statement:
            assert files.sql(statement).strip() == "UPDATE 1"
        raw = files.mail(
            files.FIVE["type"], number=number, sender=f"Ute <{customer}>", subject=f"No {number}"
        )
        dovecot.deliver(made.username, raw)
        take_in(made)
        send_all(postfix)
        arrived += statement != off
        receipts = number + 1
        for address, others in ((customer, receipts), (dana, 0), (sam, 0)):
            mails = texts(postfix, address, arrived + others)
            about = [text for text in mails if notice in text]
            assert len(about) == arrived, (number, address, mails)
    assert DroppedFile.objects.count() == 3 and not Attachment.objects.exists(), "dropped each time"
