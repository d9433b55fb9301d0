"""What the bell says: a notice keeps what happened, and is worded here in its reader's language and time zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from deskpost.desk.durations import duration
from deskpost.outbound.bell import BellNotice

_Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as its reader sees it."""

    title: str
    text: str


def words_of(notice: BellNotice) -> Words:
    """Give a notice in the reader's language. One from before details were kept has its words with it."""
    say = _WORDS.get(notice.kind) if notice.details else None
    if say is None:
        return Words(gettext(notice.title) if notice.title else notice.kind, notice.text)
    return say(notice.details)


def _failover(what: _Details) -> Words:
    text = gettext("%(primary)s could not be reached, %(alternate)s sends since.")
    return Words(gettext("Mail goes through the alternate server"), text % what)


def _lost(what: _Details) -> Words:
    title = gettext("%(mailbox)s cannot be reached") % what
    values = {"n": what["tries"], "at": _clock(what["since"]), "every": duration(what["every"])}
    if not what["tries"]:
        title = gettext("%(mailbox)s is not fetched") % what
        text = gettext(
            "Nobody has begun a fetch since %(at)s, though one is due every %(every)s. Mail is not lost."
        )
    else:
        text = ngettext(
            "%(n)d try failed since %(at)s. Mail is not lost, it is tried again every %(every)s.",
            "%(n)d tries failed since %(at)s. Mail is not lost, it is tried again every %(every)s.",
            what["tries"],
        )
    return Words(title, text % values)


def _regained(what: _Details) -> Words:
    came = ngettext("%(n)d mail", "%(n)d mails", what["came"]) % {"n": what["came"]}
    text = gettext("Away for %(time)s. Came in with this fetch: %(came)s.")
    title = gettext("%(mailbox)s is reached again") % what
    return Words(title, text % {"time": duration(what["away"]), "came": came})


def _held_reply(what: _Details) -> Words:
    title = gettext("A reply waits at request %(number)s") % what
    return Words(
        title, gettext("Unverified: the mail says it is from %(sender)s, who may not join it.") % what
    )


def _not_sent_on(what: _Details) -> Words:
    text = gettext(
        "It answers no mail that Deskpost sent to you, so somebody else may have written it in your name. "
        "If you did: write it on the request's page, or answer a mail of the desk."
    )
    return Words(gettext("Your mail to request %(number)s was not sent on") % what, text)


def _clock(written: str) -> str:
    at = parse_datetime(written)
    return f"{timezone.localtime(at):%H:%M}" if isinstance(at, datetime) else written


_WORDS: Mapping[str, Callable[[_Details], Words]] = {
    "failover": _failover,
    "connectivity_lost": _lost,
    "connectivity_regained": _regained,
    "held_reply": _held_reply,
    "not_sent_on": _not_sent_on,
}
