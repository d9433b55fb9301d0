"""What the page of the outside world shows: a customer's mailbox, a request, times and events, as values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext

from deskpost.console.conversation import Message as Written
from deskpost.console.conversation import messages_of
from deskpost.console.page import Viewer
from deskpost.desk.people import PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import KINDS
from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from deskpost.outbound.outbox import OutboxMail
from deskpost.sandbox.cast import CUSTOMERS, DESK_ADDRESSES, TECHNICIANS, Player, customer
from deskpost.sandbox.customer import answered_at
from deskpost.sandbox.outside import Outside
from deskpost.sandbox.post_office import Stored
from deskpost.transports.protocols import PROTOCOLS

MAILS = 40  # of a mailbox that are listed
TALK = 20  # mails and notes of a request that are shown
EVENTS = 3
_LOOKED_THROUGH = 12  # newest rows in which the last events are looked for
_MEASURED = 15  # newest mails in which a measured one is looked for


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a customer's mailbox."""

    key: str
    sender: str
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail that is open, and whether one can answer it."""

    key: str
    subject: str
    sender: Player
    address: str
    at: datetime
    text: str
    files: tuple[str, ...]
    can_be_answered: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from sending to the request, and from the technician's answer to the customer; None: not measured."""

    to_request: float | None = None
    to_customer: float | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened just now."""

    at: datetime
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class DeskAddress:
    """An address of the desk that one can write to, and how its mailbox is opened. `fetched`: its mail is."""

    address: str
    protocol: str
    fetched: bool


def desk_addresses() -> list[DeskAddress]:
    """Give the desk's addresses, as its mailboxes are set up now."""
    found = {
        address: DeskAddress(address, PROTOCOLS[mailbox.protocol].label, mailbox.fetching)
        for mailbox in Mailbox.objects.order_by("pk")
        for address in mailbox.addresses
    }
    return [found[address] for address in DESK_ADDRESSES if address in found]


def waits_at(stored: Stored) -> DeskAddress | None:
    """Give the address of the desk that a mail was sent to and that is not fetched, None where it is."""
    to = {one.address.lower() for one in _read(stored.path).to} if stored.box == "sent" else set()
    return next((one for one in desk_addresses() if one.address in to and not one.fetched), None)


def players(outside: Outside) -> list[Player]:
    """Give every customer one can be: the cast, and whoever else has written."""
    known = {*DESK_ADDRESSES, *(player.address for player in (*CUSTOMERS, *TECHNICIANS))}
    others = [customer(address) for address in outside.post.addresses() if address not in known]
    return [*CUSTOMERS, *others[:20]]


def tinted(who: Player) -> Player:
    """Give a customer the tint that they have at the desk, once the desk knows them."""
    known = PersonAddress.objects.filter(key=fold(who.address)).order_by("pk").first()
    return replace(who, id=known.person_id) if known else who


def items(outside: Outside, who: Player) -> list[Item]:
    """Give a customer's mailbox, newest first, what was sent among it."""
    return [_item(stored) for stored in outside.post.mails(who.address)[:MAILS]]


def opened(who: Player, stored: Stored) -> Mail:
    """Give a mail as it is read."""
    message = _read(stored.path)
    sender = message.from_[0] if message.from_ else None
    mine = stored.box == "sent"
    return Mail(
        key=stored.key,
        subject=message.subject,
        sender=who if mine else Player(6, _name(message), sender.address if sender else ""),
        address=sender.address if sender else "",
        at=stored.at,
        text=message.text,
        files=tuple(file.name for file in message.attachments if not file.inline),
        can_be_answered=not mine and answered_at(message) is not None,
    )


def message_of(stored: Stored) -> Message:
    """Give a mail as it was understood."""
    return _read(stored.path)


def request_of(viewer: Viewer, stored: Stored) -> Record | None:
    """Give the request that a mail of a customer's mailbox belongs to, if this technician may see it."""
    message_id = _read(stored.path).message_id
    if not message_id:
        return None
    if stored.box == "sent":
        rows = MailOutcome.objects.filter(message_id=message_id, record__isnull=False)
        number = rows.order_by("mail_id").values_list("record_id", flat=True).first()
    else:
        number = OutboxMail.objects.filter(message_id=message_id).values_list("record_id", flat=True).first()
    if number is None:
        return None
    return viewer.desk.records.filter(pk=number).select_related("status", "account", "requester").first()


