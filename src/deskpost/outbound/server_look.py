"""How an outgoing server fares now, for people: its state, what waits, and what the alternate has done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Min, Q
from django.utils import timezone

from deskpost.access.secret_ends import ends_soon
from deskpost.desk.search import Count
from deskpost.oauth import sentences
from deskpost.outbound import endpoints, failover
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.overflow import overflow_of
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent

Look = Literal[
    "sending",
    "catching_up",
    "overflow",
    "alternate",
    "failing",
    "patience",
    "paused",
    "needs_consent",
    "ended",
    "secret_ends",
]
BEHIND_AFTER = timedelta(minutes=2)  # a mail that could have left so long ago: the server is catching up
State = OutboxMail.State


@dataclass(frozen=True, slots=True)
class Fares:
    """How a server fares: `since` and `reason` of the state, where it has them; of an overflow through whom.

    `until`: when it is tried again, of one that asked for patience or whose service ended.
    """

    look: Look
    since: datetime | None = None
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnAlternate:
    """That a server sends by its alternate: both as host:port, since when, why, and what was sent since."""

    primary: str
    alternate: str
    since: datetime
    reason: str
    sent: Count
    failed: Count


def fares(servers: Collection[OutgoingServer]) -> dict[int, Fares]:
    """Tell how each of these servers fares, in three questions to the database."""
    generation, behind = failover.current(), _behind([server.pk for server in servers])
    consents = ServerConsent.objects.filter(server__in=[server.pk for server in servers]).in_bulk()
    return {
        server.pk: _fares(server, generation, behind.get(server.pk), consents.get(server.pk))
        for server in servers
    }


def on_alternate(server: OutgoingServer) -> OnAlternate | None:
    """Tell by which alternate a server sends now, None while it sends by its primary."""
    state = state_of(server)
    if state is None or state.alternate_since is None or state.alternate_generation != failover.current():
        return None
    other = endpoints.alternate(server)
    if other is None:
        return None
    ended = OutboxMail.objects.filter(server=server, done_at__gte=state.alternate_since)
    return OnAlternate(
        primary=endpoints.primary(server).place,
        alternate=other.place,
        since=state.alternate_since,
        reason=state.alternate_reason.partition(" To do:")[0],
        sent=Count.of(ended.filter(state=State.SENT)),
        failed=Count.of(ended.filter(state=State.FAILED)),
    )


def waiting(server: OutgoingServer) -> Count:
    """Give how many mails wait to leave by a server, those that are being sent included."""
    mails = OutboxMail.objects.filter(Q(state=State.QUEUED) | Q(state=State.SENDING), server=server)
    return Count.of(mails)


def state_of(server: OutgoingServer) -> OutgoingServerState | None:
    """Give what sending noted of a server, None before its first mail."""
    state: OutgoingServerState | None = getattr(server, "state", None)
    return state


def _fares(
    server: OutgoingServer, generation: int, behind: datetime | None, consent: ServerConsent | None
) -> Fares:
    state = state_of(server)
    if server.paused:
        return Fares("paused")
    if consent is not None and consent.lost_at is not None:
        return Fares("needs_consent", consent.lost_at, consent.lost_reason)
    if state is not None and state.ended_since is not None:
        return Fares("ended", state.ended_since, state.reason, state.not_before)
    if state is not None and state.failing_since is not None:
        return Fares("failing", state.failing_since, state.reason)
    if state is not None and state.patience_since is not None and state.not_before > timezone.now():
        return Fares("patience", state.patience_since, state.reason, state.not_before)
    if consent is None and server.by_consent:
        return Fares("needs_consent", reason=sentences.not_connected(server.host))
    if state is not None and state.alternate_generation == generation and server.alternate_server.strip():
        return Fares("alternate", state.alternate_since, state.alternate_reason)
    other = overflow_of(server)
    if other is not None:
        return Fares("overflow", other.since, other.through)
    if behind is not None:
        return Fares("catching_up", behind)
    if ends_soon(server.client_secret_ends):
        return Fares("secret_ends", state.last_sent_at if state else None)
    return Fares("sending", state.last_sent_at if state else None)


def _behind(servers: Collection[int]) -> dict[int, datetime]:
    """Give of each server that is behind since when its oldest mail could have left."""
    due = timezone.now() - BEHIND_AFTER
    mails = OutboxMail.objects.filter(server__in=servers, state=State.QUEUED, next_try_at__lt=due)
    return dict(mails.values_list("server").annotate(since=Min("next_try_at")))
