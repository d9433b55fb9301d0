"""A list or group that puts itself into From is seen through: each writer is a requester of their own."""

import pytest

from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")
UTE = "ute@acme.example"
GOOGLE = {  # as Google Groups does where the writer's domain has a DMARC policy
    "sender": "'Ute Brandt' via Support <support@acme.example>",
    "X_Original_From": "Ute Brandt <ute@acme.example>",
    "X_Original_Sender": UTE,
    "Reply_To": "Support <support@acme.example>",
    "Precedence": "list",
    "List_ID": "<support.acme.example>",
    "List_Post": "<https://groups.google.com/a/acme.example/group/support/post>, <mailto:support@acme.example>",
}
MAILMAN = {  # dmarc_moderation_action, reply goes to the poster
    "sender": "Ute Brandt via Users <users@lists.acme.example>",
    "Reply_To": "Users <users@lists.acme.example>, Ute Brandt <ute@acme.example>",
    "Sender": "Users <users-bounces@lists.acme.example>",
    "List_Id": "Our users <users.lists.acme.example>",
    "List_Post": "<mailto:users@lists.acme.example>",
}
WITHOUT_POST = {  # a list nobody may post to by mail
    "sender": "Ute Brandt via News <news@lists.acme.example>",
    "Reply_To": UTE,
    "List_Id": "<news.lists.acme.example>",
    "List_Post": "NO",
}
CONTACT_FORM = {"sender": "Website <help@desk.example>", "Reply_To": "Ute Brandt <ute@acme.example>"}


def trace_of(way: dict) -> str:
    return next(step["reason"] for step in way["steps"] if step["step"] == "sender")


@pytest.mark.parametrize(
    ("headers", "through"),
    [
        (GOOGLE, "support@acme.example"),
        (MAILMAN, "users@lists.acme.example"),
        (WITHOUT_POST, "news@lists.acme.example"),
        (CONTACT_FORM, "help@desk.example"),
        ({**GOOGLE, "X_Original_From": "help@desk.example"}, "support@acme.example"),
    ],
)
def test_the_writer_is_the_requester_and_the_trace_says_sent_through(headers: dict, through: str):
    account("Acme", "acme.example")
    way = deliver(mailbox(), mail(**headers))
    assert way["outcome"]["kind"] == "request"
    asks = Record.objects.get().requester
    assert (asks.name, asks.addresses.get().address) == ("Ute Brandt", UTE)
    assert trace_of(way).endswith(f"sent through {through}")


def test_two_customers_behind_one_list_are_two_requesters():
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail(**GOOGLE))
    tom = {"sender": "'Tom' via Support <support@acme.example>", "X_Original_From": "Tom <tom@acme.example>"}
    tom |= {"X_Original_Sender": "tom@acme.example", "message_id": "<2@x>", "subject": "Other"}
    deliver(box, mail(**{**GOOGLE, **tom}))
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Tom", "Ute Brandt"]


def test_a_list_that_names_nobody_is_itself_the_requester_and_not_where_its_bounces_go():
    account("Acme", "acme.example")
    way = deliver(mailbox(), mail(**{**MAILMAN, "Reply_To": "users@lists.acme.example"}))
    assert Record.objects.get().requester.addresses.get().address == "users@lists.acme.example"
    assert "sent through" not in trace_of(way)


@pytest.mark.parametrize("header", ["X_Original_From", "X_Original_Sender", "Reply_To", "Sender"])
def test_where_no_list_has_rewritten_from_no_other_header_names_the_sender(header: str):
    """Also in a list's mail whose From is the writer's own."""
    account("Acme", "acme.example")
    for number, of_list in enumerate(({}, {"List_Post": "<mailto:users@lists.acme.example>"})):
        raw = mail(
            message_id=f"<{number}@x>", subject=f"{number}", **{header: "eve@elsewhere.example"}, **of_list
        )
        deliver(mailbox(f"{number}"), raw)
    assert set(Record.objects.values_list("requester__addresses__address", flat=True)) == {UTE}


def test_who_acts_for_the_desks_own_address_is_named_by_sender():
    account("Acme", "acme.example")
    deliver(mailbox(), mail(sender="help@desk.example", Sender="Ute Brandt <ute@acme.example>"))
    assert Record.objects.get().requester.name == "Ute Brandt"
