"""Why somebody has no request yet: what the list says follows from the mailboxes and the person's roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from deskpost.console.errors import who_gives_roles
from deskpost.console.page import Viewer
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.setup_assistant import DONE, SetupAssistant
from deskpost.inbound.standings import state_of


@dataclass(frozen=True, slots=True)
class Cause:
    """One mailbox that brings nothing, and why, in words."""

    mailbox: str
    words: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in a list without a request: why, what to do, and a link to where that is told."""

    title: str
    text: str
    causes: tuple[Cause, ...] = ()
    act: str = ""
    url: str = ""
    by_hand: bool = True  # offers a request written by hand to those who may write one
    note: str = ""


def reason_of(viewer: Viewer) -> Empty:
    """Say why this person has no request at all."""
    if not viewer.desk.may("request.view"):
        return _of_requester() if viewer.desk.may("request.create") else _without_role()
    mailboxes, sets_up = _mailboxes(viewer), viewer.desk.everywhere("settings.mail")
    if not mailboxes:
        return _no_mailbox(sets_up)
    on = [one for one in mailboxes if one.fetching]
    if not on:
        return _stopped(mailboxes, sets_up, half=sets_up and _half_done(viewer))
    lost = MailboxConsent.objects.filter(mailbox__in=on).exclude(lost_at=None)
    reasons = dict(lost.values_list("mailbox", "lost_reason"))
    failing = [one for one in on if one.pk in reasons or state_of(one).failing_since]
    if failing:
        return _failing(failing, reasons, len(on), sets_up)
    return _nothing_came(viewer, on)


def _mailboxes(viewer: Viewer) -> list[Mailbox]:
    """Give the mailboxes whose mail could become a request that this person sees."""
    theirs = Q(account=None) | Q(account__in=viewer.desk.accounts_with("request.view"))
    return list(Mailbox.objects.filter(theirs).select_related("state").order_by("name"))


def _without_role() -> Empty:
    givers = who_gives_roles()
    text = gettext("You may sign in, and no role says whose requests you work on.")
    ask = gettext("%(names)s can give you one.") if givers else gettext("An administrator can give you one.")
    return Empty(
        gettext("You see no requests, because you have no role"),
        f"{text} {ask % {'names': givers} if givers else ask}",
    )


def _of_requester() -> Empty:
    return Empty(
        gettext("You have no requests yet"),
        gettext(
            "What you write to the desk stands here, with its answers. To do: press New request, and say what does not "
            "work or what you need."
        ),
    )


def _no_mailbox(sets_up: bool) -> Empty:
    title = gettext("No requests yet, because no mail comes in")
    if not sets_up:
        return Empty(
            title,
            gettext("No mailbox is connected. To do: ask an administrator to connect the desk's address."),
        )
    return Empty(
        title,
        gettext(
            "Connect the address your customers write to. Five questions, each tested as you answer, and the first "
            "mail becomes the first request."
        ),
        act=gettext("Connect a mailbox"),
        url=reverse("setup"),
        note=gettext(
            "Only looking around? Run deskpost demo: three client organisations and a mailbox, already connected."
        ),
    )


def _half_done(viewer: Viewer) -> bool:
    """Tell whether this person left the setup assistant before its end."""
    return SetupAssistant.objects.filter(pk=viewer.person.pk, question__lt=DONE).exists()


def _stopped(mailboxes: Sequence[Mailbox], sets_up: bool, *, half: bool) -> Empty:
    text = gettext("Mail waits at its server, none is lost.")
    if not sets_up:
        text = f"{text} {gettext('To do: ask an administrator to start fetching.')}"
    return Empty(
        gettext("No requests yet, because no mailbox is being fetched"),
        text,
        tuple(
            Cause(one.name, state_of(one).reason or gettext("Fetching was not started.")) for one in mailboxes
        ),
        act=gettext("Go on setting up mail") if half else gettext("Start fetching") if sets_up else "",
        url=reverse("setup" if half else "incoming") if sets_up else "",
    )


def _failing(failing: Sequence[Mailbox], lost: Mapping[int, str], fetched: int, sets_up: bool) -> Empty:
    """Say which mailboxes bring nothing. `lost`: why consent is needed for them, by mailbox."""
    if len(failing) == fetched:
        title = ngettext(
            "No requests yet, because the mailbox cannot be fetched",
            "No requests yet, because none of the %(n)d mailboxes can be fetched",
            fetched,
        ) % {"n": fetched}
    else:
        words = gettext("No requests yet, and %(failing)d of %(n)d mailboxes cannot be fetched")
        title = words % {"failing": len(failing), "n": fetched}
    return Empty(
        title,
        gettext("Mail waits at its server, none is lost. Fetching goes on once somebody has consented again.")
        if lost
        else gettext("Mail waits at its server, none is lost. Fetching is tried again by itself."),
        tuple(Cause(one.name, lost.get(one.pk) or _failure(state_of(one))) for one in failing),
        act=gettext("Look at the mailboxes") if sets_up else gettext("What can be done about it"),
        url=reverse("incoming") if sets_up else reverse("help_page", args=["troubleshooting"]),
    )


def _failure(state: MailboxState) -> str:
    assert state.failing_since
    since = gettext("Failing since %(when)s.") % {
        "when": date_format(timezone.localtime(state.failing_since), "j M H:i")
    }
    return f"{since} {state.reason}"


def _nothing_came(viewer: Viewer, mailboxes: Sequence[Mailbox]) -> Empty:
    if not viewer.desk.everywhere("request.view"):
        return Empty(
            gettext("No requests of your accounts yet"),
            gettext(
                "Mailboxes are being fetched. The first mail of your accounts becomes the first request."
            ),
        )
    ids = [one.pk for one in mailboxes]
    if InboundMessage.objects.filter(mailbox__in=ids).exists():
        return Empty(
            gettext("No requests yet, for no mail that came opened one"),
            gettext(
                "Automatic mail, for example, opens none. The help tells how to see what became of each mail."
            ),
            act=gettext("What became of a mail"),
            url=f"{reverse('help_page', args=['first-mailbox'])}#find-out-what-became-of-a-mail",
        )
    addresses = ", ".join(dict.fromkeys(address for one in mailboxes for address in one.addresses))
    return Empty(
        gettext("No requests yet, because no new mail has come"),
        gettext(
            "The first mail to %(addresses)s becomes the first request. Mail that was there before the first fetch is "
            "left alone unless first_fetch says otherwise."
        )
        % {"addresses": addresses},
        tuple(Cause(one.name, _looked(one)) for one in mailboxes),
        act=gettext("What is fetched, and how often"),
        url=f"{reverse('help_page', args=['first-mailbox'])}#start-fetching",
    )


def _looked(mailbox: Mailbox) -> str:
    every = ngettext(
        "It is fetched every %(n)d second.", "It is fetched every %(n)d seconds.", mailbox.fetch_every
    ) % {"n": mailbox.fetch_every}
    last = state_of(mailbox).last_fetch_at
    if last is None:
        return f"{gettext('Not fetched yet.')} {every}"
    when = date_format(timezone.localtime(last), "j M H:i")
    return f"{gettext('Last fetched %(when)s.') % {'when': when}} {every}"
