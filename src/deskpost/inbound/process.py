"""Undecided mails of a mailbox, batch by batch in the order of their arrival: decide, then settle."""

import logging
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from deskpost import raw_store, wake
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Status
from deskpost.desk.installation import Delimiter, Installation
from deskpost.desk.people import fold
from deskpost.inbound import leases, pipeline
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.mailboxes import Mailbox, own_addresses
from deskpost.inbound.outcome import Ends, Line, Outcome
from deskpost.inbound.settle import Decided, Defaults, Outdated, settle
from deskpost.inbound.view import Constants, DeskView
from deskpost.mime.delimiters import Delimiters
from deskpost.outbound.notify import Rulebook, load_rulebook
from deskpost.outbound.tokens import Tokens
from deskpost.secret_field import keys

BATCH_MAILS = 200
BATCH_BYTES = 8_000_000
SETTINGS_LAST = 2.0  # seconds that settings read before a batch are used for the next ones
log = logging.getLogger(__name__)


class Settings:
    """What the batches of one run share, read again when it is older than SETTINGS_LAST."""

    def __init__(self) -> None:
        """Read everything now."""
        self.refresh()

    def refresh(self) -> None:
        """Read the settings again."""
        self.read_at = monotonic()
        status = Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0]
        self.constants = load_constants(status.pk)
        self.rulebook: Rulebook = load_rulebook()
        self.defaults = Defaults(status.pk, status.name, dict(Account.objects.values_list("pk", "name")))

    def refresh_if_old(self) -> None:
        """Read the settings again unless that was a moment ago."""
        if monotonic() - self.read_at > SETTINGS_LAST:
            self.refresh()


def load_constants(open_status_id: int) -> Constants:
    """Read what holds for every mail of a run."""
    installation = Installation.objects.get()
    rows = Delimiter.objects.order_by("-current", "-since").values_list("module", "text")
    texts = list(rows)
    return Constants(
        identity=str(installation.identity),
        who_may_join=installation.who_may_join,
        reopen_within_days=installation.reopen_within_days,
        reopenings_per_day=installation.reopenings_per_day,
        default_account_id=Account.objects.get(default=True).pk,
        own_addresses=own_addresses(),
        delimiters=Delimiters(
            tuple(text for module, text in texts if not module),
            {text: module for module, text in texts if module},
        ),
        tokens=Tokens(keys()),
        open_status_id=open_status_id,
    )


def facts_of(mailbox: Mailbox) -> MailboxFacts:
    """Give a mailbox as the steps need it."""
    return MailboxFacts(
        id=mailbox.pk,
        name=mailbox.name,
        instance_id=mailbox.instance_id,
        account_id=mailbox.account_id,
        max_size_mb=mailbox.max_size_mb,
        new_requests_disabled=mailbox.new_requests_disabled,
        allowed_addresses=frozenset(fold(address) for address in mailbox.allowed_addresses),
        allowed_domains=frozenset(domain.strip().lower().lstrip("@") for domain in mailbox.allowed_domains),
        default_priority_id=mailbox.default_priority_id,
        default_group_id=mailbox.default_group_id,
        default_site_id=mailbox.default_site_id,
        receipts_for_old=mailbox.acknowledge_old,
    )


def process(mailbox_id: int) -> int:
    """Decide and settle all undecided mails of a mailbox, and give how many; none when another worker does it."""
    done = 0
    with leases.take(f"process:{mailbox_id}") as lease:
        if lease is None:
            return 0
        settings = Settings()
        while True:
            settings.refresh_if_old()
            cases = _next_cases(facts_of(Mailbox.objects.get(pk=mailbox_id)))
            if not cases:
                break
            done += _handle(cases, settings, lease)
    if done and _acknowledgement_waits(mailbox_id):
        wake.fetching(mailbox_id)
    return done


