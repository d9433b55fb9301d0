"""What is asked before something is done to all held or all lapsed mails of a list, with the count."""

from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext, ngettext

from deskpost.console.page import Counted
from deskpost.desk.search import Count
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.outbox_acts import UNTOLD

State = OutboxMail.State


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: to how many mails it would be done, what it does, and to how many it cannot be done, and why."""

    act: str
    title: str
    says: str
    cannot: str
    button: str
    possible: Counted
    newest: int  # what comes later was not asked about


def asked(act: str, state: str, mails: QuerySet[OutboxMail]) -> Asked:
    """Give what to ask before `act` (send, cancel, was_sent) is done to these mails, which are of one state."""
    able = mails.filter(_able(act))
    possible = Counted(Count.of(able))
    cannot = Counted(Count.of(mails.exclude(pk__in=able.order_by().values("pk"))))
    title, button = _words(act, state, possible.at_least)
    return Asked(
        act=act,
        title=title % {"n": possible},
        says=_says(act, state),
        cannot=_cannot(act, cannot.at_least) % {"n": cannot} if cannot.at_least else "",
        button=button % {"n": possible},
        possible=possible,
        newest=mails.aggregate(newest=Max("pk"))["newest"] or 0,
    )


def _able(act: str) -> Q:
    """Give the mails that an act can be done to. What is shown: outbox_acts looks again."""
    if act == "send":
        return Q(server__isnull=False, server__account=None) | Q(server__account=F("account"))
    return UNTOLD if act == "was_sent" else Q()


def _words(act: str, state: str, n: int) -> tuple[str, str]:
    """Give the question, and the word on the button."""
    if act == "was_sent":
        title = ngettext("Count %(n)s held mail as sent?", "Count %(n)s held mails as sent?", n)
        return title, ngettext("It was sent", "All %(n)s were sent", n)
    if act == "cancel":
        button = ngettext("Cancel %(n)s mail for good", "Cancel %(n)s mails for good", n)
        if state == State.HELD:
            return ngettext("Never send %(n)s held mail?", "Never send %(n)s held mails?", n), button
        return ngettext("Never send %(n)s lapsed notice?", "Never send %(n)s lapsed notices?", n), button
    button = ngettext("Send %(n)s mail", "Send %(n)s mails", n)
    if state == State.HELD:
        return ngettext("Send %(n)s held mail again?", "Send %(n)s held mails again?", n), button
    title = ngettext("Send %(n)s lapsed notice after all?", "Send %(n)s lapsed notices after all?", n)
    return title, button


def _says(act: str, state: str) -> str:
    if act == "was_sent":
        return gettext(
            "Nobody knows whether they were sent: their server was taken away while it had them. They are counted "
            "as sent and never sent again."
        )
    if act == "cancel":
        return gettext(
            "They stay in the outbox under Cancelled, and nobody can send them from there any more."
        )
    if state == State.HELD:
        return gettext(
            "They are sent at once, with the same Message-ID. Whoever has one already may get it twice."
        )
    return gettext("They are sent at once, though they are late, and lapse no more.")


def _cannot(act: str, n: int) -> str:
    if act == "was_sent":
        return ngettext(
            "%(n)s more is held and was never tried, so it was not sent. It is left as it is.",
            "%(n)s more are held and were never tried, so they were not sent. They are left as they are.",
            n,
        )
    return ngettext(
        "%(n)s more has no server that may carry it, and is left as it is. To do: set up an outgoing server, or "
        "choose the mail and send it through another one.",
        "%(n)s more have no server that may carry them, and are left as they are. To do: set up an outgoing "
        "server, or choose the mails and send them through another one.",
        n,
    )
