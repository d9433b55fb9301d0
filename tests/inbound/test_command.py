"""Email Command over the whole way of a mail: what it does, to which request, for whom, and who is told."""

from pathlib import Path
from time import perf_counter

import pytest

from deskpost import settings_file
from deskpost.desk import additional_field_settings, person_settings
from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.attachments import Attachment
from deskpost.desk.categories import Category
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Group, GroupMember, Priority
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import AdditionalValue, Answer, RequestDetails
from deskpost.desk.templates import Resource, Template
from deskpost.inbound import approval, rehearsal, reprocess
from deskpost.inbound.command import writing
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.steps.automatic import REPEATS_PER_HOUR
from deskpost.outbound.outbox import OutboxMail
from deskpost.settings_file import rehearsing
from tests.console import builders
from tests.desk.field_builders import give
from tests.inbound.builders import mailbox
from tests.inbound.commanding import (
    FAIL,
    MX,
    NONE,
    PASS,
    WORD,
    Commanded,
    changes_of,
    closed,
    desk,
    fields,
    newest_answer,
)
from tests.mime.files import PNG

pytestmark = pytest.mark.usefixtures("database")


def about(record: Record) -> str:
    return f"{WORD} Re: ##RE-{record.number}## Printer queue"


def words_of(outcome: MailOutcome) -> str:
    """Give what the step says in the trace."""
    return str(next(line[2] for line in outcome.trace if line[0] == "email command"))


def process_again(it: Commanded, outcome: MailOutcome) -> MailOutcome:
    """Have a mail taken through the steps once more, as a person does on its page."""
    reprocess.process_again(outcome.pk, it.sam, reprocess.seen_of(outcome))
    assert process(it.box.pk) == 1
    outcome.refresh_from_db()
    return outcome


def answered() -> tuple[str, str]:
    """Give the event and the text of the newest answer."""
    mail = newest_answer()
    assert mail is not None
    return mail.event, mail.text


@pytest.mark.requirement("R118")
@pytest.mark.requirement("R124")
@pytest.mark.requirement("R126")
@pytest.mark.requirement("R127")
@pytest.mark.requirement("R130")
@pytest.mark.requirement("R139")
@pytest.mark.requirement("R141")
@pytest.mark.requirement("R142")
@pytest.mark.requirement("R150")
def test_a_mail_edits_a_request_and_what_cannot_be_set_is_named() -> None:
    it = desk()
    record = it.request()
    talks = record.conversations.count()
    outcome = it.mail(
        it.sam,
        "Hi, please take this one over.\n\n$Operation=EditRequest$\n$Priority=High$$Category=Hardware$\n"
        "$SubCategory=VPN$\n$Technician=Marco Bianchi$\n$ priority = urgent $\n$CostCentre=4410$\n"
        "$Resolution=Driver 6.2 replaced by 6.4,\nspooler restarted$\n\nIt cost $5 or $6.\n\nSam",
        about(record),
    )
    assert (outcome.kind, outcome.record_id, outcome.conversation_id) == ("command", record.pk, None)
    assert outcome.reason == (
        f"EditRequest of RE-{record.number}: number in the subject. "
        "Set: Priority, Category, Technician, Resolution. "
        "Skipped: SubCategory (not under Hardware), CostCentre (no such field)."
    )
    assert fields(record) == {
        "Requester": "Tom Achterberg",
        "Status": "Open",
        "Technician": "Marco Bianchi",
        "Priority": "Urgent",
        "Category": "Hardware",
        "Resolution": "Driver 6.2 replaced by 6.4,\nspooler restarted",
    }
    assert record.conversations.count() == talks
    mail = newest_answer()
    assert mail is not None
    assert mail.to == [["Sam Okafor", "sam@msp.example"]]
    assert mail.subject == f"##RE-{record.number}## Email Command: done"
    assert "- Priority: Urgent (set, the last of 2 counts)\n" in mail.text
    assert "Skipped:\n- SubCategory: not under Hardware\n- CostCentre: no such field\n" in mail.text
    told = {one.event: one.to[0][1] for one in OutboxMail.objects.filter(record=record)}
    assert told["request_assigned"] == "marco@msp.example"


@pytest.mark.requirement("R139")
@pytest.mark.requirement("R140")
@pytest.mark.requirement("R146")
@pytest.mark.requirement("R148")
@pytest.mark.requirement("R149")
@pytest.mark.requirement("R151")
def test_every_field_can_be_set_by_mail_and_a_value_that_is_none_is_skipped() -> None:
    it = desk()
    record = it.request()
    wanted = {
        "Level": "Tier 2",
        "Mode": "Phone",
        "Priority": "High",
        "Urgency": "High",
        "Impact": "Site",
        "ImpactDetails": "Nobody in Oslo prints",
        "Category": "Hardware",
        "SubCategory": "Laptop",
        "Item": "Battery",
        "Group": "Field",
        "RequestType": "Incident",
        "Site": "Oslo",
        "Asset": "PRN-04, PRN-05",
        "Resolution": "Replaced",
        "Status": "In progress",
    }
    text = "\n".join(f"${name}={value}$" for name, value in wanted.items())
    more = "$Kostenstelle für Übersee=4410$\n$Fällig am=2026-11-23$\n$TechnicianEmail=marco@msp.example$"
    outcome = it.mail(it.sam, f"$Operation=EditRequest$\n{text}\n{more}\n", about(record))
    assert "Skipped" not in outcome.reason, outcome.reason
    assert fields(record) == {**wanted, "Technician": "Marco Bianchi", "Requester": "Tom Achterberg"}
    values = dict(AdditionalValue.objects.filter(record=record).values_list("field__label", "value"))
    assert values == {"Kostenstelle für Übersee": "4410", "Fällig am": "2026-11-23"}

    bad = "$Operation=EditRequest$ $Fällig am=tomorrow$ $Site=Bergen$ $Item=Screen$ $Sub-category=Dock$ $Subject=x$"
    outcome = it.mail(it.sam, bad, about(record))
    assert (outcome.kind, fields(record)["Site"]) == ("command", "Oslo")
    assert "Set: Item, SubCategory" in outcome.reason or "Set: SubCategory" in outcome.reason, outcome.reason
    for name in ("Fällig am", "Site", "Subject"):
        assert f"{name} (" in outcome.reason.partition("Skipped: ")[2]


@pytest.mark.requirement("R140")
def test_a_field_of_ones_own_can_be_set_by_mail_as_soon_as_it_is_made(tmp_path: Path) -> None:
    it = desk()
    record = it.request()
    requester_fields = Template.objects.get(default=True).requester_fields
    file = tmp_path / "settings.yaml"
    made = "  - {label: Cost centre, kind: text}\n    - {label: Floor, kind: choice, options: [First]}\n"
    file.write_text(f"fields:\n  additional:\n  {made}")
    assert settings_file.apply(settings_file.read(file)).changes
    additional_field_settings.save(it.sam, "page", AdditionalField(), "Order number", "number", [])
    text = "$Operation=EditRequest$ $Cost centre=4410$ $Floor=first$ $Order number=12$"
    outcome = it.mail(it.sam, text, about(record))
    assert "Set: Cost centre, Floor, Order number." in outcome.reason, outcome.reason
    values = dict(AdditionalValue.objects.filter(record=record).values_list("field__label", "value"))
    assert values == {"Cost centre": "4410", "Floor": "First", "Order number": "12"}

    default = Template.objects.get(default=True)
    assert default.requester_fields == requester_fields
    file.write_text(settings_file.export())
    settings_file.apply(settings_file.read(file))  # puts what this scene made into order
    default.refresh_from_db()
    assert default.technician_fields[-3:] == ["Cost centre", "Floor", "Order number"]
    assert not settings_file.apply(settings_file.read(file)).changes
    default.technician_fields = ["Status"]
    default.save()
    file.write_text(settings_file.export())
    assert not settings_file.apply(settings_file.read(file)).changes, "at creation alone"
    assert Template.objects.get(default=True).technician_fields == ["Status"]


@pytest.mark.requirement("R131")
@pytest.mark.requirement("R147")
def test_a_request_is_closed_by_mail_under_permission_and_closing_rules() -> None:
    it = desk()
    record = it.request()
    default = Template.objects.get(default=True)
    default.closing_fields = ["Resolution"]
    default.save()
    outcome = it.mail(it.sam, "$Operation=CloseRequest$", about(record))
    assert (outcome.kind, fields(record)["Status"]) == ("refused", "Open")
    assert "first to be filled in: Resolution" in outcome.reason
    event, text = answered()
    assert event == "command_refused"
    assert "first to be filled in: Resolution" in text
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Status=Closed$ $Priority=Low$", about(record))
    assert outcome.kind == "command", "of an edit the status alone is skipped"
    assert (fields(record)["Status"], fields(record)["Priority"]) == ("Open", "Low")
    outcome = it.mail(it.sam, "$Operation=CLOSE_REQUEST$ $Resolution=Toner$", about(record))
    assert (outcome.kind, fields(record)["Status"]) == ("command", closed().name)
    assert Record.objects.get(pk=record.pk).closed_at is not None
    assert OutboxMail.objects.filter(event="request_closed", record=record).count() == 1

    editor = builders.person("Eve Editor", "eve@msp.example")
    give(editor, "request.view")
    give(editor, "request.edit")
    other = it.request()
    outcome = it.mail(editor, "$Operation=CloseRequest$ $Resolution=x$", about(other))
    assert (outcome.kind, fields(other)["Status"]) == ("refused", "Open")
    assert "needs the permission request.close" in outcome.reason


def test_what_commands_do_to_a_status_is_no_reopening_by_an_answer() -> None:
    it = desk()
    Installation.objects.update(reopenings_per_day=1)
    record = it.request()
    for then, why in (("Open", "open again."), ("Closed", "reopened too often today and stays closed.")):
        for status in ("Closed", "Open", "Closed"):
            outcome = it.mail(it.sam, f"$Operation=EditRequest$ $Status={status}$", about(record))
            assert (outcome.kind, fields(record)["Status"]) == ("command", status)
        outcome = it.mail(it.tom, "It does not print still.", f"Re: ##RE-{record.number}## Printer")
        assert fields(record)["Status"] == then
        (judged,) = rehearsal.rehearse(rehearsing.present(), None, 1, lambda done, of: None)
        for reason in (outcome.reason, judged.present.reason):
            assert reason.endswith(why), reason


@pytest.mark.requirement("R132")
@pytest.mark.requirement("R138")
@pytest.mark.requirement("R142")
def test_a_request_is_picked_up_or_assigned_by_mail() -> None:
    it = desk()
    record = it.request()
    it.mail(it.sam, "$Operation=PickupRequest$", about(record))
    assert fields(record)["Technician"] == "Sam Okafor"
    it.mail(
        it.sam,
        "$Operation=AssignRequest$ $Technician=Nobody$ $TechnicianEmail=MARCO@msp.example$",
        about(record),
    )
    assert fields(record)["Technician"] == "Marco Bianchi"
    builders.person("Marco Bianchi", "other.marco@msp.example", "SDTechnician")
    outcome = it.mail(it.sam, "$Operation=PickupRequest$ $Technician=Marco Bianchi$", about(record))
    assert outcome.kind == "refused"
    assert "2 people are called so: use TechnicianEmail" in outcome.reason
    for empty in ("Technician=", "TechnicianEmail= "):
        it.mail(it.sam, "$Operation=EditRequest$ $TechnicianEmail=marco@msp.example$", about(record))
        outcome = it.mail(it.sam, f"$Operation=PickupRequest$ ${empty}$", about(record))
        assert (fields(record)["Technician"], outcome.kind) == ("Sam Okafor", "command"), "it names nobody"
        assert f"Skipped: {empty.partition('=')[0]} (it names nobody)" in outcome.reason
    text = "$Operation=PickupRequest$ $Technician=Marco Bianchi$ $TechnicianEmail=$"
    assert "2 people are called so" in it.mail(it.sam, text, about(record)).reason
    it.mail(it.sam, "$Operation=EditRequest$ $TechnicianEmail=marco@msp.example$", about(record))
    for text in (
        "$Operation=PickupRequest$",
        "$Operation=EditRequest$ $Priority=High$",
        "$Operation=CloseRequest$",
    ):
        outcome = it.mail(it.tom, text, about(record))
        assert (outcome.kind, outcome.record_id) == ("refused", record.pk)
        assert "you may not change" in answered()[1]
    assert (fields(record)["Technician"], changes_of(record)[-1].person) == ("Marco Bianchi", it.sam)