def talk(viewer: Viewer, record: Record) -> list[Written]:
    """Give the newest mails and notes of a request, oldest first."""
    rows = viewer.desk.conversations.filter(record=record).select_related("author").order_by("-at", "-pk")
    return messages_of(viewer, record, list(rows[:TALK])[::-1])


def times(outside: Outside, who: Player, record: Record | None) -> Times:
    """Measure how long the newest mail of each direction took, from the times at both ends."""
    if record is None:
        return Times()
    mails = outside.post.mails(who.address)
    sent = {_read(one.path).message_id: one.at for one in [m for m in mails if m.box == "sent"][:_MEASURED]}
    got = {_read(one.path).message_id: one.at for one in [m for m in mails if m.box == "inbox"][:_MEASURED]}
    became = MailOutcome.objects.filter(record=record, message_id__in=[key for key in sent if key])
    came = became.order_by("-processed_at").values_list("message_id", "processed_at").first()
    answers = OutboxMail.objects.filter(record=record, sending_class=OutboxMail.Class.PEOPLE)
    answered = answers.filter(message_id__in=[key for key in got if key]).order_by("-created_at")
    went = answered.values_list("message_id", "created_at").first()
    return Times(
        to_request=_seconds(sent[came[0]], came[1]) if came else None,
        to_customer=_seconds(went[1], got[went[0]]) if went else None,
    )


def happened() -> list[Happened]:
    """Give the last events of the whole desk, oldest first."""
    became = MailOutcome.objects.select_related("record").order_by("-mail_id")[:_LOOKED_THROUGH]
    left = OutboxMail.objects.filter(
        state__in=[OutboxMail.State.SENT, OutboxMail.State.FAILED], done_at__isnull=False
    )
    went = left.select_related("author").order_by("-done_at")[:_LOOKED_THROUGH]
    events = [*map(_came, became), *map(_went, went)]
    return sorted(events, key=lambda event: event.at)[-EVENTS:]


@lru_cache(maxsize=500)
def _read(path: Path) -> Message:
    """Read a mail; files of the post office never change."""
    return parse(path.read_bytes())


def _item(stored: Stored) -> Item:
    message = _read(stored.path)
    sender = gettext("Me") if stored.box == "sent" else _name(message)
    return Item(stored.key, sender, message.subject, stored.at)


def _name(message: Message) -> str:
    if not message.from_:
        return gettext("Nobody named")
    return message.from_[0].name or message.from_[0].address


def _came(outcome: MailOutcome) -> Happened:
    who = _first_name(outcome.from_address)
    if outcome.kind in ("request", "conversation", "command") and outcome.record:
        words = gettext("%(who)s’s mail became %(record)s")
        if outcome.kind == "conversation":
            words = gettext("%(who)s’s mail joined %(record)s")
        elif outcome.conversation_id is None:
            words = gettext("%(who)s’s mail changed %(record)s")
        return Happened(outcome.processed_at, words % {"who": who, "record": outcome.record}, "info")
    words = gettext("%(who)s’s mail: %(outcome)s")
    told = KINDS.get(outcome.kind, outcome.kind).lower()
    tone = "bad" if outcome.kind == "error" else "mute"
    return Happened(outcome.processed_at, words % {"who": who, "outcome": told}, tone)


def _went(mail: OutboxMail) -> Happened:
    assert mail.done_at is not None
    to = _named([*mail.to, *mail.cc])
    if mail.state == OutboxMail.State.FAILED:
        return Happened(mail.done_at, gettext("mail to %(to)s not delivered") % {"to": to}, "bad")
    if mail.sending_class == OutboxMail.Class.PEOPLE and mail.author:
        words = gettext("%(who)s’s reply delivered")
        return Happened(mail.done_at, words % {"who": mail.author.name.split()[0]}, "ok")
    if mail.event == "request_received":
        return Happened(mail.done_at, gettext("receipt to %(to)s sent") % {"to": to}, "mute")
    return Happened(mail.done_at, gettext("notice to %(to)s sent") % {"to": to}, "mute")


def _named(pairs: Sequence[Sequence[str]]) -> str:
    names = [(name or address).split()[0] for name, address in pairs if name or address]
    return ", ".join(names)


def _first_name(address: str) -> str:
    return customer(address).name.split()[0] if address else gettext("Somebody")


def _seconds(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0)
