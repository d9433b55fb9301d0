"""What is kept of an error: why in clear, without a word of the mail; header, exception and trace to be encrypted."""

import re
from collections.abc import Sequence

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Line

NOT_GIVEN = "Its server has the mail and would not give it"
TOO_LARGE = "Larger than the mailbox takes"
LONGEST_HEADER = 65_536  # bytes
_HEADER_END = re.compile(rb"\r?\n\r?\n")


def why(case: Case, step: str) -> str:
    """Give the reason by which error mails are grouped."""
    if case.refusal:
        return NOT_GIVEN
    if case.truncated:
        return f"{TOO_LARGE}: over {case.mailbox.max_size_mb} MB"
    what = f"The step {step} failed" if step != "written" else "What it became could not be written"
    return f"{what}: {case.fault.name}" if case.fault else what


def text(case: Case, lines: Sequence[Line], reason: str) -> str:
    """Give the details as a person reads them, in a file of their own."""
    steps = "\n".join(f"{one.step}: {one.verdict} ({one.ms} ms) {one.reason}".rstrip() for one in lines)
    parts = [
        f"Mail {case.mail_id} of the mailbox {case.mailbox.name}\nReceived: {case.received_at.isoformat()}\n"
        f"Size: {case.size} bytes\nReason: {reason}",
        f"Its way:\n{steps}",
        f"Exception:\n{case.fault.story if case.fault else 'none'}",
        f"Header:\n{_header(case.raw)}",
    ]
    return "\n\n".join(parts).replace("\r\n", "\n").replace("\0", "?") + "\n"


def _header(raw: bytes) -> str:
    end = _HEADER_END.search(raw, 0, LONGEST_HEADER)
    return raw[: end.start() if end else LONGEST_HEADER].decode("utf-8", "replace")
