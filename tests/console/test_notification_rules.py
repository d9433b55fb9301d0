"""The page of notification rules: what it switches is told, or not, by the next mail; and to whom."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from deskpost.console.notification_panel import panel_of
from deskpost.console.page import Viewer
from deskpost.desk import settings_history
from deskpost.desk.events import ERROR_LIST, EVENTS, RULES
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role, visible
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import rule_settings
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rulebook import load_rulebook
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.servers.smtp_sink import SmtpSink

URL = "/admin/notification-rules/"
ADD, REMOVE = f"{URL}technicians/add/", f"{URL}technicians/remove/"


def switch(client: Client, event: str, on: str, **headers: str) -> str:
    """Press a switch and give the page, or the part of it that htmx gets."""
    return client.post(f"{URL}{event}/switch/", {"on": on}, follow=True, headers=headers).content.decode()


def state_of(page: str, event: str) -> str:
    """Give what the page's switch of an event says."""
    found = re.search(rf'id="switch-{event}"[^>]*aria-checked="(\w+)"', page)
    assert found, f"{event} has no switch"
    return found[1]


def listed() -> list[str]:
    return [one.person.name for one in RuleTechnician.objects.select_related("person").order_by("pk")]


def error_mail(desk: Desk, message_id: str = "<large@kestrel.example>") -> None:
    """Let a mail come in that is too large for its mailbox, which makes it an error mail."""
    Mailbox.objects.update(max_size_mb=1)
    raw = builders.mail(text="x" * 1_100_000, message_id=message_id, subject="The plans")
    told = deliver(Mailbox.objects.get(), raw)
    assert told["state"] == "error", told


