"""Who is told by mail of attachments that were dropped: the sender, and the error-notification list.

The sender is told of what came into a request: never an automatic mail's, nor one's whose mail was there before
fetching began, nor one's who may be forged, as with the receipt. One switch is for both (global_config).
"""

from collections.abc import Iterable, Mapping, Sequence

from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.inbound.decided import SUBJECT_LENGTH, Written, writer_id
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.inbound.global_config import notices_are_sent
from deskpost.inbound.steps import authenticity
from deskpost.mime.file_checks import DroppedFile

TO_THE_LIST, TO_THE_SENDER = "attachment_dropped", "attachment_dropped_sender"
MOST_NAMES = 15  # of one mail
LONGEST_NAME = 100  # characters


def events_of(rows: Sequence[Written], others: Iterable[Event], public_url: str) -> list[Event]:
    """Give what is told of the files that were dropped; `others` are the events of the same mails."""
    hit = [row for row in rows if row.decided.case.dropped_files and row.conversation_id is not None]
    hit = [row for row in hit if not row.decided.case.old or row.decided.case.mailbox.receipts_for_old]
    if not hit or not notices_are_sent():
        return []
    about = {event.conversation_id: event.about for event in others if event.about}
    events: list[Event] = []
    for row in hit:
        text = words_of(row.decided.case.dropped_files or ())
        events.append(Event(TO_THE_LIST, text=text, details=_details(row, public_url)))
        if to_sender := _to_sender(row, about, text):
            events.append(to_sender)
    return events


def words_of(dropped: Sequence[DroppedFile]) -> str:
    """Name the files by their errors, each with its reason and what to do."""
    by_error: dict[str, list[DroppedFile]] = {}
    for file in dropped:
        by_error.setdefault(file.why, []).append(file)
    most = max(1, MOST_NAMES // (len(by_error) or 1))
    return "\n\n".join(_words_of_error(why, files, most) for why, files in by_error.items())


def _words_of_error(why: str, files: Sequence[DroppedFile], most: int) -> str:
    told = FILE_ERRORS[why]
    names = [f"- {_shown(file.name)}: {file.detail}" for file in files[:most]]
    if len(files) > most:
        names.append(f"- and {len(files) - most} more")
    return "\n".join([told.error, *names, f"Reason: {told.reason}", f"Solution: {told.solution}"])


def _to_sender(row: Written, about: Mapping[int | None, RecordFacts | None], text: str) -> Event | None:
    case, writer = row.decided.case, row.decided.case.writer
    record = about.get(row.conversation_id)
    if case.automatic is not None or authenticity.failed(case) or not writer.address or record is None:
        return None
    name = writer.person_name or writer.name or writer.address
    sender = PersonFacts(writer_id(row) or 0, name, writer.address)
    return Event(TO_THE_SENDER, record, sender, text, row.conversation_id)


def _details(row: Written, public_url: str) -> dict[str, str]:
    case = row.decided.case
    return {
        "mailbox": case.mailbox.name,
        "from": case.writer.address or "unknown",
        "mail_subject": case.message.subject[:SUBJECT_LENGTH],
        "mail": str(case.mail_id),
        "link": f"{public_url}/trace/{case.mail_id}/" if public_url else "",
    }


def _shown(name: str) -> str:
    """Give a name that leads nowhere and fits into a line: what strangers write goes out under our name."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in name[: LONGEST_NAME + 1])
    return plain.replace("://", ": //")[:LONGEST_NAME] + ("..." if len(name) > LONGEST_NAME else "")
