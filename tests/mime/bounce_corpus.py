"""What is understood of the corpus of delivery reports, field by field, beside what is expected."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from deskpost.mime.bounce import Recipient, recognise
from deskpost.mime.parse import parse
from tests.mime.corpora import ROOT

FOLDER = ROOT / "bounces"
FIELDS = ("recipient", "status", "reply_code", "reason", "hard")
_NOT_STATED = re.compile(
    r"[245]\.\d\.9\d\d"
)  # made up for the reason by the program that the values come from
_NUMBER = re.compile(r"-\d+$")

EXPECTED: dict[str, list[dict[str, object]]] = json.loads((FOLDER / "expected.json").read_text())
MAILS = tuple(sorted(FOLDER.glob("*.eml")))


def system_of(path: Path) -> str:
    """Give the name of the mail system that wrote a report."""
    return _NUMBER.sub("", path.stem)


SYSTEMS = tuple(sorted({system_of(path) for path in MAILS}))
HELD_OUT = frozenset(SYSTEMS[2::3])
"""Every third system: nobody looked at their reports before the first measurement of them."""


@dataclass
class Agreement:
    """How many values agree, of how many, by field and by system; and which do not, in words."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    invented: int = 0
    mistakes: list[str] = field(default_factory=list)

    def share(self) -> float:
        """Give the share over all fields, between 0 and 1."""
        return sum(self.right[name] for name in FIELDS) / sum(self.all[name] for name in FIELDS)


def compare(*, held_out: bool) -> Agreement:
    """Compare every report of the systems that were held out, or of the others, that has expected values.

    An enhanced code that no server has stated (X.0.9NN) is expected to be "". Absence notes are no reports and
    are left out here.
    """
    agreement = Agreement()
    for path in MAILS:
        if (
            (system_of(path) in HELD_OUT) == held_out
            and system_of(path) != "rfc3834"
            and path.name in EXPECTED
        ):
            _compare(path, agreement)
    return agreement


def _compare(path: Path, agreement: Agreement) -> None:
    raw = path.read_bytes()
    report = recognise(raw, parse(raw))
    found = report.recipients if report else ()
    expected = EXPECTED[path.name]
    text = raw.replace(b"=\r\n", b"").replace(b"=\n", b"").decode("utf-8", "replace").lower()
    for place, wanted in enumerate(expected):
        got = found[place] if place < len(found) else None
        named = got is not None and got.address.lower() in text and "@" in got.address
        _count(
            path, agreement, "recipient", named and len(found) == len(expected), (len(expected), len(found))
        )
        for name in FIELDS[1:]:
            value = wanted[name]
            if name == "status" and _NOT_STATED.fullmatch(str(value)):
                agreement.invented += 1
                value = ""
            _count(path, agreement, name, getattr(got, name, None) == value, (value, _told(got, name)))


def _told(got: Recipient | None, name: str) -> str:
    return "not recognised" if got is None else f"{getattr(got, name)} ({got.said[:100]})"


def _count(path: Path, agreement: Agreement, name: str, right: bool, pair: tuple[object, object]) -> None:
    for key in (name, system_of(path)):
        agreement.all[key] += 1
        agreement.right[key] += right
    if not right:
        agreement.mistakes.append(f"{path.stem} {name}: {pair[0]} expected, {pair[1]}")
