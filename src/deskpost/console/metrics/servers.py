"""The metrics about outgoing servers."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound import flow, flow_lanes
from deskpost.outbound.flow import Outgoing
from deskpost.outbound.flow_lanes import GraphLanes
from deskpost.outbound.minutes import FAILED, SENT
from deskpost.outbound.server_look import Look
from deskpost.transports import error_kinds

_Ever = dict[int, dict[tuple[str, int], int]]


def servers(now: datetime) -> Iterator[Metric]:
    """Give them, each with the name that its server has in the settings file."""
    ways, ever = flow.outgoing(now, now, None), flow.ever()
    yield from _states(ways)
    yield from _counts(ways, ever)
    yield from _queues(ways, now)
    yield from _graph(flow_lanes.lanes_of([one.server for one in ways], now))


def _states(ways: list[Outgoing]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "deskpost_server_state", "1 for how a server fares, else 0.", labels=["server", "state"]
    )
    throttled = GaugeMetricFamily(
        "deskpost_server_throttled", "1 while the server asks for patience, else 0.", labels=["server"]
    )
    for one in ways:
        for look in get_args(Look):
            states.add_metric([one.server.name, look], float(look == one.fares.look))
        throttled.add_metric([one.server.name], float(one.fares.look == "patience"))
    yield states
    yield throttled


def _counts(ways: list[Outgoing], ever: _Ever) -> Iterator[Metric]:
    ended = {
        SENT: CounterMetricFamily("deskpost_server_sent_mails", "Mails sent.", labels=["server", "class"]),
        FAILED: CounterMetricFamily(
            "deskpost_server_failed_mails", "Mails that failed for good.", labels=["server", "class"]
        ),
    }
    errors = CounterMetricFamily(
        "deskpost_server_errors", "Times that a server could not be used.", labels=["server", "kind"]
    )
    for one in ways:
        counts = ever.get(one.server.pk, {})
        for sending_class in SendingClass:
            for what, family in ended.items():
                family.add_metric(
                    [one.server.name, _name(sending_class)], counts.get((what, sending_class), 0)
                )
        for kind in error_kinds.KINDS:
            errors.add_metric([one.server.name, kind], counts.get((kind, 0), 0))
    yield from ended.values()
    yield errors


def _queues(ways: list[Outgoing], now: datetime) -> Iterator[Metric]:
    queued = GaugeMetricFamily(
        "deskpost_server_queued_mails", "Mails that wait or are being sent.", labels=["server", "class"]
    )
    oldest = GaugeMetricFamily(
        "deskpost_server_oldest_queued_seconds",
        "For how long the oldest of them has waited; 0 where none waits.",
        labels=["server"],
    )
    delay = GaugeMetricFamily(
        "deskpost_server_expected_delay_seconds",
        "In how many seconds a mail is sent that is written now; not there where nobody knows.",
        labels=["server", "class"],
    )
    for one in ways:
        name, since = one.server.name, one.queue.oldest
        for sending_class in SendingClass:
            queued.add_metric([name, _name(sending_class)], one.queue.mails[sending_class])
            takes = one.delay(sending_class)
            if takes is not None:
                delay.add_metric([name, _name(sending_class)], takes)
        oldest.add_metric([name], (now - since).total_seconds() if since else 0.0)
    yield queued
    yield oldest
    yield delay


def _graph(lanes: Sequence[GraphLanes]) -> Iterator[Metric]:
    in_use = GaugeMetricFamily(
        "deskpost_graph_lanes_in_use",
        "Requests to Microsoft Graph under way at the server's mailbox and its sender pool, fetching included.",
        labels=["server"],
    )
    answers = CounterMetricFamily(
        "deskpost_graph_throttled_answers",
        "Answers 429 and 503 of Microsoft Graph at the server's mailbox and its sender pool.",
        labels=["server"],
    )
    for one in lanes:
        in_use.add_metric([one.server.name], one.in_use)
        answers.add_metric([one.server.name], one.ever)
    yield in_use
    yield answers


def _name(sending_class: SendingClass) -> str:
    return sending_class.name.lower()
