"""Error mails as requests, where their mailbox says so: each with the raw source, in the transaction of settle."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.desk.events import Event
from deskpost.desk.requests import Upload, open_unasked
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.decided import Written
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.rows import Begun, write_details
from deskpost.mime import absence, automatic
from deskpost.mime.message import Message

MOST_PER_HOUR = 5  # of one mailbox: whatever answers the notices of these requests is no endless loop
_SUBJECT = "Mail {id} of {mailbox} could not be processed"
_TEXT = (
    "A mail to the mailbox {mailbox} became an error mail: {why}. {source}\n\n"
    "To do: read what it asks for and answer its sender; its page in the mail trace (mail {id}) shows its way. "
    "Processed again once the cause is mended, it becomes what it would have been, beside this request."
)
_ATTACHED = "It is attached as it came; open it in a mail program."
_HEADER = "Only its header is here, and is attached; the mail is still at its server."
_LARGEST = 50_000_000  # bytes
_LARGE = "It is too large to be attached; its page in the mail trace has it."
_NOTHING = "Its server did not give it, so nothing is attached."
_NOBODYS = (
    "Of which account it is could not be told, so nothing is attached; its page in the mail trace has it."
)


def open_for(rows: Sequence[Written]) -> list[Event]:
    """Open what error mails of one mailbox are to open, once for each, and give the events. After they are written.

    Nothing of the mail stands in its words, as in the reasons of error mails: its sender and subject are in its source.
    """
    errors = [row.decided.case for row in rows if row.decided.outcome.kind == "error"]
    cases = {case.mail_id: case for case in errors if _may_open(case)}
    if not cases:
        return []
    lately = timezone.now() - timedelta(hours=1)
    mailbox = next(iter(cases.values())).mailbox
    opened = ErrorMail.objects.filter(mailbox=mailbox.id, request__created_at__gt=lately).count()
    waiting = ErrorMail.objects.filter(pk__in=cases, request=None).defer("details").order_by("pk")
    return [
        event
        for error in waiting[: max(0, MOST_PER_HOUR - opened)]
        for event in _open(error, cases[error.pk])
    ]


def _may_open(case: Case) -> bool:
    """Tell whether a mail may open a request. Automatic mail may answer what is sent of it, and so for ever."""
    if not case.mailbox.error_request or case.mailbox.new_requests_disabled:
        return False
    message: Message | None = getattr(
        case, "message", None
    )  # of one that could not be read the limit is enough
    if message is None:
        return True
    found = automatic.recognise(message)
    return (found is None or found.kind == "list") and not absence.is_note(message.subject, doubtful=False)


def _open(error: ErrorMail, case: Case) -> list[Event]:
    mailbox, account = Mailbox.every.get(pk=error.mailbox_id), _account(case)
    source, files = _source(case) if account else (_NOBODYS, ())
    told = {"id": case.mail_id, "mailbox": mailbox.name, "why": error.why, "source": source}
    record, events = open_unasked(
        instance=mailbox.instance,
        account=account or Account.objects.get(default=True),
        subject=_SUBJECT.format(**told),
        text=_TEXT.format(**told),
        priority=mailbox.default_priority,
        group=mailbox.default_group,
        files=files,
    )
    write_details([Begun(record.pk, record.account_id, case.mailbox)])
    ErrorMail.objects.filter(pk=error.pk).update(request=record)
    return events


def _account(case: Case) -> Account | None:
    """Give the account of the mail, else of its mailbox; None where it may be any account's: not all may read it."""
    sender: Sender | None = getattr(case, "sender", None)
    told = sender.account_id if sender and not sender.ambiguous else case.mailbox.account_id
    return Account.objects.filter(pk=told, deleted_at=None).first() if told else None


def _source(case: Case) -> tuple[str, Sequence[Upload]]:
    """Give the source as a file of its own, and say what it is.

    An account names a mail only where the mail is one of its requests.
    """
    raw = case.raw
    if not raw or len(raw) > _LARGEST:
        return _LARGE if raw else _NOTHING, ()
    file = Upload(f"mail-{case.mail_id}.eml", "message/rfc822", raw, hashlib.sha256(raw).hexdigest())
    return _HEADER if case.truncated else _ATTACHED, (file,)
