"""Who is told of what: events become mails of the outbox."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deskpost.desk.accounts import Site
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.installation import Delimiter, Installation, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import RequestDetails
from deskpost.outbound import queue, upkeep
from deskpost.outbound.notify import load_rulebook, mails_for, notify
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tokens import tokens
from deskpost.outbound.tries import Outcome
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db


def sent() -> dict[str, OutboxMail]:
    """The mails of the outbox by their event."""
    return {mail.event: mail for mail in OutboxMail.objects.all()}


def addresses(mail: OutboxMail) -> list[str]:
    return [address for _, address in mail.to]


def test_a_new_request_makes_exactly_three_mails() -> None:
    ann, bob = make.technician("Ann"), make.technician("Bob")
    ute = make.person("Ute Brandt", "ute@acme.example")
    for technician in (ann, bob):
        InstanceAlert.objects.create(instance=make.instance(), person=technician)
    make.server()
    request = make.record(ute, technician=ann)
    make.mail_in(request, "<first@acme.example>")
    notify(make.new_request(request))
    mails = sent()
    assert len(mails) == OutboxMail.objects.count() == 3
    assert addresses(mails["request_received"]) == ["ute@acme.example"]
    assert addresses(mails["request_created"]) == ["ann@acme.example", "bob@acme.example"]
    assert addresses(mails["request_assigned"]) == ["ann@acme.example"]
    for mail in mails.values():
        assert mail.subject == f"##RE-{request.number}## Printer on fire"
        assert mail.in_reply_to == "<first@acme.example>"
        assert mail.references == ["<first@acme.example>"]
        assert mail.automatic
        assert (mail.sender_name, mail.sender_address) == ("Northgate IT Support", "help@desk.example")
        assert tokens().find(mail.message_id) == (mail.pk,)
        assert mail.message_id.endswith("@desk.example>")


def test_an_assignment_to_a_group_is_one_mail_to_its_members() -> None:
    group = Group.objects.create(name="Hardware")
    for name in ("Ann", "Bob"):
        GroupMember.objects.create(group=group, person=make.technician(name))
    make.server()
    notify(make.new_request(make.record(make.person("Ute"), group=group)))
    assert addresses(sent()["request_assigned"]) == ["ann@acme.example", "bob@acme.example"]


def test_technicians_are_told_of_requests_that_they_may_see_alone() -> None:
    acme, other = make.account(), make.account("Other")
    north, south = (Site.objects.create(account=acme, name=name) for name in ("North", "South"))
    group = Group.objects.create(name="Hardware")
    people = {
        "ann": make.technician("Ann"),
        "bob": make.technician("Bob", at=acme),
        "cat": make.technician("Cat", at=acme, site=north),
        "dan": make.technician("Dan", at=acme, site=south),
        "eve": make.technician("Eve", at=other),
        "fay": make.person("Fay"),  # without any role
    }
    for technician in people.values():
        InstanceAlert.objects.create(instance=make.instance(), person=technician)
        GroupMember.objects.create(group=group, person=technician)
    make.server()
    request = make.record(make.person("Ute", site=north), group=group)
    notify([*make.new_request(request), Event("reply_from_requester", make.about(request))])
    seeing = [f"{name}@acme.example" for name in ("ann", "bob", "cat")]
    told = sent()
    for event in ("request_created", "request_assigned", "reply_from_requester"):
        assert addresses(told[event]) == seeing
    OutboxMail.objects.all().delete()
    for name in people:
        request.technician = people[name]
        request.save()
        notify([Event("reply_from_requester", make.about(request))])
    assert [addresses(mail) for mail in OutboxMail.objects.order_by("pk")] == [[one] for one in seeing]


def test_nobody_is_told_of_what_they_did_themselves_but_for_the_receipt() -> None:
    ann, ute = make.technician("Ann"), make.person("Ute")
    InstanceAlert.objects.create(instance=make.instance(), person=ann)
    make.server()
    what = make.about(make.record(ann, technician=ann))
    kinds = (
        "request_received",
        "request_created",
        "request_assigned",
        "reply_from_requester",
        "request_closed",
    )
    notify([Event(kind, what, make.facts(ann)) for kind in kinds])
    assert list(sent()) == ["request_received"]
    OutboxMail.objects.all().delete()
    notify([Event(kind, what, make.facts(ute)) for kind in kinds])
    assert set(sent()) == set(kinds)


def test_an_automatic_mail_gets_no_receipt_and_the_technicians_hear_of_it() -> None:
    InstanceAlert.objects.create(instance=make.instance(), person=make.technician("Ann"))
    make.server()
    notify(make.new_request(make.record(make.person("Monitor")), caused_by_automatic_mail=True))
    assert list(sent()) == ["request_created"]


def test_one_address_gets_so_many_automatic_answers_an_hour_and_no_more() -> None:
    Installation.objects.update(automatic_answers_per_hour=3)
    make.server()
    ute = make.person("Ute", "ute@acme.example")
    notify([event for _ in range(2) for event in make.new_request(make.record(ute))])
    notify([event for _ in range(5) for event in make.new_request(make.record(ute))])
    assert OutboxMail.objects.filter(event="request_received").count() == 3
    OutboxMail.objects.update(created_at="2026-01-01T00:00:00Z")
    notify(make.new_request(make.record(ute)))
    assert OutboxMail.objects.filter(event="request_received").count() == 4


def test_a_plus_tag_is_no_way_around_the_limit() -> None:
    rules = load_rulebook()
    make.server()
    ute = make.person("Ute", "ute+tag@acme.example")
    events = make.new_request(make.record(ute))
    assert mails_for(events, rules, {"ute@acme.example": rules.answers_per_hour}) == []
    assert len(mails_for(events, rules, {"ute@acme.example": rules.answers_per_hour - 1})) == 1


def test_the_desk_never_notifies_itself() -> None:
    make.server(reply_to="help@desk.example", allowed_from=["sales@desk.example"])
    for address in ("HELP@desk.example", "sales+x@desk.example"):
        notify(make.new_request(make.record(make.person(address, address))))
    assert not OutboxMail.objects.exists()


def test_the_desk_does_not_write_to_its_mailboxes() -> None:
    make.server(reply_to="noreply@desk.example")
    events = make.new_request(make.record(make.person("Info", "info@desk.example")))
    own = frozenset({"info@desk.example"})
    assert notify(events, own_addresses=own) == notify(events, load_rulebook(own)) == []
    assert len(notify(events)) == 1, "to anybody else such a receipt goes"


def test_a_held_mail_leaves_however_many_older_ones_wait_for_a_server_of_theirs() -> None:
    other = make.account("Other")
    nowhere = OutgoingServer(sender_name="", reply_to="")
    make.queue_mails(nowhere, ["x@y.example"] * 1001, state="held", account_id=make.account().pk)
    request = make.record(make.person("Bo", of=other))
    make.queue_mails(nowhere, ["bo@other.example"], state="held", account_id=other.pk, record_id=request.pk)
    server = make.server(account=other)
    assert upkeep.take_up_held() == 1
    mail = OutboxMail.objects.get(account=other)
    assert (mail.state, mail.server, mail.sender_address) == ("queued", server, "help@desk.example")
    make.server()
    assert upkeep.take_up_held() == 1001, "the directory follows the IT Help Desk"


def test_a_mail_whose_server_is_removed_is_held_with_the_reason_and_leaves_by_the_next() -> None:
    server = make.server()
    waits, going, gone = make.queue_mails(server, ["x@y.example"] * 3)
    OutboxMail.objects.filter(pk=going.pk).update(state="sending", lease_owner="host/1/1/a")
    OutboxMail.objects.filter(pk=gone.pk).update(state="sent")
    server.delete()
    for mail in (waits, going, gone):
        mail.refresh_from_db()
    assert (waits.state, going.state, gone.state) == ("held", "held", "sent")
    assert "was removed" in waits.reason and "To do:" in waits.reason
    assert (waits.unknown_fate, going.unknown_fate, going.lease_owner) == (False, True, None)
    assert upkeep.take_up_held() == 0
    queue.note("host/1/1/a", [Outcome(going.pk, "sent", {})], [])
    going.refresh_from_db()
    assert going.state == "sent", "its server took it while it was removed"
    after = make.server(reply_to="new@desk.example")
    assert upkeep.take_up_held() == 1
    waits.refresh_from_db()
    assert (waits.state, waits.server, waits.sender_address) == ("queued", after, "new@desk.example")


def test_the_author_of_a_reply_that_failed_for_good_is_told_once_and_of_no_such_notice() -> None:
    Installation.objects.update(public_url="https://desk.example")
    server = make.server()
    ann, request = make.person("Ann", "ann@msp.example"), make.record(make.person("Ute"))
    of = {"record_id": request.pk, "account_id": request.account_id, "author_id": ann.pk}
    (reply,) = make.queue_mails(server, [["ute@acme.example", "carl@acme.example"]], **of)
    queue.claim(server.pk, "host/1/1/a", 10)
    fates = {
        "ute@acme.example": {"state": "sent", "answer": "250 Ok"},
        "carl@acme.example": {"state": "failed", "answer": "550 No such user"},
    }
    missed = ("carl@acme.example",)
    outcome = Outcome(reply.pk, "sent", fates, "carl@acme.example: 550 No such user", missed=missed)
    queue.note("host/1/1/b", [outcome], [])
    assert OutboxMail.objects.count() == 1, "a lost lease tells nobody"
    for _ in range(2):
        queue.note("host/1/1/a", [outcome], [])
    notice = OutboxMail.objects.get(event="outgoing_failed")
    assert (addresses(notice), notice.sending_class) == (["ann@msp.example"], 3)
    assert notice.subject == f"##RE-{request.number}## Not delivered: Printer on fire"
    assert "carl@acme.example: 550 No such user" in notice.text and "ute@" not in notice.text
    assert f"https://desk.example/requests/RE-{request.number}" in notice.text
    queue.claim(server.pk, "host/1/1/a", 10)
    queue.note("host/1/1/a", [Outcome(notice.pk, "failed", {}, "550 No", missed=("ann@msp.example",))], [])
    assert OutboxMail.objects.count() == 2, "no notice of a notice"
    (late,) = make.queue_mails(server, ["ute@acme.example"], **of)
    OutboxMail.objects.filter(pk=late.pk).update(give_up_at=timezone.now())
    assert queue.give_up(server, "It cannot be reached.") == 1
    assert "ute@acme.example: It cannot be reached." in OutboxMail.objects.latest("pk").text


def test_an_event_that_is_switched_off_makes_no_mail() -> None:
    make.server()
    NotificationRule.objects.create(event="request_received", enabled=False)
    notify(make.new_request(make.record(make.person("Ute"))))
    assert not OutboxMail.objects.exists()


@pytest.mark.requirement("R25")
def test_an_application_error_is_told_to_the_list_when_the_rule_is_on() -> None:
    make.server()
    event = Event(
        "application_error", details={"mailbox": "Help", "reason": "It broke.", "message_id": "<1@x>"}
    )
    notify([event])
    assert not OutboxMail.objects.exists(), "off by default"
    rule = NotificationRule.objects.create(event="application_error", enabled=True)
    notify([event])
    assert not OutboxMail.objects.exists(), "the list is empty"
    for name in ("Ann", "Bob"):
        RuleTechnician.objects.create(rule=rule, person=make.person(name))
    notify([event])
    mail = OutboxMail.objects.get()
    assert addresses(mail) == ["ann@acme.example", "bob@acme.example"]
    assert mail.subject == "Deskpost could not process a mail in Help"
    assert "Reason: It broke." in mail.text
    assert mail.server is not None, "the directory follows the IT Help Desk"


def test_without_a_server_the_mail_is_held_with_the_reason_and_leaves_once_there_is_one() -> None:
    notify(make.new_request(make.record(make.person("Ute"))))
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.server) == ("held", None)
    assert "No outgoing server is set up for the account Acme" in mail.reason
    assert "To do:" in mail.reason
    assert upkeep.take_up_held() == 0
    server = make.server()
    assert upkeep.take_up_held() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.server, mail.sender_address) == ("queued", server, "help@desk.example")


def test_the_present_delimiter_is_written() -> None:
    Delimiter.objects.filter(module="", current=True).update(current=False)
    Delimiter.objects.create(module="", text="@@")
    Delimiter.objects.filter(module="RE", current=True).update(current=False)
    Delimiter.objects.create(module="RE", text="REQ")
    make.server()
    request = make.record(make.person("Ute"))
    notify(make.new_request(request))
    assert OutboxMail.objects.get().subject == f"@@REQ-{request.number}@@ Printer on fire"


def test_no_subject_or_name_of_a_mail_can_add_a_header_or_a_recipient() -> None:
    make.server()
    ute = make.person("Ute\r\nBcc: x@evil.example", "ute@acme.example")
    request = make.record(ute, subject="Hello\r\nBcc: x@evil.example\n\nBody\u2028\x85")
    notify(make.new_request(request))
    mail = OutboxMail.objects.get()
    assert mail.subject == f"##RE-{request.number}## Hello Bcc: x@evil.example Body"
    assert mail.to == [["Ute Bcc: x@evil.example", "ute@acme.example"]]


def test_references_are_bounded_and_end_with_what_is_answered() -> None:
    make.server()
    request = make.record(make.person("Ute"))
    for number in range(60):
        make.mail_in(request, f"<{number}@acme.example>")
    notify(make.new_request(request))
    mail = OutboxMail.objects.get()
    assert len(mail.references) <= 20
    assert mail.references[-1] == mail.in_reply_to == "<59@acme.example>"


def test_a_thousand_events_cost_as_many_queries_as_one(django_assert_max_num_queries: object) -> None:
    make.server()
    ute = make.person("Ute")
    events = [event for _ in range(100) for event in make.new_request(make.record(ute))]
    Installation.objects.update(automatic_answers_per_hour=1000)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        notify(events)
    assert OutboxMail.objects.count() == 100


def test_an_outgoing_mail_of_another_accounts_record_is_refused_by_the_database() -> None:
    server = make.server()
    request = make.record(make.person("Ute"))
    other = make.account("Other")
    for wrong in ({"account_id": other.pk}, {"account_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.queue_mails(server, ["x@y.example"], record_id=request.pk, **wrong)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    conversation = make.mail_in(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.queue_mails(server, ["x@y.example"], conversation_id=conversation.pk, account_id=other.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def closed(request: Record, *named: str, actor: Person | None = None) -> Event:
    about = replace(make.about(request), notify=named)
    return Event("request_closed", about, make.facts(actor) if actor else None)


def recipients() -> list[list[str]]:
    return [addresses(mail) for mail in OutboxMail.objects.order_by("pk")]


def test_whom_a_request_names_is_told_what_the_requester_is_each_in_a_mail_alone() -> None:
    InstanceAlert.objects.create(instance=make.instance(), person=make.technician("Ann"))
    make.server()
    request = make.record(make.person("Ute", "ute@acme.example"))
    make.mail_in(request, "<first@acme.example>")
    ours = tokens().message_id(7, "desk.example")
    Conversation.objects.create(
        record=request,
        account=request.account,
        direction="out",
        at=timezone.now(),
        message_id=ours,
        text="Hm.",
    )
    RequestDetails.objects.create(
        record=request, account=request.account, notify=["bo@bolt.example", "cy@bolt.example"]
    )
    about = make.about(request)
    relayed = Event("reply_from_technician", about, make.facts(make.technician("Bob")), "Only for Ute.")
    notify([*make.new_request(request), Event("request_closed", about), relayed])
    told = [(mail.event, addresses(mail)) for mail in OutboxMail.objects.order_by("pk")]
    named = [["bo@bolt.example"], ["cy@bolt.example"]]
    assert told == [
        ("request_received", ["ute@acme.example"]),
        *(("request_received", one) for one in named),
        ("request_created", ["ann@acme.example"]),
        ("request_closed", ["ute@acme.example"]),
        *(("request_closed", one) for one in named),
        ("reply_from_technician", ["ute@acme.example"]),
    ]
    for mail in OutboxMail.objects.filter(to__0__1__endswith="@bolt.example"):
        assert (mail.cc, mail.bcc, mail.automatic) == ([], [], True)
        assert mail.subject == f"##RE-{request.number}## Printer on fire"
        assert f"RE-{request.number}" in mail.text and "Ute" not in mail.text and "bolt" not in mail.text
        assert mail.references == ["<first@acme.example>"], "and no mail of ours, which would prove too much"
    assert ours in OutboxMail.objects.get(event="request_closed", to__0__1="ute@acme.example").references


def test_whom_a_request_names_is_left_out_by_the_rules_for_all() -> None:
    make.server(reply_to="help@desk.example")
    ute, ann = make.person("Ute", "ute@acme.example"), make.technician("Ann", "ann@desk.example")
    request = make.record(ute)
    named = (
        "help@desk.example",
        "info+x@desk.example",
        "UTE+x@acme.example",
        "Ann@desk.example",
        "x@y.example",
    )
    notify([closed(request, *named, actor=ann)], own_addresses=frozenset({"info@desk.example"}))
    assert recipients() == [["ute@acme.example"], ["x@y.example"]]
    OutboxMail.objects.all().delete()
    notify([replace(closed(request, *named), caused_by_automatic_mail=True)])
    NotificationRule.objects.update_or_create(event="request_closed", defaults={"enabled": False})
    notify([closed(request, *named)])
    assert recipients() == []


def test_another_desk_that_a_request_names_gets_as_few_receipts_as_any_address() -> None:
    make.server()
    Installation.objects.update(automatic_answers_per_hour=3)
    about = replace(make.about(make.record()), notify=("desk@bolt.example", "noreply@bolt.example"))
    for _ in range(2):
        notify([Event("request_received", about), Event("request_received", about)])
    assert recipients() == [["desk@bolt.example"]] * 3
