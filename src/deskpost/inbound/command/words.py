"""What is said of a command: in the trace, and in the mail that answers it. Values of others' mails are kept short."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deskpost.desk.field_values import Verdict
from deskpost.inbound.command.asked import Asked

_MOST = 40  # things that are named
_LONGEST = 200  # characters of a value or name
_SKIPPED = "Skipped, "


def counted(verdicts: Iterable[Verdict], asked: Asked) -> tuple[Verdict, ...]:
    """Say beside what was given more than once that the last of it counts."""
    return tuple(
        replace(one, why=f"{one.why}, the last of {times} counts")
        if (times := asked.given.get(one.name, 0)) > 1
        else one
        for one in verdicts
    )


def done(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Give a line for each thing that is set."""
    return _bounded([_done(one) for one in verdicts if one.kept])


def skipped(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Give a line for each thing that is not."""
    return _bounded([f"{short(one.name)}: {_why(one)}" for one in verdicts if not one.kept])


def summary(verdicts: Sequence[Verdict]) -> str:
    """Name what was set and what was skipped, in two sentences at most."""
    kept = [short(one.name, 80) + _lacking(one) for one in verdicts if one.kept]
    lost = [f"{short(one.name, 80)} ({_why(one)})" for one in verdicts if not one.kept]
    said = [f"Set: {', '.join(_bounded(kept))}."] if kept else []
    return " ".join(said + ([f"Skipped: {', '.join(_bounded(lost))}."] if lost else []))


def short(text: str, longest: int = _LONGEST) -> str:
    """Give a text on one line, as a mail and a trace can hold it: without an address that could be opened."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest])
    plain = " ".join(plain.replace("://", ": //").split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _done(one: Verdict) -> str:
    if one.now == one.then:
        return f"{short(one.name)}: {short(one.then) or 'empty'} ({_lower(one.why)})"
    was = f", was {short(one.now)}" if one.now else ""
    return f"{short(one.name)}: {short(one.then) or 'empty'} ({_lower(one.why)}{was})"


def _lacking(one: Verdict) -> str:
    """Give what of a value that is set was skipped, in brackets."""
    _, without, names = one.why.partition("Set, without ")
    return f" (without {short(names)})" if without else ""


def _why(one: Verdict) -> str:
    return short(one.why.removeprefix(_SKIPPED))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _bounded(lines: list[str]) -> tuple[str, ...]:
    more = len(lines) - _MOST
    return (*lines[:_MOST], f"and {more} more") if more > 0 else tuple(lines)
