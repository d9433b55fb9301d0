"""A mail that waits is to leave by a server chosen anew: its sender, and what its conversation says of that."""

from django.db.models import F, Func, Value

from deskpost.desk.conversations import Conversation
from deskpost.desk.people import fold
from deskpost.outbound.by_person import written_to
from deskpost.outbound.newmail import message_id
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.scopes import Sender


def leave_by(mail: OutboxMail, sender: Sender) -> None:
    """Let a mail that nobody is sending leave by this server. To be called with its row locked.

    It keeps its address where the server allows it. A person's mail else leaves from the address that was written
    to, as when it was written, and its conversation says so. A mail without a sender was never tried: its
    Message-ID gets the sender's domain. That of any other stays.
    """
    before = mail.message_id
    elsewhere = {"sent_from": ""} if mail.server_id != sender.server_id else {}
    told = Conversation.objects.filter(pk__in=[mail.conversation_id], message_id=before)
    own = told.first()  # a notification is not its conversation
    address = sender.written_as([mail.sender_address, *(written_to(own.record) if own else ())])
    after = before if mail.sender_address else message_id(mail.pk, address)
    OutboxMail.objects.filter(pk=mail.pk).update(
        server=sender.server_id,
        sender_name=sender.name,
        sender_address=address,
        reply_to=sender.address if fold(sender.address) != fold(address) else "",
        message_id=after,
        **elsewhere,
    )
    if own:
        told.update(from_name=sender.name, from_address=address, message_id=after)
        if after != before:
            _name_anew(mail, own.record_id, before, after)


def _name_anew(mail: OutboxMail, stands_at: int, before: str, after: str) -> None:
    """Let the mails of its record that were written since refer to a mail by its new Message-ID."""
    since = OutboxMail.objects.filter(record__in={mail.record_id, stands_at}, pk__gt=mail.pk, tries=0)
    waiting = since.filter(state__in=(OutboxMail.State.QUEUED, OutboxMail.State.HELD))
    waiting.filter(references__contains=[before]).update(
        references=Func(F("references"), Value(before), Value(after), function="array_replace")
    )
