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
    values = {"n": what["tries"], "at": _moment(what["since"], "%H:%M"), "every": duration(what["every"])}
    if what.get("asked"):
        title = gettext("%(mailbox)s is not fetched") % what
        text = gettext(
            "Its server has been asking for patience since %(at)s, and no fetch was completed. Mail is not lost, it is "
            "tried again as the server asks."
        )
    elif not what["tries"]:
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


def _silent(what: _Details) -> Words:
    values = {"hours": duration(what["hours"] * 3600), "at": _moment(what["last"], "%Y-%m-%d %H:%M")}
    text = gettext("It is fetched, and no mail came for %(hours)s or more. The last one came in at %(at)s.")
    if not what["last"]:
        text = gettext("It is fetched, and no mail came for %(hours)s or more, nor ever before.")
    to_do = gettext("See whether what forwards mail to it still does.")
    return Words(gettext("%(mailbox)s gets no mail") % what, f"{text % values} {to_do}")


def _heard(what: _Details) -> Words:
    text = gettext("%(time)s after you were told that none came.") % {"time": duration(what["quiet"])}
    return Words(gettext("%(mailbox)s gets mail again") % what, text)


def _stopped(what: _Details) -> Words:
    text = gettext("%(reason)s Mail waits at its server, none is lost. Reconnect, and it goes on.")
    if what.get("first"):
        text = gettext("%(reason)s Connect, and it is fetched.")
    return Words(gettext("%(mailbox)s needs consent") % what, text % what)


def _service_ended(what: _Details) -> Words:
    text = gettext("%(reason)s Mail waits at its server, none is lost. The mailbox says what to do.")
    return Words(gettext("Fetching of %(mailbox)s was stopped") % what, text % what)


def _error_folder_full(what: _Details) -> Words:
    text = gettext(
        "%(reason)s Mail waits at its server, none is lost. The Error Folder says why and what to do."
    )
    return Words(gettext("Fetching of %(mailbox)s was stopped") % what, text % what)


def _needs_consent(what: _Details) -> Words:
    text = gettext("%(reason)s Its mail waits, none is lost. Reconnect, and it is sent.")
    if what.get("first"):
        text = gettext("%(reason)s Connect, and it is sent.")
    return Words(gettext("The server of %(server)s needs consent") % what, text % what)


def _consent_came(what: _Details) -> Words:
    title = gettext("%(name)s is connected, by your link") % what
    text = gettext("%(user)s consented.") if what["user"] else gettext("The consent was given.")
    return Words(title, f"{text % what} {what['more']}".strip())


def _consent_failed(what: _Details) -> Words:
    return Words(gettext("A consent by your link for %(name)s was not kept") % what, str(what["reason"]))


def _sends_again(what: _Details) -> Words:
    text = gettext("It is connected again, and what waited leaves.")
    if what.get("ended"):
        text = gettext("Its provider lets Deskpost in again, and what waited leaves.")
    if what.get("lapsed"):
        lapsed = ngettext(
            "%(n)d notice had become too old and lapsed; the outbox shows it.",
            "%(n)d notices had become too old and lapsed; the outbox shows them.",
            what["lapsed"],
        )
        text = f"{text} {lapsed % {'n': what['lapsed']}}"
    return Words(gettext("The server of %(server)s sends again") % what, text)


def _sending_stopped(what: _Details) -> Words:
    text = gettext("%(reason)s Its mail waits, none is lost. The server's page says what to do.")
    return Words(gettext("The server of %(server)s sends no mail any more") % what, text % what)


def _secret_ends(what: _Details) -> Words:
    title = gettext("The client secret of %(name)s ends") % what
    text = ngettext(
        "It ends on %(ends)s, in %(n)d day. Make a new one at the provider, and write it here before.",
        "It ends on %(ends)s, in %(n)d days. Make a new one at the provider, and write it here before.",
        what["days"],
    )
    return Words(title, text % {"ends": what["ends"], "n": what["days"]})


def _held_reply(what: _Details) -> Words:
    title = gettext("A reply waits at %(record)s") % {"record": _record(what)}
    return Words(
        title, gettext("Unverified: the mail says it is from %(sender)s, who may not join it.") % what
    )


def _held_sender(what: _Details) -> Words:
    text = gettext(
        "%(sender)s is nobody's address in the account %(account)s. Accept or refuse the sender. Of others that wait "
        "you are told once you have read this."
    )
    return Words(gettext("Mail of an unknown sender waits") % what, text % what)


def _not_sent_on(what: _Details) -> Words:
    text = gettext(
        "It answers no mail that Deskpost sent to you, so somebody else may have written it in your name. "
        "If you did: write it on the page of the record, or answer a mail of the desk."
    )
    return Words(gettext("Your mail to %(record)s was not sent on") % {"record": _record(what)}, text)


def _undelivered(what: _Details) -> Words:
    title = gettext("Mail about %(record)s was not delivered") % {"record": _record(what)}
    return Words(title, gettext("%(addresses)s did not get it. Its page says why.") % what)


def _record(what: _Details) -> str:
    """Give the record that a notice is about: request 12, or by its name TA-5."""
    return str(what.get("record") or gettext("request %(number)s") % what)


def _moment(written: str, how: str) -> str:
    at = parse_datetime(written) if written else None
    return timezone.localtime(at).strftime(how) if isinstance(at, datetime) else written


_WORDS: Mapping[str, Callable[[_Details], Words]] = {
    "failover": _failover,
    "connectivity_lost": _lost,
    "connectivity_regained": _regained,
    "mailbox_silent": _silent,
    "mailbox_heard": _heard,
    "fetching_stopped": _stopped,
    "service_ended": _service_ended,
    "error_folder_full": _error_folder_full,
    "needs_consent": _needs_consent,
    "consent_came": _consent_came,
    "consent_failed": _consent_failed,
    "sending_stopped": _sending_stopped,
    "sending_regained": _sends_again,
    "secret_ends": _secret_ends,
    "held_reply": _held_reply,
    "held_sender": _held_sender,
    "not_sent_on": _not_sent_on,
    "undelivered": _undelivered,
}
