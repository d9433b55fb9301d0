"""What is handed to a sending server and what it says to it."""

from dataclasses import dataclass

from deskpost.transports import words
from deskpost.transports.errors import MessageDelayed, MessageRefused


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail on its way out; these recipients get it, whatever its header says. `sender` may be empty.

    `by_fields`: where a mail can also be handed over field by field (Graph), it is to go that way.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    smtputf8: bool = False
    by_fields: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server: its code and its own words. RFC 5321 section 4.2."""

    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """The server took it."""
        return 200 <= self.code < 300

    @property
    def transient(self) -> bool:
        """Refused for now: worth another try later."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """Refused for good."""
        return self.code >= 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail.

    `recipients` holds an answer for each; those accepted were reached only if `data`, the answer to the
    final dot, is accepted too. `unknown`: the connection broke after the final dot and before its answer, so
    the mail may have been taken; `words` tells that to people. `data` is None when never asked, or unknown.
    """

    recipients: dict[str, Answer]
    data: Answer | None
    unknown: bool = False
    words: str = ""
    place: str = ""  # host:port of the server that answered

    def answer_for(self, recipient: str) -> Answer | None:
        """What finally counts for this recipient; None when the fate of the mail is unknown."""
        first = self.recipients[recipient]
        return self.data if first.accepted else first

    def error_for(self, recipient: str) -> MessageRefused | MessageDelayed | None:
        """What people are told when this recipient did not get the mail; None when it was taken, or unknown."""
        answer = self.answer_for(recipient)
        if answer is None or answer.accepted:
            return None
        said = f"{answer.code} {answer.text}".strip()
        shown = words.readable(recipient.encode("utf-8", "replace"))
        if answer.transient:
            return MessageDelayed(answer.code, words.mail_delayed(self.place, shown, said), answer=said)
        return MessageRefused(answer.code, words.mail_refused(self.place, shown, said), answer=said)
