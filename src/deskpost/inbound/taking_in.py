"""A dropped file taken in by a person: an attachment of the conversation from then on, as any other.

The check of extensions holds all the same, as it is set now: what is denied is taken in by nobody.
"""

from django.db import transaction
from django.utils import timezone

from deskpost import raw_store
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import LOOK_AGAIN
from deskpost.desk.people import Person
from deskpost.inbound import attachment_settings
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.messages import MailAct, MailOutcome
from deskpost.inbound.reprocess import NotDone, note
from deskpost.mime.file_checks import FileRules, is_denied
from deskpost.mime.file_labels import extension_of
from deskpost.mime.parse import parse


def declined(file: DroppedFile, outcome: MailOutcome, rules: FileRules) -> str:
    """Say why a file cannot be taken in; "" when it can."""
    if outcome.conversation_id is None:
        return (
            "The mail is in no request. To do: move it to one, or make it a request of its own; what was dropped "
            "is then judged again."
        )
    if is_denied(file.name, rules):
        extension = extension_of(file.name)
        return (
            f"{f'.{extension[:20]}' if extension else 'A name without extension'} is not allowed, so nobody takes it "
            "in. To do: allow it under Admin > General Settings > Attachment Settings, if it should come in."
        )
    return ""


@transaction.atomic
def take_in(mail_id: int, part: str, actor: Person) -> str:
    """Make a dropped file an attachment, with an entry in the request's history; give its name. Raises NotDone."""
    file, outcome = _held(mail_id, part)
    if words := declined(file, outcome, attachment_settings.rules_of(attachment_settings.load())):
        raise NotDone(words)
    conversation = Conversation.objects.only("record_id", "account_id").get(pk=outcome.conversation_id or 0)
    _write_attachment(file, conversation)
    at = timezone.now()
    file.taken_in_by, file.taken_in_at = actor, at
    file.save(update_fields=["taken_in_by", "taken_in_at"])
    HistoryEntry.objects.create(
        record_id=conversation.record_id,
        account_id=conversation.account_id,
        at=at,
        person=actor,
        by=actor.sign_in_name or actor.name,
        via=HistoryEntry.Via.PAGE,
        changes=[["Attachment", None, file.name]],
        mail_id=mail_id,
    )
    note(outcome.mail, actor, MailAct.Kind.FILE, before={"name": file.name, "why": file.why})
    return file.name


def _held(mail_id: int, part: str) -> tuple[DroppedFile, MailOutcome]:
    """Lock the mail's outcome, as those do who move it, and the file; tell who was faster."""
    outcomes = MailOutcome.objects.select_for_update(of=("self",)).select_related("mail")
    outcome = outcomes.filter(pk=mail_id).first()
    files = DroppedFile.objects.select_for_update(of=("self",)).select_related("taken_in_by")
    file = files.filter(mail=mail_id, part=part).first()
    if outcome is None or file is None:
        raise NotDone(f"This mail was processed again meanwhile. {LOOK_AGAIN}")
    if file.taken_in_at is not None:
        who = file.taken_in_by.name if file.taken_in_by else "Somebody"
        raise NotDone(f"{who} took this file in already. {LOOK_AGAIN}")
    return file, outcome


def _write_attachment(file: DroppedFile, conversation: Conversation) -> None:
    message = parse(raw_store.load([file.mail_id])[file.mail_id])
    found = next((one for one in message.attachments if one.part == file.part), None)
    if found is None:
        raise NotDone(
            "The raw mail has no such part any more. To do: open its raw source, and ask the sender for the file."
        )
    Attachment.objects.create(
        conversation=conversation,
        account_id=conversation.account_id,
        name=found.name,
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        inline=found.inline,
        content_id=found.content_id,
        mail_id=file.mail_id,
        part=found.part,
    )
