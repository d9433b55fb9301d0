"""What a customer's mail program does: writes a mail, keeps a copy, hands it to the outside's submission server."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from deskpost.mime.compose import File
from deskpost.mime.message import Message
from deskpost.sandbox.cast import DESK, DESK_NAME, Player
from deskpost.sandbox.outside import LOOPBACK, Outside
from deskpost.sandbox.post_office import Stored

_PATIENCE = 20.0  # seconds


class NotHandedOver(Exception):
    """The submission server did not take a mail. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as a person writes it; `answers` is the mail that it replies to."""

    subject: str
    text: str
    files: Sequence[File] = ()
    answers: Message | None = None


def answer_to(message: Message, text: str, files: Sequence[File] = ()) -> Letter:
    """Give the letter that replies to a mail."""
    subject = message.subject if message.subject.lower().startswith("re:") else f"Re: {message.subject}"
    return Letter(subject, text, files, message)


def write(author: Player, letter: Letter) -> bytes:
    """Give the mail's bytes, as a common mail program would make them."""
    mail = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    domain = author.address.rpartition("@")[2]
    mail["From"] = Address(_one_line(author.name), addr_spec=author.address)
    mail["To"] = Address(DESK_NAME, addr_spec=DESK)
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


def send(outside: Outside, address: str, content: bytes) -> Stored:
    """Hand mails to the submission server for the desk; give the copy under Sent. Raises NotHandedOver."""
    (stored,) = send_all(outside, [(address, content)])
    return stored


def send_all(outside: Outside, mails: Sequence[tuple[str, bytes]]) -> list[Stored]:
    """Hand mails (sender, bytes) over, on one connection; give the copies under Sent. Raises NotHandedOver.

    A copy's time is when its mail was begun to be handed over.
    """
    copies: list[Stored] = []
    try:
        with smtplib.SMTP(LOOPBACK, outside.servers().submission, "outside", _PATIENCE) as server:
            for address, content in mails:
                outside.post.open_mailbox(address)
                begun = datetime.now(UTC)
                options = ["SMTPUTF8"] if not address.isascii() else []
                server.sendmail(address, [DESK], content, mail_options=options)
                copies.append(outside.post.put(address, content, "sent", begun))
    except (smtplib.SMTPException, OSError) as refused:
        raise NotHandedOver(
            "The outside's mail server did not take the mail, so it was not sent. "
            f"It said: {_said(refused)}. To do: send it again in a moment."
        ) from refused
    return copies


def _said(refused: Exception) -> str:
    if isinstance(refused, smtplib.SMTPResponseException):
        return f"{refused.smtp_code} {refused.smtp_error.decode('utf-8', 'replace')}"  # type: ignore[union-attr]
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return "; ".join(
            f"{code} {words.decode('utf-8', 'replace')}" for code, words in refused.recipients.values()
        )
    return "nothing"


def _one_line(text: str) -> str:
    return " ".join(text.split())
