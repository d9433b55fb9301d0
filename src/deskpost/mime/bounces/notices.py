"""Reports as JSON in the text of a mail: Amazon SES over SNS (its page "Amazon SNS notification contents")."""

import json
from typing import Any

from deskpost.mime import charset, words
from deskpost.mime.bounces import addresses, delivery_status
from deskpost.mime.bounces.delivery_status import Group
from deskpost.mime.bounces.report import Original

_READ = 262_144  # characters
_ACTIONS = {"Bounce": "failed", "Complaint": "complaint", "Delivery": "delivered", "DeliveryDelay": "delayed"}


def read(text: str) -> tuple[list[Group], Original] | None:
    """Give the recipients and the mail that a notice is about, None when the text is no notice.

    The groups hold the fields of RFC 3464 that the notice's own stand for.
    """
    text = text.lstrip()[:_READ]
    if not text.startswith("{"):
        return None
    notice = _decoded(text)
    if isinstance(notice.get("Message"), str) and notice.get("Type") == "Notification":
        notice = _decoded(notice["Message"])
    kind = notice.get("notificationType") or notice.get("eventType")
    action = _ACTIONS.get(kind) if isinstance(kind, str) else None
    if action is None:
        return None
    groups = _groups(notice, action)
    return (groups, _original(notice)) if groups else None


def _decoded(text: str) -> dict[str, Any]:
    """Decode an object; mail programs have broken its long lines inside of strings."""
    text = text.replace("\n ", "").replace("\n", "")
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _groups(notice: dict[str, Any], action: str) -> list[Group]:
    groups: list[Group] = []
    for name, listed in (
        ("bounce", "bouncedRecipients"),
        ("complaint", "complainedRecipients"),
        ("delivery", "recipients"),
        ("deliveryDelay", "delayedRecipients"),
    ):
        told = _object(notice.get(name))
        entries = told.get(listed)
        for entry in entries[: delivery_status.RECIPIENTS] if isinstance(entries, list) else []:
            each = {"emailAddress": entry} if isinstance(entry, str) else _object(entry)
            fields = {
                "final-recipient": _text(each.get("emailAddress")),
                "action": action,
                "status": _text(each.get("status")),
                "diagnostic-code": _text(each.get("diagnosticCode") or told.get("smtpResponse")),
            }
            if fields["final-recipient"]:
                groups.append(Group(fields))
    return groups


def _original(notice: dict[str, Any]) -> Original:
    mail = _object(notice.get("mail"))
    common = _object(mail.get("commonHeaders"))
    to = common.get("to") or mail.get("destination")
    identifier = _text(common.get("messageId")).strip("<> ")
    return Original(
        f"<{identifier}>" if identifier else None,
        tuple(filter(None, (addresses.of_field(_text(each)) for each in to[:100])))
        if isinstance(to, list)
        else (),
        _text(common.get("subject")),
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return (
        " ".join(words.printable(charset.without_nul(value[:4_000])).split())
        if isinstance(value, str)
        else ""
    )
