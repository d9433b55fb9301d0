"""The header of a mail as Graph tells it in JSON, written as a header again."""

from typing import Any

_LIMIT = 64 * 1024
_LINE_ENDS = str.maketrans("\r\n\0", "   ")


def header_of(message: dict[str, Any]) -> bytes:
    """Give the header fields of a message; of a draft, which has none, those that its properties tell.

    https://learn.microsoft.com/en-us/graph/api/resources/internetmessageheader
    """
    given = message.get("internetMessageHeaders")
    pairs = [
        (str(one.get("name", "")), str(one.get("value", "")))
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict)
    ]
    lines, size = [], 0
    for name, value in pairs or _told(message):
        line = f"{name.translate(_LINE_ENDS).strip()}: {value.translate(_LINE_ENDS).strip()}\r\n".encode(
            "utf-8", "replace"
        )
        size += len(line)
        if size > _LIMIT:
            break
        lines.append(line)
    return b"".join(lines) + b"\r\n"


def _told(message: dict[str, Any]) -> list[tuple[str, str]]:
    sender = message.get("from")
    person = sender.get("emailAddress") if isinstance(sender, dict) else None
    address = str(person.get("address") or "") if isinstance(person, dict) else ""
    fields = {
        "Message-ID": message.get("internetMessageId"),
        "From": f"<{address}>" if address else "",
        "Subject": message.get("subject"),
    }
    return [(name, str(value)) for name, value in fields.items() if value]
