"""A command that is refused: nothing changes, and its sender is told why at the stored address."""

from collections.abc import Sequence

from deskpost.inbound.case import Case
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.outcome import Answer, Ends, FoundRecord, Setting
from deskpost.inbound.steps import authenticity
from deskpost.mime.authenticity import FAIL, PASS

REFUSED = "refused"
NOT_YOURS = "names no request that you may change. To do: look the number up; on your requests' pages it stands on top."


def refused(
    person_id: int,
    reason: str,
    *,
    record: FoundRecord | None = None,
    by: Setting | None = None,
    skipped: Sequence[str] = (),
) -> Ends:
    """Give the outcome."""
    told = Answer(person_id, (), (reason, *skipped))
    return Ends(REFUSED, f"The command is refused: {reason}", record=record, by=by, answer=told)


def unless_genuine(case: Case, rules: CommandRules, person_id: int) -> Ends | None:
    """Refuse the command of a mail whose sender is not confirmed as the settings want it."""
    verdict = authenticity.verdict_of(case)
    wanted = rules.authenticity
    if wanted == "ignore" or verdict.value == PASS or (wanted == "refuse_fail" and verdict.value != FAIL):
        return None
    if verdict.value == FAIL:
        reason = f"its sender may be forged, {verdict.reason}."
    else:
        reason = f"nothing confirms its sender, {verdict.reason}."
    to_do = (
        "To do: do it on the page of the request, or ask an administrator about the sender's authenticity."
    )
    return refused(person_id, f"{reason} {to_do}", by=rules.settings["authenticity"])
