"""Graph tells which mailbox was opened, by whatever name: asked once where nobody knows, and nobody waits for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from deskpost.sandbox.cloud.graph.call import user_id
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import ServerUnreachable
from deskpost.transports.graph.sender import open_graph_sender

from .graph_world import CUSTOMER, World, cloud_served, fresh

INBOX = "/mailFolders/inbox$"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("graph")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


@dataclass
class Memory:
    """An Inbox in the test's own memory."""

    known: bool = False
    ids: list[str] = field(default_factory=list)

    def wanted(self) -> bool:
        return not self.known

    def told(self, id: str) -> None:
        self.ids.append(id)
        self.known = True


def inbox_of(world: World) -> str:
    found = world.desk.folder("inbox")
    assert found is not None
    return found.id


def answer_of(address: str) -> Envelope:
    """Give a mail that leaves from an address of the mailbox."""
    fields = f"From: {address}\r\nTo: {CUSTOMER}\r\nSubject: Mended\r\nMessage-ID: <1@desk.example>\r\n\r\n"
    return Envelope(address, (CUSTOMER,), fields.encode() + b"It is mended.\r\n")


def questions(world: World) -> int:
    return sum(one.path.endswith("/mailFolders/inbox") for one in world.asked)


def test_a_source_of_the_inbox_tells_it_without_a_question_of_its_own(world: World) -> None:
    memory = Memory()
    for _ in range(2):
        with world.open(inbox=memory):
            pass
    assert memory.ids == [inbox_of(world)] * 2 and len(world.asked) == 2


def test_a_source_of_another_folder_asks_where_nobody_knows(world: World) -> None:
    memory = Memory()
    for _ in range(2):
        with world.open("Archive", inbox=memory):
            pass
    assert memory.ids == [inbox_of(world)] and questions(world) == 1


def test_a_sender_that_is_known_to_work_asks_once(world: World) -> None:
    memory = Memory()
    for _ in range(2):
        with open_graph_sender(world.target(inbox=memory, known=True)):
            pass
    assert memory.ids == [inbox_of(world)] and len(world.asked) == 1


def test_one_question_shows_that_a_sender_works_and_which_mailbox_it_is(world: World) -> None:
    memory = Memory()
    with open_graph_sender(world.target(inbox=memory)):
        pass
    assert memory.ids == [inbox_of(world)] and questions(world) == len(world.asked) == 1


def test_a_sender_that_nobody_knows_to_work_ends_with_what_the_inbox_said(world: World) -> None:
    world.fault("status", 500, path=INBOX)
    with pytest.raises(ServerUnreachable), open_graph_sender(world.target()):
        pytest.fail("it was entered")


def test_an_alias_and_an_object_id_lead_to_the_same_inbox(world: World) -> None:
    own = world.desk.address
    world.cloud.store.add_mailbox(own, "Service Desk", "secret", aliases=[f"alias-{own}"])
    memory = Memory()
    with world.open(inbox=memory):
        pass
    for name in (f"ALIAS-{own}", user_id(own)):
        memory.known = False
        with open_graph_sender(world.target(inbox=memory, mailbox=name)) as sender:
            assert sender.send(answer_of(f"alias-{own}")).data
    assert memory.ids == [inbox_of(world)] * 3
    assert {one.mailbox for one in world.asked} == {own}, "the sandbox counts them as one, as Microsoft does"


@pytest.mark.parametrize("trouble", ["reset", "half_answer", "lost_answer", 403, 404, 500, 503])
def test_that_the_question_failed_keeps_no_mail(world: World, trouble: str | int) -> None:
    memory = Memory()
    kind, value = ("status", trouble) if isinstance(trouble, int) else (trouble, None)
    world.fault(kind, value, path=INBOX)
    with open_graph_sender(world.target(inbox=memory, known=True)) as sender:
        assert sender.send(answer_of(world.desk.address)).data
    assert (len(world.sent), memory.ids, questions(world)) == (1, [], 1)
    world.fault(kind, value, path=INBOX)
    with world.open("Archive", inbox=memory) as source:
        assert source.oldest() is None
    assert memory.ids == []
