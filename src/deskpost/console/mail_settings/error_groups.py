"""What the page of error mails lists: the mailboxes with their folders, and the mails grouped by reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from deskpost.console.error_links import Opened, requests_of
from deskpost.console.mail_settings.incoming_rows import Pill, pill_of
from deskpost.console.page import id_of
from deskpost.desk.roles import Visible
from deskpost.inbound.error_folder.details import NOT_GIVEN, TOO_LARGE
from deskpost.inbound.error_folder.mails import THERE, ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.pipeline import STEPS
from deskpost.inbound.standings import standings, state_of
from deskpost.inbound.visible import visible_mails
from deskpost.transports.protocols import PROTOCOLS

SHOWN = 3  # mails of a reason, until more are asked for
MOST = 200  # of one that is opened
LONGEST = 1000  # characters of what an address asks for
_NUMBERS = {name: number for number, (name, _) in enumerate(STEPS, 1)}


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
    def without_folders(self) -> bool:
        """Whether its server knows no folders."""
        return not PROTOCOLS[self.mailbox.protocol].folders

    @property
    def full(self) -> bool:
        """Whether it holds as many as it may."""
        limit = self.mailbox.error_stop_after
        return limit is not None and self.total >= limit


@dataclass(frozen=True, slots=True)
class Row:
    """One error mail. `failed_in`: where on its way; `whole`: it can be processed again from the stored copy.

    `opened`: the request that it opened, where the person sees it.
    """

    error: ErrorMail
    failed_in: str
    whole: bool
    opened: Opened | None = None


@dataclass(slots=True)
class Group:
    """The error mails of one reason, the newest first; `more` are not shown, those of `more_url` are.

    `says`: what has become of them; `url`, `act`: where the reason is removed, empty where nobody knows.
    """

    why: str
    count: int
    more: int = 0
    more_url: str = ""
    rows: list[Row] = field(default_factory=list)
    says: str = ""
    url: str = ""
    act: str = ""
    again: bool = True  # processed again from the stored copies


@dataclass(frozen=True, slots=True)
class Asked:
    """Which error mails the page lists: what its address says."""

    why: str = ""
    mailbox: int | None = None
    step: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Asked":
        """Read an address."""
        texts = {name: values.get(name, "").replace("\0", "")[:LONGEST] for name in ("why", "step")}
        return cls(mailbox=id_of(values.get("mailbox")), **texts)

    @property
    def url(self) -> str:
        """The address of the list."""
        values = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return reverse("error_folder") + (f"?{urlencode(values)}" if values else "")

    def rows(self) -> QuerySet[ErrorMail]:
        """Give the mails, whatever their reason."""
        rows = unsolved()
        if self.mailbox is not None:
            rows = rows.filter(mailbox=self.mailbox)
        return rows.filter(step=self.step) if self.step else rows


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


def groups_of(desk: Visible, asked: Asked) -> list[Group]:
    """Give the reasons, the most frequent first; of the one that is asked for more than a few mails."""
    rows = asked.rows().filter(mail__in=visible_mails(desk))
    counts = rows.values_list("why").annotate(n=Count("pk")).order_by("-n", "why")
    groups = []
    for why, count in counts:
        shown = MOST if why == asked.why else SHOWN
        newest = rows.filter(why=why).select_related("mailbox", "mail__outcome").order_by("-pk")[:shown]
        group = Group(why, count, max(0, count - shown), replace(asked, why=why).url)
        opened = requests_of(desk, [one.pk for one in newest if one.request_id])
        group.rows = [_row(one, opened.get(one.pk)) for one in newest]
        groups.append(_with_help(group))
    return groups


def filters_of(asked: Asked) -> list[dict[str, Any]]:
    """Give the filters as chips: by mailbox, and by where on their way mails failed."""
    boxes = dict(
        unsolved().values_list("mailbox", "mailbox__name").distinct().order_by("mailbox__name")[:200]
    )
    steps = {
        one: failed_in(one) for one in unsolved().values_list("step", flat=True).distinct().order_by("step")
    }
    return [
        _choice(gettext("Mailbox"), "mailbox", None, asked, boxes),
        _choice(gettext("Failed in"), "step", "", asked, steps),
    ]


def failed_in(step: str) -> str:
    """Say where on its way a mail failed, by the number and the name of the step."""
    name = step[:1].upper() + step[1:]
    return f"{_NUMBERS[step]} {name}" if step in _NUMBERS else name


def _row(one: ErrorMail, opened: Opened | None) -> Row:
    whole = not (one.mail.truncated or one.mail.refusal)
    return Row(one, failed_in(one.step) if whole else gettext("Collecting"), whole, opened)


def _with_help(group: Group) -> Group:
    """Say of a group what removes its reason, where that is known."""
    if group.why.startswith(TOO_LARGE):
        group.says = gettext("Only the headers were fetched, the mails wait at their server.")
        group.url = f"{reverse('incoming_mailbox', args=[group.rows[0].error.mailbox_id])}#id_max_size_mb"
        group.act = gettext("Raise the limit")
    elif group.why == NOT_GIVEN:
        group.says = gettext(
            "The mails are at their server still. Move them to the inbox, and they are fetched anew."
        )
    group.again = any(row.whole for row in group.rows)
    return group


def _choice(name: str, key: str, nothing: Any, asked: Asked, choices: Mapping[Any, str]) -> dict[str, Any]:
    chosen = getattr(asked, key)
    clear = replace(asked, **{key: nothing}).url
    options = [{"name": gettext("any"), "url": clear, "current": chosen == nothing}]
    options += [
        {"name": words, "url": replace(asked, **{key: one}).url, "current": one == chosen}
        for one, words in choices.items()
    ]
    value = "" if chosen == nothing else choices.get(chosen, gettext("unknown"))
    return {"name": name, "value": value, "clear_url": clear, "options": options}


def _counted(condition: Q, *, unsolved_only: bool = True) -> Mapping[int, int]:
    rows = unsolved() if unsolved_only else ErrorMail.objects.all()
    return dict(rows.filter(condition).values_list("mailbox").annotate(Count("pk")).order_by())
