"""The end of a client secret: said 30, 7 and 1 days before, once each, and shown from the first of these on."""

from datetime import date

from django.utils import timezone

BEFORE = (30, 7, 1)  # days


def days_left(ends: date | None) -> int | None:
    """Give the days until a client secret ends, below 0 once it has; None where no date is set."""
    return None if ends is None else (ends - timezone.localdate()).days


def ends_soon(ends: date | None) -> bool:
    """Tell whether it ends within 30 days, or has ended."""
    left = days_left(ends)
    return left is not None and left <= BEFORE[0]


def due(left: int, warned: int | None) -> int | None:
    """Give the warning that is due so many days before, None where it was given; a missed one is not made up for."""
    reached = [days for days in BEFORE if 0 <= left <= days]
    if not reached or (warned is not None and warned <= min(reached)):
        return None
    return min(reached)
