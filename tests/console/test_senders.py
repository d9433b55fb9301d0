"""The page Senders, and whom nobody knows accepted or refused from the mail trace."""

import html
import re

import pytest
from django.urls import reverse

from deskpost import settings_file
from deskpost.desk import settings_history
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.settings import change
from deskpost.desk.settings_history import Wanted
from deskpost.inbound import approval
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import seen_of
from tests.console import builders
from tests.console.conftest import Desk

EVE = "Eve <eve@elsewhere.example>"


def row() -> Installation:
    return Installation.objects.get()


def form(desk: Desk, **values: str) -> dict[str, str]:
    page = builders.signed_in(desk.admin).get(reverse("senders")).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    kept = {"unknown_senders": "create", "who_may_join": "account", "reopen_within_days": "30"}
    kept |= {"reopenings_per_day": "5", "auto_replies": "join"}
    return {**kept, "seen": seen[1], **values}


def post(desk: Desk, **values: str) -> str:
    answer = builders.signed_in(desk.admin).post(reverse("senders"), form(desk, **values), follow=True)
    return html.unescape(answer.content.decode())


def test_it_is_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    for who in (desk.dana, desk.tom):
        client = builders.signed_in(who)
        assert client.get(reverse("senders")).status_code == 403
        assert client.post(reverse("senders"), {"unknown_senders": "refuse"}).status_code == 403
    assert row().unknown_senders == "create"


def test_what_is_chosen_is_saved_and_told_in_history_file_and_all_settings(desk: Desk) -> None:
    assert "Saved." in post(desk, unknown_senders="hold", who_may_join="strict", reopen_within_days="7")
    assert (row().unknown_senders, row().who_may_join, row().reopen_within_days) == ("hold", "strict", 7)
    newest = settings_history.versions(Wanted(("installation",)), 1)[0]
    assert (newest.who, newest.via) == ("Priya Raman", "page")
    assert set(newest.changed) == {"unknown_senders", "who_may_join", "reopen_within_days"}
    client = builders.signed_in(desk.admin)
    history = html.unescape(client.get(reverse("settings_history") + "?kind=installation").content.decode())
    assert "Unknown senders" in history and "Held until somebody accepts them" in history
    everything = html.unescape(client.get(reverse("all_settings")).content.decode())
    assert "Unknown senders: held until somebody accepts them" in everything
    assert "unknown_senders: hold" in settings_file.export()
    assert "Nothing was changed" in post(
        desk, unknown_senders="hold", who_may_join="strict", reopen_within_days="7"
    )


@pytest.mark.parametrize("asked", ["unknown senders", "hold for approval", "who may join", "reopenings"])
def test_all_settings_finds_them(desk: Desk, asked: str) -> None:
    found = builders.signed_in(desk.admin).get(reverse("all_settings"), {"q": asked}).content.decode()
    assert f'href="{reverse("senders")}' in found


