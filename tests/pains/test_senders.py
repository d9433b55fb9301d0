"""What others suffered of mails whose sender was taken for somebody else: fetched from a real Dovecot."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import seen_of
from tests.console.builders import signed_in
from tests.inbound import builders
from tests.outbound import builders as make
from tests.pains.desk import HELP, Desk, outcomes, page_of

STYLE = "<style>@import url(mailto:evil@style.example); p { color: evil@css.example }</style>"
OUTLOOK = """Can you take this?

From: Bob Orchard <bob@orchard.example>
Sent: Monday, November 23, 2026 9:00 AM
To: Ann <{technician}>
Cc: Carol <carol@elsewhere.example>
Subject: Printer on fire

Ask dave@elsewhere.example about it. It burns.
"""
GMAIL = """---------- Forwarded message ---------
From: Bob Orchard <bob@orchard.example>
Date: Mon, 23 Nov 2026 at 09:00
Subject: Printer on fire
To: Ann <{technician}>

It burns.
"""


def forward(desk: Desk, text: str, sender: str, number: int = 1) -> bytes:
    return desk.mail(number, sender=sender, subject=f"FW: Printer on fire {number}", text=text)


def addresses_of(person: Person | None) -> set[str]:
    return set(person.addresses.values_list("address", flat=True)) if person else set()


@pytest.mark.pain("forwarding-technician-is-the-requester")
@pytest.mark.parametrize("form", [OUTLOOK, GMAIL], ids=["Outlook", "Gmail"])
def test_the_technician_who_forwards_a_mail_becomes_the_requester(desk: Desk, form: str) -> None:
    ann = desk.technician()
    orchard = builders.account("Orchard", "orchard.example")
    desk.box.forwards_by_technicians = True
    desk.box.save()
    address = f"ann@{desk.tag}.desk.example"
    desk.comes(forward(desk, form.format(technician=address), f"Ann <{address}>"))
    record = Record.objects.get()
    assert (addresses_of(record.requester), record.account) == ({"bob@orchard.example"}, orchard)
    reason = MailOutcome.objects.get().reason
    assert "From: Bob Orchard <bob@orchard.example>" in reason, "the trace names the line"
    assert "bob@orchard.example" in page_of(ann, record)
    form = {"seen": seen_of(MailOutcome.objects.get())}
    answer = signed_in(ann).post(reverse("request_requester_back", args=[record.number]), form)
    assert answer.status_code == 303
    assert Record.objects.order_by("-number")[0].requester == ann, "one click changes it"


@pytest.mark.pain("forwarding-technician-is-the-requester")
@pytest.mark.parametrize(
    ("sender", "text"),
    [
        (lambda desk: f"Ute <{desk.ute}>", OUTLOOK),
        (
            lambda desk: f"Ann <ann@{desk.tag}.desk.example>",
            "Please mend it. Bob <bob@orchard.example> asks for it.",
        ),
    ],
    ids=["a customer forwards", "an address in the text"],
)
def test_some_address_out_of_the_text_becomes_the_requester(
    desk: Desk, sender: Callable[[Desk], str], text: str
) -> None:
    desk.technician()
    desk.box.forwards_by_technicians = True
    desk.box.save()
    desk.comes(forward(desk, text.format(technician=HELP), sender(desk)))
    assert sender(desk).partition("<")[2].rstrip(">") in addresses_of(Record.objects.get().requester)
    assert not Person.objects.filter(addresses__address__contains="orchard").exists()


@pytest.mark.pain("forwarding-technician-is-the-requester")
def test_an_address_of_the_style_sheet_becomes_the_requester(desk: Desk) -> None:
    ann = desk.technician()
    desk.box.forwards_by_technicians = True
    desk.box.save()
    raw = (
        f"From: Ann <ann@{desk.tag}.desk.example>\nTo: {HELP}\nSubject: FW: it\nMessage-ID: <s@{desk.domain}>\n"
        f"Content-Type: text/html\n\n<html><head>{STYLE}</head><body><p>From: the top</p>"
        "<div><b>From:</b> Bob Orchard &lt;bob@orchard.example&gt;<br><b>Sent:</b> Monday, November 23, 2026 9:00 AM"
        f"<br><b>To:</b> Ann<br><b>Subject:</b> it</div><p>It burns.</p></body></html>\n"
    )
    desk.comes(raw.encode())
    requester = Record.objects.get().requester
    assert addresses_of(requester) == {"bob@orchard.example"} or requester == ann
    assert not Person.objects.filter(addresses__address__regex="style|css").exists()


@pytest.mark.pain("list-rewrites-from")
@pytest.mark.parametrize(
    "head",
    [
        lambda who: {"X_Original_From": who, "X_Original_Sender": who.partition("<")[2].rstrip(">")},
        lambda who: {"X_Original_Sender": who.partition("<")[2].rstrip(">")},
        lambda who: {"Reply_To": who},
    ],
    ids=["X-Original-From", "X-Original-Sender", "Reply-To"],
)
def test_a_list_rewrites_from_and_all_customers_become_one_requester(
    desk: Desk, head: Callable[[str], dict[str, str]]
) -> None:
    """As a Google group does for domains that forbid others to write for them."""
    ann, group = desk.technician(), f"support@{desk.domain}"
    people = [f"Bob <bob@{desk.domain}>", f"Carol <carol@{desk.domain}>"]
    lists = {"List_Post": f"<mailto:{group}>", "List_ID": f"<support.{desk.domain}>"}
    for number, who in enumerate(people, 1):
        named = who.partition(" ")[0]
        rewritten = f"'{named}' via Support <{group}>"
        desk.comes(desk.mail(number, sender=rewritten, to=group, **lists, **head(who)))
    requesters = [addresses_of(one.requester) for one in Record.objects.order_by("number")]
    assert requesters == [{f"bob@{desk.domain}"}, {f"carol@{desk.domain}"}]
    assert not make.PersonAddress.objects.filter(key=group).exists()
    record = Record.objects.order_by("number")[0]
    steps = MailOutcome.objects.order_by("mail_id")[0].trace
    assert f"sent through {group}" in str(steps)
    assert f"bob@{desk.domain}" in page_of(ann, record)
    assert outcomes() == ["request", "request"]
