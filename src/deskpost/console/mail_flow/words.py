"""The words of Mail flow that several of its parts use: kinds of errors, how long ago, how long still."""

import math
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext, gettext_lazy, ngettext

from deskpost.desk.durations import duration

KINDS = {
    "consent": gettext_lazy("consent"),
    "sign_in": gettext_lazy("sign-in"),
    "connection": gettext_lazy("connection"),
    "service": gettext_lazy("service ended"),
    "error": gettext_lazy("processing"),
    "failed": gettext_lazy("not sent"),
    "throttled": gettext_lazy("throttled"),
}
"""The kinds of errors in the order in which they are told, what a person can mend first."""
_DAY = 24 * 3600
_STEPS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)


def errors(counts: Mapping[str, int]) -> str:
    """Give how often what went wrong: "1 consent, 4 connection"."""
    return ", ".join(f"{counts[kind]} {words}" for kind, words in KINDS.items() if counts.get(kind))


def span(seconds: float) -> str:
    """Give a time as people say it, in two units at most: "55 s", "1 min 10 s", "3 days"."""
    whole = max(0, math.ceil(seconds))
    if whole >= 2 * _DAY:
        days = whole // _DAY
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if whole >= 600:
        whole -= whole % 60
    return duration(whole)


def since(moment: datetime, now: datetime) -> str:
    """Give how long ago that is."""
    return span((now - moment).total_seconds())


def under(seconds: float) -> str:
    """Give a round time that this stays under: "under 5 s"."""
    least = next((step for step in _STEPS if seconds < step), math.ceil(seconds / 600 + 1e-9) * 600)
    return gettext("under %(time)s") % {"time": span(least)}
