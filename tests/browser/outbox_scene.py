"""The outbox of pictures 14 and 14b: mails in every state, one tried four times, one of which nobody knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.browser import scene
from tests.console import builders
from tests.outbound.builders import queue_mails

UNVERIFIED = "450 4.1.1 <joao.tavares@kestrel.example>: unverified address: connect to mx.kestrel.example:25: timed out"
IN_PROGRESS = "450 4.1.1 <joao.tavares@kestrel.example>: unverified address: Address verification in progress"
GONE = (
    "The outgoing server of this mail was removed, so it waits. To do: set up a server for its account, its "
    "instance or the ESM Directory in the outgoing mail server settings; the mail then leaves by itself."
)
WAITING = (
    ("##RE-48198## Your request has a new answer", "s.okonkwo@vantagelegal.example", 1),
    ("Received: ##RE-48231## Scanner at front desk", "marisol.ibarra@harbourdental.example", 1),
    ("##RE-48229## Please add Jonas Keller to the finance share", "sam.okafor@northgate-it.example", 2),
    ("##RE-48227## Your request was approved", "peter.lindqvist@brightwater.example", 3),
    ("##RE-48217## Assigned to you: backup report FS01", "marco.bianchi@northgate-it.example", 4),
)
LAPSED = (
    ("Due soon: ##RE-48090## Badge printer offline", "dana.whitfield@northgate-it.example"),
    ("Received: ##RE-48091## Website certificate ends in 3 days", "peter.lindqvist@brightwater.example"),
    ("Assigned to your group: ##RE-48091##", "field@northgate-it.example"),
    ("Received: ##RE-48092## NAS volume 2 is degraded", "nas@stalbans.example"),
    ("Due soon: ##RE-48071## Toner for PRN-11", "sam.okafor@northgate-it.example"),
    ("Received: ##RE-48093## Night shift cannot log in", "w.meyer@kestrel.example"),
)


@dataclass(frozen=True)
class Outbox:
    """Who looks, and the two mails that are opened."""

    priya: Person
    trying: OutboxMail
    held: OutboxMail
    directory: OutgoingServer


def build() -> Outbox:
    """Make the scene in the present database."""
    made = scene.build()
    OutboxMail.objects.all().delete()
    main = OutgoingServer.objects.get()
    OutgoingServer.objects.filter(pk=main.pk).update(name="IT Help Desk")
    kestrel, vantage = (Account.objects.get(name=name) for name in ("Kestrel Logistics", "Vantage Legal"))
    theirs = builders.outgoing_of(vantage)
    OutgoingServer.objects.filter(pk=theirs.pk).update(name="Vantage Legal")
    directory = OutgoingServer.objects.create(
        name="ESM Directory",
        server="smtp4.northgate-it.example",
        port=25,
        reply_to="desk@northgate-it.example",
    )
    notice = {"event": "request_received", "sending_class": 3, "automatic": True, "account_id": kestrel.pk}
    trying = _mail(
        main, "Received: ##RE-48224## Shared calendar shows the wrong time zone", "joao.tavares@kestrel.example",
        38, **notice,
    )  # fmt: skip
    _tried(trying, ((11, UNVERIFIED), (18, UNVERIFIED), (25, UNVERIFIED), (37, IN_PROGRESS)))
    again = _mail(
        main, "Assigned to you: ##RE-48205## distribution list", "marco@northgate-it.example", 4, **notice
    )
    _tried(again, ((3, UNVERIFIED),))
    reply = {"author_id": made.priya.pk}
    held = _mail(
        theirs, "Re: ##RE-48198## Invoice mailer returns 550 5.7.30", "helen.cho@vantage.example", 19, **reply
    )
    OutboxMail.objects.filter(pk=held.pk).update(
        state="held", server=None, unknown_fate=True, reason=GONE, sender_address="it@vantagelegal.example"
    )
    sending = _mail(
        main, "Re: ##RE-48214## Two-factor codes arrive late", "helen.cho@vantage.example", 0, **reply
    )
    OutboxMail.objects.filter(pk=sending.pk).update(state="sending", lease_owner="x", lease_until=_ago(-600))
    for subject, address, minutes in WAITING:
        _mail(main, subject, address, minutes, **notice)
    for hours, (subject, address) in enumerate(LAPSED, 49):
        late = _mail(main, subject, address, 60 * hours, **notice)
        OutboxMail.objects.filter(pk=late.pk).update(state="lapsed", done_at=_ago(9))
    for number in range(12):
        sent = _mail(main, "Received", f"p{number}@kestrel.example", 5, **notice)
        OutboxMail.objects.filter(pk=sent.pk).update(state="sent", done_at=_ago(0))
    trying.refresh_from_db()
    return Outbox(made.priya, trying, held, directory)


def _mail(server: OutgoingServer, subject: str, to: str, minutes: int, **fields: object) -> OutboxMail:
    (mail,) = queue_mails(server, [to], subject=subject, **fields)
    OutboxMail.objects.filter(pk=mail.pk).update(created_at=_ago(minutes))
    return mail


def _tried(mail: OutboxMail, answers: tuple[tuple[int, str], ...]) -> None:
    for minutes, said in answers:
        OutboxAttempt.objects.create(
            mail=mail, at=_ago(minutes), server="smtp2.northgate-it.example:587", result=said, ms=1200
        )
    OutboxMail.objects.filter(pk=mail.pk).update(tries=len(answers), next_try_at=_ago(-15))


def _ago(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)
