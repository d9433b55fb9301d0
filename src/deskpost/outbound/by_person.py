"""Replies and forwards that people write: out by the outbox like everything else, before all notifications."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from deskpost.desk.answering import answered_mail
from deskpost.desk.conversations import Conversation
from deskpost.desk.facts import record_facts
from deskpost.desk.people import Person, fold
from deskpost.desk.records import Record
from deskpost.outbound import files
from deskpost.outbound.newmail import NewMail, Recipients, write
from deskpost.outbound.notify import no_server, references
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rulebook import load_rulebook
from deskpost.outbound.wording import one_line, whole, with_delimiter

Pairs = Iterable[Sequence[str]]  # (name, address)

_NOBODY = (
    "This mail has no recipient: the addresses named are the desk's own, and the desk does not write to itself. "
    "To do: name somebody else under To."
)


class NobodyToWriteTo(Exception):
    """No recipient is left once the desk's own addresses are taken out."""


@transaction.atomic
def send_by_person(
    *,
    conversation: Conversation,
    author: Person,
    to: Pairs,
    cc: Pairs = (),
    subject: str,
    mode: str,
    own_addresses: frozenset[str] = frozenset(),
) -> OutboxMail:
    """Put a person's conversation into the outbox as one mail with its To and Cc, and give the row.

    `mode` is reply, reply_all or forward. `own_addresses` are those of the mailboxes; they and the addresses that
    the desk writes as are never recipients, and nobody is one twice. The conversation gets what was really sent:
    Message-ID, sender, recipients, subject. Raises NobodyToWriteTo.
    """
    rules = load_rulebook(own_addresses)
    about = record_facts([conversation.record_id])[conversation.record_id]
    seen = set(rules.desk_addresses)
    to_pairs, cc_pairs = _without(to, seen), _without(cc, seen)
    if not to_pairs and not cc_pairs:
        raise NobodyToWriteTo(_NOBODY)
    sender = rules.senders.choose(about.account_id, about.instance_id)
    written_as = sender.written_as(written_to(conversation.record)) if sender else ""
    (mail_id,) = write(
        [
            NewMail(
                server_id=sender.server_id if sender else None,
                account_id=about.account_id,
                record_id=about.id,
                conversation_id=conversation.pk,
                event="forward" if mode == "forward" else "reply",
                sending_class=OutboxMail.Class.PEOPLE,
                state=OutboxMail.State.QUEUED if sender else OutboxMail.State.HELD,
                author_id=author.pk,
                sender_name=sender.name if sender else "",
                sender_address=written_as,
                reply_to=sender.address if sender and fold(sender.address) != fold(written_as) else "",
                to=to_pairs,
                cc=cc_pairs,
                subject=with_delimiter(subject, rules.delimiter(about.module, about.number)),
                text=whole(conversation.text),
                in_reply_to=about.in_reply_to,
                references=references(about),
                automatic=False,
                answers=None,
                reason="" if sender else no_server(about),
            )
        ]
    )
    mail = OutboxMail.objects.get(pk=mail_id)
    files.take_along({mail.pk: conversation.pk})
    _note_on(conversation, mail)
    return mail


def _without(pairs: Pairs, seen: set[str]) -> Recipients:
    """Give the recipients that are new, and remember them as seen."""
    kept: Recipients = []
    for name, address in pairs:
        key = fold(address)
        if key and key not in seen:
            seen.add(key)
            kept.append([one_line(name), one_line(address)])
    return kept


def written_to(record: Record) -> list[str]:
    """Give the addresses that the mail was written to which an answer is to."""
    last = answered_mail(Conversation.objects.all(), record)
    return [address for _, address in (*last.to, *last.cc)] if last else []


def _note_on(conversation: Conversation, mail: OutboxMail) -> None:
    conversation.message_id = mail.message_id
    conversation.from_name, conversation.from_address = mail.sender_name, mail.sender_address
    conversation.to, conversation.cc, conversation.subject = mail.to, mail.cc, mail.subject
    conversation.save(update_fields=["message_id", "from_name", "from_address", "to", "cc", "subject"])
