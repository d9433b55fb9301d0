"""Sending: all that is due at a server, from its own mailbox and from those of its pool."""

import time
import uuid
from collections.abc import Callable

from deskpost import process
from deskpost.access import consents
from deskpost.outbound import queue, sent_copies, steps
from deskpost.outbound.pool_runs import PoolRuns
from deskpost.outbound.run import Run, SendResult
from deskpost.outbound.sample import Sample, sample
from deskpost.outbound.servers import OutgoingServer

__all__ = ["Sample", "SendResult", "sample", "send_due"]


def send_due(
    server_id: int,
    *,
    owner: str | None = None,
    connections: int | None = None,
    deadline: float | None = None,
    stopping: Callable[[], bool] | None = None,
) -> SendResult:
    """Send all that is due at a server, and give how it went. To be called outside of a transaction.

    `connections` overrides the server's own number. After `deadline` (of time.monotonic), or once `stopping()`
    is true, nothing more is begun: what was claimed is given back within seconds. While the database is away the
    answers of what was sent are kept, and noted once it is back, however long that takes; they are given up only
    when `stopping()` is true and it has been away for 20 s.
    """
    queue.recover()
    queue.lapse(server_id)
    server = OutgoingServer.objects.select_related("state").filter(pk=server_id).first()
    if server is None or server.paused:
        return SendResult()
    consent = consents.consent_of(server)
    if consent is not None and consent.lost_at is not None:
        return SendResult(trouble=consent.lost_reason)
    owner = owner or process.owner(f"send-{uuid.uuid4().hex[:8]}")
    stopping = stopping or (lambda: False)

    def over() -> bool:
        return _is_over(deadline)

    def from_pool(mailbox: str, stopped: Callable[[], bool]) -> SendResult:
        own = process.owner(f"pool-{uuid.uuid4().hex[:8]}")
        run = Run(server, consent, own, connections, stopping, mailbox)
        return run.until_done(lambda: over() or stopped())

    runs = PoolRuns(from_pool)
    result = Run(server, consent, owner, connections, stopping).until_done(over, runs)
    for other in runs.results:
        result = result.beside(other)
    if not (result.trouble or stopping() or _is_over(deadline)):
        sent_copies.read_due(server)
        steps.clear_due(server)
    return result


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline
