"""Several stopped mails, chosen in the list: each set right by its own act, or a rule made of their senders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from deskpost.console.mail_settings.spam.proposing import url_for
from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.trace import Address
from deskpost.console.trace_rows import act_of, outcome_of
from deskpost.inbound import approval, reprocess
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.reprocess import NotDone
from deskpost.inbound.spam import acts as spam_acts
from deskpost.inbound.visible import PERMISSION, visible_mails

MOST = 100  # more than a page shows


@dataclass(slots=True)
class _Done:
    """What came of it: how many were set right, the requests that are back, and how many stay, with the last why."""

    mails: int = 0
    back: list[int] = field(default_factory=list)
    left: int = 0
    words: str = ""


@require_POST
@signed_in
def chosen(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Do to the chosen mails what was asked for."""
    viewer.needs(PERMISSION)
    back = Address.of(request.GET).url
    seen = _seen(request.POST.getlist("mail")[:MOST])
    if not seen:
        messages.warning(
            request, gettext("Nothing was done. To do: choose mails, then what becomes of them.")
        )
        return go_to(request, back)
    if request.POST.get("act") == "rule":
        viewer.needs_everywhere("settings.mail")
        return go_to(request, url_for(*sorted(seen)))
    done = _Done()
    for id in sorted(seen):
        _set_right(viewer, id, seen[id], done)
    _tell(request, done)
    return go_to(request, back)


def _seen(written: Sequence[str]) -> dict[int, str]:
    """Give what the page saw of each chosen mail, by mail."""
    pairs = (one.partition(":") for one in written)
    return {id: seen for id, seen in ((id_of(first), seen) for first, _, seen in pairs) if id is not None}


def _set_right(viewer: Viewer, id: int, seen: str, done: _Done) -> None:
    rows = InboundMessage.objects.select_related("mailbox", "outcome__record__status")
    mail = rows.filter(pk__in=visible_mails(viewer.desk).filter(pk=id).values("pk")).first()
    record = getattr(outcome_of(mail), "record", None) if mail else None
    if record is not None and record.number in done.back:  # it came back with another of the chosen mails
        done.mails += 1
        return
    try:
        if mail is None or act_of(viewer, mail) is None:
            raise NotDone(
                gettext("It is something else by now, or you may not decide it. To do: look at it again.")
            )
        _do(viewer, mail, seen, done)
        done.mails += 1
    except NotDone as trouble:
        done.left += 1
        done.words = trouble.words


def _do(viewer: Viewer, mail: InboundMessage, seen: str, done: _Done) -> None:
    """Do the one act of a mail. Raises NotDone."""
    outcome = mail.outcome
    may_open = partial(viewer.desk.may_at, "request.create")
    if outcome.kind == "dropped":
        number = spam_acts.process_after_all(mail.pk, viewer.person, seen)
        done.back += [number] if number is not None else []
    elif outcome.record is not None:
        reprocess.move(mail.pk, outcome.record.pk, viewer.person, seen)
    elif approval.waits(outcome):
        approval.accept(mail.pk, viewer.person, seen, may_open)
    else:
        reprocess.open_own(mail.pk, viewer.person, seen, may_open)


def _tell(request: HttpRequest, done: _Done) -> None:
    if done.mails:
        told = ngettext(
            "%(n)d mail goes on its way after all.", "%(n)d mails go on their way after all.", done.mails
        )
        back = [gettext("Request %(number)d is back.") % {"number": number} for number in done.back]
        messages.success(request, " ".join((told % {"n": done.mails}, *back)))
    if done.left:
        told = ngettext("%(n)d mail stays as it is.", "%(n)d mails stay as they are.", done.left)
        messages.warning(request, f"{told % {'n': done.left}} {done.words}")
