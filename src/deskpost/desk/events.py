"""The events table: what can happen that somebody is told of, and the values that tell it.

`desk` functions and `settle` return events; `outbound.notify` turns them into mails in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from deskpost.desk.reach import reaches
from deskpost.desk.sending_classes import SendingClass

Audience = Literal["requester", "alerted", "assignee", "technician", "error_list", "author"]


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: who is told, by default or not, in which class of the outbox, and in which words.

    Placeholders in `subject` and `text`: {number} {subject} {requester} {technician} {group} {status} {actor}
    {text} {link} {account}, and what the event's details name. `by_rule`: a notification rule switches it on and
    off; one that is not has a switch elsewhere. `by_person`: a person's words, sent on whole and with their files.
    `to_named`: the words for those whom the request names to be notified; "": they are not told.
    """

    name: str
    label: str
    audience: Audience
    subject: str
    text: str
    enabled: bool = True
    sending_class: SendingClass = SendingClass.NOTIFICATION
    by_rule: bool = True
    by_person: bool = False
    to_named: str = ""


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
            to_named="Hello,\n\n{number} was opened, and you are to be kept informed. "
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
            "record_assigned",
            "Task or other record assigned, to its owner",
            "assignee",
            "{subject}",
            "{number} ({account}) is now yours.\n\n{text}\n\n{link}\n",
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
            sending_class=SendingClass.PEOPLE,
            by_person=True,
        ),
        EventKind(
            "request_closed",
            "Request closed, to the requester",
            "requester",
            "{subject}",
            "Hello {requester},\n\n{number} is closed. Answer this mail when something is still open.\n\n{link}\n",
            to_named="Hello,\n\n{number}, of which you are kept informed, is closed. "
            "Answer this mail when something is still open.\n\n{link}\n",
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
        EventKind(
            "fetching_stopped",
            "Fetching stopped, to the error list",
            "error_list",
            "{mailbox} is not fetched any more",
            "Fetching of the mailbox {mailbox} has stopped.\n\nReason: {reason}\n\n"
            "Mail waits at its server and none is lost. You are told when it is fetched again.\n"
            "To do: {to_do}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "error_folder_full",
            "Error folder full, to the error list",
            "error_list",
            "{mailbox} is not fetched any more",
            "Fetching of the mailbox {mailbox} was stopped.\n\nReason: {reason}\n\n"
            "Mail waits at its server and none is lost.\nTo do: {to_do}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "sending_stopped",
            "Sending stopped, to the error list",
            "error_list",
            "{server} sends no mail any more",
            "The outgoing server of {server} sends no mail any more.\n\nReason: {reason}\n\n"
            "What it has to send waits and none is lost. You are told when it sends again.\n"
            "To do: {to_do}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "sending_regained",
            "Mail is sent again, to the error list",
            "error_list",
            "{server} sends mail again",
            "The outgoing server of {server} sends mail again: {why}. "
            "What waited there leaves now. Nothing is to be done.\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "attachment_dropped",
            "Attachment dropped, to the error list",
            "error_list",
            "Attachments dropped from a mail of {from}",
            "Attachments of a mail in {mailbox} were dropped. The rest of the mail was taken in, and the mail is kept "
            "whole.\n\nFrom: {from}\nSubject: {mail_subject}\n\n{text}\n\n"
            "To do: where such a file is wanted, take it in on the page of the mail (Mail trace, mail {mail}).\n\n"
            "{link}\n",
            by_rule=False,
        ),
        EventKind(
            "attachment_dropped_sender",
            "Attachment dropped, to the sender",
            "author",
            "{subject}",
            "Hello {actor},\n\nwe have your mail as {number}, but not these files of it:\n\n{text}\n\n"
            "Answer this mail with the files once they fit; keep the number in the subject.\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "command_done",
            "Email Command carried out, to its sender",
            "author",
            "Email Command: done",
            "Hello {actor},\n\nyour mail “{command_subject}” was carried out at {number}.\n\n{text}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "command_refused",
            "Email Command refused, to its sender",
            "author",
            "Email Command: not done",
            "Hello {actor},\n\nyour mail “{command_subject}” changed nothing.\n\n{text}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "connectivity_lost",
            "Mailbox cannot be reached, to the error list",
            "error_list",
            "{mailbox} cannot be reached",
            "The mailbox {mailbox} has not been fetched since {since}: {tries}.\n\n"
            "Reason: {reason}\n\nMail waits at its server and none is lost. It is tried again every {every}; "
            "you are told when it is reached.\nTo do: {to_do}\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "connectivity_regained",
            "Mailbox is reached again, to the error list",
            "error_list",
            "{mailbox} is reached again",
            "The mailbox {mailbox} is fetched again. It could not be reached for {away}, since {since}.\n\n"
            "Came in with this fetch: {came}. Nothing is to be done.\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "mailbox_silent",
            "Mailbox gets no mail, to the error list",
            "error_list",
            "{mailbox} gets no mail",
            "The mailbox {mailbox} is fetched, and no mail has come in for {hours} or more. {last} "
            "The last fetch was completed at {fetched}, without an error.\n\n"
            "Where mail is forwarded to this mailbox and the forwarding broke, nothing shows it but this.\n"
            "To do: send a mail to {addresses} from outside and see whether it arrives. If it does not, look where it "
            "went: the forwarding rule or the group that passes mail on, the MX record of its domain, filters and the "
            "folder of junk. You are told when mail comes again.\n\n{link}\n",
            by_rule=False,
        ),
        EventKind(
            "mailbox_heard",
            "Mailbox gets mail again, to the error list",
            "error_list",
            "{mailbox} gets mail again",
            "Mail comes into the mailbox {mailbox} again, the last at {came}. You were told at {since} that none did. "
            "Nothing is to be done.\n\n{link}\n",
            by_rule=False,
        ),
    )
}
RULES = tuple(name for name, kind in EVENTS.items() if kind.by_rule)
"""The events that notification rules switch."""
ERROR_LIST = "application_error"
"""The event whose rule holds the error-notification list, which others use under switches of their own."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as a notification needs it."""

    id: int
    name: str
    address: str
    site_id: int | None = None
    views: Sequence[Sequence[int | None]] = ()  # (account, site) of each grant of request.view; None: any

    def may_see(self, about: "RecordFacts") -> bool:
        """Tell whether a role of this person views requests where this one is."""
        site = about.requester.site_id if about.requester else None
        return any(reaches(account, of_site, about.account_id, site) for account, of_site in self.views)


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
    in_reply_to: str | None = None  # Message-ID of the requester's last mail, else of anybody's
    references: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()  # addresses that are told what its requester is


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