def test_the_rules_are_for_who_may_set_mail_everywhere(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    form = {"on": "1", "person": str(desk.dana.pk)}
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        assert client.get(URL).status_code == client.get(f"{URL}{ERROR_LIST}/").status_code == 403
        for url in (ADD, REMOVE, f"{URL}{ERROR_LIST}/switch/"):
            assert client.post(url, form).status_code == 403
    assert not NotificationRule.objects.exists()
    client = builders.signed_in(desk.admin)
    assert reverse("notification_rules") in client.get(reverse("all_settings")).content.decode()
    assert client.get(f"{URL}nothing/").status_code == 404
    assert client.post(f"{URL}nothing/switch/", {"on": "1"}).status_code == 404


def test_every_rule_is_there_as_it_is_shipped_with_who_gets_its_mail(desk: Desk) -> None:
    instance = Instance.objects.get()
    for person in (desk.dana, desk.sam):
        InstanceAlert.objects.create(instance=instance, person=person)
    page = builders.signed_in(desk.admin).get(URL).content.decode()
    for event in RULES:
        assert state_of(page, event) == ("true" if EVENTS[event].enabled else "false")
    assert "Technicians to alert, 2" in page
    assert "Technician, else the group" in page
    on = {
        event
        for event in ("request_received", "request_created", "request_assigned")
        if EVENTS[event].enabled
    }
    assert len(on) == 3, "what the line under the table says"


@pytest.mark.requirement("R167")
@pytest.mark.requirement("R25")
def test_who_is_put_on_the_list_gets_one_notice_of_each_error_mail(desk: Desk, smtp_sink: SmtpSink) -> None:
    OutgoingServer.objects.update(server="127.0.0.1", port=smtp_sink.port, tls="none")
    error_mail(desk, "<1@kestrel.example>")
    assert not OutboxMail.objects.exists(), "it is off at first"
    client = builders.signed_in(desk.admin)
    for person in (desk.dana, desk.sam):
        assert client.post(ADD, {"person": str(person.pk)}).status_code == 303
    assert state_of(switch(client, ERROR_LIST, "1"), ERROR_LIST) == "true"
    error_mail(desk, "<2@kestrel.example>")
    assert send_due(desk.server.pk).sent == 1
    (received,) = smtp_sink.received
    assert set(received.recipients) == {"dana@northgate-it.example", "sam@northgate-it.example"}
    mail = message_from_bytes(received.content, policy=policy.default)
    assert mail["Subject"] == "Deskpost could not process a mail in Support"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Subject: The plans" in text and "1 MB at most" in text

    client.post(REMOVE, {"person": str(desk.sam.pk)})
    error_mail(desk, "<3@kestrel.example>")
    assert send_due(desk.server.pk).sent == 1
    assert smtp_sink.received[-1].recipients == ("dana@northgate-it.example",)
    switch(client, ERROR_LIST, "0")
    error_mail(desk, "<4@kestrel.example>")
    assert OutboxMail.objects.count() == 2


def test_what_is_switched_off_makes_no_mail_and_the_history_says_who(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = switch(client, "request_received", "0")
    assert state_of(page, "request_received") == "false"
    assert "Request received: off." in page
    builders.request_by_mail(desk.box)
    assert not OutboxMail.objects.exists()
    switch(client, "request_received", "1")
    builders.request_by_mail(desk.box, message_id="<2@kestrel.example>")
    assert OutboxMail.objects.get().event == "request_received"
    newest, before, *_ = settings_history.versions(Wanted(("notificationrule",)), 9)
    assert (newest.who, newest.via, newest.changed) == ("Priya Raman", "page", ("enabled",))
    assert (newest.new["enabled"], before.new["enabled"]) == (True, False)


def test_the_history_shows_rules_and_their_people_and_nothing_else(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    switch(client, "request_closed", "0")
    client.post(ADD, {"person": str(desk.dana.pk)})
    found = re.search(r'href="(/admin/history/\?kind=[^"]+)"', client.get(URL).content.decode())
    assert found
    page = client.get(found[1]).content.decode()
    listed = page[page.index('class="changes"') :]
    assert "Notification rule, Request closed, to the requester" in listed
    assert "Technician of a notification rule" in listed
    assert "Role of a person" not in listed and "Delimiters" not in listed


def test_an_empty_list_that_is_on_is_warned_about(desk: Desk) -> None:
    client, words = builders.signed_in(desk.admin), "nobody is on its list"
    assert words not in client.get(URL).content.decode()
    assert words in switch(client, ERROR_LIST, "1")
    page = client.post(ADD, {"person": str(desk.dana.pk)}, follow=True).content.decode()
    assert words not in page
    Person.objects.filter(pk=desk.dana.pk).update(deleted_at="2026-11-01T00:00:00Z")
    assert words in client.get(URL).content.decode()


def test_of_two_administrators_the_second_sees_what_is_set_and_nothing_is_lost(desk: Desk) -> None:
    marco = builders.person("Marco Bianchi", "marco@northgate-it.example", "SDAdmin")
    second = builders.signed_in(desk.admin)
    rule_settings.switch(marco, "page", ERROR_LIST, True)
    rule_settings.put_on_list(marco, "page", ERROR_LIST, desk.dana)
    page = second.post(ADD, {"person": str(desk.sam.pk)}, follow=True).content.decode()
    assert listed() == ["Dana Whitfield", "Sam Okafor"]
    assert state_of(page, ERROR_LIST) == "true"
    page = switch(second, ERROR_LIST, "1")
    assert "was on already" in page and "Marco Bianchi switched it" in page
    page = second.post(ADD, {"person": str(desk.dana.pk)}, follow=True).content.decode()
    assert "Dana Whitfield was on the list already" in page
    rule_settings.take_off_list(marco, "page", ERROR_LIST, desk.dana)
    page = second.post(REMOVE, {"person": str(desk.dana.pk)}, follow=True).content.decode()
    assert "Dana Whitfield was not on the list any more" in page
    assert listed() == ["Sam Okafor"]
    switched = settings_history.versions(Wanted(("notificationrule",)), 9)
    assert [one.who for one in switched] == ["Marco Bianchi"] * len(switched)


def test_two_administrators_at_the_same_moment_both_put_somebody_on_a_list_that_nobody_had_made(
    desk: Desk,
) -> None:
    marco = builders.person("Marco Bianchi", "marco@northgate-it.example", "SDAdmin")
    begin = threading.Barrier(2)

    def put(actor: Person, person: Person) -> bool:
        try:
            with transaction.atomic():
                Person.objects.exists()  # connected
                begin.wait(60)
                return rule_settings.put_on_list(actor, "page", ERROR_LIST, person)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = pool.map(put, (desk.admin, marco), (desk.dana, desk.sam))
        assert list(both) == [True, True]
    assert sorted(listed()) == ["Dana Whitfield", "Sam Okafor"]
    assert NotificationRule.objects.get().event == ERROR_LIST
    versions = settings_history.versions(Wanted(("ruletechnician",)), 9)
    assert {one.who for one in versions} == {"Priya Raman", "Marco Bianchi"}


def test_htmx_gets_the_live_part_with_what_was_done_and_the_open_panel(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    url = f"{URL}request_closed/switch/?open=request_closed"
    part = client.post(url, {"on": "0"}, headers=builders.htmx()).content.decode()
    assert part.startswith('<div class="split" id="rules">')
    assert "Request closed: off." in part and "These mails are off." in part
    assert client.post(url, {"on": "1"}).headers["Location"] == f"{URL}request_closed/"


def test_who_is_to_be_alerted_of_an_instance_is_chosen_there_and_gets_the_next_mail(desk: Desk) -> None:
    client, instance = builders.signed_in(desk.admin), str(Instance.objects.get().pk)
    form = {"instance": instance, "person": str(desk.dana.pk)}
    page = client.post(f"{ADD}?open=request_created", form, follow=True).content.decode()
    assert "Technicians to alert, 1" in page and "Take Dana Whitfield off the list of IT Help Desk" in page
    assert not NotificationRule.objects.exists(), "the error list is another one"
    builders.request_by_mail(desk.box)
    assert OutboxMail.objects.get(event="request_created").to == [
        ["Dana Whitfield", "dana@northgate-it.example"]
    ]
    assert "was on the list already" in client.post(ADD, form, follow=True).content.decode()
    assert "is off the list" in client.post(REMOVE, form, follow=True).content.decode()
    assert "was not on the list any more" in client.post(REMOVE, form, follow=True).content.decode()
    builders.request_by_mail(desk.box, message_id="<2@kestrel.example>")
    assert OutboxMail.objects.filter(event="request_created").count() == 1
    newest = settings_history.versions(Wanted(("instancealert",)), 1)[0]
    assert (newest.who, newest.via, newest.act) == ("Priya Raman", "page", "delete")
    for url in (ADD, REMOVE):
        page = client.post(url, {**form, "instance": "987"}, follow=True).content.decode()
        assert "Nothing was changed" in page
    assert not RuleTechnician.objects.exists()


@pytest.mark.parametrize("form", [{}, {"on": "yes", "person": "987654"}, {"on": "1\0", "person": "-1"}])
def test_what_is_no_whole_form_changes_nothing(desk: Desk, form: dict[str, str]) -> None:
    client = builders.signed_in(desk.admin)
    for url in (ADD, REMOVE, f"{URL}{ERROR_LIST}/switch/"):
        assert "Nothing was changed" in client.post(url, form, follow=True).content.decode()
    client.post(ADD, {"person": str(desk.tom.pk)})
    assert not NotificationRule.objects.exists(), "Tom is no technician"


def test_the_preview_is_the_mail_that_such_a_request_makes(desk: Desk) -> None:
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=desk.dana)
    record = builders.request_by_mail(desk.box, subject="<b>VPN</b> & more", text="It drops.\n<script>")
    viewer = Viewer(desk.admin, visible(desk.admin))
    for event in ("request_received", "request_created"):
        panel = panel_of(viewer, EVENTS[event], load_rulebook())
        written = OutboxMail.objects.get(event=event)
        shown = panel.preview.mail
        assert "".join(words for words, _ in panel.preview.text).rstrip() == written.text.rstrip()
        assert (shown.subject, shown.to) == (written.subject, written.to)
        assert (shown.sender_name, shown.sender_address) == (written.sender_name, written.sender_address)
    page = builders.signed_in(desk.admin).get(f"{URL}request_created/").content.decode()
    assert f'title="the delimiter">##RE-{record.number}##</span>' in page
    assert "&lt;b&gt;VPN&lt;/b&gt; &amp; more" in page and "<b>VPN</b>" not in page
    assert '<span class="filled" title="text">It drops.\n&lt;script&gt;</span>' in page
    assert "Dana Whitfield" in page


def test_every_preview_is_shown_with_and_without_requests(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for event in RULES:
        assert "There is no request yet" in client.get(f"{URL}{event}/").content.decode()
    record = builders.request_by_mail(desk.box)
    OutgoingServer.objects.all().delete()
    for event in RULES:
        page = client.get(f"{URL}{event}/").content.decode()
        assert f"Shown with the data of RE-{record.number}." in page
        assert "the mail is held" in page


def test_the_preview_shows_no_request_that_the_person_may_not_see(desk: Desk) -> None:
    builders.request_by_mail(desk.box, subject="Fire in the archive")
    only = Role.objects.create(name="Mail only", permissions=["settings.mail"])
    ann = builders.person("Ann", "ann@northgate-it.example")
    Grant.objects.create(person=ann, role=only)
    for event in RULES:
        response = builders.signed_in(ann).get(f"{URL}{event}/")
        page = response.content.decode()
        assert response.status_code == 200
        assert "Fire in the archive" not in page and "Tom Achterberg" not in page


def test_the_last_day_is_counted_by_what_became_of_the_mails(desk: Desk) -> None:
    for number in range(3):
        builders.request_by_mail(desk.box, message_id=f"<{number}@kestrel.example>")
    builders.request_by_mail(desk.box, message_id="<9@kestrel.example>", Auto_Submitted="auto-generated")
    sent, failed, held = OutboxMail.objects.filter(event="request_received").order_by("pk")
    OutboxMail.objects.filter(pk=sent.pk).update(state="sent", done_at=sent.created_at)
    OutboxMail.objects.filter(pk=failed.pk).update(state="failed", done_at=sent.created_at)
    OutboxMail.objects.filter(pk=held.pk).update(state="held")
    viewer = Viewer(desk.admin, visible(desk.admin))
    counts = panel_of(viewer, EVENTS["request_received"], load_rulebook()).counts
    assert [count for _, count in counts] == [1, 1, 1, 1]
    OutboxMail.objects.filter(pk=sent.pk).update(done_at="2026-01-01T00:00:00Z")
    counts = panel_of(viewer, EVENTS["request_received"], load_rulebook()).counts
    assert [count for _, count in counts] == [0, 1, 1, 1]
    assert len(panel_of(viewer, EVENTS["request_closed"], load_rulebook()).counts) == 3
