"""What `deskpost worker` runs: the jobs of some queues, several at a time, and the tick."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from types import MappingProxyType

from django.db import DatabaseError, InterfaceError, connection, connections
from procrastinate import App
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from deskpost import garbage, jobs
from deskpost.access import lanes
from deskpost.database_words import database_words
from deskpost.inbound import leases
from deskpost.inbound.push.watcher import Watcher
from deskpost.outbound import queue
from deskpost.process import owner
from deskpost.tick import Pulse

AT_ONCE: Mapping[str, int] = MappingProxyType({"fetch": 24, "process": 3, "send": 6})
"""Jobs of each queue at a time. Fetching waits for servers most of the time; processing is our own work."""

PATIENCE = 5.5  # seconds for running jobs to end; the supervisor grants 6.5 in all
STALLED = 20.0  # seconds without a sign of life after which a worker's jobs are given to others
_BEAT = 5.0
_SWEEP_EVERY = 5.0
_TRY_AGAIN = 0.5  # seconds between looks whether the database is back
log = logging.getLogger(__name__)


def run(queues: Sequence[str], concurrency: int | None = None) -> None:
    """Work until SIGTERM or SIGINT; then what runs is finished or given back, within 6 s.

    The database may go and come back meanwhile. For the main thread. When a job does not end in time this ends
    the process: a thread that waits for a server cannot be ended otherwise.
    """
    for silenced in ("procrastinate", "asyncio", "psycopg.pool"):
        logging.getLogger(silenced).setLevel(logging.CRITICAL)  # jobs, worker and tick say it in sentences
    garbage.look_seldom()
    at_once = _at_once(queues, concurrency)
    if "fetch" in at_once:
        jobs.let_failing_take(max(1, at_once["fetch"] // 2))
    with Pulse("worker", ticks=True), Watcher() if "fetch" in at_once else nullcontext():
        finished = asyncio.new_event_loop().run_until_complete(_until_told(at_once))
    give_back()  # once nothing of this process takes anything more
    if not finished:
        sys.stderr.flush()
        os._exit(0)


def duties(queues: Sequence[str], concurrency: int | None = None) -> str:
    """Give in words what a worker of these queues does."""
    verbs = {"fetch": "fetches", "process": "processes", "send": "sends"}
    each = [f"{verbs[name]} ({count} at a time)" for name, count in _at_once(queues, concurrency).items()]
    *first, last = each
    return f"This worker {', '.join(first)} and {last}." if first else f"This worker {last}."


def _at_once(queues: Sequence[str], concurrency: int | None) -> Mapping[str, int]:
    return {name: concurrency or AT_ONCE[name] for name in queues}


def give_back() -> None:
    """Give back whatever this process holds, so that others need not wait for its leases to run out."""
    connections.close_all()  # one of before an outage would only fail
    try:
        leases.release_dead(owner())
        queue.release_dead(owner())
        lanes.release_dead(owner())
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("%s", database_words(trouble))
    finally:
        connections.close_all()


async def _until_told(at_once: Mapping[str, int]) -> bool:
    """Work in shifts, each as long as the database lives; tell whether the last one's jobs have all ended."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.set_default_executor(ThreadPoolExecutor(sum(at_once.values()) + 4, "job"))
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, _end, told)
    finished = True
    while not told.is_set():
        if await asyncio.to_thread(_database_answers):
            finished = await _shift(at_once, told)
        else:
            await _wait(told, _TRY_AGAIN)
    return finished


def _end(told: asyncio.Event) -> None:
    jobs.stopping.set()
    told.set()


async def _shift(at_once: Mapping[str, int], told: asyncio.Event) -> bool:
    """Run one worker a queue until told to end or the database is gone; tell whether all jobs have ended."""
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=1, max_size=len(at_once) + 3, timeout=PATIENCE
    )
    app = App(connector=connector)
    app.add_tasks_from(jobs.tasks, namespace="")
    try:
        async with app.open_async():
            workers = [_worker(app, name, number) for name, number in at_once.items()]
            runs = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
            sweep = asyncio.create_task(_sweep(app))
            until_told = asyncio.create_task(told.wait())
            await asyncio.wait([*runs, sweep, until_told], return_when=asyncio.FIRST_COMPLETED)
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call]
            _, running = await asyncio.wait(runs, timeout=PATIENCE if told.is_set() else 1.0)
            sweep.cancel()
            until_told.cancel()
            return not running
    except ConnectorException as trouble:
        log.warning("%s", database_words(trouble))
        return True


def _worker(app: App, name: str, number: int) -> Worker:
    return Worker(
        app,
        queues=[name],
        name=f"{name} of {os.getpid()}",
        concurrency=number,
        install_signal_handlers=False,
        delete_jobs=DeleteJobCondition.ALWAYS,
        fetch_job_polling_interval=2.0,
        abort_job_polling_interval=600.0,
        update_heartbeat_interval=_BEAT,
        stalled_worker_timeout=STALLED,
    )


async def _sweep(app: App) -> None:
    """Give the jobs of workers that show no sign of life to others, until the database is gone."""
    while True:
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                await manager.finish_job(job, Status.FAILED, delete_job=True)  # another job does its work
        await asyncio.sleep(_SWEEP_EVERY)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except (DatabaseError, InterfaceError):
        return False
    finally:
        connections.close_all()


async def _wait(told: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(told.wait(), seconds)