@pytest.mark.requirement("R125")
@pytest.mark.requirement("R128")
@pytest.mark.requirement("R129")
@pytest.mark.requirement("R137")
@pytest.mark.requirement("R145")
@pytest.mark.requirement("R152")
@pytest.mark.requirement("R159")
def test_a_mail_makes_a_request_with_what_the_template_offers_its_sender() -> None:
    it = desk()
    before = OutboxMail.objects.count()
    text = (
        "The laptop for Ann is missing.\n\n$Operation=AddRequest$\n$Priority=High$ $Technician=Marco Bianchi$\n"
        "$RequestTemplate=New starter kit$\n@@res_301.qstn_select_302=compaq@@\n\nPlease.\n-- \nTom\n$Priority=Low$"
    )
    outcome = it.mail(it.tom, text, f"{WORD} Laptop {WORD} for Ann")
    assert outcome.kind == "command"
    record = Record.objects.get(pk=outcome.record_id)
    assert (record.subject, record.requester, record.account) == ("Laptop for Ann", it.tom, it.kestrel)
    talk = Conversation.objects.get(record=record)
    assert (talk.text, talk.html) == ("The laptop for Ann is missing.\n\nPlease.", None)
    assert fields(record) == {"Requester": "Tom Achterberg", "Status": "Open", "Priority": "High"}
    assert record.details.template.name == "New starter kit"
    assert list(Answer.objects.filter(record=record).values_list("values", flat=True)) == [["compaq"]]
    assert outcome.reason.endswith("Skipped: Technician (not offered to you).")
    mails = OutboxMail.objects.order_by("pk")[before:]
    assert [one.event for one in mails if one.to[0][1] == "tom@kestrel.example"] == ["command_done"]

    template = Template.objects.get(name="New starter kit")
    template.requester_fields = ["Category"]
    template.save()
    outcome = it.mail(it.tom, text.replace("$Priority=High$", "$Priority=High$ $Category=Printing$"))
    record = Record.objects.get(pk=outcome.record_id)
    assert fields(record) == {"Requester": "Tom Achterberg", "Status": "Open", "Category": "Printing"}

    Template.objects.filter(pk=template.pk).update(deleted_at=record.created_at)
    outcome = it.mail(it.tom, "$Operation=AddRequest$ $RequestTemplate=New starter kit$ $Urgency=High$")
    assert outcome.kind == "command"
    assert "RequestTemplate (no such template; Default request serves)" in outcome.reason
    assert fields(Record.objects.get(pk=outcome.record_id))["Urgency"] == "High"


def test_what_the_mailbox_gives_to_new_requests_is_judged_with_what_the_mail_sets() -> None:
    it = desk()
    network = Group.objects.create(name="Network")
    GroupMember.objects.create(group=network, person=it.sam)
    Template.objects.filter(default=True).update(closing_fields=["Category", "Resolution"])
    given = {
        "default_category": Category.objects.get(name="Hardware"),
        "default_priority": Priority.objects.get(name="Low"),
        "default_site": Site.objects.get(name="Oslo"),
        "default_group": network,
    }
    Mailbox.objects.filter(pk=it.box.pk).update(**given)
    it.box.refresh_from_db()

    def made(commands: str) -> tuple[MailOutcome, dict[str, str]]:
        text = f"$Operation=AddRequest$ $RequesterEmail=tom@kestrel.example$ {commands}"
        outcome = it.mail(it.sam, text)
        shown = fields(Record.objects.get(pk=outcome.record_id))
        assert shown.pop("Requester") == "Tom Achterberg"
        return outcome, shown

    begins = {"Category": "Hardware", "Priority": "Low", "Site": "Oslo", "Group": "Network"}
    outcome, shown = made("$SubCategory=Laptop$ $Item=Battery$ $Technician=Marco Bianchi$ $Priority=Urgent$")
    of_mail = {"SubCategory": "Laptop", "Item": "Battery", "Priority": "Urgent"}
    assert shown == {**begins, "Status": "Open", **of_mail}
    assert "Skipped: Technician (not in group Network)" in outcome.reason, outcome.reason
    (entry,) = HistoryEntry.objects.filter(record_id=outcome.record_id)
    noted = [["Priority", "Low", "Urgent"], ["SubCategory", None, "Laptop"], ["Item", None, "Battery"]]
    assert entry.changes == noted, "what the mailbox gave, nobody set"

    outcome, shown = made("$Status=Closed$ $Resolution=Replaced$")
    assert shown == {**begins, "Status": "Closed", "Resolution": "Replaced"}, outcome.reason
    outcome, shown = made("$Category=$ $Priority=$ $SubCategory=Laptop$")
    assert shown == {"Site": "Oslo", "Group": "Network", "Status": "Open"}
    assert "SubCategory (there is no Category)" in outcome.reason

    kit = Template.objects.get(name="New starter kit")
    Mailbox.objects.filter(pk=it.box.pk).update(
        default_template=kit, default_site=Site.objects.get(name="Bergen")
    )
    it.box.refresh_from_db()
    outcome, shown = made("@@res_301.qstn_select_302=compaq@@ $Impact=Site$")
    record = Record.objects.get(pk=outcome.record_id)
    assert (record.details.template, Answer.objects.get(record=record).values) == (kit, ["compaq"])
    assert "Site" not in shown, "one of another account"
    assert "Impact (not offered to you)" in outcome.reason, "by the template of the mailbox"


@pytest.mark.requirement("R143")
def test_a_request_is_made_for_whom_the_command_names() -> None:
    it = desk()
    helen = builders.person("Helen Cho", "helen@vantage.example", account=it.vantage, signs_in=False)
    outcome = it.mail(it.sam, "$Operation=AddRequest$ $Requester=helen cho$ $Site=Bergen$")
    record = Record.objects.get(pk=outcome.record_id)
    assert (record.requester, record.account, outcome.sender_account) == (
        helen,
        it.vantage,
        it.sam.account_id,
    )
    assert fields(record)["Site"] == "Bergen"
    events = dict(OutboxMail.objects.filter(record=record).values_list("event", "to"))
    assert events["request_received"] == [["Helen Cho", "helen@vantage.example"]]
    assert events["command_done"] == [["Sam Okafor", "sam@msp.example"]]

    outcome = it.mail(
        it.sam, "$Operation=AddRequest$ $Requester=Nobody Here$ $RequesterEmail=tom@kestrel.example$"
    )
    assert Record.objects.get(pk=outcome.record_id).requester == it.tom
    assert "Requester (RequesterEmail counts)" in outcome.reason

    outcome = it.mail(it.tom, "$Operation=AddRequest$ $RequesterEmail=helen@vantage.example$")
    assert Record.objects.get(pk=outcome.record_id).requester == it.tom, "nobody of another account"
    assert "RequesterEmail (nobody here has this address)" in outcome.reason
    others = [
        builders.person(f"Bob {one.name}", "bob@other.example", account=one, signs_in=False)
        for one in (it.vantage, builders.account("Solvar", "solvar.example"))
    ]
    text = "$Operation=AddRequest$ $RequesterEmail=bob@other.example$"
    assert "RequesterEmail (nobody here has this address)" in it.mail(it.tom, text).reason, (
        "unseen, however many"
    )
    assert "people of several accounts have this address" in it.mail(it.sam, text).reason
    vera = builders.person("Vera Lind", "vera@msp.example")
    give(vera, "request.view", account=it.vantage)
    give(vera, "request.create", account=it.vantage)
    assert Record.objects.get(pk=it.mail(vera, text).record_id).requester == others[0], "the one who is seen"

    unknown = "$Operation=AddRequest$ $RequesterEmail=new@nowhere.example$"
    outcome = it.mail(it.sam, unknown)
    made = Person.objects.get(addresses__address="new@nowhere.example")
    assert Record.objects.get(pk=outcome.record_id).requester == made
    for setting, kind in (("refuse", "refused"), ("hold", "held")):
        Installation.objects.update(unknown_senders=setting)
        outcome = it.mail(it.sam, unknown.replace("new@", f"{setting}@"))
        assert outcome.kind == kind
        assert answered()[0] == "command_refused"
    assert not Person.objects.filter(addresses__address__endswith="hold@nowhere.example").exists()


