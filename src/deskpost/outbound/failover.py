"""Failover: which server a configuration sends by now, and the generations that end it.

A generation is the life of the application from its start until the last of its processes has gone. A server
that had to go over to its alternate stays there for the rest of the generation, whoever dies and comes back.
"""

import os
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models.functions import Now

from deskpost import process, wake
from deskpost.outbound import bell, endpoints, pool
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

GONE_AFTER = 15  # seconds without a beat
_LOCK = 0x6465736B_67656E  # of all who join: two that start at once begin one generation

_BEAT = """
    INSERT INTO process (host, pid, started, kind, seen_at) VALUES (%s, %s, %s, %s, clock_timestamp())
    ON CONFLICT (host, pid, started) DO UPDATE SET kind = EXCLUDED.kind, seen_at = clock_timestamp()
"""


class Generation(models.Model):
    """One life of the application. A server on its alternate stays there for the rest of it."""

    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "generation"

    def __str__(self) -> str:
        return str(self.pk)


class Process(models.Model):
    """A web, worker or run process that says every few seconds that it lives."""

    host = models.TextField()
    pid = models.IntegerField()
    started = models.TextField()  # by the kernel: a pid alone is used again
    kind = models.TextField()
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "process"
        constraints = [models.UniqueConstraint(fields=["host", "pid", "started"], name="process_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"


def join(kind: str) -> int:
    """Count this process among the living, and give its generation.

    `run` begins a new generation, and so does the first process after all had gone: those that left, those of
    this host that the kernel no longer knows, and those that gave no beat for 15 s. Every other process joins
    the present one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "DELETE FROM process WHERE seen_at < clock_timestamp() - make_interval(secs => %s)", [GONE_AFTER]
        )
        _forget_the_dead_here()
        if kind == "run" or not Process.objects.exists() or not Generation.objects.exists():
            Generation.objects.create()
        _beat(kind)
        return current()


def beat(kind: str) -> None:
    """Say that this process lives; every 5 s is often enough. One that was given up joins again quietly."""
    with transaction.atomic():
        _beat(kind)


def leave() -> None:
    """Take this process from among the living, when it ends in order."""
    host, pid, started = _self()
    Process.objects.filter(host=host, pid=pid, started=started).delete()


def current() -> int:
    """Give the number of the present generation; 0 before the first."""
    return Generation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def began_at() -> datetime | None:
    """Give when the present generation began; None before the first."""
    return Generation.objects.order_by("-pk").values_list("started_at", flat=True).first()


def living() -> dict[str, int]:
    """Give how many processes live by kind: those that gave a beat within 15 s."""
    beating = Process.objects.filter(seen_at__gt=Now() - timedelta(seconds=GONE_AFTER))
    return dict(beating.values_list("kind").annotate(models.Count("pk")))


@transaction.atomic
def use_alternate(server: OutgoingServer, reason: str) -> bool:
    """Send by the alternate from now on, for the rest of this generation; tell whether that holds.

    It does not when the settings were saved since `server` was read: what was tried is not what is set.
    The administrators' bell rings, unless another worker went over before.
    """
    present = OutgoingServer.objects.select_for_update(no_key=True).filter(pk=server.pk).first()
    if present is None or _way(present) != _way(server):
        return False
    if is_on_alternate(present):
        return True
    OutgoingServerState.objects.update_or_create(
        server=server,
        defaults={
            "alternate_generation": current(),
            "alternate_since": Now(),
            "alternate_reason": reason,
            "broke_off": [],
        },
    )
    _ring(present)
    return True


def is_on_alternate(server: OutgoingServer) -> bool:
    """Tell whether this server sends by its alternate now."""
    return OutgoingServerState.objects.filter(
        server=server, alternate_generation=current()
    ).exists() and bool(server.alternate_server.strip())


def back_to_primary(server: OutgoingServer) -> None:
    """Send by the primary again, at once: the settings were saved, or an administrator said so."""
    OutgoingServerState.objects.filter(server=server).update(
        alternate_generation=None,
        alternate_since=None,
        alternate_reason="",
        failing_since=None,
        patience_since=None,
        reason="",
        broke_off=[],
        not_before=Now(),
        keeps_message_id=None,  # it may be another mailbox now: the next mail tells
        keeps_headers=None,
    )
    pool.forget_failures(server)
    wake.sending(server.pk)


def _ring(server: OutgoingServer) -> None:
    """Tell the administrators by what mail is sent since, and lead them to where they may go back."""
    other = endpoints.alternate(server)
    if other is None:
        return
    bell.ring(
        bell.administrators(),
        "failover",
        {"primary": endpoints.primary(server).place, "alternate": other.place},
        f"/admin/mail-server-settings/outgoing/{scope_of(server).key}/",
    )


def _way(server: OutgoingServer) -> tuple[object, ...]:
    """Give all that decides whether a primary can be reached, and what is used instead."""
    return (
        server.server,
        server.alternate_server,
        server.port,
        server.protocol,
        server.tls,
        server.verify_certificate,
        server.ca_file,
        server.address,
    )


def _forget_the_dead_here() -> None:
    """Take from among the living whoever of this host was killed, beat or no beat."""
    here = Process.objects.filter(host=process.HOST)
    gone = [one.pk for one in here if process.start_time(one.pid) != one.started]
    Process.objects.filter(pk__in=gone).delete()


def _beat(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [*_self(), kind])


def _self() -> tuple[str, int, str]:
    pid = os.getpid()
    return process.HOST, pid, process.start_time(pid)
