"""What others suffered of mails that ended in the wrong request, or in none: in by Dovecot, out by Postfix."""

from collections.abc import Callable
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from django.urls import reverse

from deskpost.desk.accounts import Domain
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.mime.thread_index import thread_index
from tests.console.builders import signed_in
from tests.inbound import builders
from tests.outbound import builders as make
from tests.outbound.graph_desk import Desk as Cloud
from tests.outbound.graph_desk import desk_served
from tests.pains.desk import HELP, Desk, outcomes, page_of, read, subjects, text_of, writes


@pytest.mark.pain("one-message-id-to-two-desks")
def test_the_same_message_id_sent_to_two_desks_is_ignored_by_the_second(desk: Desk) -> None:
    theirs = desk.mailbox("Orchard", account=builders.account("Orchard"))
    again = desk.mailbox("Help again", addresses=["it@desk.example"])
    hr = desk.mailbox("HR", addresses=["hr@desk.example"], instance="HR")
    letter = desk.mail(1, to=f"{HELP}, hr@desk.example")
    for box in (desk.box, hr, theirs, again):
        desk.deliver(letter, to=box)
        desk.fetch(box)
    assert outcomes() == ["request", "request", "request", "duplicate"]
    assert Record.objects.count() == 3, "one for each instance and account"
    last = MailOutcome.objects.get(kind="duplicate")
    assert last.duplicate_of == InboundMessage.objects.order_by("pk")[0], "shown as the duplicate of that one"


@pytest.mark.pain("replies-without-in-reply-to")
@pytest.mark.parametrize("by", ["smtp", "graph", "ews"])
def test_every_answer_is_a_new_conversation_at_the_customers(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, by: str
) -> None:
    """Each mail that leaves is read back as the customer's mail program reads it."""
    with desk_served(tmp_path_factory.mktemp("cloud")) as cloud:
        arrived = through(desk, cloud, by)
        ann = desk.technician()
        desk.comes(desk.mail(1))
        record = Record.objects.get()
        asked = {"mode": "reply", "to": desk.ute, "subject": "Re: Number 1"}
        first_answer = writes(ann, record, text="Which printer?", **asked)
        receipt, first = sorted(arrived(2), key=lambda mail: "Which printer?" in text_of(mail))
        answer = {"In_Reply_To": str(first["Message-ID"]), "References": str(first["References"])}
        desk.comes(desk.mail(2, subject=str(first["Subject"]), **answer))
        writes(ann, record, text="It is on its way.", **asked)
        (second,) = arrived(1)
        customers = [f"<{number}@{desk.domain}>" for number in (1, 2)]
        for mail, answered in ((receipt, customers[0]), (first, customers[0]), (second, customers[1])):
            assert mail["In-Reply-To"] == answered, "the customer's last mail"
            assert answered in str(mail["References"]).split()
            assert f"##RE-{record.number}##" in mail["Subject"]
        assert customers[0] in str(second["References"]), "and its thread from the beginning"
        own = {str(mail["Message-ID"]) for mail in (receipt, first, second)}
        assert len(own) == 3 and not own & set(customers)
        indexes = [mail["Thread-Index"] for mail in (first, second)]
        assert all(indexes) and indexes[0][:20] == indexes[1][:20], "one thread for Outlook as well"
        first_answer.refresh_from_db()
        assert first_answer.message_id == str(first["Message-ID"])
        assert subjects() == ["Number 1"]


def through(desk: Desk, cloud: Cloud, by: str) -> Callable[[int], list[EmailMessage]]:
    """Let the desk send by this protocol; give what reads so many mails that arrived at the customer."""
    if by != "smtp":
        desk.server.delete()
        desk.server = cloud.server(by)

    def arrived(count: int) -> list[EmailMessage]:
        desk.sends()
        if by == "smtp":
            return desk.arrived(desk.ute, count)
        came = [content for _, to, content in cloud.sent if desk.ute in to]
        cloud.sent.clear()
        assert len(came) == count
        return [read(one) for one in came]

    return arrived


@pytest.mark.pain("strangers-mail-in-another-clients-ticket")
def test_a_strangers_mail_lands_in_another_clients_old_ticket(desk: Desk) -> None:
    """By its subject, by the Thread-Index of the client's mail, by that of ours, and by all of them."""
    Domain.objects.create(account=builders.account("Orchard"), name="orchard.example")
    theirs = thread_index("Number 1", make.timezone.now())
    desk.comes(desk.mail(1, Thread_Topic="Number 1", Thread_Index=theirs))
    desk.sends()
    (receipt,) = desk.arrived(desk.ute)
    ours = {"Thread_Topic": str(receipt["Thread-Topic"]), "Thread_Index": str(receipt["Thread-Index"])}
    plain = {"Thread_Topic": "Number 1", "Thread_Index": theirs}
    for sender in ("eve@orchard.example", "eve@nowhere.example", "bob@" + desk.domain):
        for number, head in enumerate(({}, plain, ours)):
            name = f"<{sender[:3]}{sender[-12:-8]}{number}@x.example>"
            desk.comes(desk.mail(9, sender=sender, subject="Re: Number 1", message_id=name, **head))
    assert outcomes() == ["request"] * 10
    assert Record.objects.order_by("number")[0].conversations.count() == 1


@pytest.mark.pain("cc-people")
def test_cc_people_get_mails_of_their_own_or_none_and_reply_all_is_missing(desk: Desk) -> None:
    nora, carl = f"nora@{desk.domain}", f"carl@{desk.domain}"
    desk.comes(desk.mail(1, to=f"{HELP}, Nora <{nora}>", Cc=f"Carl <{carl}>, help@desk.example"))
    record, ann = Record.objects.get(), desk.technician()
    page = page_of(ann, record)
    assert "reply_all" in page
    to, cc = f"Ute <{desk.ute}>, Nora <{nora}>, {HELP}", f"Carl <{carl}>"
    writes(ann, record, mode="reply_all", to=to, cc=cc, subject="Re: Number 1", text="It is mended.")
    desk.sends()
    (nora_has,), (carl_has,) = desk.arrived(nora), desk.arrived(carl)  # and no receipt
    ute_has = next(one for one in desk.arrived(desk.ute, 2) if "mended" in text_of(one))
    assert nora_has["Message-ID"] == carl_has["Message-ID"] == ute_has["Message-ID"], "one mail"
    for mail in (nora_has, carl_has, ute_has):
        seen = [[address for _, address in getaddresses([str(mail[name])])] for name in ("To", "Cc")]
        assert seen == [[desk.ute, nora], [carl]], "To and Cc as they were, less the desk's own"
    desk.comes(desk.mail(2, sender=carl, subject="Thanks", In_Reply_To=str(carl_has["Message-ID"])))
    assert outcomes() == ["request", "conversation"]


@pytest.mark.pain("note-goes-to-the-customer")
def test_a_technicians_answer_to_an_internal_note_goes_to_the_customer(desk: Desk) -> None:
    """Notes leave by no mail, so none can be answered; and what is not the customer's stays here."""
    ann, ben = desk.technician("Ann"), desk.technician("Ben")
    desk.comes(desk.mail(1))
    record = Record.objects.get()
    Record.objects.update(technician=ann)
    desk.sends()
    desk.arrived(desk.ute)
    writes(ben, record, mode="note", text="SECRET: he broke it himself")
    desk.sends()
    for person in (ann, ben):
        desk.arrived(f"{person.name.lower()}@{desk.tag}.desk.example", 0)
    vendor = f"vera@vendor-{desk.tag}.example"
    writes(ben, record, mode="forward", to=vendor, subject="Fwd: Number 1", text="What does SECRET cost?")
    desk.sends()
    (asked,) = desk.arrived(vendor)
    desk.comes(
        desk.mail(2, sender=vendor, subject=str(asked["Subject"]), In_Reply_To=str(asked["Message-ID"]))
    )
    desk.sends()
    (told,) = desk.arrived(f"ann@{desk.tag}.desk.example")
    reply = {
        "subject": str(told["Subject"]),
        "In_Reply_To": str(told["Message-ID"]),
        "text": "SECRET, too dear",
    }
    desk.comes(desk.mail(3, sender=f"ann@{desk.tag}.desk.example", **reply))
    desk.sends()
    desk.arrived(desk.ute, 0)
    assert Conversation.objects.filter(record=record, text__contains="SECRET").count() == 3
    Person.objects.filter(pk=record.requester_id).update(sign_in_name=desk.ute)
    ute = Person.objects.get(pk=record.requester_id)
    make.Grant.objects.create(person=ute, role=make.Role.objects.get(name="SDRequester"))
    assert "SECRET" not in page_of(ute, record) and "Text 1" in page_of(ute, record)


@pytest.mark.pain("merged-ticket-comes-alive")
def test_a_reply_to_a_merged_ticket_reopens_the_dead_one_or_lands_in_a_third(desk: Desk) -> None:
    """By the number, by the token of what was sent from it, and through a chain of merges."""
    ann = desk.technician()
    desk.comes(*(desk.mail(number) for number in (1, 2, 3)))
    desk.sends()
    receipts = {str(one["In-Reply-To"]): one for one in desk.arrived(desk.ute, 3)}
    first, second, third = Record.objects.order_by("number")
    for gone, stays in ((first, second), (second, third)):
        form = {"with": stays.number, "stays": stays.number}
        answer = signed_in(ann).post(reverse("request_merge", args=[gone.number]), form)
        assert answer.status_code in (302, 303), answer.content.decode()
    dead = Record.objects.get(pk=first.pk).status
    receipt = receipts[f"<1@{desk.domain}>"]
    desk.comes(
        desk.mail(4, subject=f"Re: ##RE-{first.number}## Number 1"),
        desk.mail(5, subject="Thanks", In_Reply_To=str(receipt["Message-ID"])),
        desk.mail(6, subject="Thanks", In_Reply_To=f"<1@{desk.domain}>"),
    )
    assert Record.objects.count() == 3, "no third one"
    late = MailOutcome.objects.order_by("mail_id")[3:]
    assert {(one.kind, one.record) for one in late} == {("conversation", third)}
    assert all("merged" in one.reason for one in late[:2]), "the trace says so"
    assert Record.objects.get(pk=first.pk).status == dead
    assert "Text 5" in page_of(ann, third)
