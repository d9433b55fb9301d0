"""The rows of the outbox in groups: under Held and lapsed each with what may be done to all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from deskpost.console.outbox_address import Address
from deskpost.console.outbox_rows import Row, row_of
from deskpost.console.page import Counted
from deskpost.desk.installation import Installation
from deskpost.desk.roles import Visible
from deskpost.desk.search import Count
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.outbox_lists import in_state, places
from deskpost.outbound.queue import waiting_for

State = OutboxMail.State


@dataclass(frozen=True, slots=True)
class Act:
    """A link to what may be done to all of a group."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Some rows; with a name they stand under a head of their own."""

    rows: Sequence[Row]
    name: str = ""
    count: Counted | None = None
    says: str = ""
    acts: Sequence[Act] = ()


def groups_of(
    desk: Visible, address: Address, mails: Sequence[OutboxMail], current: int | None
) -> list[Group]:
    """Give the rows of a page: held and lapsed mails apart, every other list in one."""
    parts = (State.HELD, State.LAPSED) if address.wanted.tab == "held" else ("",)
    groups, waiting, behind = [], places(mails), waiting_for([mail.pk for mail in mails])
    for state in parts:
        rows = [
            row_of(
                mail, address.url("outbox_mail", mail.pk), current, waiting.get(mail.pk), mail.pk in behind
            )
            for mail in mails
            if not state or mail.state == state
        ]
        if rows:
            groups.append(replace(_headed(desk, address, state), rows=rows))
    return groups


def _headed(desk: Visible, address: Address, state: str) -> Group:
    if not state:
        return Group(())
    all_of_it = in_state(desk, address.wanted, state)
    if state == State.HELD:
        acts = [("send", gettext("Send all again")), ("cancel", gettext("Cancel all for good"))]
        if all_of_it.filter(unknown_fate=True).exists():
            acts.insert(0, ("was_sent", gettext("All were sent")))
        name, says = gettext("Held"), gettext("a person decides, or they leave once there is a server")
    else:
        acts = [("send", gettext("Send all after all")), ("cancel", gettext("Cancel all for good"))]
        hours = Installation.objects.values_list("notices_lapse_after_hours", flat=True).get()
        says = gettext("notices older than %(n)d h lapse, replies by people never do") % {"n": hours}
        name = gettext("Lapsed")
    url = address.url("outbox_decide", tab="held")
    links = [Act(words, f"{url}&act={act}&state={state}") for act, words in acts]
    return Group((), name, Counted(Count.of(all_of_it)), says, links)