def accepted(outcome: MailOutcome, actor: Person) -> approval.Accepted:
    return approval.accept(outcome.pk, actor, reprocess.seen_of(outcome), lambda account, site: True)


@pytest.mark.requirement("R143")
def test_a_command_held_for_somebody_unknown_is_done_once_they_are_accepted() -> None:
    it = desk()
    Installation.objects.update(unknown_senders="hold")
    text = (
        "It blinks.\n$Operation=AddRequest$ $RequesterEmail=New Guy <new@nowhere.example>$ $Priority=High$ "
        "$Technician=Marco Bianchi$ $Impact=None such$"
    )
    held, same, other = (it.mail(it.sam, one) for one in (text, text, text.replace("new@", "old@")))
    assert (held.kind, answered()[0], Record.objects.count()) == ("held", "command_refused", 0)

    marco = Person.objects.get(name="Marco Bianchi")
    done = accepted(held, marco)
    assert (done.made, done.others) == (True, 1), "the other command for the same address, and no other"
    record = Record.objects.get()
    assert (record.subject, record.requester) == ("Printer queue", done.person)
    assert (fields(record)["Priority"], fields(record)["Technician"]) == ("High", "Marco Bianchi")
    talk = record.conversations.get()
    assert (talk.text.strip(), talk.subject, talk.author) == ("It blinks.", "Printer queue", it.sam)
    assert answered()[0] == "command_done" and "Impact: no such value" in answered()[1]
    receipt = OutboxMail.objects.get(event="request_received")
    assert receipt.to == [["New Guy", "new@nowhere.example"]] and WORD not in receipt.subject
    by_mail, by_hand = HistoryEntry.objects.filter(record=record).order_by("at")
    assert (by_mail.person, by_hand.person) == (it.sam, marco)
    assert ["Priority", None, "High"] in by_mail.changes
    held.refresh_from_db()
    assert held.kind == "command" and held.reason.startswith("Marco Bianchi made it a request of its own.")
    process(it.box.pk)
    same.refresh_from_db()
    assert same.kind == "command" and Record.objects.count() == 2

    approval.refuse(other.pk, marco, reprocess.seen_of(other))
    other.refresh_from_db()
    people = Person.objects.count()
    for rows, column, why in (
        (Mailbox.objects, {"new_requests_disabled": True}, "makes no new requests from mail"),
        (EmailCommand.objects, {"enabled": False}, "by the settings of now it is no command"),
    ):
        rows.update(**column)
        with pytest.raises(reprocess.NotDone, match=why):
            reprocess.open_own(other.pk, marco, reprocess.seen_of(other), lambda account, site: True)
        rows.update(**{name: not value for name, value in column.items()})
    assert (Record.objects.count(), Person.objects.count()) == (2, people), "never its bare commands"
    it.sam.grants.all().delete()
    reprocess.open_own(other.pk, marco, reprocess.seen_of(other), lambda account, site: True)
    assert "RequesterEmail: nobody here has this address" in answered()[1]
    assert (Record.objects.latest("pk").requester, Person.objects.count()) == (it.sam, people)


@pytest.mark.requirement("R137")
def test_somebody_with_a_login_and_no_role_makes_a_request_of_their_own_by_mail() -> None:
    it = desk()
    nora = builders.person("Nora Lund", "nora@kestrel.example", account=it.kestrel)
    outcome = it.mail(nora, "No sound.\n$Operation=AddRequest$ $Priority=High$ $Technician=Sam Okafor$")
    assert outcome.kind == "command", outcome.reason
    record = Record.objects.get(pk=outcome.record_id)
    assert (record.requester, fields(record)["Priority"]) == (nora, "High")
    assert "Technician" not in fields(record)
    outcome = it.mail(nora, "$Operation=AddRequest$ $RequesterEmail=ute@kestrel.example$ $Priority=Low$")
    assert Record.objects.get(pk=outcome.record_id).requester == nora, "for nobody else"
    outcome = it.mail(nora, "$Operation=EditRequest$ $Priority=Low$", about(record))
    assert (outcome.kind, fields(record)["Priority"]) == ("refused", "High")


