"""Feedback reports: a recipient called a mail of ours unwanted, or a check of it failed (RFC 5965, RFC 6591)."""

import re

from deskpost.mime import words
from deskpost.mime.bounces import addresses
from deskpost.mime.bounces.report import SAID, Original, Reason, Recipient

_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,60})[ \t]*:[ \t]*([^\n]*)$", re.MULTILINE)
_RECIPIENTS = 100
_FIELDS = 1_000


def recipients(text: str, original: Original) -> tuple[Recipient, ...]:
    """Give those who complained; where the report hides them, those that the mail was addressed to."""
    fields: dict[str, list[str]] = {}
    for count, found in enumerate(_FIELD.finditer(text)):
        if count >= _FIELDS:
            break
        fields.setdefault(found[1].lower(), []).append(found[2].strip())
    kind = " ".join(fields.get("feedback-type", ["abuse"])[0].lower().split())[:60]
    reason: Reason = "authfailure" if kind == "auth-failure" else "feedback"
    agent = fields.get("user-agent", [""])[0]
    said = words.printable(f"{kind}, reported by {agent}" if agent else kind)[:SAID]
    named = [
        addresses.of_field(value)
        for name in ("original-rcpt-to", "removal-recipient")
        for value in fields.get(name, [])[:_RECIPIENTS]
    ]
    whom = tuple(dict.fromkeys(filter(None, named))) or original.to or ("",)
    return tuple(Recipient(address, "complaint", "", "", reason, None, said) for address in whom)
