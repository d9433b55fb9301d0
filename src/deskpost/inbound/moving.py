"""Mails and notes of a request put elsewhere, one or several at once: into another request, or one of their own.

What came in by mail goes as it does from its trace (`reprocess`), whose words say why it does not; all go, or none.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from deskpost.desk import moving
from deskpost.desk.conversations import Conversation
from deskpost.desk.merging import LOOK_AGAIN, gone_words
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import reported, reprocess, resettle
from deskpost.inbound.mailboxes import own_addresses
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import NotDone
from deskpost.outbound.notify import notify


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it. `number`: the request they are in now; `left_empty`: the other one has no mail left."""

    number: int
    count: int
    reopened: bool
    left_empty: bool


@transaction.atomic
def move(record_id: int, ids: Collection[int], to_id: int, actor: Person) -> Moved:
    """Put conversations of a request into another one. Raises NotDone."""
    rows = _hold(record_id, ids, to_id)
    to = Record.objects.get(pk=to_id)
    if to.deleted_at is not None or to.merged_into_id is not None:
        raise NotDone(gone_words(to_id))
    return _moved(record_id, to, rows, _carry_all(rows, to, actor))


@transaction.atomic
def open_own(
    record_id: int, ids: Collection[int], actor: Person, may_open: Callable[[int, int | None], bool]
) -> Moved:
    """Make conversations of a request one of their own, which begins with the first that came in. Raises NotDone.

    `may_open`: whether the person may open requests at an account and site.
    """
    rows = _hold(record_id, ids)
    first = next((one for one in rows if one.direction == Conversation.Direction.IN), None)
    if first is None:
        raise NotDone("A request begins with what somebody asked. To do: choose a mail that came in as well.")
    own = _begin(first, actor, may_open)
    rest = [one for one in rows if one != first]
    try:
        reopened = _carry_all(rest, own, actor)
    except NotDone:
        if own.account_id == first.account_id:
            raise
        raise NotDone(
            f"The first chosen mail is of the account {own.account}, and so is a request of its own. Not all of the "
            "others are, and accounts never mix. Nothing was done. To do: choose it by itself."
        ) from None
    return _moved(record_id, own, rows, reopened)


def _hold(record_id: int, ids: Collection[int], to_id: int | None = None) -> list[Conversation]:
    """Lock the outcomes of the mails, then the requests, and give the conversations in the order of time."""
    mails = MailOutcome.objects.filter(conversation__in=ids).order_by("pk")
    list(mails.select_for_update(of=("self",)).values("pk"))
    reported.hold(ids, [record_id])
    requests = [one for one in (record_id, to_id) if one is not None]
    list(Record.objects.select_for_update().filter(pk__in=requests).order_by("pk").values("pk"))
    rows = Conversation.objects.filter(pk__in=ids, record=record_id).select_related("record", "author")
    found = list(rows.order_by("at", "pk"))
    if not found or len(found) != len(set(ids)):
        raise NotDone(f"Somebody put one of these elsewhere meanwhile. {LOOK_AGAIN}")
    return found


def _begin(first: Conversation, actor: Person, may_open: Callable[[int, int | None], bool]) -> Record:
    mail = _mail_of(first)
    if mail is not None:
        done = reprocess.open_own(mail.pk, actor, reprocess.seen_of(mail), may_open)
        return Record.objects.get(module="RE", number=done.number)
    site_id = first.author.site_id if first.author else None
    if not may_open(first.account_id, site_id):
        raise NotDone(
            "Its writer belongs to a site where you open no requests. Nothing was done. "
            "To do: ask somebody who opens requests there."
        )
    if not Conversation.objects.filter(record=first.record, at__lt=first.at, came_from=None).exists():
        raise NotDone("The request began with it. To do: choose what came later.")
    own, events = moving.begin_with(first, actor)
    reported.follow(first.pk, first.record_id, own.pk)
    notify(events, own_addresses=own_addresses())
    return own


def _carry_all(rows: Sequence[Conversation], to: Record, actor: Person) -> bool:
    """Carry each over, and tell whether that opened the other request again."""
    reopened = False
    for one in rows:
        mail = _mail_of(one)
        if mail is not None:
            reopened |= reprocess.move(mail.pk, to.pk, actor, reprocess.seen_of(mail)).reopened
        elif to.account_id != one.account_id:
            raise NotDone(
                f"Request {to.number} is of another account, and accounts never mix. Nothing was done. "
                "To do: choose a request of this account. What came in by mail goes to that of its sender as well."
            )
        elif to.pk == one.record_id:
            raise NotDone(f"It is in request {to.number} already. To do: choose another request.")
        else:
            moving.carry(one, to, actor)
            reported.follow(one.pk, one.record_id, to.pk)
    return reopened


def _moved(record_id: int, to: Record, rows: Sequence[Conversation], reopened: bool) -> Moved:
    return Moved(to.number, len(rows), reopened, resettle.is_empty(record_id))


def _mail_of(conversation: Conversation) -> MailOutcome | None:
    return MailOutcome.objects.filter(conversation=conversation).first()
