"""A look into a mailbox with settings that need not be saved: what is there, and what the first fetch would bring."""

from dataclasses import dataclass

from deskpost.inbound.collecting import first_fetch
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.source import Sample

STEP_TIME = 8.0  # seconds that one step may take: somebody sits before a page and waits
MOST_HEADERS = 500  # of POP's mails the date stands in the header alone; of more than these none is read


@dataclass(frozen=True, slots=True)
class Look:
    """The oldest mail (None: no mail is there), how many there are, and how many the first fetch would bring.

    `first_fetch` is None where too many headers would have to be read to tell (POP, since a day).
    """

    oldest: Sample | None
    count: int
    first_fetch: int | None


def look(mailbox: Mailbox, *, saved: Mailbox | None = None) -> Look:
    """Look into a mailbox and change nothing. It may be one that is not saved; then the consent of `saved` counts.

    Raises members of TransportError, each network step within STEP_TIME.
    """
    with open_source(mailbox, saved=saved, read_only=True, step_time=STEP_TIME) as source:
        oldest = source.oldest()
        there = oldest.count if oldest else 0
        by_day = mailbox.first_fetch not in ("new", "everything")
        if by_day and not source.validity and there > MOST_HEADERS:
            return Look(oldest, there, None)
        return Look(oldest, there, first_fetch.count(mailbox, source).takes)


def begins_anew(mailbox: Mailbox) -> bool:
    """Tell whether the next fetch is the first one of its source, so that the choice of the first fetch counts."""
    return first_fetch.is_to_come(mailbox, getattr(mailbox, "state", None))
