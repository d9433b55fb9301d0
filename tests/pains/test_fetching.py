"""What others suffered while mail was fetched: tried with a real Dovecot."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deskpost.desk.records import Record
from deskpost.inbound import pipeline
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder.mails import unsolved
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.outcome import Outcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import process_again, seen_of
from deskpost.inbound.spam.rules import SpamRule
from deskpost.transports.errors import Throttled
from deskpost.transports.imap import ImapSource, open_imap
from deskpost.transports.pop3 import open_pop3
from tests.inbound.fetchers import Fetcher
from tests.inbound.test_error_folder import POISON, fail_on_poison
from tests.outbound import builders as make
from tests.pains.desk import HELP, Desk, outcomes, stored, subjects
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.transports.builders import imap_server, login, pop_server

both = pytest.mark.parametrize("protocol", ["imap", "pop"])


@pytest.mark.pain("ban-list-stops-fetching")
@both
def test_a_mail_on_the_ban_list_stops_fetching(desk: Desk, protocol: str) -> None:
    box = desk.mailbox("Banning", protocol)
    SpamRule.objects.create(
        instance=box.instance,
        name="Banned",
        position=1,
        criteria=[{"field": "sender_address", "condition": "is", "values": ["spam@banned.example"]}],
    )
    banned = desk.mail(2, sender="spam@banned.example")
    desk.deliver(desk.mail(1), banned, desk.mail(3), to=box)
    assert desk.fetch(box) == 3
    assert outcomes() == ["request", "dropped", "request"]
    assert "Banned" in MailOutcome.objects.get(kind="dropped").reason
    desk.deliver(desk.mail(4), to=box)
    assert desk.fetch(box) == 1, "and the banned one is not fetched again"
    assert subjects() == ["Number 1", "Number 3", "Number 4"]


@pytest.mark.pain("vanishes-while-fetched")
@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_mail_that_vanishes_while_it_is_fetched_doubles_its_neighbours(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    """Another client expunges it once the fetch has listed it."""
    desk.deliver(*(desk.mail(number) for number in (1, 2, 3)))
    listed = ImapSource.list

    def then_expunged(self: ImapSource, after: str | None, since: Any) -> Any:
        found = listed(self, after, since)
        if found:
            desk.dovecot.expunge(desk.box.username, found[gone - 1])
            monkeypatch.undo()
        return found

    monkeypatch.setattr(ImapSource, "list", then_expunged)
    left = [f"Number {number}" for number in (1, 2, 3) if number != gone]
    assert (desk.fetch(), subjects()) == (2, left)
    assert MailboxState.objects.get(mailbox=desk.box).consecutive_failures == 0
    assert (desk.fetch(), stored()) == (0, 2), "the next run takes none of its neighbours again"
    desk.comes(desk.mail(4))
    assert subjects() == [*left, "Number 4"]


@pytest.mark.pain("unparsable-fetched-for-ever")
@both
def test_a_mail_that_cannot_be_parsed_is_fetched_again_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    def unable(case: Any, view: Any = None) -> Outcome | None:
        if b"Poison" in case.raw:
            raise ValueError("no parser is without faults")
        return read(case, view)

    (name, read), *rest = pipeline.STEPS
    monkeypatch.setattr(pipeline, "STEPS", ((name, unable), *rest))
    box = desk.mailbox("Parsing", protocol)
    desk.deliver(desk.mail(1), desk.mail(2, subject="Poison"), desk.mail(3), to=box)
    assert [desk.fetch(box) for _ in range(4)] == [3, 0, 0, 0]
    assert outcomes() == ["request", "error", "request"]
    (kept,) = unsolved()
    assert kept.mail.size == InboundMessage.objects.get(pk=kept.pk).size > 0, "with its own copy of the mail"


@pytest.mark.pain("one-message-id-for-different-mails")
def test_one_message_id_on_different_mails_swallows_the_second(desk: Desk) -> None:
    """A shop's program numbers its mails anew each day."""
    one = "<order-1@shop.example>"
    desk.comes(*(desk.mail(number, message_id=one) for number in (1, 2)), desk.mail(3))
    assert subjects() == ["Number 1", "Number 2", "Number 3"]
    desk.comes(desk.mail(1, message_id=one))
    assert outcomes()[-1] == "duplicate", "the same Message-ID and the same content"
    desk.comes(desk.mail(1, message_id="<order-2@shop.example>"))
    assert outcomes()[-1] == "request", "the same content under another Message-ID"


