"""How fast the new text of a mail is told from the rest: the median at 4 kB, and the worst of texts made to hurt.

    .venv/bin/python benchmarks/new_text.py [--quick]

Target (quality): never over 50 ms per MB. Beside it what a page does with the same text anyway: to escape it; and with
the same HTML: to inflate it from its column.
"""

import argparse
import statistics
import sys
import zlib
from collections.abc import Callable
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parse import seconds  # noqa: E402

from deskpost.mime.clean_html import clean  # noqa: E402
from deskpost.mime.new_html import split_html  # noqa: E402
from deskpost.mime.new_text import split_text  # noqa: E402

NEW = "The printer in room 12 has not printed since yesterday evening, and we need it.\n" * 5
WROTE = "On Mon, 23 Nov 2026 at 09:00, Help Desk <help@desk.example> wrote:"
OLD = "Please switch it off and on again, and tell us what the lamp beside the door says.\n"
UNITS = {
    "words": "The printer in room 12 has not printed since yesterday.\n",
    "words in Greek": "Ο εκτυπωτής στο δωμάτιο δώδεκα.\n",
    "short lines": "ab cdefghijk\n",
    "quoted lines": "> abcdefghij\n",
    "quotes and answers": f"{WROTE}\n> x\n",
    "lines that end in a colon": "a b c d e f:\n",
    "words above a quote over four lines": "On 5 May abcdefghi\nbcdefghi jklmnop@q\nfoo bar baz:\n",
    "halves of heads": "From: 1 b c d\n",
    "marks of signatures": "-- \nabcdefghijklmnopqrstuvw\n",
    "drawn signatures": "—\nabcdefghijklmnopqrstu\n",
    "original messages": "-----Original\n",
    "phones": "Sent from my x.\n",
    "addresses broken at their end": "<a\n> b c d e f g h i j k l m n:\n",
    "empty lines": "\n",
    "one line": "x",
    "dashes": "-",
    "angles": ">",
    "blanks": "\xa0",
}
TAGS = {
    "blocks": "<div>The printer in room 12</div>",
    "line breaks": "The printer in<br>",
    "blocks with an empty one between": "<div>The printer in room 12</div><div><br></div>",
    "bold words": "<b>printer in</b> room 12",
    "quotes": "<blockquote>The printer in room</blockquote>",
    "cells": "<table><tr><td>The printer in room 12 of this house</td></tr></table>",
    "styles": '<p style="margin:0"><font color="red">The printer in room 12</font></p>',
    "pictures": '<img src="cid:a">abcde',
    "lines in pre": "a bcdefghijklmnop\n",
    "blanks": "&nbsp;",
}
COLOURED = '<p style="color:red">The printer in room 12 of this house</p>'


def ordinary(size: int) -> tuple[str, str]:
    """Build an answer with the mail that it quotes, as text and as HTML, each of about this size."""
    text = f"{NEW}\n{WROTE}\n" + f"> {OLD}" * ((size - 500) // (len(OLD) + 2))
    paragraph = f"<p>{OLD.strip()}</p>"
    quoted = paragraph * ((size - 700) // len(paragraph))
    lines = "".join(f"<div>{line}</div>" for line in NEW.splitlines())
    html = f'<div dir="ltr">{lines}</div><br><div class="gmail_quote"><div>{escape(WROTE)}<br></div>'
    return text, clean(f"{html}<blockquote>{quoted}</blockquote></div>")


def median(work: Callable[[], object], times: int) -> float:
    """Give the median of CPU time in microseconds."""
    return statistics.median(seconds(work, times)) * 1e6


def medians(times: int) -> None:
    """Print the medians of ordinary answers."""
    print("answers that quote, median us")
    print(f"{'bytes':>9} {'text':>8} {'escaped':>8} {'html':>8} {'inflated':>9}")
    for size in (4_096, 20_000, 200_000):
        text, html = ordinary(size)
        assert split_text(text).rest and split_html(html).rest
        column = zlib.compress(html.encode(), 1)
        rounds = max(20, times * 4_096 // size)
        figures = (
            median(lambda text=text: split_text(text), rounds),
            median(lambda text=text: escape(text), rounds),
            median(lambda html=html: split_html(html), rounds),
            median(lambda column=column: zlib.decompress(column).decode(), rounds),
        )
        print(f"{size:>9} " + " ".join(f"{figure:>8.0f}" for figure in figures))


def hostile(size: int, times: int) -> None:
    """Print the worst at one size, in ms per MB."""
    taken: dict[str, float] = {}
    for name, unit in UNITS.items():
        text = unit * (size // len(unit))
        quote = f"{WROTE}\n> x\n"
        original = "-----Original Message-----\nx"
        for whole in (text, f"Hello\n\n{quote}{text}", f"{text}\n\n{quote}", f"{text}\n\n{original}"):
            rate = seconds(lambda whole=whole: split_text(whole), times)[0] / len(whole.encode())
            taken[name] = max(rate, taken.get(name, 0))
    for name, unit in TAGS.items():
        filled = unit * (size // len(unit))
        html = clean(f"<pre>{filled}</pre>" if name.endswith("pre") else filled)
        taken[f"HTML, {name}"] = seconds(lambda html=html: split_html(html), times)[0] / len(html.encode())
    html = clean(
        f"<p>{NEW}</p><p>{escape(WROTE)}</p><blockquote>{COLOURED * (size // len(COLOURED))}</blockquote>"
    )
    taken["HTML, a quote in one colour"] = seconds(lambda: split_html(html), times)[0] / len(html.encode())
    print(f"\n{len(taken)} kinds made to hurt, {size} bytes, worst ms per MB")
    for name, rate in sorted(taken.items(), key=lambda one: -one[1])[:5]:
        print(f"  {rate * 1e9:>6.1f}  {name}")


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="fewer runs")
    quick = arguments.parse_args().quick
    medians(200 if quick else 2_000)
    for size in (200_000,) if quick else (4_096, 20_000, 200_000, 1_000_000):
        hostile(size, 1 if quick else 5)


if __name__ == "__main__":
    main()