def test_an_address_in_a_command_is_one_address_and_nothing_else_is_made_a_person() -> None:
    it = desk()
    people = Person.objects.count()
    for wrong in (
        "a b@x.example",
        "new@x.example, other@x.example",
        "new@x.example\nother@x.example",
        "new@x.example\nBcc: other@x.example",
        "new\t@x.example",
        "new\x07@x.example",
        "new@x.example<mailto:other@x.example>",
        "<new@x.example",
        "new@x.example>",
        "one@x.example <new@x.example>",
        "@x.example",
        "new@",
        f"{'n' * 400}@x.example",
    ):
        outcome = it.mail(it.sam, f"$Operation=AddRequest$ $RequesterEmail={wrong}$")
        assert "RequesterEmail (that is not one e-mail address)" in outcome.reason, wrong
        assert Record.objects.get(pk=outcome.record_id).requester == it.sam
    assert Person.objects.count() == people
    for place, form in enumerate(
        ("New Person <{}>", "<{}>", "mailto:{}", "{0}<mailto:{0}>", '"Person, New" <{}>', "{0} <mailto:{0}>")
    ):
        address = f"new{place}@x.example"
        outcome = it.mail(it.sam, f"$Operation=AddRequest$ $RequesterEmail={form.format(address)}$")
        made = Record.objects.get(pk=outcome.record_id).requester
        assert made is not None
        assert made.addresses.get().address == address
        assert made.name in ("New Person", "Person, New", address)
    record = it.request()
    for wrong in ("marco@msp.example, sam@msp.example", "marco @msp.example", "a\nmarco@msp.example"):
        outcome = it.mail(it.sam, f"$Operation=EditRequest$ $TechnicianEmail={wrong}$", about(record))
        assert outcome.kind == "refused"
        assert "TechnicianEmail: that is not one e-mail address" in answered()[1], wrong
    it.mail(
        it.sam, "$Operation=EditRequest$ $TechnicianEmail=Marco B <mailto:MARCO@msp.example>$", about(record)
    )
    assert fields(record)["Technician"] == "Marco Bianchi"

    odd = b"From: =?utf-8?q?New=07=0D=0AOdd?= <odd@x.example>\r\nSubject: Printer\r\nMessage-ID: <odd@x.example>\r\n"
    deliver(it.box, odd + b"\r\nIt does not print.\r\n")
    assert Person.objects.get(addresses__key="odd@x.example").name == "New Odd"


@pytest.mark.requirement("R119")
@pytest.mark.requirement("R120")
@pytest.mark.requirement("R121")
@pytest.mark.requirement("R122")
@pytest.mark.requirement("R123")
def test_what_is_no_command_mail_is_an_ordinary_mail() -> None:
    it = desk()
    text = "$Operation=AddRequest$\n$Priority=High$"
    for mail in (
        it.mail(it.ute, text),  # no login
        it.mail(it.sam, text, "@@DESK Printer"),
        it.mail(it.sam, text, "Printer"),
        it.mail(it.sam, "Nothing to do here, it costs $5 or $6."),
    ):
        record = Record.objects.get(pk=mail.record_id)
        assert (mail.kind, record.priority) == ("request", None)
        assert newest_answer() is None
    replied = it.mail(it.sam, text, Auto_Submitted="auto-replied", In_Reply_To="<x@y>")
    assert (replied.kind, replied.record_id) == ("automatic", None)
    assert words_of(replied).startswith("Not read for commands: auto-reply")
    assert words_of(it.mail(it.ute, text)) == "Not read for commands: ute@kestrel.example has no login"
    EmailCommand.objects.update(enabled=False)
    assert it.mail(it.sam, text).kind == "request"
    for sign in ("@@", "%", "$$$", "§", "<|>"):
        EmailCommand.objects.update(enabled=True, delimiter=sign)
        outcome = it.mail(it.sam, f"It costs $5.\n{text.replace('$', sign)}{sign}Mode=Phone{sign}")
        assert outcome.kind == "command", (sign, outcome.reason)
        assert fields(Record.objects.get(pk=outcome.record_id))["Mode"] == "Phone"


@pytest.mark.requirement("R133")
@pytest.mark.requirement("R134")
@pytest.mark.requirement("R135")
@pytest.mark.requirement("R144")
def test_which_request_a_mail_names() -> None:
    it = desk()
    first, second = it.request(), it.request()
    before = Record.objects.count()
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$")
    assert outcome.kind == "request", "without an id it goes on as an ordinary mail"
    assert words_of(outcome).startswith("EditRequest was skipped")
    assert Record.objects.count() == before + 1

    ute = it.mail(it.ute, "Still broken.", f"##RE-{first.number}##")
    assert (ute.kind, ute.record_id) == ("conversation", first.pk)
    for text in ("Still broken.", "$Priority=High$"):  # somebody of the account, without an operation
        outcome = it.mail(it.tom, text, about(first))
        assert (outcome.kind, outcome.record_id) == ("conversation", first.pk)
    outcome = it.mail(it.tom, f"$RequestID={second.number}$ is this still open?")
    assert (outcome.kind, outcome.record_id) == ("conversation", second.pk)
    assert Record.objects.count() == before + 1

    for place, named in enumerate((f"{second.number}", f"RE-{second.number}", f"##RE-{second.number}##")):
        value = ("Low", "Normal", "High")[place]
        it.mail(it.sam, f"$Operation=EditRequest$ $RequestID={named}$ $Priority={value}$", about(first))
        assert (fields(second)["Priority"], "Priority" in fields(first)) == (value, False)

    third = it.request()
    Record.objects.filter(pk=third.pk).update(merged_into=second, status=closed(), closed_at=third.created_at)
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=Urgent$", about(third))
    assert (outcome.record_id, fields(second)["Priority"]) == (second.pk, "Urgent")
    assert f"{third.number} was merged into it" in outcome.reason


@pytest.mark.requirement("R134")
@pytest.mark.requirement("R135")
@pytest.mark.requirement("R144")
def test_a_mapped_token_of_a_former_system_names_a_request_for_commands_too() -> None:
    it = desk()
    first, second = it.request(), it.request()
    before, after, last = "[Request ID :##", "##]", second.number
    FormerToken.objects.create(module="RE", before=before, after=after, below=last + 1)
    FormerToken.objects.create(module="TA", before="##", after="##", below=last + 1)
    token = f"{before}{first.number}{after}"
    count = Record.objects.count()
    outcome = it.mail(it.sam, "$Priority=High$", f"{WORD} Re: {token} Printer")
    assert (outcome.kind, outcome.record_id) == ("conversation", first.pk), "no operation: an answer to it"
    assert "number of a former system in the subject" in outcome.reason
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", f"{WORD} Re: {token} Printer")
    assert (outcome.kind, fields(first)["Priority"]) == ("command", "High")
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=Low$", f"{WORD} {token} ##RE-{last}##")
    assert (fields(first)["Priority"], fields(second)["Priority"]) == ("High", "Low"), "our own counts first"
    it.mail(it.sam, f"$Operation=EditRequest$ $RequestID= {token}$ $Priority=Urgent$", about(second))
    assert (fields(first)["Priority"], fields(second)["Priority"]) == ("Urgent", "Low")
    outcome = it.mail(it.sam, f"$Operation=EditRequest$ $RequestID=##{last}##$ $Priority=Urgent$")
    assert (outcome.kind, fields(second)["Priority"]) == ("refused", "Low"), "that is a task's"
    assert Record.objects.count() == count

    beyond = f"{before}{last + 1}{after}"
    outcome = it.mail(it.sam, "$Priority=High$", f"{WORD} {token} {beyond} Printer")
    assert (outcome.kind, outcome.record_id) == ("conversation", first.pk)
    for text, subject, called in (
        ("$Priority=High$", beyond, f"{beyond} Printer"),
        ("$Operation=AddRequest$", f"{token} {beyond}", f"{beyond} Printer"),
    ):
        outcome = it.mail(it.sam, text, f"{WORD} {subject} Printer")
        assert (outcome.kind, Record.objects.get(pk=outcome.record_id).subject) == ("command", called)
    outcome = it.mail(it.sam, f"$Operation=EditRequest$ $RequestID={beyond}$ $Priority=High$")
    assert outcome.kind == "refused"


