"""A request written by hand."""

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deskpost.desk.accounts import Site
from deskpost.desk.assets import Asset
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.desk import field_builders

URL = "/requests/new/"


def create(client: Client, desk: Desk, **values: Any) -> Any:
    form = {
        "account": str(desk.kestrel.pk),
        "requester": "Tom Achterberg <tom@kestrel.example>",
        "subject": "Called about the scanner",
        "text": "It rejects every second sheet.",
        "token": str(uuid.uuid4()),
        **values,
    }
    return client.post(URL, {name: value for name, value in form.items() if value is not None})


def test_a_request_by_hand_has_its_number_and_tells_who_is_to_be_told(desk: Desk) -> None:
    response = create(builders.signed_in(desk.dana), desk, technician=str(desk.sam.pk))
    record = Record.objects.get()
    assert response.headers["Location"] == f"/requests/{record.number}/"
    assert (record.requester, record.account, record.technician) == (desk.tom, desk.kestrel, desk.sam)
    told = dict(OutboxMail.objects.values_list("event", "to"))
    assert told["request_received"] == [["Tom Achterberg", "tom@kestrel.example"]]
    assert told["request_assigned"] == [["Sam Okafor", "sam@northgate-it.example"]]
    page = builders.signed_in(desk.dana).get(f"/requests/{record.number}/").content.decode()
    assert "Opened on the page" in page


def test_a_request_opened_as_closed_tells_its_requester_and_its_history_what_it_was_opened_with(
    desk: Desk,
) -> None:
    due = field_builders.additional("Due", "date")
    closed = Status.objects.filter(kind="closed")[0]
    Person.objects.filter(pk__in=[desk.dana.pk, desk.sam.pk]).update(time_zone="Asia/Tokyo")
    dana = Person.objects.get(pk=desk.dana.pk)
    create(builders.signed_in(dana), desk, status=closed.pk, **{f"additional_{due.pk}": "2026-11-23 22:30"})
    record = Record.objects.get()
    assert "request_closed" in OutboxMail.objects.values_list("event", flat=True)
    (entry,) = HistoryEntry.objects.filter(record=record)
    assert entry.changes == [["Status", None, closed.name], ["Due", None, "2026-11-23T13:30+00:00"]]
    page = builders.signed_in(dana).get(f"/requests/{record.number}/").content.decode()
    assert "2026-11-23 22:30</ins>" in page and "T13:30" not in page


