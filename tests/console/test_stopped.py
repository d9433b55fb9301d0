"""Dropped, refused and held mails: in groups, set right one by one or several at once, and kept for a set time."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from deskpost.desk import settings_history
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.desk.roles import Role
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailAct, MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import seen_of
from deskpost.inbound.retention import dropped
from deskpost.inbound.retention.settings import RetentionSettings
from deskpost.inbound.spam import acts as spam_acts
from deskpost.inbound.spam.rules import SpamRule
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_spam import drop, rule, text

STOPPED, CHOSEN, RULES = reverse("trace") + "?outcome=stopped", reverse("trace_chosen"), reverse("spam_rules")


def stopped(desk: Desk) -> tuple[MailOutcome, MailOutcome, MailOutcome]:
    """Let one mail be held at a request, one refused and one dropped."""
    rule(desk)
    record = builders.request_by_mail(desk.box)
    held = of(
        desk.box,
        sender="helen@vantage.example",
        subject=f"##RE-{record.number}## mine too",
        message_id="<held@x>",
    )
    closed = builders.mailbox("Closed", addresses=["c@northgate-it.example"], new_requests_disabled=True)
    refused = of(closed, subject="No entry", message_id="<refused@x>")
    assert (held.kind, refused.kind) == ("held", "refused")
    return held, refused, drop(desk)


def of(box: Mailbox, **parts: str) -> MailOutcome:
    deliver(box, builders.mail(**parts))
    return MailOutcome.objects.latest("pk")


def chosen(*outcomes: MailOutcome) -> list[str]:
    return [f"{one.pk}:{seen_of(one)}" for one in outcomes]


def said(client: Client, form: dict[str, object], url: str = CHOSEN) -> str:
    return str(client.post(url, form, follow=True).content.decode())


def test_what_waits_stands_first_and_each_mail_bears_its_own_act(desk: Desk) -> None:
    stopped(desk)
    page = text(builders.signed_in(desk.dana), STOPPED)
    places = [
        page.index(f'<b>{name} <span class="num">1</span></b>') for name in ("Held", "Refused", "Dropped")
    ]
    assert places == sorted(places)
    for act in ("Accept the reply", "Make it a request", "Process after all"):
        assert page.count(f"{act}<span") == 1, act
    assert 'aria-current="page">Dropped, refused, held<' in page


def test_a_group_shows_its_newest_and_leads_to_all_of_them(desk: Desk) -> None:
    rule(desk)
    for number in range(12):
        drop(desk, subject=f"An offer {number}", message_id=f"<o{number}@x.example>")
    client = builders.signed_in(desk.admin)
    page = text(client, STOPPED)
    assert "Show all 12" in page and "An offer 11" in page and "An offer 1<" not in page
    assert "An offer 0" in text(client, f"{reverse('trace')}?outcome=dropped")


def test_several_chosen_mails_are_set_right_each_by_its_own_act(desk: Desk) -> None:
    held, refused, gone = stopped(desk)
    page = said(builders.signed_in(desk.dana), {"act": "right", "mail": chosen(held, refused, gone)})
    assert "3 mails go on their way after all." in page
    process(desk.box.pk)
    kinds = dict(MailOutcome.objects.values_list("pk", "kind"))
    assert [kinds[one.pk] for one in (held, refused, gone)] == ["conversation", "request", "request"]
    assert set(MailAct.objects.values_list("kind", flat=True)) == {"moved", "own", "after_all"}


def test_whom_nobody_knows_is_accepted_or_refused_in_the_list_and_accepted_with_others(desk: Desk) -> None:
    Installation.objects.update(unknown_senders="hold")
    waiting = of(desk.box, sender="new@nowhere.example", subject="Hello", message_id="<new@x>")
    assert waiting.kind == "held"
    client = builders.signed_in(desk.admin)
    page = text(client, STOPPED)
    assert page.count("Accept<span") == 1 and page.count("Refuse<span") == 1
    assert "1 mail goes on its way after all." in said(client, {"act": "right", "mail": chosen(waiting)})
    assert MailOutcome.objects.get(pk=waiting.pk).kind == "request"
    assert Record.objects.get().requester.addresses.get().address == "new@nowhere.example"


def test_of_chosen_mails_that_went_with_one_request_both_come_back(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    of(desk.box, subject=f"Re: ##RE-{record.number}##", message_id="<2@kestrel.example>")
    spam_acts.this_is_spam(record.pk, desk.admin)
    both = MailOutcome.objects.order_by("pk")
    page = said(builders.signed_in(desk.admin), {"act": "right", "mail": chosen(*both)})
    assert "2 mails go on their way after all." in page and f"Request {record.number} is back." in page
    assert Record.objects.get().deleted_at is None
    assert [one.kind for one in MailOutcome.objects.order_by("pk")] == ["request", "conversation"]


def test_who_chose_too_late_is_told_and_the_others_go_on(desk: Desk) -> None:
    rule(desk)
    first = drop(desk)
    second = drop(desk, message_id="<2@x.example>", subject="Another offer")
    spam_acts.process_after_all(first.pk, desk.sam, seen_of(first))
    page = said(builders.signed_in(desk.dana), {"act": "right", "mail": chosen(first, second)})
    assert "1 mail goes on its way after all." in page and "1 mail stays as it is." in page


def test_nothing_chosen_is_told(desk: Desk) -> None:
    assert "Nothing was done. To do: choose mails" in said(builders.signed_in(desk.dana), {"act": "right"})


def test_who_may_not_edit_requests_is_offered_no_act_and_does_none(desk: Desk) -> None:
    _, _, gone = stopped(desk)
    Role.objects.create(name="Reader", permissions=["trace.view", "request.view"])
    client = builders.signed_in(builders.person("Rita", "rita@northgate-it.example", "Reader"))
    page = text(client, STOPPED)
    assert "Process after all<span" not in page and 'name="mail"' not in page
    assert "1 mail stays as it is." in said(client, {"act": "right", "mail": chosen(gone)})
    assert MailOutcome.objects.get(pk=gone.pk).kind == "dropped" and not MailAct.objects.exists()


def test_a_rule_is_made_of_the_senders_of_chosen_mails(desk: Desk) -> None:
    rule(desk)
    senders = ("deals@promo.example", "x@leads4u.example", "eve@gmail.com", "more@promo.example")
    mails = [
        drop(desk, sender=sender, message_id=f"<{number}@x.example>") for number, sender in enumerate(senders)
    ]
    page = said(builders.signed_in(desk.admin), {"act": "rule", "mail": chosen(*mails)})
    assert "Mail from promo.example, leads4u.example, eve@gmail.com" in page
    for field, entry in (
        ("sender_domain", "promo.example"),
        ("sender_domain", "leads4u.example"),
        ("sender_address", "eve@gmail.com"),
    ):
        line = page.index(f'value="{field}" selected')
        assert f"Take out the entry {entry}" in page[line:], (field, entry)
    assert SpamRule.objects.count() == 1, "nothing is saved until Save is pressed"
    answer = builders.signed_in(desk.dana).post(CHOSEN, {"act": "rule", "mail": chosen(*mails)})
    assert answer.status_code == 403


def test_the_list_says_until_when_a_mail_stays_and_what_all_take(desk: Desk) -> None:
    rule(desk)
    outcome = drop(desk)
    until = dropped.kept_until(outcome, 90)
    assert until is not None
    page = text(builders.signed_in(desk.admin), STOPPED)
    assert f"until {until.day} {until:%b}" in page
    assert "Dropped mails are kept for 90 days" in page and "; 1 takes" in page
    page = text(builders.signed_in(desk.dana), STOPPED)
    assert "Dropped mails are kept for 90 days" in page and RULES not in page and "; 1 takes" not in page


def test_a_removed_mail_keeps_its_trace_and_says_that_it_is_gone(desk: Desk) -> None:
    made = rule(desk)
    outcome = drop(desk)
    MailOutcome.objects.update(processed_at=F("processed_at") - timedelta(days=91))
    assert dropped.remove_old() == 1
    client = builders.signed_in(desk.admin)
    page = text(client, STOPPED)
    assert "An offer" in page and ">removed<" in page and "Process after all<span" not in page
    page = text(client, reverse("trace_mail", args=[outcome.pk]))
    assert reverse("spam_rule", args=[made.pk]) in page and outcome.from_address in page
    assert "<dt>Removed</dt>" in page and "Raw source" not in page.split("<h1")[1].split("Undo")[0]
    for name in ("trace_source", "trace_file"):
        answer = client.get(reverse(name, args=[outcome.pk]))
        assert answer.status_code == 410 and "Its raw mail was removed" in answer.content.decode()
    late = client.post(reverse("trace_again", args=[outcome.pk]), {"seen": seen_of(outcome)})
    assert late.status_code == 409 and "Its raw mail was removed" in late.content.decode()


@pytest.mark.parametrize(("typed", "days"), [("7", 7), ("", None), ("3650", 3650)])
def test_the_days_are_set_on_the_page_and_history_has_them(desk: Desk, typed: str, days: int | None) -> None:
    client = builders.signed_in(desk.admin)
    seen = str(settings_history.versions(Wanted(("retentionsettings",)), 1)[0].id)
    assert client.post(RULES, {"dropped_days": typed, "seen": seen})["Location"] == RULES
    assert RetentionSettings.objects.get().dropped_days == days
    version = settings_history.versions(Wanted(("retentionsettings",)), 1)[0]
    assert version.who == desk.admin.name and version.new["dropped_days"] == days
    history = text(client, f"{reverse('settings_history')}?kind=retentionsettings")
    assert "Keep dropped mails for (days)" in history
    restored = {"version": f"retentionsettings-{seen}", "newest": version.id}
    client.post(reverse("settings_restore"), restored)
    assert RetentionSettings.objects.get().dropped_days == 90


@pytest.mark.parametrize("typed", ["0", "3651", "-1", "a week", "1.5"])
def test_days_that_make_no_sense_are_refused_beside_the_field(desk: Desk, typed: str) -> None:
    answer = builders.signed_in(desk.admin).post(RULES, {"dropped_days": typed, "seen": ""})
    assert answer.status_code == 422
    assert "This is no whole number from 1 to 3650" in answer.content.decode()
    assert RetentionSettings.objects.get().dropped_days == 90


def test_of_two_who_set_the_days_the_second_is_told(desk: Desk) -> None:
    seen = str(settings_history.versions(Wanted(("retentionsettings",)), 1)[0].id)
    first, second = builders.signed_in(desk.admin), builders.signed_in(desk.admin)
    first.post(RULES, {"dropped_days": "7", "seen": seen})
    answer = second.post(RULES, {"dropped_days": "8", "seen": seen})
    assert answer.status_code == 422 and "Not saved" in answer.content.decode()
    assert RetentionSettings.objects.get().dropped_days == 7


def test_all_settings_finds_the_days(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    assert f"{RULES}#id_dropped_days" in text(client, f"{reverse('all_settings')}?q=keep+dropped")
    assert "Dropped mails are kept for 90 days" in text(client, reverse("all_settings"))


def test_who_may_not_set_mail_sets_no_days(desk: Desk) -> None:
    assert builders.signed_in(desk.dana).post(RULES, {"dropped_days": "1", "seen": ""}).status_code == 403
    assert RetentionSettings.objects.get().dropped_days == 90