def test_an_id_that_names_nothing_or_of_another_account_changes_nothing_and_says_the_same() -> None:
    it = desk()
    foreign = it.request(builders.person("Helen Cho", "helen@vantage.example", account=it.vantage))
    kate = builders.person(
        "Kate Kestrel", "kate@kestrel.example", "SDTechnician", account=it.kestrel, within=it.kestrel
    )
    said = set()
    for number in (foreign.number, 99_999):
        outcome = it.mail(kate, f"$Operation=EditRequest$ $RequestID=RE-{number}$ $Priority=High$")
        assert (outcome.kind, outcome.record_id) == ("refused", None)
        said.add(outcome.reason.replace(str(number), "N"))
    assert len(said) == 1, "who may not know of a request does not learn that it is there"
    for named in ("TA-1", "abc", "-", "9" * 40):
        assert it.mail(kate, f"$Operation=CloseRequest$ $RequestID={named}$").kind == "refused"
    assert it.mail(kate, f"$Operation=DeleteRequest$ $RequestID={foreign.number}$").kind == "refused"
    assert "there is no operation DeleteRequest" in answered()[1]
    assert changes_of(foreign) == []


@pytest.mark.requirement("R127")
def test_quoted_commands_never_run_again() -> None:
    it = desk()
    record = it.request()
    wrote = "On Mon, Nov 23, 2026 at 9:00 AM Sam Okafor <sam@msp.example> wrote:"
    old = f"{wrote}\n> $Operation=CloseRequest$\n> $Priority=Low$"
    it.mail(it.sam, f"$Operation=EditRequest$ $Priority=High$\n\n{old}\n", about(record))
    assert (fields(record)["Priority"], fields(record)["Status"]) == ("High", "Open")
    for text in (
        f"Thanks!\n\n{old}",
        old,
        "-----Original Message-----\nFrom: Sam\nSent: Monday\nTo: x\nSubject: y\n\n$Operation=CloseRequest$",
        "FYI\n\n---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: x\n\n$Operation=CloseRequest$",
        "Thanks\n-- \n$Operation=CloseRequest$",
    ):
        outcome = it.mail(it.sam, text, about(record))
        assert outcome.kind == "conversation", text
    assert fields(record)["Status"] == "Open"
    html = "<p>Please</p><p>$Operation=EditRequest$</p><p>$Priority=Urgent$<br>$Mode=Phone$</p>"
    quoted = f"{html}<blockquote type='cite'><p>$Operation=CloseRequest$</p></blockquote>"
    raw = builders.mail(sender="Sam <sam@msp.example>", subject=about(record), message_id="<h@x>").partition(
        b"\n\n"
    )[0]
    head = b"\n".join(line for line in raw.split(b"\n") if not line.lower().startswith(b"content-"))
    genuine = f"Authentication-Results: {MX}; {PASS} header.from=msp.example\n".encode()
    deliver(it.box, genuine + head + b"\nContent-Type: text/html; charset=utf-8\n\n" + quoted.encode())
    assert (fields(record)["Priority"], fields(record)["Mode"]) == ("Urgent", "Phone")
    assert fields(record)["Status"] == "Open"


def test_a_forged_sender_commands_nothing_and_the_person_is_told() -> None:
    it = desk()
    record = it.request()
    command = "$Operation=EditRequest$ $Priority={}$"
    obeyed = {
        "require_pass": {PASS},
        "refuse_fail": {PASS, NONE},
        "ignore": {PASS, NONE, FAIL},
    }
    for place, (setting, verdicts) in enumerate(obeyed.items()):
        EmailCommand.objects.update(authenticity=setting)
        for verdict in (PASS, NONE, FAIL):
            wanted = ("Low", "Normal", "High")[place]
            Record.objects.filter(pk=record.pk).update(priority=None)
            outcome = it.mail(it.sam, command.format(wanted), about(record), verdict=verdict)
            assert (outcome.kind == "command") == (verdict in verdicts), (setting, verdict, outcome.reason)
            assert ("Priority" in fields(record)) == (verdict in verdicts)
            mail = newest_answer()
            assert mail is not None
            assert mail.to == [["Sam Okafor", "sam@msp.example"]]
            if verdict not in verdicts:
                assert (mail.event, outcome.record_id) == ("command_refused", None)
                assert outcome.decided_by["column"] == "authenticity"
    Installation.objects.update(automatic_answers_per_hour=4)
    EmailCommand.objects.update(authenticity="require_pass")
    refusals = OutboxMail.objects.filter(event="command_refused")
    for _ in range(6):
        it.mail(it.sam, command.format("Low"), about(record), verdict=FAIL)
    assert refusals.count() == 4, "whoever forges a sender sends that person few mails"


def test_the_answer_goes_to_the_stored_address_once_and_never_to_automatic_mail() -> None:
    it = desk()
    record = it.request()
    it.sam.addresses.create(account=it.sam.account, address="sam@home.example", key="sam@home.example")
    it.mail(it.sam, "$Operation=EditRequest$ $Priority=Low$", about(record), address="sam@home.example")
    mail = newest_answer()
    assert mail is not None
    assert mail.to == [["Sam Okafor", "sam@msp.example"]]
    assert WORD not in mail.subject
    assert mail.automatic
    count = OutboxMail.objects.filter(event__startswith="command_").count()
    it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record), Auto_Submitted="auto-generated")
    assert fields(record)["Priority"] == "High", "a machine with a person's login may command"
    it.mail(it.sam, "$Operation=EditRequest$ $Priority=Low$", about(record), Auto_Submitted="auto-replied")
    assert fields(record)["Priority"] == "High", "an auto-reply may not"
    assert OutboxMail.objects.filter(event__startswith="command_").count() == count


