"""Error folders at Exchange, over EWS and Microsoft Graph: moved, counted, moved back but for one, processed anew."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder import totals as error_totals
from deskpost.inbound.error_folder.mails import ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.process import process
from deskpost.sandbox.cloud.cloud import Fault
from deskpost.sandbox.cloud.store import Mailbox as CloudMailbox
from tests.access.conftest import served as graph_served
from tests.inbound import test_ews, test_graph
from tests.inbound.test_error_folder import POISON, letter, poison, take_in
from tests.inbound.test_graph import there
from tests.oauth.world import DESK, World
from tests.outbound import builders as make
from tests.transports import ews_world

__all__ = ["poison", "served", "there"]

pytestmark = pytest.mark.usefixtures("database")
served = graph_served
NAME = "Helpdesk/Fehler Ü"


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ews_world.World]:
    with ews_world.cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


Scene = tuple[Mailbox, CloudMailbox, Callable[[bytes], object], Callable[[], object]]


@pytest.fixture(params=["ews", "graph"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """A mailbox with an error folder, its other side, how mail comes into it, and a fault of the next move."""
    values: dict[str, Any] = {"error_folder": True, "error_folder_name": NAME, "after_fetching": "mark_read"}
    if request.param == "ews":
        world = ews_world.fresh(request.getfixturevalue("exchange"))
        box = test_ews.box(world, **values)
        return (
            box,
            world.desk,
            world.deliver,
            lambda: world.fault("error", "ErrorMoveCopyFailed", operation="MoveItem", times=2),
        )
    cloud: World = request.getfixturevalue("there")
    desk = cloud.cloud.store.mailbox(DESK)
    assert desk is not None
    box = test_graph.graph(cloud, **values)

    def refuse() -> None:
        cloud.cloud.faults.append(Fault("graph", "status", 400, path="/move", times=2))

    return box, desk, lambda raw: cloud.cloud.store.deliver(desk, raw), refuse


def lies_in(desk: CloudMailbox, name: str) -> int:
    folder = next((one for one in desk.folders.values() if one.name == name), None)
    return len(desk.in_folder(folder.id)) if folder else -1


def in_inbox(desk: CloudMailbox) -> list[bool]:
    inbox = desk.folder("inbox")
    assert inbox is not None
    return [item.is_read for item in desk.in_folder(inbox.id)]


@pytest.mark.requirement("R18", "R22", "R23")
def test_error_mails_are_moved_into_their_folder_and_come_back_as_what_they_were(
    scene: Scene, poison: pytest.MonkeyPatch
) -> None:
    box, desk, deliver, _ = scene
    for number, subject in enumerate((POISON, "Good", POISON)):
        deliver(letter(number, subject))
    take_in(box)
    assert lies_in(desk, "Fehler Ü") == 2
    assert in_inbox(desk) == [True]
    assert MailboxState.objects.get(mailbox=box).error_total == 2
    assert error_totals.ask(box) == ""
    assert {row.place for row in unsolved()} == {Place.FOLDER}
    poison.undo()
    back = error_return.move_back(make.person("Ada"), box)
    assert (back.moved, back.left) == (2, 0)
    assert lies_in(desk, "Fehler Ü") == 0
    assert sorted(in_inbox(desk)) == [False, False, True]
    take_in(box)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["request"] * 3
    assert InboundMessage.objects.count() == 3
    assert in_inbox(desk) == [True] * 3


@pytest.mark.requirement("R31")
@pytest.mark.parametrize("scene", ["ews"], indirect=True)
def test_over_ews_too_the_total_is_one_when_one_mail_could_not_be_moved_back(
    scene: Scene, exchange: ews_world.World, poison: pytest.MonkeyPatch
) -> None:
    box, desk, deliver, _ = scene
    for number in range(3):
        deliver(letter(number, POISON))
    take_in(box)
    assert lies_in(desk, "Fehler Ü") == 3
    # The three among each other, then the first of them by itself.
    exchange.fault("refuse_item", "ErrorMoveCopyFailed", "MoveItem", times=4)
    poison.undo()
    back = error_return.move_back(make.person("Ada"), box)
    assert (back.moved, back.left) == (2, 1)
    assert "ErrorMoveCopyFailed" in back.words
    assert MailboxState.objects.get(mailbox=box).error_total == lies_in(desk, "Fehler Ü") == 1
    assert ErrorMail.objects.get(place=Place.FOLDER).words == back.words
    take_in(box)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request", "request"]
    assert error_return.move_back(make.person("Bob"), box).left == 0
    take_in(box)
    assert MailboxState.objects.get(mailbox=box).error_total == 0
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["request"] * 3


@pytest.mark.requirement("R31")
def test_the_total_is_one_when_one_mail_could_not_be_moved_back(
    there: World, poison: pytest.MonkeyPatch
) -> None:
    box = test_graph.graph(there, error_folder=True, error_folder_name="Errors", after_fetching="mark_read")
    desk = there.cloud.store.mailbox(DESK)
    assert desk is not None
    for number in range(3):
        there.cloud.store.deliver(desk, letter(number, POISON))
    take_in(box)
    held = next(item for item in desk.items.values() if b"<1@acme" in item.raw)
    stays = Fault("graph", "status", 400, path=f"{held.immutable_id}/move", times=None)
    there.cloud.faults.append(stays)
    poison.undo()
    back = error_return.move_back(make.person("Ada"), box)
    assert (back.moved, back.left) == (2, 1)
    assert back.words
    assert MailboxState.objects.get(mailbox=box).error_total == lies_in(desk, "Errors") == 1
    assert ErrorMail.objects.get(place=Place.FOLDER).words == back.words
    take_in(box)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request", "request"]
    there.cloud.faults.clear()
    assert error_return.move_back(make.person("Bob"), box).left == 0
    take_in(box)
    assert MailboxState.objects.get(mailbox=box).error_total == 0
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["request"] * 3


@pytest.mark.pain("refused-move")
def test_a_refused_move_is_told_and_tried_again_with_no_second_request(
    scene: Scene, poison: pytest.MonkeyPatch
) -> None:
    box, desk, deliver, refuse = scene
    deliver(letter(1, POISON))
    deliver(letter(2))
    refuse()
    for _ in range(4):
        fetch(box.pk)
        process(box.pk)
    assert lies_in(desk, "Fehler Ü") == 1
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request"]
    assert InboundMessage.objects.count() == 2


@pytest.mark.parametrize("written", ["posteingang", "POSTEINGANG "])
def test_the_inbox_in_the_mailboxes_own_language_is_no_error_folder(
    scene: Scene, written: str, poison: pytest.MonkeyPatch
) -> None:
    box, desk, deliver, _ = scene
    inbox = desk.folder("inbox")
    assert inbox is not None
    inbox.name = "Posteingang"
    Mailbox.objects.filter(pk=box.pk).update(error_folder_name=written, error_stop_after=1)
    box.refresh_from_db()
    for number in range(2):
        deliver(letter(number, POISON))
    for _ in range(3):
        take_in(box)
    box.refresh_from_db()
    assert box.fetching, "the inbox is not counted as an error folder that is full"
    assert {(row.place, row.folder) for row in ErrorMail.objects.all()} == {(Place.TO_MOVE, "")}
    assert all(
        "is the inbox or the folder that is fetched from" in row.words for row in ErrorMail.objects.all()
    )
    assert InboundMessage.objects.count() == 2 and len(in_inbox(desk)) == 2
    assert error_return.move_back(make.person("Ada"), box).moved == 0
    Mailbox.objects.filter(pk=box.pk).update(error_folder_name="Errors", error_stop_after=None)
    take_in(box)
    assert (lies_in(desk, "Errors"), in_inbox(desk)) == (2, [])
