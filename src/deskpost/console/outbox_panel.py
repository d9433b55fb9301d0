"""One outgoing mail as its panel shows it: what may be done with it, and every attempt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from deskpost.console.outbox_rows import look_of, next_try, sentence_of, why_of
from deskpost.console.page import Viewer
from deskpost.console.record_names import numbered, page_of
from deskpost.desk.records import Record
from deskpost.outbound import endpoints
from deskpost.outbound.fate import FOUND_BEGINS
from deskpost.outbound.outbox import OutboxAct, OutboxAttempt, OutboxMail
from deskpost.outbound.outbox_acts import CANCELLED, RETRIED
from deskpost.outbound.queue import waiting_for
from deskpost.outbound.server_scopes import by_scope
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
class Act:
    """What a person did to the mail."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows of a mail; its text is never among it."""

    mail: OutboxMail
    look: str
    sentence: str
    why: str
    place: Record | None  # its request, or other record: where its conversation is now
    number: str  # of that, empty where the person does not see it
    record_url: str
    next_try_at: datetime | None
    trace: Sequence[Attempt | Act]  # newest first
    is_untold: bool  # nobody knows whether it was sent, and a person is to say
    may_look: bool  # for it, in the mailbox that it was sent from
    may_retry: bool
    retry: str  # what trying it again is called
    may_cancel: bool
    servers: tuple[OutgoingServer, ...]  # others that may carry it


def panel_of(viewer: Viewer, mail: OutboxMail) -> Panel:
    """Give a mail as its panel shows it."""
    may_retry = mail.state in RETRIED
    others = [one for one in by_scope(servers_for(mail)) if one.pk != mail.server_id] if may_retry else []
    paused = mail.server is not None and mail.server.paused
    tried = mail.attempts.order_by("-at", "-pk")[:SHOWN]
    place = mail.stands_at
    seen = place is not None and viewer.desk.records.filter(pk=place.pk).exists()
    return Panel(
        mail=mail,
        look=look_of(mail),
        sentence=sentence_of(mail, _earlier(mail)),
        why=why_of(mail),
        place=place,
        number=numbered(place) if place and seen else "",
        record_url=page_of(place) if place and seen else "",
        next_try_at=next_try(mail) if mail.state == mail.State.QUEUED and not paused else None,
        trace=sorted(
            (*attempts_of(tried, _alternate(mail)), *acts_of(mail)), key=lambda one: one.at, reverse=True
        ),
        is_untold=mail.state == mail.State.HELD and mail.unknown_fate,
        may_look=mail.state == mail.State.HELD
        and mail.unknown_fate
        and mail.looks > 0
        and mail.server_id is not None,
        may_retry=may_retry,
        retry=_retry(mail),
        may_cancel=mail.state in CANCELLED,
        servers=tuple(others),
    )


def _earlier(mail: OutboxMail) -> OutboxMail | None:
    """Give the mail of the same request for which this one waits."""
    earlier = OutboxMail.objects.filter(pk__in=waiting_for([mail.pk]).values())
    return earlier.select_related("server__state").first()


def _retry(mail: OutboxMail) -> str:
    if mail.state == mail.State.LAPSED:
        return gettext("Send after all")
    return gettext("Send it again") if mail.state == mail.State.HELD else gettext("Retry now")


def _alternate(mail: OutboxMail) -> str:
    """Give the place of the alternate that the mail's server has now, empty where it has none."""
    found = endpoints.alternate(mail.server) if mail.server else None
    return found.place if found else ""


def attempts_of(newest_first: Iterable[OutboxAttempt], alternate: str = "") -> tuple[Attempt, ...]:
    """Give the tries, an answer once where the same came again and again. `alternate`: a place to be named so."""
    shown: list[Attempt] = []
    later = None
    for one in newest_first:
        answer = "" if one.result == later else one.result
        words = gettext("%(place)s, alternate") if one.server == alternate else "%(place)s"
        place = words % {"place": one.server}
        shown.append(
            Attempt(one.at, place, one.ms / 1000, answer, one.result.startswith(("2", FOUND_BEGINS)))
        )
        later = one.result
    return tuple(shown)


def acts_of(mail: OutboxMail) -> list[Act]:
    """Give what people did to a mail."""
    words = {
        OutboxAct.Kind.RETRIED: gettext("%(who)s asked for another try"),
        OutboxAct.Kind.THROUGH: gettext("sent through %(server)s by %(who)s"),
        OutboxAct.Kind.CANCELLED: gettext("cancelled by %(who)s"),
        OutboxAct.Kind.LOOKED: gettext("%(who)s asked to look for it again"),
        OutboxAct.Kind.WAS_SENT: gettext("%(who)s said that it was sent"),
    }
    done = mail.acts.order_by("-at", "-pk")[:SHOWN]
    return [
        Act(one.at, words[OutboxAct.Kind(one.kind)] % {"who": one.who, "server": one.server}) for one in done
    ]
