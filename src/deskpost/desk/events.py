"""The events table: what can happen that somebody is told of, and the values that tell it.

`desk` functions and `settle` return events; `outbound.notify` turns them into mails in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Audience = Literal["requester", "alerted", "assignee", "technician", "error_list", "author"]


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: who is told, by default or not, in which class of the outbox, and in which words.

    Placeholders in `subject` and `text`: {number} {subject} {requester} {technician} {group} {status} {actor}
    {text} {link} {account}, and what the event's details name.
    """

    name: str
    label: str
    audience: Audience
    subject: str
    text: str
    enabled: bool = True
    sending_class: int = 3


EVENTS: dict[str, EventKind] = {
    kind.name: kind
    for kind in (
        EventKind(
            "request_received",
            "Request received, to the requester",
            "requester",
            "{subject}",
            "Hello {requester},\n\nwe have your mail and made it request {number}. "
            "Answer this mail to add to it; keep the number in the subject.\n\n{link}\n",
        ),
        EventKind(
            "request_created",
            "Request created, to the technicians to alert",
            "alerted",
            "{subject}",
            "{requester} ({account}) opened {number}:\n\n{text}\n\n{link}\n",
        ),
        EventKind(
            "request_assigned",
            "Request assigned, to the technician or the group",
            "assignee",
            "{subject}",
            "{number} of {requester} ({account}) is now yours.\n\n{text}\n\n{link}\n",
        ),
        EventKind(
            "reply_from_requester",
            "Reply from the requester, to the technician",
            "technician",
            "{subject}",
            "{actor} answered {number}:\n\n{text}\n\n{link}\n",
        ),
        EventKind(
            "reply_from_technician",
            "Reply from a technician by mail, to the requester",
            "requester",
            "{subject}",
            "{actor} answered {number}:\n\n{text}\n\n{link}\n",
        ),
        EventKind(
            "request_closed",
            "Request closed, to the requester",
            "requester",
            "{subject}",
            "Hello {requester},\n\n{number} is closed. Answer this mail when something is still open.\n\n{link}\n",
        ),
        EventKind(
            "outgoing_failed",
            "Reply or forward not delivered, to its author",
            "author",
            "Not delivered: {mail_subject}",
            "Your mail about {number} could not be delivered to:\n\n{text}\n\n"
            "To do: correct the address or ask its owner, then send the mail again.\n\n{link}\n",
        ),
        EventKind(
            "application_error",
            "Send e-mail when an application error occurs",
            "error_list",
            "Deskpost could not process a mail in {mailbox}",
            "A mail in the mailbox {mailbox} could not be processed.\n\nFrom: {from}\nSubject: {mail_subject}\n"
            "Reason: {reason}\n\nThe mail is kept. Other mails are not held up.\n"
            "To do: look at it with: deskpost trace '{message_id}'\n",
            enabled=False,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as a notification needs it."""

    id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A record as a notification needs it."""

    id: int
    module: str
    number: int
    account_id: int
    account: str
    instance_id: int
    subject: str
    status: str
    requester: PersonFacts | None
    technician: PersonFacts | None
    group_id: int | None
    group: str = ""
    in_reply_to: str | None = None  # Message-ID of the customer's last mail
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Nobody is told of what they did themselves, the receipt excepted."""

    kind: str
    about: RecordFacts | None = None
    actor: PersonFacts | None = None
    text: str = ""
    conversation_id: int | None = None
    caused_by_automatic_mail: bool = False  # its sender gets no automatic answer
    details: Mapping[str, str] = field(default_factory=dict)
