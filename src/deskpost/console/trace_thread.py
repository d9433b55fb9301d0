"""The other mails of a mail's request, and the headers by which it was threaded, as its page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console import mail_state
from deskpost.console.page import Viewer
from deskpost.desk.conversations import Conversation
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.outcome import OPENS
from deskpost.mime.message import Message
from deskpost.outbound.tokens import Parted, parted

MOST = 12  # mails
_MOST_REFERENCES = 4


@dataclass(frozen=True, slots=True)
class Threaded:
    """Another mail of the same request. `says`: what it did there, and how far it is; empty: it came to it."""

    direction: str
    who: str
    says: str
    at: datetime
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Header:
    """A header by which mails are threaded: its name, and its value around a reply token of ours."""

    name: str
    value: Parted


def headers(message: Message) -> list[Header]:
    """Give them; of References the last ones."""
    found = [("Message-ID", message.message_id or gettext("none"))]
    found += [("In-Reply-To", one) for one in message.in_reply_to]
    found += [("References", one) for one in message.references[-_MOST_REFERENCES:]]
    return [Header(name, parted(value)) for name, value in found]


def of(viewer: Viewer, mail: InboundMessage, outcome: MailOutcome | None) -> list[Threaded]:
    """Give the newest mails of the same request."""
    if outcome is None or outcome.record is None:
        return []
    rows = viewer.desk.conversations.filter(record=outcome.record).exclude(
        direction=Conversation.Direction.NOTE
    )
    newest = list(rows.select_related("author").defer("text", "html").order_by("-at", "-pk")[:MOST])
    said = _said(newest, outcome.record.number)
    return [_threaded(one, said.get(one.pk, ""), mail, outcome.record.number) for one in newest]


def _said(mails: Sequence[Conversation], number: int) -> dict[int, str]:
    """Say of these mails what they did: the one that opened the request, and how far our answers are."""
    opened = MailOutcome.objects.filter(kind__in=OPENS, conversation__in=_ids(mails))
    said = {
        id or 0: gettext("created %(number)d") % {"number": number}
        for id in opened.values_list("conversation_id", flat=True)
    }
    for id, state in mail_state.states(mails).items():
        did = gettext("forwarded") if state.forwarded else gettext("replied")
        said[id] = f"{did}, {state.words}"
    return said


def _threaded(one: Conversation, says: str, mail: InboundMessage, number: int) -> Threaded:
    if one.mail_id is not None:
        url = reverse("trace_mail", args=[one.mail_id])
    else:
        url = f"{reverse('request', args=[number])}#message-{one.pk}"
    who = (one.author.name if one.author else "") or one.from_name or one.from_address
    return Threaded(one.direction, who or gettext("Unknown"), says, one.at, url, one.mail_id == mail.pk)


def _ids(mails: Iterable[Conversation]) -> list[int]:
    return [one.pk for one in mails]