@pytest.mark.pain("no-message-id")
@both
@pytest.mark.parametrize("header", [None, "", "<>"])
def test_a_mail_without_message_id_is_skipped_or_stops_the_run(
    desk: Desk, protocol: str, header: str | None
) -> None:
    def without(number: int) -> bytes:
        raw = desk.mail(number, message_id=None)
        return raw if header is None else b"Message-ID: " + header.encode() + b"\n" + raw

    box = desk.mailbox("Without", protocol)
    desk.deliver(without(1), desk.mail(2), without(3), without(4), to=box)
    assert desk.fetch(box) == 4
    assert subjects() == [f"Number {number}" for number in range(1, 5)]
    other = desk.mailbox("The other", protocol)
    desk.deliver(without(1), to=other)
    desk.fetch(other)
    assert outcomes()[-1] == "duplicate", "it is known by its content"


@pytest.mark.pain("uidvalidity-changes")
def test_a_changed_uidvalidity_stops_every_sync_or_brings_the_last_hundred_alone(desk: Desk) -> None:
    desk.comes(*(desk.mail(number) for number in range(130)))
    desk.dovecot.change_uid_validity(desk.box.username)
    desk.deliver(*(desk.mail(number) for number in range(130, 133)))
    assert desk.fetch() == 133
    assert Record.objects.count() == 133, "all are matched again by their content, and the new ones are there"
    assert outcomes().count("duplicate") == 130
    assert desk.fetch() == 0


@pytest.mark.pain("mail-to-oneself-doubled")
def test_one_mail_to_oneself_becomes_two_conversations(desk: Desk) -> None:
    """A web form writes as the desk's own address to the desk's own address, and two workers fetch at once."""
    desk.deliver(desk.mail(1, sender=HELP, to=HELP, subject="[Uninstall feedback] Too dear"))
    with Fetcher() as first, Fetcher() as second:
        both_at_once = [
            threading.Thread(target=fetcher.fetch, args=[desk.box.pk]) for fetcher in (first, second)
        ]
        for thread in both_at_once:
            thread.start()
        for thread in both_at_once:
            thread.join()
    process(desk.box.pk)
    desk.fetch()
    record = Record.objects.get()
    assert (record.subject, record.conversations.count()) == ("[Uninstall feedback] Too dear", 1)
    desk.sends()
    assert HELP not in str(make.OutboxMail.objects.values_list("to", flat=True)), "and nobody answers himself"


@pytest.mark.pain("own-other-mailbox-ignored")
def test_mail_from_ones_own_other_mailbox_is_silently_ignored(desk: Desk) -> None:
    sales = desk.mailbox("Sales", addresses=["sales@desk.example"])
    desk.comes(desk.mail(1, sender="Sales <sales@desk.example>", subject="Please take this over"))
    assert (outcomes(), subjects()) == (["request"], ["Please take this over"])
    desk.deliver(desk.mail(2, sender=HELP, to="sales@desk.example", subject="And this back"), to=sales)
    desk.fetch(sales)
    assert outcomes() == ["request", "request"]


@pytest.mark.pain("own-sent-copy-comes-back")
def test_the_own_sent_copy_comes_back_as_a_customers_mail(desk: Desk) -> None:
    """The folder of sent mail is fetched as well, and the provider keeps a copy of each answer in it."""
    desk.technician(alerted=True)
    desk.dovecot.make_folder(desk.box.username, "Sent")
    copies = desk.mailbox("Copies", username=desk.box.username, source_folder="Sent")
    desk.fetch(copies)
    desk.comes(desk.mail(1))
    desk.sends()
    (receipt,) = desk.arrived(desk.ute)
    (raw,) = desk.postfix.mails(desk.ute)
    desk.deliver(raw, to=copies, folder="Sent")
    assert desk.fetch(copies) == 1
    last = MailOutcome.objects.order_by("mail_id").last()
    assert last and last.kind in ("automatic", "conversation") and "our own mail" in last.reason
    assert str(receipt["Message-ID"]) in last.reason
    assert Record.objects.count() == 1
    desk.sends()
    desk.arrived(desk.ute, 0)


@pytest.mark.pain("list-behind-several-mailboxes")
def test_one_mail_to_a_list_behind_several_mailboxes_multiplies(desk: Desk) -> None:
    boxes = [desk.box, *(desk.mailbox(name, addresses=[f"{name}@desk.example"]) for name in ("it", "sales"))]
    for box in boxes[1:]:
        desk.fetch(box)
    for number, box in enumerate(boxes):
        received = f"from list.example by mx{number}.desk.example"
        desk.deliver(desk.mail(1, to="all@desk.example", Received=received), to=box)
    for box in boxes:
        desk.fetch(box)
    assert outcomes() == ["request", "duplicate", "duplicate"]
    first = InboundMessage.objects.order_by("pk").first()
    assert {one.duplicate_of for one in MailOutcome.objects.filter(kind="duplicate")} == {first}
    desk.sends()
    desk.arrived(desk.ute, 1)


