"""Sending by Microsoft Graph in two steps: the id of the draft tells afterwards whether the mail was sent."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from deskpost.mime.compose import File, compose
from deskpost.transports.errors import MessageRefused, Throttled
from deskpost.transports.ews.sender import EwsSender
from deskpost.transports.graph.sender import GraphSender, open_graph_sender
from deskpost.transports.sender import StepSender
from deskpost.transports.smtp import SmtpConnection

from .graph_world import CUSTOMER, World, cloud_served, fresh
from .test_graph_sender import arrived, asked, draft, envelope, in_folder, same_mail

LARGE = File("x.bin", "application/octet-stream", bytes(range(256)) * 14_000)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("graph")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


@pytest.fixture
def sender(world: World) -> Iterator[GraphSender]:
    with open_graph_sender(world.target()) as opened:
        yield opened


def place(sender: GraphSender, id: str) -> str | None:
    found = sender.drafted(id)
    return found and found.place


@pytest.mark.parametrize("files", [(), (LARGE,)], ids=["MIME", "with a large file"])
def test_the_id_of_the_draft_stays_when_it_is_sent(
    world: World, sender: GraphSender, files: tuple[File, ...]
) -> None:
    said = draft(world, *files)
    id = sender.draft(envelope(said), again=False)
    assert place(sender, id) == "drafts" and not world.sent
    delivery = sender.send_draft(id, envelope(said))
    assert delivery.data is not None and delivery.data.accepted and not delivery.unknown
    mail, raw, recipients = arrived(world)
    same_mail(mail, said)
    assert recipients == [CUSTOMER, "boss@customer.example"]
    if not files:
        assert raw.replace(b"\r\n", b"\n") == compose(said).replace(b"\r\n", b"\n")
    copy = sender.drafted(id)
    assert copy is not None and (copy.place, copy.message_id) == ("sent", said.message_id)
    assert in_folder(world.desk, "drafts") == []


def test_a_mail_of_another_from_is_a_draft_in_json(world: World, sender: GraphSender) -> None:
    other = world.cloud.store.add_mailbox("billing2@contoso.example", shared_with=[world.desk.address])
    said = draft(world)
    said = replace(said, sender=replace(said.sender, address=other.address))
    sender.send_draft(sender.draft(envelope(said), again=False), envelope(said))
    mail, _, _ = arrived(world)
    assert mail.from_[0].address == other.address
    same_mail(mail, said)


@pytest.mark.parametrize(
    ("fault", "value", "where"),
    [
        ("lost_answer", None, "sent"),
        ("half_answer", None, "sent"),
        ("reset", None, "drafts"),
        ("status", 504, "drafts"),
    ],
)
def test_where_the_answer_never_came_the_id_tells(
    world: World, sender: GraphSender, fault: str, value: object, where: str
) -> None:
    """Also in a mailbox that gives each mail a Message-ID of its own."""
    world.cloud.habits.keep_message_id = False
    said = draft(world)
    id = sender.draft(envelope(said), again=False)
    world.fault(fault, value, path="/send$")
    assert sender.send_draft(id, envelope(said)).unknown
    assert place(sender, id) == where
    assert len(world.sent) == (where == "sent")


def test_a_draft_that_was_sent_or_is_gone_is_not_sent_again(world: World, sender: GraphSender) -> None:
    said = draft(world)
    id = sender.draft(envelope(said), again=False)
    sender.send_draft(id, envelope(said))
    assert sender.send_draft(id, envelope(said)).unknown and len(world.sent) == 1
    other = sender.draft(envelope(draft(world, message_id="<2@desk.example>")), again=False)
    sender.discard(other)
    assert place(sender, other) is None, "it lies in Deleted Items"
    assert place(sender, "AAMkAnother") is None
    assert sender.send_draft("AAMkAnother", envelope(said)).unknown


def test_a_draft_that_is_filed_after_it_was_sent_was_sent(world: World, sender: GraphSender) -> None:
    id = sender.draft(envelope(draft(world)), again=False)
    sender.send_draft(id, envelope(draft(world)))
    (item,) = world.desk.in_folder(world.desk.folder("sentitems").id)  # type: ignore[union-attr]
    world.cloud.store.move(world.desk, item, "deleteditems")
    assert place(sender, id) == "sent"


def test_a_refused_draft_is_deleted_and_one_that_waits_stays(world: World, sender: GraphSender) -> None:
    said = draft(world)
    id = sender.draft(envelope(said), again=False)
    world.fault("status", 429, path="/send$")
    with pytest.raises(Throttled):
        sender.send_draft(id, envelope(said))
    assert place(sender, id) == "drafts"
    refusal = {"status": 400, "body": '{"error": {"code": "ErrorInvalidRecipients", "message": "No."}}'}
    world.fault("status", refusal, path="/send$")
    with pytest.raises(MessageRefused):
        sender.send_draft(id, envelope(said))
    assert in_folder(world.desk, "drafts") == [] and not world.sent


def test_what_an_earlier_try_left_is_deleted_when_it_is_known_that_there_was_one(
    world: World, sender: GraphSender
) -> None:
    said = draft(world)
    sender.draft(envelope(said), again=False)
    id = sender.draft(envelope(said), again=True)
    assert len(in_folder(world.desk, "drafts")) == 1 and place(sender, id) == "drafts"
    assert [method for method, tail in asked(world) if tail == "messages"].count("POST") == 2


def test_a_mail_that_reaches_nobody_makes_no_draft(world: World, sender: GraphSender) -> None:
    assert sender.draft(envelope(draft(world), ("two words@x.example",)), again=False) == ""
    assert in_folder(world.desk, "drafts") == []


def test_graph_alone_sends_in_two_steps(sender: GraphSender) -> None:
    assert isinstance(sender, StepSender)
    assert not any(hasattr(one, "send_draft") for one in (SmtpConnection, EwsSender))
