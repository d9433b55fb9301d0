"""One outgoing mail as its panel shows it: what may be done with it, and every attempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deskpost.console.outbox_rows import look_of, next_try, sentence_of, why_of
from deskpost.console.page import Viewer
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.outbox_acts import CANCELLED, RETRIED
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import servers_for

SHOWN = 50  # attempts


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `answer` is empty where it is the same as that of the try after it."""

    at: datetime
    server: str
    seconds: float
    answer: str
    worked: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows of a mail; its text is never among it."""

    mail: OutboxMail
    look: str
    sentence: str
    why: str
    number: int | None  # of its request, None where the person does not see it
    next_try_at: datetime | None
    attempts: tuple[Attempt, ...]
    may_retry: bool
    may_cancel: bool
    servers: tuple[OutgoingServer, ...]  # others that may carry it


def panel_of(viewer: Viewer, mail: OutboxMail) -> Panel:
    """Give a mail as its panel shows it."""
    may_retry = mail.state in RETRIED
    others = [one for one in servers_for(mail) if one.pk != mail.server_id] if may_retry else []
    paused = mail.server is not None and mail.server.paused
    tried = mail.attempts.order_by("-at", "-pk")[:SHOWN]
    seen = mail.record is not None and viewer.desk.records.filter(pk=mail.record.pk).exists()
    return Panel(
        mail=mail,
        look=look_of(mail),
        sentence=sentence_of(mail),
        why=why_of(mail),
        number=mail.record.number if mail.record and seen else None,
        next_try_at=next_try(mail) if mail.state == mail.State.QUEUED and not paused else None,
        attempts=attempts_of(tried),
        may_retry=may_retry,
        may_cancel=mail.state in CANCELLED,
        servers=tuple(others),
    )


def attempts_of(newest_first: Iterable[OutboxAttempt]) -> tuple[Attempt, ...]:
    """Give the tries, an answer once where the same came again and again."""
    shown: list[Attempt] = []
    later = None
    for one in newest_first:
        answer = "" if one.result == later else one.result
        shown.append(Attempt(one.at, one.server, one.ms / 1000, answer, one.result.startswith("2")))
        later = one.result
    return tuple(shown)
