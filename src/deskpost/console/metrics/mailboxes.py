"""The metrics about mailboxes."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from deskpost.inbound import flow
from deskpost.inbound.flow import Incoming
from deskpost.inbound.minutes import FETCHED, PROCESSING
from deskpost.inbound.outcome import KINDS as OUTCOMES
from deskpost.transports import error_kinds

STATES = ("fetching", "throttled", "failing", "needs_consent", "stopped", "stopped_at_limit")


def mailboxes(now: datetime) -> Iterator[Metric]:
    """Give them, each with the name of its mailbox."""
    boxes, ever = flow.incoming(now, now, None), flow.ever()
    yield from _states(boxes)
    yield from _counts(boxes, ever)
    yield from _waiting(boxes, now)


def state_of(one: Incoming) -> str:
    """Give the one of STATES in which a mailbox is."""
    standing = one.standing
    if not standing.mailbox.fetching:
        return "stopped_at_limit" if standing.state.held_at_limit else "stopped"
    if standing.lost is not None:
        return "needs_consent"
    if standing.state.failing_since:
        return "failing"
    return "throttled" if standing.state.patience_since else "fetching"


def _states(boxes: list[Incoming]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "deskpost_mailbox_state",
        "1 for the state in which a mailbox is, else 0.",
        labels=["mailbox", "state"],
    )
    throttled = GaugeMetricFamily(
        "deskpost_mailbox_throttled", "1 while the mail server asks for patience, else 0.", labels=["mailbox"]
    )
    for one in boxes:
        name, present = one.standing.mailbox.name, state_of(one)
        for state in STATES:
            states.add_metric([name, state], float(state == present))
        throttled.add_metric([name], float(one.standing.state.patience_since is not None))
    yield states
    yield throttled


def _counts(boxes: list[Incoming], ever: dict[int, dict[str, int]]) -> Iterator[Metric]:
    fetched = CounterMetricFamily("deskpost_mailbox_fetched_mails", "Mails taken in.", labels=["mailbox"])
    decided = CounterMetricFamily(
        "deskpost_mailbox_decided_mails", "Mails by what became of them.", labels=["mailbox", "outcome"]
    )
    errors = CounterMetricFamily(
        "deskpost_mailbox_errors",
        "What went wrong: fetches that failed or were put off, and mails that could not be processed.",
        labels=["mailbox", "kind"],
    )
    for one in boxes:
        name, counts = one.standing.mailbox.name, ever.get(one.standing.mailbox.pk, {})
        fetched.add_metric([name], counts.get(FETCHED, 0))
        for outcome in OUTCOMES:
            decided.add_metric([name, outcome], counts.get(outcome, 0))
        for kind in error_kinds.KINDS:
            errors.add_metric([name, kind], counts.get(kind, 0))
        errors.add_metric([name, "processing"], counts.get(PROCESSING, 0))
    yield fetched
    yield decided
    yield errors


def _waiting(boxes: list[Incoming], now: datetime) -> Iterator[Metric]:
    backlog = GaugeMetricFamily(
        "deskpost_mailbox_backlog_mails",
        "Mails seen at the server and not fetched yet (server), and fetched ones without outcome (deskpost).",
        labels=["mailbox", "place"],
    )
    oldest = GaugeMetricFamily(
        "deskpost_mailbox_oldest_waiting_seconds",
        "For how long the oldest fetched mail has been without outcome; 0 where none waits.",
        labels=["mailbox"],
    )
    age = GaugeMetricFamily(
        "deskpost_mailbox_last_fetch_age_seconds",
        "Seconds since the last completed fetch; not there before the first.",
        labels=["mailbox"],
    )
    for one in boxes:
        name, state = one.standing.mailbox.name, one.standing.state
        backlog.add_metric([name, "deskpost"], one.standing.waiting)
        if state.backlog is not None and not state.failing_since:
            backlog.add_metric([name, "server"], state.backlog)
        oldest.add_metric([name], (now - one.oldest).total_seconds() if one.oldest else 0.0)
        if state.last_fetch_at is not None:
            age.add_metric([name], max(0.0, (now - state.last_fetch_at).total_seconds()))
    yield backlog
    yield oldest
    yield age