@pytest.mark.pain("deleted-conversation-comes-back")
@both
def test_a_deleted_conversation_comes_back_with_the_next_fetch(desk: Desk, protocol: str) -> None:
    box = desk.mailbox("Deleting", protocol)
    desk.deliver(desk.mail(1), desk.mail(2), to=box)
    desk.fetch(box)
    Record.objects.get(subject="Number 1").delete()
    assert [desk.fetch(box) for _ in range(2)] == [0, 0]
    desk.deliver(desk.mail(3), to=box)
    assert desk.fetch(box) == 1
    assert subjects() == ["Number 2", "Number 3"]


@pytest.mark.pain("odd-dates-and-senders")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Mon, 23 Nov 2026 09:00:00 +0100", b"Mon, 23 Nov 2093 09:00:00 +0100"),
        (b"Mon, 23 Nov 2026 09:00:00 +0100", b"some day"),
        (b"From: Ute", b"X-From: Ute"),
        (b"From: Ute <", b"From: Ute Brandt of Acme <ute brandt@x.example> <"),
        (b"From: Ute <", b"From:  < "),
    ],
    ids=["in the future", "no date", "no From", "blanks in From", "blanks around From"],
)
def test_mails_dated_in_the_future_without_from_or_with_blanks_in_it_stay_behind(
    desk: Desk, old: bytes, new: bytes
) -> None:
    odd = desk.mail(2)
    assert old in odd
    desk.comes(desk.mail(1), odd.replace(old, new), desk.mail(3))
    assert subjects() == ["Number 1", "Number 2", "Number 3"]
    taken = Record.objects.get(subject="Number 2")
    assert abs(taken.created_at - timezone.now()) < timedelta(hours=1), "the date received counts"
    assert taken.conversations.get().at <= timezone.now()


@pytest.mark.pain("too-many-connections")
@both
def test_too_many_connections_lock_the_desk_out(
    desk: Desk, dovecot_with: Callable[..., Dovecot], protocol: str
) -> None:
    """Every fetch closes what it opened, whatever went wrong; and the server's limit is a reason to wait."""
    strict = dovecot_with(connections_per_user=1)
    user = strict.new_user()
    box = desk.mailbox("Strict", protocol, port=getattr(strict, protocol), username=user)
    other = desk.mailbox("Wrong folder", port=strict.imap, username=user, source_folder="Nowhere")
    too_large = desk.mail(1, text="x" * 1_200_000)
    Mailbox.objects.filter(pk=box.pk).update(max_size_mb=1)
    strict.deliver_many(user, [too_large, *(desk.mail(number) for number in range(2, 5))])
    for _ in range(3):
        assert fetch(box.pk).failure is None
        assert fetch(other.pk).failure is not None
    process(box.pk)
    assert Record.objects.count() == 3
    with open_imap(imap_server(strict, "none"), login(user)) if protocol == "imap" else _pop(strict, user):
        failure = fetch(box.pk).failure
    assert isinstance(failure, Throttled), failure
    state = MailboxState.objects.get(mailbox=box)
    assert (state.consecutive_failures, state.failing_since) == (0, None), "which is no failure"
    assert fetch(box.pk).failure is None


def _pop(server: Dovecot, user: str) -> Any:
    return open_pop3(pop_server(server, "none"), login(user, PASSWORD))


@pytest.mark.pain("not-imported-list-wiped")
@both
def test_the_list_of_mails_that_were_not_imported_is_wiped_at_every_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    first, *rest = pipeline.STEPS
    monkeypatch.setattr(pipeline, "STEPS", (first, ("test step", fail_on_poison), *rest))
    box = desk.mailbox("Listing", protocol, after_fetching="delete")
    desk.deliver(desk.mail(1, subject=f"{POISON} 1"), desk.mail(2), to=box)
    desk.fetch(box)
    kept = [row.pk for row in unsolved()]
    assert len(kept) == 1
    for number in (3, 4, 5):
        desk.deliver(desk.mail(number), to=box)
        desk.fetch(box)
    assert [row.pk for row in unsolved()] == kept
    monkeypatch.undo()
    desk.fetch(box)
    assert [row.pk for row in unsolved()] == kept, "until somebody decides"
    seen = seen_of(MailOutcome.objects.get(pk=kept[0]))
    process_again(kept[0], make.person("Ada", f"ada@{desk.domain}"), seen)
    process(box.pk)
    assert not unsolved().exists() and f"{POISON} 1" in subjects()
