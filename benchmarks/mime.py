"""How much of the MIME corpora is read as another good parser reads it, and how much of the odd mails is kept.

    .venv/bin/python benchmarks/mime.py [--differences]

Target: all values; a value that differs and that one of the named reasons does not excuse makes the command fail.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mime import mime_corpus, odd_mails  # noqa: E402
from tests.mime.mime_corpus import Value  # noqa: E402


def table(values: Sequence[Value], kinds: Iterable[str]) -> None:
    """Print the share of each kind, and of all."""
    count, right = Counter(one.kind for one in values), Counter(one.kind for one in values if one.agrees)
    for kind in kinds:
        print(f"  {kind:<24}{right[kind]:>5} of {count[kind]:>4}{right[kind] / count[kind]:>8.1%}")
    print(f"  {'all':<24}{right.total():>5} of {count.total():>4}{right.total() / count.total():>8.1%}")


def main() -> None:
    """Print both tables; exit with 1 where a difference has no reason."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--differences", action="store_true", help="name each value that differs")
    asked = arguments.parse_args()
    values = list(mime_corpus.values())
    print(f"mime: {len(mime_corpus.EXPECTED)} mails, values as the other parser gives them")
    table(values, mime_corpus.KINDS)
    differing = [one for one in values if not one.agrees]
    reasons = Counter(map(mime_corpus.reason, differing))
    print("why the others differ")
    for reason, times in reasons.most_common():
        print(f"  {times:>5}  {mime_corpus.REASONS.get(reason, 'NO REASON')}")
    kept = list(odd_mails.kept())
    print(f"odd_mails: {len(odd_mails.ODD)} mails, what Python's parser sees and what is kept of it")
    table(kept, odd_mails.KINDS)
    lost = [one for one in kept if not one.agrees]
    for one in lost:
        print(f"  {one.mail}: {odd_mails.EXCUSED.get(one.mail, 'NO REASON')}")
    if asked.differences:
        for one in (*differing, *lost):
            print(f"{one.mail}: {one.kind}\n    there {one.wanted!r:.200}\n    here  {one.found!r:.200}")
    sys.exit(1 if reasons[""] or any(one.mail not in odd_mails.EXCUSED for one in lost) else 0)


if __name__ == "__main__":
    main()
