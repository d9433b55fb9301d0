"""What a trial of a rule found, as the page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from deskpost.console.trace_rows import LOOKS, Look
from deskpost.inbound.spam.trial import Fitting, Trial

_SHOWN = 50  # mails listed


@dataclass(frozen=True, slots=True)
class Row:
    """A mail that would have been dropped; its subject in three parts, the middle one marked."""

    mail_id: int
    sender: str
    before: str
    marked: str
    after: str
    why: str
    look: Look
    number: int | None
    warns: bool
    received_at: Any


@dataclass(frozen=True, slots=True)
class Shown:
    """The result, with the part of the mails that is listed now."""

    trial: Trial
    fitting: int
    requests: int
    kept: int
    share: float  # of the mails that were looked at, per cent
    views: tuple[tuple[str, str, int, bool], ...]  # key, words, count, listed now
    rows: tuple[Row, ...]
    more: int


def shown_of(trial: Trial, show: str, edits: bool) -> Shown:
    """Give a trial as the page shows it. `edits`: there is a saved rule to compare with."""
    parts: dict[str, Sequence[Fitting]] = {
        "": trial.fitting,
        "requests": [one for one in trial.fitting if one.became_request],
        "newly": [one for one in trial.fitting if one.newly],
    }
    names = {
        "": gettext("Would be dropped"),
        "requests": gettext("Became requests"),
        "newly": gettext("Newly dropped by your edit"),
    }
    if not edits:
        del parts["newly"]
    show = show if show in parts else ""
    listed = parts[show]
    return Shown(
        trial=trial,
        fitting=len(trial.fitting),
        requests=len(parts["requests"]),
        kept=trial.looked_at - len(trial.fitting),
        share=100 * len(trial.fitting) / trial.looked_at if trial.looked_at else 0.0,
        views=tuple((key, names[key], len(part), key == show) for key, part in parts.items()),
        rows=tuple(_row(one) for one in listed[:_SHOWN]),
        more=max(0, len(listed) - _SHOWN),
    )


def _row(one: Fitting) -> Row:
    start, end = one.marks or (len(one.subject), len(one.subject))
    record = one.outcome.record if one.outcome else None
    return Row(
        mail_id=one.mail_id,
        sender=one.sender,
        before=one.subject[:start],
        marked=one.subject[start:end],
        after=one.subject[end:],
        why=one.why,
        look=LOOKS[one.outcome.kind if one.outcome else "waiting"],
        number=record.number if record is not None and one.became_request else None,
        warns=one.became_request,
        received_at=one.received_at,
    )
