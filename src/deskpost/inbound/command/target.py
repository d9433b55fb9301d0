"""Which request a command is about: the one that its text names, else the one in its subject."""

import re
from dataclasses import dataclass

from deskpost.inbound.case import Case
from deskpost.inbound.command.asked import Asked
from deskpost.inbound.command.words import short
from deskpost.inbound.outcome import FoundRecord
from deskpost.inbound.view import DeskView

_ID = re.compile(r"[^\w]*(?:([A-Za-z]{2,4})\s*-\s*)?([0-9]{1,18})[^\w]*", re.ASCII)
_REQUESTS = "RE"


@dataclass(frozen=True, slots=True)
class Target:
    """What is named: as it is written, where, and its number; `number` 0: it names no request."""

    written: str
    place: str
    number: int


def target_of(case: Case, desk: DeskView, asked: Asked) -> Target | None:
    """Give what the mail names as its request; None: it names none.

    In the text stand `12`, `RE-12`, `##RE-12##`, or a former system's token. Of several in the subject the first
    counts, there or not; a former system's come after our own, as in threading.
    """
    if asked.request:
        return Target(short(asked.request, 60), "RequestID in the text", _number(asked.request, desk))
    constants = desk.constants
    for finder, what in ((constants.delimiters, "number"), (constants.former, "number of a former system")):
        for module, number in finder.find(case.message.subject):
            if module == _REQUESTS:
                return Target(f"{_REQUESTS}-{number}", f"{what} in the subject", number)
    return None


def record_of(target: Target, desk: DeskView, person_id: int) -> FoundRecord | None:
    """Give the request, or the one that it was merged into, if the person may know of it."""
    record = desk.record_of_number(_REQUESTS, target.number)[0] if target.number else None
    if record is None:
        return None
    known = record.requester_id == person_id or desk.may_see(person_id, record)
    return record if known else None


def _number(written: str, desk: DeskView) -> int:
    if former := desk.constants.former.named(written):
        module, number = former
        return number if module == _REQUESTS else 0
    found = _ID.fullmatch(written.strip())
    if found is None or (found[1] and desk.constants.delimiters.module_of(found[1]) != _REQUESTS):
        return 0
    return int(found[2])