def undecided_mailboxes() -> list[int]:
    """Give the mailboxes with undecided mails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT mailbox_id FROM inbound_undecided")
        return [mailbox_id for (mailbox_id,) in cursor.fetchall()]


def _acknowledgement_waits(mailbox_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM inbound_unacknowledged WHERE mailbox_id = %s LIMIT 1", [mailbox_id])
        return cursor.fetchone() is not None


def _next_cases(mailbox: MailboxFacts) -> list[Case]:
    """Read the next mails in the queue, at most BATCH_MAILS and about BATCH_BYTES of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.size, m.received_at, m.truncated, m.refusal, u.exempt, u.old FROM inbound_undecided u "
            "JOIN inbound_message m ON m.id = u.mail_id WHERE u.mailbox_id = %s ORDER BY u.mail_id LIMIT %s",
            [mailbox.id, BATCH_MAILS],
        )
        rows = cursor.fetchall()
    chosen: list[tuple[Any, ...]] = []
    total = 0
    for row in rows:
        total += 0 if row[3] else row[1]
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(row)
    raws = raw_store.load(row[0] for row in chosen)
    return [
        Case(id, mailbox, raws[id], size, at, truncated=truncated, refusal=refusal, exempt=exempt, old=old)
        for id, size, at, truncated, refusal, exempt, old in chosen
    ]


def _handle(cases: Sequence[Case], settings: Settings, lease: leases.Held) -> int:
    """Decide and settle these mails; a batch that fails is settled mail by mail."""
    done = 0
    for batch in batches(cases):
        try:
            done += _settle(batch, settings, lease)
        except (OperationalError, InterfaceError, leases.LeaseLost):
            raise
        except (DatabaseError, ValueError, TypeError, AttributeError, LookupError) as fault:
            log.warning("A batch of %d mails failed, each is settled by itself: %s", len(batch), fault)
            done += sum(_settle_alone(case, settings, lease) for case, _, _ in batch)
    return done


Begun = tuple[Case, Outcome | None, list[Line]]


def batches(cases: Sequence[Case]) -> Iterator[list[Begun]]:
    """Parse the mails, and cut before each that refers to an earlier one: a reply to it, or the same mail."""
    batch: list[Begun] = []
    names: set[str] = set()
    contents: set[bytes] = set()
    for case in cases:
        lines: list[Line] = []
        outcome = pipeline.begin(case, lines)
        message = getattr(case, "message", None)
        refers = {*message.in_reply_to, *message.references, message.message_id} if message else set()
        if names & refers or getattr(case, "content_key", b"") in contents:
            yield batch
            batch, names, contents = [], set(), set()
        batch.append((case, outcome, lines))
        if message is not None:
            contents.add(case.content_key)
            if message.message_id:
                names.add(message.message_id)
    if batch:
        yield batch


def decide_batch(batch: Sequence[Begun], constants: Constants) -> list[Decided]:
    """Decide a parsed batch against the desk as it is now, reading what they ask at once."""
    desk = DeskView(constants)
    desk.prepare([case for case, outcome, _ in batch if outcome is None])
    decided = []
    for case, outcome, lines in batch:
        found, trace = pipeline.go_on(case, desk, outcome, list(lines))
        desk.count(case)
        decided.append(Decided(case, found, trace))
    return decided


def _settle(batch: Sequence[Begun], settings: Settings, lease: leases.Held) -> int:
    for _ in range(3):
        decided = decide_batch(batch, settings.constants)
        try:
            return settle(decided, lease, settings.rulebook, settings.defaults)
        except Outdated:
            log.info("A request changed while mails for it were decided: they are decided again")
    raise DatabaseError("the requests of this batch keep changing")


def _settle_alone(case: Case, settings: Settings, lease: leases.Held) -> int:
    """Settle one mail; if even that fails it is an error mail, and the next goes on."""
    lines: list[Line] = []
    outcome = pipeline.begin(case, lines)
    try:
        with transaction.atomic():
            return _settle([(case, outcome, lines)], settings, lease)
    except (OperationalError, InterfaceError, leases.LeaseLost):
        raise
    except (DatabaseError, ValueError, TypeError, AttributeError, LookupError) as fault:
        log.exception("Mail %s could not be written", case.mail_id)
        reason = (
            f"What this mail became could not be written: {type(fault).__name__}. The mail is kept. "
            "To do: tell whoever looks after Deskpost; the log names the fault."
        )
        error = Decided(case, Ends("error", reason), (*lines, Line("written", "error", reason, 0.0)))
        return settle([error], lease, settings.rulebook, settings.defaults)
