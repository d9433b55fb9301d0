"""What time servers say it is, in the answers to what they are asked over HTTP: heard by whoever wants to compare.

SMTP, IMAP and POP do not tell.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """By how many seconds the clock of a server is ahead of this machine's; negative: behind."""

    place: str
    ahead: float


_listening: ContextVar[list[Clock] | None] = ContextVar("listening to clocks", default=None)


@contextmanager
def listening() -> Iterator[list[Clock]]:
    """Give the list to which the clocks of all answers are added that come to this thread meanwhile."""
    heard: list[Clock] = []
    before = _listening.set(heard)
    try:
        yield heard
    finally:
        _listening.reset(before)


def note(place: str, at: datetime | None) -> None:
    """Tell who listens when a server says that it answered just now; None where it does not say. RFC 9110 6.6.1."""
    heard = _listening.get()
    if heard is not None and at is not None:
        heard.append(Clock(place, (at - datetime.now(UTC)).total_seconds()))
