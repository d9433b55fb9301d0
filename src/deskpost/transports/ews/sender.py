"""EWS: sending by CreateItem, which sends and keeps a copy in Sent Items."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from deskpost.transports import ews_words, words
from deskpost.transports.envelope import Answer, Delivery, Envelope
from deskpost.transports.errors import (
    MessageDelayed,
    MessageRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.ews import copies, folders
from deskpost.transports.ews.letter import message_xml, sender_of
from deskpost.transports.ews.refusals import ABOUT_THE_SERVER
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message
from deskpost.transports.sender import Copy
from deskpost.transports.target import Target
from deskpost.transports.throttling import SENDING_LIMIT_WAIT, sending_limit_reached

_TOO_LARGE = (
    "ErrorMessageSizeExceeded",
    "ErrorAttachmentSizeLimitExceeded",
    "ErrorExceededMessageSize",
)
_SEND_AS = ("ErrorSendAsDenied", "ErrorSendOnBehalfOfDenied")
_FOR_GOOD = (
    "ErrorContentConversionFailed",
    "ErrorInvalidPropertySet",
    "ErrorInvalidRecipients",
    "ErrorMimeContentConversionFailed",
    "ErrorMimeContentInvalid",
    "ErrorMimeContentInvalidBase64String",
    "ErrorMissingRecipients",
    "ErrorPropertyValidationFailure",
)


def open_ews_sender(target: Target) -> "EwsSender":
    """A way to send; it signs in when the `with` block is entered."""
    return EwsSender(target)


class EwsSender:
    """A Sender over EWS. Mails leave from the mailbox that the target opens, and their copies stay there."""

    keeps_copies = True

    def __init__(self, target: Target) -> None:
        """Raises AddressRefused, LoginRefused."""
        self._session = Session(target)
        self._known = target.known
        self._takes_ids = True

    def __enter__(self) -> Self:
        if self._known:
            return self
        try:
            folders.well_known(self._session, "sentitems")
        except BaseException:
            self._session.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def send(self, envelope: Envelope) -> Delivery:
        """Send one mail and keep its copy. Its Message-ID is told beside it where Exchange takes that.

        Raises what is about the server, MessageRefused for good and MessageDelayed for now. When the connection
        breaks, or the answer is none, after all was handed over, the Delivery is `unknown`.
        """
        taken = Answer(200, "NoError")
        recipients = dict.fromkeys(envelope.recipients, taken)
        try:
            message = self._created(envelope)
        except (ServerUnreachable, ProtocolViolated) as error:
            if error.answer is None and error.met == "mail":
                place = self._session.place
                return Delivery(recipients, None, True, ews_words.fate_unknown(place), place)
            if error.answer is not None:
                error.met = "mail"  # the server said so to this request: it may be about this mail alone
            raise
        if not message.fine:
            raise self._refusal(message, envelope)
        return Delivery(recipients, taken, place=self._session.place)

    def copies(self, message_id: str, subject: str, since: datetime) -> Sequence[Copy]:
        """The mails in Sent Items, Outbox and Drafts with this Message-ID; where none has it, those of this subject.

        Of the latter only those made at or after `since`, by Exchange's clock.
        """
        found = copies.of_message_id(self._session, message_id)
        return found or copies.of_subject(self._session, subject, since)

    def body(self, copy: Copy) -> str | None:
        """The body of the mail, without its files; None where it is gone, or huge."""
        return copies.body(self._session, copy)

    def content(self, copy: Copy) -> bytes:
        """The mail as Exchange gives it back in MIME; b"" where it is gone."""
        return copies.content(self._session, copy)

    def _created(self, envelope: Envelope) -> Message:
        """Create and send; once more without the Message-ID beside it where Exchange does not let that be set."""
        if self._takes_ids:
            message = self._asked(envelope, with_id=True)
            if message.code != "ErrorInvalidPropertySet":
                return message
            self._takes_ids = False
        return self._asked(envelope, with_id=False)

    def _asked(self, envelope: Envelope, *, with_id: bool) -> Message:
        session = self._session
        copy_to = f"<m:SavedItemFolderId>{folders.distinguished(session, 'sentitems')}</m:SavedItemFolderId>"
        mail = message_xml(envelope, session.mailbox, with_id=with_id)
        messages = session.ask(
            f'<m:CreateItem MessageDisposition="SendAndSaveCopy">{copy_to}<m:Items>{mail}</m:Items></m:CreateItem>'
        )
        if len(messages) != 1:
            raise session.unreadable("no answer to the mail")
        return messages[0]

    def _refusal(self, message: Message, envelope: Envelope) -> TransportError:
        """Give what it means that Exchange refuses a mail. What nobody knows here is tried again."""
        session, code = self._session, message.code
        said = session.said(message)
        if sending_limit_reached(said):
            sentence = words.sending_limit(session.place, said)
            return Throttled(sentence, retry_after=SENDING_LIMIT_WAIT, answer=said)
        if code in ABOUT_THE_SERVER:
            return session.error(message)
        if code in _SEND_AS:
            sentence = ews_words.send_as_denied(session.place, sender_of(envelope), said)
            return MessageRefused(550, sentence, answer=said)
        if code in _TOO_LARGE:
            return MessageRefused(552, ews_words.mail_too_large(session.place, said), answer=said)
        if code in _FOR_GOOD:
            return MessageRefused(554, ews_words.mail_not_taken(session.place, said), answer=said)
        if code == "ErrorQuotaExceeded":
            sentence = ews_words.quota_exceeded(session.place, session.mailbox, said)
            return MessageDelayed(452, sentence, answer=said)
        return MessageDelayed(451, ews_words.mail_put_off(session.place, said), answer=said)
