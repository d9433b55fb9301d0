"""Step 3: the spam filter. The first rule that a mail fits drops it, whatever else it is."""

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.rules import Facts, Rule, Ruleset, Values
from deskpost.inbound.spam.rules import named
from deskpost.inbound.steps import authenticity, bounce
from deskpost.inbound.view import DeskView

_TOLD = 5  # criteria that had no time


def drop(case: Case, desk: DeskView) -> Outcome | None:
    """Drop a mail that a rule of its instance fits, unless a person had it processed after all."""
    rules = desk.constants.spam_rules.get(case.mailbox.instance_id)
    if rules is None:
        return None
    if case.after_all:
        case.found("Not asked: a person had this mail processed after all")
        return None
    values = Values(case.message, Facts(case.size, lambda: authenticity.verdict_of(case).value))
    rule = rules.first(values)
    late = rules.out_of_time(values)
    if rule is not None:
        bounce.read(case, desk)
        return Ends("dropped", reason(rule, values, late), by=named(rule))
    if late or rules.unusable:
        case.note(_remark(rules, late))
    else:
        case.found(f"{rules.summary}, none fits")
    return None


def reason(rule: Rule, values: Values, late: list[tuple[str, str]]) -> str:
    """Say which rule a mail fits and why, and which rules could not be asked to the end."""
    why = " and ".join(hit.words for hit in rule.why(values)) or rule.words
    words = f"The spam rule “{rule.name}” fits: {why}."
    return f"{words} {_late(late)}" if late else words


def _remark(rules: Ruleset, late: list[tuple[str, str]]) -> str:
    words = f"{rules.summary}, none fits."
    if late:
        words += f" {_late(late)}"
    if rules.unusable:
        names = ", ".join(f"“{rule.name}”" for rule in rules.unusable)
        words += (
            f" {names} cannot be used and fits nothing. To do: open it under Spam filter, and correct it."
        )
    return words


def _late(late: list[tuple[str, str]]) -> str:
    told = "; ".join(f"“{name}”: {words}" for name, words in late[:_TOLD])
    more = f"; and {len(late) - _TOLD} more" if len(late) > _TOLD else ""
    return (
        f"A rule ran out of time over this mail ({told}{more}), and what was not decided counts as not fitting. "
        "To do: make it simpler."
    )
