"""Merged requests: what goes over, where later mails go, and what comes back when a merge is taken back."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation, Instance
from deskpost.desk.merges import Merge
from deskpost.desk.merging import NotMerged
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.requests import add_conversation
from deskpost.desk.roles import visible
from deskpost.desk.search import Listing, Wanted
from deskpost.inbound import merging, moving, reprocess
from deskpost.inbound.mailboxes import Mailbox, own_addresses
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import NotDone
from deskpost.outbound.by_person import send_by_person
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders

pytestmark = pytest.mark.usefixtures("database")
UTE = "Ute Brandt <ute@acme.example>"


@pytest.fixture
def box(database):
    builders.outgoing()
    builders.account("Acme", "acme.example")
    builders.account("Zeta", "zeta.example")
    return builders.mailbox()


@pytest.fixture
def priya(box) -> Person:
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture
def dana(box) -> Person:
    return builders.person("Dana Whitfield", "dana@northgate-it.example", "SDTechnician")


def take(box, name: str, **parts) -> MailOutcome:
    """Let a mail with a name come in, and give what became of it."""
    own = {"subject": f"VPN {name}", "text": f"Words of {name}.", "message_id": f"<{name}@acme.example>"}
    return builders.take(box, **{"sender": UTE, **own, **parts})


def opened(box, name: str, **parts) -> Record:
    outcome = take(box, name, **parts)
    assert outcome.kind == "request" and outcome.record is not None
    return outcome.record


def now(record: Record) -> Record:
    return Record.objects.select_related("status").get(pk=record.pk)


def texts(record: Record) -> list[str]:
    rows = Conversation.objects.filter(record=record).order_by("at", "pk")
    return [one.text.strip() for one in rows]


def back(record: Record, who: Person) -> None:
    merging.take_back(record.pk, who, merging.seen_of(record))


def of_hr() -> Mailbox:
    """Make a mailbox of another instance."""
    instance = Instance.objects.create(name="HR")
    return builders.mailbox("HR", instance=instance, addresses=["hr@northgate-it.example"])


def reply(record: Record, who: Person) -> OutboxMail:
    """Answer the requester as the page does."""
    conversation = add_conversation(
        record,
        direction="out",
        author=who,
        sender=(who.name, "dana@northgate-it.example"),
        text="Please try again.",
        subject=record.subject,
        at=timezone.now(),
        to=[("Ute Brandt", "ute@acme.example")],
    )
    send_by_person(
        conversation=conversation,
        author=who,
        to=conversation.to,
        cc=(),
        subject=record.subject,
        mode="reply",
        own_addresses=own_addresses(),
    )
    return OutboxMail.objects.latest("pk")


def test_all_of_a_merged_request_is_found_at_the_one_that_stays_in_the_order_of_time(box, priya):
    first = opened(box, "one")
    second = opened(box, "two", files={"log.txt": ("text/plain", b"x" * 90)})
    take(box, "three", subject=f"##RE-{first.number}##")
    sent = OutboxMail.objects.count()
    merging.merge(second.pk, first.pk, priya)
    assert texts(first) == ["Words of one.", "Words of two.", "Words of three."] and texts(second) == []
    assert Attachment.objects.get().conversation.record == first
    assert set(MailOutcome.objects.values_list("record", flat=True)) == {first.pk}
    closed = now(second)
    assert (closed.status.kind, closed.merged_into, closed.closed_at is not None) == ("closed", first, True)
    assert now(first).status.kind == "open"
    assert OutboxMail.objects.count() == sent  # nobody is told a second time
    assert [row.record for row in Listing(visible(priya), Wanted()).page(None).rows] == [first]
    assert Listing(visible(priya), Wanted()).count().number == 1
    found = Listing(visible(priya), Wanted(view="all", text="two")).page(None).rows
    assert [row.record for row in found] == [first]


def test_both_histories_name_who_merged_and_who_took_it_back(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    merging.merge(second.pk, first.pk, priya)
    back(second, dana)
    of = HistoryEntry.objects.filter(via="page").order_by("pk")
    assert [(one.person, one.record, one.changes) for one in of] == [
        (priya, second, [["Merged into", None, f"RE-{first.number}"], ["Status", "Open", "Closed"]]),
        (priya, first, [["Merged request", None, f"RE-{second.number}"]]),
        (dana, second, [["Merged into", f"RE-{first.number}", None], ["Status", "Closed", "Open"]]),
        (dana, first, [["Merged request", f"RE-{second.number}", None]]),
    ]


def test_later_mails_join_the_request_that_stays_and_their_trace_says_so(box, dana, priya):
    first, second = opened(box, "one"), opened(box, "two")
    answer = reply(second, dana)
    merging.merge(second.pk, first.pk, priya)
    by_number = take(box, "number", subject=f"Re: ##RE-{second.number}## VPN")
    by_mail = take(box, "mail", subject="Re: VPN", In_Reply_To="<two@acme.example>")
    by_token = take(box, "token", subject="Re: VPN", In_Reply_To=answer.message_id)
    assert {one.record for one in (by_number, by_mail, by_token)} == {first}
    assert f"RE-{second.number} was merged into it" in by_number.reason
    assert "it answers <two@acme.example>, whose request was merged into it" in by_mail.reason
    assert "followed to where it was merged" in by_token.reason
    assert now(second).status.kind == "closed" and texts(second) == []
    own = take(box, "own", subject="Re: VPN", In_Reply_To="<one@acme.example>")
    assert own.record == first and "merged" not in own.reason


def test_a_chain_leads_to_its_end_and_each_of_it_is_taken_back_by_itself(box, priya):
    a, b, c = (opened(box, name) for name in ("a", "b", "c"))
    merging.merge(a.pk, b.pk, priya)
    merging.merge(b.pk, c.pk, priya)
    assert texts(c) == ["Words of a.", "Words of b.", "Words of c."]
    assert take(box, "late", subject=f"##RE-{a.number}##").record == c
    back(a, priya)
    assert (texts(a), texts(b)) == (["Words of a."], [])
    assert texts(c) == ["Words of b.", "Words of c.", "Words of late."]
    back(b, priya)
    assert (texts(b), texts(c)) == (["Words of b."], ["Words of c.", "Words of late."])


def test_the_middle_of_a_chain_takes_along_what_came_to_it(box, priya):
    a, b, c = (opened(box, name) for name in ("a", "b", "c"))
    merging.merge(a.pk, b.pk, priya)
    merging.merge(b.pk, c.pk, priya)
    back(b, priya)
    assert texts(b) == ["Words of a.", "Words of b."] and texts(c) == ["Words of c."]
    assert now(a).merged_into == b
    back(a, priya)
    assert texts(a) == ["Words of a."] and texts(b) == ["Words of b."]


def test_a_merge_taken_back_gives_back_what_came_and_nothing_else(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    moved, stays = take(box, "moved", subject=f"##RE-{second.number}##"), opened(box, "else")
    status = Status.objects.get(name="Waiting for customer")
    write(now(second), Changes({"Status": status}), By(dana, "page"))
    merging.merge(second.pk, first.pk, priya)
    later = take(box, "later", subject=f"##RE-{second.number}##")
    seen = reprocess.seen_of(MailOutcome.objects.get(pk=moved.pk))
    reprocess.move(moved.pk, stays.pk, priya, seen)
    back(second, priya)
    assert texts(second) == ["Words of two."]
    assert texts(first) == ["Words of one.", "Words of later."]
    assert texts(stays) == ["Words of moved.", "Words of else."]
    assert (now(second).status, now(second).closed_at, now(second).merged_into) == (status, None, None)
    assert MailOutcome.objects.get(pk=later.pk).record == first
    assert not Merge.objects.exists() and not Conversation.objects.exclude(came_from=None).exists()
    assert now(second).last_mail_at == Conversation.objects.get(record=second).at


def test_a_request_that_was_closed_is_closed_again_as_it_was(box, priya):
    first, second = opened(box, "one"), opened(box, "two")
    resolved = Status.objects.get(kind="resolved")
    write(second, Changes({"Status": resolved}), By(priya, "page"))
    ended = now(second).closed_at
    merging.merge(second.pk, first.pk, priya)
    assert now(second).status.kind == "closed"
    back(second, priya)
    assert (now(second).status, now(second).closed_at) == (resolved, ended)


def test_what_waits_at_a_merged_request_waits_at_the_other_and_comes_back(box, priya):
    first, second = opened(box, "one"), opened(box, "two")
    stranger = {"sender": "Zoe <zoe@zeta.example>", "subject": f"##RE-{second.number}##"}
    waits, taken = take(box, "waits", **stranger), take(box, "taken", **stranger)
    assert {waits.kind, taken.kind} == {"held"}
    merging.merge(second.pk, first.pk, priya)
    waits, taken = (MailOutcome.objects.get(pk=one.pk) for one in (waits, taken))
    assert waits.record == taken.record == first
    reprocess.move(taken.pk, first.pk, priya, reprocess.seen_of(taken))
    back(second, priya)
    assert MailOutcome.objects.get(pk=waits.pk).record == second
    assert MailOutcome.objects.get(pk=taken.pk).record == first
    assert texts(first) == ["Words of one.", "Words of taken."]


def test_a_mail_that_opened_the_merged_request_can_be_a_request_of_its_own(box, priya):
    first, second = opened(box, "one"), opened(box, "two")
    merging.merge(second.pk, first.pk, priya)
    mail = MailOutcome.objects.get(message_id="<two@acme.example>")
    done = reprocess.open_own(mail.pk, priya, reprocess.seen_of(mail), lambda *_: True)
    own = Record.objects.get(number=done.number)
    assert own.pk not in (first.pk, second.pk) and texts(own) == ["Words of two."]
    back(second, priya)
    assert texts(second) == [] and texts(own) == ["Words of two."]


def test_nothing_is_put_into_a_merged_request_and_who_tries_is_told_where_it_went(box, priya, dana):
    first, second, third = (opened(box, name) for name in ("one", "two", "three"))
    merging.merge(second.pk, first.pk, priya)
    mail = MailOutcome.objects.get(message_id="<three@acme.example>")
    told = f"Priya Raman merged request {second.number} into request {first.number}.*choose request {first.number}"
    with pytest.raises(NotDone, match=told):
        reprocess.move(mail.pk, second.pk, dana, reprocess.seen_of(mail))
    with pytest.raises(NotDone, match=told):
        moving.move(third.pk, [mail.conversation_id], second.pk, dana)
    assert texts(third) == ["Words of three."]


def test_automatic_mail_to_a_merged_request_joins_the_other_quietly(box, priya):
    first, second = opened(box, "one"), opened(box, "two")
    merging.merge(second.pk, first.pk, priya)
    write(now(first), Changes({"Status": Status.objects.get(kind="closed")}), By(priya, "page"))
    before, sent = now(first).last_mail_at, OutboxMail.objects.count()
    away = take(box, "away", subject=f"##RE-{second.number}##", Auto_Submitted="auto-replied")
    assert (away.kind, away.record) == ("conversation", first)
    assert (now(first).last_mail_at, now(first).status.kind) == (before, "closed")
    assert OutboxMail.objects.count() == sent


def test_a_mail_to_a_merged_request_reopens_the_closed_one_that_it_leads_to(box, priya):
    first, second = opened(box, "one"), opened(box, "two")
    write(first, Changes({"Status": Status.objects.get(kind="closed")}), By(priya, "page"))
    merging.merge(second.pk, first.pk, priya)
    take(box, "late", subject=f"##RE-{second.number}##")
    assert now(first).status.kind == "open" and now(second).status.kind == "closed"
    Installation.objects.update(reopen_within_days=1)
    write(now(first), Changes({"Status": Status.objects.get(kind="closed")}), By(priya, "page"))
    Record.objects.filter(pk=first.pk).update(closed_at=timezone.now() - timedelta(days=3))
    linked = take(box, "later", subject=f"##RE-{second.number}##").record
    assert linked is not None and linked.linked_to == first


def test_two_who_merge_at_once_one_is_told_what_the_other_did(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    begun, told = threading.Barrier(2, timeout=20), []

    def act(record: Record, into: Record, who: Person) -> None:
        try:
            begun.wait()
            merging.merge(record.pk, into.pk, who)
        except NotMerged as trouble:
            told.append(trouble.words)
        finally:
            connection.close()

    both = [
        threading.Thread(target=act, args=args) for args in ((first, second, priya), (second, first, dana))
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    (words,) = told
    assert " merged request " in words and "meanwhile. Nothing was done." in words
    assert Record.objects.exclude(merged_into=None).count() == 1
    assert Merge.objects.get().by not in ("", None) and Merge.objects.get().by in words


def test_of_two_who_take_a_merge_back_the_second_is_told(box, priya, dana):
    first, second = opened(box, "one"), opened(box, "two")
    merging.merge(second.pk, first.pk, priya)
    seen = merging.seen_of(second)
    merging.take_back(second.pk, dana, seen)
    with pytest.raises(NotMerged, match="Dana Whitfield took the merge back meanwhile"):
        merging.take_back(second.pk, priya, seen)
    merging.merge(second.pk, first.pk, dana)
    with pytest.raises(NotMerged, match="merged anew meanwhile"):
        merging.take_back(second.pk, priya, seen)


def test_requests_of_two_accounts_or_instances_are_not_merged(box, priya):
    first, other = opened(box, "one"), opened(box, "two", sender="Zoe <zoe@zeta.example>")
    with pytest.raises(NotMerged, match="two accounts"):
        merging.merge(other.pk, first.pk, priya)
    with pytest.raises(NotMerged, match="the request itself"):
        merging.merge(first.pk, first.pk, priya)
    assert texts(other) == ["Words of two."]


def test_a_mail_that_is_decided_while_its_request_is_merged_joins_the_one_that_stays(box, priya, monkeypatch):
    first, second = opened(box, "one"), opened(box, "two")
    from deskpost.inbound import settle

    held, merged = settle._hold_records, []

    def merge_before(joins):
        if not merged:
            merged.append(True)
            thread = threading.Thread(target=_merge_apart, args=(second, first, priya))
            thread.start()
            thread.join()
        held(joins)

    monkeypatch.setattr(settle, "_hold_records", merge_before)
    late = take(box, "late", subject=f"##RE-{second.number}##")
    assert merged and late.record == first
    assert texts(first) == ["Words of one.", "Words of two.", "Words of late."]


def _merge_apart(record: Record, into: Record, who: Person) -> None:
    try:
        merging.merge(record.pk, into.pk, who)
    finally:
        connection.close()


def test_what_waits_stays_beside_its_request_in_whatever_order_merges_are_made_and_taken_back(box, priya):
    requests = [opened(box, name) for name in ("a", "b", "c")]
    held = [
        take(box, f"held-{one.pk}", sender="Zoe <zoe@zeta.example>", subject=f"##RE-{one.number}##")
        for one in requests
    ]
    a, b, c = (one.pk for one in requests)
    again = ((a, b), (b, c), (a, None), (a, c), (b, None), (a, None))
    forth = ((a, b), (b, c), (b, None), (b, c), (a, None), (c, a), (b, None), (c, None))
    for record_id, into in (*again, *forth, *again[:4], (a, None), (b, None)):
        if into is None:
            back(Record.objects.get(pk=record_id), priya)
        else:
            merging.merge(record_id, into, priya)
        beside = dict(Conversation.objects.values_list("mail_id", "record"))
        opening = MailOutcome.objects.filter(kind="request").order_by("pk")
        where = [MailOutcome.objects.get(pk=one.pk).record_id for one in held]
        assert where == [beside[one.pk] for one in opening], (record_id, into)
    assert where == [a, b, c] and not Merge.objects.exists()


def test_who_wrote_or_asked_in_a_merged_request_may_go_on_to_write(box, priya, dana):
    sue, tim = "Sue <sue@private.example>", "Tim <tim@private.example>"
    sues = opened(box, "sue", sender=sue)
    let_in = take(box, "tim", sender=tim, subject="Re", In_Reply_To=reply(sues, dana).message_id)
    assert let_in.record == sues
    bens = opened(box, "ben", sender="Ben <ben@private.example>")
    kim = take(box, "kim", sender="Kim <kim@private.example>", subject=f"##RE-{sues.number}##")
    assert kim.kind == "held"  # who never wrote here stays a stranger
    merging.merge(sues.pk, bens.pk, priya)
    for name, sender in (("sue-2", sue), ("tim-2", tim)):
        later = take(box, name, sender=sender, subject=f"##RE-{sues.number}##")
        assert (later.kind, later.record) == ("conversation", bens), later.reason
    third = opened(box, "third", sender="Ann <ann@private.example>")
    mails = MailOutcome.objects.filter(
        record=bens, from_address__in=("sue@private.example", "tim@private.example")
    )
    answers = list(Conversation.objects.filter(record=bens, direction="out").values_list("pk", flat=True))
    moving.move(bens.pk, [*answers, *(one.conversation_id for one in mails)], third.pk, priya)
    number = f"##RE-{bens.number}##"
    asked = take(box, "sue-3", sender=sue, subject=number)
    assert asked.record == bens and asked.kind == "conversation"  # she asked in the merged one
    assert take(box, "tim-3", sender=tim, subject=number).kind == "held"  # of his nothing is left here
    back(sues, priya)
    reprocess.move(asked.pk, third.pk, priya, reprocess.seen_of(asked))
    assert take(box, "sue-4", sender=sue, subject=number).kind == "held"


def test_requests_of_two_instances_are_merged_and_mails_moved_between_them(box, priya):
    hr = of_hr()
    first, second = opened(box, "one"), opened(hr, "two")
    mail = take(hr, "three", subject=f"##RE-{second.number}##")
    reprocess.move(mail.pk, first.pk, priya, reprocess.seen_of(mail))
    merging.merge(second.pk, first.pk, priya)
    assert texts(first) == ["Words of one.", "Words of two.", "Words of three."]
    assert now(first).instance != now(second).instance
    back(second, priya)
    assert texts(second) == ["Words of two."]


def test_every_refusal_says_what_to_do(box, priya, dana):
    first, second, third = (opened(box, name) for name in ("one", "two", "three"))
    foreign = opened(box, "zoe", sender="Zoe <zoe@zeta.example>")
    merging.merge(third.pk, second.pk, dana)
    seen = merging.seen_of(third)
    refused = [
        lambda: merging.merge(first.pk, first.pk, priya),
        lambda: merging.merge(first.pk, foreign.pk, priya),
        lambda: merging.merge(third.pk, first.pk, priya),
        lambda: merging.merge(987_654, first.pk, priya),
        lambda: merging.take_back(third.pk, priya, "long ago"),
        lambda: merging.take_back(first.pk, priya, ""),
    ]
    Record.objects.filter(pk=foreign.pk).update(deleted_at=timezone.now())
    refused.append(lambda: merging.merge(foreign.pk, first.pk, priya))
    mail = MailOutcome.objects.get(message_id="<one@acme.example>")
    talk = Conversation.objects.get(mail_id=mail.pk)
    moved = [
        lambda: reprocess.move(mail.pk, third.pk, dana, reprocess.seen_of(mail)),
        lambda: reprocess.move(mail.pk, foreign.pk, dana, reprocess.seen_of(mail)),
        lambda: reprocess.move(mail.pk, first.pk, dana, reprocess.seen_of(mail)),
        lambda: reprocess.move(mail.pk, first.pk, dana, "long ago"),
        lambda: reprocess.open_own(mail.pk, dana, reprocess.seen_of(mail), lambda *_: True),
        lambda: moving.move(second.pk, [talk.pk], second.pk, dana),
        lambda: moving.move(first.pk, [talk.pk], first.pk, dana),
    ]
    for act in (*refused, *moved):
        with pytest.raises((NotMerged, NotDone), match=r"To do: .+\.$"):
            act()
    merging.take_back(third.pk, dana, seen)
    with pytest.raises(NotMerged, match=r"took the merge back meanwhile.*To do: .+\.$"):
        merging.take_back(third.pk, priya, seen)
