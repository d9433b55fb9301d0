"""The sample mail, and the look at a primary server: settings tried at once that need not be saved yet."""

import time
import uuid
from dataclasses import dataclass, replace

from django.utils import timezone

from deskpost.desk.installation import Installation
from deskpost.mime.compose import Draft, compose, needs_smtputf8
from deskpost.mime.header_writing import address_text
from deskpost.mime.message import Address
from deskpost.outbound import endpoints, sample_copy
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.wording import as_html
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.connection import Server
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import TransportError
from deskpost.transports.tried_once import tried_once

_TEXT = (
    "This is a sample mail of Deskpost.\n\n"
    "The outgoing mail server {place} took it, so these settings work. Nothing needs to be done.\n"
)
_TAKEN = "{place} took the sample mail to {address}."
_REFUSED = (
    '{place} did not take the sample mail to {address}. {place} answered: "{answer}". '
    "To do: check the address, and that this server lets you write as {sender}."
)
_UNKNOWN = "{what} To do: look whether the sample mail arrived; if it did not, send it once more."
_REACHED = "{place} can be reached: connection, TLS and login went well. No mail was sent."
_PATIENCE = 15.0  # seconds for connecting and for each answer: somebody waits before the page


@dataclass(frozen=True, slots=True)
class Sample:
    """Whether it went well, that in words, the server's own answer, the place that gave it, and the seconds it took.

    `kept`: what became of Message-ID and x-headers in Sent Items, where there is one.
    """

    ok: bool
    words: str
    answer: str | None
    kept: str = ""
    place: str = ""
    seconds: float = 0.0


def sample(server: OutgoingServer, address: str, saved: OutgoingServer | None = None) -> Sample:
    """Send a sample mail by a configuration, saved or not; by its primary server, and it alone.

    The consent of `saved` counts for one that is not.
    """
    began, endpoint = time.perf_counter(), endpoints.primary(server)
    one = _sent(server, endpoint, address, saved)
    return replace(one, place=endpoint.place, seconds=(one.seconds or time.perf_counter()) - began)


def try_primary(server: OutgoingServer) -> Sample:
    """Connect to the primary server and sign in there, without sending anything."""
    began, endpoint = time.perf_counter(), endpoints.primary(server)
    try:
        with endpoints.open_sender(server, step_time=_PATIENCE):
            one = Sample(True, _REACHED.format(place=endpoint.place), None)
    except SecretUnreadable as unreadable:
        one = Sample(False, str(unreadable), None)
    except TransportError as error:
        one = Sample(False, tried_once(error.words), error.answer)
    return replace(one, place=endpoint.place, seconds=time.perf_counter() - began)


def _sent(server: OutgoingServer, endpoint: Server, address: str, saved: OutgoingServer | None) -> Sample:
    said = Draft(
        message_id=f"<sample-{uuid.uuid4().hex}@{server.reply_to.rpartition('@')[2] or 'deskpost.invalid'}>",
        date=timezone.now(),
        sender=Address(server.sender_name, server.reply_to),
        to=(Address("", address),),
        subject="Deskpost sample mail",
        text=_TEXT.format(place=endpoint.place),
        html=as_html(_TEXT.format(place=endpoint.place)),
        automatic=True,
        loop_id=str(Installation.objects.values_list("identity", flat=True)[0]),
    )
    to = address_text(address)
    # Exchange drops x-headers of MIME that it never met in a mail that came field by field.
    mail = Envelope(address_text(server.reply_to), (to,), compose(said), needs_smtputf8(said), by_fields=True)
    try:
        with endpoints.open_sender(server, saved=saved, step_time=_PATIENCE) as sender:
            delivery = sender.send(mail)
            took = time.perf_counter()
            kept = sample_copy.kept(sender, said, to, saved or server, server) if delivery.data else ""
    except TransportError as error:
        return Sample(False, tried_once(error.words), error.answer)
    answer = delivery.answer_for(to)
    if answer is None:
        return Sample(False, _UNKNOWN.format(what=delivery.words.partition(" To do: ")[0]), None)
    text = f"{answer.code} {answer.text}".strip()
    words = _TAKEN if answer.accepted else _REFUSED
    told = words.format(place=endpoint.place, address=address, answer=text, sender=server.reply_to)
    return Sample(answer.accepted, f"{told} {kept}".strip(), text, kept, seconds=took)
