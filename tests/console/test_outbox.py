"""The outbox page: who sees which mail, by state and filter, and the acts on one."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.console.outbox_rows import Row
from deskpost.desk import settings
from deskpost.desk.accounts import Site
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role
from deskpost.outbound import outbox_acts
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.outbound.builders import queue_mails
from tests.servers.smtp_sink import SmtpSink


def text_of(client: object, url: str) -> str:
    response = client.get(url)  # type: ignore[attr-defined]
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def rows_of(response: Any) -> list[Row]:
    return [row for group in response.context["groups"] for row in group.rows]


def queued(desk: Desk, to: str = "tom@kestrel.example", **fields: object) -> OutboxMail:
    """Put one mail into the outbox; other columns are set afterwards."""
    columns = {"subject", "account_id", "event", "sending_class"}
    first = {name: value for name, value in fields.items() if name in columns}
    (mail,) = queue_mails(desk.server, [to], **{"account_id": desk.kestrel.pk, **first})  # type: ignore[arg-type]
    rest = {name: value for name, value in fields.items() if name not in columns}
    OutboxMail.objects.filter(pk=mail.pk).update(**rest) if rest else None
    mail.refresh_from_db()
    return mail


def test_the_outbox_is_for_those_who_manage_it(desk: Desk) -> None:
    mail = queued(desk)
    for who, status in ((desk.admin, 200), (desk.dana, 403), (desk.tom, 403)):
        client = builders.signed_in(who)
        assert client.get(reverse("outbox")).status_code == status
        shown = reverse("outbox") in client.get(reverse("requests")).content.decode()
        assert shown == (status == 200)
    assert builders.signed_in(desk.admin).get(reverse("outbox_mail", args=[mail.pk])).status_code == 200


def test_who_sees_the_request_of_a_mail_is_told_which_permission_the_mail_needs(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    mail = OutboxMail.objects.filter(record=record).first()
    assert mail is not None
    client = builders.signed_in(desk.dana)
    assert client.get(reverse("outbox_mail", args=[mail.pk])).status_code == 403
    assert client.post(reverse("outbox_cancel", args=[mail.pk])).status_code == 403


def test_a_coordinator_of_one_account_sees_its_mails_alone(desk: Desk) -> None:
    mine = queued(desk, subject="For Kestrel")
    theirs = queued(desk, subject="For Vantage", account_id=desk.vantage.pk)
    nobodys = queued(desk, subject="For nobody", account_id=None)
    who = builders.person(
        "Cora", "cora@kestrel.example", "SDCoordinator", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(who)
    page = text_of(client, reverse("outbox"))
    assert "For Kestrel" in page and "For Vantage" not in page and "For nobody" not in page
    for mail, status in ((mine, 200), (theirs, 404), (nobodys, 404)):
        assert client.get(reverse("outbox_mail", args=[mail.pk])).status_code == status
    assert client.post(reverse("outbox_pause", args=[desk.server.pk])).status_code == 403


def test_a_coordinator_of_one_site_sees_the_mails_of_its_requests_alone(desk: Desk) -> None:
    berlin = Site.objects.create(account=desk.kestrel, name="Berlin")
    there = builders.request_by_mail(desk.box, message_id="<b@x>")
    elsewhere = builders.request_by_mail(desk.box, sender="Ilse <ilse@kestrel.example>", message_id="<m@x>")
    Person.objects.filter(pk=there.requester_id).update(site=berlin)
    of_none = queued(desk, subject="Of no request")
    who = builders.person("Cora", "cora@kestrel.example", account=desk.kestrel)
    role = Role.objects.get(name="SDCoordinator")
    Grant.objects.create(person=who, role=role, account=desk.kestrel, site=berlin)
    client = builders.signed_in(who)
    for record, status in ((there, 200), (elsewhere, 404)):
        mail = OutboxMail.objects.filter(record=record).earliest("pk")
        assert client.get(reverse("outbox_mail", args=[mail.pk])).status_code == status
        if status == 404:
            assert client.post(reverse("outbox_cancel", args=[mail.pk])).status_code == 404
    assert client.get(reverse("outbox_mail", args=[of_none.pk])).status_code == 404


def test_every_state_has_its_tab_with_its_count(desk: Desk) -> None:
    now = timezone.now()
    queued(desk, subject="A waits")
    queued(desk, subject="B sends", state="sending")
    queued(desk, subject="C again", tries=3)
    queued(desk, subject="D held", state="held")
    queued(desk, subject="E lapsed", state="lapsed", done_at=now)
    queued(desk, subject="F failed", state="failed", done_at=now)
    queued(desk, subject="G cancelled", state="cancelled", done_at=now)
    queued(desk, subject="H sent", state="sent", done_at=now)
    queued(desk, subject="I sent long ago", state="sent", done_at=now - timedelta(days=2))
    shown = {
        "unsent": "ABCD",
        "waiting": "A",
        "sending": "B",
        "trying": "C",
        "held": "DE",
        "failed": "F",
        "cancelled": "G",
        "sent": "H",
    }
    client = builders.signed_in(desk.admin)
    for tab, letters in shown.items():
        response = client.get(reverse("outbox"), {"tab": tab})
        subjects = [row.subject[0] for row in rows_of(response)]
        assert sorted(subjects) == sorted(letters), tab
        (count,) = [str(one["count"]) for one in response.context["tabs"] if one["key"] == tab]
        assert count == str(len(letters)), tab
    rows = rows_of(client.get(reverse("outbox")))
    assert [row.subject[0] for row in rows] == ["C", "D", "B", "A"], "what needs a look first"


def test_a_long_list_comes_in_parts_that_miss_none_and_show_none_twice(desk: Desk) -> None:
    for number in range(30):
        queued(desk, subject=f"Mail {number}", tries=number % 2)
    client = builders.signed_in(desk.admin)
    first = client.get(reverse("outbox"))
    second = client.get(first.context["next_url"])
    assert (len(rows_of(first)), len(rows_of(second)), second.context["next_url"]) == (25, 5, None)
    assert len({row.id for row in (*rows_of(first), *rows_of(second))}) == 30


def test_filters_narrow_the_list_and_stay_in_the_address(desk: Desk) -> None:
    queued(desk, subject="Notice", event="request_received", sending_class=3)
    queued(desk, subject="Reply")
    queued(desk, subject="Elsewhere", account_id=desk.vantage.pk)
    client = builders.signed_in(desk.admin)
    page = client.get(reverse("outbox"), {"class": "2", "account": str(desk.kestrel.pk)})
    assert [row.subject for row in rows_of(page)] == ["Reply"]
    assert "class=2" in rows_of(page)[0].url
    page = client.get(reverse("outbox"), {"class": "x", "server": "-1", "tab": "none", "place": "9.x"})
    assert len(rows_of(page)) == 3, "what an address says wrongly is left out"


def test_a_mail_shows_every_attempt_and_never_its_text(desk: Desk) -> None:
    mail = queued(desk, to="joao@kestrel.example", tries=2)
    OutboxMail.objects.filter(pk=mail.pk).update(text="the code is 123456")
    for minutes, said in ((9, "450 4.1.1 <b>later</b>"), (5, "450 4.1.1 <b>later</b>")):
        at = timezone.now() - timedelta(minutes=minutes)
        OutboxAttempt.objects.create(mail=mail, at=at, server="smtp2.example:25", result=said, ms=1200)
    page = text_of(builders.signed_in(desk.admin), reverse("outbox_mail", args=[mail.pk]))
    assert page.count("450 4.1.1 &lt;b&gt;later&lt;/b&gt;") == 1
    assert "the same answer" in page
    assert "2 tries failed for a reason that may pass." in page
    assert "joao@kestrel.example" in page
    assert mail.message_id.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "123456" not in page


def test_a_try_by_the_alternate_says_so_and_a_retry_is_told_as_what_was_asked(desk: Desk) -> None:
    settings.change(None, "page", desk.server, {"alternate_server": "smtp2.desk.example:2525"})
    mail, client = queued(desk), builders.signed_in(desk.admin)
    for place in ("smtp1.desk.example:25", "smtp2.desk.example:2525"):
        OutboxAttempt.objects.create(mail=mail, server=place, result="451 later")
    client.post(reverse("outbox_retry", args=[mail.pk]))
    page = text_of(client, reverse("outbox_mail", args=[mail.pk]))
    assert "smtp2.desk.example:2525, alternate" in page and "smtp1.desk.example:25, alternate" not in page
    assert f"{desk.admin.name} asked for another try" in page


def test_the_buttons_do_what_they_say_and_say_when_they_cannot(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    with SmtpSink() as sink, SmtpSink() as other:
        OutgoingServer.objects.filter(pk=desk.server.pk).update(server="127.0.0.1", port=sink.port)
        second = OutgoingServer.objects.create(
            name="Second", server="127.0.0.1", port=other.port, reply_to="second@northgate-it.example"
        )
        later = timezone.now() + timedelta(hours=1)
        first, moved, gone = (queued(desk, f"{n}@x.example", next_try_at=later) for n in "abc")
        told = client.post(reverse("outbox_retry", args=[first.pk]) + "?tab=waiting", follow=True)
        assert told.redirect_chain == [(reverse("outbox_mail", args=[first.pk]) + "?tab=waiting", 303)]
        assert "It is tried now." in told.content.decode()
        client.post(reverse("outbox_through", args=[moved.pk]), {"server": str(second.pk)})
        client.post(reverse("outbox_cancel", args=[gone.pk]))
        send_due(desk.server.pk)
        send_due(second.pk)
        assert [mail.recipients for mail in sink.received] == [("a@x.example",)]
        assert [mail.recipients for mail in other.received] == [("b@x.example",)]
        assert other.received[0].sender == "second@northgate-it.example"
        refused = client.post(reverse("outbox_cancel", args=[first.pk]), follow=True).content.decode()
        assert "Nothing was done" in refused


def test_a_server_is_paused_and_resumed_and_its_history_says_by_whom(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    client.post(reverse("outbox_pause", args=[desk.server.pk]))
    desk.server.refresh_from_db()
    assert desk.server.paused
    assert "is paused" in text_of(client, reverse("outbox"))
    event = desk.server.events.latest("pgh_id") if hasattr(desk.server, "events") else None
    assert event is None or event.pgh_context.metadata["name"] == "Priya Raman"
    client.post(reverse("outbox_resume", args=[desk.server.pk]))
    desk.server.refresh_from_db()
    assert not desk.server.paused


@pytest.mark.parametrize("state", ["sent", "sending", "cancelled"])
def test_no_button_is_offered_that_the_state_does_not_allow(desk: Desk, state: str) -> None:
    mail = queued(desk, state=state, done_at=None if state == "sending" else timezone.now())
    page = text_of(builders.signed_in(desk.admin), reverse("outbox_mail", args=[mail.pk]))
    assert reverse("outbox_retry", args=[mail.pk]) not in page
    assert reverse("outbox_cancel", args=[mail.pk]) not in page


def test_htmx_gets_the_counts_alone(desk: Desk) -> None:
    queued(desk, subject="Waits")
    client = builders.signed_in(desk.admin)
    part = client.get(reverse("outbox"), headers=builders.htmx()).content.decode()
    assert "outbox-tabs" in part and "Waits" not in part


def test_a_mail_that_waits_for_an_earlier_one_of_its_request_says_so(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    belongs = {"record_id": record.pk, "account_id": record.account_id, "sending_class": 2}
    (first,) = queue_mails(desk.server, ["tom@kestrel.example"], subject="First", **belongs)  # type: ignore[arg-type]
    (second,) = queue_mails(desk.server, ["tom@kestrel.example"], subject="Second", **belongs)  # type: ignore[arg-type]
    client = builders.signed_in(desk.admin)
    page = reverse("outbox_mail", args=[second.pk])
    assert "It waits for an earlier mail" not in text_of(client, page)
    later = timezone.now() + timedelta(minutes=20)
    OutboxMail.objects.filter(pk=first.pk).update(tries=1, next_try_at=later)
    assert "It waits for an earlier mail of its request, to tom@kestrel.example" in text_of(client, page)
    rows = {row.subject: row.second for row in rows_of(client.get(reverse("outbox")))}
    assert rows["Second"] == "Waits for an earlier mail"
    assert rows["First"].startswith("Next try")


def test_a_mail_that_waits_says_its_place_among_those_of_its_server_and_class(desk: Desk) -> None:
    for subject, sending_class in (("A", 3), ("B", 2), ("C", 3), ("D", 3)):
        queued(desk, subject=subject, sending_class=sending_class)
    rows = rows_of(builders.signed_in(desk.admin).get(reverse("outbox")))
    assert {row.subject: row.second for row in rows} == {
        "A": "Place 1 in class 3",
        "B": "Place 1 in class 2",
        "C": "Place 2 in class 3",
        "D": "Place 3 in class 3",
    }


def test_people_read_of_which_scope_a_server_is_and_never_its_name_in_the_file(desk: Desk) -> None:
    OutgoingServer.objects.filter(pk=desk.server.pk).update(name="Zulu")
    other = builders.outgoing_of(desk.kestrel)
    OutgoingServer.objects.filter(pk=other.pk).update(name="Yankee", paused=True)
    (mail,) = queue_mails(desk.server, ["tom@kestrel.example"])
    settings.change(desk.admin, "page", OutgoingServer.objects.get(pk=desk.server.pk), {"port": 587})
    client = builders.signed_in(desk.admin)
    queue = {"source": desk.server.pk, "target": other.pk}
    assert outbox_acts.send_through(mail.pk, desk.server.pk, desk.admin)
    pages = [
        client.get(reverse("outbox")),
        client.get(reverse("outbox_mail", args=[mail.pk])),
        client.get(reverse("outbox_queue"), queue),
        client.post(reverse("outbox_pause", args=[desk.server.pk]), follow=True),
        client.get(reverse("settings_history"), {"kind": "outgoingserver"}),
    ]
    for page in pages:
        text = page.content.decode().partition("All fields")[0]
        assert "IT Help Desk" in text and "Zulu" not in text and "Yankee" not in text
    assert "through IT Help Desk by" in pages[1].content.decode()
    assert "Outgoing, IT Help Desk" in pages[4].content.decode()
