"""How much is understood of the corpus of delivery reports: fields right of all, by field and by mail system.

    .venv/bin/python benchmarks/bounces.py [--mistakes] [--hostile]

Target: 95 of 100 fields (recipient, enhanced status, reply code, reason, hard or soft) agree with expected.json. Every
third mail system was held out while the patterns were written, and is counted apart.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parse import ordinary  # noqa: E402
from tests.mime.bounce_corpus import FIELDS, MAILS, Agreement, compare  # noqa: E402
from tests.mime.hostile import MAILS as HOSTILE  # noqa: E402

from deskpost.mime.bounce import recognise  # noqa: E402
from deskpost.mime.parse import parse  # noqa: E402


def table(agreement: Agreement) -> None:
    """Print the fields, then the systems."""
    for name in FIELDS:
        right, count = agreement.right[name], agreement.all[name]
        print(f"  {name:<24}{right:>5} of {count:>4}{right / count:>8.1%}")
    for name in sorted(set(agreement.all) - set(FIELDS)):
        right, count = agreement.right[name], agreement.all[name]
        print(f"    {name:<22}{right:>5} of {count:>4}{'' if right == count else f'{right / count:>8.1%}'}")


def microseconds(work: Callable[[], object], times: int) -> float:
    """Give the best of `times` runs, in microseconds of CPU."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken) * 1e6


def speed() -> None:
    """Print what a report costs, and what every other mail does, beside reading it."""
    mails = [(raw, parse(raw)) for raw in (path.read_bytes() for path in MAILS)]
    reports = [microseconds(lambda raw=raw, mail=mail: recognise(raw, mail), 5) for raw, mail in mails]
    raw = ordinary(4_096)
    mail = parse(raw)
    ordinary_mail = microseconds(lambda: [recognise(raw, mail) for _ in range(1_000)], 5) / 1_000
    print(
        f"a report: median {statistics.median(reports):.0f} us, longest {max(reports):.0f} us, read mails given"
    )
    print(f"an ordinary mail of 4 kB: {ordinary_mail:.1f} us")


def hostile(sizes: tuple[int, ...]) -> None:
    """Print what recognising costs at most of mails made to hurt that give themselves out for reports."""
    head = b"X-Failed-Recipients: a@b.example\r\nReturn-Path: <>\r\nFrom: MAILER-DAEMON@b.example\r\n"
    for size in sizes:
        worst = (0.0, "")
        for name, made in HOSTILE.items():
            raw = head + made(size).partition(b"\r\n")[2]
            mail = parse(raw)
            taken = microseconds(lambda raw=raw, mail=mail: recognise(raw, mail), 3)
            worst = max(worst, (taken, name))
        print(
            f"  {size:>10} bytes: {worst[0] / 1e3:.1f} ms at most, {worst[0] / size * 1e3:.0f} ms per MB ({worst[1]})"
        )


def main() -> None:
    """Print both shares, the share of the whole, and the speed."""
    options = argparse.ArgumentParser(description="Delivery reports understood, and their cost.")
    options.add_argument("--mistakes", action="store_true", help="name each field that does not agree")
    options.add_argument("--hostile", action="store_true", help="also measure mails made to hurt")
    arguments = options.parse_args()
    parts = {"seen while it was written": compare(held_out=False), "held out": compare(held_out=True)}
    for title, agreement in parts.items():
        print(f"{title}: {agreement.share():.1%}")
        table(agreement)
        if arguments.mistakes:
            print("".join(f"    {mistake}\n" for mistake in agreement.mistakes), end="")
    right = sum(each.right[name] for each in parts.values() for name in FIELDS)
    count = sum(each.all[name] for each in parts.values() for name in FIELDS)
    invented = sum(each.invented for each in parts.values())
    print(f"all: {right} of {count} fields, {right / count:.1%}")
    print(
        f"  {invented} of the expected codes (X.0.9NN) no server has stated: none is expected in their place"
    )
    speed()
    if arguments.hostile:
        print("mails made to hurt in the guise of reports, reading not counted")
        hostile((4_096, 20_000, 200_000, 1_000_000))


if __name__ == "__main__":
    main()
