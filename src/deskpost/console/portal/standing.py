"""Where a request stands, in the words of those who asked."""

from dataclasses import dataclass

from django.utils.translation import gettext

from deskpost.desk import search
from deskpost.desk.fields import Status
from deskpost.desk.records import Record

STEPS = 3  # received, worked on, done


@dataclass(frozen=True, slots=True)
class Standing:
    """A state pill (tone and dot as the template tag `pill` has them) and how many of STEPS are behind."""

    words: str
    tone: str
    dot: str
    step: int

    @property
    def done(self) -> bool:
        """Whether nothing more is to be expected."""
        return self.step == STEPS


class Standings:
    """Gives the standing of requests; which status waits for the customer is asked once."""

    def __init__(self) -> None:
        self._waiting = search.waiting_status()

    def of(self, record: Record) -> Standing:
        """Give where a request stands. A status of the desk's own making keeps its name: "Ordered"."""
        status = record.status
        if record.closed_at is not None:
            return Standing(gettext("Done"), "mute", "none", STEPS)
        if status == self._waiting:
            return Standing(gettext("Waits for you"), "warn", "full", 2)
        if status.kind == Status.Kind.OPEN and status.name in ("Open", "In progress"):
            if status.name == "Open" and record.technician_id is None:
                return Standing(gettext("Received"), "info", "ring", 1)
            return Standing(gettext("We are on it"), "info", "full", 2)
        return Standing(status.name, "mute", "ring", 2)
