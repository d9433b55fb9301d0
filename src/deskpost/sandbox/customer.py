"""What a customer's mail program does: writes a mail, keeps a copy, has it delivered into the desk's mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from deskpost.mime.compose import File
from deskpost.mime.message import Message
from deskpost.sandbox.cast import DESK, DESK_ADDRESSES, DESK_NAME, Player
from deskpost.sandbox.cloud_admin import NotTaken, cloud_admin
from deskpost.sandbox.outside import Outside
from deskpost.sandbox.post_office import Stored


class NotHandedOver(Exception):
    """The outside's mail server did not take a mail. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as a person writes it to an address of the desk; `answers` is the mail that it replies to."""

    subject: str
    text: str
    files: Sequence[File] = ()
    answers: Message | None = None
    to: str = DESK


def answer_to(message: Message, text: str, files: Sequence[File] = ()) -> Letter:
    """Give the letter that replies to a mail."""
    subject = message.subject if message.subject.lower().startswith("re:") else f"Re: {message.subject}"
    return Letter(subject, text, files, message, answered_at(message) or DESK)


def answered_at(message: Message) -> str | None:
    """Give the address of the desk at which a mail is answered, None where it is not from the desk."""
    named = (one.address.lower() for one in message.reply_to or message.from_)
    return next((address for address in named if address in DESK_ADDRESSES), None)


def write(author: Player, letter: Letter) -> bytes:
    """Give the mail's bytes, as a common mail program would make them."""
    mail = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    domain = author.address.rpartition("@")[2]
    mail["From"] = Address(_one_line(author.name), addr_spec=author.address)
    mail["To"] = Address(DESK_NAME, addr_spec=letter.to)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=domain)
    if letter.answers and letter.answers.message_id:
        mail["In-Reply-To"] = letter.answers.message_id
        mail["References"] = " ".join((*letter.answers.references[-20:], letter.answers.message_id))
    mail.set_content(letter.text.replace("\r\n", "\n"))
    for file in letter.files:
        main, _, sub = file.content_type.partition("/")
        if main in ("text", "message", "multipart") or not sub:
            main, sub = "application", "octet-stream"
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=_one_line(file.name))
    return mail.as_bytes()


def send(outside: Outside, address: str, content: bytes, to: str = DESK) -> Stored:
    """Have a mail delivered to the desk; give the copy under Sent. Raises NotHandedOver."""
    (stored,) = send_all(outside, [(address, content)], to)
    return stored


def send_all(outside: Outside, mails: Sequence[tuple[str, bytes]], to: str = DESK) -> list[Stored]:
    """Have mails (sender, bytes) delivered to the desk; give the copies under Sent. Raises NotHandedOver.

    A copy's time is when its mail was begun to be handed over.
    """
    copies: list[Stored] = []
    try:
        with cloud_admin(outside) as admin:
            for address, content in mails:
                outside.post.open_mailbox(address)
                begun = datetime.now(UTC)
                admin.deliver(to, content)
                copies.append(outside.post.put(address, content, "sent", begun))
    except NotTaken as refused:
        raise NotHandedOver(
            "The outside's mail server did not take the mail, so it was not sent. "
            f"It said: {refused.said} To do: send it again in a moment."
        ) from refused
    return copies


def _one_line(text: str) -> str:
    return " ".join(text.split())