def test_an_earlier_version_comes_back_without_what_the_page_does_not_set(desk: Desk) -> None:
    post(desk, unknown_senders="hold")
    held = settings_history.versions(Wanted(("installation",)), 1)[0]
    change(desk.admin, "page", row(), {"unknown_senders": "create", "public_url": "https://new.example"})
    newest = settings_history.versions(Wanted(("installation",)), 1)[0]
    values = {"version": f"installation-{held.id}", "newest": str(newest.id)}
    builders.signed_in(desk.admin).post(reverse("settings_restore"), values)
    assert (row().unknown_senders, row().public_url) == ("hold", "https://new.example")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("unknown_senders", "perhaps"),
        ("who_may_join", ""),
        ("reopen_within_days", "0"),
        ("reopenings_per_day", "x"),
        ("auto_replies", "perhaps"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_saved(desk: Desk, field: str, typed: str) -> None:
    assert "To do:" in post(desk, **{"unknown_senders": "refuse", field: typed})
    assert row().unknown_senders == "create"


def test_who_saves_over_what_another_saved_meanwhile_is_told(desk: Desk) -> None:
    values = form(desk, unknown_senders="refuse")
    change(desk.sam, "page", row(), {"unknown_senders": "hold"})
    answer = builders.signed_in(desk.admin).post(reverse("senders"), values)
    assert answer.status_code == 422 and "Sam Okafor" in answer.content.decode()
    assert row().unknown_senders == "hold"


def held(desk: Desk, number: int = 1, sender: str = EVE) -> MailOutcome:
    """Let mail of a stranger come in where strangers are held."""
    change(None, "page", row(), {"unknown_senders": "hold"})
    parts = {"sender": sender, "subject": f"Offer {number}", "message_id": f"<{number}@elsewhere.example>"}
    deliver(desk.box, builders.mail(**parts))
    made = MailOutcome.objects.latest("pk")
    assert approval.waits(made)
    return made


def act(who: object, name: str, mail: MailOutcome, **more: str) -> object:
    values = {"seen": seen_of(mail), **more}
    return builders.signed_in(who).post(reverse(name, args=[mail.pk]), values, follow=True)  # type: ignore[arg-type]


def text(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def trace_of(who: object, mail: MailOutcome) -> str:
    return text(builders.signed_in(who).get(reverse("trace_mail", args=[mail.pk])))  # type: ignore[arg-type]


def test_the_trace_says_who_waits_and_which_setting_decided_and_offers_both(desk: Desk) -> None:
    mail = held(desk)
    page = trace_of(desk.admin, mail)
    assert "Nobody of the account" in page and "Accept the sender" in page and ">Refuse<" in page
    assert f'href="{reverse("senders")}#id_unknown_senders"' in page
    assert "Make it a request of its own" not in page, "which is the same as to accept"
    assert f'href="{reverse("senders")}' not in trace_of(desk.dana, mail), "she may not open that page"


def test_accepted_from_its_trace_it_is_a_request_and_what_else_waits_follows(desk: Desk) -> None:
    mail, other = held(desk), held(desk, 2)
    page = text(act(desk.dana, "trace_accept", mail))
    record = Record.objects.get()
    assert f"The sender is accepted, and the mail is request {record.number}." in page
    assert "1 further mail of the sender is processed." in page
    process(desk.box.pk)
    other.refresh_from_db()
    assert other.kind == "request"
    assert PersonAddress.objects.get(key="eve@elsewhere.example").person == record.requester


def test_refused_from_the_list_it_stays_there_and_can_be_accepted_later(desk: Desk) -> None:
    mail = held(desk)
    listed = text(builders.signed_in(desk.dana).get(reverse("trace") + "?outcome=held"))
    assert (
        reverse("trace_accept", args=[mail.pk]) in listed
        and reverse("trace_refuse", args=[mail.pk]) in listed
    )
    answer = act(desk.dana, "trace_refuse", mail, to="list")
    assert answer.redirect_chain[-1][0] == reverse("trace")  # type: ignore[attr-defined]
    assert "is refused. Its sender is not told." in text(answer)
    mail.refresh_from_db()
    assert mail.kind == "refused"
    page = trace_of(desk.dana, mail)
    assert "Dana Whitfield refused it" in page and "What had become of it before" in page
    assert "refused its sender" in page and "Accept the sender" not in page
    act(desk.dana, "trace_own", mail)
    assert Record.objects.get().requester.name == "Eve"


def test_of_two_who_act_at_once_the_second_is_told(desk: Desk) -> None:
    mail = held(desk)
    act(desk.dana, "trace_accept", mail)
    answer = act(desk.sam, "trace_refuse", mail)
    assert answer.status_code == 409 and "Dana Whitfield made it a request" in text(answer)  # type: ignore[attr-defined]
    assert Record.objects.count() == 1


def test_who_may_not_open_requests_there_accepts_and_refuses_nobody(desk: Desk) -> None:
    mail = held(desk)
    kestrels = builders.person("Kim", "kim@northgate-it.example", "SDTechnician", within=desk.kestrel)
    for who in (kestrels, desk.tom):
        for name in ("trace_accept", "trace_refuse"):
            assert act(who, name, mail).status_code in (403, 404)  # type: ignore[attr-defined]
    mail.refresh_from_db()
    assert approval.waits(mail) and Account.objects.filter(name="MSP").exists()


def test_a_mail_that_waits_for_no_sender_is_not_accepted_by_this(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    mail = MailOutcome.objects.get(record=record)
    answer = act(desk.dana, "trace_accept", mail)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "It does not wait for its sender to be accepted." in text(answer)


def test_accepting_says_what_it_made_and_the_trace_how_it_is_taken_back(desk: Desk) -> None:
    mail = held(desk)
    page = text(act(desk.dana, "trace_accept", mail))
    assert "Eve is a person of the account now." in page
    taken_back = "Its sender should not have been accepted: "
    assert f"{taken_back}ask who manages people to remove <bdi>Eve</bdi>" in page
    eve = Record.objects.get().requester
    assert eve is not None
    url = reverse("person", args=[eve.pk])
    Record.objects.update(requester=None)  # as whoever gives it to somebody else does
    page = trace_of(desk.admin, mail)
    assert f'{taken_back}remove <a class="link" href="{url}" dir="auto">Eve</a> under People' in page
    admin = builders.signed_in(desk.admin)
    assert admin.get(url).status_code == 200
    assert admin.post(reverse("person_remove", args=[eve.pk])).status_code == 303
    assert taken_back not in trace_of(desk.admin, mail), "it was done"
    assert approval.waits(held(desk, 2)), "and what comes from there waits again"
    change(None, "page", row(), {"unknown_senders": "create"})
    record = builders.request_by_mail(desk.box)
    assert taken_back not in trace_of(desk.admin, MailOutcome.objects.get(record=record))


def test_a_mail_without_sender_is_accepted_and_makes_nobody(desk: Desk) -> None:
    people = Person.objects.count()
    mail = held(desk, sender="undisclosed")
    page = trace_of(desk.dana, mail)
    assert "Accept the mail" in page and "Accept the sender" not in page
    assert "it becomes a request of nobody" in page
    page = text(act(desk.dana, "trace_accept", mail))
    assert "nobody became a person and nobody is its requester. To do:" in page
    assert Record.objects.get().requester is None and Person.objects.count() == people
    record = text(builders.signed_in(desk.dana).get(reverse("request", args=[Record.objects.get().number])))
    assert "Change the requester" in record
