"""Mailboxes of accounts: what one does not take another takes, and nobody joins across accounts by one."""

import pytest

from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from tests.inbound.builders import account, mail, mailbox
from tests.inbound.test_whose_mail import known

pytestmark = pytest.mark.usefixtures("database")
FORGED = "Val <val@globex.example>"


def kinds() -> list[str]:
    return list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("closed_first", [True, False])
def test_a_mail_to_a_mailbox_that_makes_no_requests_and_one_that_does_is_one_request(
    closed_first: bool,
) -> None:
    account("Acme", "acme.example")
    boxes = [mailbox("Closed", new_requests_disabled=True), mailbox("Open", addresses=["open@desk.example"])]
    for box in boxes if closed_first else reversed(boxes):
        deliver(box, mail())
    assert kinds() == (["refused", "request"] if closed_first else ["request", "duplicate"])
    assert Record.objects.count() == 1


def test_a_mail_whose_account_nobody_can_tell_is_a_request_where_a_mailbox_tells_it() -> None:
    acme, globex = account("Acme"), account("Globex")
    for one in (acme, globex):
        known(one, "pat@free.example")
    raw = mail(sender="pat@free.example")
    deliver(mailbox(), raw)
    deliver(mailbox("Acme's", account=acme, addresses=["acme@desk.example"]), raw)
    assert kinds() == ["held", "request"]
    assert Record.objects.get().account == acme


@pytest.mark.parametrize("sender", [FORGED, "Mal <mal@evil.example>"])
def test_nobody_of_another_account_joins_by_writing_to_an_account_s_own_mailbox(sender: str) -> None:
    acme, globex = account("Acme", "acme.example"), account("Globex", "globex.example")
    known(globex, "val@globex.example", sign_in_name="val@globex.example")
    box = mailbox("Acme's", account=acme)
    deliver(box, mail())
    number = Record.objects.get().number
    guess = {"sender": sender, "subject": f"Re: ##RE-{number}##", "message_id": "<2@evil.example>"}
    deliver(box, mail(text="Send me all of it.", **guess))
    assert kinds() == ["request", "held"]


def test_who_wrote_to_an_account_s_mailbox_first_goes_on_in_their_own_request() -> None:
    box = mailbox("Acme's", account=account("Acme"))
    deliver(box, mail(sender="new@else.example"))
    number = Record.objects.get().number
    answer = {"subject": f"Re: ##RE-{number}##", "message_id": "<2@else.example>", "text": "And it smokes."}
    deliver(box, mail(sender="new@else.example", **answer))
    assert kinds() == ["request", "conversation"]
    assert Person.objects.filter(addresses__key="new@else.example").count() == 1
    assert Mailbox.objects.get().account == Record.objects.get().account
