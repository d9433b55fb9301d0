"""How fast mails are read: medians at 4, 20 and 200 kB, the worst of hostile mails, and the standard library beside it.

    .venv/bin/python benchmarks/parse.py [--quick]

Targets (quality): median under 0.1 ms at 4 kB, never over 50 ms per MB, five times faster than the standard library's
compat32 parser with the decoding that makes it give the same things. A mail under 4 kB counts as 4 kB.
"""

import argparse
import email
import email.header
import email.utils
import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mime.hostile import MAILS  # noqa: E402
from tests.mime.hostile_wrapped import MAILS as WRAPPED  # noqa: E402

from deskpost.mime.parse import parse  # noqa: E402

SMALLEST = 4_096
Mails = Mapping[str, Callable[[int], bytes]]


def ordinary(size: int) -> bytes:
    """Build the mail of a mail program: text and HTML, three hops, and a file from 20 kB on."""
    hop = (
        b"Received: from mx%d.example.com (mx%d.example.com [192.0.2.%d])\r\n"
        b"\tby in.desk.example (Postfix) with ESMTPS id 4Xy%d\r\n"
        b"\tfor <help@desk.example>; Mon, 23 Nov 2026 09:00:0%d +0100 (CET)\r\n"
    )
    head = b"".join(hop % (number, number, number, number, number) for number in range(3)) + (
        b"From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <jm@example.com>\r\n"
        b'To: Help Desk <help@desk.example>, "Ann, Admin" <ann@desk.example>\r\n'
        b"Subject: Re: ##RE-12## =?utf-8?B?RHJ1Y2tlciDDtmZmbmV0IG5pY2h0?=\r\n"
        b"Date: Mon, 23 Nov 2026 09:00:00 +0100\r\nMessage-ID: <20261123.1@example.com>\r\n"
        b"In-Reply-To: <re-12@desk.example>\r\nReferences: <re-11@desk.example> <re-12@desk.example>\r\n"
        b"MIME-Version: 1.0\r\n"
    )
    line = "The printer in room 12 has not printed since yesterday evening, \u00e4rgerlich.\r\n"
    paragraph = f"<p>{line.strip()}</p>\r\n"
    files = size - 8_000 if size >= 20_000 else 0
    rest = size - len(head) - 500 - files
    text = line * (rest * 2 // 5 // len(line) + 1)
    html = paragraph * (rest * 3 // 5 // len(paragraph))
    alternative = (
        b"Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + text.encode()
        + b"\r\n--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + html.encode()
        + b"\r\n--inner--\r\n"
    )
    if not files:
        return head + alternative
    encoded = (b"QUJD" * 19 + b"\r\n") * (files // 78)
    return b"".join(
        (
            head,
            b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n",
            alternative,
            b"\r\n--outer\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=a.pdf\r\n\r\n",
            encoded,
            b"--outer--\r\n",
        )
    )


def standard_library(raw: bytes) -> object:
    """Do with compat32 what `parse` does: decoded headers, addresses, date, text, HTML and files with their hash."""
    mail = email.message_from_bytes(raw)
    headers = [
        (name, str(email.header.make_header(email.header.decode_header(value))))
        for name, value in mail.items()
    ]
    addresses = [
        [
            (str(email.header.make_header(email.header.decode_header(name))), address)
            for name, address in email.utils.getaddresses(mail.get_all(field, []))
        ]
        for field in ("From", "To", "Cc", "Reply-To")
    ]
    date = email.utils.parsedate_tz(str(mail["Date"] or ""))
    parts = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and not part.get_filename():
            parts.append(content.decode(part.get_content_charset() or "utf-8", "replace"))
        else:
            parts.append((part.get_filename(), hashlib.sha256(content).hexdigest()))
    return headers, addresses, date, parts


def seconds(work: Callable[[], object], times: int) -> list[float]:
    """Give the seconds of CPU that each of `times` runs took, sorted; reading a mail waits for nothing."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return sorted(taken)


def medians(times: int) -> None:
    """Print the medians over ordinary mails of three sizes, both parsers in turn."""
    print("ordinary mails, median us a mail")
    print(
        f"{'bytes':>10} {'deskpost':>10} {'compat32 read':>14} {'compat32 decoded':>17} {'times faster':>13}"
    )
    for size in (4_096, 20_000, 200_000):
        raw = ordinary(size)
        rounds = max(20, times * 4_096 // size)
        own = statistics.median(seconds(lambda raw=raw: parse(raw), rounds))
        bare = statistics.median(seconds(lambda raw=raw: email.message_from_bytes(raw), rounds))
        whole = statistics.median(seconds(lambda raw=raw: standard_library(raw), rounds))
        row = (
            f"{len(raw):>10} {own * 1e6:>10.0f} {bare * 1e6:>14.0f} {whole * 1e6:>17.0f} {whole / own:>13.1f}"
        )
        print(row)


def corpora(times: int) -> None:
    """Print the median and the worst of the corpora."""
    files = [
        path
        for path in (ROOT / "tests" / "corpora").rglob("*")
        if path.is_file() and path.suffix not in (".json", ".md") and path.name != ".gitattributes"
    ]
    taken = []
    ratios = []
    for path in files:
        raw = path.read_bytes()
        best = seconds(lambda raw=raw: parse(raw), times)[0]
        taken.append((best, len(raw), path.name))
        try:
            ratios.append(seconds(lambda raw=raw: standard_library(raw), times)[0] / best)
        except Exception:  # the standard library raises for some of them, which is why there is an own parser
            continue
    print(
        f"\ncorpora: {len(taken)} mails, median {statistics.median(best for best, _, _ in taken) * 1e6:.0f} us"
    )
    print(f"  compat32 with decoding: {len(taken) - len(ratios)} raise; of the others a median of")
    print(f"  {statistics.median(ratios):.1f} times our time, at least {min(ratios):.1f}")
    worst = max(taken, key=lambda one: one[0] / max(one[1], SMALLEST))
    print(
        f"  worst: {_rate(worst[0], worst[1])} ms per MB ({worst[2]}, {worst[1]} bytes, {worst[0] * 1e3:.2f} ms)"
    )


def hostile(sizes: tuple[int, ...], times: int, mails: Mails = MAILS, called: str = "hostile mails") -> None:
    """Print the worst of the hostile mails at each size."""
    for size in sizes:
        taken = []
        for name, build in mails.items():
            raw = build(size)
            taken.append((seconds(lambda raw=raw: parse(raw), times)[0], len(raw), name))
        taken.sort(key=lambda one: -one[0] / one[1])
        print(f"\n{called} of {size} bytes ({len(taken)} kinds), worst ms per MB")
        for best, length, name in taken[:5]:
            print(f"  {_rate(best, length):>6}  {best * 1e3:>8.2f} ms  {name}")


def _rate(best: float, size: int) -> str:
    return f"{best * 1e3 / (max(size, SMALLEST) / 1e6):.1f}"


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="smaller mails, fewer runs")
    quick = arguments.parse_args().quick
    medians(200 if quick else 2_000)
    corpora(3 if quick else 7)
    hostile((1_000_000,) if quick else (200_000, 1_000_000, 10_000_000), 2 if quick else 3)
    sizes = (200_000,) if quick else (4_096, 20_000, 200_000, 1_000_000)
    hostile(sizes, 2 if quick else 3, WRAPPED, "hostile winmail.dat and S/MIME")


if __name__ == "__main__":
    main()
