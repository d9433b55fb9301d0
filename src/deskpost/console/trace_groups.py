"""The mails that were stopped, in groups: what waits for a decision first, each with the act that sets it right."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.utils.translation import gettext_lazy

from deskpost.console.decided_by import deciders
from deskpost.console.mail_settings.spam.keeping import words_of_keeping
from deskpost.console.page import Counted, Viewer
from deskpost.console.trace_rows import LOOKS, STOPPED, Row, outcome_of, row_of
from deskpost.inbound import trace_lists
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.retention import dropped
from deskpost.inbound.retention import settings as retention_settings
from deskpost.inbound.trace_lists import Wanted

SHOWN = 10  # mails of a group; what waits is shown as far as a page goes
_SAYS = {
    "held": gettext_lazy("wait for a decision"),
    "refused": gettext_lazy("a setting says no, the sender was told where that is safe"),
    "dropped": gettext_lazy("by a spam rule or by somebody, nobody was told"),
}


class ListAddress(Protocol):
    """The address of a list of the mail trace."""

    @property
    def query(self) -> str: ...

    def with_(self, **changes: object) -> "ListAddress": ...

    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Group:
    """Mails of one outcome; without a name they are all of the list. `url`: the list of them alone, if it has more."""

    rows: list[Row] = field(default_factory=list)
    name: str = ""
    says: str = ""
    count: Counted | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long dropped mails are kept, in words, and what they take, to who sees all of them."""

    words: str
    held: dropped.Held | None


def keeping(viewer: Viewer) -> Keeping:
    """Say for how long dropped mails are kept."""
    held = dropped.held() if viewer.desk.everywhere("settings.mail") else None
    return Keeping(words_of_keeping(retention_settings.load().dropped_days), held)


def of_stopped(viewer: Viewer, address: ListAddress, wanted: Wanted) -> list[Group]:
    """Give the groups of a list; those without a mail are empty."""
    return [_group(viewer, address, replace(wanted, outcome=kind)) for kind in STOPPED]


def rows_of(viewer: Viewer, mails: Sequence[InboundMessage], address: ListAddress) -> list[Row]:
    """Give mails as the list shows them, with the settings that decided."""
    by = deciders(viewer, (outcome_of(mail) for mail in mails))
    days = retention_settings.load().dropped_days
    return [row_of(viewer, mail, address.query, by.get(mail.pk), days) for mail in mails]


def _group(viewer: Viewer, address: ListAddress, wanted: Wanted) -> Group:
    kind = wanted.outcome
    most = trace_lists.PAGE if kind == "held" else SHOWN
    mails, more = trace_lists.page(viewer.desk, wanted, None, most)
    return Group(
        rows=rows_of(viewer, mails, address),
        name=str(LOOKS[kind].words),
        says=str(_SAYS[kind]),
        count=Counted(trace_lists.count(viewer.desk, wanted)),
        url=address.with_(outcome=kind).url if more else "",
    )
