"""The silence alarm: a mailbox that is fetched and gets no mail for the hours that are set for it is told of, once.

No error shows where a forwarding rule broke elsewhere. Counted up to the last completed fetch, for that one says that
nothing had come by then; from the last mail, or from when fetching was started or the hours were set, if that is later.
The time of an outage does not count.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from deskpost.desk.durations import duration
from deskpost.inbound.connectivity import outages
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState

SILENT, HEARD = "mailbox_silent", "mailbox_heard"

_SILENT = """
SELECT s.mailbox_id FROM mailbox_state s JOIN mailbox m ON m.id = s.mailbox_id
WHERE m.fetching AND m.removed_at IS NULL AND m.silence_hours IS NOT NULL
AND s.silence_told_at IS NULL AND s.failing_since IS NULL
AND s.last_fetch_at >= greatest(s.listening_since, s.last_mail_at) + make_interval(hours => m.silence_hours)
FOR NO KEY UPDATE OF s SKIP LOCKED
"""
_HEARD = """
SELECT s.mailbox_id FROM mailbox_state s WHERE s.last_mail_at > s.silence_told_at
FOR NO KEY UPDATE OF s SKIP LOCKED
"""


@transaction.atomic
def tell() -> list[str]:
    """Tell of the mailboxes that fell silent, and of those that get mail again, each once; give the former's names.

    To be called by every process that lives: who fetches does not miss what does not come.
    """
    told = connectivity.read().enabled
    for mailbox in _found(_HEARD):
        states = MailboxState.objects.filter(mailbox=mailbox)
        if told:
            _tell_heard(mailbox, states.get())
        states.update(silence_told_at=None)
    silent = _found(_SILENT) if told else []
    for mailbox in silent:
        states = MailboxState.objects.filter(mailbox=mailbox)
        _tell_silent(mailbox, states.get())
        states.update(silence_told_at=Now())
    return [mailbox.name for mailbox in silent]


def words(mailbox: Mailbox, state: MailboxState) -> str:
    """Say on a page that a mailbox is silent; empty where nobody was told of that."""
    if state.silence_told_at is None or not mailbox.fetching:
        return ""
    when = outages.exactly(state.last_mail_at) if state.last_mail_at else gettext("never")
    text = gettext(
        "No mail for more than %(hours)s, though it is fetched; the last one came: %(when)s. "
        "To do: see whether what forwards mail to it still does."
    )
    return text % {"hours": _hours(mailbox), "when": when}


def _found(query: str) -> list[Mailbox]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        ids = [mailbox_id for (mailbox_id,) in cursor.fetchall()]
    return list(Mailbox.objects.defer("password").filter(pk__in=ids).order_by("name")) if ids else []


def _tell_silent(mailbox: Mailbox, state: MailboxState) -> None:
    last = state.last_mail_at
    mail = {
        "hours": _hours(mailbox),
        "last": _last(last, state),
        "fetched": outages.exactly(state.last_fetch_at),
        "addresses": ", ".join(mailbox.addresses) or mailbox.name,
    }
    what: Mapping[str, str | int] = {
        "last": last.isoformat() if last else "",
        "hours": mailbox.silence_hours or 0,
    }
    outages.tell(SILENT, mailbox, what, mail)


def _last(last: datetime | None, state: MailboxState) -> str:
    if last is None:
        return gettext("No mail has come in by this mailbox yet.")
    words = gettext("The last mail came in at %(at)s.") % {"at": outages.exactly(last)}
    if last < state.listening_since:
        since = gettext(
            "Time without a completed fetch, before fetching was started or before the hours were set does not count: "
            "it is counted as from %(at)s."
        )
        words = f"{words} {since % {'at': outages.exactly(state.listening_since)}}"
    return words


def _tell_heard(mailbox: Mailbox, state: MailboxState) -> None:
    told = state.silence_told_at or timezone.now()
    quiet = int(((state.last_mail_at or timezone.now()) - told).total_seconds())
    mail = {"came": outages.exactly(state.last_mail_at), "since": outages.exactly(told)}
    outages.tell(HEARD, mailbox, {"quiet": max(quiet, 0)}, mail)


def _hours(mailbox: Mailbox) -> str:
    return duration((mailbox.silence_hours or 0) * 3600)
