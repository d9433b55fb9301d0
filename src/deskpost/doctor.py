"""The doctor: looks at everything an installation needs, and says what to do where something is wrong."""

import hashlib
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection, connections

from deskpost import raw_store, schema
from deskpost.access import proxy, targets
from deskpost.access.columns import SECRETS, MailServerSettings
from deskpost.data_folder import DataFolder
from deskpost.inbound.collecting import refused_acts, sources
from deskpost.inbound.collecting.refused_acts import Refused
from deskpost.inbound.connectivity import outages
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.outbound import endpoints
from deskpost.outbound.failover import GONE_AFTER, Process
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import SecretUnreadable
from deskpost.transports import clocks
from deskpost.transports.clocks import Clock
from deskpost.transports.errors import TransportError
from deskpost.transports.http import Http
from deskpost.transports.proxy import through

LEAST_FREE = 1 << 30  # bytes
LARGEST_DRIFT = 2.0  # seconds between this machine's clock and the database's
LOOKED_AT = 20  # newest raw mails that are read and compared
LARGEST_SKEW = (
    180.0  # seconds between this machine's clock and a provider's: tokens and certificates bear some
)
OLD = timedelta(minutes=10)
NAMED = 5  # mailboxes that nobody fetches
_AT_ONCE = 16  # servers asked at a time
_PATIENCE = 20.0  # seconds for the way to a server


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. Not `ok`: `words` says what to do."""

    check: str
    ok: bool
    words: str


def examine(folder: DataFolder) -> Iterator[Finding]:
    """Give what each check finds, as it is found. Changes nothing, sends nothing."""
    for check in (_database, _disk(folder), _clock, _raw_mails, _workers, _fetching, _backlog):
        yield check()
    secrets = _secrets()
    yield secrets
    if not secrets.ok:
        return  # no server can be asked
    heard: list[Clock] = []
    checks = [*_mailbox_checks(heard), *_server_checks(heard)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda check: check(), checks)
    if heard:
        yield _clocks_of_providers(heard)


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        )
        version, size = cursor.fetchone() or ("unknown", "unknown")
    missing = schema.missing()
    if missing:
        return Finding(
            "database", False, f"{len(missing)} migrations are missing. To do: run deskpost migrate."
        )
    return Finding("database", True, f"PostgreSQL {version}, {size}, tables up to date")


def _disk(folder: DataFolder) -> Callable[[], Finding]:
    def check() -> Finding:
        free = shutil.disk_usage(folder.path).free
        words = f"{free / (1 << 30):.1f} GB free where {folder.path} is"
        if free < LEAST_FREE:
            return Finding(
                "disk", False, f"only {words}. To do: free some space; a full disk stops fetching."
            )
        return Finding("disk", True, words)

    return check


def _clock() -> Finding:
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = (cursor.fetchone() or (before,))[0]
    drift = abs((there - before).total_seconds())
    if drift > LARGEST_DRIFT:
        words = f"this machine and the database differ by {drift:.1f} s. To do: let both keep time by NTP."
        return Finding("clock", False, words)
    return Finding("clock", True, f"this machine and the database differ by {drift * 1000:.0f} ms")


def _secrets() -> Finding:
    try:
        rows = [*Mailbox.objects.only(*SECRETS), *OutgoingServer.objects.only(*SECRETS)]
        count = len([[getattr(row, name) for name in SECRETS] for row in rows])
    except SecretUnreadable as unreadable:
        return Finding("keys", False, str(unreadable))
    return Finding("keys", True, f"the secrets of {count} mailboxes and servers can be read")


def _raw_mails() -> Finding:
    newest = list(
        InboundMessage.objects.exclude(outcome__raw_erased_at__isnull=False).order_by("-pk")[:LOOKED_AT]
    )
    raws = raw_store.load(mail.pk for mail in newest)
    wrong = [mail.pk for mail in newest if hashlib.sha256(raws[mail.pk]).digest() != bytes(mail.sha256)]
    if wrong:
        words = f"the bytes of {len(wrong)} of the {len(newest)} newest mails are not what was fetched "
        return Finding("raw mails", False, f"{words}(number {wrong[0]}). To do: restore them from a backup.")
    return Finding("raw mails", True, f"the {len(newest)} newest are as they were fetched")


def _workers() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM process WHERE kind = 'worker' "
            "AND seen_at > clock_timestamp() - make_interval(secs => %s)",
            [GONE_AFTER],
        )
        (count,) = cursor.fetchone() or (0,)
    if not count:
        words = (
            "no worker runs, so nothing is fetched or sent. To do: start deskpost run, or deskpost worker."
        )
        return Finding("workers", False, words)
    return Finding(
        "workers", True, f"{count} running on {Process.objects.values('host').distinct().count()} machines"
    )


def _fetching() -> Finding:
    late = [mailbox.name for mailbox in outages.not_begun()]
    if late:
        words = f"nobody fetches {', '.join(late[:NAMED])}{' and others' if late[NAMED:] else ''}. "
        return Finding(
            "fetching", False, f"{words}To do: start another worker; one that runs says more in its log."
        )
    return Finding("fetching", True, "every mailbox that is on is fetched in turn, or was tried")


def _backlog() -> Finding:
    undecided = Undecided.objects.order_by("pk").select_related("mail").first()
    now = datetime.now(UTC)
    if undecided and now - undecided.mail.received_at > OLD:
        words = f"a mail received at {undecided.mail.received_at:%Y-%m-%d %H:%M} UTC is not processed yet. "
        return Finding("backlog", False, f"{words}To do: see that a worker runs, and what its log says.")
    waiting = OutboxMail.objects.filter(state=OutboxMail.State.QUEUED).exclude(server__paused=True)
    oldest = waiting.order_by("created_at").first()
    if oldest and now - oldest.created_at > OLD:
        words = f"a mail has been waiting to be sent since {oldest.created_at:%Y-%m-%d %H:%M} UTC. "
        return Finding("backlog", False, f"{words}To do: see deskpost outbox for what its server says.")
    return Finding("backlog", True, "nothing has been waiting for long")


def _mailbox_checks(heard: list[Clock]) -> Iterator[Callable[[], Finding]]:
    refused = refused_acts.by_mailbox()
    for mailbox in Mailbox.objects.order_by("name"):
        asked = _asked(f"mailbox {mailbox.name}", mailbox, partial(_sample, mailbox), heard)
        yield partial(_and_refused, asked, refused[mailbox.pk]) if mailbox.pk in refused else asked


def _server_checks(heard: list[Clock]) -> Iterator[Callable[[], Finding]]:
    for server in OutgoingServer.objects.order_by("name"):
        yield _asked(f"outgoing server {server.name}", server, partial(_greet, server), heard)


def _asked(
    check: str, row: MailServerSettings, ask: Callable[[], str], heard: list[Clock]
) -> Callable[[], Finding]:
    """Give a check that looks for the way, then asks the server; whatever fails is told in its words.

    What time it is there, where it says so, is added to what was `heard`.
    """

    def run() -> Finding:
        with clocks.listening() as told:
            try:
                trouble = _no_way_to(row)
                return Finding(check, False, trouble) if trouble else Finding(check, True, ask())
            except TransportError as failure:
                return Finding(check, False, failure.words)
            finally:
                if not told and row.authentication == row.Authentication.OAUTH:
                    _listen_to_provider(row)
                heard.extend(told)
                connections.close_all()

    return run


def _no_way_to(row: MailServerSettings) -> str:
    """Look the name of a server up, or have the proxy connect to it, which looks it up itself; say what is wrong.

    Raises ProxyRefused and its kin.
    """
    if row.proxy:
        reach = targets.server_of(row)
        through(
            proxy.present(), row.host, row.port_reached, _PATIENCE, allow_private=reach.allow_private
        ).close()
        return ""
    try:
        socket.getaddrinfo(row.host.strip("[]"), None)
    except OSError:
        return f"the name {row.host} cannot be looked up. To do: see that it is spelled right and that DNS works."
    return ""


def _listen_to_provider(row: MailServerSettings) -> None:
    """Ask where tokens come from for nothing but the time, where no token had to be renewed."""
    with suppress(TransportError):
        reach = targets.provider_reach(targets.server_of(row, _PATIENCE))
        with Http(row.token_url, reach) as http:
            http.ask("GET", row.token_url)


def _clocks_of_providers(heard: Iterable[Clock]) -> Finding:
    """Compare this machine's clock with those that sign in and give mail: tokens and certificates depend on it."""
    furthest = max(heard, key=lambda one: abs(one.ahead))
    apart = abs(furthest.ahead)
    if apart <= LARGEST_SKEW:
        words = f"this machine and {furthest.place} differ by {apart:.0f} s, no other provider by more"
        return Finding("clocks of providers", True, words)
    way = "ahead of" if furthest.ahead > 0 else "behind"
    return Finding(
        "clocks of providers",
        False,
        f"the clock of {furthest.place} is {apart / 60:.0f} min {way} this machine's, and tokens and certificates "
        "depend on it. To do: let this machine keep time by NTP, as with timedatectl set-ntp true; if it does, "
        "tell the provider.",
    )


def _sample(mailbox: Mailbox) -> str:
    oldest = sources.sample(mailbox)
    count = oldest.count if oldest else 0
    state = "" if mailbox.fetching else "; fetching is off"
    return f"signed in, {count} {'mail' if count == 1 else 'mails'} there{state}"


def _and_refused(ask: Callable[[], Finding], refused: Refused) -> Finding:
    """Add that the server refuses to mark, move or delete mails, unless it cannot even be asked."""
    asked = ask()
    return Finding(asked.check, False, f"{asked.words}; but {refused.words}") if asked.ok else asked


def _greet(server: OutgoingServer) -> str:
    with endpoints.open_sender(server):
        return "answers" if server.authentication == OutgoingServer.Authentication.NONE else "signed in"
