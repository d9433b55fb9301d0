"""The cards of Mail flow about Microsoft Graph's lanes: for each server what is in each lane, and what waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext

from deskpost.access.lanes import LANES
from deskpost.access.lanes_seen import HeldLane
from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound.flow import Outgoing
from deskpost.outbound.flow_lanes import GraphLanes
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.overflow import UNMEASURED

_SHOWN = 3  # cards: those where most happens


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane: its number, what is in it (empty: it is free), for how long, and which share of the time a mail takes."""

    number: int
    words: str = ""
    seconds: str = ""
    share: int = 0  # percent


@dataclass(frozen=True, slots=True)
class Card:
    """The lanes of one server. `of_pool`: those of its sender pool, in words."""

    name: str
    in_use: int
    most: int
    rows: list[LaneRow]
    of_pool: list[str]
    throttled: int
    longest: str
    sent: int
    waiting: str


def cards_of(
    outgoing: Iterable[Outgoing], lanes: Mapping[int, GraphLanes], mails: Mapping[int, OutboxMail]
) -> tuple[list[Card], int]:
    """Give the cards of the servers where most happens, and how many other servers send by Graph."""
    by_graph = [(one, lanes[one.server.pk]) for one in outgoing if one.server.pk in lanes]
    by_graph.sort(key=lambda pair: (-pair[1].in_use, -pair[0].queue.mails.total(), -pair[1].throttled))
    return [_card(one, held, mails) for one, held in by_graph[:_SHOWN]], len(by_graph[_SHOWN:])


def _card(one: Outgoing, lanes: GraphLanes, mails: Mapping[int, OutboxMail]) -> Card:
    takes = one.seconds_a_mail or UNMEASURED
    held = {lane.number: lane for lane in lanes.held}
    numbers = sorted({*range(1, LANES + 1), *held})
    of_pool = gettext("%(mailbox)s: %(n)d of %(most)d in use")
    counts = one.queue.mails
    return Card(
        name=one.server.scope_name,
        in_use=lanes.in_use,
        most=LANES * (1 + len(lanes.held_of_pool)),
        rows=[_row(number, held.get(number), mails, takes) for number in numbers],
        of_pool=[of_pool % {"mailbox": box, "n": n, "most": LANES} for box, n in lanes.held_of_pool.items()],
        throttled=lanes.throttled,
        longest=gettext("%(n)s s") % {"n": number_format(lanes.longest, 0)} if lanes.longest else "–",
        sent=round(one.hour.rates.a_minute),
        waiting=" · ".join(str(counts[sending_class]) for sending_class in SendingClass),
    )


def _row(number: int, lane: HeldLane | None, mails: Mapping[int, OutboxMail], takes: float) -> LaneRow:
    if lane is None:
        return LaneRow(number)
    if lane.mail_id is None:
        words = gettext("Incoming mail, or another question")
    else:
        words = _mail(mails.get(lane.mail_id))
    if lane.seconds is None:
        return LaneRow(number, words)
    seconds = gettext("%(n)s s") % {"n": number_format(lane.seconds, 1)}
    return LaneRow(number, words, seconds, min(100, round(100 * lane.seconds / takes)))


def _mail(mail: OutboxMail | None) -> str:
    """Say which mail it is; of one that the person may not see, nothing."""
    if mail is None:
        return gettext("A mail")
    kinds = {
        SendingClass.SECURITY: gettext("Security"),
        SendingClass.PEOPLE: gettext("Reply"),
        SendingClass.NOTIFICATION: gettext("Notification"),
    }
    words = kinds.get(SendingClass(mail.sending_class), gettext("Bulk"))
    if mail.record is not None:
        words = f"{words} {mail.record.number}"
    if mail.sending_class == SendingClass.PEOPLE and mail.author is not None:
        words = f"{words}, {mail.author.name}"
    return words
