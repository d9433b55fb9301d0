"""Whose mail it is where several accounts know an address, and what From alone is not enough for."""

import pytest
from django.db import IntegrityError, transaction

from deskpost.desk import person_settings
from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import move, seen_of
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")
CARLA = "carla@acme.example"


def known(of: Account, address: str = CARLA, **columns: object) -> Person:
    """Enter somebody by hand, as the page does."""
    person = Person(account=of, name="Carla")
    person_settings.save(None, "page", person, columns, [address], [])
    return person


def account_of(way: dict) -> str:
    assert way["outcome"]["kind"] in ("request", "conversation"), way["outcome"]
    return Record.objects.get(number=int(way["outcome"]["record"][3:])).account.name


def test_a_person_whom_mail_made_in_another_account_outweighs_neither_who_was_entered_nor_a_domain():
    acme, globex = account("Acme"), account("Globex")
    account("Orchard", "orchard.example")
    known(acme, sign_in_name=CARLA)
    common, bound = mailbox(), mailbox("Globex", account=globex)
    for sender in (CARLA, "ole@orchard.example"):
        assert account_of(deliver(bound, mail(sender=sender, message_id=f"<1{sender}>"))) == "Globex"
    assert account_of(deliver(common, mail(sender=CARLA, message_id="<2@x>", subject="Two"))) == "Acme"
    way = deliver(common, mail(sender="ole@orchard.example", message_id="<3@x>", subject="Three"))
    assert account_of(way) == "Orchard"


def test_of_several_accounts_that_know_an_address_its_domain_decides_then_the_preference():
    acme, globex, zeta = account("Acme", "acme.example"), account("Globex"), account("Zeta")
    for one in (acme, globex):
        known(one)
    assert account_of(deliver(mailbox(), mail(sender=CARLA))) == "Acme"
    first, second = known(globex, "c@free.example"), known(zeta, "c@free.example")
    way = deliver(mailbox("B"), mail(sender="c@free.example", message_id="<2@x>", subject="Two"))
    assert way["outcome"]["kind"] == "held"
    assert "2 accounts" in way["outcome"]["reason"]
    person_settings.save(None, "page", second, {}, ["c@free.example"], [], preferred=True)
    way = deliver(mailbox("C"), mail(sender="c@free.example", message_id="<3@x>", subject="Three"))
    assert account_of(way) == "Zeta"
    with pytest.raises(IntegrityError), transaction.atomic():  # one at most, whoever writes to the table
        PersonAddress.objects.filter(person=first).update(preferred=True)


def test_an_answer_to_a_mail_that_we_sent_to_this_address_is_not_held_but_belongs_to_the_records_account():
    globex, zeta = account("Globex"), account("Zeta")
    known(globex, "c@free.example"), known(zeta, "c@free.example")
    deliver(mailbox(account=zeta), mail(sender="c@free.example"))
    receipt = OutboxMail.objects.get(event="request_received")
    common = mailbox("Common")
    way = deliver(
        common,
        mail(sender="c@free.example", message_id="<2@x>", subject="Re", In_Reply_To=receipt.message_id),
    )
    assert (account_of(way), way["outcome"]["kind"]) == ("Zeta", "conversation")
    OutboxMail.objects.filter(pk=receipt.pk).update(to=[["", "else@free.example"]])
    way = deliver(
        common,
        mail(sender="c@free.example", message_id="<3@x>", subject="Re", In_Reply_To=receipt.message_id),
    )
    assert way["outcome"]["kind"] == "held"


@pytest.fixture
def sam(database: str) -> Person:
    """Give Sam, who works for every account and is told of new requests."""
    msp = Account.objects.get(default=True)
    made = Person.objects.create(name="Sam", account=msp, sign_in_name="sam@msp.example", technician=True)
    PersonAddress.objects.create(
        person=made, account=msp, address="sam@msp.example", key="sam@msp.example", primary=True
    )
    Grant.objects.create(person=made, role=Role.objects.get(name="SDTechnician"))
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=made)
    return made


def by_sam(**headers: str) -> bytes:
    return mail(message_id="<2@x>", subject="##RE-1##", sender="sam@msp.example", text="Pay here.", **headers)


def relayed() -> bool:
    return OutboxMail.objects.filter(event="reply_from_technician").exists()


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_a_technicians_answer_to_a_mail_of_ours_is_sent_on_to_the_requester(sam: Person, header: str):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    notice = OutboxMail.objects.get(event="request_created")
    OutboxMail.objects.filter(pk=notice.pk).update(message_id="<by-the-server@outlook.example>")
    named = "<by-the-server@outlook.example>" if header == "References" else notice.message_id
    deliver(box, by_sam(**{header: named}))
    assert relayed()
    assert not BellNotice.objects.exists()


@pytest.mark.parametrize("named", ["nothing", "the requester's receipt"])
def test_by_from_alone_no_mail_of_a_technician_is_sent_on_to_the_requester(sam: Person, named: str):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    receipt = OutboxMail.objects.get(event="request_received")
    way = deliver(box, by_sam(**({} if named == "nothing" else {"In_Reply_To": receipt.message_id})))
    assert way["outcome"]["kind"] == "conversation"
    assert "Not sent on to the requester" in way["outcome"]["reason"]
    assert not relayed()
    ute = visible(Person.objects.get(addresses__key="ute@acme.example"))
    assert "sam@msp.example" not in {one.from_address for one in ute.conversations}
    rung = BellNotice.objects.get()
    assert (rung.person, words_of(rung).title) == (sam, "Your mail to request 1 was not sent on")


def test_moving_what_came_by_from_alone_sends_it_on_to_nobody(sam: Person):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    deliver(box, mail(message_id="<3@x>", subject="Second"))
    deliver(box, by_sam())
    told = MailOutcome.objects.get(message_id="<2@x>")
    move(told.pk, Record.objects.get(number=2).pk, sam, seen_of(told))
    assert Conversation.objects.get(mail_id=told.pk).record.number == 2
    assert not relayed()
