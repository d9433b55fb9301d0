"""Answers to questions about resources: which of them are valid, and what is kept of one that is not whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from deskpost.desk.additional_values import LONGEST
from deskpost.desk.option_names import Names
from deskpost.desk.templates import Question

_LONGEST_WAS = 60  # characters of an answer that goes


@dataclass(frozen=True, slots=True)
class Heard:
    """What is kept of an answer: option names, or the one text; () removes the question from its resource.

    `kept`: whether it is what was asked for, at least in part. `why`: in words.
    """

    values: tuple[str, ...]
    kept: bool
    why: str


def judge_answer(question: Question, answer: str | tuple[str, ...], present: tuple[str, ...] = ()) -> Heard:
    """Judge an answer: a text as a mail has it, or options chosen whole.

    `present`: what is answered now; it may be chosen again though it is offered no longer.
    """
    empty = not any(part.strip() for part in answer) if isinstance(answer, tuple) else not answer.strip()
    if empty:
        return Heard((), True, gettext("Emptied"))
    heard = _heard(question, answer, present)
    return heard if heard.kept else replace(heard, why=_removed(heard.why, present))


def _heard(question: Question, answer: str | tuple[str, ...], present: tuple[str, ...]) -> Heard:
    if question.kind == Question.Kind.TEXT:
        return _text(question, answer if isinstance(answer, str) else answer[0])
    kept = present if isinstance(answer, tuple) else ()
    options = [*question.options, *(one for one in kept if one not in question.options)]
    if question.kind == Question.Kind.CHECK:
        return _several(options, answer)
    return _one(question, options, answer)


def _removed(why: str, present: tuple[str, ...]) -> str:
    """Say that a question is removed, and first which answer goes with it: long words are cut at their end."""
    if not present:
        return gettext("Removed: %(why)s") % {"why": why}
    was = "; ".join(present)
    shown = {"was": was if len(was) <= _LONGEST_WAS else f"{was[: _LONGEST_WAS - 1]}…", "why": why}
    return gettext("Removed, was %(was)s: %(why)s") % shown


def _text(question: Question, answer: str) -> Heard:
    most = question.max_length or LONGEST
    if len(answer.strip()) > most:
        words = ngettext("at most %(most)s character", "at most %(most)s characters", most)
        return Heard((), False, words % {"most": most})
    return Heard((answer.strip(),), True, gettext("Set"))


def _one(question: Question, offered: Sequence[str], answer: str | tuple[str, ...]) -> Heard:
    """Take one option: the whole answer is compared with the names, and only then split at commas."""
    options = _names(offered)
    parts = answer if isinstance(answer, tuple) else (answer,)
    whole = options.find(parts[0]) if len(parts) == 1 else None
    if whole is None and isinstance(answer, str):
        parts = _split(answer)
        whole = options.find(parts[0]) if len(parts) == 1 else None
    if whole is not None:
        return Heard((whole,), True, gettext("Set"))
    if len(parts) > 1:
        kind = gettext("radio") if question.kind == Question.Kind.RADIO else gettext("select")
        words = gettext("a %(kind)s question takes one answer, this has %(number)s")
        return Heard((), False, words % {"kind": kind, "number": _count(len(parts))})
    return Heard((), False, gettext("%(answer)s is no option") % {"answer": _short(parts)})


def _several(offered: Sequence[str], answer: str | tuple[str, ...]) -> Heard:
    """Take every option that there is; what is none goes alone."""
    good: list[str] = []
    bad: list[str] = []
    parts = answer if isinstance(answer, tuple) else _split(answer)
    options = _names(offered)
    longest = max(option.count(",") for option in offered) + 1 if isinstance(answer, str) else 1
    place = 0
    while place < len(parts):
        step, option = 1, None
        for step in range(min(longest, len(parts) - place), 0, -1):
            option = options.find(",".join(parts[place : place + step]))
            if option is not None:
                break
        (bad if option is None else good).append(parts[place] if option is None else option)
        place += step
    chosen = set(good)
    values = tuple(option for option in offered if option in chosen)
    if not values:
        return Heard((), False, gettext("%(answer)s is no option") % {"answer": _short(bad)})
    if bad:
        return Heard(values, True, gettext("Set, without %(answer)s") % {"answer": _short(bad)})
    return Heard(values, True, gettext("Set"))


def _names(offered: Sequence[str]) -> Names[str]:
    return Names((option, option) for option in offered)


def _split(answer: str) -> tuple[str, ...]:
    return tuple(part for part in (" ".join(part.split()) for part in answer.split(",")) if part)


def _short(parts: Sequence[str]) -> str:
    """Name what is no option, not all of a long list."""
    shown = ", ".join(part[:60] for part in parts[:3])
    return f"{shown}, ..." if len(parts) > 3 else shown


def _count(number: int) -> str:
    words = (gettext("two"), gettext("three"), gettext("four"))
    return words[number - 2] if number < 5 else str(number)