def test_many_commands_on_one_subject_are_all_done_and_answered() -> None:
    it = desk()
    record = it.request()
    command = "$Operation=EditRequest$ $Priority={}$"
    for n in range(REPEATS_PER_HOUR + 2):
        outcome = it.mail(it.sam, command.format(("Low", "High")[n % 2]), about(record))
        assert outcome.kind == "command", (n, outcome.reason)
    assert OutboxMail.objects.filter(event="command_done").count() == REPEATS_PER_HOUR + 2
    for kind, header in (
        ("conversation", {"Auto_Submitted": "auto-replied"}),
        ("conversation", {"Precedence": "bulk"}),
        ("refused", {"verdict": FAIL}),
    ):
        answers = OutboxMail.objects.count()
        outcome = it.mail(it.sam, command.format("Urgent"), about(record), **header)
        assert outcome.kind == kind, (header, outcome.reason)
        assert fields(record)["Priority"] == "High"
        assert OutboxMail.objects.count() == answers
    ordinary = it.mail(it.sam, "Any news?", about(record))
    assert words_of(ordinary).startswith("The subject has the identifier")
    assert OutboxMail.objects.count() == answers, "an ordinary mail of so many counts as a loop"


@pytest.mark.requirement("R136")
def test_an_edit_is_in_the_history_with_its_files_and_never_in_the_conversation() -> None:
    it = desk()
    record = it.request()
    talks = list(record.conversations.values_list("pk", flat=True))
    files = {"queue.png": ("image/png", b"\x89PNG\r\n\x1a\n0000"), "log.txt": ("text/plain", b"stuck")}
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record), files=files)
    (entry,) = changes_of(record)
    assert (entry.changes, entry.person, entry.via) == ([["Priority", None, "High"]], it.sam, "mail")
    assert (entry.mail_id, entry.by) == (outcome.pk, "sam@msp.example")
    names = Attachment.objects.filter(history_entry=entry).order_by("pk").values_list("name", "conversation")
    assert list(names) == [("queue.png", None), ("log.txt", None)]
    it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record), files=files)
    assert changes_of(record)[1].changes == [["Files", None, "queue.png, log.txt"]]
    assert changes_of(record)[1].attachments.count() == 2
    assert list(record.conversations.values_list("pk", flat=True)) == talks
    again = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record))
    assert (again.kind, len(changes_of(record))) == ("command", 2), "what is so already is not changed"


@pytest.mark.requirement("R136")
def test_pictures_within_the_text_stay_with_an_edit_and_are_none_by_themselves() -> None:
    it = desk()
    record = it.request()

    def with_picture(commands: str) -> MailOutcome:
        seen = f'<p>{commands}</p><img src="cid:logo@msp.example">'
        return it.mail(it.sam, commands, about(record), html=seen, images={"logo@msp.example": PNG})

    outcome = with_picture("$Operation=EditRequest$")
    assert outcome.kind == "refused"
    assert f"it names no field to set; RE-{record.number} stays as it is" in outcome.reason
    assert (changes_of(record), Attachment.objects.count()) == ([], 0)
    for _ in range(2):
        assert with_picture("$Operation=EditRequest$ $Priority=High$").kind == "command"
        (entry,) = changes_of(record)
        assert entry.changes == [["Priority", None, "High"]]
        kept = Attachment.objects.values_list("history_entry", "inline", "content_id", "conversation")
        assert list(kept) == [(entry.pk, True, "logo@msp.example", None)]


@pytest.mark.requirement("R136")
def test_files_are_an_edit_only_for_who_may_edit_and_with_no_field_that_was_skipped() -> None:
    it = desk()
    record = it.request()
    files = {"log.txt": ("text/plain", b"stuck")}
    outcome = it.mail(it.sam, "$Operation=EditRequest$", about(record), files=files)
    assert outcome.kind == "command", outcome.reason
    assert [one.changes for one in changes_of(record)] == [[["Files", None, "log.txt"]]]
    again = process_again(it, outcome)
    assert (again.kind, len(changes_of(record))) == ("command", 1), "its files are there already"
    assert Attachment.objects.filter(history_entry__record=record).count() == 1

    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=Nonsense$", about(record), files=files)
    assert outcome.kind == "refused", "every field was skipped"
    picker = builders.person("Pia Picker", "pia@msp.example")
    give(picker, "request.view")
    give(picker, "request.assign")
    outcome = it.mail(picker, "$Operation=EditRequest$", about(record), files=files)
    assert outcome.kind == "refused"
    assert "its files need the permission request.edit" in answered()[1]
    outcome = it.mail(picker, "$Operation=EditRequest$ $Group=Field$", about(record), files=files)
    assert (outcome.kind, len(changes_of(record))) == ("command", 2)

    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Asset=PRN-04, NOPE$", about(record))
    assert "Set: Asset (without NOPE)." in outcome.reason
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $RequesterEmail=x@nowhere.example$", about(record))
    assert "RequesterEmail: nobody here has this address, and a request that there is" in answered()[1]
    assert not Person.objects.filter(addresses__key="x@nowhere.example").exists()


@pytest.mark.requirement("R153")
@pytest.mark.requirement("R154")
@pytest.mark.requirement("R155")
@pytest.mark.requirement("R156")
@pytest.mark.requirement("R157")
@pytest.mark.requirement("R158")
def test_resources_are_answered_and_edited_by_mail() -> None:
    it = desk()
    made = it.mail(
        it.sam,
        "$Operation=AddRequest$ $RequestTemplate=New starter kit$ $res_301.qstn_select_302=compaq$\n"
        "@@res_301.qstn_radio_303=US@@ @@res_301.qstn_radio_303=DE@@\n"
        "@@res_301.qstn_check_305=Office, AutoCAD, full, Solitaire@@ $res_301.qstn_string_306=Ann, Oslo$",
    )
    record = Record.objects.get(pk=made.record_id)

    def answers() -> dict[str, list[str]]:
        return dict(Answer.objects.filter(record=record).values_list("question__api_key", "values"))

    whole = {
        "qstn_select_302": ["compaq"],
        "qstn_radio_303": ["DE"],
        "qstn_check_305": ["Office", "AutoCAD, full"],
        "qstn_string_306": ["Ann, Oslo"],
    }
    assert answers() == whole
    wrong = "@@res_301.qstn_select_302=compaq, thinkpad x1@@ @@res_301.qstn_check_305=Solitaire@@"
    edit = f"$Operation=EditRequest$ {wrong}"
    outcome = it.mail(it.sam, f"{edit} @@res_301.qstn_none_1=x@@ $res_999.q=x$", about(record))
    assert outcome.kind == "command"
    left = {key: value for key, value in whole.items() if key in ("qstn_radio_303", "qstn_string_306")}
    assert answers() == left, "an invalid answer removes the question, with the valid answer it had"
    gone = "Removed, was compaq: a select question takes one answer, this has two"
    assert gone in outcome.reason and gone in answered()[1]
    outcome = it.mail(it.sam, edit, about(record))
    assert outcome.kind == "refused" and ": Removed: a select question" in answered()[1], (
        "nothing goes any more"
    )
    Resource.objects.update(deleted_at=record.created_at)
    outcome = it.mail(
        it.sam, "$Operation=EditRequest$ $Priority=Low$ @@res_301.qstn_radio_303=UK@@", about(record)
    )
    assert (outcome.kind, answers()) == ("command", left)
    assert "res_301.qstn_radio_303 (no such question)" in outcome.reason