def test_an_unknown_requester_becomes_a_person_of_the_account_once(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    create(client, desk, requester="Ilse Roth <Ilse@kestrel.example>")
    create(client, desk, requester="ilse+phone@kestrel.example")
    ilse = Person.objects.get(name="Ilse Roth")
    assert ilse.account == desk.kestrel
    assert not ilse.has_usable_password()
    assert PersonAddress.objects.filter(person=ilse).count() == 1
    assert Record.objects.filter(requester=ilse).count() == 2


def test_a_form_sent_twice_opens_one_request(desk: Desk) -> None:
    client, token = builders.signed_in(desk.dana), str(uuid.uuid4())
    create(client, desk, token=token)
    assert create(client, desk, token=token).status_code == 302
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("requester", "nobody", "“nobody” is no e-mail address"),
        ("requester", "x@y", "“x@y” is no e-mail address"),
        ("requester", "a@kestrel.example, b@kestrel.example", "A request has one requester."),
        ("requester", builders.HELP, "That is the desk&#x27;s own address."),
        ("subject", "", "This is empty. To do: fill it in."),
        ("text", "", "This is empty. To do: fill it in."),
        ("account", "987654321", "That cannot be chosen here."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    desk: Desk, field: str, value: str, words: str
) -> None:
    response = create(builders.signed_in(desk.dana), desk, **{field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Not saved. One field needs a change" in page
    assert f'href="#id_{field}"' in page
    assert "Called about the scanner" in page or field == "subject"
    assert not Record.objects.exists()


def test_files_can_be_attached_up_to_a_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = builders.signed_in(desk.dana)
    create(client, desk, attachments=SimpleUploadedFile("scan.png", b"png", "image/png"))
    page = client.get(f"/requests/{Record.objects.get().number}/").content.decode()
    assert "scan.png" in page
    monkeypatch.setattr("deskpost.console.uploads.MOST_MEGABYTES", 0)
    response = create(client, desk, attachments=SimpleUploadedFile("scan.png", b"png", "image/png"))
    assert response.status_code == 422
    assert "choose 0 MB at most" in response.content.decode()


def test_a_requester_opens_requests_in_their_own_name_alone(desk: Desk) -> None:
    client = builders.signed_in(desk.tom)
    page = client.get(URL).content.decode()
    for name in ("account", "requester", "status", "group", "technician"):
        assert f'name="{name}"' not in page
    assert 'name="priority"' in page, "the default template gives it to requesters"
    create(
        client,
        desk,
        account=str(desk.vantage.pk),
        requester="helen@vantage.example",
        technician=str(desk.sam.pk),
    )
    record = Record.objects.get()
    assert (record.requester, record.account, record.technician) == (desk.tom, desk.kestrel, None)


def test_requests_in_others_names_are_made_where_one_works_alone(desk: Desk) -> None:
    oslo, rome = (Site.objects.create(account=desk.kestrel, name=name) for name in ("Oslo", "Rome"))
    Asset.objects.create(account=desk.kestrel, name="Press", site=rome)
    Asset.objects.create(account=desk.kestrel, name="Door")
    Person.objects.filter(pk=desk.tom.pk).update(site=rome)
    ola = builders.person(
        "Ola", "ola@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel, at=oslo
    )
    field_builders.give(ola, "SDRequester", account=desk.kestrel)
    client = builders.signed_in(ola)
    toms = {"account": desk.kestrel.pk, "requester": "tom@kestrel.example"}
    for asked in (toms, {"account": desk.kestrel.pk, "requester": ""}):
        part = client.post(f"{URL}fields/", asked, headers=builders.htmx()).content.decode()
        assert "Oslo" in part and "Rome" not in part and "Press" not in part
    for requester in ("tom@kestrel.example", "new@kestrel.example"):
        refused = create(client, desk, requester=requester)
        assert "That is nobody of an account or site you work for" in refused.content.decode()
    elsewhere = builders.person("Vera", "vera@vantage.example", "SDRequester", account=desk.vantage)
    field_builders.give(elsewhere, "SDTechnician", account=desk.kestrel)
    Grant.objects.filter(person=elsewhere, role__name="SDRequester").update(account=desk.vantage)
    client = builders.signed_in(elsewhere)
    asked = {"account": desk.vantage.pk, "requester": "helen@vantage.example"}
    Asset.objects.create(account=desk.vantage, name="Crane")
    assert "Crane" not in client.post(f"{URL}fields/", asked, headers=builders.htmx()).content.decode()
    assert "nobody of an account" in create(client, desk, **asked).content.decode()
    assert not Record.objects.exists() and not Person.objects.filter(name="new@kestrel.example").exists()
    create(client, desk, account=desk.vantage.pk, requester="vera@vantage.example")
    create(client, desk)
    assert {*Record.objects.values_list("requester", flat=True)} == {elsewhere.pk, desk.tom.pk}
    Grant.objects.filter(person=elsewhere).update(account=desk.kestrel)
    Grant.objects.filter(person=elsewhere).exclude(role__name="SDRequester").delete()
    assert client.get(URL).status_code == 403, "a requester of another account asks nothing in their own"


def test_who_may_not_open_requests_is_told_who_can_allow_it(desk: Desk) -> None:
    from deskpost.desk.roles import Role

    Role.objects.create(name="Reader", permissions=["request.view"])
    response = builders.signed_in(builders.person("Rita", "rita@northgate-it.example", "Reader")).get(URL)
    page = response.content.decode()
    assert response.status_code == 403
    assert "You may not open requests" in page
    assert "request.create" in page
    assert "Reader" in page
    assert "Priya Raman can give it to you" in page


@pytest.mark.parametrize("token", [None, "not-a-token"])
def test_a_form_without_its_token_opens_nothing_and_can_be_sent_again(desk: Desk, token: str | None) -> None:
    client = builders.signed_in(desk.dana)
    form = {
        "account": str(desk.kestrel.pk),
        "requester": "tom@kestrel.example",
        "subject": "Cold",
        "text": "Brr",
    }
    answer = client.post(URL, form if token is None else {**form, "token": token})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "the form did not come whole" in page and "To do: look through what stands here" in page
    assert "Brr" in page
    assert not Record.objects.exists()
    fresh = re.search(r'name="token" value="([^"]+)"', page)
    assert fresh is not None
    assert client.post(URL, {**form, "token": fresh[1]}).status_code == 302
    assert Record.objects.get().subject == "Cold"
