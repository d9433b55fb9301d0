"""Why a rule cannot be used, in words: the same for the page and for the settings file."""

from collections.abc import Iterator

from deskpost.inbound.rules.conditions import CONDITIONS, number_of
from deskpost.inbound.rules.criteria import Criterion
from deskpost.inbound.rules.expression import Expression, ExpressionRefused
from deskpost.inbound.rules.fields import FIELDS, HEADER, field_of, header_of
from deskpost.inbound.rules.values import spelled

VERDICTS = ("pass", "fail", "none")
MOST_CRITERIA = 20
MOST_ENTRIES = 1000  # of one criterion
MOST_EXPRESSIONS = 20  # of one criterion
LONGEST_ENTRY = 500  # characters


def mistakes(criteria: tuple[Criterion, ...]) -> list[tuple[int, str]]:
    """Give what is wrong: the place of the criterion, from 0, and why; -1 where it is about none."""
    found: list[tuple[int, str]] = []
    if not criteria:
        found.append((-1, "A rule needs a criterion. To do: choose one, and add it to the rules."))
    if len(criteria) > MOST_CRITERIA:
        found.append((-1, f"A rule has {MOST_CRITERIA} criteria at most. To do: make two rules of this one."))
    for place, criterion in enumerate(criteria[:MOST_CRITERIA]):
        words = next(wrong_with(criterion), None)
        if words:
            found.append((place, words))
    return found


def wrong_with(criterion: Criterion) -> Iterator[str]:
    """Say what is wrong with one criterion, the first that has to be mended first."""
    field, condition = field_of(criterion.field), CONDITIONS.get(criterion.condition)
    if field is None:
        yield from _no_field(criterion.field)
        return
    if condition is None:
        yield f"{criterion.condition} is no condition. To do: choose one of {', '.join(CONDITIONS)}."
        return
    if field.number != condition.number:
        fitting = ", ".join(key for key, one in CONDITIONS.items() if one.number == field.number)
        yield f"{field.label} cannot be compared by “{condition.label}”. To do: choose one of {fitting}."
        return
    if not criterion.values:
        yield "There is no entry. To do: press Choose, and type what to compare with."
    if len(criterion.values) > MOST_ENTRIES:
        yield (
            f"There are {len(criterion.values)} entries; {MOST_ENTRIES} are allowed. "
            "To do: make another criterion or rule of the rest."
        )
    if condition.label == "matches" and len(criterion.values) > MOST_EXPRESSIONS:
        yield (
            f"There are {len(criterion.values)} regular expressions; {MOST_EXPRESSIONS} are allowed. "
            "To do: join some by | into one."
        )
        return
    for entry in criterion.values:
        yield from _wrong_entry(criterion, entry)


def _no_field(key: str) -> Iterator[str]:
    if header_of(key) is not None or key == HEADER:
        yield (
            "This is no name of a header: it has letters, digits and hyphens, and neither blank nor colon. "
            "To do: write one such as X-Mailer."
        )
    else:
        yield f"{key} is nothing to look at. To do: choose one of {', '.join(FIELDS)}."


def _wrong_entry(criterion: Criterion, entry: str) -> Iterator[str]:
    field = field_of(criterion.field)
    if not entry.isprintable() or not field or not spelled(field, entry):
        yield "An entry is empty, or holds a sign that is not seen. To do: type it anew."
    elif len(entry) > LONGEST_ENTRY:
        yield f"An entry has {len(entry)} characters; {LONGEST_ENTRY} are allowed. To do: shorten it."
    elif criterion.condition == "matches":
        try:
            Expression(entry)
        except ExpressionRefused as refused:
            yield refused.words
    elif criterion.field == "authenticity" and entry.casefold() not in VERDICTS:
        yield f"{entry} is no verdict. To do: write one of {', '.join(VERDICTS)}."
    elif CONDITIONS[criterion.condition].number:
        try:
            number_of(criterion.field, entry)
        except ValueError:
            example = "500 kB or 10 MB" if criterion.field == "size" else "7.5"
            yield f"{entry} is no number here. To do: write one such as {example}."
