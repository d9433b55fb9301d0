"""Tasks and the other modules: their list, their page, new ones by hand, and the tasks of a request."""

import re
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.modules import MODULES, OTHERS
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.desk import field_builders


def made(client: Client, module: str, **values: object) -> Record:
    """Write a record by hand and give it."""
    asked = {"subject": "A new printer", "text": "Third floor.", "token": str(uuid.uuid4()), **values}
    response = client.post(reverse("record_new", args=[module]), asked)
    assert response.status_code == 302, response.content.decode()
    number = int(response.headers["Location"].rstrip("/").rpartition("/")[2])
    return Record.objects.get(module=module, number=number)


def posted(client: Client, record: Record, **values: object) -> object:
    """Change fields of a record as its page does, which carries what it showed."""
    page = client.get(reverse("record", args=[record.module, record.number])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    url = reverse("record_properties", args=[record.module, record.number])
    return client.post(url, {"seen": seen[1], **values}, headers=builders.htmx())


@pytest.mark.requirement("R161")
def test_a_record_of_every_module_is_made_by_hand_listed_and_changed_with_history(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    closed = Status.objects.filter(kind=Status.Kind.CLOSED)[0]
    for module in OTHERS:
        record = made(client, module, account=desk.kestrel.pk, technician=desk.sam.pk)
        name = f"{module}-{record.number}"
        told = OutboxMail.objects.get(record=record)
        assert (told.event, told.to[0][1]) == ("record_assigned", "sam@northgate-it.example")
        assert told.subject == f"##{name}## A new printer"
        assert f"{name} (Kestrel Logistics) is now yours." in told.text
        listed = client.get(reverse("records", args=[module])).content.decode()
        assert name in listed and MODULES[module].plural in listed and "Kestrel Logistics" in listed
        page = client.get(reverse("record", args=[module, record.number])).content.decode()
        assert f"##{name}##" in page and "Third floor." in page
        assert (
            client.get(reverse("request_by_name", args=[name]))
            .headers["Location"]
            .endswith(f"/records/{module.lower()}/{record.number}/")
        )
        posted(client, record, subject="Two new printers", status=closed.pk, technician=desk.dana.pk)
        record.refresh_from_db()
        assert (record.subject, record.status, record.technician) == ("Two new printers", closed, desk.dana)
        assert record.closed_at is not None
        entry = HistoryEntry.objects.filter(record=record).order_by("-pk")[0]
        assert [change[0] for change in entry.changes] == ["Title", "Status", "Owner"]
        assert name not in client.get(reverse("records", args=[module])).content.decode()
        assert name in client.get(reverse("records", args=[module]) + "?view=all").content.decode()


def test_a_record_is_answered_and_noted_upon_and_reached_by_search(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    task = made(client, "TA", account=desk.kestrel.pk)
    written = {"mode": "reply", "to": "tom@kestrel.example", "text": "It comes on Monday.", "newest": 99}
    url = reverse("record_reply", args=["TA", task.number])
    sent = client.post(url, {**written, "token": str(uuid.uuid4())})
    assert f"/records/ta/{task.number}/" in sent.headers["Location"]
    mail = OutboxMail.objects.get(record=task, event="reply")
    assert mail.subject == f"##TA-{task.number}## A new printer"
    client.post(url, {**written, "mode": "note", "text": "Ask for the key.", "token": str(uuid.uuid4())})
    closed = Status.objects.filter(kind=Status.Kind.CLOSED)[0]
    client.post(url, {**written, "mode": "note", "status": closed.pk, "token": str(uuid.uuid4())})
    task.refresh_from_db()
    assert (task.status, task.closed_at is not None) == (closed, True)
    wrong = client.post(url, {**written, "to": "", "token": str(uuid.uuid4())}, headers=builders.htmx())
    assert wrong.status_code == 422 and url in wrong.content.decode()
    page = client.get(reverse("record", args=["TA", task.number])).content.decode()
    assert "It comes on Monday." in page and "Ask for the key." in page
    found = client.get(reverse("requests") + f"?q=TA-{task.number}")
    assert found.headers["Location"] == reverse("record", args=["TA", task.number])
    newer = client.get(reverse("record_newer", args=["TA", task.number]) + "?after=0")
    assert "Ask for the key." in newer.content.decode()


def test_of_two_who_change_the_same_field_the_second_is_told_who_was_faster(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    task = made(client, "TA", account=desk.kestrel.pk)
    page = client.get(reverse("record", args=["TA", task.number])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]  # type: ignore[index]
    posted(builders.signed_in(desk.sam), task, subject="A used printer")
    url = reverse("record_properties", args=["TA", task.number])
    late = client.post(url, {"seen": seen, "subject": "No printer"}, headers=builders.htmx())
    assert late.status_code == 422
    assert "Sam Okafor set Title to A used printer" in late.content.decode()
    gone = posted(client, task, subject="A typed title", status="987654")
    assert gone.status_code == 422, "what was chosen is gone, and what was typed is kept"  # type: ignore[attr-defined]
    words = gone.content.decode()  # type: ignore[attr-defined]
    assert "not in the list any more. To do: choose" in words and "A typed title" in words
    empty = posted(client, task, subject="  ")
    assert "A title has 1 to 300 characters" in empty.content.decode()  # type: ignore[attr-defined]
    task.refresh_from_db()
    assert task.subject == "A used printer"
    other = client.post(url, {"seen": seen, "subject": "A new printer", "technician": desk.dana.pk})
    task.refresh_from_db()
    assert (other.status_code, task.subject, task.technician) == (303, "A used printer", desk.dana)


def test_a_task_belongs_to_a_request_of_its_account_and_both_pages_show_it(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    request = builders.request_by_mail(desk.box)
    page = client.get(reverse("request", args=[request.number])).content.decode()
    new = f"{reverse('record_new', args=['TA'])}?request={request.number}"
    assert new in page
    form = client.get(new).content.decode()
    assert f'value="RE-{request.number}"' in form
    task = made(client, "TA", account=desk.kestrel.pk, belongs_to=f"RE-{request.number}")
    page = client.get(reverse("request", args=[request.number])).content.decode()
    assert f"TA-{task.number}" in page and "A new printer" in page
    own = client.get(reverse("record", args=["TA", task.number])).content.decode()
    assert reverse("request", args=[request.number]) in own and request.subject in own
    assert f"RE-{request.number}" in client.get(reverse("records", args=["TA"])).content.decode()
    for record, change in ((task, ["Belongs to", None, str(request)]), (request, ["Task", None, str(task)])):
        assert change in HistoryEntry.objects.filter(record=record).order_by("-pk")[0].changes
    assert f"TA-{task.number}" not in (
        builders.signed_in(desk.tom).get(reverse("request", args=[request.number])).content.decode()
    )
    other = {"account": desk.vantage.pk, "belongs_to": f"RE-{request.number}", "token": str(uuid.uuid4())}
    refused = client.post(reverse("record_new", args=["TA"]), {"subject": "x", "text": "x", **other})
    assert "That request is of Kestrel Logistics." in refused.content.decode()

    theirs = builders.record_of(desk.vantage, "Another", by=desk.admin)
    for wrong, name in (
        ({"pk": theirs.pk, "belongs_to": request}, "record_belongs_to_and_account"),
        ({"pk": task.pk, "belongs_to": task}, "record_belongs_to_request"),
        ({"pk": request.pk, "belongs_to": request}, "record_tasks_belong"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Record.objects.filter(pk=wrong.pop("pk")).update(**wrong)
            with transaction.get_connection().cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_owner_is_set_where_one_may_assign_alone(desk: Desk) -> None:
    maker = builders.person("Mika", "mika@northgate-it.example")
    for permission in ("request.view", "request.create"):
        field_builders.give(maker, permission)
    client = builders.signed_in(maker)
    new = reverse("record_new", args=["TA"])
    assert 'name="technician"' not in client.get(new).content.decode()
    field_builders.give(maker, "request.assign", account=desk.vantage)
    assert 'name="technician"' in client.get(new).content.decode()
    asked = {"subject": "A new printer", "text": "Third floor.", "technician": desk.dana.pk}
    posted_to = {"account": desk.kestrel.pk, "token": str(uuid.uuid4())}
    refused = client.post(new, {**asked, **posted_to}).content.decode()
    assert "You may not give records of Kestrel Logistics to an owner" in refused
    assert not Record.objects.filter(module="TA").exists()
    assert made(client, "TA", account=desk.vantage.pk, technician=desk.dana.pk).technician == desk.dana
    assert made(client, "TA", account=desk.kestrel.pk).technician is None


def test_an_unverified_reply_to_a_task_is_told_by_the_bell_and_accepted_at_the_task_or_in_the_trace(
    desk: Desk,
) -> None:
    client = builders.signed_in(desk.dana)
    task = builders.record_of(desk.kestrel, "A new printer", by=desk.admin, technician=desk.dana)
    builders.number_from(task.number)
    request = builders.request_by_mail(desk.box)
    assert request.number == task.number, "the same number under another module"
    for number in (1, 2):
        builders.request_by_mail(
            desk.box,
            sender="Eve <eve@elsewhere.example>",
            subject=f"Re: ##TA-{task.number}## A new printer",
            text=f"Mine, {number}",
            message_id=f"<{number}@elsewhere.example>",
        )
    first, second = MailOutcome.objects.filter(kind="held").order_by("pk")
    notice = BellNotice.objects.filter(person=desk.dana, kind="held_reply")[0]
    assert words_of(notice).title == f"A reply waits at TA-{task.number}"
    assert notice.url.startswith(f"/records/ta/{task.number}/#held-")
    url = reverse("record_held_accept", args=["TA", task.number, first.pk])
    page = client.get(reverse("record", args=["TA", task.number])).content.decode()
    assert url in page
    client.post(url, {"seen": f"held.{task.pk}.0"})
    trace = client.get(reverse("trace_mail", args=[second.pk])).content.decode()
    assert f'name="number" value="TA-{task.number}"' in trace and "Held at" in trace
    client.post(
        reverse("trace_move", args=[second.pk]),
        {"seen": f"held.{task.pk}.0", "number": f"TA-{task.number}"},
    )
    there = Conversation.objects.filter(record=task, from_address="eve@elsewhere.example")
    assert there.count() == 2
    assert Conversation.objects.filter(record=request).count() == 1
    told = client.get(reverse("trace_mail", args=[second.pk]), follow=True).content.decode()
    assert f"TA-{task.number}" in told and reverse("record", args=["TA", task.number]) in told
