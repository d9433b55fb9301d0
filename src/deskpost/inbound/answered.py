"""Which of our own mails a mail answers: what it names by a signed token, or by their Message-ID."""

from collections.abc import Iterator

from deskpost.desk.people import fold
from deskpost.inbound.case import Case
from deskpost.inbound.view import Addressee, DeskView
from deskpost.mime.message import Message
from deskpost.outbound.tokens import MARK

_QUOTED = "the quoted text"
_COMPARED = 500  # characters


def by_token(message: Message, desk: DeskView) -> Iterator[tuple[str, int]]:
    """Give the rows of the outbox that a mail names by true tokens, each with where, the strongest place first."""
    addresses = " ".join(address.address for address in (*message.to, *message.cc))
    places = (
        ("an address", addresses),
        ("In-Reply-To", " ".join(message.in_reply_to)),
        ("References", " ".join(message.references)),
        (_QUOTED, message.text),
    )
    for place, text in places:
        found = desk.constants.tokens.find(text)
        for mail_id in found if place == _QUOTED else reversed(found):  # the nearest first
            yield place, mail_id


def answers_ours(message: Message, desk: DeskView) -> bool:
    """Tell whether a mail names one of ours: in In-Reply-To or References, or by a true token."""
    names = (*message.in_reply_to, *message.references)
    return any(desk.sent_by_us(name) for name in names) or next(by_token(message, desk), None) is not None


def is_our_own(message: Message, desk: DeskView) -> bool:
    """Tell whether a mail is one of ours under another Message-ID: its sender, its token as last line, and its words.

    Somebody may write from the desk's own mailbox above one of our mails; who forwards it adds words or its header.
    """
    words, _, last = message.text.rstrip().rpartition("\n")
    if not last.startswith(MARK):
        return False
    senders = {fold(one.address) for one in message.from_}
    for mail_id in desk.constants.tokens.find(last):
        mail = desk.addressee(mail_id)
        if mail is not None and mail.sender in senders:
            return _begin_alike(words, desk.words_of_ours(mail_id))
    return False


def to_these(case: Case, desk: DeskView, keys: frozenset[str]) -> Iterator[Addressee]:
    """Give those mails of ours that a mail answers and that were sent to one of these (folded) addresses.

    Nobody else knows their tokens and their Message-IDs, so who names one has had it.
    """
    message = case.message
    for _, mail_id in by_token(message, desk):
        mail = desk.addressee(mail_id)
        if mail and mail.recipients & keys:
            yield mail
    names = (*reversed(message.in_reply_to), *reversed(message.references))
    yield from (mail for mail in desk.sent(names) if mail.recipients & keys)


def _begin_alike(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for blanks and what a mail program does to the end of long ones."""
    one, other = ("".join(text.split())[:_COMPARED] for text in (one, other))
    return one == other
