"""What a batch of mails says of addresses: reports of mails that were not delivered, and who wrote and so is alive."""

from collections.abc import Iterator, Sequence

from deskpost.inbound.decided import SUBJECT_LENGTH, Decided, Written
from deskpost.outbound.bounced import Told


def reports_of(batch: Sequence[Decided]) -> list[Told]:
    """Give what the delivery reports among these mails say of our own."""
    return [
        Told(
            mail_id=report.mail_id,
            report_id=decided.case.mail_id,
            place=_author(decided),
            words=report.words,
            unreached=report.unreached,
            unnamed=report.unnamed,
        )
        for decided in batch
        if (report := decided.case.report) is not None
    ]


def senders_of(rows: Sequence[Written]) -> Iterator[tuple[int, str]]:
    """Give account and folded address of those whose mail opened or joined a request and was written by a person."""
    for row in rows:
        case = row.decided.case
        if row.conversation_id is None or row.account_id is None or case.automatic is not None:
            continue
        if case.writer.key:
            account_id = case.forwarded_by.account_id if case.forwarded_by else row.account_id
            yield account_id, case.writer.key


def _author(decided: Decided) -> str:
    authors = decided.case.message.from_
    return authors[0].address[:SUBJECT_LENGTH] if authors else "unknown"
