"""The pages of the spam filter: who may do what, what the trace tells of a rule, what a form does unsaved."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.desk import settings_history
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import seen_of
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule
from tests.console import builders
from tests.console.conftest import Desk

LINE = {"field-0": "subject", "condition-0": "contains", "values-0": "offer"}
NEW = {"field-new": "sender_domain", "condition-new": "is", "values-new": "promo.example"}


def rule(desk: Desk, name: str = "Offers", **values: Any) -> SpamRule:
    made = SpamRule(instance=desk.box.instance)
    criteria = [{"field": "subject", "condition": "contains", "values": ["offer"]}]
    spam_rules.save(desk.admin, "page", made, {"name": name, "match": "any", "criteria": criteria, **values})
    return made


def drop(desk: Desk, **parts: str) -> MailOutcome:
    told = deliver(
        desk.box, builders.mail(**{"subject": "An offer", "message_id": "<offer@x.example>", **parts})
    )
    assert told["outcome"]["kind"] == "dropped", told
    return MailOutcome.objects.latest("pk")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_trace_names_the_rule_by_a_link_and_says_what_it_said_then(desk: Desk) -> None:
    made, client = rule(desk), builders.signed_in(desk.admin)
    mail = reverse("trace_mail", args=[drop(desk).pk])
    said = "Match ANY: Subject contains “offer”"
    page = text(client, mail)
    assert f'href="{reverse("spam_rule", args=[made.pk])}"' in page and said in page
    changed = {"criteria": [{"field": "to", "condition": "is", "values": ["a@b.example"]}], "name": "Other"}
    spam_rules.save(desk.admin, "page", made, changed)
    page = text(client, mail)
    assert "Spam rule “Offers”" in page and said in page
    id = made.pk
    spam_rules.remove(desk.admin, "page", made)
    page = text(client, mail)
    assert f'href="{reverse("settings_history")}?kind=spamrule&amp;row={id}"' in page and said in page
    assert "Spam rule, Offers" in text(
        client, f"{reverse('settings_history')}?kind=spamrule&row={id}&fields=all"
    )


def test_who_may_not_set_mail_reads_the_rules_name_and_has_no_link(desk: Desk) -> None:
    made = rule(desk)
    page = text(builders.signed_in(desk.dana), reverse("trace_mail", args=[drop(desk).pk]))
    assert "Spam rule “Offers”" in page
    assert reverse("spam_rule", args=[made.pk]) not in page


def test_dropped_mails_are_found_by_their_rule(desk: Desk) -> None:
    first = rule(desk)
    other = rule(desk, "Loans", criteria=[{"field": "subject", "condition": "contains", "values": ["loan"]}])
    drop(desk)
    drop(desk, subject="A loan", message_id="<loan@x.example>")
    client, url = builders.signed_in(desk.admin), reverse("trace")
    both = text(client, f"{url}?outcome=dropped")
    assert "An offer" in both and "A loan" in both and both.count("Process after all<span") == 2
    by_rule = text(client, f"{url}?outcome=dropped&rule={other.pk}")
    assert "A loan" in by_rule and "An offer" not in by_rule
    assert "An offer" in text(client, f"{url}?rule={first.pk}&sender=kestrel")
    assert "An offer" not in text(client, f"{url}?outcome=held")


def test_a_mail_that_somebody_has_processed_after_all_is_not_offered_to_another(desk: Desk) -> None:
    rule(desk)
    outcome = drop(desk)
    url, form = reverse("trace_again", args=[outcome.pk]), {"seen": seen_of(outcome), "to": "list"}
    assert (
        builders.signed_in(desk.dana)
        .post(f"{url}?outcome=dropped", form)["Location"]
        .endswith("?outcome=dropped")
    )
    late = builders.signed_in(desk.sam).post(url, form)
    assert late.status_code == 409
    process(desk.box.pk)
    assert "Dana Whitfield</b> had it processed after all" in text(
        builders.signed_in(desk.sam), reverse("trace_mail", args=[outcome.pk])
    )


def test_this_is_spam_needs_the_permission_to_delete_requests(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    url, spam = reverse("request", args=[record.number]), reverse("request_spam", args=[record.number])
    technician = builders.signed_in(desk.dana)
    assert "This is spam" not in text(technician, url)
    assert technician.post(spam).status_code == 403
    coordinator = builders.signed_in(builders.person("Cora", "cora@northgate-it.example", "SDCoordinator"))
    assert "This is spam" in text(coordinator, url)
    answer = coordinator.post(spam)
    assert answer["Location"] == reverse("requests"), "who may not set rules is proposed none"
    assert coordinator.get(url).status_code == 404
    assert MailOutcome.objects.get().kind == "dropped"


def test_a_request_that_was_written_on_the_page_is_no_spam(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    form = {
        "account": desk.kestrel.pk,
        "requester": "tom@kestrel.example",
        "subject": "Printer",
        "text": "Out.",
    }
    form |= {"priority": "", "group": "", "technician": "", "token": str(uuid4())}
    url = client.post(reverse("new_request"), form)["Location"].partition("?")[0]
    assert "This is spam" not in text(client, url)
    answer = client.post(f"{url}spam/", follow=True)
    assert "did not come by mail" in answer.content.decode()


@pytest.mark.parametrize(
    ("sender", "field", "entry"),
    [
        ("Eve <eve@Spam.example>", "sender_domain", "spam.example"),
        ("eve@gmail.com", "sender_address", "eve@gmail.com"),
    ],
)
def test_a_rule_is_proposed_for_the_domain_and_of_a_public_provider_for_the_address(
    desk: Desk, sender: str, field: str, entry: str
) -> None:
    record = builders.request_by_mail(desk.box, sender=sender)
    client = builders.signed_in(desk.admin)
    answer = client.post(reverse("request_spam", args=[record.number]), follow=True)
    (draft,) = answer.context["form"].drafts
    assert (draft.field, draft.condition, draft.written) == (field, "is", entry)
    assert SpamRule.objects.count() == 0, "nothing is saved by itself"


def test_a_mail_that_one_may_not_see_proposes_nothing(desk: Desk) -> None:
    setter = builders.person("Mail Setter", "setter@northgate-it.example")
    role = Role.objects.create(name="Mail", permissions=["settings.mail"])
    Grant.objects.create(person=setter, role=role)
    builders.request_by_mail(desk.box)
    mail = InboundMessage.objects.get()
    page = text(builders.signed_in(setter), f"{reverse('spam_rule_new')}?mail={mail.pk}")
    assert "kestrel.example" not in page
    tried = builders.signed_in(setter).post(
        reverse("spam_rule_new"), {"name": "x", "match": "any", "act": "try", **LINE}
    )
    assert "the permission trace.view is needed" in tried.content.decode()
    assert "VPN drops" not in tried.content.decode()


def test_what_is_typed_into_the_new_line_is_saved_with_the_others(desk: Desk) -> None:
    client, url = builders.signed_in(desk.admin), reverse("spam_rule_new")
    added = client.post(url, {"name": "", "match": "all", "act": "add", **LINE, **NEW})
    assert added.status_code == 200 and len(added.context["form"].drafts) == 2
    assert "error-summary" not in added.content.decode(), (
        "nothing is judged while the form is being filled in"
    )
    empty = client.post(url, {"name": "", "match": "all", "act": "add", **LINE, **NEW, "values-new": " , "})
    assert "There is no entry. To do: press Choose" in empty.content.decode()
    saved = client.post(url, {"name": "Both", "match": "all", "act": "save", **LINE, **NEW})
    assert saved.status_code == 303
    assert [one["field"] for one in SpamRule.objects.get().criteria] == ["subject", "sender_domain"]


def test_two_who_save_the_same_rule_are_told_of_each_other(desk: Desk) -> None:
    made, client = rule(desk), builders.signed_in(desk.admin)
    url = reverse("spam_rule", args=[made.pk])
    seen = client.get(url).context["form"]["seen"].value()
    other = {"name": "Theirs"}
    spam_rules.save(desk.sam, "page", made, other)
    form = {"name": "Mine", "match": "any", "act": "save", "seen": seen, **LINE}
    refused = client.post(url, form)
    assert refused.status_code == 422 and "Sam Okafor saved these settings" in refused.content.decode()
    again = client.post(url, {**form, "seen": refused.context["form"]["seen"].value()})
    assert again.status_code == 303 and SpamRule.objects.get().name == "Mine"


def test_a_name_is_given_once_and_a_pattern_that_is_none_is_refused(desk: Desk) -> None:
    rule(desk)
    client, url = builders.signed_in(desk.admin), reverse("spam_rule_new")
    form = {"name": "offers", "match": "any", "act": "save", **LINE}
    assert "Another rule has this name" in client.post(url, form).content.decode()
    form |= {"name": "Pattern", "condition-0": "matches", "values-0": "(offer"}
    refused = client.post(url, form)
    assert refused.status_code == 422 and "(offer is no regular expression" in refused.content.decode()
    assert SpamRule.objects.count() == 1


def test_an_earlier_rule_and_one_that_was_removed_are_brought_back(desk: Desk) -> None:
    first, second = rule(desk), rule(desk, "Second")
    client, restore = builders.signed_in(desk.admin), reverse("settings_restore")

    def newest() -> Any:
        return settings_history.versions(Wanted(("spamrule",)), 1)[0]

    made = settings_history.versions(Wanted(("spamrule",), row=first.pk), 1)[0]
    spam_rules.save(desk.admin, "page", first, {"name": "Edited"})
    client.post(restore, {"version": f"spamrule-{made.id}", "newest": newest().id})
    first.refresh_from_db()
    assert first.name == "Offers"
    spam_rules.remove(desk.admin, "page", SpamRule.objects.get(pk=first.pk))
    gone = newest()
    client.post(restore, {"version": f"spamrule-{gone.id}", "newest": gone.id})
    assert [one.pk for one in spam_rules.in_order(desk.box.instance)] == [second.pk, first.pk]


def test_the_search_of_settings_finds_the_rules_by_the_words_of_the_page(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for words in ("spam", "junk", "Define rule", "Add to Rules"):
        assert "Spam Filter" in text(client, f"{reverse('all_settings')}?q={words}"), words
