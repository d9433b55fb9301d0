"""What the page of error mails lists: the mailboxes with their folders, and the mails grouped by reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from deskpost.console.mail_settings.incoming_rows import Pill, pill_of
from deskpost.desk.roles import Visible
from deskpost.inbound.error_folder.mails import THERE, ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.standings import standings, state_of
from deskpost.inbound.visible import visible_mails

SHOWN = 3  # mails of a reason, until more are asked for
MOST = 200  # of one that is opened


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox with its error folder. `total` is the server's, as known last; `kept`: what Deskpost lists."""

    mailbox: Mailbox
    total: int
    at: datetime | None
    kept: int
    refused: str
    pill: Pill

    @property
    def full(self) -> bool:
        """Whether it holds as many as it may."""
        limit = self.mailbox.error_stop_after
        return limit is not None and self.total >= limit


@dataclass(slots=True)
class Group:
    """The error mails of one reason, the newest first; `more` are not shown."""

    why: str
    count: int
    more: int = 0
    rows: list[ErrorMail] = field(default_factory=list)


def mailboxes_of() -> list[Folder]:
    """Give the mailboxes that have an error folder or error mails, by name."""
    kept = _counted(Q())
    there = _counted(Q(place__in=THERE), unsolved_only=False)
    moving = ErrorMail.objects.filter(place__in=(Place.TO_MOVE, Place.FOLDER)).exclude(words="")
    refused = dict(moving.order_by("pk").values_list("mailbox", "words"))
    now = timezone.now()
    found = []
    for one in standings(now, now):
        mailbox, state = one.mailbox, state_of(one.mailbox)
        if not mailbox.error_folder and not kept.get(mailbox.pk):
            continue
        told = state.error_total if state.error_total_at is not None else there.get(mailbox.pk)
        found.append(
            Folder(
                mailbox=mailbox,
                total=told or 0,
                at=state.error_total_at,
                kept=kept.get(mailbox.pk, 0),
                refused=refused.get(mailbox.pk, ""),
                pill=pill_of(one),
            )
        )
    return found


def groups_of(desk: Visible, asked: str) -> list[Group]:
    """Give the reasons, the most frequent first; of the one that is asked for more than a few mails."""
    rows = unsolved().filter(mail__in=visible_mails(desk))
    counts = rows.values_list("why").annotate(n=Count("pk")).order_by("-n", "why")
    groups = []
    for why, count in counts:
        shown = MOST if why == asked else SHOWN
        newest = rows.filter(why=why).select_related("mailbox", "mail__outcome").order_by("-pk")[:shown]
        groups.append(Group(why, count, max(0, count - shown), list(newest)))
    return groups


def _counted(condition: Q, *, unsolved_only: bool = True) -> Mapping[int, int]:
    rows = unsolved() if unsolved_only else ErrorMail.objects.all()
    return dict(rows.filter(condition).values_list("mailbox").annotate(Count("pk")).order_by())
