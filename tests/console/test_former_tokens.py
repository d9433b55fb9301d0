"""Tokens of a former system, on the page Delimiters and in what they do to mail."""

import uuid

import pytest
from django.urls import reverse

from deskpost.desk import former_tokens
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant
from deskpost.inbound.messages import MailOutcome
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_delimiters import form as delimiters_form
from tests.console.test_delimiters import restore

NEW = "/admin/mail-server-settings/delimiters/former/new/"
TOKEN = {"module": "RE", "before": "[Request ID :##", "after": "##]", "below": "20000"}


def test_a_token_of_a_former_system_is_mapped_and_new_numbers_go_on_behind_its_own(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    first = builders.request_by_mail(desk.box)
    page = client.post(NEW, TOKEN, follow=True).content.decode()
    assert "Former system: mapped to Request, numbers below 20,000" in page
    assert "[Request ID :##1##]" in page
    assert "1 records have numbers below 20000 already" in page
    second = builders.request_by_mail(desk.box, message_id="<2@kestrel.example>", text="Another")
    assert (first.number, second.number) == (1, 20_000)

    Record.objects.filter(pk=first.pk).update(number=12_907)
    joins = "RE: AW: [Request ID : ##12907##] VPN"
    joined = builders.request_by_mail(desk.box, subject=joins, message_id="<3@kestrel.example>", text="Still")
    assert joined.pk == first.pk
    outcome = MailOutcome.objects.latest("pk")
    assert outcome.reason == "It names RE-12907: number of a former system in the subject."
    by = next(line[4] for line in outcome.trace if line[0] == "threading")
    assert (by["kind"], by["value"]) == ("formertoken", "[Request ID :##…##]")
    trace = client.get(f"/trace/{outcome.pk}/").content.decode()
    assert "Token of a former system</a>" in trace and "[Request ID :##…##]" in trace
    for number, subject in enumerate(("[Request ID :##12908##] VPN", "[Request ID :##20000##] VPN", "12907")):
        opened = builders.request_by_mail(
            desk.box, subject=subject, message_id=f"<new{number}@kestrel.example>", text=subject
        )
        assert opened.number > 20_000, subject
    theirs = builders.request_by_mail(
        desk.box,
        sender="Helen Cho <helen@vantage.example>",
        subject="Re: [Request ID :##12907##] VPN",
        message_id="<4@vantage.example>",
    )
    assert (theirs.pk, MailOutcome.objects.latest("pk").kind) == (first.pk, "held")


def test_a_record_gets_the_number_that_it_had_in_the_former_system(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    new = reverse("record_new", args=["PB"])
    assert 'name="number"' not in client.get(new).content.decode()
    client.post(NEW, {**TOKEN, "module": "PB", "before": "Problem #", "after": "", "below": "500"})
    asked = {"account": desk.kestrel.pk, "subject": "The line", "text": "Noise.", "number": "77"}
    assert 'name="number"' in client.get(new).content.decode()
    client.post(new, {**asked, "token": str(uuid.uuid4())})
    problem = Record.objects.get(module="PB")
    assert problem.number == 77
    again = client.post(new, {**asked, "token": str(uuid.uuid4())}).content.decode()
    assert "PB-77 exists already." in again
    beyond = client.post(new, {**asked, "number": "500", "token": str(uuid.uuid4())}).content.decode()
    assert "To do: choose one below 500" in beyond
    joined = builders.request_by_mail(desk.box, subject="Re: problem #77 again", text="Noise again")
    assert joined == problem
    client.post(new, {**asked, "number": "", "token": str(uuid.uuid4())})
    assert Record.objects.filter(module="PB", number=500).exists()

    client.post(NEW, TOKEN)
    request = {"account": desk.kestrel.pk, "requester": "Tom <tom@kestrel.example>", "subject": "VPN"}
    asked = {**request, "text": "It drops.", "number": "12907", "token": str(uuid.uuid4())}
    opened = client.post(reverse("new_request"), asked)
    assert opened.headers["Location"] == "/requests/12907/"
    again = client.post(reverse("new_request"), {**asked, "token": str(uuid.uuid4())})
    assert (again.status_code, "RE-12907 exists already." in again.content.decode()) == (422, True)
    assert desk.tom.grants.filter(account=None).exists(), "a requester's role, given everywhere"
    own = builders.signed_in(desk.tom).get(reverse("new_request")).content.decode()
    assert "former system" not in own and 'name="number"' not in own

    kim = builders.person("Kim", "kim@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel)
    assert 'name="number"' not in builders.signed_in(kim).get(new).content.decode()
    Grant.objects.filter(person=desk.tom).update(account=None)  # a requester, everywhere
    asks = builders.signed_in(desk.tom)
    assert 'name="number"' not in asks.get(reverse("new_request")).content.decode()
    asks.post(reverse("new_request"), {**asked, "number": "12908", "token": str(uuid.uuid4())})
    assert Record.objects.get(requester=desk.tom, subject="VPN", number__gt=12907).number >= 20_000


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"before": "##RE-", "after": "##"}, "looks like one of Deskpost"),
        ({"before": "# # re-", "after": "# #"}, "looks like one of Deskpost"),
        ({"before": "RE-", "after": ""}, "looks like one of Deskpost"),
        ({"before": "ticket", "after": ""}, "too little before its number"),
        ({"before": "#", "after": "#"}, "too little before its number"),
        ({"before": "#1", "after": "]"}, "a digit beside its number"),
        ({"before": "[#", "after": "0]"}, "a digit beside its number"),
        ({"before": "[" * 41}, "This has 41 characters"),
        ({"before": "[ID :\u200b"}, "has a sign that is not seen"),
        ({"below": "1"}, "no whole number from 2"),
        ({"module": "XX"}, "That cannot be chosen here"),
    ],
)
def test_what_cannot_be_mapped_is_refused_in_words(desk: Desk, typed: dict[str, str], words: str) -> None:
    response = builders.signed_in(desk.admin).post(NEW, {**TOKEN, **typed})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not FormerToken.objects.exists()


def test_delimiters_and_former_tokens_never_look_alike_and_view_history_brings_one_back(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    client.post(NEW, {**TOKEN, "before": "@@HD-", "after": "@@"})
    refused = client.post(reverse("delimiters"), delimiters_form(base="@@", RE="HD")).content.decode()
    assert "former system" in refused and "token @@HD-1@@ would look like" in refused
    row = FormerToken.objects.get()
    twice = client.post(NEW, {**TOKEN, "before": "@HD-", "after": "@"}).content.decode()
    assert "is mapped already, and one of the two stands in the other" in twice
    client.post(reverse("former_token", args=[row.pk]), {**TOKEN, "seen": "0"})
    row.refresh_from_db()
    assert row.before == "@@HD-", "who opened the page before another version is told"
    seen = former_tokens.present()
    client.post(reverse("former_token_remove", args=[row.pk]))
    assert not FormerToken.objects.exists()
    assert "Brought back" in restore(desk, "formertoken")
    assert former_tokens.present() == seen
