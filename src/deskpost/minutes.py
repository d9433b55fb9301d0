"""What the counts by minute of mails and their troubles have in common."""

from datetime import UTC, datetime, timedelta

from django.db import connection

KEPT_DAYS = 8
"""For how long minutes are kept: the week that a page shows, and a day."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The minute under which what happened is counted of all time."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BARS, BAR = 20, timedelta(minutes=3)
"""How a sparkline shows an hour."""


def present() -> datetime:
    """Give the present moment by PostgreSQL's clock, which minutes go by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def bar_of(minute: datetime, now: datetime) -> int:
    """Give the place of the bar that a minute of the last hour is in, also of one that a clock set back left ahead."""
    return BARS - 1 - max(0, min(int((now - minute) / BAR), BARS - 1))


class Rates:
    """How many mails there are a minute now, from counts by minutes."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._present = now.replace(second=0, microsecond=0)
        self._counts = [0, 0]

    def add(self, minute: datetime, count: int) -> None:
        """Take in a minute; only the present one and the one before it matter."""
        if minute == self._present:
            self._counts[0] += count
        elif minute == self._present - MINUTE:
            self._counts[1] += count

    @property
    def a_minute(self) -> float:
        """Mails within the last 60 seconds: those of the present minute, and the share of the one before it.

        What came within that one is taken to have come evenly.
        """
        passed = (self._now - self._present) / MINUTE
        return self._counts[0] + self._counts[1] * max(0.0, 1 - passed)
