"""What every outgoing transport gives: mails handed over one after another, and what is known of those of before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self, runtime_checkable

from deskpost.transports.envelope import Delivery, Envelope

Place = Literal["sent", "outbox", "drafts"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail that lies in the sending mailbox: its id there, the folder, and what tells which mail it is.

    `message_id` is the one that it has there, which may not be the one that it was sent with. `recipients` are
    addresses in lower case, of To, Cc and Bcc. `at`: when it was made or sent.
    """

    id: str
    place: Place
    message_id: str
    subject: str
    recipients: frozenset[str]
    references: tuple[str, ...]
    at: datetime


class Sender(Protocol):
    """One way to send, connected while its `with` block lasts; used by one thread at a time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, envelope: Envelope) -> Delivery:
        """Hand over one mail. Raises members of TransportError; `met` tells whether it had been offered by then.

        A mail whose fate is open gives a Delivery that is `unknown`. After an error the next `send` connects anew.
        """

    @property
    def keeps_copies(self) -> bool:
        """Whether `copies` can tell what became of a mail: Graph and EWS can, SMTP cannot."""

    def copies(self, message_id: str, subject: str, since: datetime) -> Sequence[Copy]:
        """The mails in Sent Items, Outbox and Drafts with this Message-ID; where none has it, those of this subject.

        Of the latter only those made at or after `since`. Raises members of TransportError.
        """

    def body(self, copy: Copy) -> str | None:
        """The body of the mail as it lies there, HTML or text; None where it cannot be read: it is gone, or huge.

        Raises members of TransportError.
        """

    def content(self, copy: Copy) -> bytes:
        """The mail as it lies there; b"" where it is gone. Raises members of TransportError."""


@runtime_checkable
class StepSender(Sender, Protocol):
    """A Sender that can also make a draft first and send it then, so that its id tells what became of a mail: Graph."""

    def draft(self, envelope: Envelope, *, again: bool) -> str:
        """Make a draft, and give its id, which stays when it is sent; "" where no recipient can be written to.

        `again`: an earlier try may have left one, which is deleted. Raises what `send` raises.
        """

    def send_draft(self, id: str, envelope: Envelope) -> Delivery:
        """Send the draft of this mail; as `send`. `unknown` also where the draft is there no more."""

    def drafted(self, id: str) -> Copy | None:
        """What became of a draft: in "drafts" it was not sent, elsewhere it was; None where it is gone."""

    def discard(self, id: str) -> None:
        """Delete what is still a draft, if that is possible."""
