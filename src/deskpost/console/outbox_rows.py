"""What the outbox says of a mail: its state, what comes next, to whom it goes and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.desk.durations import duration
from deskpost.desk.events import EVENTS
from deskpost.outbound.outbox import OutboxMail

State = OutboxMail.State
_LOOKS = {State.QUEUED: "waiting"}  # how mail_pill names a state that it calls otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """One mail in the list."""

    id: int
    url: str
    subject: str
    to: str
    kind: str
    look: str
    second: str
    server: str
    created_at: datetime
    current: bool


def row_of(
    mail: OutboxMail, url: str, current: int | None, place: int | None = None, behind: bool = False
) -> Row:
    """Give a mail as the list shows it. `place`: where it stands among those that wait, None far down.

    `behind`: it waits for an earlier mail of its request.
    """
    return Row(
        id=mail.pk,
        url=url,
        subject=mail.subject,
        to=to_of(mail),
        kind=kind_of(mail),
        look=look_of(mail),
        second=second_of(mail, place, behind),
        server=mail.server.scope_name if mail.server else gettext("none"),
        created_at=mail.created_at,
        current=mail.pk == current,
    )


def look_of(mail: OutboxMail) -> str:
    """Give the state as the pill of an outgoing mail names it."""
    if mail.state == State.QUEUED and mail.tries:
        return "retrying"
    return _LOOKS.get(State(mail.state), mail.state)


def to_of(mail: OutboxMail) -> str:
    """Give the first recipient, and how many more there are."""
    everybody = [address for _, address in (*mail.to, *mail.cc, *mail.bcc)]
    if not everybody:
        return gettext("nobody")
    more = len(everybody) - 1
    if not more:
        return str(everybody[0])
    words = ngettext("%(first)s and %(n)d other", "%(first)s and %(n)d others", more)
    return words % {"first": everybody[0], "n": more}


def kind_of(mail: OutboxMail) -> str:
    """Give what kind of mail it is: a person's, with the name, or a notice."""
    if mail.event in ("reply", "forward"):
        words = gettext("reply") if mail.event == "reply" else gettext("forward")
        return (
            gettext("%(what)s by %(name)s") % {"what": words, "name": mail.author.name}
            if mail.author
            else words
        )
    if mail.sending_class == OutboxMail.Class.SECURITY:
        return gettext("security")
    return gettext("bulk") if mail.sending_class == OutboxMail.Class.BULK else gettext("notice")


def why_of(mail: OutboxMail) -> str:
    """Give the event that wrote the mail, in words."""
    if mail.event in EVENTS:
        return EVENTS[mail.event].label
    words = kind_of(mail)
    return words[:1].upper() + words[1:]


def next_try(mail: OutboxMail) -> datetime:
    """Give when the mail is tried next: not before its server may be asked again."""
    state = getattr(mail.server, "state", None)
    return max(mail.next_try_at, state.not_before) if state else mail.next_try_at


def second_of(mail: OutboxMail, place: int | None = None, behind: bool = False) -> str:
    """Give what stands under the state in the list."""
    match mail.state:
        case State.QUEUED if mail.server and mail.server.paused:
            return gettext("Server is paused")
        case State.QUEUED if behind:
            return gettext("Waits for an earlier mail")
        case State.QUEUED if mail.tries:
            return gettext("Next try %(at)s, try %(n)d") % {"at": clock(next_try(mail)), "n": mail.tries + 1}
        case State.QUEUED if next_try(mail) > timezone.now():
            return gettext("Not before %(at)s") % {"at": clock(next_try(mail))}
        case State.QUEUED if place is not None:
            return gettext("Place %(place)d in class %(n)d") % {"place": place, "n": mail.sending_class}
        case State.QUEUED:
            return gettext("Class %(n)d") % {"n": mail.sending_class}
        case State.SENDING:
            return gettext("Try %(n)d") % {"n": mail.tries + 1}
        case State.HELD if mail.unknown_fate:
            return gettext("Not known if it was sent")
        case State.HELD:
            return gettext("No server for it") if mail.server is None else gettext("Open it to decide")
        case State.LAPSED:
            return _age_at_end(mail)
        case State.FAILED:
            return gettext("Given up %(at)s") % {"at": clock(mail.done_at)}
        case State.CANCELLED:
            return mail.reason.rstrip(".") or clock(mail.done_at)
    refused = refused_of(mail)
    return refused or gettext("Taken %(at)s") % {"at": clock(mail.done_at)}


def _age_at_end(mail: OutboxMail) -> str:
    """Say how old a notice was when it lapsed."""
    ended = mail.done_at or timezone.now()
    minutes = int((ended - mail.created_at).total_seconds()) // 60
    return gettext("%(age)s old at %(at)s") % {"age": duration(minutes * 60), "at": clock(ended)}


def refused_of(mail: OutboxMail) -> str:
    """Say how many recipients were refused for good, "" for none."""
    refused = sum(fate.get("state") == "failed" for fate in mail.recipients.values())
    everybody = len(mail.to) + len(mail.cc) + len(mail.bcc)
    return gettext("%(n)d of %(all)d refused") % {"n": refused, "all": everybody} if refused else ""


def sentence_of(mail: OutboxMail, earlier: OutboxMail | None = None) -> str:
    """Say the state of a mail, what comes next, and when it is given up. `earlier`: the mail that it waits for."""
    given_up = gettext("Given up %(at)s.") % {"at": clock_with_day(mail.give_up_at)}
    match mail.state:
        case State.QUEUED if mail.server and mail.server.paused:
            return (
                gettext("Its server is paused. It is sent once somebody resumes the server.") + " " + given_up
            )
        case State.QUEUED if earlier is not None:
            words = gettext(
                "It waits for an earlier mail of its request, to %(to)s, which is tried again %(at)s: "
                "people get the mails of a request in their order."
            )
            return f"{words % {'to': to_of(earlier), 'at': clock(next_try(earlier))}} {given_up}"
        case State.QUEUED if mail.tries:
            words = ngettext(
                "%(n)d try failed for a reason that may pass.",
                "%(n)d tries failed for a reason that may pass.",
                mail.tries,
            )
            return " ".join((words % {"n": mail.tries}, _and_then(mail)))
        case State.QUEUED:
            return gettext("It is sent as soon as its turn comes.") + " " + given_up
        case State.SENDING:
            return gettext("It is being handed to the server now.")
        case State.HELD:
            return mail.reason or gettext("It waits for a person to decide.")
        case State.FAILED:
            return gettext("Not sent, and not tried again by itself since %(at)s.") % {
                "at": clock(mail.done_at)
            }
        case State.SENT:
            words = gettext("The server took it %(at)s.") % {"at": clock(mail.done_at)}
            return f"{words} {refused_of(mail)}".strip()
    at = pgettext("a state ended", "since %(at)s") % {"at": clock(mail.done_at)}
    return f"{mail.reason} ({at})" if mail.reason else at


def _and_then(mail: OutboxMail) -> str:
    told = mail.author is not None and mail.sending_class == OutboxMail.Class.PEOPLE
    words = gettext("Given up %(at)s, then its author is told.") if told else gettext("Given up %(at)s.")
    return words % {"at": clock_with_day(mail.give_up_at)}


def clock_with_day(at: datetime) -> str:
    """Give a time in days to come: "26 Nov 11:20"; today the hour alone."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime().date():
        return clock(at)
    return f"{clock(at)} {local:%H:%M}"
