"""Mails put elsewhere by hand: what answers them, what reports about them, and whose they are, follows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.inbound import merging, moving, reprocess, settle
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import NotDone
from deskpost.inbound.spam import acts as spam_acts
from deskpost.inbound.spam.rules import SpamRule, save
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.inbound.test_bounces import report
from tests.inbound.test_merging import box as box
from tests.inbound.test_merging import dana as dana
from tests.inbound.test_merging import now, of_hr, opened, reply, take, texts
from tests.inbound.test_merging import priya as priya

pytestmark = pytest.mark.usefixtures("database")
ZOE = "Zoe <zoe@zeta.example>"


def anywhere(account_id: int, site_id: int | None) -> bool:
    return True


def seen(outcome: MailOutcome) -> str:
    return reprocess.seen_of(MailOutcome.objects.get(pk=outcome.pk))


def move(outcome: MailOutcome, to: Record, who: Person):
    return reprocess.move(outcome.pk, to.pk, who, seen(outcome))


def again(outcome: MailOutcome, who: Person) -> MailOutcome:
    reprocess.process_again(outcome.pk, who, seen(outcome))
    process(outcome.mail.mailbox_id)
    return MailOutcome.objects.select_related("record").get(pk=outcome.pk)


def carried(mail: OutboxMail, to: Record, who: Person) -> None:
    """Put an answer of ours into another request."""
    assert mail.conversation is not None
    moving.move(mail.conversation.record_id, [mail.conversation.pk], to.pk, who)


def test_what_answers_a_mail_of_ours_goes_to_where_that_stands_now(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    answer = reply(first, dana)
    carried(answer, second, priya)
    by_token = take(box, "token", subject="Re: VPN one", In_Reply_To=answer.message_id)
    assert by_token.record == second and "followed to where that mail was moved" in by_token.reason
    both = take(box, "both", subject=f"Re: ##RE-{first.number}##", In_Reply_To=answer.message_id)
    assert both.record == second and f"also names RE-{first.number}, by a weaker sign" in both.reason
    OutboxMail.objects.filter(pk=answer.pk).update(message_id="<ours@northgate-it.example>")
    by_name = take(box, "name", subject="Re: VPN", In_Reply_To="<ours@northgate-it.example>")
    assert by_name.record == second
    receipt = OutboxMail.objects.get(event="request_received", record=first)
    one = MailOutcome.objects.get(message_id="<one@acme.example>")
    third = opened(box, "three")
    move(one, third, priya)
    assert take(box, "receipt", subject="Re: VPN", In_Reply_To=receipt.message_id).record == third
    answer.refresh_from_db()
    assert (answer.record, answer.stands_at) == (first, second)  # it was sent for the first one
    merging.merge(second.pk, third.pk, priya)
    late = take(box, "late", subject="Re: VPN", In_Reply_To=OutboxMail.objects.get(pk=answer.pk).message_id)
    assert late.record == third


def test_a_report_stands_where_the_mail_stands_that_it_is_about(box, priya, dana):
    first, second, third = (opened(box, name) for name in ("one", "two", "three"))
    answer = reply(first, dana)
    deliver(box, report(answer.message_id, "ute@acme.example"))
    told = MailOutcome.objects.latest("pk")
    assert (told.kind, told.record) == ("bounce", first)
    carried(answer, second, priya)
    told.refresh_from_db()
    assert told.record == second
    merging.merge(second.pk, third.pk, priya)
    deliver(box, report(answer.message_id, "ute@acme.example", action="delayed"))
    later = MailOutcome.objects.latest("pk")
    assert (later.kind, later.record) == ("bounce", third)
    merging.take_back(second.pk, priya, merging.seen_of(second))
    assert set(MailOutcome.objects.filter(kind="bounce").values_list("record", flat=True)) == {second.pk}
    opening = MailOutcome.objects.get(message_id="<one@acme.example>")
    receipt = OutboxMail.objects.get(event="request_received", record=first)
    deliver(box, report(receipt.message_id, "ute@acme.example", action="delayed"))
    move(opening, third, priya)
    assert MailOutcome.objects.latest("pk").record == third


def test_a_mail_accepted_across_accounts_becomes_its_own_request_in_its_senders_account(box, priya):
    first = opened(box, "one")
    accepted = take(
        box, "zoe", sender=ZOE, subject=f"##RE-{first.number}##", files={"a.txt": ("text/plain", b"hi")}
    )
    more = take(box, "more", subject=f"##RE-{first.number}##")
    assert accepted.kind == "held"
    move(accepted, first, priya)
    asked = []

    def may_open(account_id: int, site_id: int | None) -> bool:
        asked.append(account_id)
        return True

    ids = list(Conversation.objects.filter(mail_id__in=[accepted.pk, more.pk]).values_list("pk", flat=True))
    with pytest.raises(NotDone, match="of the account Zeta.*To do: "):
        moving.open_own(first.pk, ids, priya, anywhere)
    done = reprocess.open_own(accepted.pk, priya, seen(accepted), may_open)
    own = Record.objects.get(number=done.number)
    assert own.account.name == "Zeta" and own.requester is not None and own.requester.name == "Zoe"
    assert asked == [own.account_id]
    conversation = Conversation.objects.get(record=own)
    assert conversation.account == own.account and conversation.attachments.get().account == own.account
    assert MailOutcome.objects.get(pk=accepted.pk).account == own.account
    assert texts(first) == ["Words of one.", "Words of more."]


def test_who_joined_as_one_who_may_see_the_request_opens_no_request_elsewhere(box, priya, dana):
    first = opened(box, "one")
    joined = take(
        box, "dana", sender="Dana Whitfield <dana@northgate-it.example>", subject=f"##RE-{first.number}##"
    )
    assert joined.kind == "conversation"
    done = reprocess.open_own(joined.pk, priya, seen(joined), anywhere)
    assert Record.objects.get(number=done.number).account == first.account


def twins(box, other, name: str, **parts) -> tuple[MailOutcome, MailOutcome]:
    """Let the same mail come in by two mailboxes."""
    return take(box, name, **parts), take(other, name, **parts)


def test_no_mail_stands_twice_at_a_request(box, priya):
    other = builders.mailbox("Second", addresses=["second@northgate-it.example"])
    first, second = opened(box, "one"), opened(box, "two")
    named = {"subject": f"##RE-{first.number}## offer"}
    rule = _rule()
    dropped, copy = twins(box, other, "offer", **named)
    assert (dropped.kind, copy.kind) == ("dropped", "duplicate")
    rule.delete()
    assert again(copy, priya).record == first
    twice = again(dropped, priya)
    assert (twice.kind, twice.duplicate_of_id, twice.original) == ("duplicate", copy.pk, True)
    assert f"RE-{first.number}" in twice.reason and "same content, same Message-ID" in twice.reason
    assert texts(first) == ["Words of one.", "Words of offer."]
    with pytest.raises(NotDone, match=f"mail {copy.pk}.*To do: "):
        move(twice, first, priya)
    assert again(dropped, priya).kind == "duplicate"
    assert take(builders.mailbox("Third"), "offer", **named).kind == "duplicate"
    move(copy, second, priya)
    assert again(dropped, priya).record == first  # the other one is not there any more
    with pytest.raises(NotDone, match="No mail stands twice"):
        move(copy, first, priya)
    assert texts(first) == ["Words of one.", "Words of offer."]


def test_the_same_mail_to_two_instances_stands_once_at_the_request_that_it_names(box, priya):
    hr = of_hr()
    first = opened(box, "one")
    answer, copy = twins(box, hr, "answer", subject=f"##RE-{first.number}##")
    assert (answer.kind, copy.kind, copy.duplicate_of_id) == ("conversation", "duplicate", answer.pk)
    opening, second = twins(box, hr, "both")
    assert opening.record != second.record
    third = opened(box, "three")
    merging.merge(opening.record_id, third.pk, priya)
    merging.merge(second.record_id, third.pk, priya)
    assert texts(third) == ["Words of both.", "Words of three."]
    assert texts(second.record) == ["Words of both."]  # it stays: the other one has it already
    assert MailOutcome.objects.get(pk=second.pk).record == second.record
    late = take(box, "late", subject=f"##RE-{second.record.number}##")
    assert late.record == third
    merging.take_back(second.record_id, priya, merging.seen_of(second.record))
    assert texts(second.record) == ["Words of both."] and now(second.record).status.kind == "open"
    merging.take_back(opening.record_id, priya, merging.seen_of(opening.record))
    assert texts(opening.record) == ["Words of both."]
    assert texts(third) == ["Words of three.", "Words of late."]


def test_a_twin_left_in_the_middle_of_a_chain_goes_back_to_where_it_was_written(box, priya):
    hr = of_hr()
    one, two = (each.record for each in twins(box, hr, "both"))
    between = opened(box, "between")
    merging.merge(one.pk, between.pk, priya)
    merging.merge(between.pk, two.pk, priya)
    assert texts(between) == ["Words of both."] and texts(two) == ["Words of both.", "Words of between."]
    merging.take_back(one.pk, priya, merging.seen_of(one))
    assert texts(one) == ["Words of both."] and texts(between) == []
    assert MailOutcome.objects.get(message_id="<both@acme.example>", instance=one.instance_id).record == one
    merging.take_back(between.pk, priya, merging.seen_of(between))
    assert texts(between) == ["Words of between."] and texts(two) == ["Words of both."]


def test_the_same_mail_that_another_mailbox_takes_at_the_same_moment_stands_once(box, priya, monkeypatch):
    hr = of_hr()
    first = opened(box, "one")
    held, taken = settle._hold_records, []

    def other_before(joining):
        if not taken:
            taken.append(True)
            with ThreadPoolExecutor(1) as apart:
                apart.submit(take, box, "answer", subject=f"##RE-{first.number}##").result()
                apart.submit(connection.close).result()
        held(joining)

    monkeypatch.setattr(settle, "_hold_records", other_before)
    take(hr, "answer", subject=f"##RE-{first.number}##")
    kinds = MailOutcome.objects.filter(message_id="<answer@acme.example>").values_list("kind", flat=True)
    assert sorted(kinds) == ["conversation", "duplicate"]
    assert texts(first) == ["Words of one.", "Words of answer."]


def test_what_tells_of_a_mail_goes_with_it_and_not_with_its_old_request(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    for one in (first, second):
        write(one, Changes({"Technician": dana}), By(priya, "page"))
    away = take(box, "three", subject=f"##RE-{first.number}##")
    here = take(box, "four", subject=f"##RE-{second.number}##")
    told_of_away = OutboxMail.objects.get(event="reply_from_requester", record=first)
    told_of_here = OutboxMail.objects.get(event="reply_from_requester", record=second)
    move(away, second, priya)
    move(here, first, priya)
    spam_acts.this_is_spam(first.pk, priya)
    states = [OutboxMail.objects.get(pk=one.pk).state for one in (told_of_away, told_of_here)]
    assert states == ["queued", "cancelled"]


def _rule():
    made = SpamRule(instance=Instance.objects.order_by("pk")[0])
    criteria = [{"field": "subject", "condition": "contains", "values": ["offer"]}]
    save(None, "cli", made, {"name": "Offers", "match": "any", "criteria": criteria})
    return made


def test_a_report_about_the_receipt_of_a_copy_that_stayed_comes_back_with_its_request(box, priya):
    one, two = (each.record for each in twins(box, of_hr(), "both"))
    receipt = OutboxMail.objects.get(event="request_received", record=one)
    merging.merge(one.pk, two.pk, priya)
    deliver(box, report(receipt.message_id, "ute@acme.example"))
    told = MailOutcome.objects.latest("pk")
    assert (told.kind, told.record) == ("bounce", two)
    client = builders.signed_in(priya)
    for record, offered in ((one, False), (two, True)):
        page = client.get(f"/requests/{record.number}/").content.decode()
        assert (f"/requests/{record.number}/move/" in page) == offered, (
            "nothing is moved out of a merged request"
        )
    merging.take_back(one.pk, priya, merging.seen_of(now(one)))
    told.refresh_from_db()
    assert told.record == one
