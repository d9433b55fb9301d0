"""What of the mails of a request is folded below their new text: signatures, and quoted mails that are known here."""

import re
from collections.abc import Iterable, Sequence, Set

from django.db.models import Min

from deskpost.desk.conversations import Conversation
from deskpost.desk.people import fold
from deskpost.inbound.heads import beginnings
from deskpost.inbound.mailboxes import own_addresses
from deskpost.inbound.standing import load_delimiters
from deskpost.mime.new_html import split_html
from deskpost.mime.new_text import Pieces, is_forward, split_text
from deskpost.mime.parse import parse
from deskpost.mime.quote_cut import Kind
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tokens import tokens

_BEGINNING = 32_768  # bytes of a mail in which In-Reply-To, References and tokens are looked for
_BODY = re.compile(rb"\r?\n\r?\n")  # what stands before it
_QUOTES = (Kind.QUOTE, Kind.BOTH)


def split_texts(rows: Sequence[Conversation]) -> dict[int, Pieces]:
    """Give the new text of those mails that have no HTML, and what is folded below it, by their ids."""
    pieces = {one.pk: split_text(one.text) for one in rows if _folds(one) and not one.html}
    unknown = _quote_what_is_unknown([(one, pieces[one.pk]) for one in rows if one.pk in pieces])
    texts = {one.pk: one.text for one in rows}
    return {pk: Pieces(texts[pk], "", Kind.NONE) if pk in unknown else split for pk, split in pieces.items()}


def split_frame(one: Conversation, html: str) -> Pieces:
    """Give the new part of a mail's HTML as its frame shows it, and what is folded below."""
    whole = Pieces(html, "", Kind.NONE)
    pieces = split_html(html) if _folds(one) else whole
    return whole if _quote_what_is_unknown([(one, pieces)]) else pieces


def _quote_what_is_unknown(mails: Iterable[tuple[Conversation, Pieces]]) -> set[int]:
    """Give those mails whose quote nobody may have read yet."""
    quoting = [(one, pieces.writer) for one, pieces in mails if pieces.kind in _QUOTES]
    known = answers_of_known_mails([one for one, _ in quoting])
    writers = _writers({one.record_id for one, writer in quoting if writer and one.pk in known})
    return {
        one.pk
        for one, writer in quoting
        if one.pk not in known or (writer and (one.record_id, fold(writer)) not in writers)
    }


def _writers(records: Set[int]) -> set[tuple[int, str]]:
    """Give whose mails these requests have, (request, folded address) each: of those who wrote to it, and our own."""
    if not records:
        return set()
    wrote = Conversation.objects.filter(record__in=records).values_list("record", "from_address").distinct()
    senders = OutgoingServer.objects.values_list("reply_to", flat=True)
    ours = own_addresses() | {fold(address) for address in senders}
    return {(record, fold(address)) for record, address in wrote} | {
        (record, address) for record in records for address in ours
    }


def answers_of_known_mails(rows: Sequence[Conversation]) -> Set[int]:
    """Give those of these mails that answer a mail which is known here: what they quote was read before.

    Nothing that the first mail of a request quotes counts as known, nor what a mail quotes that answers somebody
    else's mail; nor where the mail itself is no longer kept. One that names no mail, and bears the number of a request
    in its subject, counts as an answer to ours. Costs a few queries, whatever the number of mails.
    """
    later = [one for one in _without_first(rows) if one.mail_id]
    kept = beginnings([one.mail_id or 0 for one in later], _BEGINNING) if later else {}
    mails = [_Mail(one, kept[one.mail_id]) for one in later if one.mail_id in kept]
    known = _known({(mail.one.account_id, name) for mail in mails for name in mail.answered})
    delimiters = None if all(mail.answered for mail in mails) else load_delimiters()
    return {
        mail.one.pk
        for mail in mails
        if any((mail.one.account_id, name) in known for name in mail.answered)
        or _names_ours(mail)
        or (delimiters and not mail.answered and any(True for _ in delimiters.find(mail.one.subject)))
    }


class _Mail:
    """A mail with what it answers: what it quotes is that, not what was written before. RFC 5322 section 3.6.4."""

    def __init__(self, one: Conversation, beginning: bytes) -> None:
        self.one, self.beginning = one, beginning
        head = parse(_BODY.split(beginning, maxsplit=1)[0] + b"\r\n\r\n")
        self.answered: Sequence[str] = head.in_reply_to or head.references[-1:]


def _folds(one: Conversation) -> bool:
    """Tell whether anything of a mail is folded: not of a forwarded one, nor of what was written here."""
    return one.direction == Conversation.Direction.IN and not is_forward(one.subject)


def _without_first(rows: Sequence[Conversation]) -> list[Conversation]:
    """Give those that were not the first of their request, nor of one that was merged into it."""
    if not rows:
        return []
    firsts = Conversation.objects.filter(record__in={one.record_id for one in rows})
    opening = set(
        firsts.values("record", "came_from").annotate(first=Min("pk")).values_list("first", flat=True)
    )
    return [one for one in rows if one.pk not in opening]


def _known(names: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Give those of these (account, Message-ID) that are of a conversation of the account, or of a mail of ours."""
    wanted = set(names)
    if not wanted:
        return set()
    ids = {name for _, name in wanted}
    kept = Conversation.objects.filter(message_id__in=ids).values_list("account", "message_id")
    sent = {
        *OutboxMail.objects.filter(message_id__in=ids).values_list("message_id", flat=True),
        *SentCopy.objects.filter(message_id__in=ids, look_at=None).values_list("message_id", flat=True),
    }
    return wanted & {*kept} | {(account, name) for account, name in wanted if name in sent}


def _names_ours(mail: _Mail) -> bool:
    """Say whether a mail names one of ours by its token. The text that is kept has none, so the mail itself is read."""
    verified = tokens()
    return bool(verified.find(" ".join(mail.answered)) or verified.find(parse(mail.beginning).text))
