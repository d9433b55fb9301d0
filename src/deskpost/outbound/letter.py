"""From a row of the outbox to the bytes on the wire: pure, so that every try sends the same mail."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from deskpost.mime.compose import Draft, File, compose, needs_smtputf8
from deskpost.mime.header_writing import address_text
from deskpost.mime.message import Address
from deskpost.mime.thread_index import thread_index
from deskpost.outbound.tokens import MARK, tokens, without_tokens
from deskpost.outbound.tries import Claimed
from deskpost.outbound.wording import as_html
from deskpost.transports.envelope import Envelope

_SMALL = 50_000  # characters of text and HTML
_MARK = '<p style="color: #888888; font-size: 11px">{mark}</p>\n'


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready for its next try: whom it goes to yet (as SMTP writes them -> as the row has them).

    The envelope is there when the mail is small; that of another is made when its turn comes, so that mails
    waiting for theirs fill no memory.
    """

    mail: Claimed
    addresses: dict[str, str]
    envelope: Envelope | None


def prepare(mails: Iterable[Claimed], loop_id: str, *, marked: bool = False) -> Iterator[Letter]:
    """Give mails ready to be sent. Many at once cost half of what each costs between two answers of a server.

    `marked`: see `draft`.
    """
    for mail in mails:
        addresses = recipients(mail)
        ready = None
        if not mail.has_files and len(mail.text) + len(mail.html or "") < _SMALL:
            with suppress(Exception):  # whoever makes it when its turn comes hears of it
                ready = envelope(mail, tuple(addresses), loop_id, marked=marked)
        yield Letter(mail, addresses, ready)


def draft(mail: Claimed, loop_id: str, files: tuple[File, ...] = (), *, marked: bool = False) -> Draft:
    """Give what is said. A mail without HTML gets it from its text.

    `marked`: its body ends with its token as well, for it leaves from a mailbox that may give it another Message-ID.
    The token of any other mail is left out: whoever quotes a mail does not hand on what proves that he got it.
    """
    text = without_tokens(mail.text)
    html = as_html(text) if mail.html is None else without_tokens(mail.html)
    if marked:
        mark = f"{MARK}{tokens().token(mail.id)}"
        text = f"{text.rstrip()}\n\n{mark}\n"
        html = _before_the_end(html, _MARK.format(mark=mark))
    return Draft(
        message_id=mail.message_id,
        date=mail.date,
        sender=Address(mail.sender_name, mail.sender_address),
        reply_to=Address(mail.sender_name, mail.reply_to) if mail.reply_to else None,
        to=_addresses(mail.to),
        cc=_addresses(mail.cc),
        subject=mail.subject,
        text=text,
        html=html,
        in_reply_to=mail.in_reply_to,
        references=tuple(mail.references),
        thread_index=_thread(mail, loop_id),
        automatic=mail.automatic,
        loop_id=loop_id,
        files=files,
    )


def recipients(mail: Claimed) -> dict[str, str]:
    """Give those who have no final answer yet: address as SMTP writes it -> address as the row has it."""
    waiting: dict[str, str] = {}
    for _, address in (*mail.to, *mail.cc, *mail.bcc):
        if address not in mail.recipients:
            waiting.setdefault(address_text(address), address)
    return waiting


def envelope(
    mail: Claimed, to: tuple[str, ...], loop_id: str, files: tuple[File, ...] = (), *, marked: bool = False
) -> Envelope:
    """Give the mail as it is handed to a server, for these recipients; `marked`: see `draft`."""
    said = draft(mail, loop_id, files, marked=marked)
    return Envelope(
        sender=address_text(mail.sender_address),
        recipients=to,
        content=compose(said),
        smtputf8=needs_smtputf8(said),
    )


def _before_the_end(html: str, more: str) -> str:
    """Put a paragraph at the end of an HTML document."""
    body, end, rest = html.rpartition("</body>")
    return f"{body}{more}{end}{rest}" if end else html + more


def _addresses(pairs: list[list[str]]) -> tuple[Address, ...]:
    return tuple(Address(name, address) for name, address in pairs)


def _thread(mail: Claimed, loop_id: str) -> str | None:
    """All mails about one record belong together, to Outlook too."""
    if mail.record_began is None:
        return None
    return thread_index(f"{loop_id}/{mail.record_id}", mail.record_began, mail.date)
