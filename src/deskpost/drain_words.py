"""What a drain has to tell, in sentences: why mail is left where it is, what did not work, and what to do."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from deskpost.access import consents
from deskpost.inbound.collecting import refused_acts
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.inbound.messages import MailOutcome, Undecided
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

REASONS = 5  # of one server at most, the most frequent first: some servers put a new number into every answer
_WHAT_TO_DO = "To do: "


def waiting() -> "QuerySet[OutboxMail]":
    """Give the mails that wait to be sent, or are being sent now."""
    return OutboxMail.objects.filter(state__in=[OutboxMail.State.QUEUED, OutboxMail.State.SENDING])


def unfetched(mailbox: Mailbox, why: str) -> str:
    """Give the words for a mailbox that was not fetched to its end when the time ran out; `why` is a clause."""
    return (
        f"{mailbox.name} was not fetched to the end before the time ran out: {why}. "
        "To do: run this again with a longer --timeout; deskpost doctor tells whether its server answers."
    )


def asked(mailbox: Mailbox) -> str:
    """Give the clause for a mailbox whose server was at work."""
    return f"{mailbox.host}:{mailbox.port} had not given all of its mails yet"


def need_consent() -> Iterator[str]:
    """Give a line for each mailbox that is on and rests until somebody consents."""
    lost = MailboxConsent.objects.filter(mailbox__fetching=True).exclude(lost_at=None)
    for name, reason in lost.order_by("mailbox__name").values_list("mailbox__name", "lost_reason"):
        yield not_fetched(name, reason)


def not_fetched(name: str, why: str) -> str:
    """Give the words for a mailbox that could not be fetched; `why` is in sentences."""
    return f"{name} could not be fetched. {why}"


def unprocessed() -> Iterator[str]:
    """Give a line for each mailbox with received mails that have no outcome yet."""
    columns = ("mailbox__name", "mailbox__state__held_at_limit")
    left = Undecided.objects.values_list(*columns).annotate(Count("pk")).order_by("mailbox__name")
    for name, held, count in left:
        to_do = "see its error folder, which is full, then start fetching" if held else "run this again"
        yield f"{name}: {_mails(count, 'received mail')} not processed yet. To do: {to_do}."


def queued() -> Iterator[str]:
    """Give lines for each server whose mails are still queued: how many, what the server said, what to do."""
    now = timezone.now()
    for server in _servers_with(waiting().filter(server__paused=False)):
        state = OutgoingServerState.objects.filter(server=server).first()
        mails = waiting().filter(server=server)
        consent = consents.consent_of(server)
        if consent is not None and consent.lost_at is not None:
            yield _still_queued(server, mails.count(), consent.lost_reason)
            continue
        if state is not None and (state.failing_since or state.ended_since) is not None:
            yield _still_queued(server, mails.count(), _ended(state.reason))
            continue
        if state is not None and state.patience_since is not None and state.not_before > now:
            until = f"It is tried again at {state.not_before:%H:%M:%S} UTC, as it asked."
            yield _still_queued(server, mails.count(), f"{until} {_ended(state.reason)}")
            continue
        paced = state is not None and state.paced_until > now
        reasons = list(mails.values_list("reason").annotate(Count("pk")).order_by("-pk__count", "reason"))
        for reason, count in reasons[:REASONS]:
            yield _still_queued(server, count, _why(server, reason, paced))
        if rest := sum(count for _, count in reasons[REASONS:]):
            yield _still_queued(server, rest, "The reasons differ. To do: see deskpost outbox.")


def paused() -> Iterator[str]:
    """Give a line for each paused server where mails wait."""
    for server in _servers_with(waiting().filter(server__paused=True)):
        count = waiting().filter(server=server).count()
        wait = "1 mail waits" if count == 1 else f"{count} mails wait"
        yield f"{server.name}: {wait} at this paused server. To do: set paused: false there, when they shall go."


def error_mails(since: datetime) -> Iterator[str]:
    """Give a line for each mail that became an error mail since then."""
    errors = MailOutcome.objects.filter(kind="error", processed_at__gte=since).select_related("mail__mailbox")
    for outcome in errors.order_by("pk"):
        mail = outcome.message_id or f"a mail from {outcome.from_address or 'nobody'}"
        advised = _advised(outcome.reason, "see deskpost trace, which tells its way; the mail itself is kept")
        yield f"{outcome.mail.mailbox.name}: {mail} is an error mail. {advised}"


def refused() -> Iterator[str]:
    """Give a line for each mailbox that is on and whose server refuses to mark, move or delete mails."""
    refused_of = refused_acts.by_mailbox()
    for mailbox in Mailbox.objects.filter(pk__in=refused_of, fetching=True).order_by("name"):
        advised = _advised(refused_of[mailbox.pk].words, "check what its user may do in its folders")
        yield f"{mailbox.name}: {advised}"


def not_sent(since: datetime) -> Iterator[str]:
    """Give a line for each mail whose sending failed for good since then, with the server and its words."""
    failed = OutboxMail.objects.filter(state=OutboxMail.State.FAILED, done_at__gte=since)
    for mail in failed.order_by("pk").select_related("server"):
        to = ", ".join(address for _, address in mail.to)
        server = f"{mail.server.name}: the" if mail.server else "The"
        advised = _advised(mail.reason, "check the address and what the server said, then send it anew")
        yield f"{server} mail {mail.message_id} to {to} could not be sent. {advised}"


def _servers_with(mails: "QuerySet[OutboxMail]") -> "QuerySet[OutgoingServer]":
    return OutgoingServer.objects.filter(pk__in=mails.values("server")).order_by("name")


def _mails(count: int, noun: str) -> str:
    return f"1 {noun} is" if count == 1 else f"{count} {noun}s are"


def _still_queued(server: OutgoingServer, count: int, why: str) -> str:
    again = "run this again once that is mended; until then the mail is kept"
    return f"{server.name}: {_mails(count, 'mail')} still queued. {_advised(why, again)}"


def _why(server: OutgoingServer, reason: str, paced: bool) -> str:
    """Give why mails of a server that works are queued; `reason` is what the last try of them came to."""
    if not reason and paced:
        limit = f"The {server.mails_per_minute} mails of its mails_per_minute are used up for now."
        return f"{limit} To do: run this again in a minute, or raise mails_per_minute."
    if not reason:
        return "The time ran out before they were tried. To do: run this again with a longer --timeout."
    if reason[:3].isdigit():  # the server's answer as it stands, RFC 5321 section 4.2
        later = "nothing at first, they are tried again later: run this again, or let a worker run"
        return f'{server.host}:{server.port} answered: "{reason}". To do: {later}.'
    return reason


def _advised(words: str, advice: str) -> str:
    """Give the words with what to do, unless they say that themselves."""
    return _ended(words) if _WHAT_TO_DO in words else f"{_ended(words)} {_WHAT_TO_DO}{advice}."


def _ended(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if one_line.endswith((".", '"')) else f"{one_line}."
