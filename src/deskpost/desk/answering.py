"""Which mail of a request an answer is to."""

from django.db.models import QuerySet

from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record


def answered_mail(mails: "QuerySet[Conversation]", record: Record) -> Conversation | None:
    """Give the mail that a person's answer is to: the requester's newest, else that of anybody but technicians.

    It is quoted and forwarded, and the answer goes to who wrote it and leaves from the address that it was written to.
    Never one of an out-of-office reply and its like. `mails`: those that may be seen.
    """
    came = mails.filter(record=record, direction=Conversation.Direction.IN, automatic=False).order_by(
        "-at", "-pk"
    )
    own = came.filter(author=record.requester_id).first() if record.requester_id else None
    return own or came.exclude(author__technician=True).first()
