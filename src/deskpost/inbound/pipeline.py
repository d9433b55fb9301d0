"""The way of an incoming mail, on one screen.

Each step is a pure function of the case and a read-only view of the desk: it gives an outcome, or None to go on.
The first outcome wins.
"""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter

from django.db import InterfaceError, OperationalError

from deskpost.inbound.case import Case
from deskpost.inbound.fault import Fault
from deskpost.inbound.outcome import Ends, Line, Outcome
from deskpost.inbound.steps import (
    attachments,
    authenticity,
    automatic,
    bounce,
    command,
    duplicate,
    parse,
    request,
    sender,
    spam,
    threading,
)
from deskpost.inbound.view import DeskView

Step = Callable[[Case, DeskView], Outcome | None]

STEPS: tuple[tuple[str, Step], ...] = (
    ("parse", parse.read),
    ("duplicate", duplicate.recognise),
    ("spam filter", spam.drop),
    ("bounce", bounce.recognise),
    ("automatic", automatic.recognise),
    ("authenticity", authenticity.judge),
    ("sender", sender.judge),
    ("attachments", attachments.check),
    (command.NAME, command.perform),
    ("threading", threading.join),
    ("new request", request.open_new),
)

PASSES_THROUGH = (OperationalError, InterfaceError)  # the database is away: no fault of the mail
log = logging.getLogger(__name__)


def decide(case: Case, desk: DeskView) -> tuple[Outcome, tuple[Line, ...]]:
    """Take one mail through the steps, and give its outcome and the trace."""
    lines: list[Line] = []
    outcome = begin(case, lines)
    return go_on(case, desk, outcome, lines)


def begin(case: Case, lines: list[Line]) -> Outcome | None:
    """Take the first step, which asks the desk nothing: a batch is parsed before the desk is asked at once."""
    name, step = STEPS[0]
    return _take(name, step, case, None, lines)


def go_on(
    case: Case, desk: DeskView, outcome: Outcome | None, lines: list[Line]
) -> tuple[Outcome, tuple[Line, ...]]:
    """Take the other steps until one decides."""
    remaining: Sequence[tuple[str, Step]] = STEPS[1:]
    for name, step in remaining:
        if outcome is not None:
            break
        outcome = _take(name, step, case, desk, lines)
    assert outcome is not None, "the last step always decides"
    return outcome, tuple(lines)


def to_do_after_a_fault(case: Case) -> str:
    """Say where the fault of Deskpost stands that made this an error mail, and what to do once it is mended."""
    return (
        f"To do: look into the log of the worker for mail {case.mail_id}. Once the cause is mended, "
        "process the mail again from its trace."
    )


def _take(name: str, step: Step, case: Case, desk: DeskView | None, lines: list[Line]) -> Outcome | None:
    """Take one step and write its line. A step that raises makes the mail an error mail, nothing more."""
    case.remark, case.passed, case.by = "", "", None
    started = perf_counter()
    try:
        outcome = step(case, desk)  # type: ignore[arg-type]
    except PASSES_THROUGH:
        raise
    except Exception as fault:
        log.exception("The step %s failed on mail %s", name, case.mail_id)
        case.fault = Fault.of(fault)
        outcome = Ends("error", f"The step {name} failed on this mail. {to_do_after_a_fault(case)}")
    ms = round((perf_counter() - started) * 1000, 3)
    if outcome is not None:
        lines.append(Line(name, outcome.kind, outcome.reason, ms, outcome.by))
    elif case.remark:
        lines.append(Line(name, "remark", case.remark, ms, case.by))
    else:
        lines.append(Line(name, "passed", case.passed, ms, case.by))
    return outcome
