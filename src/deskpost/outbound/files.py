"""The files that go out with a mail, and their bytes."""

from collections.abc import Mapping

from deskpost import raw_store
from deskpost.desk.attachments import Attachment
from deskpost.mime.compose import File
from deskpost.mime.parse import attachment_content
from deskpost.outbound.outbox import OutboxFile


def take_along(conversations: Mapping[int, int]) -> None:
    """Let mails of the outbox have the files of a conversation each: by the mail's id, the conversation's."""
    if not conversations:
        return
    kept = Attachment.objects.filter(conversation__in=conversations.values()).order_by("pk")
    of: dict[int, list[int]] = {}
    for id, conversation_id in kept.values_list("pk", "conversation_id"):
        of.setdefault(conversation_id, []).append(id)
    OutboxFile.objects.bulk_create(
        OutboxFile(mail_id=mail_id, attachment_id=id)
        for mail_id, conversation_id in conversations.items()
        for id in of.get(conversation_id, ())
    )


def content_of(attachment: Attachment) -> bytes:
    """Give an attachment's bytes: those uploaded, or decoded out of the mail that it came with."""
    if attachment.content is not None:
        return bytes(attachment.content)
    assert attachment.mail_id is not None and attachment.part is not None  # a constraint says so
    return attachment_content(raw_store.load([attachment.mail_id])[attachment.mail_id], attachment.part)


def files_of(mail_id: int) -> tuple[File, ...]:
    """Give the files of a mail of the outbox, in their order, to be composed into it."""
    rows = Attachment.objects.filter(outgoing__mail_id=mail_id).order_by("outgoing__id")
    return tuple(
        File(
            name=row.name,
            content_type=row.content_type,
            content=content_of(row),
            content_id=row.content_id if row.inline else None,
        )
        for row in rows
    )