def test_ten_thousand_commands_and_contradicting_ones_in_one_mail() -> None:
    it = desk()
    record = it.request()
    text = "\n".join(f"$Priority={('Low', 'High')[n % 2]}$" for n in range(5000))
    unknown = "\n".join(f"$Field {n}=x$" for n in range(4997))
    mail = f"$Operation=CloseRequest$\n{text}\n{unknown}\n$Operation=EditRequest$\n$Technician=Sam Okafor$"
    started = perf_counter()
    outcome = it.mail(it.sam, mail, about(record))
    assert perf_counter() - started < 10
    assert (outcome.kind, fields(record)["Priority"], fields(record)["Status"]) == ("command", "High", "Open")
    assert "and 4957 more" in outcome.reason
    line = next(one for one in outcome.trace if one[0] == "email command")
    assert line[3] < 5000  # milliseconds, on a busy machine


def test_a_request_that_changes_meanwhile_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    it = desk()
    record = it.request()
    real, tries = writing.hold, []

    def hold(batch):
        if not tries:
            Record.objects.filter(pk=record.pk).update(technician=it.sam)
        tries.append(real(batch))
        return tries[-1]

    monkeypatch.setattr(writing, "hold", hold)
    it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record))
    assert tries == [False, True]
    assert changes_of(record)[0].changes == [["Priority", None, "High"]]


def test_a_refused_command_goes_on_as_an_ordinary_mail_when_a_person_says_so() -> None:
    it = desk()
    record = it.request()
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=Nonsense$", about(record))
    assert (outcome.kind, reprocess.is_refused_command(outcome)) == ("refused", True)
    reprocess.as_ordinary(outcome.pk, it.sam, reprocess.seen_of(outcome))
    assert process(it.box.pk) == 1
    outcome.refresh_from_db()
    assert (outcome.kind, outcome.record_id) == ("conversation", record.pk)
    with pytest.raises(reprocess.NotDone):
        reprocess.as_ordinary(outcome.pk, it.sam, reprocess.seen_of(outcome))


def test_the_same_command_by_two_mailboxes_is_done_once() -> None:
    it = desk()
    record, second = it.request(), mailbox("Second", trusted_authserv_ids=[MX])
    it.mail(it.sam, "$Operation=PickupRequest$", about(record))
    it.sent -= 1
    twin = it.mail(it.sam, "$Operation=PickupRequest$", about(record), box=second)
    assert (twin.kind, len(changes_of(record))) == ("duplicate", 1)


def test_a_technician_commands_by_the_mailbox_of_an_account_too() -> None:
    it = desk()
    record, of_account = it.request(), mailbox("Of Kestrel", account=it.kestrel, trusted_authserv_ids=[MX])
    outcome = it.mail(it.sam, "$Operation=PickupRequest$", about(record), box=of_account)
    assert (outcome.kind, fields(record)["Technician"]) == ("command", "Sam Okafor")

    assert it.mail(it.sam, "It beeps.", "Server", box=of_account).kind == "request"
    assert Person.objects.filter(addresses__key="sam@msp.example").count() == 2, "one has no login"
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", about(record), box=of_account)
    assert (outcome.kind, fields(record)["Priority"]) == ("command", "High"), outcome.reason
    assert changes_of(record)[-1].person == it.sam
    outcome = it.mail(it.sam, "$Operation=AddRequest$ $Priority=Low$", box=of_account)
    assert outcome.kind == "command", outcome.reason
    made = Record.objects.get(pk=outcome.record_id)
    assert (made.account, fields(made)["Priority"]) == (it.kestrel, "Low")


@pytest.mark.requirement("R119")
def test_a_person_entered_without_a_login_commands_with_nobody_elses_rights() -> None:
    it = desk()
    namesake = Person(account=it.kestrel, name="Sam of Kestrel")
    person_settings.save(None, "page", namesake, {}, ["sam@msp.example"], [])
    record, of_account = it.request(), mailbox("Of Kestrel", account=it.kestrel, trusted_authserv_ids=[MX])
    edit = "$Operation=EditRequest$ $Priority=High$"
    outcome = it.mail(it.sam, edit, about(record), box=of_account)
    assert (outcome.kind, outcome.record_id) == ("conversation", record.pk)
    assert (words_of(outcome), changes_of(record)) == (
        "Not read for commands: sam@msp.example has no login",
        [],
    )
    of_vantage = mailbox("Of Vantage", account=it.vantage, trusted_authserv_ids=[MX])
    assert it.mail(it.sam, edit, about(record), box=of_vantage).kind == "command", "nobody is entered there"


@pytest.mark.parametrize("header", ["Reply-To", "Sender", "X-Original-From"])
def test_without_a_from_nobody_commands_whoever_another_header_names(header: str) -> None:
    it = desk(authenticity="refuse_fail")
    record = it.request()
    mail = (
        f"{header}: sam@msp.example\r\nTo: help@desk.example\r\nSubject: {WORD} ##RE-{record.number}##\r\n"
        "Message-ID: <nobody@mail.example>\r\n\r\n$Operation=EditRequest$ $Priority=High$\r\n"
    )
    deliver(it.box, mail.encode())
    record.refresh_from_db()
    assert MailOutcome.objects.latest("pk").kind != "command"
    assert record.priority is None


def test_whom_a_request_notifies_is_not_set_by_mail() -> None:
    it = desk()
    record = it.request()
    asked = "$EmailsToNotify=boss@bolt.example$ $E-mails to notify=boss@bolt.example$ $Priority=High$"
    edited = it.mail(it.sam, f"$Operation=EditRequest$ {asked}", about(record))
    made = it.mail(it.sam, f"$Operation=AddRequest$ {asked}", WORD)
    for outcome in (edited, made):
        assert "Set: Priority. Skipped: EmailsToNotify (no such field)" in outcome.reason
    assert not RequestDetails.objects.exclude(notify=[]).exists()
