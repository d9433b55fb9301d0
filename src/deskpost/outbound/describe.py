"""Outgoing mails as the command line and REST tell them: the JSON of contract outbox.schema."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from deskpost.desk import delimiters
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail

_AT_ONCE = 500


def outbox_json(last: int | None = None) -> Iterator[dict[str, Any]]:
    """Give outgoing mails, the newest first, reading a few hundred at a time."""
    codes = delimiters.current()
    mails = OutboxMail.objects.select_related("server", "record", "conversation__record").order_by("-pk")[
        :last
    ]
    rows = mails.iterator(chunk_size=_AT_ONCE)
    while chunk := list(islice(rows, _AT_ONCE)):
        attempts: dict[int, list[dict[str, str]]] = {}
        for one in OutboxAttempt.objects.filter(mail__in=[mail.pk for mail in chunk]).order_by("at", "pk"):
            told = {"at": one.at.isoformat(), "server": one.server, "result": one.result}
            attempts.setdefault(one.mail_id, []).append(told)
        for mail in chunk:
            yield _mail_json(mail, attempts.get(mail.pk, []), codes)


def _mail_json(mail: OutboxMail, attempts: list[dict[str, str]], codes: dict[str, str]) -> dict[str, Any]:
    record = mail.stands_at
    return {
        "message_id": mail.message_id,
        "server": mail.server.name if mail.server else None,
        "class": mail.sending_class,
        "state": mail.state,
        "to": _addresses(mail.to),
        "cc": _addresses(mail.cc),
        "bcc": _addresses(mail.bcc),
        "recipients": [
            {"address": address, "state": fate["state"], "answer": fate["answer"]}
            for address, fate in mail.recipients.items()
        ],
        "subject": mail.subject,
        "event": mail.event,
        "record": f"{codes[record.module]}-{record.number}" if record else None,
        "reason": mail.reason or None,
        "attempts": attempts,
    }


def _addresses(pairs: list[list[str]]) -> list[str]:
    return [address for _, address in pairs]
